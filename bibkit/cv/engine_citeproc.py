"""The engine citeproc-py: CSL in Python. It needs the file of a style, and lxml."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

from bibkit.cv import engines, styles
from bibkit.cv.runs import Run, from_html, joined
from bibkit.cv.styles import Style
from bibkit.problems import UsageError
from bibkit.record import Record


class CiteprocPy:
    """See `engines.Engine`."""

    def render(self, records: Sequence[Record], style: Style, lang: str) -> list[tuple[Run, ...]]:
        """One entry for each record."""
        try:
            import citeproc  # imports lxml, and the schema of CSL
        except ImportError as error:
            raise engines.missing("citeproc-py", "citeproc-py") from error
        path = styles.file_of(style, "citeproc-py")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about variables that it does not know
            try:
                made = citeproc.CitationStylesStyle(str(path), validate=False, locale=lang or "en-US")
            except Exception as error:  # of lxml, and of its own: none has a base of its own
                raise UsageError(f"{path}: this style has an error: {error}") from error
            found = [_one(item, made) for item in engines.items(records)]
        faults = [one for one in found if isinstance(one, Exception)]
        if faults and len(faults) == len(found):
            raise UsageError(f"{path}: citeproc-py cannot render this style: {faults[0]!r}; try --engine refkit")
        return [() if isinstance(one, Exception) else one for one in found]


ENGINE = CiteprocPy()


def _one(item: dict[str, Any], style: Any) -> tuple[Run, ...] | Exception:
    from citeproc import Citation, CitationItem, CitationStylesBibliography, formatter
    from citeproc.source.json import CiteProcJSON

    try:
        bibliography = CitationStylesBibliography(style, CiteProcJSON([item]), formatter.html)
        bibliography.register(Citation([CitationItem(item["id"])]))
        return _without_number(from_html(str(bibliography.bibliography()[0])))
    except Exception as error:  # whatever it does with a value that it does not understand
        return error


def _without_number(runs: tuple[Run, ...]) -> tuple[Run, ...]:
    """Without the number of a style that numbers: each work is the first one."""
    if not runs:
        return runs
    head = runs[0].text.lstrip()
    for number in ("[1]", "(1)", "1."):
        if head.startswith(number):
            return joined((Run(head.removeprefix(number).lstrip(), runs[0].look), *runs[1:]))
    return runs
