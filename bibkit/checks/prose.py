r"""What of a LaTeX field is prose: its words and signs without maths, commands, and what commands take verbatim.

`blanked` puts a NUL in place of each character that is no prose, so that offsets stay those of the field.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from html.entities import html5

from bibkit import latex_tables as tables
from bibkit.checks.model import Change, Mend, Remark
from bibkit.written import Written

Row = tuple[Written, str, str]  # entry, name of a field, its text as written

# Fields that the styles of BibTeX and BibLaTeX print as LaTeX text (btxdoc 3.2; biblatex manual 2.2.2).
PRINTED = frozenset(
    """address addendum afterword annotator author bookauthor booksubtitle booktitle booktitleaddon chapter commentator
    edition editor editora editorb editorc eventtitle eventtitleaddon foreword holder howpublished institution
    introduction issue issuetitle issuesubtitle journal journalsubtitle journaltitle journaltitleaddon library location
    mainsubtitle maintitle maintitleaddon nameaddon note number organization origlocation origpublisher origtitle
    pages part publisher school series shortauthor shorteditor shortjournal shortseries shorttitle subtitle title
    titleaddon translator type venue version volume""".split()
)
# Fields of which each character counts: addresses, identifiers, paths, and what other programs keep for themselves.
VERBATIM = frozenset(
    """archiveprefix biburl citeseerurl crossref doi ee eid eprint eprinttype eprintclass entryset execute file ids
    isbn issn link localfile mrnumber optee opturl options owner pdf pdffile pmcid pmid primaryclass ps related sortkey
    sortname timestamp url urldate web webpdf webpage www xdata xref zblnumber
    archive_location call-number citation-key id key accessdate attachments tags relations
    ur do l1 l2 l3 l4 lk sn an m3 ty""".split()
)

# Scripts that run from right to left.
RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe]")

_GROUP = r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*+\})*+\})*+\}"  # as deep as arguments usually are
_PIECE = re.compile(
    r"\$\$[^$]*+\$\$|(?<!(?<!\\)\\)\$(?:[^\\$]|\\.)*+\$|\\\((?:[^\\]|\\[^()])*+\\\)|\\\[(?:[^\\]|\\[^\[\]])*+\\\]"
    r"|\\verb\*?+([^\w\s*])[^\n]{0,300}?\1"
    rf"|\\([A-Za-z@]++)\*?+((?:\s*+\[[^\[\]{{}}]*+\])?+(?:\s*+{_GROUP})*+)|\\.",
    re.DOTALL,
)
# Commands whose argument is prose as well.
_OPEN = tables.PLAIN | tables.FORMATS.keys() | tables.QUOTED.keys() | tables.ACCENTS.keys() | {"uppercase", "footnote"}
_FORMULAS = frozenset({"mathrm", "mathsf", "mathtt", "mathnormal", "mathit", "mathbf", "operatorname"})
_PROSE = frozenset(_OPEN - _FORMULAS)


@lru_cache(maxsize=1 << 10)
def blanked(latex: str) -> str:
    """The text with a NUL for each character of maths, of commands, and of arguments that are no prose."""
    if "\\" not in latex and "$" not in latex:
        return latex
    out: list[str] = []
    done = 0
    while found := _PIECE.search(latex, done):
        end = found.start(3) if found[2] in _PROSE else found.end()
        out += latex[done : found.start()], "\x00" * (end - found.start())
        done = end
    return "".join((*out, latex[done:]))


def is_verbatim(field: str) -> bool:
    """Whether every character of this field counts, as in an address."""
    name = field.lower().rstrip("+")
    return name in VERBATIM or name.startswith(("bdsk-", "local-", "opturl", "url"))


def printed(rows: Iterable[Row]) -> Iterator[Row]:
    """Those of the fields of a BibTeX file that styles print as text."""
    return (row for row in rows if row[1] in PRINTED)


def worded(rows: Iterable[Row]) -> Iterator[Row]:
    """Those of the fields, of any format, that hold words and not an address or the like."""
    return (row for row in rows if not is_verbatim(row[1]))


# ------------------------------------------------------------------------------------------------ HTML's entities

ENTITY = re.compile(r"\\?&(?:amp;){0,3}(?:\\?#([0-9]{2,7}|[xX][0-9a-fA-F]{2,6})|([A-Za-z][A-Za-z0-9]{1,30}));")


def entities(text: str) -> list[re.Match[str]]:
    """The entities of HTML in a text. `&amp;lt;` was escaped twice, and a backslash is the third time."""
    return [piece for piece in ENTITY.finditer(text) if entity_meaning(piece)] if ";" in text and "&" in text else []


def entity_meaning(entity: re.Match[str]) -> str:
    """The characters that an entity stands for, or the empty string."""
    number, name = entity.groups()
    meant = html.unescape(f"&#{number};") if number else html5.get(f"{name};", "")
    return "" if "\ufffd" in meant or unicodedata.category(meant[:1] or "\0") == "Cc" else meant


# ------------------------------------------------------------------------------------------------ what is said


def rewriting(item: Written, field: str, message: str, part: str, new: str | None, title: str = "") -> Remark:
    """A remark with the whole new text of the field, where there is one."""
    changed = new is not None and new != item.fields[field]
    mend = Mend(title or f"write {short(new or '')}", (Change(field, new),)) if changed else None
    return Remark(item, message, field, part, mend)


def short(text: str) -> str:
    """The text in a line, cut where it is long."""
    flat = " ".join(text.split())
    return flat if len(flat) < 60 else f"{flat[:57]}..."


def listed(pieces: list[str]) -> str:
    """The pieces, each once; of many the first ones."""
    once = list(dict.fromkeys(pieces))
    return ", ".join(once[:5]) + (", ..." if len(once) > 5 else "")


def code_points(chars: Iterable[str]) -> str:
    """Characters by number and name, for those that nobody can see."""
    return listed([f"U+{ord(char):04X} {unicodedata.name(char, '')}".rstrip() for char in chars])
