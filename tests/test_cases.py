"""Cases in Markdown: a command, its input, `^D`, what it must print.

A case is a fenced block. Its first line is `% bibkit ...`; the input follows up to `^D`; then standard output, lines of
standard error as `2> ...`, and `=> N` for an exit code other than 0. `pytest --accept` writes what was printed.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

CASES = Path(__file__).parent / "cases"
BLOCK = re.compile(r"^```\n(% bibkit.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> list[object]:
    found = []
    for path in sorted(CASES.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        for block in BLOCK.finditer(text):
            line = text.count("\n", 0, block.start()) + 1
            found.append(pytest.param(path, block[1], id=f"{path.stem}:{line}"))
    return found


def run(command: str, given: str, folder: Path) -> str:
    words = shlex.split(command)
    assert words[0] == "bibkit"
    done = subprocess.run(
        [sys.executable, "-m", "bibkit", *words[1:]], input=given.encode(), capture_output=True, cwd=folder, check=False
    )
    said = [f"2> {line}\n" for line in done.stderr.decode().splitlines()]
    code = [f"=> {done.returncode}\n"] if done.returncode else []
    out = done.stdout.decode()
    return out + ("\n" if out and not out.endswith("\n") else "") + "".join(said + code)


@pytest.mark.parametrize(("path", "block"), blocks())
def test_case(path: Path, block: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    head, _, expected = block.partition("^D\n")
    command, _, given = head.partition("\n")
    got = run(command.removeprefix("% "), given, tmp_path)
    if request.config.getoption("--accept") and got != expected:
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(block, f"{head}^D\n{got}"), encoding="utf-8")
    else:
        assert got == expected
