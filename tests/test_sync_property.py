"""Two projects and an editor of the Zotero library change anything, in any order, with syncs in between.

Afterwards all have the same, no item is there twice, and every value that somebody typed is either there, or was
overwritten by somebody who saw it, or is in a conflict that was recorded.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_sync import Case, book
from zotero_server import Server

from bibkit.problems import UsageError
from bibkit.record import Name, Record, replace
from bibkit.sync.family import standing
from bibkit.sync.model import OWN, is_child
from bibkit.sync.run import Outcome
from bibkit.sync.state import Known

pytest.importorskip("pyzotero")

ROUNDS = 4  # of syncs, after which all must agree
FIELDS = ("title", "date", "publisher", "abstractNote", "volume")
WORDS = (
    "harbour violet engine lantern meadow copper whisper glacier orchard thunder marble falcon velvet canyon ember "
    "willow saddle prism cedar anchor quartz ribbon tundra beacon walnut cobalt"
).split()


def words(number: int) -> str:
    """Words that no other number has: titles of works that nobody takes for one."""
    return " ".join(dict.fromkeys(WORDS[byte % len(WORDS)] for byte in sha256(b"%d" % number).digest()[:5]))


class Play:
    """The three of them, what was typed, and what became of it."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server = server
        self.sites = [
            Case(server, folder / "one", [self.source(0), self.source(1)]),
            Case(server, folder / "two", [self.source(2), self.source(1)]),
        ]
        self.typed: dict[str, str] = {}  # value -> who and where
        self.settled: set[str] = set()  # values that somebody saw and changed, or that are in a conflict
        self.count = 10

    def source(self, number: int) -> Record:
        return replace(
            book(words(number), DOI=f"10.1000/{number}"),
            names={"author": (Name(words(number).split()[0].title(), "Ada"),)},
        )

    def value(self, field: str) -> str:
        """A value that was never typed before."""
        self.count += 1
        return words(self.count) if field == "title" else f"{field}-{self.count}"

    def type(self, who: str, before: Any, value: Any) -> Any:
        """Somebody writes a value over another one that he saw."""
        self.see(before)
        self.typed[json.dumps(value)] = who
        return value

    def see(self, *values: Any) -> None:
        """Somebody decided against these."""
        for value in values:
            if isinstance(value, str) and "\n" in value:
                self.see(*value.split("\n"))
            self.settled.add(json.dumps(value))

    def see_all(self, data: dict[str, Any]) -> None:
        self.see(*data.values(), *data.get("tags", ()), *data.get("creators", ()))

    # -------------------------------------------------------------------------------------------- who edits where

    def edit(self, who: int, pick: int, what: Callable[[dict[str, Any], str], dict[str, Any]]) -> None:
        """The editor (0) or a site (1, 2) changes one of the items that it has."""
        case = self.sites[max(0, who - 1)]
        items = self.alive() if who == 0 else case.site.items()
        mine = sorted(key for key, data in items.items() if not is_child(data))
        if not mine:
            return
        key = mine[pick % len(mine)]
        changed = what(items[key], f"{who}:{key}")
        if who == 0:
            case.edit_there(key, **changed)
        else:
            case.site.edit(key, **changed)

    def alive(self) -> dict[str, Any]:
        known = {key: Known("items", key, theirs=data) for key, data in self.sites[0].there.items()}
        return standing("items", known)

    def sync(self, site: int, **options: Any) -> Outcome | None:
        case = self.sites[site]
        try:
            outcome = case.sync(**options)
        except UsageError:  # the brake
            return None
        for conflict in outcome.plan.conflicts:
            for side in (conflict.ours, conflict.theirs):
                self.see(side)
                if isinstance(side, dict):
                    self.see_all(side)
                if isinstance(side, list):
                    self.see(*side)
        return outcome


# ------------------------------------------------------------------------------------------------ what they do


def edit_field(play: Play, who: int, one: int, two: int) -> None:
    field = FIELDS[two % len(FIELDS)]
    play.edit(who, one, lambda data, at: {field: play.type(at, data.get(field), play.value(field))})


