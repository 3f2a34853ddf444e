"""Examples of checks as files: what `bibkit check --explain` shows, completed to an entry without other faults."""

from __future__ import annotations

from bibkit.checks.examples import format_of, whole
from bibkit.checks.model import Check, Finding
from bibkit.testing import find


def found(check: Check, example: str) -> tuple[str, str, list[Finding]]:
    """The file of an example, its format, and what this check alone finds in it."""
    return whole(example), format_of(check, example), find(check, example)
