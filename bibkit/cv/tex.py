r"""What the LaTeX formats share: text, links with `\href` of hyperref, and the lines that explain marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from bibkit import latex
from bibkit.cv import facts
from bibkit.cv.facts import Markup
from bibkit.cv.model import CV, Entry, Section, legend

_ADDRESS = re.compile(r"[%#&_]")


def encode(plain: str) -> str:
    """Text as LaTeX, in one paragraph; what stands between dollars is a formula."""
    return latex.encode(" ".join(plain.split()), protect=False)


LATEX = Markup(encode, (r"\textbf{", "}"), (r"\textsuperscript{", "}"))


def title(entry: Entry) -> str:
    """The title with its marks."""
    return encode(entry.record.title or entry.key)


def href(url: str, label: str) -> str:
    r"""A link. Inside of an argument hyperref reads `\%`, `\#`, `\&` and `\_`; the rest is percent-encoded."""
    safe = quote(url, safe="%#&_:/?=@!'()*+,;.-[]").replace("~", "%7E")  # Python's quote leaves ~
    address = _ADDRESS.sub(r"\\\g<0>", safe)
    return rf"\href{{{address}}}{{{encode(label)}}}"


def links(entry: Entry) -> str:
    """All links of a work, with a comma between."""
    return ", ".join(href(link.url, link.label) for link in entry.links)


def source(entry: Entry) -> str:
    """Where it was published, the venue in italics."""
    venue = facts.venue(entry)
    rest = encode(facts.source(entry).removeprefix(venue))
    return rf"\emph{{{encode(venue)}}}{rest}" if venue else rest.removeprefix(", ")


def sections(cv: CV) -> Iterator[Section]:
    """The groups that have works."""
    return (section for section in cv.sections if section.entries)


def explained(cv: CV) -> str:
    """What the marks behind names mean, as one line; empty where there are none."""
    shown = (rf"\textsuperscript{{{encode(line[0])}}}\,{encode(line[1:].strip())}" for line in legend(cv))
    return ", ".join(shown)


HEAD = "% Made by bibkit cv; changes are lost when it is made again.\n"
