"""What the pages of static sites share: Markdown and HTML as they are written in front matter and in the text."""

from __future__ import annotations

import re

from bibkit.cv.facts import Markup
from bibkit.cv.model import escape as escape_html

_SIGNS = re.compile(r"[\\`*<\[]|(?<!\w)_|_(?!\w)|&(?=#?\w+;)")  # CommonMark 0.31, 2.4 and 6


def escape_markdown(plain: str) -> str:
    """Text as Markdown, in which nothing but what means something has a backslash; formulas stay as they are."""
    return _SIGNS.sub(r"\\\g<0>", plain)


_SCRIPTS = {"sub": ("<sub>", "</sub>"), "sup": ("<sup>", "</sup>")}
MARKDOWN = Markup(escape_markdown, ("**", "**"), marks={"i": ("*", "*"), "b": ("**", "**"), **_SCRIPTS})
HTML = Markup(escape_html, ("<b>", "</b>"), marks={"i": ("<i>", "</i>"), "b": ("<b>", "</b>"), **_SCRIPTS})
