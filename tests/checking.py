"""Examples of checks as files: what `bibkit check --explain` shows, completed to an entry without other faults."""

from __future__ import annotations

from bibkit import checks
from bibkit.checks.examples import whole
from bibkit.checks.model import Check, Finding, Terms


def format_of(check: Check, text: str) -> str:
    if text.lstrip().startswith(("[", "{")):
        return "csl-json"
    if text.startswith("TY  -"):
        return "ris"
    return "biblatex" if check.formats == {"biblatex"} else "bibtex"


def found(check: Check, example: str, **terms: object) -> tuple[str, str, list[Finding]]:
    """The file of an example, its format, and what this check alone finds in it."""
    text = whole(example)
    form = format_of(check, text)
    return text, form, checks.check_text(text, "example", form, Terms(select=(check.code,), **terms))  # type: ignore[arg-type]
