"""What an entry that was written does not hold: exactly what is not there when it is read again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from bibkit import dates, names
from bibkit.formats import bibtex_read
from bibkit.formats import bibtex_syntax as syntax
from bibkit.formats.bibtex_dialect import ENTRY_TYPE, Dialect
from bibkit.losses import losses
from bibkit.problems import Problem, Severity
from bibkit.record import Date, Name, Record

_SHOWN = 60  # characters of a value in a message


def lost(record: Record, text: str, dialect: Dialect) -> Iterator[Problem]:
    """A Problem for each value of the record that reading the text, its entry, does not give back.

    The entry type that a record came with says how it stood before and is no value.
    """
    items = bibtex_read.read_document(syntax.parse(text), dialect)
    after = next((item for item in items if isinstance(item, Record)), Record())
    for variable, value, instead in losses(record, after):
        if variable != ENTRY_TYPE:
            yield missing(record, variable, _message(variable, value, instead, dialect), dialect)


def no_field(record: Record, name: str, dialect: Dialect) -> Problem:
    """The Problem for a member of `extra`, or a variable, that the dialect has no field for."""
    return missing(record, name, f"{dialect.title} has no field for {name}", dialect)


def missing(record: Record, name: str, message: str, dialect: Dialect) -> Problem:
    """The Problem for a value that is lost; what is no variable is worth a note only."""
    source, line = record.place()
    severity: Severity = "note" if ":" in name else "warning"
    return Problem(f"{dialect.name}-lost", message, severity, source, line, key=record.key, field=name)


def _message(variable: str, value: Any, instead: Any, dialect: Dialect) -> str:
    if variable == "cut":
        return f"{dialect.title} cannot say that there are more {value}s than are listed"
    if variable == "key" and instead is not None:
        return f"{dialect.title} cannot hold the key {value!r}, which was written as {instead}"
    if instead is None:
        return f"{dialect.title} has no field for {variable}"
    return f"{variable} comes back from {dialect.title} as {_shown(instead)}, not as {_shown(value)}"


def _shown(value: Any) -> str:
    if isinstance(value, Date):
        value = value.literal or dates.format_edtf(value)
    elif isinstance(value, tuple):
        value = "; ".join(names.format_sorted(one) if isinstance(one, Name) else one for one in value)
    shown = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return repr(shown if len(shown) <= _SHOWN else f"{shown[: _SHOWN - 3]}...")
