"""What tells BibTeX from BibLaTeX, for reader and writer."""

from __future__ import annotations

import msgspec

from bibkit.fieldmap import Table
from bibkit.formats.bibtex_tables import BIBLATEX_TABLE, BIBLATEX_WRITABLE, BIBTEX_TABLE, BIBTEX_WRITABLE
from bibkit.latex import Target

PREFIX = "bibtex:"  # of what only (Bib)LaTeX knows, in Record.extra
ENTRY_TYPE = f"{PREFIX}entrytype"


class Dialect(msgspec.Struct, frozen=True):
    """What tells BibTeX from BibLaTeX."""

    name: str
    title: str
    table: Table
    writable: frozenset[str]  # entry types that its styles know
    latex: Target  # how non-ASCII letters are written unless asked otherwise

    @property
    def is_biblatex(self) -> bool:
        """Whether names and dates may be written as only BibLaTeX reads them."""
        return self.name == "biblatex"


BIBTEX = Dialect("bibtex", "BibTeX", BIBTEX_TABLE, BIBTEX_WRITABLE, "ascii")
BIBLATEX = Dialect("biblatex", "BibLaTeX", BIBLATEX_TABLE, BIBLATEX_WRITABLE, "utf8")
