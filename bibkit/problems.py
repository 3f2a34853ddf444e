"""What can go wrong, in three kinds.

`Problem`      something about the input: a value, collected and printed, never raised
`BibkitError`  something the user can act on: one line and an exit code of its own
anything else  a bug of ours: it shows its traceback

    BibkitError
    ├── UsageError          2  the command line, bibkit.toml, or an output that cannot be written
    ├── NothingRead         3  no input could be read at all, or --strict met an error or a loss
    ├── UnknownFormat       4  no such format, or no format recognises the input
    ├── StateError          5  keys.lock, decisions.toml, .bibkit/
    ├── PluginError         6  a plugin that cannot be loaded
    ├── ConflictsLeft       7  a sync that left conflicts open
    └── ServiceError        8  network or server
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Literal, TypeVar

import msgspec

OK = 0
CHECK_FOUND = 1
LOSS = "-lost"

Severity = Literal["error", "warning", "note"]
_RANK: dict[Severity, int] = {"error": 0, "warning": 1, "note": 2}

T = TypeVar("T")


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing worth saying about the input.

    `error`: something could not be read or written as it stands. `warning`: it was, but a person should look.
    `note`: something was inferred or adjusted by a stated rule.
    """

    code: str
    message: str
    severity: Severity = "warning"
    source: str = ""
    line: int = 0  # 1-based; 0 where there is none
    column: int = 0  # 1-based; 0 where there is none
    end_line: int = 0
    raw: str = ""  # the text that it is about
    key: str = ""  # the citation key or id of the record that it is about
    field: str = ""  # the variable or field that it is about
    hint: str = ""  # what to do next

    @property
    def is_loss(self) -> bool:
        """Whether a writer says with this that its format cannot hold a value; such codes end in `-lost`."""
        return self.code.endswith(LOSS)

    @property
    def advised(self) -> str:
        """The message with what to do next."""
        return f"{self.message}; {self.hint}" if self.hint else self.message

    def where(self) -> str:
        """`file:line:column`, as far as known."""
        place = self.source
        for number in (self.line, self.column):
            if not number:
                break
            place = f"{place}:{number}" if place else str(number)
        return place

    def __str__(self) -> str:
        place = self.where()
        head = f"{place}: " if place else ""
        return f"{head}{self.severity}: {self.advised} [{self.code}]"


def sort_key(problem: Problem) -> tuple[str, int, int, int, str]:
    """Order for printing: by place, then the graver first."""
    return (problem.source, problem.line, problem.column, _RANK[problem.severity], problem.code)


class BibkitError(Exception):
    """The user can act on this. `str()` is one line; `exit_code` is what the command ends with."""

    exit_code = 2


class UsageError(BibkitError):
    """The command line, a setting, or an output that cannot be written."""


class NothingRead(BibkitError):
    """No input could be read at all, or `--strict` met an error or a loss."""

    exit_code = 3


class UnknownFormat(BibkitError):
    """A format that bibkit does not know, or an input that no format recognises."""

    exit_code = 4


class StateError(BibkitError):
    """A lock or state file that cannot be used as it is."""

    exit_code = 5


class PluginError(BibkitError):
    """A plugin that was asked for and cannot be loaded."""

    exit_code = 6


class ConflictsLeft(BibkitError):
    """A sync that left conflicts open."""

    exit_code = 7


class ServiceError(BibkitError):
    """Network or server."""

    exit_code = 8


class Report:
    """Collects what readers, checks and writers say, and owns the exit code of one run.

    0 when what could be read was written; 1 when `found` was set by a `--check`; 3 when nothing at all could be read
    from inputs that were there (4 when that is because no format recognised them), or when `strict` and there was an
    error or a loss.
    """

    def __init__(self, *, strict: bool = False) -> None:
        self.strict = strict
        self.problems: list[Problem] = []
        self.found = False  # set by a --check
        self.unread = 0  # inputs of which nothing could be read
        self.unknown = 0  # those of them that no format recognises
        self.read = 0  # inputs that were read, empty ones included

    def add(self, *problems: Problem) -> None:
        """Keep these Problems."""
        self.problems.extend(problems)

    def sift(self, items: Iterable[T | Problem]) -> Iterator[T]:
        """Pass on everything but the Problems, which are kept here."""
        for item in items:
            if isinstance(item, Problem):
                self.problems.append(item)
            else:
                yield item

    def sorted(self) -> list[Problem]:
        """All Problems by place."""
        return sorted(self.problems, key=sort_key)

    def counts(self) -> dict[str, int]:
        """How many there are of each severity that was met, the gravest first, and how many losses beside them."""
        counted = Counter("loss" if problem.is_loss else problem.severity for problem in self.problems)
        return {kind: counted[kind] for kind in (*_RANK, "loss") if counted[kind]}

    @property
    def exit_code(self) -> int:
        """What the command ends with."""
        if self.unread and not self.read:
            return UnknownFormat.exit_code if self.unknown == self.unread else NothingRead.exit_code
        if self.strict and any(problem.severity == "error" or problem.is_loss for problem in self.problems):
            return NothingRead.exit_code
        return CHECK_FOUND if self.found else OK
