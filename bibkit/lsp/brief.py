"""A record in a few words: who, when, what."""

from __future__ import annotations

from bibkit import names, text
from bibkit.record import Date, Record

_MOST_NAMES = 3  # authors that are named


def line(record: Record) -> str:
    """Authors, year and title in one line."""
    heads = (people(record), year(record.issued))
    return ". ".join(filter(None, (" ".join(filter(None, heads)), text.plain(record.title))))


def people(record: Record) -> str:
    """The authors, or else the editors, by their family names; of many the first."""
    found = record.authors or record.names.get("editor", ())
    shown = [each.family or names.format_display(each) for each in found]
    many = len(shown) > _MOST_NAMES
    if many or "author" in record.cut:
        return f"{', '.join(shown[:1] if many else shown)} et al."
    return " & ".join(filter(None, (", ".join(shown[:-1]), *shown[-1:])))


def year(issued: Date | None) -> str:
    """The year in parentheses, or what stands for it."""
    if issued is None:
        return ""
    shown = str(issued.year) if issued.year is not None else issued.literal
    return f"({shown})" if shown else ""
