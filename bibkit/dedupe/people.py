"""The people of a record as the matching compares them: families and given names, folded, in order.

Read besides CSL's structured names: lists that stand in one name because a source glued them together, in the styles
that reference strings and databases have ("Chun B. J.Kidd M. W.", "a. blum, m. furst, and r. lipton",
"Doe, J., Roe, R. & Poe, E.", "edited by Jane Doe, John Roe").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from bibkit import identity, text
from bibkit.record import Name, Record

MOST = 24  # people that are kept: a collaboration of hundreds is known by its first ones

# What stands where a name should be.
NOBODY = frozenset(
    ["", "unknown", "anonymous", "anon", "no author", "no authors listed", "none", "author unknown", "various", "n a"]
)
_OTHERS = re.compile(r"\b(?:et al|and others|and [0-9]+ more|others|mult|et\.? ?al\.?)\b\.?", re.IGNORECASE)
_ROLES = re.compile(
    r"\b(?:edited by|editors?|eds?|hrsg|illustrated by|translated by|written by|compiled by|by)\b\.?:?", re.IGNORECASE
)
_GLUED = re.compile(r"(?<=[A-Z]\.)(?=[^\W\d_][^\W\d_.]+)")  # "Chun B. J.Kidd M. W."
_BETWEEN = re.compile(r"\s*;\s*|\s*\|\s*|\s*&\s*|,?\s+(?:and|und|et|y)\s+", re.IGNORECASE)
_INITIALS = re.compile(r"(?:[^\W\d_](?:\.|\b)[\s-]*){1,4}|[A-Z]{2,3}")
_LIFETIME = re.compile(r",?\s*\(?\b1[5-9]\d\d\s*-\s*(?:1[5-9]\d\d|20\d\d)?\)?\.?")
_NOTES = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_STRAIGHT = re.compile(r"[^\W\d_]\.\s*[^\W\d_]")  # a "family name" that begins with an initial
_TURNED = re.compile(r"[^\W\d_]{2,} (?:[^\W\d_]\.\s?){1,4}:?$")  # "Doe J."
_PARTICLES = frozenset("de den der del della di da dos du la le van von zu ter ten al el bin ibn st".split())
_SUFFIXES = frozenset("jr sr ii iii iv phd md".split())


class People(msgspec.Struct, frozen=True, gc=False):
    """Families and given names, folded, side by side; `cut` where the list goes on with "et al."."""

    families: tuple[str, ...] = ()
    givens: tuple[str, ...] = ()
    cut: bool = False


NONE = People()


def people(record: Record) -> People:
    """The record's creators, authors before editors; who is unknown is not there."""
    for role in identity.CREATORS:
        if names := record.names.get(role):
            found = [part for name in names for part in _parts(name.family or name.literal, name.given)]
            kept = [part for part in found if part[0] not in NOBODY and part[0] not in _SUFFIXES]
            if kept:
                cut = role in record.cut or len(kept) < len(found) or len(kept) > MOST or _says_others(names)
                shown = kept[:MOST]
                return People(tuple(family for family, _ in shown), tuple(given for _, given in shown), cut)
    return NONE


def _says_others(names: tuple[Name, ...]) -> bool:
    return any(_OTHERS.search(name.literal or name.given or name.family) for name in (names[0], names[-1]))


@lru_cache(maxsize=1 << 17)
def _parts(family: str, given: str) -> tuple[tuple[str, str], ...]:
    """(family, given) of the one person that is named, or of several that are glued together."""
    family, given = " ".join(family.split()), " ".join(given.split())  # patterns would go through long gaps again
    if not _is_list(family, given):
        return (_person(family, given),)
    return tuple(_listed(f"{family}, {given}" if given else family))


def _is_list(family: str, given: str) -> bool:
    if any(sign in given for sign in ",;&|[") or any(sign in family for sign in ",;(["):
        return True
    if len(family) + len(given) > 40 or (" " in family and (not given or _STRAIGHT.match(family))):
        return True
    if " by " in given or given.startswith("by ") or (_TURNED.match(family) and _TURNED.match(given)):
        return True
    return bool(_GLUED.search(family) or _GLUED.search(given) or " and " in given)


def _person(family: str, given: str) -> tuple[str, str]:
    """Folded; particles and suffixes are dropped, because databases disagree on where they belong."""
    folded, first = text.fold(family), text.fold(given)
    first = "" if first in ("ed", "eds") else first
    if not folded:
        return (first, "")
    words = folded.split()
    kept = [word for word in words if word not in _PARTICLES and word not in _SUFFIXES and len(word) > 1]
    if not first and kept:
        first = " ".join(word for word in words if len(word) == 1)
    return (" ".join(kept or words), first)


def _listed(glued: str) -> Iterator[tuple[str, str]]:
    """The people of a list in running text."""
    plain = _ROLES.sub(" ", _OTHERS.sub(" ", _NOTES.sub(" ", _LIFETIME.sub(" ", glued))))
    pieces = [piece.strip(" ,.") for part in _BETWEEN.split(plain) for piece in _GLUED.split(part)]
    for piece in pieces:
        if piece:
            yield from _comma_list(piece)


def _comma_list(piece: str) -> Iterator[tuple[str, str]]:
    """`Doe, J., Roe, R.`, `J. Doe, R. Roe` or `Doe J, Roe R`: what stands before a comma says which."""
    words = [word.strip(" :") for word in piece.split(",") if word.strip(" .:")]
    place = 0
    while place < len(words):
        word = words[place]
        following = words[place + 1] if place + 1 < len(words) else ""
        if following and (_INITIALS.fullmatch(following) or (len(words) == 2 and " " not in word)):
            yield _person(word, following)
            place += 2
        else:
            yield _straight(word)
            place += 1


def _straight(name: str) -> tuple[str, str]:
    """`Jane Q. Doe` or `Doe J. Q.`"""
    words = name.split()
    if len(words) > 1 and _INITIALS.fullmatch(words[-1]) and not _INITIALS.fullmatch(words[0]):
        first = next(place for place, word in enumerate(words) if place and _INITIALS.fullmatch(word))
        return _person(" ".join(words[:first]), " ".join(words[first:]))
    return _person(words[-1], " ".join(words[:-1])) if words else ("", "")
