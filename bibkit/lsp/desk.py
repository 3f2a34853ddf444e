"""What the editor has open and what stands on disk, read and parsed once for each version of a text.

Whatever is asked of a path, the text in the editor counts where it is open, else that of the file.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from bibkit import documents, files, formats, key_history, library
from bibkit.cited import Blocks, Catalog, Holding
from bibkit.documents import Document, SourceText
from bibkit.documents.bibliographies import Shelf
from bibkit.documents.nearest import Nearest
from bibkit.documents.scan import WRITTEN_BY_LATEX
from bibkit.documents.sources import folder_of, is_file, joined, read_source
from bibkit.lsp.positions import UTF16, Change, Places, changed
from bibkit.lsp.search import Index
from bibkit.problems import Report
from bibkit.record import Record

BIB = "bib"
BIB_SUFFIXES = (".bib", ".bibtex", ".biblatex")
OTHER_SUFFIXES = (".ris", ".json")  # of files that may be bibliographies; they are checked, and no more
# What the language of a text without a file is called in the protocol ("Text Document Language Identifiers").
LANGUAGES = {
    "bibtex": BIB,
    "latex": "latex",
    "tex": "latex",
    "markdown": "markdown",
    "quarto": "quarto",
    "rmd": "markdown",
    "typst": "typst",
    "org": "org",
}
MOST_FILES = 50_000  # files below the folders of a workspace that are looked at
_NOT_ENTERED = frozenset({"node_modules", "__pycache__", "venv", "site-packages"})
_OTHER_FORMATS = ("ris", "zotero-json", "csl-json")
_CERTAIN = 0.9  # how sure a format has to be of a file whose name says little: most JSON is something else
_MISSING = ("document-no-file", "document-no-bibliography")

_ROOT = re.compile(r"^[ \t]*%+[ \t]*!TeX[ \t]+root[ \t]*=[ \t]*([^\r\n]*[^\s])", re.IGNORECASE | re.MULTILINE)
_HEAD = 4000  # characters in which that line is looked for

Stamp = tuple[int, int]  # changes whenever the text does
T = TypeVar("T")


class Opened(msgspec.Struct, frozen=True):
    """A text in the editor: `serial` is another one for each text that was ever opened or typed."""

    source: SourceText
    version: int
    serial: int
    kind: str


class Listing(msgspec.Struct, frozen=True):
    """The documents and the .bib files of a workspace; not `whole` where there were too many files to look at."""

    documents: tuple[str, ...] = ()
    bibliographies: tuple[str, ...] = ()
    whole: bool = True


class Desk:
    """The texts of one editor and of the files around them."""

    def __init__(self, folders: Iterable[str] = (), encoding: str = UTF16) -> None:
        self.folders = [os.path.abspath(folder) for folder in folders]  # noqa: PTH100
        self.encoding = encoding
        self.opened: dict[str, Opened] = {}
        self._serials = count(1)
        self._kept: dict[Hashable, tuple[Hashable, Any]] = {}
        self._listing: Listing | None = None

    # -------------------------------------------------------------------------------------------- what the editor says

    def open(self, path: str, version: int, text: str, language: str = "") -> None:
        """A text was opened, or replaced as a whole."""
        self._listing = None
        self._put(path, version, text, _kind(path) or LANGUAGES.get(language, ""))

    def change(self, path: str, version: int, changes: Iterable[Change]) -> None:
        """A text was changed. Of one that is not open nothing is known."""
        opened = self.opened.get(path)
        if opened is None:
            return
        text = opened.source.text
        for each in changes:
            text = changed(text, each, self.encoding)
        self._put(path, version, text, opened.kind)

    def _put(self, path: str, version: int, text: str, kind: str) -> None:
        source = SourceText(path, files.Text(text))
        self.opened[path] = Opened(source, version, next(self._serials), kind)

    def close(self, path: str) -> None:
        """A text was closed: its file counts again."""
        self.opened.pop(path, None)
        self._listing = None

    def look_again(self) -> None:
        """Files may have come or gone."""
        self._listing = None
        self._kept = {key: kept for key, kept in list(self._kept.items()) if not isinstance(kept[1], Document)}

    def serial(self, path: str) -> int:
        """The number of the text that is open; 0 where none is."""
        opened = self.opened.get(path)
        return opened.serial if opened else 0

    # -------------------------------------------------------------------------------------------- texts

    def kind(self, path: str) -> str:
        """What a path holds: `bib`, one of `documents.NAMES` that people write, or ""."""
        opened = self.opened.get(path)
        return opened.kind if opened else _kind(path)

    def stamp(self, path: str) -> Stamp:
        """Changes with the text of a path; (0, 0) where there is no such file."""
        opened = self.opened.get(path)
        if opened:
            return -1, opened.serial
        try:
            found = Path(path).stat()
        except (OSError, ValueError):
            return 0, 0
        return found.st_mtime_ns, found.st_size

    def source(self, path: str) -> SourceText:
        """The text of a path. Never raises: a file that cannot be read has a Problem instead."""
        opened = self.opened.get(path)
        return opened.source if opened else self._keep(("source", path), self.stamp(path), lambda: read_source(path))

    def places(self, path: str) -> Places:
        """Its lines and columns."""
        source = self.source(path)
        return Places(source.text, self.encoding, source.lines)

    def _keep(self, key: Hashable, stamp: Hashable, make: Callable[[], T]) -> T:
        """What was made for this stamp, or else what is made now. Two threads may make it twice, to the same end."""
        kept = self._kept.get(key)
        if kept is None or kept[0] != stamp:
            kept = self._kept[key] = (stamp, make())
        found: T = kept[1]
        return found

    # -------------------------------------------------------------------------------------------- bibliographies

    def holding(self, path: str) -> Holding | None:
        """The entries of a bibliography; None where it cannot be read."""
        return self._keep(("holding", path), self.stamp(path), lambda: self._holding(path))

    def _holding(self, path: str) -> Holding | None:
        if self.kind(path) == BIB:
            source = self.source(path)
            return Blocks(source.text, path, self.format(path)) if source.content.readable else None
        return next(iter(Shelf(Report()).of_files([path])), None)

    def format(self, path: str) -> str:
        """The format of a bibliography: the dialect of a .bib file; of another one what it looks like, or ""."""
        if self.kind(path) == BIB:
            look = _dialect
        elif path.lower().endswith(OTHER_SUFFIXES):
            look = _other_format
        else:
            return ""
        return self._keep(("format", path), self.stamp(path), lambda: look(self.source(path).text))

    def blocks(self, path: str) -> Blocks | None:
        """The blocks of a .bib file; None for what is none, or cannot be read."""
        found = self.holding(path) if self.kind(path) == BIB else None
        return found if isinstance(found, Blocks) else None

    def catalog(self, paths: Sequence[str], *, caseless: bool) -> Catalog:
        """The entries of several bibliographies, those that can be read."""
        stamp = tuple(map(self.stamp, paths))
        held = (self.holding(path) for path in paths)
        return self._keep(("catalog", *paths, caseless), stamp, lambda: Catalog(filter(None, held), caseless=caseless))

    def index(self, catalog: Catalog) -> Index:
        """What can be searched in a catalog."""
        return self._keep(("index", *_sources(catalog)), catalog, lambda: Index(catalog))

    def near(self, catalog: Catalog) -> Nearest:
        """What is most like a key that the catalog does not have."""
        return self._keep(
            ("nearest", *_sources(catalog)), catalog, lambda: Nearest(found.key for found in catalog.by_key.values())
        )

    def works(self, folder: Path) -> Sequence[Record]:
        """The works of a project as its sources have them on disk. Raises what a build raises."""
        seeds = sorted(map(str, (folder / library.SEEDS).iterdir()))
        stamp = tuple((path, *self.stamp(path)) for path in seeds)
        return self._keep(("works", folder), stamp, lambda: key_history.works(folder).works)

    # -------------------------------------------------------------------------------------------- documents

    def document(self, path: str) -> Document:
        """A document with all that it includes."""
        key = ("document", path)
        kept = self._kept.get(key)
        if kept and kept[0] == tuple(map(self.stamp, kept[1].files or [path])) and _is_whole(kept[1]):
            found: Document = kept[1]
            return found
        stamps: dict[str, Stamp] = {}
        found = documents.scan_source(self._stamped(path, stamps), self.kind(path), opener=self._opener(stamps))
        if not any(problem.code in _MISSING for problem in found.problems):  # what is missing may be there next time
            self._kept[key] = tuple(stamps[name] for name in found.files or [path]), found
        return found

    def _stamped(self, path: str, stamps: dict[str, Stamp]) -> SourceText:
        stamps[path] = self.stamp(path)
        return self.source(path)

    def _opener(self, stamps: dict[str, Stamp]) -> Callable[[str], SourceText]:
        return lambda path: self._stamped(path, stamps)

    def documents_with(self, path: str) -> tuple[Document, ...]:
        """The documents that this file is part of: itself where it names a bibliography, else those that include it.

        They are looked for in the workspace, but for one that the file itself names: `% !TeX root = ../main.tex`.
        """
        own = self.document(path)
        if own.bibliographies or own.defined:
            return (own,)
        named = _ROOT.search(self.source(path).text, 0, _HEAD)
        roots = [joined(folder_of(path), named[1])] if named else self.listing().documents
        family = _family(own.kind)
        others = (self.document(one) for one in roots if one != path and _family(self.kind(one)) == family)
        return tuple(other for other in others if any(same(path, name) for name in other.files)) or (own,)

    # -------------------------------------------------------------------------------------------- the workspace

    def listing(self) -> Listing:
        """The files of the workspace: of its folders, or where it has none, of those in which texts are open."""
        found = self._listing
        if found is None:
            found = self._listing = _listed(self.folders or self._folders_of_opened(), self.opened)
        return found

    def _folders_of_opened(self) -> list[str]:
        return list(dict.fromkeys(folder_of(path) for path in list(self.opened) if os.path.isabs(path)))  # noqa: PTH117


def _is_whole(document: Document) -> bool:
    """Whether the bibliographies of a document are still there."""
    return all(is_file(path) for path in document.bibliographies if "://" not in path)


def _family(kind: str) -> str:
    """What can include each other."""
    return "markdown" if kind == "quarto" else kind


def _kind(path: str) -> str:
    if path.lower().endswith(BIB_SUFFIXES):
        return BIB
    kind = documents.kind_of(path)
    return "" if kind in WRITTEN_BY_LATEX else kind


def _dialect(text: str) -> str:
    found = formats.detect(text)
    return found if found in ("bibtex", "biblatex") else "bibtex"


def _other_format(text: str) -> str:
    head = text[: formats.DETECT_CHARACTERS]
    looks = ((name, formats.get(name).detect) for name in _OTHER_FORMATS)
    return next((name for name, look in looks if look and look(head) >= _CERTAIN), "")


def _sources(catalog: Catalog) -> list[str]:
    return [holding.source for holding in catalog.holdings]


def same(one: str, other: str) -> bool:
    """Whether two paths are one file."""
    return one == other or (
        os.path.basename(one) == os.path.basename(other)  # noqa: PTH119
        and os.path.realpath(one) == os.path.realpath(other)
    )


def _listed(folders: Iterable[str], opened: Iterable[str]) -> Listing:
    found, whole = dict.fromkeys(opened), True
    for number, path in enumerate(_files(folders)):
        whole = number < MOST_FILES
        if not whole:
            break
        found[path] = None
    kinds = {path: _kind(path) for path in found}
    texts = tuple(path for path, kind in kinds.items() if kind and kind != BIB)
    return Listing(texts, tuple(path for path, kind in kinds.items() if kind == BIB), whole)


def _files(folders: Iterable[str]) -> Iterator[str]:
    for folder in folders:
        for at, below, names in os.walk(folder):
            below[:] = sorted(name for name in below if not name.startswith(".") and name not in _NOT_ENTERED)
            yield from (os.path.join(at, name) for name in sorted(names))  # noqa: PTH118
