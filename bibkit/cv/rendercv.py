"""RenderCV's YAML: a `cv` with a section of PublicationEntry for each group.

Source: RenderCV 2.8, `rendercv.schema.models.cv.entries.publication`, which 2.3 (the last one for Python 3.11) agrees
with. An entry has no field for a number, and a field more would be a placeholder in all texts of the entry: the
number stands before the title.
"""

from __future__ import annotations

import re

from bibkit.cv import facts
from bibkit.cv.facts import Markup
from bibkit.cv.model import CV, CvFormat, Entry, Options, heading
from bibkit.cv.yaml_text import dump

_JOINER = "\u2060"  # it shows nothing, and what it divides is no markup


def _escape(plain: str) -> str:
    """Text that is text for both: 2.3 replaces Markdown by patterns, 2.8 parses it, and neither escapes all of Typst.

    A star has a backslash, which is all that both know; any other backslash would go, or begin an escape. `<word>`
    would be a label of Typst or an element of HTML, `#word` a command, `](` a link, `$$` a formula, and a backtick
    would begin raw text.
    """
    plain = plain.replace("`", "‘").replace("\\", "∖").replace("*", "\\*")
    plain = re.sub(r"#(?=[^\]]*\[)", "＃", plain)  # 2.3 leaves alone all between # and ]
    return re.sub(r"(?<=[<#])(?=[A-Za-z/!])|(?<=\])(?=\()|(?<=\$)(?=\$)", _JOINER, plain)


MARKDOWN = Markup(_escape, ("**", "**"), marks={"i": ("*", "*"), "b": ("**", "**")})


def write(cv: CV, options: Options) -> str:
    """The whole file: RenderCV merges nothing, but takes a design and a locale from files of their own."""
    sections: dict[str, object] = {}
    for section in cv.sections:
        title = _title(heading(section, options) or cv.title, sections)
        sections[title] = [_entry(cv, entry, options) for entry in section.entries]
    return dump({"cv": {"name": cv.name, "sections": sections}})


def _title(wanted: str, taken: dict[str, object]) -> str:
    """Titles are the keys of a mapping, and no Markdown; an underscore is a blank to RenderCV."""
    title = first = _escape(wanted).replace("\\*", "∗")
    number = 2
    while title in taken:
        title, number = f"{first} ({number})", number + 1
    return title


def _entry(cv: CV, entry: Entry, options: Options) -> dict[str, object]:
    title = MARKDOWN.rich(entry.record.title) or _escape(entry.key)
    said = {
        "title": f"{entry.label} {title}".strip(),
        "authors": MARKDOWN.people(cv, entry, options.bold),
        "doi": facts.doi(entry),
        "url": "" if facts.doi(entry) else facts.link(entry),
        "journal": _escape(facts.source(entry)),
        "date": facts.day(entry),
    }
    return {name: value for name, value in said.items() if value or name == "authors"}


FORMAT = CvFormat("rendercv", "RenderCV YAML", ".yaml", write)
