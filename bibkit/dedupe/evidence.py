"""What the steps of the matching hand to each other: verdicts, clues, evidence, pairs and the result."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from bibkit.problems import Problem


class Verdict(StrEnum):
    """What two records are to each other."""

    SAME = "same"  # records of one publication
    VERSION = "version"  # two publications of one work: preprint, proceedings, journal, edition, translation
    MAYBE = "maybe"  # a person has to say
    DIFFERENT = "different"


class Clue(msgspec.Struct, frozen=True):
    """One thing compared: its weight is above 0 where it speaks for one publication; `detail` shows why."""

    name: str
    weight: float
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.name} {self.weight:+.1f}" + (f" ({self.detail})" if self.detail else "")


class Evidence(msgspec.Struct, frozen=True):
    """All clues about one pair of records, and their sum, which is a log-odds in nats.

    `work` is the log-odds that they are versions of one work. `conflict` says that they differ in what one publication
    has once: other pairs may not bring these two into one cluster.
    `veto` names the hard rule that forbids SAME, `kind` says which versions of one work these could be ("preprint",
    "conference", "edition", "translation", "reprint"); both are empty where there is nothing to say.
    """

    clues: tuple[Clue, ...] = ()
    total: float = 0.0
    veto: str = ""
    kind: str = ""
    work: float = 0.0
    conflict: bool = False

    def weight(self, name: str) -> float:
        """The weight of the clue of this name, 0 where there is none."""
        return next((clue.weight for clue in self.clues if clue.name == name), 0.0)

    def __str__(self) -> str:
        told = [*map(str, self.clues)] + [f"never the same: {self.veto}"] * bool(self.veto)
        return ", ".join(told + [f"{self.kind} of it"] * bool(self.kind))


class Pair(msgspec.Struct, frozen=True):
    """Two records by position, `one` before `other`."""

    one: int
    other: int
    verdict: Verdict
    evidence: Evidence


class Matching(msgspec.Struct, frozen=True):
    """What belongs together, by position.

    `pairs` are those that are SAME, VERSION or MAYBE. `clusters` are the records of one publication, every record in
    exactly one; `works` are the clusters that are versions of one work, by cluster number, every cluster in
    exactly one.
    """

    pairs: tuple[Pair, ...] = ()
    clusters: tuple[tuple[int, ...], ...] = ()
    works: tuple[tuple[int, ...], ...] = ()
    problems: tuple[Problem, ...] = ()
