"""Quick fixes: of a finding in a bibliography the fix of its check, of a citation the key that was meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bibkit import documents
from bibkit.checks import Finding, Fix
from bibkit.checks.fixing import fitting
from bibkit.documents.model import Citation, Document
from bibkit.edits import Edit
from bibkit.lsp import scope
from bibkit.lsp.desk import BIB, Desk
from bibkit.problems import UsageError

_OTHER_KEY = frozenset({"cite-case", "cite-alias", "cite-undefined"})


def fixes(desk: Desk, path: str, found: Iterable[Finding], start: int, end: int) -> Iterator[tuple[Finding, Fix]]:
    """What can be done about the findings that touch this stretch; a safe fix is the one to prefer."""
    for finding in found:
        if finding.start <= end and start <= finding.end:
            yield from ((finding, fix) for fix in _fixes(desk, path, finding))


def safe_edits(found: Iterable[Finding]) -> tuple[Edit, ...]:
    """All safe fixes as edits of one text; of two that would touch each other the first is made."""
    safe = (finding for finding in found if finding.fix and finding.fix.safe)
    return tuple(sorted(edit for finding in fitting(safe) for edit in finding.edits))


def _fixes(desk: Desk, path: str, finding: Finding) -> Iterator[Fix]:
    if finding.fix:
        yield finding.fix
    elif finding.problem.code in _OTHER_KEY and desk.kind(path) != BIB:
        for document in desk.documents_with(path):
            for citation in scope.cited_in(document, path):
                if citation.start == finding.start:
                    yield from _other_keys(desk, path, document, citation)


def _other_keys(desk: Desk, path: str, document: Document, citation: Citation) -> Iterator[Fix]:
    keys = _meant(desk, path, citation.key)
    for key in keys:
        single = documents.Document(document.root, citations=(citation,), kind=document.kind)
        try:
            (changed,) = documents.rewrite([single], {citation.key: key}, opener=desk.source)
        except (UsageError, ValueError):  # it cannot stand there, or the text has changed
            continue
        yield Fix(f"Cite {key}", len(keys) == 1, changed.edits)


def _meant(desk: Desk, path: str, key: str) -> Sequence[str]:
    """The keys that may be meant by one that is not there, or not so."""
    catalog = scope.catalog(desk, path)
    found = catalog.find(key)
    if found:
        return [found.key] if found.key != key else []
    project = scope.project_around(path)
    other = catalog.by_letters.get(key.casefold()) or (project.aliases.get(key) if project else None)
    return [other] if other else desk.near(catalog).to(key)
