"""The Zotero on this machine: read, and written where it lets us, its versions kept apart by its id."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from test_sync import Case, book, key_of
from zotero_server import Server

from bibkit.sync.plan import Options
from bibkit.sync.run import Outcome, sync
from bibkit.sync.state import opened
from bibkit.zotero_api import Refused, connect_local

pytest.importorskip("pyzotero")


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with Server() as server:
        server.world.server_id = "one"
        server.world.libraries["users/0"] = server.world.library
        yield Case(server, tmp_path / "project", [book("On Names")])


def synced(case: Case, **options: Any) -> Outcome:
    with connect_local(address=case.server.url) as api, opened(case.site.folder) as state:
        case.site.library = api.library
        return sync(case.site, api, state.library(api.library), Options(**options))


def test_both_ways(case: Case) -> None:
    case.make_there("BBBB2222", title="There", citationKey="there")
    synced(case)
    assert case.titles() == (["On Names", "There"],) * 2
    assert case.server.world.local_keys == {"allowed-bibkit-0"}
    case.requests()
    assert synced(case).plan.steps == ()
    assert case.requests() == 2  # who are you; anything new?
    case.edit_there("BBBB2222", place="Paris")
    case.site.edit(key_of(case, "On Names"), place="Rome")
    synced(case)
    assert case.site.items()["BBBB2222"]["place"] == "Paris"
    assert case.there[key_of(case, "On Names")]["place"] == "Rome"


def test_what_was_deleted_is_found_without_a_list_of_it(case: Case) -> None:
    case.make_there("BBBB2222", title="There", citationKey="there")
    synced(case)
    case.server.world.library.delete("items", ["BBBB2222"])
    synced(case)
    assert case.titles() == (["On Names"],) * 2


def test_another_zotero_is_another_library(case: Case) -> None:
    synced(case)
    with connect_local(address=case.server.url) as api:
        case.server.world.server_id = "two"
        with pytest.raises(Refused, match="does not match"):
            api.versions("items")
    synced(case)
    with opened(case.site.folder) as state:
        assert [one.server for one, _ in state.libraries()] == ["local:one", "local:two"]
    assert len(case.there) == 1


def test_one_that_tells_no_id_is_read_whole(case: Case) -> None:
    case.server.world.server_id = " "
    case.make_there("BBBB2222", title="There", citationKey="there")
    synced(case, direction="pull")
    case.there["BBBB2222"]["place"] = "Paris"  # no version rises
    synced(case, direction="pull")
    assert case.site.items()["BBBB2222"]["place"] == "Paris"
