"""Whatever happens to a library, in whatever order: a key that was given stays, and is of one work."""

from __future__ import annotations

import os
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bibkit import lock as locks
from bibkit.keys import assign, caseless, default_key, dumps, loads
from bibkit.lock import Lock
from bibkit.record import Date, Name, Origin, Record, replace
from bibkit.rekey import rekey

EXAMPLES = 2000 if os.environ.get("HYPOTHESIS_PROFILE") == "ci" else 200
property_test = settings(max_examples=EXAMPLES, derandomize=True, deadline=None)

# ------------------------------------------------------------------------------------------------ a small world

TEXTS = [("Graphs", "Liu"), ("Graphs", "Müller"), ("Graphs at Night", "Liu"), ("On Graphs II", "Liu")]


def looks(number: int, names: list[tuple[str, str]], doi: list[str]) -> list[Record]:
    """What one entry may look like after edits."""
    found = []
    for (title, author), other, year, one_doi, page in product(
        names, ["", "Graphs"], [None, 2019, 2020], doi, ["", "1"]
    ):
        texts = {"title": title, "DOI": one_doi, "page": page}
        found.append(
            Record(
                texts={name: value for name, value in texts.items() if value},
                names={"author": tuple(Name(family) for family in (author, other) if family)},
                dates={"issued": Date((year,))} if year else {},
                origins=(Origin(f"{number % 2}.bib"),),
            )
        )
    return found


# Entries that keep their text and may gain an identifier, and entries that keep an identifier whatever else changes.
KNOWN_BY_TEXT = [looks(n, [text], ["", f"10.1000/{n}"]) for n, text in enumerate(TEXTS)]
KNOWN_BY_DOI = [looks(n, [text, ("Trees", "Liu")], [f"10.1000/{n}"]) for n, text in enumerate(TEXTS)]
KEYS = ["k", "ka", "liu:2019", "a b"]  # what a source calls each entry, if it calls it anything


Library = dict[frozenset[int], Record]  # which entries are one work, and how that looks


class World:
    """A library to which things happen, one at a time; entries look as they did last, until they are edited."""

    def __init__(self, looks: list[list[Record]]) -> None:
        self.looks = looks
        self.entries = {number: one[0] for number, one in enumerate(looks)}
        self.groups: list[frozenset[int]] = []
        self.gone: list[frozenset[int]] = []

    def happen(self, what: str, one: int, other: int, look: int) -> None:
        """Whatever cannot be just now does not happen."""
        mine = next((group for group in self.groups if one in group), frozenset())
        theirs = next((group for group in self.groups if other in group), frozenset())
        if what == "edit":
            key = ["", KEYS[one]][look % 2]
            self.entries[one] = replace(self.looks[one][look % len(self.looks[one])], key=key)
        elif what == "add" and not mine:
            self.groups.append(next((group for group in self.gone if one in group), frozenset({one})))
            self.gone = [group for group in self.gone if one not in group]
        elif what == "remove" and mine:
            self.groups.remove(mine)
            self.gone.append(mine)
        elif what == "merge" and mine and theirs and mine != theirs:
            self.groups = [group for group in self.groups if group not in (mine, theirs)] + [mine | theirs]
        elif what == "split" and len(mine) > 1:
            rest = mine - {one}
            self.groups = [group for group in self.groups if group != mine] + [rest, frozenset({one})]

    def library(self) -> Library:
        return {group: merged([self.entries[number] for number in sorted(group)]) for group in self.groups}


def merged(entries: list[Record]) -> Record:
    first = entries[0]
    return first if len(entries) == 1 else replace(first, parts=tuple(entries))


NUMBERS = st.sampled_from([0, 0, 1, 1, 2, 3])
WHAT = st.sampled_from(["add", "add", "edit", "edit", "merge", "merge", "split", "remove"])
EVENTS = st.lists(st.tuples(WHAT, NUMBERS, NUMBERS, st.integers(0, 99), st.booleans()), min_size=4, max_size=20)
QUIET = ("add", "edit", "merge")  # of these, several may happen between two builds


@st.composite
def lives_in(draw: st.DrawFn, looks: list[list[Record]]) -> list[Library]:
    """The libraries that are built."""
    world, found = World(looks), []
    for *event, build in draw(EVENTS):
        world.happen(*event)
        if build or event[0] not in QUIET:
            found.append(world.library())
    return found


lives = st.one_of(lives_in(KNOWN_BY_TEXT), lives_in(KNOWN_BY_DOI))


def keys_after(world: World, *events: tuple[str, int, int, int, bool]) -> list[dict[int, str]]:
    """The key of each entry's work after each event that is followed by a build."""
    lock, found = Lock(), []
    for *event, build in events:
        world.happen(*event)
        if build:
            library = world.library()
            done = assign(library.values(), lock)
            found.append({n: work.key for group, work in zip(library, done.records, strict=True) for n in group})
            lock = done.lock
    return found


def test_what_parted_from_a_merged_work_keeps_its_key_when_edited() -> None:
    events = [("add", 0, 0, 0, False), ("add", 1, 0, 0, False), ("merge", 0, 1, 0, True), ("split", 1, 0, 0, True)]
    _, parted, edited = keys_after(World(KNOWN_BY_DOI), *events, ("edit", 1, 0, 12, True))
    assert parted == edited


