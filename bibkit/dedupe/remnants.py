"""What a parser of reference strings leaves in a title: the end of the authors, the year, where it appeared.

"Kearns, M. & H.S" and "Seung (1995), Learning from a population" are one cut that was made too early. The name and the
year go back to where they belong. A name is taken only where the list of authors shows that it ends too soon, or with a
year in brackets after it; what else a title begins with is its own.
"""

from __future__ import annotations

import re

import msgspec

from bibkit import text
from bibkit.dedupe.people import People

_YEAR = r"(?:1[89]|20)\d\d"
_WORD = r"[^\W\d_][\w'’-]*"
_INITIALS = r"(?:[^\W\d_]\.\s?-?){1,3}"
# "Lee (1997).", "Bartlett & W.S. Lee [1997],", "(1997)", "Bart 1993."
_DATED = re.compile(
    rf"^\W{{0,5}}?(?:(?P<name>{_WORD})\.?,?\s+)?(?:(?:and|&)\s+(?:{_INITIALS}\s*)?{_WORD}\.?,?\s+)?"
    rf"(?:[(\[](?P<year>{_YEAR})[a-z]?[)\]][\s.,:]+|(?P<bare>{_YEAR})[a-z]?\.\s+)(?=\S+\s)",
    re.IGNORECASE,
)
_QUOTED = re.compile(rf"^(?P<name>{_WORD}),?\s+['‘`\"“](?=\S+\s+\S+\s.*['’\"”]\W*$)")
_LEADING_INITIALS = re.compile(r"^(?!U\.\s?[KSN]\.|E\.\s?U\.)(?:[^\W\d_]\.\s?-?){1,3}:?,?\s*(?=\w{2,}\s+\S+\s)")
_AND = re.compile(rf"^(?:and|&)\s+(?P<given>{_INITIALS})\s*(?P<name>{_WORD})[.,:]\s+(?=\S+\s)", re.IGNORECASE)
_HINT = re.compile(
    rf"^\W{{0,5}}(?:\S{{1,40}}\s{{1,5}}){{0,4}}[(\[]?{_YEAR}|^(?:and|&)\s|^\w\.|^\w+,?\s+['‘`\"“]", re.IGNORECASE
)
_TAIL = re.compile(
    r"[.,;]\s*(?:(?P<where>in\s+(?:(?:the\s+)?proc(?:eedings|\.|\s)|[^.;]{2,60}?(?:\.\s*)?\(eds?\.?\))).*"
    r"|unpublished\s*manuscript.*|manuscript\s+in\s+preparation.*|submitted\s+(?:to|for)\s+publication.*)$",
    re.IGNORECASE | re.DOTALL,
)
_TAIL_HINTS = ("in proc", "in the proc", "(ed", "manuscript", "submitted")


LONGEST = 1600  # characters: four times what is compared of a title


class Mended(msgspec.Struct, frozen=True, gc=False):
    """The title without remnants, the authors with the last one whole, the year that stood in the title or 0.

    `unpublished` where the title ends in saying so.
    """

    title: str
    people: People
    year: int = 0
    unpublished: bool = False


def mend(raw: str, people: People) -> Mended:
    """Put what does not belong to the title in its place. Linear in the title, of which at most `LONGEST` is kept."""
    raw = raw[:LONGEST]
    lowered = raw.lower()
    if any(hint in lowered for hint in _TAIL_HINTS) and (tail := _TAIL.search(raw)) and tail.start() > 10:
        mended = mend(raw[: tail.start()], people)
        return msgspec.structs.replace(mended, unpublished=not tail["where"])
    return _without_beginning(raw, people) if _HINT.match(raw) else Mended(raw, people)


def _without_beginning(raw: str, people: People) -> Mended:
    if found := _DATED.match(raw):
        year = found["year"] or found["bare"]
        if found["year"] or _is_cut(people, found["name"] or ""):
            return Mended(raw[found.end() :], _completed(people, found["name"] or ""), int(year))
    elif (found := _QUOTED.match(raw)) and _ends_in_initials(people):
        return Mended(raw[found.end() :], _completed(people, found["name"]))
    elif (found := _LEADING_INITIALS.match(raw)) and _lacks_given(people):
        return Mended(raw[found.end() :], _completed(people, found[0]))
    elif found := _AND.match(raw):
        return Mended(raw[found.end() :], _with(people, found["name"], found["given"]))
    return Mended(raw, people)


def _is_cut(people: People, name: str) -> bool:
    return bool(name) and (_ends_in_initials(people) or _lacks_given(people))


def _ends_in_initials(people: People) -> bool:
    """Whether the last author is initials without a family name."""
    return bool(people.families) and all(len(word) == 1 for word in people.families[-1].split())


def _lacks_given(people: People) -> bool:
    """Whether the last author alone has no given name, and is no group of people."""
    alone = len(people.givens) > 1 and not people.givens[-1] and " " not in people.families[-1]
    return alone and all(people.givens[:-1])


def _completed(people: People, name: str) -> People:
    folded = text.fold(name)
    if not folded:
        return people
    if _ends_in_initials(people):
        given = f"{people.givens[-1]} {people.families[-1]}".strip()
        return People((*people.families[:-1], folded), (*people.givens[:-1], given), people.cut)
    if _lacks_given(people):
        return People(people.families, (*people.givens[:-1], folded), people.cut)
    return people


def _with(people: People, name: str, given: str) -> People:
    return People((*people.families, text.fold(name)), (*people.givens, text.fold(given)), people.cut)
