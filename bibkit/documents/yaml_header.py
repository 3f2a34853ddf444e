"""The few fields of a YAML header that matter to someone who looks for citations, with their places.

This is no reader of YAML: it knows top-level fields, plain and quoted scalars, block scalars and lists, which is how
people write `bibliography:` and `nocite:`. Everything else is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_HEADER = re.compile(r"\ufeff?---[ \t]*+\r?\n")
_END = re.compile(r"^(?:---|\.\.\.)[ \t]*+(?=\r?$)", re.MULTILINE)
_FIELD = re.compile(r"^(?:\"([^\"\r\n]++)\"|([A-Za-z][\w.-]*+))[ \t]*+:(?=[ \t\r]|$)", re.MULTILINE)
_SCALAR = re.compile(
    r"\"([^\"\r\n]*+)\"|'([^'\r\n]*+)'|([^\s\[\]{},\"'#\-][^\[\]{},\"'#\r\n]*+|-(?=[^\s])[^\[\]{},\r\n]*+)"
)
_ID = re.compile(r"^[ \t]*+(?:-[ \t]++)?id:[ \t]*+[\"']?([^\"'\r\n]*[^\"'\s])", re.MULTILINE)


class Value(NamedTuple):
    """A word of the header and where it begins."""

    text: str
    start: int


class Header(NamedTuple):
    """Where the header ends, and where the value of each top-level field begins and ends."""

    end: int
    fields: dict[str, tuple[int, int]]


def header(text: str) -> Header:
    """The header at the beginning of a text; an empty one where there is none."""
    start = _HEADER.match(text)
    end = _END.search(text, start.end()) if start else None
    if not start or not end:
        return Header(0, {})
    return Header(end.end(), fields(text, start.end(), end.start()))


def fields(text: str, start: int, end: int) -> dict[str, tuple[int, int]]:
    """The top-level fields of this stretch."""
    found = list(_FIELD.finditer(text, start, end))
    stops = [*(field.start() for field in found[1:]), end]
    return {(field[1] or field[2]): (field.end(), stop) for field, stop in zip(found, stops, strict=True)}


def values(text: str, span: tuple[int, int]) -> Iterator[Value]:
    """The scalars of a field that is one, or a list of them."""
    for found in _SCALAR.finditer(text, *span):
        content = found[found.lastindex or 0]
        if content.strip() and content.strip() not in ("|", ">"):
            yield Value(content.strip(), found.start(found.lastindex or 0))


def ids(text: str, span: tuple[int, int]) -> Iterator[Value]:
    """The keys of a list of references in CSL's YAML."""
    for found in _ID.finditer(text, *span):
        yield Value(found[1], found.start(1))