def clear_field(play: Play, who: int, one: int, two: int) -> None:
    field = FIELDS[1:][two % 4]

    def clear(data: dict[str, Any], _at: str) -> dict[str, Any]:
        play.see(data.get(field))
        return {field: ""}

    play.edit(who, one, clear)


def set_creators(play: Play, who: int, one: int, _two: int) -> None:
    def change(data: dict[str, Any], at: str) -> dict[str, Any]:
        play.see(*data.get("creators", ()))
        new = {"creatorType": "author", "firstName": "Ada", "lastName": play.value("name")}
        return {"creators": [play.type(at, None, new)]}

    play.edit(who, one, change)


def add_tag(play: Play, who: int, one: int, _two: int) -> None:
    def add(data: dict[str, Any], at: str) -> dict[str, Any]:
        return {"tags": [*data.get("tags", ()), play.type(at, None, {"tag": play.value("tag")})]}

    play.edit(who, one, add)


def remove_tag(play: Play, who: int, one: int, two: int) -> None:
    def remove(data: dict[str, Any], _at: str) -> dict[str, Any]:
        tags = list(data.get("tags", ()))
        if tags:
            play.see(tags.pop(two % len(tags)))
        return {"tags": tags}

    play.edit(who, one, remove)


def edit_extra(play: Play, who: int, one: int, two: int) -> None:
    def change(data: dict[str, Any], at: str) -> dict[str, Any]:
        lines = [line for line in str(data.get("extra") or "").split("\n") if line]
        if lines and two % 3 == 0 and not lines[0].startswith("Citation Key"):
            play.see(lines.pop(0))
        return {"extra": "\n".join([*lines, play.type(at, None, f"Label {two % 2}: {play.value('extra')}")])}

    play.edit(who, one, change)


def rename_key(play: Play, who: int, one: int, _two: int) -> None:
    play.edit(who, one, lambda data, at: {"citationKey": play.type(at, data.get("citationKey"), play.value("key"))})


def trash(play: Play, who: int, one: int, two: int) -> None:
    """The editor throws an item away, a site takes it out of its file, with what hangs on it."""
    if who == 0:

        def throw(data: dict[str, Any], _at: str) -> dict[str, Any]:
            play.see_all(data)
            return {"deleted": 1}

        play.edit(0, one, throw)
        return
    site = play.sites[who - 1].site
    mine = sorted(key for key, data in site.items().items() if not is_child(data))
    if mine:
        key = mine[one % len(mine)]
        for child, data in list(site.items().items()):
            if child == key or (data.get("parentItem") == key and two % 2):
                play.see_all(data)
                site.remove(child)


def restore(play: Play, _who: int, one: int, _two: int) -> None:
    there = play.sites[0].there
    thrown = sorted(key for key, data in there.items() if data.get("deleted"))
    if thrown:
        play.sites[0].edit_there(thrown[one % len(thrown)], deleted=0)


def delete(play: Play, _who: int, one: int, _two: int) -> None:
    there = play.sites[0].there
    tops = sorted(key for key, data in there.items() if not is_child(data))
    if tops:
        key = tops[one % len(tops)]
        for each in (key, *play.server.world.library.children(key)):
            play.see_all(there[each])
        play.server.world.library.delete("items", [key])


def new_item(play: Play, _who: int, _one: int, _two: int) -> None:
    play.count += 1
    creators = [{"creatorType": "author", "firstName": "Ada", "lastName": WORDS[play.count % len(WORDS)]}]
    key = f"NEW{play.count:05}".replace("0", "Z").replace("1", "Y")
    title = play.type("0:new", None, words(play.count))
    play.sites[0].make_there(key, title=title, DOI=f"10.1000/{play.count}", creators=creators)


