"""The values of a Record's variables: where they are, as JSON, as a person writes and reads them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import msgspec

from bibkit import dates, names
from bibkit.record import DATE_VARIABLES, NAME_VARIABLES, TEXT_VARIABLES, TYPES, Date, Json, Name, Record

_HOMES = {"names": NAME_VARIABLES, "dates": DATE_VARIABLES, "texts": TEXT_VARIABLES, "": frozenset({"type", "keyword"})}


def home_of(variable: str) -> str:
    """Which map of a Record has this variable; the empty string for the type and the keywords."""
    return next(
        (home for home, names_ in _HOMES.items() if variable in names_), "extra" if ":" in variable else "texts"
    )


def value_in(record: Record, variable: str) -> Json:
    """The value of a variable as Record has it, or None."""
    if variable in ("type", "keyword"):
        return record.type if variable == "type" else record.keywords or None
    return getattr(record, home_of(variable)).get(variable)


def all_variables(record: Record) -> Iterator[str]:
    """The type, and every variable that has a value, those of other formats included."""
    yield "type"
    yield from record.variables()
    yield from (name for name in record.extra if not name.startswith("bibkit:"))


def as_json(value: Json) -> Json:
    """A value of a Record as JSON, for `preferred`; `value_of` is its inverse."""
    return _listed(msgspec.to_builtins(value))


def _listed(value: Json) -> Json:
    """Tuples as lists, as JSON has them."""
    if isinstance(value, dict):
        return {name: _listed(each) for name, each in value.items()}
    return [_listed(each) for each in value] if isinstance(value, (list, tuple)) else value


def value_of(variable: str, value: Json) -> Json:
    """The value of a variable that JSON means, or that a person wrote: names and dates may be text.

    Raises ValueError where it cannot be one.
    """
    home = home_of(variable)
    if variable == "type" and value not in TYPES:
        raise ValueError(f"{value!r} is no type")
    if variable == "keyword" or home == "names":
        listed = value if isinstance(value, list) else [value] if value else []
        return tuple(map(str, listed)) if variable == "keyword" else tuple(map(_name, listed))
    if home == "dates" and value:
        return dates.parse_edtf(value) or dates.parse_text(value) if isinstance(value, str) else _converted(value, Date)
    if home == "texts" and not isinstance(value, (str, int, float)):
        raise ValueError("it is no text")
    return value if home == "extra" else str(value)


def _name(value: Json) -> Name:
    if isinstance(value, str):
        return names.parse_sorted(value) if "," in value else names.parse_display(value)
    found: Name = _converted(value, Name)
    return found


def _converted(value: Json, kind: type) -> Json:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from error


def shown(value: Json, most_names: int = 20) -> str:
    """A value as people read it, on one line."""
    if isinstance(value, Date):
        return dates.format_edtf(value) or value.literal
    if isinstance(value, tuple):
        listed = [names.format_sorted(one) if isinstance(one, Name) else str(one) for one in islice(value, most_names)]
        rest = [f"and {len(value) - most_names} more"] if len(value) > most_names else []
        return "; ".join(listed + rest)
    return " ".join(str(value).split())
