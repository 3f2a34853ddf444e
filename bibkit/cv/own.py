"""Who of the people of a work is the person that the CV is of: by identity, never by searching text.

A name is the person's when the family names are the same, folded, and the given names can be of one person: equal,
or the initials of one another, or with middle names left out. An ORCID decides where both have one. What is doubtful
is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache
from itertools import combinations

import msgspec

from bibkit import text
from bibkit.names import format_display, parse_display, parse_sorted
from bibkit.problems import Problem, UsageError
from bibkit.record import Name, Record

_ORCID_NOTE = "orcid"  # how an annotation of BibLaTeX names it: author+an:orcid = {1="0000-0002-1825-0097"}


class Spelling(msgspec.Struct, frozen=True):
    """A name as it is compared: the family name and the words of the given name, folded."""

    family: str
    given: tuple[str, ...]


def names_of(me: str | Sequence[str]) -> tuple[Name, ...]:
    """Names as people write them: "Liang Song" or "Song, Liang"; one, or all spellings."""
    written = (me,) if isinstance(me, str) else me
    return tuple(parse_sorted(one) if "," in one else parse_display(one) for one in written if one.strip())


# ------------------------------------------------------------------------------------------------ comparing


@lru_cache(maxsize=1 << 16)
def spelling(name: Name) -> Spelling:
    """The name as it is compared. A literal is read as printed."""
    if name.literal and not (name.family or name.given):
        read = parse_display(name.literal)
        if read.literal:
            return Spelling(_folded(name.literal), ())
        name = read
    if name.given and _HAN.fullmatch(name.family + name.given):
        return Spelling(name.family + name.given, ())
    family = " ".join(filter(None, (name.dropping_particle, name.non_dropping_particle, name.family)))
    return Spelling(_folded(family).replace(" ", ""), _given(name.given))


# Chinese, Japanese and Korean script, in which a name is as good in one piece as in two.
_HAN = re.compile(r"[\u1100-\u11ff\u2e80-\ufaff\U00020000-\U0003ffff\s]+")


def _folded(written: str) -> str:
    return text.fold(written) or written.strip()


# "L.-Y." and "LY" are two initials; "Liang-Yu" is two words.
_INITIALS = re.compile(r"[^\W\d_a-z]{2,3}")


def _given(written: str) -> tuple[str, ...]:
    words = _folded(written).split()
    if _INITIALS.fullmatch(written) and written.isupper() and text.fold(written).isascii():
        return tuple(words[0]) if words else ()
    return tuple(words)


def same_person(one: Spelling, other: Spelling) -> bool:
    """Whether both can be names of one person."""
    return one.family == other.family and bool(one.family) and _compatible(one.given, other.given)


def _compatible(one: Sequence[str], other: Sequence[str]) -> bool:
    """Equal written together or apart; or word by word equal or an initial, middle names left out at the end."""
    if not one or not other:
        return not one and not other
    if "".join(one) == "".join(other):
        return True
    return all(map(_word, one, other))


def _word(one: str, other: str) -> bool:
    return one == other or (min(len(one), len(other)) == 1 and one[0] == other[0])


def swapped(ours: Spelling, theirs: Spelling) -> bool:
    """Whether the same two words stand in the other order: `Song Liang`."""
    return bool(ours.given) and "".join(ours.given) == theirs.family and ours.family == "".join(theirs.given)


# ------------------------------------------------------------------------------------------------ annotations


def annotated(record: Record, role: str, name: str = "") -> dict[int, tuple[str, ...]]:
    """BibLaTeX's data annotations of a list of names, by place: `author+an = {1=equal; 2=corresponding,equal}`.

    Only those of a whole name; of parts of names and of the whole list there is none that matters here (biblatex
    manual 3.7, "Data Annotations").
    """
    value = record.extra.get(f"bibtex:{role}+an{':' + name if name else ''}")
    found: dict[int, tuple[str, ...]] = {}
    for part in str(value or "").split(";"):
        place, equals, said = part.partition("=")
        if equals and place.strip().isdecimal():
            words = tuple(word.strip(" \t\n{}").strip('"').strip().lower() for word in said.split(","))
            found[int(place)] = (*found.get(int(place), ()), *filter(None, words))
    return found


def orcids(record: Record, role: str) -> dict[int, str]:
    """The ORCID iDs of the people of a list, by place, as far as the source has them."""
    found = {place: text.orcid(said[0]) for place, said in annotated(record, role, _ORCID_NOTE).items()}
    rest = record.extra.get("csl:names", {})
    people = rest.get(role, {}) if isinstance(rest, Mapping) else {}
    for place, members in people.items() if isinstance(people, Mapping) else ():
        said = next((value for word, value in members.items() if word.lower() == "orcid"), "")
        if place.isdecimal() and isinstance(said, str):
            found.setdefault(int(place), text.orcid(said))
    return {place: orcid for place, orcid in found.items() if orcid}


# ------------------------------------------------------------------------------------------------ finding


class Found(msgspec.Struct, frozen=True):
    """Where the person stands among the people of a work, from 1; 0 where they do not, or where that is unclear."""

    place: int = 0
    unclear: bool = False


class Self:
    """The person that the CV is of, and how they are found."""

    def __init__(self, names: Sequence[Name], orcid: str = "") -> None:
        self.names = tuple(names)
        self.orcid = text.orcid(orcid)
        self.spellings = tuple(map(spelling, names))

    def find(self, record: Record, role: str) -> Found:
        """The place of the person in a list. An ORCID decides; of several names the one most like the own counts."""
        known = orcids(record, role) if record.extra else {}
        people = record.names.get(role, ())
        sure = [place for place, orcid in known.items() if self.orcid and orcid == self.orcid and place <= len(people)]
        if sure:
            return Found(sure[0])
        rated = [
            (self.likeness(name), place)
            for place, name in enumerate(people, 1)
            if not (self.orcid and place in known) and self.likeness(name)
        ]
        best = [place for likeness, place in rated if likeness == max(rated)[0]]
        return Found(best[0]) if len(best) == 1 else Found(unclear=bool(best))

    def likeness(self, name: Name) -> int:
        """0 for somebody else; the more, the more of the name agrees in full."""
        return _likeness(self.spellings, spelling(name))

    def swapped(self, name: Name) -> bool:
        """Whether this is the own name in the other order, which may be somebody else's."""
        return any(swapped(ours, spelling(name)) for ours in self.spellings)


