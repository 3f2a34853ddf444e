"""The bibliographies that documents are checked against: read once each, no further than their keys."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import msgspec

from bibkit import files, keys, library, settings
from bibkit.cited import Blocks, Holding, Link, Records
from bibkit.documents.model import Document
from bibkit.lines import Lines
from bibkit.lock import Lock
from bibkit.problems import Report, UsageError

_BIBTEX = frozenset({"bibtex", "biblatex"})
_YAML = (".yml", ".yaml")
_ID = re.compile(r"^(?:-[ \t]++|[ \t]++(?:-[ \t]++)?)id:[ \t]*+[\"']?([^\"'\r\n]*[^\"'\s])", re.MULTILINE)
_TOP = re.compile(r"^[\"']?([^\s\"'#:\-][^\"'\r\n:]*+)[\"']?:(?=\s|$)", re.MULTILINE)
_EXPORT = "references.bib"


class Names:
    """Keys of a source that has nothing else to say: a lock, a bibliography in YAML."""

    def __init__(self, source: str, found: Sequence[tuple[str, int]], others: Sequence[tuple[str, int]] = ()) -> None:
        self.source = source
        self.found = found  # key, line
        self.others = others  # alias, place of the key

    def keys(self) -> Sequence[str]:
        """See `cited.Holding`."""
        return [key for key, _ in self.found]

    def aliases(self) -> Iterator[tuple[str, int]]:
        """See `cited.Holding`."""
        yield from self.others

    def links(self, at: int, fields: Sequence[str]) -> Iterator[Link]:
        """See `cited.Holding`."""
        del at, fields
        yield from ()

    def place(self, at: int) -> tuple[str, int]:
        """See `cited.Holding`."""
        return self.source, self.found[at][1]


class Project(msgspec.Struct, frozen=True):
    """A folder with `seeds/`, and its lock."""

    folder: str
    lock: Lock

    @property
    def aliases(self) -> dict[str, str]:
        """The key that each alias stands for now."""
        return {alias: pin.key for pin in self.lock.pins for alias in pin.aliases}


def project_of(document: Document, folder: Path | None) -> Project | None:
    """The project in this folder, or else around the document. Raises UsageError or StateError."""
    if folder is not None and not (folder / library.SEEDS).is_dir():
        raise UsageError(f"{folder}: this is no project of bibkit: it has no folder {library.SEEDS}")
    around = Path(document.root).resolve().parents if folder is None else ()
    found = folder or next((each for each in around if (each / library.SEEDS / library.LOCK).is_file()), None)
    if found is None:
        return None
    return Project(os.path.relpath(found), library.load_lock(found / library.SEEDS / library.LOCK))


class Shelf:
    """Bibliographies by their paths, each read once. `held` are those that are read already, by their real paths."""

    def __init__(self, said: Report, held: Mapping[str, Holding] = MappingProxyType({})) -> None:
        self.said = said
        self.held: dict[str, Holding | None] = {**held}

    def of_files(self, paths: Sequence[str]) -> list[Holding]:
        """Those that can be read, each once; the others become Problems of the report."""
        real = {os.path.realpath(path): path for path in reversed(paths)}
        for identity, path in real.items():
            if identity not in self.held:
                self.held[identity] = self._open(path)
        wanted = dict.fromkeys(os.path.realpath(path) for path in paths)
        return [holding for identity in wanted if (holding := self.held[identity])]

    def of_project(self, project: Project) -> list[Holding]:
        """What a project exports, or else the keys of its lock."""
        export = os.path.normpath(Path(project.folder) / library.EXPORTS / _EXPORT)
        if Path(export).is_file():
            return self.of_files([export])
        pins = project.lock.pins
        path = os.path.normpath(Path(project.folder) / library.SEEDS / library.LOCK)
        others = [(alias, place) for place, pin in enumerate(pins) for alias in pin.aliases]
        return [Names(path, [(pin.key, 0) for pin in pins], others)]

    def _open(self, path: str) -> Holding | None:
        if path.lower().endswith(_YAML):
            return _yaml(path, self.said)
        for source in library.open_sources([path], "", settings.Settings(), self.said):
            if source.format.name in _BIBTEX:
                return Blocks(source.text, source.name, source.format.name)
            return Records(keys.fill(self.said.sift(library.records([source]))), source.name)
        return None


def _yaml(path: str, said: Report) -> Holding | None:
    """Hayagriva's entries, by their names, or CSL's, by their ids."""
    content = files.read(path)
    said.add(*content.problems)
    if not content.readable:
        return None
    lines = Lines(content.text)
    pattern = _ID if _ID.search(content.text) and re.search(r"^references:|\A---|^- ", content.text, re.M) else _TOP
    return Names(path, [(each[1].strip(), lines.line(each.start())) for each in pattern.finditer(content.text)])
