"""`exports/report.md`: what a build found, joined, inferred and doubted, in words that a person reads."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from bibkit import dates, names, text
from bibkit.decisions import Decision, Work
from bibkit.problems import LOSS, Problem
from bibkit.record import Origin, Record
from bibkit.versions import versions_of

MOST_AUTHORS = 3  # in the table of works
WIDEST_TITLE = 60  # characters of a title in a list of decisions
MOST_KEYS = 5  # for each thing that a format cannot hold
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|#])")


def markdown(
    works: Sequence[Record], sources: Sequence[str], problems: Sequence[Problem], decided: Sequence[Decision] = ()
) -> str:
    """The report as Markdown. Problems and decisions are taken in the given order."""
    sections = [
        _summary(works, sources),
        _section("Sources", _sources(works, sources)),
        _section("Works", _works(works)),
        _section("Joined", _joined(works)),
        _section("Versions", _versions(works)),
        _section("Decisions", map(_decision, decided)),
        _section("Inferred", _inferred(works)),
        _section("Problems", _problems(problem for problem in problems if not problem.is_loss)),
        _section("Not held by a format", _lost(problem for problem in problems if problem.is_loss)),
    ]
    return "\n".join(line for section in sections for line in section)


def _summary(works: Sequence[Record], sources: Sequence[str]) -> Iterator[str]:
    entries = sum(len(work.origins) for work in works)
    joined = sum(len(work.origins) > 1 for work in works)
    yield "# Report"
    yield ""
    yield "Made by `bibkit build`; do not edit it."
    yield ""
    yield (
        f"{_count(len(works), 'work')} from {_count(entries, 'entry', 'entries')}"
        f" in {_count(len(sources), 'source')}; {joined} of them stood in more than one place."
    )
    yield ""


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    """A section, or nothing where it would be empty."""
    body = list(lines)
    if body:
        yield from (f"## {title}", "", *body, "")


def _sources(works: Sequence[Record], sources: Sequence[str]) -> Iterator[str]:
    counted = Counter(origin.source for work in works for origin in work.origins)
    layouts = {origin.source: origin.format for work in works for origin in work.origins}
    yield "| source | read as | entries |"
    yield "|---|---|--:|"
    for source in sources:
        yield f"| {_safe(source)} | {_safe(layouts.get(source, ''))} | {counted[source]} |"


def _works(works: Sequence[Record]) -> Iterator[str]:
    if works:
        yield "| key | date | authors | title | found at |"
        yield "|---|---|---|---|---|"
    for work in works:
        date = dates.format_edtf(work.issued) if work.issued else ""
        places = ", ".join(_place(origin) for origin in work.origins)
        title = _safe(text.plain(work.title))
        yield f"| `{work.key}` | {date} | {_safe(_authors(work))} | {title} | {_safe(places)} |"


def _authors(work: Record) -> str:
    shown = [names.format_display(name) for name in work.authors[:MOST_AUTHORS]]
    cut = len(work.authors) > MOST_AUTHORS or "author" in work.cut
    return ", ".join(shown) + (" et al." if cut else "")


def _joined(works: Sequence[Record]) -> Iterator[str]:
    for work in works:
        if len(work.origins) > 1:
            yield f"- `{work.key}`: {' and '.join(_place(origin) for origin in work.origins)}{_taken(work)}"


def _versions(works: Sequence[Record]) -> Iterator[str]:
    """Each group of versions once, the oldest version first."""
    by_key = {work.key: work for work in works}
    told: set[str] = set()
    for work in works:
        group = [by_key[key] for key in (work.key, *versions_of(work)) if key in by_key]
        if len(group) > 1 and work.key not in told:
            told.update(one.key for one in group)
            in_order = sorted(group, key=lambda one: (dates.sort_key(one.issued), one.key))
            yield f"- {', '.join(f'`{one.key}` ({_safe(one.type)}{_year(one)})' for one in in_order)}"


def _year(work: Record) -> str:
    return f", {work.issued.year}" if work.issued and work.issued.year else ""


def _decision(decision: Decision) -> str:
    """What was said about which works, by whom, when and why."""
    works = " and ".join(map(_named, decision.works))
    values = f": {', '.join(decision.values)}" if decision.values else ""
    said = ", ".join(filter(None, (decision.who, decision.when[:10])))
    why = f": {decision.why}" if decision.why else ""
    return f"- {decision.kind}{_safe(values)}: {works}{_safe(f' ({said}{why})' if said or why else '')}"


def _named(work: Work) -> str:
    title = _safe(work.title if len(work.title) <= WIDEST_TITLE else f"{work.title[:WIDEST_TITLE]}…")
    return " ".join(filter(None, (f"`{work.key}`" if work.key else "", title or _safe(" ".join(work.known[:1])))))


def _taken(work: Record) -> str:
    """Where the values are from, where not all are from the first entry."""
    by_origin: dict[int, list[str]] = {}
    for variable, trace in sorted(work.traces.items()):
        if trace.origin:
            by_origin.setdefault(trace.origin, []).append(variable)
    told = (f"{', '.join(variables)} from {_place(work.origins[at])}" for at, variables in sorted(by_origin.items()))
    taken = "; ".join(told)
    return f"; {_safe(taken)}" if taken else ""


def _inferred(works: Sequence[Record]) -> Iterator[str]:
    for work in works:
        for variable, trace in sorted(work.traces.items()):
            if trace.inferred:
                yield f"- `{work.key}`, {variable}: {_safe(trace.inferred)}"


def _problems(problems: Iterable[Problem]) -> Iterator[str]:
    for problem in problems:
        yield f"- {_safe(str(problem))}"


def _lost(problems: Iterable[Problem]) -> Iterator[str]:
    """What a format cannot hold, variable by variable: the records carry it, the file does not."""
    keys: dict[tuple[str, str], list[str]] = {}
    for problem in problems:
        format_name = problem.code.removesuffix(LOSS)
        keys.setdefault((format_name, problem.field or problem.message), []).append(problem.key)
    for (format_name, what), of in sorted(keys.items()):
        shown = ", ".join(f"`{key}`" for key in of[:MOST_KEYS]) + (", ..." if len(of) > MOST_KEYS else "")
        yield f"- {format_name}: {_safe(what)} of {_count(len(of), 'work')} ({shown})"


def _place(origin: Origin) -> str:
    return f"{origin.source}:{origin.line}"


def _safe(value: str) -> str:
    """Text that Markdown shows as it is, on one line."""
    return _MARKDOWN.sub(r"\\\1", " ".join(value.split()))
