"""What is wrong with a text: of a bibliography what the checks find, of a document what `bibkit tex check` says."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from msgspec.structs import replace

from bibkit import checking, checks, documents, settings
from bibkit.checks import Finding, Terms
from bibkit.documents import Document
from bibkit.documents.bibliographies import Shelf
from bibkit.lines import Lines
from bibkit.lsp import scope
from bibkit.lsp.desk import Desk, same
from bibkit.problems import BibkitError, Problem, Report

MOST = 1000  # findings that are shown of one text: editors suffer from more
_WORD = re.compile(r"\w++|\S|\Z")
_TOLERANT = frozenset({"markdown", "org"})  # in which most texts cite nothing, and @ is a person's name elsewhere


def findings(desk: Desk, path: str) -> list[Finding]:
    """Everything that is wrong with the text of this path, by place."""
    if not desk.source(path).content.readable:
        return []
    found: list[Finding] = []
    if desk.format(path):
        found = of_bibliography(desk, path)
    elif desk.kind(path):
        found = of_document(desk, path)
    return limited(sorted(found, key=lambda finding: (finding.start, finding.end)))


def limited(found: list[Finding]) -> list[Finding]:
    """No more than `MOST`, the last of which says how many there are."""
    if len(found) <= MOST:
        return found
    last = found[MOST - 1]
    message = f"{len(found) - MOST + 1} more findings in this file are not shown"
    return [*found[: MOST - 1], Finding(Problem("lsp-more", message, "note"), last.start, last.end, None)]


def of_bibliography(desk: Desk, path: str) -> list[Finding]:
    """What the reader and the checks say about a bibliography, each with a place that can be seen."""
    text = desk.source(path).text
    return [_seen(finding, text) for finding in checks.check_text(text, path, desk.format(path), _terms(path))]


def _terms(path: str) -> Terms:
    """What the nearest `bibkit.toml` around a file asks for; everything where there is none or it has a fault."""
    terms = Terms()
    found = settings.around(Path(path))
    if found:
        with suppress(BibkitError):
            terms = checking.terms(checking.Wish(), settings.load(found).check)
    return replace(terms, folder=Path(path).parent)


def _seen(finding: Finding, text: str) -> Finding:
    """A finding about a point is shown at the word that begins there."""
    return finding if finding.end > finding.start else replace(finding, end=word_end(text, finding.start))


def word_end(text: str, start: int) -> int:
    """Where the word ends that begins here."""
    found = _WORD.match(text, start)
    return found.end() if found else start


# ------------------------------------------------------------------------------------------------ documents


def of_document(desk: Desk, path: str) -> list[Finding]:
    """What is wrong with the citations in one file, in the documents that it is part of."""
    parts = desk.documents_with(path)
    try:
        problems = documents.check(parts, documents.Terms(unused=False), Report(), _shelf(desk, parts))
    except BibkitError as error:
        problems = [Problem("lsp-project", str(error), "error", path)]
    return list(_placed(desk, path, parts, problems))


def _shelf(desk: Desk, parts: Sequence[Document]) -> Shelf:
    paths = (one for document in parts for one in scope.bibliographies(document))
    held = ((os.path.realpath(one), desk.holding(one)) for one in paths)
    return Shelf(Report(), {real: holding for real, holding in held if holding})


def _placed(desk: Desk, path: str, parts: Iterable[Document], problems: Iterable[Problem]) -> Iterator[Finding]:
    """The problems of this file with their places: a citation, or what is left of the line."""
    ends = {each.start: each.end for document in parts for each in scope.cited_in(document, path)}
    source = desk.source(path)
    for problem in problems:
        if same(problem.source, path):
            start = source.lines.offset(problem.line, problem.column)
            end = ends.get(start) or _line_end(source.lines, start)
            yield Finding(_toned(problem, desk.kind(path)), start, end, None)


def _line_end(lines: Lines, start: int) -> int:
    return max(lines.line_end(start), min(start + 1, len(lines.text)))


def _toned(problem: Problem, kind: str) -> Problem:
    if problem.code == "cite-no-bibliography" and kind in _TOLERANT:
        return replace(problem, severity="note")
    return problem
