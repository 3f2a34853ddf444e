"""Findings as text, as JSON, and as annotations on GitHub."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import msgspec

from bibkit.annotations import annotation
from bibkit.documents.model import Document
from bibkit.problems import Problem

MOST_UNUSED = 20  # lines about the entries of one bibliography that nobody cites, before the rest is counted


def as_text(findings: Sequence[Problem], _documents: Sequence[Document]) -> Iterator[str]:
    """A line for each; of the unused entries of a bibliography only the first are listed."""
    unused: Counter[str] = Counter()
    for finding in findings:
        if finding.code == "cite-unused":
            unused[finding.source] += 1
        if finding.code != "cite-unused" or unused[finding.source] <= MOST_UNUSED:
            yield f"{finding}\n"
    for source, number in unused.items():
        if number > MOST_UNUSED:
            yield f"{source}: {number - MOST_UNUSED} more entries are not cited; --format json lists them\n"


def as_json(findings: Sequence[Problem], documents: Sequence[Document]) -> Iterator[bytes]:
    """`{"documents": [...], "findings": [...]}`; lines and columns count from 1, and are 0 where there are none."""
    shown = {
        "documents": [
            {"root": each.root, "files": each.files, "citations": len(each.citations), "keys": len(each.keys())}
            for each in documents
        ],
        "findings": [
            {
                "code": each.code,
                "severity": each.severity,
                "message": each.message,
                "file": each.source,
                "line": each.line,
                "column": each.column,
                "key": each.key,
                "hint": each.hint,
            }
            for each in findings
        ],
    }
    yield msgspec.json.format(msgspec.json.encode(shown), indent=2)
    yield b"\n"


def as_annotations(findings: Sequence[Problem], _documents: Sequence[Document]) -> Iterator[str]:
    """Annotations on GitHub."""
    return map(annotation, findings)


Lister = Callable[[Sequence[Problem], Sequence[Document]], Iterator[str | bytes]]
LISTERS: dict[str, Lister] = {"text": as_text, "json": as_json, "github": as_annotations}


def summary(findings: Sequence[Problem], documents: Sequence[Document]) -> str:
    """One line on how many there are of each."""
    files = {file for each in documents for file in each.files}
    keys = {key for each in documents for key in each.keys()}  # noqa: SIM118
    counted = Counter(each.code.removeprefix("cite-").removeprefix("document-") for each in findings)
    found = ", ".join(f"{number} {name}" for name, number in counted.items()) or "nothing wrong"
    return f"{found}; {len(keys)} keys cited in {len(files)} file{'s' * (len(files) != 1)}"
