"""Where the entries are that a text can cite, and which of them a key means."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from bibkit import cited, library
from bibkit.cited import Catalog, Found
from bibkit.documents import Document
from bibkit.documents.bibliographies import Project, Shelf, project_of
from bibkit.documents.model import Citation
from bibkit.documents.sources import is_file
from bibkit.lsp import bib
from bibkit.lsp.desk import BIB, Desk, same
from bibkit.problems import BibkitError, Report


class Target(NamedTuple):
    """A key where it stands in a text, and the entry that it means, where there is one."""

    key: str
    start: int
    end: int
    found: Found | None


def target(desk: Desk, path: str, offset: int) -> Target | None:
    """What is cited, defined or named at this place."""
    if desk.kind(path) == BIB:
        return _in_bib(desk, path, offset)
    parts = desk.documents_with(path) if desk.kind(path) else ()
    for document in parts:
        for citation in cited_in(document, path):
            if citation.start <= offset <= citation.end:
                return Target(citation.key, citation.start, citation.end, catalog(desk, path).find(citation.key))
    return None


def _in_bib(desk: Desk, path: str, offset: int) -> Target | None:
    blocks = desk.blocks(path)
    named = bib.at(blocks, offset) if blocks else None
    if not blocks or not named:
        return None
    if named.own:  # of entries with one key, the one that is pointed at
        number = next(at for at, entry in enumerate(blocks.entries) if entry.start <= named.start < entry.end)
        return Target(named.key, named.start, named.end, Found(blocks, number, named.key, "key"))
    found = desk.catalog([path], caseless=True).find(named.key)
    return Target(named.key, named.start, named.end, found)


def cited_in(document: Document, path: str) -> Iterator[Citation]:
    """What a document cites and mentions in one of its files."""
    for citation in (*document.citations, *document.mentioned):
        if same(citation.file, path):
            yield citation


def bibliographies(document: Document) -> list[str]:
    """The bibliographies of a document that are there."""
    return [os.path.abspath(path) for path in document.bibliographies if is_file(path)]  # noqa: PTH100


def catalog(desk: Desk, path: str) -> Catalog:
    """The entries that a document can cite: of its bibliographies, of its project, or else of the whole workspace."""
    parts = desk.documents_with(path)
    paths = list(dict.fromkeys(one for document in parts for one in bibliographies(document)))
    caseless = cited.program(parts[0].dialect, parts[0].backend).caseless
    project = None if paths else project_around(path)
    if project:
        held = Shelf(Report()).of_project(project)
        paths = [os.path.abspath(each.source) for each in held]  # noqa: PTH100
        if not any(each.lower().endswith(".bib") for each in paths):
            return Catalog(held, caseless=caseless)
    return desk.catalog(paths or desk.listing().bibliographies, caseless=caseless)


def project_around(path: str) -> Project | None:
    """The project that a file lies in; None where there is none, or its lock cannot be used."""
    with suppress(BibkitError):
        return project_of(Document(path), None)
    return None


def folder_of(project: Project) -> Path:
    """The folder of a project, as an absolute path."""
    return Path(os.path.abspath(project.folder))  # noqa: PTH100


def is_export(path: str, project: Project) -> bool:
    """Whether a file is made by `bibkit build` from the seeds of this project."""
    return Path(path).parent == folder_of(project) / library.EXPORTS
