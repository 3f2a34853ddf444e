"""BibTeX entries of a CV: those of the writers, with the fields that a CV adds."""

from __future__ import annotations

from collections.abc import Mapping

from bibkit.formats import WriteOptions, bibtex_write
from bibkit.formats.bibtex_dialect import BIBLATEX, BIBTEX, Dialect
from bibkit.formats.bibtex_edit import Style, write_entry
from bibkit.record import Record

__all__ = ["BIBLATEX", "BIBTEX", "fields", "key", "written"]

_STYLE = Style()
key = bibtex_write.mended  # the key as an entry can have it


def fields(record: Record, dialect: Dialect) -> tuple[str, dict[str, str]]:
    """Type and fields of an entry; letters stay letters, for web sites and for biber."""
    kind, found, _ = bibtex_write.entry(record, WriteOptions(latex="utf8"), dialect)
    return kind, found


def written(record: Record, dialect: Dialect, more: Mapping[str, str] | None = None) -> str:
    """The entry as text, with more fields; an empty one takes the field of this name away. Ends with a newline."""
    kind, found = fields(record, dialect)
    pairs = {name: value for name, value in {**found, **(more or {})}.items() if value}
    return write_entry(kind, key(record.key), pairs.items(), _STYLE) + "\n"
