"""What the last sync changed is taken back, what people changed since is not; and the next sync would do the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from test_sync import Case, book, key_of
from zotero_server import Fault, Server

from bibkit.problems import ServiceError, UsageError
from bibkit.sync.run import Outcome
from bibkit.sync.state import opened
from bibkit.sync.undo import undo

pytest.importorskip("pyzotero")


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with Server() as server:
        yield Case(server, tmp_path / "project", [book("On Names"), book("On Dates")])


def take_back(case: Case, **options: Any) -> Outcome:
    with opened(case.site.folder) as state, case.api() as api:
        return undo(case.site, api, case.memory(state), **options)


def both(case: Case, key: str, *fields: str) -> tuple[list[Any], list[Any]]:
    here, there = case.site.items()[key], case.there[key]
    return [here.get(name, "") for name in fields], [there.get(name, "") for name in fields]


def test_edits_of_both_sides_are_taken_back_and_made_again(case: Case) -> None:
    case.sync()
    key = key_of(case, "On Names")
    case.site.edit(key, date="1998")
    case.edit_there(key, place="Paris")
    case.sync()
    assert both(case, key, "date", "place") == (["1998", "Paris"],) * 2
    assert take_back(case).problems == []
    assert both(case, key, "date", "place") == (["1998", ""], ["", "Paris"])
    case.sync()
    assert both(case, key, "date", "place") == (["1998", "Paris"],) * 2


def test_what_was_made_goes_to_the_trash_and_is_made_again(case: Case) -> None:
    case.sync()
    take_back(case)
    assert [data["deleted"] for data in case.there.values()] == [1, 1]
    assert case.site.items() == {}
    case.sync()
    assert case.titles() == (["On Dates", "On Names"],) * 2
    assert len(case.there) == 2


def test_what_came_goes_and_what_went_comes_back(case: Case) -> None:
    case.make_there("BBBB2222", title="New there")
    case.make_there("CCCC2222", title="Thrown away later", place="Paris")
    case.sync(direction="pull")
    case.server.world.library.delete("items", ["CCCC2222"])
    case.make_there("DDDD2222", title="Newer there")
    case.sync(direction="pull")
    assert case.site.items().keys() == {"BBBB2222", "DDDD2222"}
    take_back(case)
    assert case.site.items().keys() == {"BBBB2222", "CCCC2222"}
    assert case.site.items()["CCCC2222"]["place"] == "Paris"
    case.sync(direction="pull")
    assert case.site.items().keys() == {"BBBB2222", "DDDD2222"}
    assert case.there.keys() == {"BBBB2222", "DDDD2222"}


def test_twice_takes_two_runs_back(case: Case) -> None:
    case.sync()
    key = key_of(case, "On Names")
    for value in ("1998", "1999"):
        case.edit_there(key, date=value)
        case.sync()
    take_back(case)
    assert case.site.items()[key]["date"] == "1998"
    take_back(case)
    assert "date" not in case.site.items()[key]
    assert case.there[key]["date"] == "1999"
    take_back(case)
    with pytest.raises(UsageError, match="no sync to undo"):
        take_back(case)


def test_what_was_changed_since_is_left_and_said(case: Case) -> None:
    case.sync()
    key, other = key_of(case, "On Names"), key_of(case, "On Dates")
    case.site.edit(key, date="1998", place="Paris")
    case.site.edit(other, date="1999")
    case.sync()
    case.edit_there(key, date="changed since")
    outcome = take_back(case)
    assert [problem.code for problem in outcome.problems] == ["sync-changed-since"]
    assert (case.there[key]["date"], case.there[key]["place"], case.there[other]["date"]) == (
        "changed since",
        "Paris",
        "",
    )
    case.sync(prefer="theirs")
    assert both(case, key, "date") == (["changed since"],) * 2


@pytest.mark.parametrize("prefer", ["ours", "theirs"])
def test_after_a_conflict_both_values_are_there_again(case: Case, prefer: str) -> None:
    case.sync()
    key = key_of(case, "On Names")
    case.site.edit(key, title="Ours")
    case.edit_there(key, title="Theirs")
    case.sync(prefer=prefer)
    take_back(case)
    assert both(case, key, "title") == (["Ours"], ["Theirs"])


def test_a_merge_is_taken_back_on_both_sides(case: Case) -> None:
    case.site.records.clear()
    people = [{"creatorType": "author", "firstName": "Ada", "lastName": "Moreau"}]
    for key in ("AAAA2222", "BBBB2222"):
        case.make_there(key, title="One Work of Some Length", DOI="10.1000/one", creators=people, dateAdded=f"20{key}")
    note = {"key": "NNNN2222", "itemType": "note", "note": "n", "parentItem": "BBBB2222", "tags": [], "relations": {}}
    case.server.world.library.store("items", note)
    case.sync()
    assert case.site.items().keys() == {"AAAA2222", "NNNN2222"}
    take_back(case)
    assert not case.there["BBBB2222"].get("deleted")
    assert case.there["NNNN2222"]["parentItem"] == "BBBB2222"
    assert case.there["AAAA2222"]["relations"] == {}
    assert case.site.items() == {}


def test_a_citation_key_gets_its_name_of_before(case: Case) -> None:
    case.sync()
    key = key_of(case, "On Names")
    case.edit_there(key, citationKey="moreau1998")
    case.sync()
    take_back(case)
    assert case.site.items()[key]["citationKey"] == "moreaundnames"
    assert case.there[key]["citationKey"] == "moreau1998"
    assert next(pin for pin in case.site.lock.pins if "moreau1998" in pin.names).key == "moreaundnames"


def test_a_dry_run_and_a_no_change_nothing(case: Case) -> None:
    case.sync()
    assert len(take_back(case, dry_run=True).plan.steps) == 2
    assert take_back(case, confirm=lambda plan: False).declined
    assert [data.get("deleted") for data in case.there.values()] == [None, None]


@pytest.mark.parametrize("cut", ["before", "after"])
def test_an_undo_that_breaks_off_is_gone_on_with(case: Case, cut: str) -> None:
    case.sync()
    keys = sorted(case.there)
    for key in keys:
        case.site.edit(key, date="1998")
        case.edit_there(key, place="Paris")
    case.sync()
    case.server.faults.append(Fault(cut=cut, when=lambda request: request.method == "POST", times=99))
    with pytest.raises(ServiceError):
        take_back(case)
    case.server.faults.clear()
    assert take_back(case).problems == []
    for key in keys:
        assert both(case, key, "date", "place") == (["1998", ""], ["", "Paris"])
    case.sync()
    for key in keys:
        assert both(case, key, "date", "place") == (["1998", "Paris"],) * 2


def test_a_sync_after_an_undo_that_broke_off_loses_nothing(case: Case) -> None:
    case.sync()
    key = key_of(case, "On Names")
    case.site.edit(key, date="1998")
    case.edit_there(key, place="Paris")
    case.sync()
    case.server.faults.append(Fault(cut="after", when=lambda request: request.method == "POST", times=99))
    with pytest.raises(ServiceError):
        take_back(case)
    case.server.faults.clear()
    case.sync()
    assert both(case, key, "date", "place") == (["1998", "Paris"],) * 2


def test_somebody_writes_during_an_undo(case: Case) -> None:
    case.sync()
    key, other = key_of(case, "On Names"), key_of(case, "On Dates")
    case.site.edit(key, date="1998")
    case.sync()
    move = Fault(meanwhile=lambda world: world.library.store("items", {**world.library.items[other], "place": "Rome"}))
    move.when = lambda request: request.method == "POST"
    case.server.faults.append(move)
    assert take_back(case).problems == []
    assert (case.there[key]["date"], case.there[other]["place"]) == ("", "Rome")
