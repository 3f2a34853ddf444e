"""README is part of the program: its commands run, and print what it shows.

A `console` block is run line by line in a copy of the project; `pytest --accept` writes what was printed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from zotero_server import Server
from zotero_server.serving import KEY

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
STEP = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)


def text() -> str:
    return README.read_text(encoding="utf-8")


# What README's examples take for granted.
FILES = {
    "paper.tex": (
        "\\documentclass{article}\n\\input{related}\n\\begin{document}\n"
        "Surveys exist \\cite{gong2025survey,liu2019protoype}.\n\\bibliography{exports/references}\n\\end{document}\n"
    ),
    "related.tex": "See \\citep[p.~3]{Guo2025adaptive}. % \\cite{guo2025adaptive}\n",
    "draft.bib": (
        "@article{moreau1998,\n"
        "  author = {Moreau, A.B. and Kim Lind and et al.},\n"
        "  title = {Waiting for the {TGV}: SNCF and its trains.},\n"
        "  journal = {Journal of Rail Research},\n"
        "  year = {1998},\n"
        "  pages = {312-298},\n"
        "  url = {https://doi.org/10.1000/17},\n"
        "}\n\n"
        "@inproceedings{lind2001,\n"
        "  author = {Anna Lind, Peter Moreau},\n"
        "  title = {Timetables},\n"
        "  year = {2001},\n"
        "  publisher = {Roth & Sons},\n"
        "  note = {\\input{secret}},\n"
        "}\n"
    ),
    "zotero.json": (
        '[{"id": "http://zotero.org/1", "citation-key": "doe2020", "type": "dataset", "title": "Rain",\n'
        '  "license": "CC0",'
        '  "issued": {"date-parts": [[2020]]}, "note": "PMID: 123\\nSeen."}]\n'
    ),
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the project whose Zotero library is on a server of its own."""
    folder = tmp_path_factory.mktemp("readme")
    for name in ("seeds", "exports"):
        shutil.copytree(ROOT / name, folder / name)
    for name, content in FILES.items():
        (folder / name).write_text(content, encoding="utf-8")
    with Server() as server:
        settings = folder / "seeds" / "bibkit.toml"
        shown = f'{settings.read_text(encoding="utf-8")}\n[sync]\nserver = "{server.url}"\n'
        settings.write_text(shown, encoding="utf-8")
        yield folder


def run(command: str, folder: Path) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    told = {**os.environ, "PATH": path, "ZOTERO_API_KEY": KEY}
    done = subprocess.run(["sh", "-c", command], cwd=folder, capture_output=True, text=True, env=told, check=False)
    assert "Traceback" not in done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "block", [pytest.param(found[1], id=found[1].split("\n")[0]) for found in CONSOLE.finditer(text())]
)
def test_shows_what_is_printed(block: str, project: Path, request: pytest.FixtureRequest) -> None:
    got = "".join(f"$ {command}\n{run(command, project)}" for command, _ in STEP.findall(block))
    if request.config.getoption("--accept") and got != block:
        README.write_text(text().replace(block, got), encoding="utf-8")
    else:
        assert got == block


def test_shows_exactly_two_commands_and_ci_calls_the_second() -> None:
    commands = re.findall(r"^```sh\n(.*?)\n```$", text(), re.MULTILINE | re.DOTALL)
    assert len(commands) == 2
    main_job, tests = commands
    assert main_job.endswith("bibkit build")
    assert re.search(r"^\(?python3 -m venv .*pytest$", tests)
    assert "README.md" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_python_example_runs(project: Path) -> None:
    (example,) = re.findall(r"^```python\n(.*?)^```$", text(), re.MULTILINE | re.DOTALL)
    (project / "example.py").write_text(example, encoding="utf-8")
    assert "Learning Appearance-motion Normality" in run("python example.py", project)


def test_the_settings_example_is_valid(tmp_path: Path) -> None:
    from bibkit import settings

    (example,) = re.findall(r"^```toml\n(.*?)^```$", text(), re.MULTILINE | re.DOTALL)
    (tmp_path / "bibkit.toml").write_text(example, encoding="utf-8")
    assert settings.load(tmp_path).source("listing-compact.txt").type == "article"
