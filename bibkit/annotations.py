"""Problems as annotations of a pull request (GitHub's documentation, "Workflow commands for GitHub Actions")."""

from __future__ import annotations

from bibkit.problems import Problem

_LEVELS = {"error": "error", "warning": "warning", "note": "notice"}
_IN_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_PROPERTIES = {**_IN_DATA, ":": "%3A", ",": "%2C"}


def annotation(problem: Problem) -> str:
    """One line that GitHub shows beside the line of the file."""
    place = {"file": problem.source, "line": problem.line, "col": problem.column, "title": problem.code}
    properties = ",".join(f"{name}={_escaped(str(value), _IN_PROPERTIES)}" for name, value in place.items() if value)
    return f"::{_LEVELS[problem.severity]} {properties}::{_escaped(problem.advised, _IN_DATA)}\n"


def _escaped(text: str, signs: dict[str, str]) -> str:
    return "".join(signs.get(char, char) for char in text)
