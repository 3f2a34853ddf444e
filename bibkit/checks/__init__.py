"""Checks: what is wrong with a bibliography, where, and how it is mended. A stand-in that says what the reader says."""

from __future__ import annotations

import msgspec

from bibkit import formats
from bibkit.formats.bibtex_blocks import Lines
from bibkit.problems import Problem


class Fix(msgspec.Struct, frozen=True):
    """How a finding is mended: `edits` are start, end and new text, in offsets of the text that was checked."""

    title: str
    safe: bool
    edits: tuple[tuple[int, int, str], ...]


class Finding(msgspec.Struct, frozen=True):
    """A Problem, the place that it is about, and its fix where there is one."""

    problem: Problem
    start: int
    end: int
    fix: Fix | None = None


class Terms(msgspec.Struct, frozen=True):
    """What checks are told."""


def check_text(text: str, source: str, format_name: str, terms: Terms = Terms()) -> list[Finding]:  # noqa: B008
    """Everything that is wrong with a text of this format, by place. Never raises because of the text."""
    inspect = formats.get(format_name).inspect
    lines = Lines(text)
    return [_placed(problem, lines) for problem in inspect(text, source)] if inspect else []


def _placed(problem: Problem, lines: Lines) -> Finding:
    start = lines.offset(problem.line, problem.column)
    return Finding(problem, start, start)
