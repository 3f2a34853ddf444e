"""What sync speaks of: items as Zotero has them, the steps of a plan, conflicts. All of it is data."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Any, Literal

import msgspec

from bibkit.formats.zotero_tables import CHILDREN
from bibkit.problems import Problem
from bibkit.zotero_api import Data, Kind, LibraryId

__all__ = [
    "BOOKKEEPING", "EMPTY", "KEY_LETTERS", "OWN", "Action", "Change", "Conflict", "Data", "Kind",
    "LibraryId", "Plan", "Prefer", "Step", "is_child",
]  # fmt: skip

OWN = "bibkit"  # the member of an item in the project's file that is ours alone, and is never sent
# What nobody edits; `itemType` and all fields are edited.
BOOKKEEPING = frozenset({"key", "version", "dateAdded", "dateModified", "lastRead", "inPublications", OWN})
EMPTY: tuple[Any, ...] = (None, "", [], {}, False)  # all that says nothing, 0 among it; files leave it out
KEY_LETTERS = "23456789ABCDEFGHIJKLMNPQRSTUVWXYZ"  # of the keys that Zotero gives, 8 to a key

Prefer = Literal["", "ours", "theirs", "newest"]


class Action(StrEnum):
    """What a step does, and where: on the server, or in the project's files."""

    CREATE = "create"
    UPDATE = "update"
    TRASH = "trash"
    RESTORE = "restore"
    DELETE = "delete"
    TAKE = "take"  # a new or changed object of the server is taken over into the files
    DROP = "drop"  # what is gone on the server goes from the files


class Change(msgspec.Struct, frozen=True, omit_defaults=True):
    """One field that differs: `before` on the side that is written to, `after` what it becomes."""

    field: str
    before: Any = None
    after: Any = None


class Conflict(msgspec.Struct, frozen=True, omit_defaults=True):
    """One field that both sides changed. `answer` says who wins, once that is known; the field stays alone until then.

    The field `*` stands for the whole item: edited on one side, deleted on the other (that side's value is None).
    """

    kind: Kind
    key: str
    field: str
    base: Any = None
    ours: Any = None
    theirs: Any = None
    answer: Literal["", "ours", "theirs"] = ""
    title: str = ""  # of the work, for people


class Step(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing to do: `data` is what is sent or taken (only the fields that change), `version` what it is based on."""

    action: Action
    kind: Kind
    key: str
    data: Data = msgspec.field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    version: int = 0
    title: str = ""
    work: str = ""  # the citation key of the work, for people

    @property
    def is_local(self) -> bool:
        """Whether it writes to the project's files alone."""
        return self.action in (Action.TAKE, Action.DROP)


class Plan(msgspec.Struct, frozen=True, omit_defaults=True):
    """All that a sync will do, in order; what it leaves to people; what is worth saying."""

    steps: tuple[Step, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    problems: tuple[Problem, ...] = ()

    def remote(self) -> Iterator[Step]:
        """The steps that write to the server."""
        return (step for step in self.steps if not step.is_local)

    def local(self) -> Iterator[Step]:
        """The steps that write to the project's files."""
        return (step for step in self.steps if step.is_local)

    def open(self) -> list[Conflict]:
        """The conflicts that nobody has answered."""
        return [conflict for conflict in self.conflicts if not conflict.answer]


def is_child(data: Data) -> bool:
    """Whether it is a note, an attachment or an annotation."""
    return data.get("itemType") in CHILDREN
