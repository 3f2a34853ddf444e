"""What is shown of an entry: its reference in the project's style, or where no engine is installed a plain line."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from bibkit import settings
from bibkit.cited import Blocks, Found
from bibkit.cv import engines, styles
from bibkit.cv.runs import markdown_text, to_markdown
from bibkit.lsp import bib, brief, scope
from bibkit.lsp.desk import Desk
from bibkit.problems import BibkitError
from bibkit.record import Record

_LEFT = re.compile(r"\\([@$^]|&(?=\s))")  # pandoc's marks, which are none in an editor's Markdown


class Hover(msgspec.Struct, frozen=True):
    """What is shown, in Markdown, and the key that it is about."""

    text: str
    start: int
    end: int


def hover(desk: Desk, path: str, offset: int) -> Hover | None:
    """What is shown for the key at this place; None where there is none, or it means nothing."""
    target = scope.target(desk, path, offset)
    if target is None or target.found is None:
        return None
    return Hover(described(target.found, path), target.start, target.end)


def described(found: Found, path: str) -> str:
    """An entry in Markdown: its reference, and where it stands. `path` is the text that it is shown in."""
    record = bib.record(found.holding, found.at)
    reference = (rendered(record, path) or markdown_text(brief.line(record))) if record else ""
    return "\n\n".join(filter(None, (reference, " · ".join(_below(found)))))


def _below(found: Found) -> Iterator[str]:
    yield f"`{found.key}`"
    if isinstance(found.holding, Blocks):
        yield f"@{found.holding.entries[found.at].type.lower()}"
    source, number = found.holding.place(found.at)
    name = markdown_text(os.path.basename(source))  # noqa: PTH119
    yield f"{name}:{number}" if number else name


def rendered(record: Record, path: str = "") -> str:
    """The reference in Markdown, in the style of the project around a path; "" where no engine can make it."""
    try:
        said, folder = _settings(path)
        style = styles.load(said.style, folder)
        return _LEFT.sub(r"\1", to_markdown(engines.get(said.engine, style).render([record], style, said.lang)[0]))
    except BibkitError:
        return ""


def _settings(path: str) -> tuple[settings.Cv, Path]:
    """What the project around a path says of references, and its folder."""
    project = scope.project_around(path) if path else None
    if project is None:
        return settings.Cv(), Path()
    folder = scope.folder_of(project)
    return settings.load(folder).cv, folder
