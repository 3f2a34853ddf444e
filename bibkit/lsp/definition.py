"""Where an entry stands: in the bibliography, or where that is made by `bibkit build`, in the seeds."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bibkit import library
from bibkit.cited import Blocks, Found
from bibkit.documents.bibliographies import Project
from bibkit.lsp import bib, scope
from bibkit.lsp.desk import BIB, Desk
from bibkit.problems import BibkitError
from bibkit.record import Record


class Location(NamedTuple):
    """A stretch of a text."""

    path: str
    start: int
    end: int


def definitions(desk: Desk, path: str, offset: int) -> list[Location]:
    """The places where the entry stands that is cited or named here; none where there is no such entry."""
    target = scope.target(desk, path, offset)
    if target is None or target.found is None:
        return []
    here = of_entry(desk, target.found)
    project = scope.project_around(here.path)
    if project and (scope.is_export(here.path, project) or os.path.basename(here.path) == library.LOCK):  # noqa: PTH119
        return list(in_seeds(desk, project, target.found.key)) or [here]
    return [here]


def of_entry(desk: Desk, found: Found) -> Location:
    """The key of an entry where it stands."""
    if isinstance(found.holding, Blocks):
        named = bib.key_of(found.holding, found.at)
        return Location(found.holding.source, named.start, named.end)
    source, line = found.holding.place(found.at)
    return _line(desk, os.path.abspath(source), line)  # noqa: PTH100


def _line(desk: Desk, path: str, line: int) -> Location:
    lines = desk.source(path).lines
    start = lines.offset(line)
    return Location(path, start, lines.line_end(start))


def in_seeds(desk: Desk, project: Project, key: str) -> Iterator[Location]:
    """The entries of a work in the sources of its project: by its key or an alias, else by a build in memory."""
    folder = scope.folder_of(project)
    found = [*_by_name(desk, folder, project, key)]
    yield from found or _by_build(desk, folder, key)


def _by_name(desk: Desk, folder: Path, project: Project, key: str) -> Iterator[Location]:
    pin = next((pin for pin in project.lock.pins if pin.key == key), None)
    names = set(pin.names) if pin else {key}
    for path in sorted(map(str, (folder / library.SEEDS).iterdir())):
        blocks = desk.blocks(path) if desk.kind(path) == BIB else None
        for at, entry in enumerate(blocks.entries if blocks else ()):
            if blocks and entry.key in names:
                yield of_entry(desk, Found(blocks, at, entry.key, "key"))


def _by_build(desk: Desk, folder: Path, key: str) -> Iterator[Location]:
    try:
        work = next((work for work in desk.works(folder) if key in (work.key, *work.aliases)), Record())
    except BibkitError:
        return
    for origin in work.origins:
        if origin.source and origin.line:
            yield _line(desk, str(folder / origin.source), origin.line)