def new_note(play: Play, who: int, one: int, _two: int) -> None:
    """A note comes to an item."""
    play.count += 1
    key = f"NTE{play.count:05}".replace("0", "Z").replace("1", "Y")
    items = play.alive() if who == 0 else play.sites[who - 1].site.items()
    tops = sorted(one for one, data in items.items() if not is_child(data))
    if not tops:
        return
    data = {"key": key, "itemType": "note", "parentItem": tops[one % len(tops)], "tags": [], "relations": {}}
    data["note"] = play.type(f"{who}:{key}", None, play.value("note"))
    if who == 0:
        play.server.world.library.store("items", data)
    else:
        site = play.sites[who - 1].site
        site.put(key, data)


def edit_note(play: Play, who: int, one: int, _two: int) -> None:
    items = play.alive() if who == 0 else play.sites[who - 1].site.items()
    notes = sorted(key for key, data in items.items() if is_child(data))
    if notes:
        key = notes[one % len(notes)]
        value = play.type(f"{who}:{key}", items[key].get("note"), play.value("note"))
        place = play.sites[0].edit_there if who == 0 else play.sites[who - 1].site.edit
        place(key, note=value)


def merge_there(play: Play, _who: int, one: int, two: int) -> None:
    """The editor says that two items are one, as Zotero's client does it."""
    there = play.alive()
    tops = sorted(key for key, data in there.items() if not is_child(data))
    kept, gone = tops[one % len(tops)] if tops else "", tops[two % len(tops)] if tops else ""
    if kept == gone:
        return
    case = play.sites[0]
    relations = there[kept].get("relations") or {}
    before = relations.get("dc:replaces", [])
    uris = [*(before if isinstance(before, list) else [before]), f"http://zotero.org/users/1/items/{gone}"]
    play.see_all(there[gone])
    for child in play.server.world.library.children(gone):
        case.edit_there(child, parentItem=kept)
    case.edit_there(kept, relations={**relations, "dc:replaces": uris if len(uris) > 1 else uris[0]})
    case.edit_there(gone, deleted=1)


def copy_there(play: Play, _who: int, one: int, _two: int) -> None:
    """The editor brings in a work a second time: here it is found to be one."""
    tops = sorted(key for key, data in play.alive().items() if not is_child(data))
    if tops:
        play.count += 1
        data = dict(play.alive()[tops[one % len(tops)]])
        for name in ("key", "version", "relations", "collections", "citationKey", "extra", "tags"):
            data.pop(name, None)
        play.sites[0].make_there(f"CPY{play.count:05}".replace("0", "Z").replace("1", "Y"), **data)


def collections(play: Play, who: int) -> dict[str, Any]:
    if who == 0:
        return play.server.world.library.collections
    return play.sites[who - 1].site.load()[0].collections


def new_collection(play: Play, _who: int, one: int, two: int) -> None:
    play.count += 1
    known = sorted(play.server.world.library.collections)
    parent = known[one % len(known)] if known and two % 2 else False
    key = f"CCC{play.count:05}".replace("0", "Z").replace("1", "Y")
    name = play.type("0:collection", None, f"Collection {play.count}")
    data = {"key": key, "name": name, "parentCollection": parent, "relations": {}}
    play.server.world.library.store("collections", data)


def rename_collection(play: Play, who: int, one: int, _two: int) -> None:
    known = sorted(key for key in collections(play, who) if not collections(play, who)[key].get("deleted"))
    if known:
        play.count += 1
        key = known[one % len(known)]
        before = collections(play, who)[key]
        changed = {**before, "name": play.type(f"{who}:{key}", before["name"], f"Collection {play.count}")}
        if who == 0:
            play.server.world.library.store("collections", changed)
        else:
            play.sites[who - 1].site.put(key, changed, "collections")


def delete_collection(play: Play, _who: int, one: int, _two: int) -> None:
    known = sorted(play.server.world.library.collections)
    if known:
        library = play.server.world.library
        key = known[one % len(known)]
        for gone in library._below("collections", key):
            play.see(library.collections[gone]["name"])
        library.delete("collections", [key])


def move(play: Play, who: int, one: int, two: int) -> None:
    """An item goes into a collection, or out of it."""
    known = sorted(collections(play, who))
    if not known:
        return
    key = known[two % len(known)]

    def put(data: dict[str, Any], _at: str) -> dict[str, Any]:
        members = list(data.get("collections") or ())
        return {"collections": [one for one in members if one != key] if key in members else [*members, key]}

    play.edit(who, one, put)


