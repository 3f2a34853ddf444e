r"""BibLaTeX: `publications.bib`, a setup for the preamble with a category for each group, the lists for the text.

Source: the biblatex manual 3.19: 3.8.4 `\printbibliography`, 3.8.6 "Bibliography Categories", 3.7 "Data Annotations".
With a numeric style the number of a work is its `shorthand`, which stands in for the number that the style would give.
"""

from __future__ import annotations

from collections.abc import Iterator

from bibkit import latex
from bibkit.cv import tex
from bibkit.cv.bib_entries import BIBLATEX, fields, key, written
from bibkit.cv.model import CORRESPONDING, CV, EQUAL, CvFormat, Entry, Options, heading
from bibkit.cv.own import annotated

_SETUP = r"""% In the preamble, after
%   \usepackage[backend=biber, style=numeric, sorting=none, defernumbers=true, maxbibnames=99]{biblatex}
%   \addbibresource{publications.bib}
"""
_MARKS = rf"""\renewcommand*{{\mkbibcompletename}}[1]{{%
  \ifitemannotation{{me}}{{\mkbibbold{{#1}}}}{{#1}}%
  \ifitemannotation{{equal}}{{\textsuperscript{{{latex.encode(EQUAL)}}}}}{{}}%
  \ifitemannotation{{corresponding}}{{\textsuperscript{{{latex.encode(CORRESPONDING)}}}}}{{}}}}
"""


def write(cv: CV, options: Options) -> dict[str, str]:
    """The three files by their names."""
    return {
        "publications.bib": "\n".join(_entry(cv, entry, options) for entry in cv.entries),
        "publications-setup.tex": tex.HEAD + _SETUP + "".join(_categories(cv)) + _MARKS,
        "publications.tex": tex.HEAD + "".join(_lists(cv, options)),
    }


# ------------------------------------------------------------------------------------------------ the bibliography


def _entry(cv: CV, entry: Entry, options: Options) -> str:
    _, known = fields(entry.record, BIBLATEX)
    cut = tex.LATEX.cut(cv, entry, options.bold)[1:-1]
    more = {
        f"{entry.role}+an": _annotations(entry, options),
        "shorthand": latex.encode(entry.label.strip("[]")) or known.get("shorthand", ""),
        "addendum": ". ".join(filter(None, (known.get("addendum", ""), cut))),
    }
    return written(entry.record, BIBLATEX, more)


def _annotations(entry: Entry, options: Options) -> str:
    """`1=me,equal; 3=corresponding`, with what the source says of its people."""
    theirs = annotated(entry.record, entry.role)
    said = (
        (
            place,
            dict.fromkeys(
                [
                    *["me"] * (person.me and options.bold),
                    *["equal"] * person.equal,
                    *["corresponding"] * person.corresponding,
                    *theirs.get(place, ()),
                ]
            ),
        )
        for place, person in enumerate(entry.people, 1)
    )
    return "; ".join(f"{place}={','.join(words)}" for place, words in said if words)


# ------------------------------------------------------------------------------------------------ the lists


def _names(cv: CV) -> Iterator[tuple[str, int]]:
    """A category for each group, by its place among them."""
    for place, section in enumerate(cv.sections):
        yield (f"cv-{section.id}" if section.id.isascii() else f"cv-{place + 1}"), place


def _categories(cv: CV) -> Iterator[str]:
    for name, place in _names(cv):
        yield rf"\DeclareBibliographyCategory{{{name}}}" + "\n"
        yield rf"\addtocategory{{{name}}}{{{','.join(key(e.key) for e in cv.sections[place].entries)}}}" + "\n"


def _lists(cv: CV, options: Options) -> Iterator[str]:
    r"""With `sorting=none` the order of works is that of `\nocite`."""
    yield rf"\nocite{{{','.join(key(entry.key) for entry in cv.entries)}}}" + "\n"
    yield rf"\printbibheading[title={{{tex.encode(cv.title)}}}]" + "\n"
    for name, place in _names(cv):
        title = tex.encode(heading(cv.sections[place], options))
        head = rf"heading=subbibliography, title={{{title}}}" if title else "heading=none"
        yield rf"\printbibliography[category={name}, {head}]" + "\n"
    if marks := tex.explained(cv):
        yield rf"\par\noindent {marks}" + "\n"


FORMAT = CvFormat("biblatex", "BibLaTeX, a category for each group", "", write, is_folder=True)
