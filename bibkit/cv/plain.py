"""The format text: headings, and numbered entries with their continuation lines indented."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from bibkit.cv.model import CV, CvFormat, Entry, Options, heading, legend
from bibkit.cv.render import Rendered, render

WIDTH = 100


def write(cv: CV, options: Options) -> str:
    """The whole CV as plain text, lines of at most 100 letters but for words that are longer."""
    rendered = render(cv, options)
    return "\n".join(_lines(cv, options, rendered)) + "\n"


def _lines(cv: CV, options: Options, rendered: dict[str, Rendered]) -> Iterator[str]:
    yield from _underlined(f"{cv.name}: {cv.title}", "=")
    for section in cv.sections:
        yield ""
        if section.title:
            yield from _underlined(heading(section, options), "-")
            yield ""
        width = max(len(entry.label) for entry in section.entries)
        for entry in section.entries:
            yield from _entry(entry, rendered[entry.key], width)
    if notes := list(legend(cv)):
        yield ""
        yield from notes


def _underlined(title: str, line: str) -> Iterator[str]:
    yield title
    yield line * len(title)


def _entry(entry: Entry, rendered: Rendered, width: int) -> Iterator[str]:
    head = f"{entry.label:>{width}} " if width else ""
    shown = " ".join(rendered.text().split())
    yield from textwrap.wrap(
        shown,
        WIDTH,
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_long_words=False,
        break_on_hyphens=False,
    )
    for link in rendered.links:
        yield f"{' ' * len(head)}{link.label}: {link.url}"


FORMAT = CvFormat("text", "Plain text", ".txt", write)
