"""bibkit's formats as plugins of pybtex, by entry points: `pybtex-convert listing.txt out.bib`, and its styles.

Problems go the ways of pybtex: an error of the input to its `report_error`, which raises in strict mode, and everything
else to the log `bibkit`.
"""

from __future__ import annotations

import logging
from codecs import lookup
from typing import IO, Any

from pybtex.database import BibliographyData
from pybtex.database.input import BaseParser
from pybtex.database.output import BaseWriter
from pybtex.errors import report_error
from pybtex.exceptions import PybtexError

from bibkit import files, formats, interop
from bibkit.formats import ReadOptions, WriteOptions
from bibkit.problems import Report


class Data(BibliographyData):  # type: ignore[misc]  # pybtex has no types
    """What bibkit read. As BibTeX it is written by bibkit: pybtex's own writer escapes once more what is escaped."""

    def to_file(self, file: Any, bib_format: str | None = None, **options: Any) -> Any:
        """Write in a format of pybtex, which by default tells from the name of the file."""
        name = file if isinstance(file, str) else getattr(file, "name", "")
        if (bib_format or name[-4:]) in ("bibtex", ".bib"):
            return BibTeXWriter(**options).write_file(self, file)
        return super().to_file(file, bib_format, **options)


class Parser(BaseParser):  # type: ignore[misc]
    """Reads one of bibkit's formats."""

    format_name = ""

    def __init__(self, encoding: str | None = None, **options: Any) -> None:
        super().__init__(encoding, **options)
        options = {name: options[name] for name in ("wanted_entries", "min_crossrefs") if name in options}
        self.data = Data(**options)

    def parse_string(self, value: str) -> BibliographyData:
        """Add what the text holds."""
        return self._add(value, Report())

    def parse_stream(self, stream: IO[bytes] | IO[str]) -> BibliographyData:
        """Add what the stream holds, in the encoding that was asked for; by default, in that which is found out."""
        content = stream.read()
        if isinstance(content, str):
            return self._add(content, Report())
        if lookup(self.encoding).name != "utf-8":
            return self._add(content.decode(self.encoding), Report())
        decoded, said = files.decode(content, self.filename), Report()
        said.add(*decoded.problems)
        return self._add(decoded.text, said)

    def _add(self, text: str, said: Report) -> BibliographyData:
        reader = formats.get(self.format_name).read
        records = said.sift(reader(text, self.filename, ReadOptions())) if reader else ()
        self.data.add_entries(interop.to_pybtex(records, said=said).entries.items())
        _tell(said)
        return self.data


class Writer(BaseWriter):  # type: ignore[misc]
    """Writes one of bibkit's formats."""

    format_name = ""
    unicode_io = True

    def write_stream(self, data: BibliographyData, stream: IO[str]) -> None:
        """Write all entries."""
        said = Report()
        writer = formats.get(self.format_name).write
        records = said.sift(interop.from_pybtex(data))
        stream.writelines(said.sift(writer(records, WriteOptions())) if writer else ())
        _tell(said)


def _tell(said: Report) -> None:
    log, lost = logging.getLogger("bibkit"), [problem for problem in said.problems if problem.is_loss]
    for problem in said.sorted():
        if problem.severity == "error":
            report_error(PybtexError(str(problem)))
        else:
            quiet = problem.is_loss or problem.severity == "note"
            log.log(logging.INFO if quiet else logging.WARNING, "%s", problem)
    if lost:
        log.warning("%d values could not be held; at level INFO this log has each of them", len(lost))


class ListingParser(Parser):
    """Plain-text paper listings."""

    format_name = "listing"


class BibLaTeXParser(Parser):
    """BibLaTeX, with the fields that BibTeX has: pybtex's styles know no others."""

    format_name = "biblatex"


class CSLParser(Parser):
    """CSL-JSON."""

    format_name = "csl-json"


class RISParser(Parser):
    """RIS."""

    format_name = "ris"


class BibTeXWriter(Writer):
    """BibTeX as bibkit writes it."""

    format_name = "bibtex"


class BibLaTeXWriter(Writer):
    """BibLaTeX."""

    format_name = "biblatex"


class CSLWriter(Writer):
    """CSL-JSON."""

    format_name = "csl-json"


class RISWriter(Writer):
    """RIS."""

    format_name = "ris"
