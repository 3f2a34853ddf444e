"""Formats from other distributions: the example is installed and used, and a broken one disables only itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from command import bibkit
from conftest import ROOT

from bibkit.formats import BUILT_IN

EXAMPLE = ROOT / "examples" / "plugin"
NBIB = "PMID- 123\nTI  - A title.\nFAU - Doe, Jane\nAU  - Doe J\nDP  - 2020 Jan\nPT  - Journal Article\n"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder with the example, installed from a copy of its source by pip alone."""
    if not (find_spec("hatchling") and find_spec("pip")):
        pytest.skip("hatchling or pip is not installed")
    target = tmp_path_factory.mktemp("plugin")
    options = ("--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check", "--quiet")
    command = [sys.executable, "-m", "pip", "install", *options, "--target", str(target), str(EXAMPLE)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return str(target)


# ------------------------------------------------------------------------------------------------ the example


def test_the_example_is_listed(installed: str, tmp_path: Path) -> None:
    done = bibkit("formats", cwd=tmp_path, PYTHONPATH=installed)
    (line,) = [line for line in done.out.splitlines() if line.startswith("nbib ")]
    assert done.code == 0
    assert line.split()[:4] == ["nbib", "read", "write", ".nbib"]
    assert done.err == ""


@pytest.mark.parametrize("name", ["x.nbib", "x.unknown"])
def test_the_example_is_detected_by_content(installed: str, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(NBIB)
    done = bibkit("convert", name, "--to", "csl-json", cwd=tmp_path, PYTHONPATH=installed)
    (item,) = json.loads(done.out)
    assert done.code == 0
    assert (item["type"], item["title"], item["PMID"]) == ("article-journal", "A title", "123")
    assert item["author"] == [{"family": "Doe", "given": "Jane"}]
    assert item["issued"] == {"date-parts": [[2020, 1]]}


def test_the_example_is_detected_by_ending(installed: str, tmp_path: Path) -> None:
    (tmp_path / "x.nbib").write_text("TI  - A title.\nPT  - Journal Article\n")
    done = bibkit("convert", "x.nbib", "--to", "csl-json", cwd=tmp_path, PYTHONPATH=installed)
    assert (done.code, [item["title"] for item in json.loads(done.out)]) == (0, ["A title"])


def test_the_example_is_written_by_name_and_by_ending(installed: str, tmp_path: Path) -> None:
    item = {"id": "a1", "type": "article-journal", "title": "A title", "PMID": "123", "URL": "https://example.org"}
    (tmp_path / "x.json").write_text(json.dumps([item]))
    named = bibkit("convert", "x.json", "--to", "nbib", cwd=tmp_path, PYTHONPATH=installed)
    ended = bibkit("convert", "x.json", "-o", "y.nbib", "--report", cwd=tmp_path, PYTHONPATH=installed)
    assert (named.code, ended.code) == (0, 0)
    assert named.out == (tmp_path / "y.nbib").read_text() == "PMID- 123\nTI  - A title.\nPT  - Journal Article\n\n"
    assert "nbib cannot hold URL" in ended.err


@pytest.mark.parametrize("name", ["test_nbib.py", "test_retracted.py"])
def test_the_examples_own_tests_pass(installed: str, tmp_path: Path, name: str) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(EXAMPLE / name)]
    path = os.pathsep.join([installed, str(ROOT)])
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [*command, "--rootdir", str(tmp_path), "-c", os.devnull, "--import-mode=importlib"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout


def test_the_examples_check_is_one_of_ours(installed: str, tmp_path: Path) -> None:
    (tmp_path / "x.nbib").write_text(NBIB + "PT  - Retracted Publication\n")
    done = bibkit("check", "x.nbib", cwd=tmp_path, PYTHONPATH=installed)
    said = "x.nbib:1:1: error: this publication was retracted; cite the notice of its retraction beside it"
    assert (done.code, done.out) == (1, f"{said} [publication-retracted]\n")
    listed = bibkit("check", "--list", cwd=tmp_path, PYTHONPATH=installed)
    assert "publication-retracted" in listed.out
    ignored = bibkit("check", "x.nbib", "--ignore", "publication-retracted", cwd=tmp_path, PYTHONPATH=installed)
    assert (ignored.code, ignored.out) == (0, "")


# ------------------------------------------------------------------------------------------------ broken ones


def distribution(folder: Path, name: str, code: str, group: str = "formats", value: str = "FORMAT") -> str:
    """A made-up distribution whose format, or check, of this name is `FORMAT` in a module with this code."""
    module = f"plugin_{name.replace('-', '_')}"
    facts = folder / f"{module}-1.0.dist-info"
    facts.mkdir(parents=True)
    (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text(f"[bibkit.{group}]\n{name} = {module}:{value}\n")
    (folder / f"{module}.py").write_text(code)
    return str(folder)


BROKEN = {
    "raises": ("raise RuntimeError('out of order')", "RuntimeError('out of order')"),
    "lacks": ("import no_such_module_anywhere", "No module named 'no_such_module_anywhere'"),
    "empty": ("", "has no attribute 'FORMAT'"),
    "no-format": ("FORMAT = {'name': 'no-format'}", "is no bibkit.formats.Format"),
    "syntax": ("def (", "SyntaxError"),
    "exits": ("raise SystemExit('bye')", "SystemExit('bye')"),
    "misnamed": ("from bibkit.formats import Format\nFORMAT = Format('ris', 'X')", "must be called 'misnamed'"),
    "listed": ("from bibkit.formats import Format\nFORMAT = Format('listed', 'X', ['.x'])", "a tuple of suffixes"),
}
MIDWAY = """
from bibkit.formats import Format
def detect(text): {detect}
def read(text, source, options):
    yield from ()
    raise ValueError("midway")
FORMAT = Format("midway", "X", (".x",), read, None, detect)
"""


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_plugin_is_named_with_its_cause_and_disables_only_itself(tmp_path: Path, name: str) -> None:
    code, cause = BROKEN[name]
    path = distribution(tmp_path / "site", name, code)
    done = bibkit("formats", cwd=tmp_path, PYTHONPATH=path)
    assert done.code == 0
    assert [line.split()[0] for line in done.out.splitlines() if line[0] != " "] == [*BUILT_IN]
    (line,) = [line for line in done.err.splitlines() if "[plugin-broken]" in line]
    assert f"format plugin {name} " in line
    assert cause in line


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_plugin_that_is_asked_for_ends_the_command(tmp_path: Path, name: str) -> None:
    code, cause = BROKEN[name]
    path = distribution(tmp_path / "site", name, code)
    (tmp_path / "x.txt").write_text("x")
    for arguments in (("--from", name, "--to", "ris"), ("--from", "ris", "--to", name)):
        done = bibkit("convert", "x.txt", *arguments, cwd=tmp_path, PYTHONPATH=path)
        assert (done.code, done.out) == (6, "")
        (line,) = done.err.splitlines()
        assert name in line
        assert cause in line


def test_a_plugin_that_fails_in_its_work_is_named(tmp_path: Path) -> None:
    path = distribution(tmp_path / "site", "midway", MIDWAY.format(detect="return 1.0"))
    (tmp_path / "x.odd").write_text("nothing that anyone knows")
    done = bibkit("convert", "x.odd", "--to", "ris", cwd=tmp_path, PYTHONPATH=path)
    assert done.code == 6
    assert "format plugin midway failed: ValueError('midway')" in done.err


@pytest.mark.parametrize("detect", ["raise ValueError", "return None"])
def test_a_plugin_that_fails_to_look_is_not_the_one(tmp_path: Path, detect: str) -> None:
    path = distribution(tmp_path / "site", "midway", MIDWAY.format(detect=detect))
    (tmp_path / "x.odd").write_text("nothing that anyone knows")
    assert bibkit("convert", "x.odd", "--to", "ris", cwd=tmp_path, PYTHONPATH=path).code == 4


def test_a_broken_plugin_is_not_in_the_way(tmp_path: Path) -> None:
    path = distribution(tmp_path / "site", "raises", BROKEN["raises"][0])
    (tmp_path / "x.ris").write_text("TY  - BOOK\nTI  - A title\nER  - \n")
    (tmp_path / "x.odd").write_text("nothing that anyone knows")
    done = bibkit("convert", "x.ris", "--to", "csl-json", cwd=tmp_path, PYTHONPATH=path)
    assert (done.code, [item["title"] for item in json.loads(done.out)]) == (0, ["A title"])
    assert bibkit("convert", "x.odd", "--to", "csl-json", cwd=tmp_path, PYTHONPATH=path).code == 4


def test_a_built_in_name_cannot_be_taken(tmp_path: Path) -> None:
    path = distribution(tmp_path / "site", "ris", "raise RuntimeError('taken over')")
    (tmp_path / "x.ris").write_text("TY  - BOOK\nTI  - A title\nER  - \n")
    listed = bibkit("formats", cwd=tmp_path, PYTHONPATH=path)
    read = bibkit("convert", "x.ris", "--from", "ris", "--to", "csl-json", cwd=tmp_path, PYTHONPATH=path)
    assert (listed.code, listed.err, read.code) == (0, "", 0)
    assert [line.split()[0] for line in listed.out.splitlines()].count("ris") == 1
    assert json.loads(read.out)[0]["title"] == "A title"


# ------------------------------------------------------------------------------------------------ checks

CHECK = """
from bibkit.checks import Check, Remark
def find(found):
    for item in found.items:
        yield Remark(item, "seen by {name}")
    {then}
CHECK = Check("{code}", "a check", find, why="-", bad="note = {{a}}", good="note = {{b}}")
"""
ONE = "@article{one,\n  author = {Moreau, Ada},\n  title = {On trains},\n  journal = {Trains},\n  year = {1998},\n}\n"


def check_plugin(folder: Path, name: str, code: str, then: str = "") -> str:
    return distribution(folder, name, CHECK.format(name=name, code=code, then=then), "checks", "CHECK")


def test_a_check_that_raises_is_named_and_the_others_go_on(tmp_path: Path) -> None:
    path = check_plugin(tmp_path / "site", "sick", "sick-check", "raise ValueError('midway')")
    (tmp_path / "x.bib").write_text(ONE.replace("{1998}", "{1998},\n  pages = {3-5}"))
    done = bibkit("check", "x.bib", "--select", "sick-check,page-hyphen,check", cwd=tmp_path, PYTHONPATH=path)
    assert done.code == 1
    assert "the check sick-check failed: ValueError('midway'); that is a bug of the check" in done.out
    assert "seen by sick [sick-check]" in done.out
    assert "[page-hyphen]" in done.out


@pytest.mark.parametrize(("code", "owner"), [("page-hyphen", "bibkit"), ("twice-told", "the plugin first (")])
def test_two_checks_with_one_code_are_named(tmp_path: Path, code: str, owner: str) -> None:
    first = check_plugin(tmp_path / "a", "first", "twice-told")
    second = check_plugin(tmp_path / "b", "second", code)
    (tmp_path / "x.bib").write_text(ONE)
    done = bibkit("check", "x.bib", cwd=tmp_path, PYTHONPATH=os.pathsep.join([first, second]))
    (line,) = [line for line in done.err.splitlines() if "[check-code-twice]" in line]
    assert f"the code {code} of the plugin second (plugin_second:CHECK) belongs to {owner}" in line
    assert "seen by first" in done.out
    assert "seen by second" not in done.out


@pytest.mark.parametrize(
    ("code", "cause"),
    [("raise RuntimeError('no')", "RuntimeError('no')"), ("CHECK = [1]", "it is no bibkit.checks.Check")],
)
def test_a_check_plugin_that_cannot_be_loaded_costs_only_itself(tmp_path: Path, code: str, cause: str) -> None:
    path = distribution(tmp_path / "site", "broken", code, "checks", "CHECK")
    (tmp_path / "x.bib").write_text(ONE)
    done = bibkit("check", "x.bib", cwd=tmp_path, PYTHONPATH=path)
    (line,) = [line for line in done.err.splitlines() if "[plugin-broken]" in line]
    assert cause in line
    assert (done.code, done.out) == (0, "")
