"""Names through an engine: marked in the record before, found in what the engine made of it after.

A family name that matters is put between two characters of Unicode's private use, the first of which says whose it is.
Engines carry them as letters. After rendering, the given name is what stands beside the family name and can be this
given name: in full, or as initials. So the own name is never looked for in text. A list that the source has cut gets a
last name of one such character, which becomes "et al.".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

import msgspec

from bibkit.cv.model import Entry, Person
from bibkit.cv.runs import Letters, Look, Run, from_letters, letters, plain
from bibkit.record import Name, Record, replace

FIRST = 0xE100  # the mark before the family name of the first of the people
MOST = 0x700  # people of one work that can be marked; the marks end before the others of this file
CLOSE = "\ue000"
OTHERS = "\ue001"  # whoever the source does not list
_OURS = re.compile("[\ue000-\uf8ff]")


# ------------------------------------------------------------------------------------------------ before


def marked(entry: Entry) -> Record:
    """The record with the names marked that matter: the own one, and those with marks behind them."""
    record = _without_private_use(entry.record)
    people = tuple(_marked(person, place) for place, person in enumerate(entry.people))
    if entry.cut:
        people = (*people, Name(literal=OTHERS))
    if not people:
        return record
    return replace(record, names={**record.names, entry.role: people}, cut=())


def matters(person: Person) -> bool:
    """Whether a name is marked."""
    return person.me or person.equal or person.corresponding


def _marked(person: Person, place: int) -> Name:
    name = person.name
    if not matters(person) or place >= MOST:
        return name
    part = "family" if name.family else "literal" if name.literal else "given"
    return replace(name, **{part: f"{chr(FIRST + place)}{getattr(name, part)}{CLOSE}"})


def _without_private_use(record: Record) -> Record:
    """Private use of others would be taken for ours."""
    if not any(map(_OURS.search, record.texts.values())):
        return record
    return replace(record, texts={name: _OURS.sub("\ufffd", value) for name, value in record.texts.items()})


# ------------------------------------------------------------------------------------------------ after


class Found(msgspec.Struct, frozen=True):
    """The runs without marks; `own` says whether the own name is among them."""

    runs: tuple[Run, ...]
    own: bool = False


def found(runs: Sequence[Run], entry: Entry) -> Found:
    """The own name with its look, marks behind the names that have some, "et al." where the source has cut the list."""
    chars = letters(_with_others(runs))
    text = "".join(char for char, _ in chars)
    spans = list(_spans(text, entry))
    own = False
    for start, end, person in sorted(spans, key=lambda span: -span[1]):
        look = chars[end - 1][1]
        chars[end:end] = [(mark, look) for mark in person.marks]
        if person.me:
            own = True
            chars[start:end] = [(char, _mine(look)) for char, look in chars[start:end]]
    return Found(from_letters([(char, look) for char, look in chars if not _OURS.match(char)]), own)


def _mine(look: Look) -> Look:
    return msgspec.structs.replace(look, me=True)


def _spans(text: str, entry: Entry) -> Iterator[tuple[int, int, Person]]:
    """Where the names stand that were marked. A name that is printed twice is found twice."""
    for begun in _BEGUN.finditer(text):
        place = ord(begun[0]) - FIRST
        closed = text.find(CLOSE, begun.end())
        if place < len(entry.people) and closed > 0:
            name = entry.people[place].name
            yield *_whole(text, begun.start(), closed + 1, name), entry.people[place]


_BEGUN = re.compile(f"[{chr(FIRST)}-{chr(FIRST + MOST - 1)}]")


def _whole(text: str, start: int, end: int, name: Name) -> tuple[int, int]:
    """The name with its particles, and with the given name in front of it or behind it."""
    if not name.family:
        return start, end
    before, after = _beside(name)
    if ahead := before.search(text, 0, start):
        return ahead.start(), end
    behind = after.match(text, end)
    return start, behind.end() if behind else end


@lru_cache(maxsize=1 << 12)
def _beside(name: Name) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What can stand right before and right behind the family name."""
    given = _given_pattern(name.given)
    particles = "|".join(re.escape(one) for one in (name.dropping_particle, name.non_dropping_particle) if one)
    particle = rf"(?:(?:{particles})[\s'’]?)*" if particles else ""
    suffix = rf"(?:,?\s*{re.escape(name.suffix)})?" if name.suffix else ""
    if not given:
        return re.compile(rf"{particle or '(?!)'}$"), re.compile(suffix)
    before = re.compile(rf"(?<![^\W_]){given}[\s\u00a0\u202f]*{particle}$")
    after = re.compile(
        rf"[,\s\u00a0\u202f]*{given}(?![^\W_])(?:,?\s{particle.rstrip('*')})?{suffix}"
        if particle
        else rf"[,\s\u00a0\u202f]*{given}(?![^\W_]){suffix}"
    )
    return before, after


def _given_pattern(given: str) -> str:
    """The given name in full or as initials, with or without points, hyphens and blanks; later names may be missing."""
    parts = re.findall(r"[^\W_]+(?:['’][^\W_]+)*", given)
    if not parts:
        return ""
    shown = [rf"(?:{re.escape(part)}|{re.escape(part[0])})\.?" for part in parts]
    between = r"[\s\u00a0\u202f\-‐()]*"
    rest = "".join(f"(?:{between}{part}" for part in shown[1:]) + ")?" * (len(shown) - 1)
    return shown[0] + rest


# ------------------------------------------------------------------------------------------------ et al.

# The words for "and" that styles put before the last name.
_AND = "&|and|und|et|y|e|i|og|och|en|ja|és|ve|и|і|και|και|ו|و|和|及|と"
_LAST = re.compile(rf"(,?)\s*(?:(?<![^\W_])(?:{_AND})\s*)?(?:[…]\s*)?{OTHERS}(\.?)")


def _with_others(runs: Sequence[Run]) -> tuple[Run, ...]:
    """What stands for others becomes "et al."; where the engine has cut the list itself there is none."""
    if OTHERS not in plain(runs):
        return tuple(runs)
    chars: Letters = letters(runs)
    text = "".join(char for char, _ in chars)
    for place in reversed(list(_LAST.finditer(text))):
        look = chars[place.start()][1]
        comma = "," if place[1] else ""
        chars[place.start() : place.end()] = [(char, look) for char in f"{comma} et al."]
    return from_letters(chars)
