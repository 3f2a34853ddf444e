"""Text with typography, as every engine gives it and every format writes it: pieces that look the same throughout."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html.parser import HTMLParser
from itertools import groupby

import msgspec

from bibkit.cv.model import escape


class Look(msgspec.Struct, frozen=True):
    """How a piece looks. `me` is the own name, `url` where a link goes."""

    italic: bool = False
    bold: bool = False
    small_caps: bool = False
    up: bool = False
    down: bool = False
    underlined: bool = False
    url: str = ""
    me: bool = False


PLAIN = Look()


class Run(msgspec.Struct, frozen=True):
    """A piece of text of one look."""

    text: str
    look: Look = PLAIN


Letters = list[tuple[str, Look]]  # each letter with its look


def joined(runs: Iterable[Run]) -> tuple[Run, ...]:
    """The same text in as few pieces as there can be."""
    full = (run for run in runs if run.text)
    return tuple(
        Run("".join(run.text for run in group), look) for look, group in groupby(full, key=lambda run: run.look)
    )


def letters(runs: Iterable[Run]) -> Letters:
    """Every letter with its look."""
    return [(char, run.look) for run in runs for char in run.text]


def from_letters(found: Sequence[tuple[str, Look]]) -> tuple[Run, ...]:
    """The inverse of `letters`."""
    return joined(Run(char, look) for char, look in found)


def plain(runs: Iterable[Run]) -> str:
    """The text alone."""
    return "".join(run.text for run in runs)


# ------------------------------------------------------------------------------------------------ out

_TAGS: tuple[tuple[str, str, str], ...] = (
    ("down", "<sub>", "</sub>"),
    ("up", "<sup>", "</sup>"),
    ("small_caps", '<span style="font-variant:small-caps;">', "</span>"),
    ("underlined", "<u>", "</u>"),
    ("bold", "<b>", "</b>"),
    ("italic", "<i>", "</i>"),
)


def to_html(runs: Iterable[Run], *, bold: bool = True) -> str:
    """HTML in which everything is escaped. The own name is `<strong class="me">`, or without `bold` a span."""
    return "".join(_html(run, "strong" if bold else "span") for run in runs)


def _html(run: Run, own: str) -> str:
    found = _wrapped(escape(run.text), run.look, _TAGS)
    found = f'<{own} class="me">{found}</{own}>' if run.look.me else found
    return f'<a href="{escape(run.look.url)}">{found}</a>' if run.look.url else found


def _wrapped(text: str, look: Look, tags: Iterable[tuple[str, str, str]]) -> str:
    for name, before, after in tags:
        if getattr(look, name):
            text = f"{before}{text}{after}"
    return text


_MARKDOWN: tuple[tuple[str, str, str], ...] = (
    ("down", "~", "~"),
    ("up", "^", "^"),
    ("small_caps", "[", "]{.smallcaps}"),
    ("bold", "**", "**"),
    ("italic", "*", "*"),
)
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~^$&@])|(^\s{0,3})([-+]|\d{1,9}(?=[.)]))|!(?=\[)")


def to_markdown(runs: Iterable[Run], *, bold: bool = True) -> str:
    """Markdown as pandoc, and but for sub- and superscript CommonMark, reads it. What would be a mark is escaped."""
    return "".join(_markdown(run, bold) for run in runs)


def _markdown(run: Run, bold: bool) -> str:
    head, body, tail = _trimmed(run.text)
    if not body:
        return run.text
    look = msgspec.structs.replace(run.look, bold=run.look.bold or (run.look.me and bold))
    shown = f"<{body}>" if run.look.url == body else _wrapped(markdown_text(body), look, _MARKDOWN)
    linked = run.look.url and run.look.url != body
    return head + (f"[{shown}]({_target(run.look.url)})" if linked else shown) + tail


def _target(url: str) -> str:
    return url.replace("(", "%28").replace(")", "%29").replace(" ", "%20").replace("<", "%3C").replace(">", "%3E")


def _trimmed(text: str) -> tuple[str, str, str]:
    """White space at the edges stays outside of marks: `* a*` is no emphasis."""
    body = text.strip()
    start = text.find(body) if body else 0
    return text[:start], body, text[start + len(body) :]


def markdown_text(plain: str) -> str:
    """Text that Markdown shows as it stands."""
    return _SPECIAL.sub(_escaped, plain)


def _escaped(found: re.Match[str]) -> str:
    if found[1]:
        return f"\\{found[1]}"
    if found[3]:
        return f"{found[2]}\\{found[3]}" if not found[3].isdecimal() else found[0]
    return f"\\{found[0]}"


# ------------------------------------------------------------------------------------------------ in

_LOOKS: dict[str, dict[str, bool]] = {
    "i": {"italic": True},
    "em": {"italic": True},
    "b": {"bold": True},
    "strong": {"bold": True},
    "sup": {"up": True},
    "sub": {"down": True},
    "u": {"underlined": True},
}


def from_html(source: str) -> tuple[Run, ...]:
    """The text of HTML as an engine writes it; elements that say nothing of the look vanish. Never raises."""
    reader = _Reader()
    reader.feed(source)
    reader.close()
    return joined(reader.runs)


class _Reader(HTMLParser):
    """Keeps a stack of looks, one for each open element."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.runs: list[Run] = []
        self.stack: list[tuple[str, Look]] = []

    @property
    def look(self) -> Look:
        return self.stack[-1][1] if self.stack else PLAIN

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        changed: dict[str, bool | str] = dict(_LOOKS.get(tag, {}))
        if "small-caps" in said.get("style", ""):
            changed["small_caps"] = True
        if tag == "a" and said.get("href", "").startswith(("http://", "https://")):
            changed["url"] = said["href"]
        if tag not in ("br", "img"):
            self.stack.append((tag, msgspec.structs.replace(self.look, **changed)))

    def handle_endtag(self, tag: str) -> None:
        place = next((place for place in range(len(self.stack) - 1, -1, -1) if self.stack[place][0] == tag), None)
        if place is not None:
            del self.stack[place:]

    def handle_data(self, data: str) -> None:
        self.runs.append(Run(data, self.look))
