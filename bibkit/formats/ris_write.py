"""Records -> RIS, and what of each record does not come back.

Lines end with a line feed: the specification asks for CR LF, every reader takes both, and exports that are kept under
version control should not change with the machine. No line is ever folded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from bibkit import dates, names
from bibkit.fieldmap import KEYWORD, FieldRule
from bibkit.formats import WriteOptions
from bibkit.formats import ris_syntax as syntax
from bibkit.formats import ris_values as forms
from bibkit.formats.ris_read import PREFIX, from_entry
from bibkit.formats.ris_tables import MARKED, TABLE
from bibkit.losses import losses
from bibkit.problems import Problem
from bibkit.record import Date, Name, Record


def write(records: Iterable[Record], options: WriteOptions) -> Iterator[str | Problem]:
    """Each record as Zotero writes it, and a Problem for each of its values that does not come back when it is read.

    `TY` is first and `ER  - ` last, with an empty line after it. One line for each name and keyword; a date is in `DA`
    with its three numbers, its year in `PY` too; a note has an `N1` for each of its lines.
    """
    for record in records:
        written = _Writing(record).text()
        yield from _lost(record, written)
        yield written


def _lost(record: Record, written: str) -> Iterator[Problem]:
    """What reading the text gives otherwise than it was."""
    found = next(iter(syntax.entries(written)))
    if not isinstance(found, syntax.Entry):
        return
    after = from_entry(found)
    source, line = record.place()
    for variable, value, instead in losses(record, after):
        if variable == "cut":
            message = f"RIS cannot say that there are more people than the listed {value}s"
        elif instead is None:
            message = f"RIS has no place for {variable} in a record of type {record.type}: {_shown(value)}"
        else:
            message = f"{variable} comes back from RIS as {_shown(instead)}, not as {_shown(value)}"
        yield Problem("ris-lost", message, source=source, line=line, key=record.key, field=variable)


def _shown(value: Any) -> str:
    if isinstance(value, Date):
        value = value.literal or dates.format_edtf(value)
    elif isinstance(value, tuple):
        value = "; ".join(names.format_sorted(one) if isinstance(one, Name) else one for one in value)
    shown = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return repr(shown if len(shown) <= 60 else f"{shown[:57]}...")


class _Writing:
    """One Record on its way: the lines so far, and which variables and tags are done."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.lines: list[tuple[str, str]] = []
        self.used: set[str] = set()

    def text(self) -> str:
        """The record as text."""
        record = self.record
        theirs = self._type()
        done: set[str] = set()
        for rule in TABLE.rules(theirs, record.type):
            if rule.ours not in done and (rule.theirs not in self.used or rule.kind == "serial"):
                values = self._values(rule)
                if values:
                    done.add(rule.ours)
                    self.put(rule.theirs, values)
        self._marker()
        self._extra()
        if record.key:
            self.lines.append(("ID", record.key))
        head = syntax.line("TY", self._given_type() or theirs)
        body = "".join(syntax.line(tag, syntax.fitted(tag, value)) for tag, value in self.lines)
        return f"{head}{body}ER  - \n\n"

    def put(self, tag: str, values: list[str]) -> None:
        """Lines with this tag."""
        self.used.add(tag)
        self.lines += [(tag, value) for value in values if value.strip()]

    def _type(self) -> str:
        rule = TABLE.type_out(self.record.type)
        return rule.theirs if rule else "GEN"

    def _given_type(self) -> str:
        """A type that RIS does not have but the record was read with."""
        given = self.record.extra.get(f"{PREFIX}TY")
        return given[0] if isinstance(given, list) and given and self.record.type == "document" else ""

    def _marker(self) -> None:
        if self.record.type in MARKED:
            self.put("M3", [MARKED[self.record.type]])

    def _extra(self) -> None:
        for name, values in self.record.extra.items():
            tag = name.removeprefix(PREFIX)
            if name.startswith(PREFIX) and len(tag) == 2 and tag != "TY" and isinstance(values, list):
                self.lines += [(tag, value) for value in values if isinstance(value, str)]

    def _values(self, rule: FieldRule) -> list[str]:
        """What is written for a variable by a rule of this kind."""
        record, variable = self.record, rule.ours
        if rule.kind == "names":
            people = record.names.get(variable, ())
            return [names.format_sorted(name) for name in people if name != people[-1] or not names.is_others(name)]
        if rule.kind == "date":
            return self._date(rule.theirs, record.dates.get(variable))
        if variable == KEYWORD:
            return list(record.keywords)
        value = record.texts.get(variable, "")
        if rule.kind == "note":
            return value.split("\n")
        if rule.kind == "page":
            return self._pages(value)
        return [value] if value else []

    def _date(self, tag: str, date: Date | None) -> list[str]:
        if date is None:
            return []
        if tag == "DA" and date.start and date.start[0] > 0:
            self.lines.append(("DA", forms.write_date(date)))
            self.lines.append(("PY", f"{date.start[0]:04}"))
            self.used.add("DA")
            return [""]
        return [forms.write_date(date)]

    def _pages(self, value: str) -> list[str]:
        span = forms.SPAN.fullmatch(value)
        if not span:
            return [value]
        self.lines += [("SP", span[1]), ("EP", span[2])]
        return [""]
