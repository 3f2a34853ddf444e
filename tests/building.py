"""A project to build in: the repository's two listings, and ways to change them."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from conftest import ROOT

from bibkit import text
from bibkit.library import Build, build
from bibkit.problems import Report
from bibkit.record import Record

COMPACT, SPACED = "listing-compact.txt", "listing-liang-song.txt"
BIBLIOGRAPHIES = ("references.bib", "references.biblatex.bib", "references.json", "references.ris")
EXPORTS = (*BIBLIOGRAPHIES, "report.md")

# A made-up paper that would like to have the key of one in the listings: liu2022learning.
_RIVAL = (
    "CVJan 2, 2022",
    "Learning to Wait for the Second Train",
    "Yang Liu, Ada Moreau et al.",
    "We wait, and we learn.",
)
RIVAL = {
    COMPACT: "{}\n{}{}\n{}\n".format(*_RIVAL),
    SPACED: "{}\n{}\n\n{}\n\n{}\n\n".format(*_RIVAL),
}


def new_project(folder: Path) -> Path:
    """A project with the repository's seeds, without its lock: keys are given anew."""
    shutil.copytree(ROOT / "seeds", folder / "seeds", ignore=shutil.ignore_patterns("keys.lock"))
    return folder


def built_project(folder: Path) -> Path:
    """The same after a build."""
    made(new_project(folder)).save()
    return folder


def made(folder: Path) -> Build:
    """A build in this process. Nothing is written."""
    return build(folder, Report())


def keys(works: tuple[Record, ...]) -> dict[str, str]:
    """The key of each work, by what a person knows it by."""
    return {text.fold(work.title): work.key for work in works}


_HEADER = re.compile(r"^(?=(?:\d+\.\d)?[A-Z]{2}(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d)", re.MULTILINE)


def cut(listing: str) -> tuple[str, list[str]]:
    """What stands before the first entry of a listing, and its entries, each with a line's end."""
    head, *entries = _HEADER.split(listing)
    blank = "\n\n" if "\n\n" in listing else "\n"
    return head, [entry.rstrip("\n") + blank for entry in entries]


def rewrite(project: Path, name: str, change: Callable[[list[str]], list[str]]) -> None:
    """Change the entries of a listing."""
    path = project / "seeds" / name
    head, entries = cut(path.read_text(encoding="utf-8"))
    path.write_text(head + "".join(change(entries)), encoding="utf-8")


def csl(exports: Path) -> list[dict[str, Any]]:
    """The works in `references.json`."""
    found: list[dict[str, Any]] = json.loads((exports / "references.json").read_text(encoding="utf-8"))
    return found
