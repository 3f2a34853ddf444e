"""One record for each publication: matching and merging together; what is in doubt, and what are versions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from bibkit.dedupe.clusters import match
from bibkit.dedupe.evidence import Matching, Pair, Verdict
from bibkit.dedupe.merging import merge
from bibkit.problems import Problem
from bibkit.record import Json, Record

Decided = Mapping[tuple[int, int], Verdict]  # by positions, the smaller first
Preferred = Mapping[int, Mapping[str, Json]]  # values by position and variable


class Merged(msgspec.Struct, frozen=True):
    """The works in the order in which their first records came, and what is worth saying about them.

    `members` are the positions of each one's records. `versions` are the numbers of works that are versions of one
    another: every work is in one group at most, and a group has two or more.
    """

    works: tuple[Record, ...]
    problems: tuple[Problem, ...]
    members: tuple[tuple[int, ...], ...] = ()
    versions: tuple[tuple[int, ...], ...] = ()


def works(
    records: Sequence[Record],
    *,
    decided: Decided | None = None,
    preferred: Preferred | None = None,
    published_first: bool = False,
    watch: Any = None,
    processes: int = 0,
) -> Merged:
    """One record for each publication; what is perhaps the same is said, and versions are linked, not merged."""
    found = match(records, decided=decided or {}, watch=watch, processes=processes)
    return merged(records, found, decided=decided, preferred=preferred, published_first=published_first)


def merged(
    records: Sequence[Record],
    found: Matching,
    *,
    decided: Decided | None = None,
    preferred: Preferred | None = None,
    published_first: bool = False,
) -> Merged:
    """The works of a matching that was made."""
    order = sorted(range(len(found.clusters)), key=lambda number: min(found.clusters[number]))
    made, problems = [], [*found.problems, *(doubt(records, pair) for pair in doubts(found, decided or {}))]
    for number in order:
        members = found.clusters[number]
        values = _values(members, preferred or {})
        work, said = merge(map(records.__getitem__, members), preferred=values, published_first=published_first)
        made.append(work)
        problems += said
    turn = {number: place for place, number in enumerate(order)}
    versions = sorted(tuple(sorted(map(turn.__getitem__, group))) for group in found.works if len(group) > 1)
    members_in_order = tuple(found.clusters[number] for number in order)
    return Merged(tuple(made), tuple(problems), members_in_order, tuple(versions))


def _values(members: Iterable[int], preferred: Preferred) -> dict[str, Json]:
    """What is preferred for any of these records."""
    if not preferred:
        return {}
    return {name: value for place in sorted(members) for name, value in preferred.get(place, {}).items()}


def doubts(found: Matching, decided: Decided) -> list[Pair]:
    """The pairs that a person has to say something about: one for two clusters, that with the strongest evidence.

    Two clusters of which anything was decided are none.
    """
    home = {place: number for number, members in enumerate(found.clusters) for place in members}
    settled = {_ordered(home[one], home[other]) for one, other in decided}
    best: dict[tuple[int, int], Pair] = {}
    for pair in found.pairs:
        clusters = _ordered(home[pair.one], home[pair.other])
        if pair.verdict is not Verdict.MAYBE or clusters[0] == clusters[1] or clusters in settled:
            continue
        if clusters not in best or pair.evidence.total > best[clusters].evidence.total:
            best[clusters] = pair
    return list(best.values())


def _ordered(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)


def doubt(records: Sequence[Record], pair: Pair) -> Problem:
    """What is said about a pair that is left apart."""
    one, other = records[pair.one], records[pair.other]
    source, line = one.place()
    message = (
        f"{f'{one.key!r} is ' if one.key else ''}perhaps the same work as {_placed(other)}, left apart: {pair.evidence}"
    )
    return Problem("dedupe-maybe", message, source=source, line=line, key=one.key)


def _placed(record: Record) -> str:
    place = ":".join(map(str, filter(None, record.place())))
    return f"{record.key!r} ({place})" if record.key and place else repr(record.key) if record.key else place
