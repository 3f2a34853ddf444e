"""What a check is, what it looks at, and what it says.

Check          a code, a name, a function, how it may be mended, and what `--explain` says
Bibliography   one source with all its entries: what the function is given
Remark         what the function yields: something about one field of one entry, perhaps with a Mend
Mend           changes of fields that put it right, in the words of the source
Finding, Fix   the same with places in the text: what users of this package get
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeVar, cast

import msgspec

from bibkit.edits import Edit
from bibkit.problems import Problem, Severity
from bibkit.record import Record
from bibkit.written import Written

Safety = Literal["", "safe", "unsafe"]
T = TypeVar("T")
BIBTEX = frozenset({"bibtex", "biblatex"})
ALL = "all"


def covers(names: Iterable[str], code: str) -> bool:
    """Whether one of the names is this code, or its family, or `all`."""
    return any(name in (code, ALL) or code.startswith(f"{name}-") for name in names)


class Terms(msgspec.Struct, frozen=True):
    """What is looked for. Codes may be whole families: `title` stands for all that begin with `title-`."""

    select: tuple[str, ...] = ()  # nothing but these
    extend: tuple[str, ...] = ()  # beside those that are on by themselves
    ignore: tuple[str, ...] = ()
    entries: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)  # key -> codes that do not count there
    files: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)  # pattern of a file's name -> codes
    target: Literal["", "bibtex", "biblatex"] = ""  # for which program; without it, the dialect of the file
    today: datetime.date | None = None
    folder: Path = Path()  # that paths of files are relative to
    checks: tuple[Check, ...] = ()  # these and no others, whatever else is said

    def asks(self, code: str) -> bool:
        """Whether a code is asked for by its name or its family's, and not only on by itself."""
        return bool(self.checks) or covers((*self.select, *self.extend), code)


class Bibliography:
    """One source: its text, its entries in order, and the terms. Nothing in it is ever changed."""

    def __init__(self, text: str, source: str, format_name: str, items: list[Written], terms: Terms) -> None:
        self.text = text
        self.source = source
        self.format = format_name
        self.items = items
        self.terms = terms
        self._found: dict[Callable[[Bibliography], object], object] = {}
        self.today = terms.today or datetime.datetime.now(datetime.UTC).date()
        self._rows: dict[str, list[tuple[Written, str, str]]] = {}

    def once(self, look: Callable[[Bibliography], T]) -> T:
        """What a function finds in this bibliography; it is asked once, however many checks want to know."""
        if look not in self._found:
            self._found[look] = look(self)
        return cast("T", self._found[look])

    @property
    def records(self) -> list[Record]:
        """The records of the entries."""
        return [item.record for item in self.items]

    @property
    def dialect(self) -> str:
        """`bibtex` or `biblatex` for a file of either; for which program it is meant counts more than how it looks."""
        return (self.terms.target or self.format) if self.format in BIBTEX else ""

    @cached_property
    def numbers(self) -> dict[int, int]:
        """Which entry an item is, from 0, by its `id`."""
        return {id(item): number for number, item in enumerate(self.items)}

    @cached_property
    def written(self) -> list[tuple[Written, str, str]]:
        """Every field of every entry: the entry, the name of the field, its text as written, which is never empty."""
        return [(item, name, text) for item in self.items for name, text in item.fields.items() if text]

    @cached_property
    def non_ascii(self) -> list[tuple[Written, str, str]]:
        """Those of `written` with letters beyond ASCII."""
        return [row for row in self.written if not row[2].isascii()]

    def having(self, sign: str) -> Iterator[tuple[Written, str, str]]:
        """Those of `written` that hold this text."""
        return (row for row in self.written if sign in row[2])

    def values(self, *variables: str) -> Iterator[tuple[Written, str, str]]:
        """The fields that these variables were read from, as `written`. What an entry inherits is not among them.

        Nor are fields that are no text (names and dates in JSON).
        """
        for variable in variables:
            if variable not in self._rows:
                self._rows[variable] = list(self._rows_of(variable))
            yield from self._rows[variable]

    def _rows_of(self, variable: str) -> Iterator[tuple[Written, str, str]]:
        for item in self.items:
            field = item.field_of(variable)
            if field and (text := item.fields.get(field)):
                yield item, field, text

    @cached_property
    def people(self) -> list[tuple[Written, str, str, str]]:
        """Every list of names that an entry has itself: the entry, variable, field and its text as written."""
        return [
            (item, variable, field, item.fields.get(field, ""))
            for item in self.items
            for variable in item.record.names
            if (field := item.field_of(variable) or ("" if self.format in BIBTEX else variable))
        ]


class Change(msgspec.Struct, frozen=True):
    """A change of one field: another text (as the source writes it, without delimiters), no field, or another name."""

    field: str
    text: str | None = None
    name: str = ""


class Mend(msgspec.Struct, frozen=True):
    """What puts something right. `title` says it as an order: "write 123--145"."""

    title: str
    changes: tuple[Change, ...] = ()
    type: str = ""  # another entry type
    safe: bool | None = None  # where it is not as the check says for all of its mends


class Remark(msgspec.Struct, frozen=True):
    """Something about an entry.

    `field` is a field as the source calls it, or a CSL variable; `part` the piece of its text that it is about. What is
    about no entry has an `item` of its own, a Written that says where it stands.
    """

    item: Written
    message: str
    field: str = ""
    part: str = ""
    mend: Mend | None = None
    hint: str = ""


def putting(item: Written, variable: str, value: str, title: str = "") -> Mend:
    """Give the field of a variable another value, said as a Record has it."""
    text = item.encoded(variable, value)
    return Mend(title or f"write {text}", (Change(item.field_of(variable) or variable, text),))


def replacing(item: Written, field: str, old: str, new: str, title: str = "") -> Mend:
    """Replace every `old` in the text of a field."""
    return Mend(title or f"write {new}", (Change(field, item.fields[field].replace(old, new)),))


class Check(msgspec.Struct, frozen=True):
    """A check: `find` yields a Remark for everything that is wrong in a Bibliography.

    `bad` and `good` are what `--explain` shows, and what tests hold the check to: each is the fields of an entry, or
    whole entries. A mend that is `safe` changes nothing that a reader could mean; others want a look.
    """

    code: str
    name: str
    find: Callable[[Bibliography], Iterable[Remark]]
    severity: Severity = "warning"
    fix: Safety = ""
    why: str = ""
    bad: str = ""
    good: str = ""
    rule: str = ""  # where the rule comes from
    formats: frozenset[str] = frozenset()  # only for these; without any, for all
    default: bool = True  # on unless something else is asked for
    across: bool = False  # about several entries together: a mend of one may bring it to light, and is no worse for it


class Fix(msgspec.Struct, frozen=True):
    """A mend as edits of the text: (start, end, new text), in order and without overlap."""

    title: str
    safe: bool
    edits: tuple[Edit, ...]


class Finding(msgspec.Struct, frozen=True):
    """A Problem, what it is about as offsets into the text, and the fix where there is one."""

    problem: Problem
    start: int
    end: int
    fix: Fix | None = None
    item: int = -1  # which entry of the source, from 0
    changes: tuple[str, ...] = ()  # the fields and variables that the fix may change

    @property
    def edits(self) -> tuple[Edit, ...]:
        """The edits of the fix, if there is one."""
        return self.fix.edits if self.fix else ()
