"""CVs: the works of one person, chosen, grouped and numbered once, and written in every format that a CV needs.

    make(works, settings, decisions, me="Liang Song")   the CV as a value: see `model`
    get("markdown").write(cv, Options(style="ieee"))    its text, or the files of a folder

A new format is a module with a `FORMAT` and a row in `FORMATS`; its module is imported when it is asked for.
"""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module

from bibkit.cv.model import CV, CvFormat, Entry, Link, Options, Output, Person, Section
from bibkit.cv.select import make
from bibkit.problems import UnknownFormat

__all__ = ["CV", "FORMATS", "CvFormat", "Entry", "Link", "Options", "Output", "Person", "Section", "get", "make"]

# Where each format is: the module below this package that has it as FORMAT.
FORMATS = {
    "text": "plain",
    "markdown": "markdown",
    "html": "html",
    "html-fragment": "fragment",
    "docx": "docx",
    "rendercv": "rendercv",
    "json-resume": "jsonresume",
    "hayagriva": "hayagriva",
    "hugo": "hugo",
    "al-folio": "alfolio",
    "academicpages": "academicpages",
    "moderncv": "moderncv",
    "awesome-cv": "awesomecv",
    "biblatex": "biblatex",
}


def get(name: str) -> CvFormat:
    """The format of this name. Raises UnknownFormat, with the nearest names."""
    if name not in FORMATS:
        near = get_close_matches(name, FORMATS, 2, 0.5) or list(FORMATS)
        raise UnknownFormat(f"no CV format is called {name!r}; there is {', '.join(near)}")
    found: CvFormat = import_module(f"bibkit.cv.{FORMATS[name]}").FORMAT
    return found


def by_suffix(suffix: str) -> str:
    """The format whose one file has this ending, the first in the table. Raises UnknownFormat."""
    for name in FORMATS:
        found = get(name)
        if not found.is_folder and found.suffix == suffix:
            return name
    raise UnknownFormat(f"no CV format has the ending {suffix!r}; say which one with --to")
