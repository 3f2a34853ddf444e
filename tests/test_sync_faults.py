"""What goes wrong around a sync, and what people do meanwhile: nothing is lost, and it is said what is left."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from test_sync import Case, book, key_of
from zotero_server import Fault, Server, rules
from zotero_server.serving import KEY

from bibkit.problems import ServiceError, StateError, UsageError
from bibkit.sync.model import LibraryId
from bibkit.sync.plan import Options
from bibkit.sync.run import sync
from bibkit.sync.state import opened
from bibkit.zotero_api import Api, Refused

pytest.importorskip("pyzotero")


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture
def case(server: Server, tmp_path: Path) -> Case:
    return Case(server, tmp_path / "project", [book("On Names"), book("On Dates")])


def note(case: Case, key: str, parent: str, text: str = "n") -> None:
    data = {"key": key, "itemType": "note", "note": text, "parentItem": parent, "tags": [], "relations": {}}
    case.server.world.library.store("items", data)


def collection(case: Case, key: str, name: str, parent: str | bool = False) -> None:
    data = {"key": key, "name": name, "parentCollection": parent, "relations": {}}
    case.server.world.library.store("collections", data)


def is_post(request: Any) -> bool:
    return bool(request.method == "POST")


def quiet(case: Case) -> None:
    """Nothing is left to do, and that takes one request."""
    case.requests()
    assert case.sync().plan.steps == ()
    assert case.requests() == 1


# ------------------------------------------------------------------------------------------------ what the server makes


def test_what_the_server_trims_is_no_change(case: Case) -> None:
    case.sync()
    key = key_of(case, "On Names")
    case.site.edit(key, publisher="  Presses\x00 ", tags=[{"tag": "z "}, {"tag": "a"}], extra=" free\n\n\nmore")
    case.sync()
    assert case.there[key]["publisher"] == case.site.items()[key]["publisher"] == "Presses"
    assert case.site.items()[key]["tags"] == [{"tag": "a"}, {"tag": "z"}]
    quiet(case)


def test_what_the_server_rewrites_comes_back(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    case.sync()
    key = key_of(case, "On Names")
    note(case, "NNNN2222", key)
    case.sync()
    before = rules.settled
    monkeypatch.setattr(rules, "settled", lambda value, name: str(before(value, name)).replace("<b>", "<strong>"))
    case.site.edit("NNNN2222", note="<b>hm")
    assert case.sync().open() == []
    assert case.site.items()["NNNN2222"]["note"] == "<strong>hm"
    quiet(case)


def test_types_and_fields_that_we_do_not_know_stay_as_they_are(case: Case) -> None:
    odd = {"itemType": "hologram", "rating": 0, "depth": {"a": []}, "seen": False, "flags": [], "phase": None}
    case.make_there("HHHH2222", title="Waves", **odd)
    case.make_there("BBBB2222", title="A book", mood="calm", citationKey="b")
    case.sync()
    case.requests()
    quiet(case)
    assert {name: case.there["HHHH2222"][name] for name in odd} == odd
    assert "citationKey" not in case.there["HHHH2222"]
    assert case.there["BBBB2222"]["mood"] == "calm"


def test_notes_and_files_that_stand_by_themselves_are_no_works(case: Case) -> None:
    case.make_there("NNNN2222", itemType="note", note="<p>On Names</p>")
    attachment = {"itemType": "attachment", "title": "On Names", "linkMode": "linked_url", "url": "http://x.example"}
    case.make_there("AAAA2222", **attachment)
    case.sync()
    assert "citationKey" not in case.there["NNNN2222"] | case.there["AAAA2222"]
    assert len([data for data in case.there.values() if data["itemType"] == "book"]) == 2
    quiet(case)


@pytest.mark.parametrize("length", [65_535, 65_536])
def test_a_value_as_long_as_can_be(case: Case, length: int) -> None:
    case.site.records = [book("On Names", abstract="x" * length), book("On Dates")]
    outcome = case.sync()
    assert [problem.code for problem in outcome.problems] == ["sync-refused"] * (length > 65_535)
    assert len(case.there) == 2 - (length > 65_535)


@pytest.mark.parametrize("code", [400, 404, 409, 412, 413, 428])
def test_a_refusal_of_one_object_is_said_and_not_repeated_for_ever(case: Case, code: int) -> None:
    failed = {"0": {"code": code, "message": f"no {code}", "data": {"field": "title"}}}
    body = json.dumps({"successful": {}, "success": {}, "unchanged": {}, "failed": failed})
    case.site.records.pop()
    case.server.faults.append(Fault(200, {"Last-Modified-Version": "0"}, body, when=is_post, times=99))
    outcome = case.sync()
    assert [problem.severity for problem in outcome.problems] == ["error"]
    assert "moreau" in str(outcome.problems[0].key)
    assert case.requests() <= 30
    case.server.faults.clear()
    case.sync()
    assert case.titles() == (["On Names"], ["On Names"])
    quiet(case)


# ------------------------------------------------------------------------------------------------ what others do


def test_a_collection_that_goes_takes_no_newer_edit_of_its_items_along(case: Case) -> None:
    collection(case, "CCCC2222", "Papers")
    collection(case, "DDDD2222", "Video", "CCCC2222")
    case.make_there("BBBB2222", title="A book", collections=["CCCC2222", "DDDD2222"])
    case.make_there("EEEE2222", title="Another", collections=["DDDD2222"])
    case.sync()
    case.server.world.library.delete("collections", ["CCCC2222"])
    case.edit_there("BBBB2222", place="Paris")
    case.sync()
    assert case.site.items()["BBBB2222"]["place"] == "Paris"
    assert "collections" not in case.site.items()["BBBB2222"] | case.site.items()["EEEE2222"]
    assert case.site.load()[0].collections == {}
    quiet(case)


def test_an_item_cannot_be_put_into_a_collection_that_is_gone(case: Case) -> None:
    collection(case, "CCCC2222", "Papers")
    case.sync()
    case.server.world.library.delete("collections", ["CCCC2222"])
    case.site.edit(key_of(case, "On Names"), collections=["CCCC2222"], place="Paris")
    assert case.sync().problems == []
    assert case.there[key_of(case, "On Names")]["place"] == "Paris"
    quiet(case)


def test_notes_go_and_come_with_their_item(case: Case) -> None:
    case.sync()
    key = key_of(case, "On Names")
    note(case, "NNNN2222", key)
    case.sync()
    case.edit_there(key, deleted=1)
    case.sync()
    assert {key, "NNNN2222"} & case.site.items().keys() == set()
    quiet(case)
    case.edit_there(key, deleted=0)
    case.sync()
    assert {key, "NNNN2222"} <= case.site.items().keys()
    quiet(case)


@pytest.mark.parametrize("gone", ["trashed", "deleted"])
def test_a_note_that_was_edited_here_keeps_its_item(case: Case, gone: str) -> None:
    case.sync()
    key = key_of(case, "On Names")
    note(case, "NNNN2222", key)
    case.sync()
    case.site.edit("NNNN2222", note="typed here")
    if gone == "trashed":
        case.edit_there(key, deleted=1)
    else:
        case.server.world.library.delete("items", [key])
    assert [(one.key, one.field) for one in case.sync().open()] == [(key, "*")]
    assert case.site.items()["NNNN2222"]["note"] == "typed here"
    case.sync(prefer="ours")
    case.sync()
    assert not case.there[key].get("deleted")
    assert case.there["NNNN2222"]["note"] == "typed here"
    quiet(case)


def test_a_note_that_was_edited_there_keeps_its_item(case: Case) -> None:
    case.sync()
    key = key_of(case, "On Names")
    note(case, "NNNN2222", key)
    case.site.records.clear()
    case.sync()
    case.site.remove(key)
    case.site.remove("NNNN2222")
    case.edit_there("NNNN2222", note="typed there")
    assert [(one.key, one.field) for one in case.sync(allow_delete=True).open()] == [(key, "*")]
    assert not case.there[key].get("deleted")
    case.sync(prefer="theirs")
    assert case.site.items()["NNNN2222"]["note"] == "typed there"


def test_a_merge_in_zotero_is_followed(case: Case) -> None:
    case.sync()
    kept, gone = key_of(case, "On Names"), key_of(case, "On Dates")
    uri = f"http://zotero.org/users/1/items/{gone}"
    case.edit_there(kept, relations={"dc:replaces": uri})
    case.edit_there(gone, deleted=1)
    case.sync()
    case.sync()
    assert list(case.site.items()) == [kept]
    pin = next(pin for pin in case.site.lock.pins if pin.key == "moreaundnames")
    assert "moreaunddates" in pin.aliases
    assert len(case.site.works()) == 1
    assert case.there[kept]["title"] == "On Names"
    assert case.there[gone]["deleted"] == 1
    quiet(case)


def test_a_merge_here_keeps_what_only_the_other_item_says(case: Case) -> None:
    case.site.records.clear()
    people = [{"creatorType": "author", "firstName": "Ada", "lastName": "Moreau"}]
    same = {"title": "One Work of Some Length", "DOI": "10.1000/one", "creators": people}
    case.make_there("AAAA2222", **same, tags=[{"tag": "a"}])
    case.make_there("BBBB2222", **same, tags=[{"tag": "b"}], abstractNote="only here")
    case.sync()
    case.sync()
    (kept,) = case.site.items()
    (gone,) = case.there.keys() - {kept}
    assert case.there[kept]["abstractNote"] == "only here"
    assert [tag["tag"] for tag in case.there[kept]["tags"]] == ["a", "b"]
    assert case.there[gone]["deleted"] == 1
    quiet(case)


def test_a_library_that_is_there_already_gets_no_copies(case: Case) -> None:
    case.site.records = [book("On the Names of Rivers and Their Sources", DOI="10.1000/rivers"), book("On Dates")]
    person = [{"creatorType": "author", "firstName": "A.", "lastName": "Moreau"}]
    title = "On the names of rivers, and their sources"
    case.make_there("AAAA2222", title=title, DOI="10.1000/rivers", creators=person, place="Paris")
    case.sync()
    assert sorted(data["title"] for data in case.there.values()) == ["On Dates", title]
    assert "deleted" not in case.there["AAAA2222"]
    assert case.there["AAAA2222"]["place"] == "Paris"
    quiet(case)


# ------------------------------------------------------------------------------------------------ other sources


def test_an_item_that_other_sources_still_have_comes_back_whole(case: Case) -> None:
    case.sync()
    key = key_of(case, "On Names")
    case.edit_there(key, abstractNote="typed in Zotero")
    case.sync()
    case.site.remove(key)
    case.sync(allow_delete=True)
    assert case.there[key]["abstractNote"] == "typed in Zotero"
    assert case.site.items()[key]["abstractNote"] == "typed in Zotero"
    quiet(case)


def test_a_source_that_falls_silent_leaves_what_was_edited_since(case: Case) -> None:
    case.site.records[0] = book("On Names", publisher="Presses", volume="1")
    case.sync()
    key = key_of(case, "On Names")
    case.edit_there(key, publisher="Typed in Zotero")
    case.sync()
    case.site.records[0] = book("On Names")
    case.sync()
    assert case.there[key]["publisher"] == "Typed in Zotero"
    assert case.there[key]["volume"] == ""


def test_a_source_that_changes_what_was_edited_in_the_item_is_said(case: Case) -> None:
    case.site.records[0] = book("On Names", publisher="Presses")
    case.sync()
    key = key_of(case, "On Names")
    case.edit_there(key, publisher="Typed in Zotero")
    case.sync()
    case.site.records[0] = book("On Names", publisher="Editions")
    assert [problem.code for problem in case.sync().plan.problems] == ["sync-source-apart"]
    assert case.there[key]["publisher"] == "Typed in Zotero"
    quiet(case)


def test_what_a_type_has_no_field_for_is_not_sent(case: Case) -> None:
    case.site.records = [book("On Names", **{"collection-title": "Great Series"})]
    case.sync()
    key = key_of(case, "On Names")
    data = {name: value for name, value in case.there[key].items() if name not in ("series", "publisher")}
    case.server.world.library.store("items", {**data, "itemType": "thesis"})
    case.sync()
    case.site.records = [book("On Names", **{"collection-title": "Great Series", "edition": "2"})]
    assert case.sync().problems == []
    quiet(case)


def test_a_citation_key_that_is_changed_in_the_file_is_a_rename(case: Case) -> None:
    case.sync()
    key = key_of(case, "On Names")
    case.site.edit(key, citationKey="typed1998")
    assert case.sync().renamed == [("moreaundnames", "typed1998")]
    assert case.there[key]["citationKey"] == "typed1998"
    quiet(case)


def test_two_projects_that_call_works_otherwise_do_not_change_keys_for_ever(server: Server, tmp_path: Path) -> None:
    one = Case(server, tmp_path / "one", [book("On Names")])
    two = Case(server, tmp_path / "two", [book("On Dates")])
    one.sync()
    one.site.edit(key_of(one, "On Names"), citationKey="same")
    two.site.records[0] = book("On Dates")
    two.site.works()
    (pin,) = two.site.lock.pins
    from bibkit.lock import edits

    two.site.lock = edits.rename(two.site.lock, pin.key, "same")
    for _ in range(2):
        one.sync()
        two.sync()
    quiet(one)
    quiet(two)


# ------------------------------------------------------------------------------------------------ meanwhile


def test_what_is_typed_into_the_file_while_it_is_asked_is_not_lost(case: Case) -> None:
    case.sync()
    key = key_of(case, "On Names")
    case.edit_there(key, place="Paris")

    def confirm(_plan: Any) -> bool:
        case.site.edit(key, publisher="typed meanwhile")
        return True

    with opened(case.site.folder) as state, case.api() as api:
        sync(case.site, api, case.memory(state), Options(), confirm=confirm)
    for side in (case.site.items()[key], case.there[key]):
        assert (side["place"], side["publisher"]) == ("Paris", "typed meanwhile")
    quiet(case)


def test_what_is_typed_into_the_file_while_we_speak_with_the_server_is_not_lost(case: Case) -> None:
    case.sync()
    key, other = key_of(case, "On Names"), key_of(case, "On Dates")
    case.site.edit(key, place="Paris")

    def meanwhile(_world: Any) -> None:
        case.site.edit(key, publisher="typed meanwhile")
        case.site.edit(other, publisher="this too")

    case.server.faults.append(Fault(meanwhile=meanwhile, when=is_post))
    case.sync()
    assert case.site.items()[key]["publisher"] == "typed meanwhile"
    case.sync()
    assert (case.there[key]["place"], case.there[key]["publisher"]) == ("Paris", "typed meanwhile")
    assert case.there[other]["publisher"] == "this too"
    quiet(case)


def test_a_conflict_that_is_settled_before_the_library_moves_is_still_told(case: Case) -> None:
    case.sync()
    key, other = key_of(case, "On Names"), key_of(case, "On Dates")
    case.site.edit(key, title="Ours")
    case.edit_there(key, title="Theirs")
    case.site.edit(other, place="Paris")
    move = Fault(meanwhile=lambda world: world.library.store("items", dict(world.library.items[other])), when=is_post)
    case.server.faults.append(move)
    outcome = case.sync(prefer="theirs")
    assert [(one.ours, one.theirs, one.answer) for one in outcome.plan.conflicts] == [("Ours", "Theirs", "theirs")]


def test_a_library_that_moves_while_it_is_read_is_read_again(case: Case) -> None:
    for number in range(120):
        case.make_there(
            f"AAAA{2 + number // 40}{2 + number // 20 % 2}{chr(65 + number % 20)}2", title=f"There {number}"
        )

    def move(world: Any) -> None:
        world.library.store("items", {**world.library.items["AAAA22A2"], "place": f"{world.library.version}"})

    case.server.faults.append(Fault(meanwhile=move, when=lambda request: "itemKey" in request.query, skip=1))
    case.sync(direction="pull")
    assert case.site.items()["AAAA22A2"]["place"] == case.there["AAAA22A2"]["place"]
    case.server.faults.append(Fault(meanwhile=move, when=lambda request: request.method == "GET", times=9999))
    move(case.server.world)
    case.requests()
    with pytest.raises(ServiceError, match="changes faster"):
        case.sync(direction="pull")
    assert case.requests() < 40


def test_a_lost_answer_is_in_the_journal(case: Case) -> None:
    case.server.faults.append(Fault(cut="after", when=is_post))
    case.sync()
    with opened(case.site.folder) as state:
        memory = case.memory(state)
        (run,) = memory.runs()
        assert {entry.status for entry in memory.entries(run.number) if entry.after} == {"done"}
        assert run.ended


def test_a_run_that_broke_off_is_gone_on_with(case: Case) -> None:
    case.server.faults.append(Fault(cut="before", when=is_post, times=99))
    with pytest.raises(ServiceError):
        case.sync()
    case.server.faults.clear()
    case.sync()
    with opened(case.site.folder) as state:
        (run,) = case.memory(state).runs()
        assert run.ended


# ------------------------------------------------------------------------------------------------ who may what


def with_key(case: Case, key: str, **access: Any) -> Any:
    case.server.world.add_key(key, access={"user": {"library": True, **access}})
    case.server.key = key
    return case


def test_notes_that_the_key_may_not_see_are_not_taken_as_deleted(case: Case) -> None:
    case.make_there("BBBB2222", title="A book")
    note(case, "NNNN2222", "BBBB2222", "mine")
    case.sync()
    (case.site.folder / ".bibkit" / "sync.sqlite").unlink()
    with_key(case, "nonotesnonotesnonotesnon", write=True)
    for _ in range(2):
        outcome = case.sync(allow_delete=True)
        assert outcome.problems == []
        assert case.site.items()["NNNN2222"]["note"] == "mine"
    assert case.there["NNNN2222"]["note"] == "mine"
    case.server.world.library.store("items", {**case.there["NNNN2222"], "note": "theirs"})
    case.server.key = KEY
    case.edit_there("BBBB2222", place="Paris")
    assert [one.field for one in case.sync().open()] == ["note"]


def test_a_key_that_may_only_read(case: Case) -> None:
    case.make_there("BBBB2222", title="A book", citationKey="b")
    with_key(case, "readonlyreadonlyreadonly", notes=True)
    with pytest.raises(Refused, match="Write access denied"):
        case.sync()
    case.sync(direction="pull")
    assert "BBBB2222" in case.site.items()


def test_a_wrong_key_and_an_unknown_group(case: Case) -> None:
    case.server.key = "wrongwrongwrongwrongwron"
    with pytest.raises(Refused, match="Invalid key"):
        case.sync()
    case.server.key = KEY
    case.site.library = LibraryId(case.server.url, "group", 77)
    with pytest.raises(Refused, match="Group not found"):
        case.sync()
    assert case.there == {}


def test_a_server_without_a_field_for_citation_keys_gets_lines(case: Case) -> None:
    case.server.world.has_citation_keys = False
    case.sync()
    key = key_of(case, "On Names")
    assert case.there[key]["extra"] == "Citation Key: moreaundnames"
    quiet(case)
    case.edit_there(key, extra="Citation Key: moreau1998\nmore")
    assert case.sync().renamed == [("moreaundnames", "moreau1998")]
    quiet(case)


def test_something_that_is_no_zotero(case: Case) -> None:
    case.server.faults.append(Fault(200, {}, "<html>Log in to the network</html>", times=99))
    with pytest.raises(ServiceError, match="does not answer as Zotero's API"):
        case.sync()


def test_answers_that_are_too_slow_are_waited_for_again(case: Case) -> None:
    case.server.faults.append(Fault(delay=0.6, when=is_post))
    api = Api(case.site.library, case.server.key, wait=lambda seconds, why: case.waits.append(seconds), timeout=0.3)
    with opened(case.site.folder) as state, api:
        sync(case.site, api, case.memory(state), Options())
    assert case.waits == [2.0]
    assert case.titles() == (["On Dates", "On Names"],) * 2


@pytest.mark.parametrize("jump", [-86_400 * 400, 86_400 * 400])
def test_a_clock_that_jumps(case: Case, jump: int, monkeypatch: pytest.MonkeyPatch) -> None:
    real = time.time
    case.server.faults.append(Fault(backoff=5, when=is_post))
    case.sync()
    monkeypatch.setattr(time, "time", lambda: real() + jump)
    key = key_of(case, "On Names")
    case.server.faults.append(Fault(429, {"Retry-After": "Sun, 22 Nov 2026 10:00:00 GMT"}, "slow down"))
    case.site.edit(key, place="Paris")
    case.edit_there(key, publisher="Presses")
    case.sync()
    assert max(case.waits) <= 300
    assert (case.there[key]["place"], case.site.items()[key]["publisher"]) == ("Paris", "Presses")
    quiet(case)


# ------------------------------------------------------------------------------------------------ the state


def test_a_state_of_another_version_and_one_that_is_broken(case: Case) -> None:
    case.sync()
    path = case.site.folder / ".bibkit" / "sync.sqlite"
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(StateError, match=r"newer bibkit wrote this \(version 99\)"):
        case.sync()
    path.write_bytes(b"no database at all, but long enough to be looked at" * 50)
    with pytest.raises(StateError, match="delete it"):
        case.sync()
    path.unlink()
    assert case.sync().open() == []
    assert len(case.there) == 2


def test_two_syncs_at_once(case: Case) -> None:
    holder = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    folder = case.site.folder / ".bibkit"
    folder.mkdir()
    lock = folder / "sync.lock"
    lock.write_text(str(holder.pid))
    with pytest.raises(StateError, match=f"process {holder.pid}"):
        case.sync()
    holder.communicate(b"\n")
    case.sync()
    assert not lock.exists()
    (folder / f"sync.lock.{holder.pid}").write_text(str(holder.pid))
    with opened(case.site.folder), pytest.raises(StateError, match=f"process {os.getpid()}"):
        case.sync()
    assert sorted(path.name for path in folder.iterdir()) == [".gitignore", "sync.sqlite"]


# ------------------------------------------------------------------------------------------------ how much


def test_the_brake_can_be_looked_at(case: Case) -> None:
    case.site.records = [book(f"Number {n}", ISBN=f"{n}") for n in range(30)]
    case.sync()
    for key in list(case.there):
        case.edit_there(key, deleted=1)
    outcome = case.sync(dry_run=True)
    assert [problem.code for problem in outcome.problems] == ["sync-brake"]
    assert len(outcome.plan.steps) == 30
    case.sync(allow_delete=True)
    assert case.site.items() == {}


def test_a_sync_about_one_collection(case: Case) -> None:
    collection(case, "CCCC2222", "Papers")
    collection(case, "DDDD2222", "Video", "CCCC2222")
    case.make_there("BBBB2222", title="Inside", collections=["CCCC2222"])
    case.make_there("EEEE2222", title="Deep inside", collections=["DDDD2222"])
    case.make_there("FFFF2222", title="Outside")
    note(case, "NNNN2222", "EEEE2222")
    note(case, "NNNN3333", "FFFF2222")
    case.sync(scope="Papers")
    here = {data.get("title", data.get("note")) for data in case.site.items().values()}
    assert here == {"Inside", "Deep inside", "n", "On Names", "On Dates"}
    assert {"NNNN2222"} == {key for key in case.site.items() if key.startswith("NNNN")}
    assert case.there[key_of(case, "On Names")]["collections"] == ["CCCC2222"]
    case.requests()
    assert case.sync(scope="Papers").plan.steps == ()
    assert case.requests() == 1
    with pytest.raises(UsageError, match=r"no collection 'Papres'; there is Papers, Papers/Video"):
        case.sync(scope="Papres")
