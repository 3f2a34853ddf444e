"""Which value wins when records of one work are merged: a table, variable by variable."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import msgspec

from bibkit import dates, text
from bibkit.record import Date, Json, Name, Trace

# ------------------------------------------------------------------------------------------------ what is preferred


class Candidate(msgspec.Struct, frozen=True):
    """One record's value of a variable, with where it came from; `cut` for a name list that ends in "et al."."""

    value: Json
    trace: Trace
    cut: bool = False
    published: bool = False


Preference = Callable[[Candidate], tuple[float, ...]]
Agreement = Callable[[str, str], bool]


def _first(_: Candidate) -> tuple[float, ...]:
    return ()


def _most_text(candidate: Candidate) -> tuple[float, ...]:
    return (len(candidate.value),)


def _most_words(candidate: Candidate) -> tuple[float, ...]:
    """Not cut short, in full and not abbreviated, not in capitals, and then the longer one."""
    plain = text.plain(candidate.value)
    whole = not plain.rstrip().endswith(("...", "…"))
    return (candidate.trace.confidence, whole, -plain.count("."), not plain.isupper(), len(text.fold(plain)))


def _richest(candidate: Candidate) -> tuple[float, ...]:
    """Surely read, not cut short, not in capitals, with a subtitle, with marks, with accents, with inner capitals."""
    plain = text.plain(candidate.value)
    whole = not plain.rstrip().endswith(("...", "…"))
    sure = (candidate.trace.confidence, whole, not plain.isupper(), len(text.fold(plain)))
    return (*sure, text.has_marks(candidate.value), not plain.isascii(), sum(map(str.isupper, plain)))


def _surest(candidate: Candidate) -> tuple[float, ...]:
    return (candidate.trace.confidence, text.has_marks(candidate.value))


def _most_names(candidate: Candidate) -> tuple[float, ...]:
    return (not candidate.cut, len(candidate.value), sum(len(name.given) for name in candidate.value))


def _most_precise(candidate: Candidate) -> tuple[float, ...]:
    date: Date = candidate.value
    return (not candidate.trace.inferred, len(date.start), len(date.end or ()), bool(date.time))


# ------------------------------------------------------------------------------------------------ the table


def _within(ours: str, theirs: str) -> bool:
    return text.fold(theirs) in text.fold(ours)


def _same_pages(ours: str, theirs: str) -> bool:
    """Also where one end is cut (494-6 of 494-496) or missing."""
    (start, end), (other, other_end) = _page_ends(ours), _page_ends(theirs)
    ends = not other_end or end.endswith(other_end) or other_end.endswith(end)
    return start == other and ends


def _page_ends(pages: str) -> tuple[str, str]:
    found = re.findall(r"\w+", text.fold(pages).replace(" ", "-"))
    return (found[0], found[-1] if len(found) > 1 else "") if found else ("", "")


def _abbreviates(ours: str, theirs: str) -> bool:
    """Whether the words of one are beginnings of words of the other, in order: J Am Chem Soc."""
    long, short = text.fold(ours).split(), text.fold(theirs).split()
    if len(" ".join(long)) < len(" ".join(short)):
        long, short = short, long
    words = iter(long)
    return all(any(word.startswith(begun) for word in words) for begun in short)


def _same_doi(ours: str, theirs: str) -> bool:
    return text.doi_key(ours) == text.doi_key(theirs)


class Rule(msgspec.Struct, frozen=True):
    """How values of one variable become one.

    `prefer` rates them, the highest wins, and among equals the first source. `agree` says when the other says nothing
    else, so that it is no contradiction. With `union`, all are kept in one value, with this between them; with `also`,
    the others are kept under `ALSO`.
    """

    prefer: Preference
    agree: Agreement = _within
    union: str = ""
    also: bool = False


_TITLE, _ABBREVIATED = Rule(_richest), Rule(_most_words, _abbreviates)

# Which value wins, variable by variable.
RULES: Mapping[str, Rule] = {
    "title": _TITLE,
    "abstract": Rule(_most_text),
    "note": Rule(_most_text),
    "annote": Rule(_most_text),
    "container-title": _ABBREVIATED,
    "collection-title": _ABBREVIATED,
    "publisher": Rule(_surest, _abbreviates),
    "page": Rule(_most_text, _same_pages),
    "ISBN": Rule(_surest, union=" "),  # as Zotero keeps several
    "ISSN": Rule(_surest, union=", "),
    "DOI": Rule(_surest, _same_doi, also=True),
    "URL": Rule(_surest, also=True),
    "PMID": Rule(_surest, also=True),
    "PMCID": Rule(_surest, also=True),
    "archive_location": Rule(_surest, also=True),
}
# Of the others, by the map of the Record that they are in.
DEFAULTS: Mapping[str, Rule] = {
    "texts": Rule(_surest),
    "names": Rule(_most_names),
    "dates": Rule(_most_precise),
    "extra": Rule(_first),
}

# Types from those that say least: a source that knows no better says "document", and CSL's "article" is a preprint.
VAGUE = ("document", "article", "manuscript", "webpage")

# A person seldom has to act on these: the longer text stands for both.
QUIET = frozenset({"abstract", "note", "annote", "URL", "accessed", "source", "language"})


def rule_for(home: str, variable: str) -> Rule:
    """The rule of a variable in this map of the Record."""
    return RULES.get(variable, DEFAULTS[home]) if home == "texts" else DEFAULTS[home]


# ------------------------------------------------------------------------------------------------ what agrees


def agree(best: Candidate, other: Candidate, same: Agreement) -> bool:
    """Whether the other value says nothing that the best one does not say, or say more fully."""
    ours, theirs = best.value, other.value
    if ours == theirs:
        return True
    if isinstance(ours, str) and isinstance(theirs, str):
        return same(ours, theirs)
    if isinstance(ours, Date) and isinstance(theirs, Date):
        return dates.covers(ours, theirs) or bool(other.trace.inferred and ours.start[1:] == theirs.start[1:])
    if isinstance(ours, tuple) and isinstance(theirs, tuple):
        begins = all(_same_name(*pair) for pair in zip(ours, theirs, strict=False))
        return begins and (len(ours) == len(theirs) or other.cut)
    return False


def _family(name: Name) -> str:
    return text.fold(name.family or name.literal)


def _same_name(one: Name, other: Name) -> bool:
    """The same family name, and given names of which one can be short for the other (J. for Jane)."""
    if _family(one) != _family(other):
        return False
    ours, theirs = text.fold(one.given).split(), text.fold(other.given).split()
    return all(a.startswith(b) or b.startswith(a) for a, b in zip(ours, theirs, strict=False))