@pytest.mark.parametrize("old", range(3))
def test_what_was_there_before_a_merger_keeps_its_key(old: int) -> None:
    """Though the other entry has a DOI, which the pin learned when the two were one."""
    events = [("add", old, 0, 0, True), ("add", 3, 0, 0, False), ("edit", 3, 0, 2, False), ("merge", old, 3, 0, True)]
    alone, _, parted = keys_after(World(KNOWN_BY_TEXT), *events, ("split", old, 0, 0, True))
    assert parted[old] == alone[old]


# ------------------------------------------------------------------------------------------------ what never happens


@property_test
@given(lives)
def test_a_key_once_given_stays(steps: list[Library]) -> None:
    """An entry that stands alone has the key that it had whenever it stood alone."""
    alone: dict[int, str] = {}
    lock = Lock()
    for library in steps:
        done = assign(library.values(), lock)
        for group, work in zip(library, done.records, strict=True):
            if len(group) == 1:
                (number,) = group
                assert alone.setdefault(number, work.key) == work.key
        lock = loads(dumps(done.lock))
    assert len({caseless(key) for key in alone.values()}) == len(alone)


@property_test
@given(lives)
def test_a_key_once_given_is_found(steps: list[Library]) -> None:
    """Every key that an entry ever had alone is a name of the work that it is part of."""
    alone: dict[int, str] = {}
    lock = Lock()
    for library in steps:
        done = assign(library.values(), lock)
        for group, work in zip(library, done.records, strict=True):
            names = {caseless(name) for name in (work.key, *work.aliases)}
            assert {caseless(alone[number]) for number in group if number in alone} <= names
            if len(group) == 1:
                alone.setdefault(next(iter(group)), work.key)
        lock = done.lock


@property_test
@given(lives)
def test_a_merged_work_keeps_its_key(steps: list[Library]) -> None:
    """Merged of the same entries again, it has the key that it had, or that of one of them."""
    had: dict[frozenset[int], set[str]] = {}
    lock = Lock()
    for library in steps:
        done = assign(library.values(), lock)
        for group, work in zip(library, done.records, strict=True):
            before = {key for other, keys in had.items() if other & group for key in keys}
            if had.get(group):
                assert work.key in before
            had.setdefault(group, set()).add(work.key)
        lock = done.lock


@property_test
@given(lives)
def test_no_key_is_of_two_works(steps: list[Library]) -> None:
    lock = Lock()
    for library in steps:
        done = assign(library.values(), lock)
        for named in (done.records, done.lock.pins):
            names = [caseless(name) for one in named for name in (one.key, *one.aliases)]
            assert len(set(names)) == len(names)
        owned = [identity for pin in done.lock.pins for identity in pin.identities]
        assert len(set(owned)) == len(owned)
        lock = done.lock


@property_test
@given(lives, st.randoms(use_true_random=False))
def test_the_order_never_matters(steps: list[Library], chance: object) -> None:
    lock = Lock()
    for library in steps:
        works = list(library.values())
        mixed = [shuffled(work, chance) for work in chance.sample(works, len(works))]
        done, other = assign(works, lock, day="2026-11-22"), assign(mixed, lock, day="2026-11-22")
        assert dumps(done.lock) == dumps(other.lock)
        assert sorted(work.key for work in done.records) == sorted(work.key for work in other.records)
        lock = done.lock


def shuffled(work: Record, chance: object) -> Record:
    return replace(work, parts=tuple(chance.sample(work.parts, len(work.parts))))


@property_test
@given(lives)
def test_text_and_back(steps: list[Library]) -> None:
    lock = Lock()
    for day, library in enumerate(steps):
        lock = assign(library.values(), lock, day=f"2026-11-{day + 1:02}", pattern_name="a b").lock
        assert loads(dumps(lock)) == lock
        assert dumps(loads(dumps(lock))) == dumps(lock)


@property_test
@given(lives, st.data())
def test_changes_by_hand_lose_no_name(steps: list[Library], data: st.DataObject) -> None:
    """Renamed, joined to an alias, given a key by another pattern: each old key still is a name of its work."""
    alone: dict[int, set[str]] = {}
    lock = Lock()
    for library in steps:
        done = assign(library.values(), lock)
        for group, work in zip(library, done.records, strict=True):
            names = {caseless(name) for name in (work.key, *work.aliases)}
            for number in group:
                assert alone.get(number, set()) <= names
            if len(group) == 1:
                alone.setdefault(next(iter(group)), set()).add(caseless(work.key))
        lock = changed(done.lock, done.records, data)
        assert loads(dumps(lock)) == lock


def changed(lock: Lock, works: list[Record], data: st.DataObject) -> Lock:
    if not lock.pins:
        return lock
    key = data.draw(st.sampled_from([name for pin in lock.pins for name in pin.names]))
    what = data.draw(st.sampled_from(["nothing", "rename", "alias", "pattern"]))
    if what == "rename":
        return locks.rename(lock, key, locks.edits.names_of(lock.pins).unique("named"))
    if what == "alias":
        return locks.add_alias(lock, key, locks.edits.names_of(lock.pins).unique("also"))
    if what == "pattern":
        pattern = data.draw(st.sampled_from([default_key, lambda _: "Same", lambda work: work.title.lower() + "x"]))
        done = rekey(works, lock, pattern)
        again = [replace(work, key=done.changed.get(work.key, work.key)) for work in works]
        assert rekey(again, done.lock, pattern).changed == {}, "to do it again changes nothing"
        return done.lock
    return lock
