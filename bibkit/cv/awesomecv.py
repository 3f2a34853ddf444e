r"""awesome-cv: a file to `\input`, with a `\cvsection`, a `\cvsubsection` for each group, a `\cventry` for each work.

Source: `awesome-cv.cls`: `\cventry{position}{title}{location}{date}{description}`. The people are the position; the
number is the location, at the right edge.
"""

from __future__ import annotations

from collections.abc import Iterator

from bibkit.cv import tex
from bibkit.cv.model import CV, CvFormat, Entry, Options, heading
from bibkit.dates import format_text


def write(cv: CV, options: Options) -> str:
    """The whole file."""
    return tex.HEAD + "\n".join(_lines(cv, options)) + "\n"


def _lines(cv: CV, options: Options) -> Iterator[str]:
    yield rf"\cvsection{{{tex.encode(cv.title)}}}"
    for section in tex.sections(cv):
        if title := heading(section, options):
            yield rf"\cvsubsection{{{tex.encode(title)}}}"
        yield r"\begin{cventries}"
        for entry in section.entries:
            yield from _entry(cv, entry, options)
        yield r"\end{cventries}"
    if marks := tex.explained(cv):
        yield rf"\begin{{cvparagraph}}{marks}\end{{cvparagraph}}"


def _entry(cv: CV, entry: Entry, options: Options) -> Iterator[str]:
    date = format_text(entry.record.issued) if entry.record.issued else ""
    yield r"  \cventry"
    yield f"    {{{tex.LATEX.byline(cv, entry, options.bold)}}}"
    yield f"    {{{tex.title(entry)}}}"
    yield f"    {{{tex.encode(entry.label)}}}"
    yield f"    {{{tex.encode(date)}}}"
    items = [item for item in (tex.source(entry), tex.links(entry)) if item]
    listed = " ".join(rf"\item {{{item}}}" for item in items)
    yield rf"    {{\begin{{cvitems}} {listed} \end{{cvitems}}}}" if items else "    {}"


FORMAT = CvFormat("awesome-cv", "LaTeX for awesome-cv, to \\input", ".awesome-cv.tex", write)
