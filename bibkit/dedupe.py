"""One work for each paper: find the records that are the same, and merge them without losing anything.

Three steps, each a function of its own: `block` proposes pairs, `compare` says what speaks for and against a pair,
`decide` gives the verdict. `works` runs them and merges.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import combinations
from typing import Literal

import msgspec

from bibkit import dates, identity, text
from bibkit.problems import Problem
from bibkit.record import Date, Json, Name, Origin, Record, Trace

WIDEST_BLOCK = 64  # a title that more records share than this is split by first author, then cut: pairs stay linear
YEARS_APART = 1  # a preprint and its revision


class Verdict(StrEnum):
    """What two records are to each other."""

    SAME = "same"
    MAYBE = "maybe"
    DIFFERENT = "different"


class Clue(msgspec.Struct, frozen=True):
    """One thing compared: `says` is for, against or nothing; `detail` shows why."""

    name: str
    says: Literal["for", "against", "nothing"]
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.name} {self.says}" + (f" ({self.detail})" if self.detail else "")


class Evidence(msgspec.Struct, frozen=True):
    """All clues about one pair of records."""

    clues: tuple[Clue, ...]

    def says(self, name: str) -> str:
        """What the clue of this name says."""
        return next((clue.says for clue in self.clues if clue.name == name), "nothing")

    def __str__(self) -> str:
        return ", ".join(map(str, self.clues))


# ------------------------------------------------------------------------------------------------ block


def block(records: Sequence[Record]) -> Iterator[tuple[int, int]]:
    """Pairs of positions worth comparing, each once: records that share an identifier or a folded title.

    Linear in the records: no group gives more than `WIDEST_BLOCK` squared pairs for each `WIDEST_BLOCK` records.
    """
    seen: set[tuple[int, int]] = set()
    for group in _groups(records):
        for pair in combinations(group, 2):
            if pair not in seen:
                seen.add(pair)
                yield pair


def _groups(records: Sequence[Record]) -> Iterator[list[int]]:
    by_key: dict[str, list[int]] = {}
    for position, record in enumerate(records):
        for key in _block_keys(record):
            by_key.setdefault(key, []).append(position)
    for group in by_key.values():
        if len(group) <= WIDEST_BLOCK:
            yield group
        else:
            yield from _narrowed(group, records)


def _narrowed(group: list[int], records: Sequence[Record]) -> Iterator[list[int]]:
    """A title that many records share ("Editorial"): the same first author is asked for as well."""
    by_author: dict[str, list[int]] = {}
    for position in group:
        by_author.setdefault(_first_author(records[position]), []).append(position)
    for members in by_author.values():
        for start in range(0, len(members), WIDEST_BLOCK):
            yield members[start : start + WIDEST_BLOCK]


def _block_keys(record: Record) -> Iterator[str]:
    yield from _identifiers(record)
    if title := text.fold(record.title):
        yield f"title:{title}"


def _first_author(record: Record) -> str:
    return _family(record.authors[0]) if record.authors else ""


# ------------------------------------------------------------------------------------------------ compare


def compare(one: Record, other: Record) -> Evidence:
    """What speaks for and against these two being one work."""
    return Evidence(
        (
            _compare_identifiers(one, other),
            _compare_titles(one, other),
            _compare_authors(one, other),
            _compare_dates(one, other),
        )
    )


def _identifiers(record: Record) -> frozenset[str]:
    """What names the work in some registry: DOI, arXiv id, PMID, Zotero key."""
    return frozenset(known for known in identity.identities(record) if not identity.is_text(known))


def _compare_identifiers(one: Record, other: Record) -> Clue:
    ours, theirs = _identifiers(one), _identifiers(other)
    if identity.contradict(ours, theirs):
        return Clue("identifiers", "against", f"{min(ours - theirs)} / {min(theirs - ours)}")
    return Clue("identifiers", "for" if ours & theirs else "nothing", " ".join(sorted(ours & theirs)))


def _compare_titles(one: Record, other: Record) -> Clue:
    ours, theirs = text.fold(one.title), text.fold(other.title)
    if not ours or not theirs:
        return Clue("title", "nothing")
    return Clue("title", "for" if ours == theirs else "against")


def _compare_authors(one: Record, other: Record) -> Clue:
    """For where the shorter list begins the longer one, and ends before it only with "et al."."""
    if not one.authors or not other.authors:
        return Clue("authors", "nothing")
    pairs = list(zip(one.authors, other.authors, strict=False))
    if not all(_same_name(*pair) for pair in pairs):
        return Clue("authors", "against")
    shorter = one if len(one.authors) < len(other.authors) else other
    if len(one.authors) != len(other.authors) and "author" not in shorter.cut:
        return Clue("authors", "against", "one list is longer")
    return Clue("authors", "for", f"{len(pairs)} in order")


def _family(name: Name) -> str:
    return text.fold(name.family or name.literal)


def _same_name(one: Name, other: Name) -> bool:
    """The same family name, and given names of which one can be short for the other (J. for Jane)."""
    if _family(one) != _family(other):
        return False
    ours, theirs = text.fold(one.given).split(), text.fold(other.given).split()
    return all(a.startswith(b) or b.startswith(a) for a, b in zip(ours, theirs, strict=False))


def _compare_dates(one: Record, other: Record) -> Clue:
    first, second = one.issued, other.issued
    if first is None or second is None or not first.start or not second.start:
        return Clue("date", "nothing")
    if _inferred(one) or _inferred(other):
        same_day = first.start[1:] == second.start[1:]
        return Clue("date", "for" if same_day else "nothing", "a year was inferred")
    apart = abs(first.start[0] - second.start[0])
    return Clue("date", "for" if apart <= YEARS_APART else "against", f"{apart} years apart" if apart else "")


def _inferred(record: Record) -> bool:
    trace = record.traces.get("issued")
    return bool(trace and trace.inferred)


# ------------------------------------------------------------------------------------------------ decide


def decide(evidence: Evidence) -> Verdict:
    """SAME needs an equal title and compatible authors, or an equal identifier and nothing against it."""
    against = [clue for clue in evidence.clues if clue.says == "against"]
    title, authors = evidence.says("title"), evidence.says("authors")
    if evidence.says("identifiers") == "against":
        return Verdict.DIFFERENT
    if not against and "for" in (evidence.says("identifiers"), authors if title == "for" else ""):
        return Verdict.SAME
    likely = evidence.says("identifiers") == "for" or (title == "for" and authors != "against")
    return Verdict.MAYBE if likely else Verdict.DIFFERENT


# ------------------------------------------------------------------------------------------------ works


class Merged(msgspec.Struct, frozen=True):
    """The works, in the order in which their first records came, and what is worth saying about them."""

    works: tuple[Record, ...]
    problems: tuple[Problem, ...]


def works(records: Sequence[Record]) -> Merged:
    """One record for each work. Two records of one work are never further than `SAME` from each other, pair by pair."""
    clusters, doubts = _clusters(records)
    problems = [_doubt(records[one], records[other], evidence) for one, other, evidence in doubts]
    merged = []
    for members in clusters:
        work, said = merge([records[position] for position in members])
        merged.append(work)
        problems += said
    return Merged(tuple(merged), tuple(problems))


def _clusters(records: Sequence[Record]) -> tuple[list[list[int]], list[tuple[int, int, Evidence]]]:
    """Groups of positions; two groups are joined only where every pair across them is SAME: chains join nothing."""
    home = {position: [position] for position in range(len(records))}
    doubts = []
    for one, other in block(records):
        if home[one] is home[other]:
            continue
        evidence = compare(records[one], records[other])
        verdict = decide(evidence)
        if verdict is Verdict.MAYBE:
            doubts.append((one, other, evidence))
        elif verdict is Verdict.SAME and _all_same(home[one], home[other], records):
            joined = sorted(home[one] + home[other])
            home.update(dict.fromkeys(joined, joined))
    clusters = [group for position, group in sorted(home.items()) if group[0] == position]
    return clusters, doubts


def _all_same(ones: list[int], others: list[int], records: Sequence[Record]) -> bool:
    return all(decide(compare(records[one], records[other])) is Verdict.SAME for one in ones for other in others)


def _doubt(one: Record, other: Record, evidence: Evidence) -> Problem:
    source, line = one.place()
    there = ":".join(map(str, filter(None, other.place())))
    message = f"perhaps the same work as {there}, left apart: {evidence}"
    return Problem("dedupe-maybe", message, source=source, line=line)


# ------------------------------------------------------------------------------------------------ merge


class Candidate(msgspec.Struct, frozen=True):
    """One record's value of a variable, with where it came from; `cut` for a name list that ends in "et al."."""

    value: Json
    trace: Trace
    cut: bool = False


