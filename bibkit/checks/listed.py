"""Findings as text, as JSON, as SARIF 2.1.0, and as annotations on GitHub."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import quote

import msgspec

from bibkit.annotations import annotation
from bibkit.checks.model import Check, Finding
from bibkit.checks.registry import available
from bibkit.problems import Problem

SARIF = "https://json.schemastore.org/sarif-2.1.0.json"


def as_text(findings: Iterable[Finding], _version: str) -> Iterator[str]:
    """A line for each, with what a fix would do."""
    return (f"{_offering(finding)}\n" for finding in findings)


def _offering(finding: Finding) -> Problem:
    """The Problem of a finding, with its fix as the hint."""
    if finding.fix is None:
        return finding.problem
    option = "--fix" if finding.fix.safe else "--fix --unsafe"
    hint = f"{finding.problem.hint + '; ' if finding.problem.hint else ''}{option}: {finding.fix.title}"
    return msgspec.structs.replace(finding.problem, hint=hint)


def as_annotations(findings: Iterable[Finding], _version: str) -> Iterator[str]:
    """Workflow commands of GitHub."""
    return (annotation(_offering(finding)) for finding in findings)


def as_json(findings: Iterable[Finding], _version: str) -> Iterator[bytes]:
    """`{"findings": [...]}`; lines and columns count from 1 and are 0 where there are none, offsets are characters."""
    yield _pretty({"findings": [_as_object(finding) for finding in findings]})


def _as_object(finding: Finding) -> dict[str, Any]:
    problem, fix = finding.problem, finding.fix
    return {
        "code": problem.code,
        "severity": problem.severity,
        "message": problem.message,
        "file": problem.source,
        "line": problem.line,
        "column": problem.column,
        "start": finding.start,
        "end": finding.end,
        "key": problem.key,
        "field": problem.field,
        "hint": problem.hint,
        "fix": {
            "title": fix.title,
            "safe": fix.safe,
            "edits": [{"start": start, "end": end, "text": text} for start, end, text in fix.edits],
        }
        if fix
        else None,
    }


def as_sarif(findings: Iterable[Finding], version: str) -> Iterator[bytes]:
    """One run in the Static Analysis Results Interchange Format (OASIS, SARIF 2.1.0)."""
    found = list(findings)
    rules = {code: number for number, code in enumerate(dict.fromkeys(finding.problem.code for finding in found))}
    driver = {"name": "bibkit", "version": version, "rules": [_rule(code) for code in rules]}
    results = [_result(finding, rules[finding.problem.code]) for finding in found]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    yield _pretty({"$schema": SARIF, "version": "2.1.0", "runs": [run]})


def _rule(code: str) -> dict[str, Any]:
    check = available().checks.get(code)
    return {"id": code} if check is None else {"id": code, **_described(check)}


def _described(check: Check) -> dict[str, Any]:
    return {
        "shortDescription": {"text": check.name},
        "fullDescription": {"text": check.why},
        "defaultConfiguration": {"level": check.severity},
    }


def _result(finding: Finding, index: int) -> dict[str, Any]:
    problem = finding.problem
    place: dict[str, Any] = {"artifactLocation": {"uri": quote(problem.source)}}
    if problem.line:
        place["region"] = {"startLine": problem.line, "startColumn": max(problem.column, 1)}
    return {
        "ruleId": problem.code,
        "ruleIndex": index,
        "level": problem.severity,  # SARIF's levels have our names
        "message": {"text": problem.advised},
        "locations": [{"physicalLocation": place}],
    }


def _pretty(value: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


Lister = Callable[[Iterable[Finding], str], Iterator[str | bytes]]
LISTERS: dict[str, Lister] = {"text": as_text, "json": as_json, "sarif": as_sarif, "github": as_annotations}
