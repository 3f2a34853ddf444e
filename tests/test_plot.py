"""`bibkit plot`: the pictures, and the command."""

from __future__ import annotations

import sys
from pathlib import Path
from xml.etree import ElementTree

import cv_cases as cases
import pytest
from command import bibkit

from bibkit.cv import charts, plot
from bibkit.cv.model import CV
from bibkit.problems import UsageError
from bibkit.record import Name

LISTING = cases.ROOT / "seeds" / "listing-liang-song.txt"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def _matplotlib() -> None:
    pytest.importorskip("matplotlib")


def words(svg: bytes) -> list[str]:
    return ["".join(one.itertext()).strip() for one in ElementTree.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.usefixtures("_matplotlib")
@pytest.mark.parametrize("kind", charts.CHARTS)
@pytest.mark.parametrize(("ending", "begin"), [(".svg", b"<?xml"), (".png", b"\x89PNG"), (".pdf", b"%PDF")])
def test_the_same_works_give_the_same_picture(kind: str, ending: str, begin: bytes) -> None:
    chart = charts.CHARTS[kind](cases.sample_cv())
    first, second = (plot.draw(chart, ending) for _ in range(2))
    assert first == second
    assert first.startswith(begin)
    assert b"Matplotlib v" not in first


@pytest.mark.usefixtures("_matplotlib")
def test_a_picture_says_what_the_page_says() -> None:
    for kind, chart_of in charts.CHARTS.items():
        chart = chart_of(cases.seeds_cv())
        shown = words(plot.draw(chart, ".svg"))
        assert chart.title in shown
        labels = {row[0] for row in charts.table(chart)[1]}
        assert labels <= set(shown), kind


@pytest.mark.usefixtures("_matplotlib")
@pytest.mark.parametrize("kind", charts.CHARTS)
def test_no_works_give_an_empty_picture(kind: str) -> None:
    chart = charts.CHARTS[kind](CV((Name("Moreau", "Ada"),)))
    assert chart.title in words(plot.draw(chart, ".svg"))


@pytest.mark.usefixtures("_matplotlib")
def test_a_dollar_in_a_name_is_no_formula() -> None:
    chart = charts.Network("Co-authors", "A$AP $x", (charts.Author(r"B $\frac$ & <C>", 1),))
    assert r"B $\frac$ & <C>" in words(plot.draw(chart, ".svg"))


def test_without_matplotlib_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(UsageError, match=r"pip install 'bibkit-toolkit\[plot\]'"):
        plot.draw(charts.years(cases.sample_cv()), ".svg")


@pytest.mark.usefixtures("_matplotlib")
def test_the_command_writes_a_picture(tmp_path: Path) -> None:
    run = bibkit("plot", LISTING, "--me", "Liang Song", "-o", "years.png", cwd=tmp_path)
    assert run.code == 0, run.err
    assert run.err.splitlines()[:2] == ["Works per year: 27 works; most in 2025: 9.", "wrote years.png"]
    assert (tmp_path / "years.png").read_bytes().startswith(b"\x89PNG")
    run = bibkit("plot", LISTING, "--me", "Liang Song", "--kind", "coauthors", "-q", cwd=tmp_path)
    assert (run.code, run.err) == (0, "")
    assert "Liang Song" in words(run.out.encode())


@pytest.mark.usefixtures("_matplotlib")
def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    run = bibkit("plot", LISTING, "--me", "Liang Song", "-o", "x.svg", "--dry-run", cwd=tmp_path)
    assert run.code == 0
    assert "would write x.svg" in run.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--me", "Liang Song", "-o", "x.jpg"), "can be written as .svg, .png, .pdf, not as .jpg"),
        (("--me", "Liang Song", "-o", "x"), "a file without an ending"),
        (("--me", "Liang Sonk"), "did you mean Liang Song"),
        (("--me", "Liang Song", "--kind", "pie"), "'pie' is not one of"),
    ],
)
def test_bad_input(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    run = bibkit("plot", LISTING, *arguments, cwd=tmp_path)
    assert run.code == 2
    assert said in run.err
    assert list(tmp_path.iterdir()) == []
