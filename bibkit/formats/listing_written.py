"""Entries of listings as they stand: where their values are, as far as that can be told. Nothing is changed in them."""

from __future__ import annotations

from bibkit.lines import Lines
from bibkit.written import Written


class ListingWritten(Written):
    """An entry of a listing: a value is on the line that its trace says, or wherever it stands letter for letter."""

    __slots__ = ()

    def field_of(self, variable: str) -> str:
        """The variable itself, where there is a text or a trace of it."""
        return variable if variable in self.record.texts or variable in self.record.traces else ""

    def span(self, field: str) -> tuple[int, int]:
        """The text of the variable; the beginning of its line, or of the entry, where it does not stand so."""
        start, end = self._lines(field)
        value = self.record.texts.get(field, "")
        at = self.text.find(value, start, end) if value else -1
        return (at, at + len(value)) if at >= 0 else (start, start)

    def _lines(self, field: str) -> tuple[int, int]:
        """The line of the trace, or the whole entry."""
        trace, origin = self.record.traces.get(field), self.record.origins[0]
        if trace is None or not origin.line <= trace.line <= origin.end_line:
            return self.start, self.end
        start, end = Lines(self.text[self.start : self.end]).span(trace.line - origin.line + 1)
        return self.start + start, self.start + end
