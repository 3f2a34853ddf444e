"""The difference of two texts: a diff that can be applied, and that stays quick."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from conftest import require
from hypothesis import given
from hypothesis import strategies as st

from bibkit.difference import unified

TEXTS = st.lists(st.sampled_from(("a", "b", "c", "d", "e", "\n", "\r\n", "\x85", "}\n", "\n\n")), max_size=60).map(
    "".join
)
SPAN = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@$")


def patched(old: str, diff: list[str]) -> str:
    """The text after the diff, by the rules of the format; what does not fit is a failed test."""
    before = re.findall(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+", old)
    done, place = [], 0
    for line in diff[2:]:
        if span := SPAN.match(line.rstrip("\n")):
            start = int(span[1]) - (span[2] != "0")
            done += before[place:start]
            place = start
            continue
        text = line[1:].removesuffix("\n\\ No newline at end of file\n")
        if line[0] in " -":
            assert before[place] == text
            place += 1
        if line[0] in " +":
            done.append(text)
    return "".join(done + before[place:])


@given(TEXTS, TEXTS)
def test_leads_from_one_text_to_the_other(old: str, new: str) -> None:
    diff = list(unified(old, new, "a", "b"))
    assert (patched(old, diff) if diff else old) == new
    assert bool(diff) == (old != new)


def test_what_it_looks_like() -> None:
    old, new = "1\n2\n3\n4\n5\nx\n6\n7\n8\n9\n10", "1\n2\n3\n4\n5\n6\n7\n8\n9\nten\n"
    assert "".join(unified(old, new, "a", "b")) == (
        "--- a\n+++ b\n@@ -3,9 +3,8 @@\n 3\n 4\n 5\n-x\n 6\n 7\n 8\n 9\n-10\n\\ No newline at end of file\n+ten\n"
    )


@pytest.mark.parametrize(("old", "new"), [("", "a\nb\n"), ("a\nb", ""), ("a\nb\nc\n", "c\na\nb\n"), ("x", "x\n")])
def test_patch_takes_it(old: str, new: str, tmp_path: Path) -> None:
    require("patch")
    (tmp_path / "a").write_text(old)
    diff = "".join(unified(old, new, "a", "a"))
    subprocess.run(["patch", "a"], cwd=tmp_path, input=diff.encode(), check=True, capture_output=True)
    assert ((tmp_path / "a").read_text() if (tmp_path / "a").exists() else "") == new
