r"""moderncv: a file to `\input`, with a `\section`, a `\subsection` for each group and a `\cvitem` for each work."""

from __future__ import annotations

from collections.abc import Iterator

from bibkit.cv import facts, tex
from bibkit.cv.model import CV, CvFormat, Entry, Options, heading


def write(cv: CV, options: Options) -> str:
    """The whole file. The class loads hyperref itself."""
    return tex.HEAD + "".join(_lines(cv, options))


def _lines(cv: CV, options: Options) -> Iterator[str]:
    yield rf"\section{{{tex.encode(cv.title)}}}" + "\n"
    for section in tex.sections(cv):
        if title := heading(section, options):
            yield rf"\subsection{{{tex.encode(title)}}}" + "\n"
        for entry in section.entries:
            yield rf"\cvitem{{{tex.encode(entry.label)}}}{{{_text(cv, entry, options)}}}" + "\n"
    if marks := tex.explained(cv):
        yield rf"\cvitem{{}}{{\small {marks}}}" + "\n"


def _text(cv: CV, entry: Entry, options: Options) -> str:
    year = str(entry.year) if entry.year is not None else ""
    published = ", ".join(filter(None, (tex.source(entry), year)))
    byline = tex.LATEX.byline(cv, entry, options.bold)
    return facts.sentences([byline, tex.title(entry), published, tex.links(entry)])


FORMAT = CvFormat("moderncv", "LaTeX for moderncv, to \\input", ".moderncv.tex", write)
