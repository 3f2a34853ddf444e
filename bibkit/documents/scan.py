"""Read a document, whatever it is written in: the one way in."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from bibkit import files
from bibkit.documents import bcf, latex_aux, markdown, org, typst
from bibkit.documents.model import Document
from bibkit.documents.sources import Draft, Opener, Scanner, SourceText, follow, is_file, read_source
from bibkit.documents.tex import latex
from bibkit.problems import UsageError

# What a file is written in, by its ending.
KINDS = {
    ".tex": "latex",
    ".ltx": "latex",
    ".latex": "latex",
    ".rnw": "latex",
    ".rtex": "latex",
    ".aux": "aux",
    ".bcf": "bcf",
    ".typ": "typst",
    ".md": "markdown",
    ".markdown": "markdown",
    ".qmd": "quarto",
    ".rmd": "markdown",
    ".rmarkdown": "markdown",
    ".org": "org",
}
NAMES = tuple(dict.fromkeys(KINDS.values()))
WRITTEN_BY_LATEX = frozenset({"aux", "bcf"})  # not what a person edits


def kind_of(path: str | Path) -> str:
    """What a file is written in, by its ending: one of `NAMES`, or ""."""
    return KINDS.get(os.path.splitext(path)[1].lower(), "")  # noqa: PTH122


def scan(path: str | Path, kind: str = "", commands: Iterable[str] = ()) -> Document:
    """A document with all files that it includes; `-` is standard input.

    `kind` is one of `NAMES`; without it, the ending tells. `commands` are further LaTeX commands that cite. Raises
    UsageError for a kind that is not known. Whatever is in the files, nothing else is raised: what is wrong is among
    the Problems of the document, and all else is read.
    """
    return scan_source(open_source(path, kind), kind or kind_of(path), commands)


def open_source(path: str | Path, kind: str = "") -> SourceText:
    """The text of a file whose kind is known. Raises UsageError for one that is not; a file that is not there is no
    error here: `scan_source` says it.
    """
    if (kind or kind_of(path)) not in NAMES:
        raise UsageError(f"{path}: what kind of document is this? say it with --kind: {', '.join(NAMES)}")
    return read_source(str(path))


def scan_source(root: SourceText, kind: str, commands: Iterable[str] = (), opener: Opener = read_source) -> Document:
    """`scan` for a text that is read already; `opener` gives the texts of the files that it includes."""
    if not root.content.readable:
        return Document(root.name, problems=root.content.problems, kind=kind)
    draft = Draft(root.name, kind)
    finish = _FINISH.get(kind)
    follow(root, draft, _scanner(kind, commands), opener)
    if finish:
        finish(draft)
    if kind in WRITTEN_BY_LATEX:
        _compare(root, draft)
    return draft.document()


def _scanner(kind: str, commands: Iterable[str]) -> Scanner:
    if kind == "latex":
        return latex(commands).scan
    return _SCANNERS[kind]


_SCANNERS: dict[str, Scanner] = {
    "aux": latex_aux.scan,
    "bcf": bcf.scan,
    "typst": typst.scan,
    "markdown": markdown.scan,
    "quarto": markdown.scan_quarto,
    "org": org.scan,
}
_FINISH: dict[str, Callable[[Draft], None]] = {
    "typst": typst.finish,
    "markdown": markdown.finish,
    "quarto": markdown.finish,
}


def _compare(root: SourceText, draft: Draft) -> None:
    """Look whether what LaTeX wrote fits the `.tex` beside it, where there is one."""
    path = os.path.splitext(root.name)[0] + ".tex"  # noqa: PTH122
    if root.name != files.STDIN_NAME and is_file(path):
        latex_aux.compare(draft, root, scan(path))