@lru_cache(maxsize=1 << 16)
def _likeness(spellings: tuple[Spelling, ...], theirs: Spelling) -> int:
    found = 0
    for ours in spellings:
        if ours == theirs:
            return 3
        if same_person(ours, theirs):
            found = max(found, 2 if "".join(ours.given) == "".join(theirs.given) else 1)
    return found


def check_found(person: Self, works: Iterable[Record]) -> None:
    """Raises UsageError, with the nearest names, where nobody in these works is the person."""
    names = dict.fromkeys(format_display(name) for work in works for people in work.names.values() for name in people)
    ours = [format_display(name) for name in person.names]
    by_fold = {text.fold(name) or name: name for name in names}
    near = [by_fold[one] for mine in ours for one in get_close_matches(text.fold(mine), by_fold, 3, 0.6)]
    same_family = [name for name in names if _last(name) in set(map(_last, ours))][:3]
    advice = list(dict.fromkeys([*near, *same_family]))[:3]
    said = f"nobody in these works is called {' or '.join(ours)}"
    raise UsageError(f"{said}; did you mean {' or '.join(advice)}?" if advice else f"{said}; say who you are with --me")


def _last(name: str) -> str:
    return text.fold(name).rpartition(" ")[2]


# ------------------------------------------------------------------------------------------------ doubts


def doubts(person: Self, marked: Iterable[tuple[Record, str, int]]) -> Iterator[Problem]:
    """What is worth saying about the names that were taken for the own one: record, role, place."""
    spelled: dict[Spelling, tuple[str, str]] = {}
    numbers: dict[str, str] = {}
    for record, role, place in marked:
        name = record.names[role][place - 1]
        spelled.setdefault(spelling(name), (format_display(name), record.key))
        if orcid := orcids(record, role).get(place, "") if record.extra else "":
            numbers.setdefault(orcid, record.key)
    for (ours, (shown, key)), (theirs, (other, their_key)) in combinations(spelled.items(), 2):
        if not same_person(ours, theirs) and not {ours, theirs} <= set(person.spellings):
            message = f"{shown} ({key}) and {other} ({their_key}) are two people, and both could be {_shown(person)}"
            yield Problem("cv-two-people", message, key=key, hint=NARROW)
    if len(numbers) > 1:
        message = f"works of {_shown(person)} have {len(numbers)} ORCID iDs: {', '.join(sorted(numbers))}"
        yield Problem("cv-two-people", message, hint=f"say yours: orcid = ... in [cv]; {NARROW}")


NARROW = 'narrow it in bibkit.toml: [cv] works = ["KEY", ...] names the works that are yours'


def _shown(person: Self) -> str:
    return format_display(person.names[0])
