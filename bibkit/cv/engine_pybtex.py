"""The engine pybtex: styles of BibTeX, interpreted by pybtex's own BibTeX machine; its LaTeX is read as text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from bibkit import formats, latex_decode, text
from bibkit.cv.runs import PLAIN, Run, joined
from bibkit.cv.styles import Style
from bibkit.formats import WriteOptions
from bibkit.problems import Report, UsageError
from bibkit.record import Record, replace


class Pybtex:
    """See `engines.Engine`; a style of BibTeX sees all works at once, and numbers or labels go."""

    def render(self, records: Sequence[Record], style: Style, lang: str) -> list[tuple[Run, ...]]:
        """One entry for each record. The language is the style's own, whatever is asked for."""
        keyed = [replace(record, key=f"w{place}", aliases=()) for place, record in enumerate(records)]
        write = formats.get("bibtex").write
        source = "".join(Report().sift(write(keyed, WriteOptions(latex="utf8", protect=True)))) if write else ""
        found = dict(_entries(_formatted(source, style)))
        return [found.get(record.key, ()) for record in keyed]


ENGINE = Pybtex()


def _formatted(source: str, style: Style) -> str:
    """The text of a .bbl file."""
    from pybtex import errors  # loads its parser and all built-in functions
    from pybtex.bibtex import BibTeXEngine

    name = str(style.path).removesuffix(".bst") if style.path and style.path.is_file() else style.name[:-4]
    try:
        with errors.capture():  # BibTeX's warnings, about fields that a style misses
            found: str = BibTeXEngine().format_from_string(source, name, citations=["*"])
    except Exception as error:  # whatever a broken style does to the machine that runs it
        raise UsageError(f"{style.path}: {_said(error)}") from error
    return found


def _said(error: Exception) -> str:
    said = " ".join(str(error).split()) or type(error).__name__
    if said.startswith("unable to open"):
        return "there is no such style file, and BibTeX knows none of this name"
    return f"this style has an error: {said}"


_ITEM = re.compile(r"\\bibitem\s*(?:\[[^\]]*\]\s*)?\{([^{}]*)\}")
_NO_TEXT = re.compile(r"\\end\{thebibliography\}.*|\\newblock\b[ ]?|\\bibinfo\{[^{}]*\}", re.DOTALL)


def _entries(bbl: str) -> Iterator[tuple[str, tuple[Run, ...]]]:
    pieces = _ITEM.split(bbl)
    for key, body in zip(pieces[1::2], pieces[2::2], strict=True):
        rich = latex_decode.decode(_NO_TEXT.sub("", body))
        yield key, joined(_runs(" ".join(rich.split())))


_LOOKS = {"i": "italic", "b": "bold", "sup": "up", "sub": "down", "sc": "small_caps"}


def _runs(rich: str) -> Iterator[Run]:
    look = PLAIN
    for token in text.tokens(rich):
        if token.mark:
            look = msgspec.structs.replace(look, **{_LOOKS.get(token.mark, "me"): token.kind == "open"})
        else:
            yield Run(token.text, msgspec.structs.replace(look, me=False))
