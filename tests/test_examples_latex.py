"""`examples/latex`: `latexmk` alone makes both documents, with the bibliographies that they need."""

from __future__ import annotations

import os
import re
import shutil
import stat
import sys
from pathlib import Path

import pytest
from conftest import ROOT, require
from witnesses import output, tex_complaints

from bibkit.formats.bibtex_syntax import parse
from bibkit.text import plain

CITED = (
    "liu2019prototype",
    "liu2020biopt",
    "liu2022learning",
    "liu2023generalized",
    "liu2024networking",
    "liu2024privacy",
)
PROGRAMS = {"classic": "bibtex", "modern": "biber"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example in a copy of the project, after one run of `latexmk`."""
    require("latexmk", "pdflatex", "pdftotext", *PROGRAMS.values())
    project = tmp_path_factory.mktemp("project")
    for name in ("seeds", "exports"):
        shutil.copytree(ROOT / name, project / name, copy_function=shutil.copyfile)
    folder = project / "examples" / "latex"
    shutil.copytree(ROOT / "examples" / "latex", folder, ignore=shutil.ignore_patterns(*made()))
    latexmk(folder)
    return folder


def made() -> list[str]:
    """What git is told to leave out: whoever tried the example here has such files."""
    lines = (ROOT / "examples" / "latex" / ".gitignore").read_text().splitlines()
    return [line.removeprefix("/") for line in lines if not line.startswith("#")]


def latexmk(folder: Path, *options: str) -> str:
    """Run it with a `bibkit` on the path that is the one under test."""
    programs = folder.parent / "programs"
    programs.mkdir(exist_ok=True)
    bibkit = programs / "bibkit"
    bibkit.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m bibkit "$@"\n')
    bibkit.chmod(bibkit.stat().st_mode | stat.S_IXUSR)
    path = os.pathsep.join([str(programs), os.environ["PATH"]])
    return output(*in_folder(folder), "latexmk", *options, PATH=path, max_print_line="10000")


def in_folder(folder: Path) -> tuple[str, ...]:
    return ("env", "-C", str(folder))


def page(folder: Path, name: str) -> str:
    printed = output("pdftotext", "-enc", "UTF-8", folder / f"{name}.pdf", "-")
    return squeezed(printed)


def squeezed(text: str) -> str:
    """The letters alone, in lower case: the page breaks words and lines, and BibTeX lowers titles."""
    return re.sub(r"[\W_]+", "", text.replace("ﬁ", "fi").replace("ﬀ", "ff").casefold())


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_bibliography_is_what_is_cited(desk: Path, name: str) -> None:
    document = parse((desk / f"{name}.bib").read_text(encoding="utf-8"))
    assert [entry.key for entry in document.entries()] == list(CITED)
    assert document.problems == []


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_page_shows_every_cited_work(desk: Path, name: str) -> None:
    text = page(desk, name)
    assert "references" in text
    for entry in parse((desk / f"{name}.bib").read_text(encoding="utf-8")).entries():
        title = dict(entry.pairs)["title"]
        assert squeezed(plain(title)) in text
    assert len(re.findall(r"fewshot", text)) == 2
    log = (desk / f"{name}.log").read_text(encoding="utf-8", errors="replace")
    assert [line for line in tex_complaints(log) if "undefined" in line] == []


def test_nothing_is_left_to_do(desk: Path) -> None:
    assert "All targets () are up-to-date" in latexmk(desk)


def test_a_changed_library_is_noticed(desk: Path) -> None:
    export = desk.parent.parent / "exports" / "references.bib"
    export.write_text(export.read_text(encoding="utf-8").replace("Prototype Rectification", "Prototype Improvement"))
    latexmk(desk)
    assert "prototypeimprovement" in page(desk, "classic")


def test_everything_is_taken_away_again(desk: Path) -> None:
    latexmk(desk, "-C")
    left = {path.name for path in desk.iterdir()}
    assert left == {path.name for path in (ROOT / "examples" / "latex").iterdir() if not any(map(path.match, made()))}
