"""From levels to a verdict: weights, hard rules, thresholds. All of it stands in tables.

Two sums are kept apart. `total` is the log-odds that two records are of one publication, from every field; `work` that
they are versions of one work, from what a preprint and its article have in common. The hard rules come before both:
what they forbid is never joined, whatever the sum.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

from bibkit.dedupe.comparing import FIELDS, Levels, levels
from bibkit.dedupe.evidence import Clue, Evidence, Verdict
from bibkit.dedupe.prepare import Prepared, prepare
from bibkit.dedupe.titles import number
from bibkit.dedupe.weights import (
    ELSEWHERE_AT,
    MAYBE_AT,
    NAMED_MAYBE_AT,
    PRIOR,
    SAME_AT,
    VERSION_AT,
    VERSION_MAYBE_AT,
    VERSION_PRIOR,
    VERSION_WEIGHTS,
    WEIGHTS,
)
from bibkit.record import Record

TITLE, NUMBERS, AUTHORS, GIVEN, YEAR, VENUE, VOLUME, ISSUE, PAGES, PLACE, DOI, IDS, ISBN, ABSTRACT = range(len(FIELDS))

_OTHER_DOI = frozenset(["different", "different, one container", "other registrant"])
_EQUAL_DOI = frozenset(["equal", "equal, as the title"])
_ONE_CONTAINER = frozenset(["equal", "abbreviated"])

# ------------------------------------------------------------------------------------------------ hard rules


def _placed(found: Levels) -> bool:
    """One place: the same DOI, or the same page of the same volume."""
    return found[DOI] in _EQUAL_DOI or found[PLACE] == "one page of one volume"


def _conflict(found: Levels) -> bool:
    return "different" in (found[VOLUME], found[ISSUE], found[PAGES]) or found[DOI] in _OTHER_DOI


def _notice(one: Prepared, other: Prepared, found: Levels) -> bool:
    return one.marks != other.marks


def _part(one: Prepared, other: Prepared, found: Levels) -> bool:
    """Other parts, or a part and a title without one that goes on differently there; not on one and the same page."""
    if one.part == other.part or (found[PAGES] == found[VOLUME] == found[YEAR] == "equal"):
        return False
    lacking = _unexplained(one, other), _unexplained(other, one)
    if one.part and other.part:
        return any(lacking)
    with_part, without = (one, other) if one.part else (other, one)
    return any(lacking) and _goes_on_with_part(with_part, without)


def _unexplained(one: Prepared, other: Prepared) -> bool:
    """Whether one has a part that the other has neither as a part nor as a number: "two cohorts" is no part II."""
    ours, theirs = one.numbers.split(), other.numbers.split()
    parts = set(one.part.split()) - set(other.part.split())
    return any(theirs.count(part) < max(1, ours.count(part)) for part in parts)


_PART_WORDS = frozenset(
    "part parts pt volume vol no number chapter section paper series report update study i v x".split()
)


def _goes_on_with_part(with_part: Prepared, without: Prepared) -> bool:
    known = set(without.title.split())
    first = next((word for word in with_part.title.split() if word not in known), "")
    return first in _PART_WORDS or bool(number(first))


def _numbers(one: Prepared, other: Prepared, found: Levels) -> bool:
    return found[NUMBERS] == "different" and not _placed(found)


def _authors(one: Prepared, other: Prepared, found: Levels) -> bool:
    """Also one author each, of one family name and other given names."""
    namesake = found[AUTHORS] == "equal, one" and found[GIVEN].startswith("first")
    return (found[AUTHORS] == "disjoint" or namesake) and not _placed(found)


def _column_conflict(one: Prepared, other: Prepared, found: Levels) -> bool:
    return (one.generic or other.generic) and (_conflict(found) or found[YEAR] not in ("equal", "in one", ""))


def _column(one: Prepared, other: Prepared, found: Levels) -> bool:
    if not (one.generic or other.generic):
        return False
    return not (_placed(found) or (found[VOLUME] == found[ISSUE] == "equal" and found[AUTHORS].startswith("equal")))


def _editions(one: Prepared, other: Prepared, found: Levels) -> bool:
    return bool(one.edition and other.edition and one.edition != other.edition)


_WHOLE = frozenset(["book", "thesis", "report", "dataset", "software", "patent", "review"])


def _kinds(one: Prepared, other: Prepared, found: Levels) -> bool:
    """A preprint, a proceedings paper and a journal article are versions; a book and its chapter are not even that."""
    ours, theirs = one.kind, other.kind
    if ours == theirs or found[DOI] in _EQUAL_DOI:
        return False
    if not ours or not theirs:
        elsewhere = found[VENUE] not in _ONE_CONTAINER
        return elsewhere and "preprint" in (ours, theirs) and _published(other if ours else one)
    if "preprint" in (ours, theirs):
        return True
    if found[VOLUME] == "equal" and found[YEAR] == "equal" and "different" not in (found[ISSUE], found[PAGES]):
        return False
    return not (found[PAGES] == "equal" and "different" not in (found[VOLUME], found[YEAR]))


def _published(one: Prepared) -> bool:
    """Whether anything says where it appeared: a bare title, authors and year can be of the preprint as well."""
    return bool(one.doi or one.venue or one.volume or one.first or one.publisher)


Rule = Callable[[Prepared, Prepared, Levels], bool]

# What is never SAME, with what it is at most. The first rule that holds gives the evidence its name.
RULES: tuple[tuple[str, Rule, Verdict], ...] = (
    ("a correction, reply or comment and what it is about", _notice, Verdict.DIFFERENT),
    ("parts of a series", _part, Verdict.DIFFERENT),
    ("other numbers in the title", _numbers, Verdict.VERSION),
    ("no author in common", _authors, Verdict.DIFFERENT),
    ("a column of another issue", _column_conflict, Verdict.DIFFERENT),
    ("a column, and nothing says which issue", _column, Verdict.MAYBE),
    ("different editions", _editions, Verdict.VERSION),
    ("other kinds of publication", _kinds, Verdict.VERSION),
)


def veto(one: Prepared, other: Prepared, found: Levels) -> str:
    """The name of the first hard rule that forbids SAME, or the empty string."""
    for name, rule, _ in RULES:
        if rule(one, other, found):
            return name
    return ""


AT_MOST = {name: verdict for name, _, verdict in RULES}


# ------------------------------------------------------------------------------------------------ versions

_VERSION_KINDS = frozenset(["preprint", "conference", "journal", "report", "thesis", "chapter", "book"])


def version_kind(one: Prepared, other: Prepared, found: Levels) -> str:
    """Which versions of one work the two could be: preprint, conference, report, edition, translation, reprint."""
    ours, theirs = one.kind, other.kind
    if _editions(one, other, found):
        return "edition"
    if ours == theirs == "book" and found[YEAR] in ("near", "far"):
        return "edition"
    if (one.language and other.language and one.language != other.language) or (one.second and other.second == ""):
        return "translation" if found[VENUE] == "different" else ""
    for name in ("preprint", "conference", "report", "thesis"):
        if name in (ours, theirs) and (ours != theirs or name == "preprint"):  # two preprints of one work
            return name
    return ""


# ------------------------------------------------------------------------------------------------ evidence


@lru_cache(maxsize=1 << 15)
def _evidence(found: Levels, rule: str, kind: str) -> Evidence:
    clues = tuple(
        Clue(name, _weight(WEIGHTS, name, level), level) for name, level in zip(FIELDS, found, strict=True) if level
    )
    total = PRIOR + sum(clue.weight for clue in clues)
    work = VERSION_PRIOR + sum(_weight(VERSION_WEIGHTS, name, level) for name, level in zip(FIELDS, found, strict=True))
    conflict = bool(rule) or (total < SAME_AT and _other_name(found)) or (total < ELSEWHERE_AT and _elsewhere(found))
    return Evidence(clues, round(total, 3), rule, kind, round(work, 3), conflict)


def _other_name(found: Levels) -> bool:
    """Whether an identifier is another one."""
    return found[DOI] in _OTHER_DOI or found[IDS] == "different"


def _elsewhere(found: Levels) -> bool:
    """Whether two of container, volume and pages are others."""
    return (found[VENUE], found[VOLUME], found[PAGES]).count("different") > 1


def _weight(weights: Mapping[str, Mapping[str, float]], field: str, level: str) -> float:
    return weights.get(field, {}).get(level, 0.0)


def weigh(one: Prepared, other: Prepared) -> Evidence:
    """The evidence about two prepared records. Evidence of one kind is one object, whatever pair it is about."""
    found = levels(one, other)
    return _evidence(found, veto(one, other, found), version_kind(one, other, found))


def compare(one: Record, other: Record) -> Evidence:
    """What speaks for and against these two being one publication, or versions of one work."""
    return weigh(prepare(one), prepare(other))


def decide(evidence: Evidence) -> Verdict:
    """SAME above one threshold where no rule forbids it, VERSION above another where both could be versions.

    What is nearly as likely is MAYBE, and so is less with an identifier in common: a person has to say.
    """
    at_most = AT_MOST.get(evidence.veto)
    if not at_most and evidence.total >= SAME_AT:
        return Verdict.SAME
    return _less(evidence, at_most)


def _less(evidence: Evidence, at_most: Verdict | None) -> Verdict:
    if at_most is Verdict.DIFFERENT:
        return at_most
    if evidence.kind and evidence.work >= VERSION_AT:
        return Verdict.VERSION
    enough = NAMED_MAYBE_AT if max(evidence.weight("DOI"), evidence.weight("identifiers")) > 0.3 else MAYBE_AT
    likely = evidence.total >= enough or (bool(evidence.kind) and evidence.work >= VERSION_MAYBE_AT)
    return Verdict.MAYBE if likely else Verdict.DIFFERENT
