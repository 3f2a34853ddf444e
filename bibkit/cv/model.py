"""A CV as a value: sections of entries, each with its people, its number and its links; and what a format of it is.

Everything that a format needs to know is decided here, once: which works, in which group, under which number, who of
the authors is the person the CV is of. A format only writes it down.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import msgspec

from bibkit import text
from bibkit.names import format_display
from bibkit.problems import Problem
from bibkit.record import Name, Record

EQUAL = "*"  # behind the name of who contributed equally
CORRESPONDING = "†"  # behind the name of a corresponding author


class Person(msgspec.Struct, frozen=True):
    """One of the people of a work, in the order of the source."""

    name: Name
    me: bool = False  # the person that the CV is of; never two of one work
    equal: bool = False
    corresponding: bool = False

    @property
    def shown(self) -> str:
        """The name in full, given name first."""
        return format_display(self.name)

    @property
    def marks(self) -> str:
        """The marks behind the name."""
        return EQUAL * self.equal + CORRESPONDING * self.corresponding


class Link(msgspec.Struct, frozen=True):
    """Where a work can be found: `kind` is doi, arxiv, code, pdf or url."""

    kind: str
    url: str

    @property
    def label(self) -> str:
        """What a reader sees: DOI, arXiv, Code, PDF, Link."""
        return {"doi": "DOI", "arxiv": "arXiv", "code": "Code", "pdf": "PDF"}.get(self.kind, "Link")


class Entry(msgspec.Struct, frozen=True):
    """One work of the CV.

    `people` are its authors, else its editors (`role` says which). With `cut` the source's list ends in "et al.": then
    `me_listed` may be False though the work is the person's; `claimed` says that a decision or the settings know that
    it is. `number` counts from 1, and is 0 in a CV without numbers; `label` is how it is shown: "[J3]", or "".
    """

    key: str
    record: Record
    people: tuple[Person, ...] = ()
    role: str = "author"
    cut: bool = False
    me_listed: bool = False
    claimed: bool = False
    number: int = 0
    label: str = ""
    links: tuple[Link, ...] = ()
    status: str = "published"  # published, accepted, submitted, preprint, draft
    selected: bool = False
    topics: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The title without marks."""
        return text.plain(self.record.title)

    @property
    def year(self) -> int | None:
        """The year of publication, where it is known."""
        return self.record.issued.year if self.record.issued else None

    @property
    def position(self) -> int:
        """Which of the people the CV's person is, from 1; 0 where they are not listed."""
        return next((place for place, person in enumerate(self.people, 1) if person.me), 0)


class Section(msgspec.Struct, frozen=True):
    """A group of works: `id` is one word for anchors and file names, `title` is for people."""

    id: str
    title: str
    entries: tuple[Entry, ...]

    @property
    def count(self) -> int:
        """How many works it has."""
        return len(self.entries)


class CV(msgspec.Struct, frozen=True):
    """The whole CV. `me` has the person's names in all spellings, the first one is shown."""

    me: tuple[Name, ...]
    orcid: str = ""
    title: str = ""
    sections: tuple[Section, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def name(self) -> str:
        """The person's name as it is shown."""
        return format_display(self.me[0]) if self.me else ""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All works, in the order of the CV."""
        return tuple(entry for section in self.sections for entry in section.entries)

    @property
    def marks(self) -> str:
        """The marks behind names that occur in it: "", "*", "†" or "*†"."""
        people = [person for entry in self.entries for person in entry.people]
        return EQUAL * any(one.equal for one in people) + CORRESPONDING * any(one.corresponding for one in people)


# ------------------------------------------------------------------------------------------------ formats


class Options(msgspec.Struct, frozen=True):
    """What a format is told beside the CV. `folder` is where relative paths of styles begin."""

    style: str = "apa"  # a CSL style: its name or the path of a .csl file; with pybtex of a .bst file
    engine: str = ""  # without one, the default engine
    lang: str = ""  # a language for the style's own words, such as "de-DE"; without one the style's or en-US
    bold: bool = True  # the own name
    counts: bool = True  # of works, in the titles of sections
    folder: Path = Path()


Output = Mapping[str, str | bytes] | str | bytes


class CvFormat(msgspec.Struct, frozen=True):
    """A format of CVs. `write` gives the text of one file, or for a folder its files by their paths below it."""

    name: str
    title: str
    suffix: str  # of the one file, with its dot
    write: Callable[[CV, Options], Output]
    is_folder: bool = False


# ------------------------------------------------------------------------------------------------ words

# What stands behind an entry whose list of authors the source has cut.
CUT = "author list cut in the source"
CUT_KNOWN = "author list cut in the source; {} is among the authors"

# What is said of works that are not out yet, where the style does not say it.
STATUS_NOTES = {"accepted": "accepted", "submitted": "under review", "draft": "in preparation"}


def heading(section: Section, options: Options) -> str:
    """The title of a section, with how many works it has where that is wanted."""
    return f"{section.title} ({section.count})" if options.counts and section.title else section.title


def cut_note(cv: CV, entry: Entry) -> tuple[str, str, str]:
    """What is said of a list that the source has cut, as before, name, after; all empty where it has not.

    The own name is there where it is known to be among the authors and stands not in the list.
    """
    if not entry.cut:
        return "", "", ""
    if entry.me_listed or not entry.claimed:
        return CUT, "", ""
    before, after = CUT_KNOWN.split("{}")
    return before, cv.name, after


def legend(cv: CV) -> Iterator[str]:
    """What the marks behind names mean, those that occur."""
    if EQUAL in cv.marks:
        yield f"{EQUAL} equal contribution"
    if CORRESPONDING in cv.marks:
        yield f"{CORRESPONDING} corresponding author"


def escape(plain: str) -> str:
    """Text as HTML, for elements and for attributes in quotation marks."""
    return html.escape(plain, quote=True)
