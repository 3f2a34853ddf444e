"""A verdict in words: a line for each difference, a table of the witnesses, or JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from bibkit.problems import Problem
from bibkit.verify.model import Asked, Verdict

_HEAD = ("witness", "version", "entries", "differences")


def lines(verdicts: Iterable[Verdict]) -> Iterator[str]:
    """A line for each difference, by place."""
    for verdict in verdicts:
        for difference in verdict.differences:
            yield f"{difference.problem()}\n"


def failures(verdicts: Iterable[Verdict]) -> Iterator[Problem]:
    """A Problem for each witness that gave no answer."""
    for verdict in verdicts:
        for asked in verdict.asked:
            if asked.failed:
                yield Problem("verify-failed", f"{asked.name} gave no answer: {asked.why}", "error", verdict.file)


def as_json(verdicts: Sequence[Verdict]) -> bytes:
    """Everything, as a list with an object for each file."""
    return msgspec.json.format(msgspec.json.encode(verdicts), indent=2) + b"\n"


def table(verdict: Verdict) -> Iterator[str]:
    """What was compared, then a row for each witness."""
    yield _heading(verdict)
    rows = [_HEAD, *map(_row, verdict.asked)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    for row, asked in zip(rows, (None, *verdict.asked), strict=True):
        name, version, *numbers = row
        cells = [f"{name:<{widths[0]}}", f"{version:<{widths[1]}}"]
        cells += [f"{number:>{width}}" for number, width in zip(numbers, widths[2:], strict=True)]
        yield f"  {'  '.join((*cells, _remark(asked)))}".rstrip()


def _heading(verdict: Verdict) -> str:
    number = "1 entry" if verdict.entries == 1 else f"{verdict.entries} entries"
    how = f", written as {verdict.dialect} from {verdict.written}" if verdict.written else f" in {verdict.dialect}"
    return f"{verdict.file}: {number}{how}"


def _row(asked: Asked) -> tuple[str, ...]:
    if asked.why:
        return asked.name, asked.version, "-", "-"
    return asked.name, asked.version, str(asked.entries), str(asked.differences)


def _remark(asked: Asked | None) -> str:
    if asked is None:
        return ""
    if asked.why:
        return "failed" if asked.failed else f"{asked.why}: not asked"
    return f"it said: {asked.said}" if asked.said else ""