Preference = Callable[[Candidate], tuple[float, ...]]


def _most_text(candidate: Candidate) -> tuple[float, ...]:
    return (len(candidate.value),)


def _most_names(candidate: Candidate) -> tuple[float, ...]:
    return (not candidate.cut, len(candidate.value), sum(len(name.given) for name in candidate.value))


def _most_precise(candidate: Candidate) -> tuple[float, ...]:
    date: Date = candidate.value
    return (not candidate.trace.inferred, len(date.start), len(date.end or ()))


def _surest(candidate: Candidate) -> tuple[float, ...]:
    return (candidate.trace.confidence, text.has_marks(candidate.value))


# Which value wins, variable by variable; equal ones are decided by the order of the sources.
PREFERENCES: Mapping[str, Preference] = {"abstract": _most_text, "note": _most_text, "title": _surest}


def merge(records: Iterable[Record]) -> tuple[Record, list[Problem]]:
    """One record out of several of the same work, and a Problem for each value that another one contradicts.

    All origins are kept, each variable's trace says which of them its value is from, and `parts` holds the records as
    they were. The result does not depend on the order of the records.
    """
    parts = list(records)
    if len(parts) == 1:
        return parts[0], []
    return _Merge(sorted(parts, key=lambda record: (record.place(), repr(record)))).result()


