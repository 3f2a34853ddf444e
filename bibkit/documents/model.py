"""What a document is: its files, what it cites and where, the bibliographies that it names, how it is set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from bibkit.problems import Problem

Dialect = Literal["", "bibtex", "biblatex", "csl"]


class Citation(msgspec.Struct, frozen=True, gc=False):
    """One key where it is cited (or defined): `start` and `end` are its offsets in the text of its file.

    `line` and `column` count from 1, in characters. `command` says how it is cited, without a backslash: `cite`,
    `autocites*`, `nocite`, `@`, `[@`, `#cite`, ...
    """

    key: str
    file: str
    line: int
    column: int
    start: int
    end: int
    command: str


class Document(msgspec.Struct, frozen=True):
    r"""A document with all files that it reads.

    `files` are in the order in which they are first read, the root first; `citations` in the order of reading, each as
    often as it stands there. `everything` says that all entries are cited (`\nocite{*}`). `bibliographies` are paths
    that can be opened from here where such a file exists, else the names as they stand. `dialect` is what its
    bibliography program reads, "" where the document does not tell; `backend` is `biber` or `bibtex` or "". `options`
    are those of biblatex or natbib, as they stand. `defined` are keys that the document itself has an entry for
    (`\bibitem`, `references:` in YAML). `sets` are the entry sets that it makes, with their members. `mentioned` are
    keys that it names and does not cite (members of sets, `\addtocategory`). `kind` is what it is written in.
    """

    root: str
    files: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = ()
    everything: bool = False
    bibliographies: tuple[str, ...] = ()
    dialect: Dialect = ""
    style: str = ""
    backend: str = ""
    options: Mapping[str, str] = msgspec.field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    defined: tuple[Citation, ...] = ()
    sets: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    mentioned: tuple[Citation, ...] = ()
    kind: str = ""

    def keys(self) -> tuple[str, ...]:
        """The cited keys, each once, in the order in which they are first cited."""
        return tuple(dict.fromkeys(citation.key for citation in self.citations))