def edit_source(play: Play, who: int, one: int, two: int) -> None:
    """Another source of a project says something else of a work, or something new."""
    site = play.sites[who % 2].site
    if site.records:
        place = one % len(site.records)
        field = ("publisher", "volume", "edition")[two % 3]
        record = site.records[place]
        site.records[place] = replace(record, texts={**record.texts, field: play.value(field)})


def new_source(play: Play, who: int, _one: int, _two: int) -> None:
    play.count += 1
    play.sites[who % 2].site.records.append(play.source(play.count))


ACTIONS = (
    edit_field, edit_field, edit_field, clear_field, set_creators, add_tag, remove_tag, edit_extra, rename_key, trash,
    restore, delete, new_item, new_note, edit_note, merge_there, copy_there, new_collection, rename_collection,
    delete_collection, move, edit_source, new_source,
)  # fmt: skip

SYNCS = st.fixed_dictionaries(
    {"site": st.integers(0, 1)},
    optional={
        "direction": st.sampled_from(["both", "push", "pull"]),
        "prefer": st.sampled_from(["ours", "theirs", "newest"]),
        "allow_delete": st.booleans(),
    },
)
STEPS = st.lists(
    st.one_of(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 2), st.integers(0, 9), st.integers(0, 9)), SYNCS),
    max_size=25,
)


@settings(suppress_health_check=list(HealthCheck), max_examples=settings.default.max_examples // 10)
@given(STEPS)
def test_all_agree_in_the_end_and_nothing_that_was_typed_is_lost(steps: list[Any]) -> None:
    check(steps)


def check(steps: list[Any]) -> None:
    with Server() as server, tempfile.TemporaryDirectory() as folder:
        play = Play(server, Path(folder))
        play.sync(0)
        play.sync(1)
        for step in steps:
            if isinstance(step, dict):
                options = dict(step)
                play.sync(options.pop("site"), **options)
            else:
                step[0](play, *step[1:])
        _let_agree(play)
        _check_agreement(play)
        _check_values(play)


def _let_agree(play: Play) -> None:
    """Sync in turn, with an answer to every question, until nobody has anything to do."""
    for _ in range(ROUNDS):
        outcomes = [play.sync(site, allow_delete=True, ask=lambda conflict: "theirs") for site in (0, 1)]
        if all(outcome and not outcome.plan.steps for outcome in outcomes):
            return
    raise AssertionError([outcome and outcome.plan.steps for outcome in outcomes])


def _check_agreement(play: Play) -> None:
    there = {key: _shown(data) for key, data in play.alive().items()}
    for case in play.sites:
        case.requests()
        assert case.sync().plan.steps == ()
        assert case.requests() == 1
        assert {key: _shown(data) for key, data in case.site.items().items()} == there
        collections = {key: _shown(data) for key, data in case.site.load()[0].collections.items()}
        assert collections == {key: _shown(data) for key, data in play.server.world.library.collections.items()}
    titles = [data["title"] for data in there.values() if "title" in data]
    assert len(set(titles)) == len(titles)


def _shown(data: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in data.items() if value and name not in ("version", "dateModified", OWN)}
    return {**kept, "collections": sorted(kept.get("collections", ()))}


def _check_values(play: Play) -> None:
    """Every value is there, in the trash at the least, or was seen and changed, or is in a conflict."""
    world = [*play.sites[0].there.values(), *play.server.world.library.collections.values()]
    there = {json.dumps(value) for data in world for value in _values(data)}
    there |= {json.dumps(name) for case in play.sites for pin in case.site.lock.pins for name in pin.names}
    lost = play.typed.keys() - play.settled - there
    assert not lost, {value: play.typed[value] for value in lost}


def _values(data: dict[str, Any]) -> list[Any]:
    lines = str(data.get("extra") or "").split("\n")
    return [*data.values(), *data.get("tags", ()), *data.get("creators", ()), *lines]
