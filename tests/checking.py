"""Examples of checks as files: what `bibkit check --explain` shows, completed to an entry without other faults."""

from __future__ import annotations

from bibkit import checks
from bibkit.checks.examples import format_of, whole
from bibkit.checks.model import Check, Finding, Terms
from bibkit.testing import find


def found(check: Check, example: str) -> tuple[str, str, list[Finding]]:
    """The file of an example, its format, and what this check alone finds in it."""
    return whole(example), format_of(check, example), find(check, example)


_TESTED = ("doi", "url", "identifier", "arxiv", "pmid", "orcid", "isbn", "issn", "date", "month", "page", "name")


def codes_of(example: str, *, everything: bool = False, **terms: object) -> set[str]:
    """The codes of what the checks of identifiers, dates, pages and names find in an example by themselves."""
    text = whole(example)
    form = "csl-json" if text.startswith("[") else "ris" if text.startswith("TY") else "bibtex"
    findings = checks.check_text(text, "example", form, Terms(**terms))  # type: ignore[arg-type]
    codes = {one.problem.code for one in findings}
    return codes if everything else {code for code in codes if code.partition("-")[0] in _TESTED}


def mended(example: str, *, unsafe: bool = False, **terms: object) -> str:
    """An example, completed and with its fixes made; a second run changes nothing and no fix was taken back."""
    done = checks.mend(whole(example), "example", "bibtex", Terms(**terms), unsafe=unsafe)  # type: ignore[arg-type]
    assert not done.refused
    assert checks.mend(done.text, "example", "bibtex", Terms(**terms), unsafe=unsafe).text == done.text  # type: ignore[arg-type]
    return done.text
