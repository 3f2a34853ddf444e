"""What differs between readings of one file, beyond what is a matter of style. Pure: data in, data out.

A matter of style are braces and what protects the case of letters, the case of titles, blanks, the dots of initials,
which quotation marks and dashes are typed, the dollars of mathematics, and whether a particle is part of a family name.
Letters, diacritics, punctuation, the order of people and where a name is cut are not.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from bibkit.verify.model import Difference, Ours, Person, Reading, Seen, Skill

FIELDS = ("author", "title", "year")
WIDEST = 60  # characters of a value that are shown

_TYPED = str.maketrans(
    {"’": "'", "‘": "'", "`": "'", "´": "'", "“": "'", "”": "'", '"': "'", "„": "'"}
    | {"–": "-", "—": "-", "‐": "-", "−": "-", "‑": "-", "…": "...", "\u00ad": "", "\u200b": "", "\u00a0": " "}
)  # fmt: skip
_DOTLESS = re.compile("[ıȷ](?=[\u0300-\u036f])")  # an accent takes the place of the dot: the letter is the same
_DRESS = re.compile(r"[\s{}$~^_]+")
_REPEATED = re.compile(r"(['-])\1+")
_YEAR = re.compile(r"(?<!\w)-?\d{4}(?!\d)")
_NUMBER = re.compile(r"(?<!\w)-?\d+")


class Found(msgspec.Struct, frozen=True):
    """That one witness sees one thing otherwise: which entry, which field, and how both show it."""

    place: int  # of the entry among ours; that many where it is none of ours
    field: str
    key: str
    ours: str
    theirs: str


def letters(value: str) -> str:
    """A text as it is compared, with its case."""
    plain = unicodedata.normalize("NFKC", _DOTLESS.sub(_dotted, value).translate(_TYPED)).translate(_TYPED)
    return _REPEATED.sub(r"\1", _DRESS.sub("", plain))


def _dotted(found: re.Match[str]) -> str:
    return "i" if found[0] == "ı" else "j"


def title(value: str) -> str:
    """A title as it is compared: programs lower titles, and end them with a dot or not."""
    return letters(value).casefold().rstrip(".")


def person(value: Person) -> tuple[str, str, str]:
    """A name as it is compared: a particle behind the given name, as in `Beethoven, Ludwig van`, is one before it."""
    given = value.given.split()
    behind = next((place for place, word in enumerate(reversed(given)) if not word.islower()), len(given))
    start = len(given) - behind
    family, suffix = "".join(given[start:]) + value.family, letters(value.suffix).strip(".,")
    return letters(family), letters("".join(given[:start])).replace(".", ""), suffix


def year(value: str) -> str:
    """The year in what is said of a date, or all of it where there is none."""
    if found := _YEAR.search(value) or _NUMBER.search(value):
        return str(int(found[0]))
    return letters(value).casefold()


def compare(
    ours: Sequence[Ours], readings: Mapping[str, Reading], skills: Mapping[str, Skill]
) -> tuple[Difference, ...]:
    """What the witnesses see otherwise than bibkit, by place; the same seen by several is one Difference.

    An entry that is there twice may be there once for a witness, and a container of fields or entries not at all. What
    an entry inherits is compared where the witness inherits as BibLaTeX does.
    """
    groups: dict[Found, list[str]] = defaultdict(list)
    same: dict[tuple[int, str], list[str]] = defaultdict(list)
    for name, reading in readings.items():
        for place, field, found in _judged(ours, reading.entries, skills[name]):
            if found:
                groups[found].append(name)
            else:
                same[place, field].append(name)
    order = ("key", *FIELDS)
    found_first = sorted(groups, key=lambda found: (found.place, order.index(found.field), found.theirs))
    return tuple(_difference(found, ours, groups[found], same[found.place, found.field]) for found in found_first)


def _difference(found: Found, ours: Sequence[Ours], names: list[str], same: list[str]) -> Difference:
    """In one line each: what a file says must not move the cursor of a terminal."""
    about = ours[found.place] if found.place < len(ours) else None
    source, line = (about.source, about.line) if about else (ours[0].source if ours else "", 0)
    key, mine, other = map(clean, (found.key, found.ours, found.theirs))
    return Difference(found.field, key, mine, other, tuple(names), tuple(same), source, line)


Judged = tuple[int, str, Found | None]


def _judged(ours: Sequence[Ours], theirs: Sequence[Seen], skill: Skill) -> Iterator[Judged]:
    """Every comparison with one witness: the place, the field, and what differs, or None."""
    waiting: dict[str, list[Seen]] = defaultdict(list)
    for entry in reversed(theirs):
        waiting[_folded(entry.key)].append(entry)
    met: set[str] = set()
    for place, about in enumerate(ours):
        folded = _folded(about.seen.key)
        if waiting[folded]:
            yield from _fields(place, about, waiting[folded].pop(), skill)
        elif folded not in met and not about.silent:
            yield place, "key", Found(place, "key", about.seen.key, "this entry", "none of this key")
        met.add(folded)
    for left in waiting.values():
        for unknown in reversed(left):
            yield len(ours), "key", Found(len(ours), "key", unknown.key, "no such entry", "one")


def _folded(key: str) -> str:
    return unicodedata.normalize("NFC", key).casefold()


def _fields(place: int, ours: Ours, theirs: Seen, skill: Skill) -> Iterator[Judged]:
    """Key, authors, title and year of one entry."""
    key, known = ours.seen.key, unicodedata.normalize("NFC", ours.seen.key)
    differs = known != unicodedata.normalize("NFC", theirs.key)
    yield place, "key", Found(place, "key", key, "this key", f"the key {theirs.key}") if differs else None
    for field in FIELDS:
        if _comparable(field, ours, theirs, skill):
            shown = _SHOWN[field](ours.seen, theirs)
            yield place, field, Found(place, field, key, *shown) if shown else None


def _comparable(field: str, ours: Ours, theirs: Seen, skill: Skill) -> bool:
    """Whether the witness can know better: not where it lacks the skill, or says more than is asked."""
    if field == "author" and ours.named_parts and not skill.named_parts:
        return False
    if field == "title" and _is_longer(ours, title(theirs.title), skill):
        return False
    return skill.inherits or field in ours.own


def _is_longer(ours: Ours, theirs: str, skill: Skill) -> bool:
    """Whether a title is ours with an addition that is none of ours: `titleaddon`, or the subtitle of a parent."""
    if not theirs.startswith(title(ours.seen.title)):
        return False
    may_inherit = len(ours.own) < len(FIELDS) and not skill.inherits
    return may_inherit or (bool(ours.addon) and theirs.endswith(title(ours.addon)))


Shown = tuple[str, str] | None


def _title(ours: Seen, theirs: Seen) -> Shown:
    return None if title(ours.title) == title(theirs.title) else _cut(ours.title, theirs.title)


def _year(ours: Seen, theirs: Seen) -> Shown:
    """A witness that says no year may be unable to hold words in its place."""
    said = year(ours.year)
    if said == year(theirs.year) or (not theirs.year and not said.lstrip("-").isdigit()):
        return None
    return quoted(ours.year), quoted(theirs.year)


def _authors(ours: Seen, theirs: Seen) -> Shown:
    mine, other = list(map(person, ours.authors)), list(map(person, theirs.authors))
    if len(mine) != len(other):
        return _listed(ours.authors), _listed(theirs.authors)
    for place, (one, another) in enumerate(zip(mine, other, strict=True)):
        if one != another:
            return _named(ours.authors, place), _named(theirs.authors, place)
    if theirs.cut is not None and ours.cut != theirs.cut:
        return _ending(ours), _ending(theirs)
    return None


_SHOWN = {"author": _authors, "title": _title, "year": _year}

# ------------------------------------------------------------------------------------------------ for people


def clean(value: str) -> str:
    """The words of a text, without control characters."""
    return "".join(filter(str.isprintable, " ".join(value.split())))


def quoted(value: str) -> str:
    """A value as it is shown."""
    return f'"{value}"' if value else "none"


def _cut(ours: str, theirs: str) -> tuple[str, str]:
    """Both from a little before the place where they part."""
    mine, other = " ".join(ours.split()), " ".join(theirs.split())
    pairs = enumerate(zip(mine.casefold(), other.casefold(), strict=False))
    parting = next((place for place, (one, another) in pairs if one != another), min(len(mine), len(other)))
    start = max(0, parting - WIDEST // 3)
    start = 0 if start < WIDEST // 6 else start
    return _window(mine, start), _window(other, start)


def _window(value: str, start: int) -> str:
    before, after = "…" * (start > 0), "…" * (len(value) > start + WIDEST)
    return f'"{before}{value[start : start + WIDEST]}{after}"' if value else "none"


def _named(people: Sequence[Person], place: int) -> str:
    """A person with the parts told apart, and which one of several it is."""
    which = f"author {place + 1} " if len(people) > 1 else ""
    return f'{which}"{people[place]}"'


def _listed(people: Sequence[Person]) -> str:
    if not people:
        return "none"
    shown = "; ".join(map(str, people))
    count = "1 author" if len(people) == 1 else f"{len(people)} authors"
    return f'{count} "{shown[:WIDEST]}{"…" * (len(shown) > WIDEST)}"'


def _ending(seen: Seen) -> str:
    return "more authors than listed" if seen.cut else "no more authors than listed"
