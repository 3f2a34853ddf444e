"""Records of several sources become works: decisions applied, matched, merged; and what that looks like as a table.

Also the file in which decisions are kept.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from bibkit import decisions as decisions_module
from bibkit import dedupe, files
from bibkit.decisions import Decision, Decisions, named
from bibkit.dedupe import Matching, Merged, Verdict
from bibkit.dedupe.works import doubt, doubts, merged
from bibkit.lock import Lock, Names
from bibkit.problems import Problem, StateError
from bibkit.record import Record, replace
from bibkit.rulings import Rulings, rule
from bibkit.sync.project import freshened, linked

# ------------------------------------------------------------------------------------------------ the file


class DecisionFile:
    """A `Store` on disk. Each change is written at once, whole or not at all, and keeps what others wrote meanwhile."""

    def __init__(self, path: Path, shown: str = "") -> None:
        self.path = path
        self.shown = shown or str(path)

    def text(self) -> str:
        """What stands there; empty where there is no such file. Raises StateError."""
        if not self.path.exists():
            return ""
        content = files.read(str(self.path))
        if not content.readable or content.problems:
            raise StateError(
                f"{self.shown}: {content.problems[0].message}; restore it from git, it holds your decisions"
            )
        return content.text

    def load(self) -> Decisions:
        """All that it holds. Raises StateError, with file and line."""
        text = self.text()
        return decisions_module.loads(text, self.shown) if text else Decisions(source=self.shown)

    def add(self, decision: Decision) -> Decision:
        """Keep a decision. Raises UsageError where the file cannot be written."""
        kept = named(decision)
        files.write(self.path, decisions_module.added(self.text(), kept))
        return kept

    def remove(self, decision: Decision) -> None:
        """Take the line of a decision out."""
        files.write(self.path, decisions_module.removed(self.text(), decision.name))


# ------------------------------------------------------------------------------------------------ joining


class Joined(msgspec.Struct, frozen=True):
    """The records as they came, what belongs together, and what people had decided."""

    records: tuple[Record, ...]
    matching: Matching
    rulings: Rulings

    def merged(self, *, published_first: bool = False) -> Merged:
        """One record for each publication."""
        return merged(
            self.records,
            self.matching,
            decided=self.rulings.decided,
            preferred=self.rulings.preferred,
            published_first=published_first,
        )

    def doubts(self) -> tuple[Problem, ...]:
        """What is said without merging: about the decisions, the matching, and the pairs that are in doubt."""
        pairs = doubts(self.matching, self.rulings.decided)
        said = (doubt(self.records, pair) for pair in pairs)
        return (*self.rulings.problems, *self.matching.problems, *said)


def join(
    records: Sequence[Record],
    decisions: Decisions = Decisions(),  # noqa: B008 (frozen)
    lock: Lock = Lock(),  # noqa: B008 (frozen)
    *,
    watch: Any = None,
    processes: int = 0,
) -> Joined:
    """Find what belongs together, by the decisions and, beyond them, by the evidence. Nothing is merged yet."""
    rulings = rule(records, decisions, lock)
    decided = {**linked(records), **rulings.decided}
    matching = dedupe.match(records, decided=decided, watch=watch, processes=processes)
    fresh, values = freshened(records, matching.clusters)
    return Joined(tuple(fresh), matching, replace(rulings, decided=decided, preferred={**values, **rulings.preferred}))


def settled(works: Merged, rulings: Rulings) -> set[tuple[int, int]]:
    """Pairs of works that are known to be two, though they share a name: by number, both ways round."""
    home = {place: number for number, members in enumerate(works.members) for place in members}
    pairs = {
        (home[one], home[other]) for (one, other), verdict in rulings.decided.items() if verdict is not Verdict.SAME
    }
    pairs |= {(one, other) for group in works.versions for one in group for other in group if one != other}
    return pairs | {(other, one) for one, other in pairs}


def distinct(works: Sequence[Record]) -> tuple[list[Record], list[Problem]]:
    """The works with keys that differ ignoring case: of two that came with one key, the first keeps it."""
    names = Names()
    first: dict[str, Record] = {}
    problems = []
    made = []
    for work in works:
        key = work.key and names.unique(work.key)
        if key != work.key:
            source, line = work.place()
            there = ":".join(map(str, first[work.key.casefold()].place()))
            message = f"{work.key!r} is also the key of another work ({there}); this one is {key!r}"
            problems.append(Problem("key-taken", message, "warning", source, line, key=key))
        if key:
            names.take(key, -1)
            first.setdefault(work.key.casefold(), work)
        made.append(replace(work, key=key))
    return [_with_free_aliases(work, names) for work in made], problems


def _with_free_aliases(work: Record, names: Names) -> Record:
    """No alias is the key or an alias of another work."""
    if not work.aliases:
        return work
    free = tuple(alias for alias in work.aliases if names.pin(alias) is None)
    for alias in free:
        names.take(alias, -1)
    return replace(work, aliases=free)


# ------------------------------------------------------------------------------------------------ tables


def identifier(record: Record) -> str:
    """What a record is called in its source: its key or id, or the place where it stands."""
    source, line = record.place()
    return str(record.extra.get("csl:id", record.key)) or f"{source}:{line}"


def clusters_csv(records: Sequence[Record], found: Matching) -> Iterator[str]:
    """Lines of CSV: id, cluster_id (one for the records of one publication), work_id (one for all its versions).

    Clusters and works are numbered in the order of the records.
    """
    cluster_of = {place: number for number, members in enumerate(found.clusters) for place in members}
    work_of = {cluster: number for number, group in enumerate(found.works) for cluster in group}
    clusters: dict[int, int] = {}
    works: dict[int, int] = {}
    yield "id,cluster_id,work_id\n"
    for place, record in enumerate(records):
        cluster = cluster_of[place]
        work = work_of[cluster]
        numbers = (clusters.setdefault(cluster, len(clusters) + 1), works.setdefault(work, len(works) + 1))
        yield f"{_cell(identifier(record))},{numbers[0]},{numbers[1]}\n"


def _cell(value: str) -> str:
    if value.isalnum():
        return value
    row = io.StringIO()
    csv.writer(row, lineterminator="").writerow([value])
    return row.getvalue()


def as_json(records: Sequence[Record], found: Matching) -> bytes:
    """Pairs with their evidence, clusters and works, by the identifiers of the records."""
    ids = list(map(identifier, records))
    pairs = [
        {"one": ids[pair.one], "other": ids[pair.other], "verdict": pair.verdict, "evidence": pair.evidence}
        for pair in found.pairs
    ]
    clusters = [[ids[place] for place in members] for members in found.clusters]
    works = [[clusters[number] for number in group] for group in found.works]
    places = {name: ":".join(map(str, record.place())) for name, record in zip(ids, records, strict=True)}
    made = {"pairs": pairs, "clusters": clusters, "works": works, "places": places}
    return msgspec.json.format(msgspec.json.encode(made), indent=2) + b"\n"
