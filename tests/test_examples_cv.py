"""`examples/cv`: what `bibkit cv` makes of the listing is current, and the programs make their documents of it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from conftest import ROOT, require
from cv_cases import SEEDS
from test_cv_formats import compiler, need_moderncv, program, run, squeezed, stand_in
from witnesses import output, tex_complaints

from bibkit.cli import cli

EXAMPLES = ROOT / "examples" / "cv"
OWN = [row for row in SEEDS if row.own]


def commands(readme: Path) -> list[list[str]]:
    """The lines of a README that make a file, without `bibkit`."""
    lines = re.findall(r"^\$ bibkit (cv .*)$", readme.read_text(encoding="utf-8"), re.MULTILINE)
    return [[word.strip('"') for word in re.findall(r'"[^"]*"|\S+', line)] for line in lines]


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A copy of the examples without what was made of them here."""
    made = [line.strip("/") for line in (EXAMPLES / ".gitignore").read_text().splitlines() if not line.startswith("#")]
    ignored = shutil.ignore_patterns(*(Path(name).name for name in made))
    return Path(shutil.copytree(EXAMPLES, tmp_path / "cv", ignore=ignored, copy_function=shutil.copyfile))


@pytest.mark.parametrize("command", commands(EXAMPLES / "README.md"), ids=lambda command: command[4])
def test_what_is_made_is_current(command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    target = command[-1]
    made = tmp_path / "made"
    done = CliRunner().invoke(cli, [*command[:-1], str(made), "--quiet"])
    assert done.exit_code == 0, done.output
    assert made.read_text(encoding="utf-8") == Path(target).read_text(encoding="utf-8"), " ".join(("bibkit", *command))


@pytest.mark.parametrize("readme", sorted(EXAMPLES.glob("*/README.md")), ids=lambda path: path.parent.name)
def test_every_example_says_how_it_is_made(readme: Path) -> None:
    (command,) = commands(readme)
    assert command in commands(EXAMPLES / "README.md")
    assert f"]({readme.parent.name}/README.md)" in (EXAMPLES / "README.md").read_text(encoding="utf-8")


def assert_on_page(page: Path) -> None:
    """Every group once, every number once and in order, beginning with the newest."""
    text = squeezed(output("pdftotext", "-layout", page, "-"))
    labels = [f"[{row.number}]" for row in SEEDS]
    assert [label for label in labels if label not in text] == []
    for group in dict.fromkeys(row.group for row in SEEDS):
        assert group in text


def test_rendercv(desk: Path) -> None:
    require("pdftotext")
    stand_in(desk / "data")
    folder = desk / "rendercv"
    run(
        folder,
        program("rendercv"),
        "render",
        "liang-song.yaml",
        "--pdf-path",
        "cv.pdf",
        XDG_DATA_HOME=str(desk / "data"),
    )
    assert_on_page(folder / "cv.pdf")
    typst = next(folder.rglob("*.typ")).read_text(encoding="utf-8")
    assert typst.count("#strong[Liang Song]") == len(OWN)


def test_typst(desk: Path) -> None:
    typst = compiler()
    require("pdftotext")
    page = desk / "typst" / "cv.pdf"
    typst.compile(str(desk / "typst" / "cv.typ"), output=str(page))
    assert_on_page(page)
    works = yaml.safe_load((desk / "typst" / "publications.yml").read_text(encoding="utf-8"))
    text = squeezed(output("pdftotext", "-layout", page, "-"))
    for work in works.values():
        assert squeezed(work["author"][0].partition(",")[0]) in text.partition("ThesameworksinthestyleoftheAPA")[2]


@pytest.mark.parametrize("name", ["moderncv", "awesome-cv"])
def test_latexmk(name: str, desk: Path) -> None:
    require("latexmk", "pdflatex", "pdftotext")
    if name == "moderncv":
        need_moderncv()
    folder = desk / name
    run(folder, "latexmk", "-interaction=nonstopmode", max_print_line="10000")
    log = (folder / "cv.log").read_text(encoding="utf-8", errors="replace")
    assert tex_complaints(log) == []
    assert "Overfull" not in log
    assert_on_page(folder / "cv.pdf")
    source = (folder / "publications.tex").read_text(encoding="utf-8")
    assert source.count(r"\textbf{Liang Song}") == len(OWN)
    assert "up-to-date" in run(folder, "latexmk")
