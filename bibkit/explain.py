"""Where each value of a work is from: the entry that it was taken from, and what the others say."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from bibkit.dedupe.values import all_variables, as_json, shown, value_in
from bibkit.record import Json, Origin, Record

WIDEST = 160  # characters of a value that are shown


class Saying(msgspec.Struct, frozen=True):
    """What one entry says: the value, where it stands, and in words how it came about if it does not stand there."""

    value: Json
    place: str
    inferred: str = ""


class Field(msgspec.Struct, frozen=True):
    """A variable of a work: the value that it has, who says so, and what others say instead."""

    variable: str
    value: Json
    says: tuple[Saying, ...]
    instead: tuple[Saying, ...] = ()


def leaves(work: Record) -> tuple[Record, ...]:
    """The entries that a work was made from, as they were; the record itself where it was not merged."""
    if not work.parts:
        return (work,)
    return tuple(leaf for part in work.parts for leaf in leaves(part))


def fields(work: Record) -> list[Field]:
    """Every variable that the work or one of its entries has, in the order of the work."""
    entries = leaves(work)
    variables = dict.fromkeys(variable for one in (work, *entries) for variable in all_variables(one))
    return [_field(work, entries, variable) for variable in variables]


def _field(work: Record, entries: tuple[Record, ...], variable: str) -> Field:
    value = value_in(work, variable)
    said = [_saying(entry, variable) for entry in entries if value_in(entry, variable) is not None]
    if isinstance(value, tuple) and variable == "keyword":
        return Field(variable, value, tuple(said))  # all of them were taken
    says = tuple(one for one in said if one.value == value)
    trace = work.traces.get(variable)
    if not says and trace and trace.inferred:
        says = (Saying(value, trace.inferred),)
    return Field(variable, value, says, tuple(one for one in said if one.value != value))


def _saying(entry: Record, variable: str) -> Saying:
    trace = entry.traces.get(variable)
    origin = entry.origins[trace.origin] if trace and trace.origin < len(entry.origins) else None
    origin = origin or (entry.origins[0] if entry.origins else Origin())
    line = trace.line if trace and trace.line else origin.line
    return Saying(value_in(entry, variable), _place(origin.source, line), trace.inferred if trace else "")


def _place(source: str, line: int) -> str:
    return f"{source}:{line}" if line else source


def told(work: Record, versions: tuple[str, ...] = ()) -> Iterator[str]:
    """The lines that `bibkit dedupe explain` shows."""
    entries = leaves(work)
    number = "1 entry" if len(entries) == 1 else f"{len(entries)} entries"
    yield f"{work.key}: one work from {number}"
    if work.aliases:
        yield f"  aliases: {', '.join(work.aliases)}"
    if versions:
        yield f"  versions: {', '.join(versions)}"
    for entry in entries:
        source, line = entry.place()
        kind = f" ({entry.origins[0].format})" if entry.origins and entry.origins[0].format else ""
        yield f"  entry: {_place(source, line)}{kind}" + (f", there {entry.key}" if entry.key else "")
    for field in fields(work):
        yield ""
        yield from _told_field(field)


def _told_field(field: Field) -> Iterator[str]:
    yield f"{field.variable}: {_short(field.value) if field.value is not None else '(left out)'}"
    places = ", ".join(f"{one.place}{_how(one)}" for one in field.says)
    yield f"  from {places or 'several entries'}"
    for other in field.instead:
        yield f"  {other.place}{_how(other)} has: {_short(other.value)}"


def _short(value: Json) -> str:
    whole = shown(value)
    return whole if len(whole) <= WIDEST else f"{whole[:WIDEST]}… ({len(whole)} characters)"


def _how(one: Saying) -> str:
    return f" ({one.inferred})" if one.inferred else ""


def choices(work: Record) -> list[Field]:
    """The variables on which the entries of a work disagree: a person may prefer one of the values."""
    return [
        field for field in fields(work) if len({repr(as_json(one.value)) for one in (*field.says, *field.instead)}) > 1
    ]
