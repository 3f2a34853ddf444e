"""BibTeX and BibLaTeX as formats: which of the two a text is in, how it is read and written."""

from __future__ import annotations

import re
from functools import partial

from bibkit.formats import Format
from bibkit.formats import bibtex_dialect as dialects
from bibkit.formats.bibtex_dialect import Dialect
from bibkit.formats.bibtex_read import inspect, read
from bibkit.formats.bibtex_write import write
from bibkit.formats.bibtex_written import written

_START = re.compile(r"^[ \t]*@[ \t]*(\w+)[ \t]*[{(]", re.MULTILINE)
_FIELD = r"(?:^|,)[ \t]*+(?:%s)\s*+="  # at the beginning of a line or behind another field
_BIBLATEX_ONLY = re.compile(
    _FIELD % "journaltitle|date|location|eprinttype|langid|urldate|institution|shortjournal|eventtitle|origdate",
    re.MULTILINE | re.IGNORECASE,
)
_BIBTEX_ONLY = re.compile(
    _FIELD % "journal|year|month|address|school|archiveprefix|howpublished", re.MULTILINE | re.IGNORECASE
)


def _detect(head: str, dialect: Dialect) -> float:
    """Whether this has entries; then the field names that only one dialect has decide."""
    if not _START.search(head):
        return 0.0
    biblatex, bibtex = len(_BIBLATEX_ONLY.findall(head)), len(_BIBTEX_ONLY.findall(head))
    return 0.9 if (biblatex > bibtex) == dialect.is_biblatex else 0.6


def _format(dialect: Dialect, suffixes: tuple[str, ...]) -> Format:
    return Format(
        dialect.name,
        dialect.title,
        suffixes,
        partial(read, dialect=dialect),
        partial(write, dialect=dialect),
        partial(_detect, dialect=dialect),
        inspect=partial(inspect, dialect=dialect),
        written=partial(written, dialect=dialect),
    )


BIBTEX = _format(dialects.BIBTEX, (".bib", ".bibtex"))
BIBLATEX = _format(dialects.BIBLATEX, (".biblatex.bib", ".biblatex"))