class _Merge:
    """The state of one merge: parts in, values and what was said about them out."""

    def __init__(self, parts: list[Record]) -> None:
        self.parts = parts
        self.offsets = _offsets(parts)
        self.traces: dict[str, Trace] = {}
        self.problems: list[Problem] = []

    def result(self) -> tuple[Record, list[Problem]]:
        """The merged record and the Problems."""
        names, cut = self._names()
        keys = list(dict.fromkeys(key for part in self.parts for key in (part.key, *part.aliases) if key))
        merged = Record(
            type=self._type(),
            key=keys[0] if keys else "",
            aliases=tuple(keys[1:]),
            texts=self._map("texts", PREFERENCES, _surest),
            names=names,
            cut=cut,
            dates=self._map("dates", {}, _most_precise),
            keywords=tuple(dict.fromkeys(word for part in self.parts for word in part.keywords)),
            extra=self._map("extra", {}, lambda _: ()),
            origins=tuple(origin for part in self.parts for origin in part.origins),
            traces=self.traces,
            parts=tuple(self.parts),
        )
        return merged, self.problems

    def _type(self) -> str:
        """The first type that says more than "document"."""
        return next((part.type for part in self.parts if part.type != "document"), "document")

    def _map(self, name: str, preferences: Mapping[str, Preference], default: Preference) -> dict[str, Json]:
        variables = dict.fromkeys(variable for part in self.parts for variable in getattr(part, name))
        return {
            variable: self._best(variable, self._candidates(name, variable), preferences.get(variable, default)).value
            for variable in variables
        }

    def _names(self) -> tuple[dict[str, tuple[Name, ...]], tuple[str, ...]]:
        variables = dict.fromkeys(variable for part in self.parts for variable in part.names)
        best = {name: self._best(name, self._candidates("names", name), _most_names) for name in variables}
        cut = tuple(variable for variable, candidate in best.items() if candidate.cut)
        return {variable: candidate.value for variable, candidate in best.items()}, cut

    def _candidates(self, name: str, variable: str) -> list[Candidate]:
        found = []
        for part, offset in zip(self.parts, self.offsets, strict=True):
            if variable in getattr(part, name):
                trace = part.traces.get(variable, Trace())
                moved = msgspec.structs.replace(trace, origin=trace.origin + offset)
                found.append(Candidate(getattr(part, name)[variable], moved, variable in part.cut))
        return found

    def _best(self, variable: str, candidates: list[Candidate], preference: Preference) -> Candidate:
        best = max(candidates, key=preference)  # the first of equals
        self.traces[variable] = best.trace
        for other in candidates:
            if not _agree(best, other):
                self.problems.append(self._contradiction(variable, best, other))
        return best

    def _contradiction(self, variable: str, best: Candidate, other: Candidate) -> Problem:
        origins = [origin for part in self.parts for origin in part.origins]
        winner, loser = _at(origins, best.trace), _at(origins, other.trace)
        message = f"{variable} of one work differs: {_shown(best.value)} was taken, {_shown(other.value)} stands at "
        place = f"{loser.source}:{loser.line}"
        return Problem("merge-contradiction", message + place, source=winner.source, line=winner.line, field=variable)


def _offsets(parts: Sequence[Record]) -> list[int]:
    """Where each part's origins begin among all origins."""
    offsets = [0]
    for part in parts[:-1]:
        offsets.append(offsets[-1] + len(part.origins))
    return offsets


def _at(origins: list[Origin], trace: Trace) -> Origin:
    return origins[trace.origin] if trace.origin < len(origins) else Origin()


def _agree(best: Candidate, other: Candidate) -> bool:
    """Whether the other value says nothing that the best one does not say, or say more fully."""
    ours, theirs = best.value, other.value
    if ours == theirs:
        return True
    if isinstance(ours, str) and isinstance(theirs, str):
        return text.fold(theirs) in text.fold(ours)
    if isinstance(ours, Date) and isinstance(theirs, Date):
        return dates.covers(ours, theirs) or bool(other.trace.inferred and ours.start[1:] == theirs.start[1:])
    if isinstance(ours, tuple) and isinstance(theirs, tuple):
        begins = all(_same_name(*pair) for pair in zip(ours, theirs, strict=False))
        return begins and (len(ours) == len(theirs) or other.cut)
    return False


def _shown(value: Json) -> str:
    if isinstance(value, Date):
        return dates.format_text(value)
    if isinstance(value, tuple):
        return f"{len(value)} names"
    shown = str(value)
    return repr(shown if len(shown) <= 60 else shown[:57] + "...")
