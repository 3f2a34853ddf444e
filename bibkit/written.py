"""An entry as it stands in its source: its fields in the format's own words, where they are, and how they are changed.

A reader says what an entry means; a `Written` says how it was written, so that a message can point at the very field
and a fix can touch nothing else. Each format that knows its fields has a subclass beside its reader; this class alone
serves formats of which no more is known than the record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from bibkit.edits import Edit, trimmed
from bibkit.lines import Lines
from bibkit.problems import Problem
from bibkit.record import Record


class Written:
    """One entry of a source.

    `type` is its entry type as the format calls it, `fields` its fields by name in the order of the source: text as
    written, without delimiters. `start` and `end` are offsets into the text of the source. Edits are an empty list
    where something cannot be done.
    """

    __slots__ = ("_place", "_type", "record", "text")

    editable = False  # whether fields can be changed where they stand

    def __init__(self, record: Record, text: str, start: int, end: int, kind: str = "") -> None:
        self.record = record
        self.text = text
        self._place = start, end
        self._type = kind or record.type

    @property
    def start(self) -> int:
        """Where the entry begins in the text of the source."""
        return self._place[0]

    @property
    def end(self) -> int:
        """Where the entry ends."""
        return self._place[1]

    @property
    def type(self) -> str:
        """Its entry type as the format calls it."""
        return self._type

    @property
    def fields(self) -> Mapping[str, str]:
        """The fields as written; where the format does not tell, the text variables of the record."""
        return self.record.texts

    @property
    def whole(self) -> Mapping[str, str]:
        """Its fields with those that it inherits from other entries."""
        return self.fields

    def field_of(self, variable: str) -> str:
        """The field that a CSL variable was read from, or the empty string. A field is its own answer."""
        return variable if variable in self.fields else ""

    def variables_of(self, field: str) -> tuple[str, ...]:
        """The variables that change when this field changes."""
        return (field,)

    def variables_if(self, kind: str) -> tuple[str, ...]:
        """The variables that may change when the entry gets this type."""
        del kind
        return "type", "genre"

    @property
    def parents(self) -> tuple[str, ...]:
        """The keys of the entries that it inherits fields from."""
        return ()

    def span(self, field: str) -> tuple[int, int]:
        """Where the text of a field stands, without delimiters; the beginning of the entry where there is none."""
        del field
        return self.start, self.start

    def name_span(self, field: str) -> tuple[int, int]:
        """Where the name of a field stands, as `span`."""
        return self.span(field)

    def is_plain(self, field: str) -> bool:
        """Whether the text of the field stands in the source letter for letter, so that parts can be replaced."""
        start, end = self.span(field)
        return self.text[start:end] == self.fields.get(field)

    def is_bare(self, field: str) -> bool:
        """Whether a part of the value stands without delimiters, as macros and numbers do."""
        del field
        return False

    def encoded(self, variable: str, value: str) -> str:
        """A value of a CSL variable as the format writes it in a field, without delimiters."""
        del variable
        return value

    def put(self, field: str, new: str) -> list[Edit]:
        """Give the field another text, as written; only what differs is touched. A field that is not there is added."""
        start, end = self.span(field)
        old = self.text[start:end]
        return [trimmed(start, end, old, new)] if self.editable and self.is_plain(field) else []

    def drop(self, field: str) -> list[Edit]:
        """Take the field away, if that can be done."""
        del field
        return []

    def rename(self, field: str, new: str) -> list[Edit]:
        """Give the field another name, if that can be done."""
        del field, new
        return []

    def retype(self, kind: str) -> list[Edit]:
        """Give the entry another type, if that can be done."""
        del kind
        return []


Make = Callable[[Record, str, int, int], Written]


def by_lines(text: str, found: Iterable[Record | Problem], make: Make = Written) -> Iterator[Written | Problem]:
    """What a reader yields, each record as an entry of which only the lines are known."""
    lines = Lines(text)
    for item in found:
        if isinstance(item, Problem):
            yield item
            continue
        origin = item.origins[0] if item.origins else None
        span = lines.span(origin.line, origin.end_line) if origin and origin.line else (0, 0)
        yield make(item, text, *span)
