"""Running checks on one source: what readers and checks say, with places, fixes and exceptions."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import fnmatch

import msgspec

from bibkit import formats
from bibkit.checks import registry
from bibkit.checks.model import ALL, Bibliography, Change, Check, Finding, Fix, Mend, Remark, Terms, covers
from bibkit.edits import Edit
from bibkit.formats import Format, ReadOptions
from bibkit.lines import Lines
from bibkit.problems import Problem, UnknownFormat, sort_key
from bibkit.written import Written, by_lines

BROKEN = "check-broken"  # the code of what a check that raises is said to be


def check_text(text: str, source: str, format_name: str, terms: Terms = Terms()) -> list[Finding]:  # noqa: B008 (frozen)
    """Everything that is found in a text, by place: what its reader says of it, and all checks that the terms ask for.

    Never raises because of the text or of a check: a check that raises is named in a finding, and the others go on.
    Raises UnknownFormat, and PluginError where a format's plugin fails.
    """
    return look(text, source, format_name, terms).findings


class Look(msgspec.Struct, frozen=True):
    """What was found in a text, and its entries."""

    findings: list[Finding]
    items: list[Written]


# What a check says better than the reader (`type-unknown`), and what the reader did and nobody did wrong.
LEFT_OUT = frozenset({"bibtex-unknown-type", "listing-profile", "listing-year-inferred"})

Watch = Callable[[Iterable[Check], int], Iterable[Check]]


def look(
    text: str,
    source: str,
    format_name: str,
    terms: Terms,
    *,
    options: ReadOptions = ReadOptions(),  # noqa: B008 (frozen)
    watch: Watch | None = None,
) -> Look:
    """As `check_text`. The reader gets the options; `watch` sees the checks go by, and is told how many there are."""
    found, problems = read_text(text, source, format_name, terms, options)
    lines = Lines(text)
    asked = [one for one in problems if one.code not in LEFT_OUT and registry.is_wanted(one.code, terms)]
    findings = list(_said(asked, found.items, lines))
    wanted = registry.chosen(terms, format_name)
    for check in watch(wanted, len(wanted)) if watch else wanted:
        findings += _findings(check, found, lines)
    kept = _without_exceptions(findings, found, lines)
    shown = (one for one in kept if one.item >= 0 or registry.is_wanted(one.problem.code, terms))
    order = sorted(shown, key=lambda one: (*sort_key(one.problem), one.problem.message))
    return Look(order, found.items)


def read_text(
    text: str, source: str, format_name: str, terms: Terms, options: ReadOptions
) -> tuple[Bibliography, list[Problem]]:
    """The entries of a text as they stand, and what its reader says of it."""
    problems: list[Problem] = []
    items: list[Written] = []
    for item in _entries(formats.get(format_name), text, source, options):
        if isinstance(item, Problem):
            problems.append(item)
        else:
            items.append(item)
    return Bibliography(text, source, format_name, items, terms), problems


def _entries(form: Format, text: str, source: str, options: ReadOptions) -> Iterator[Written | Problem]:
    if form.written is not None:
        return formats.guarded(form, form.written(text, source, options))
    if form.read is None:
        raise UnknownFormat(f"{form.name} can be written but not read")
    return by_lines(text, formats.guarded(form, form.read(text, source, options)))


# ------------------------------------------------------------------------------------------------ remarks to findings


def _findings(check: Check, found: Bibliography, lines: Lines) -> Iterator[Finding]:
    """What a check finds; its own failure is one more finding."""
    try:
        for remark in check.find(found):
            yield _placed(check, remark, found, lines)
    except Exception as error:
        message = f"the check {check.code} failed: {error!r}"
        hint = "that is a bug of the check, not of your file: tell its authors; --ignore leaves it out"
        yield Finding(Problem(BROKEN, message, "error", found.source, 1, hint=hint), 0, 0)


def _placed(check: Check, remark: Remark, found: Bibliography, lines: Lines) -> Finding:
    item, field = remark.item, remark.item.field_of(remark.field) or remark.field
    start, end = item.span(field)
    if remark.part and (at := _place_of(remark.part, item, field)) >= 0:
        start, end = at, at + len(remark.part)
    line, column = lines.place(start)
    problem = Problem(
        check.code,
        " ".join(remark.message.splitlines()),
        check.severity,
        found.source,
        line,
        column,
        key=item.record.key,
        field=field,
        hint=remark.hint,
    )
    fix = _fix(check, remark.mend, item) if remark.mend else None
    changes = _changes(remark.mend, item) if fix and remark.mend else ()
    return Finding(problem, start, end, fix, found.numbers.get(id(item), -1), changes)


def _place_of(part: str, item: Written, field: str) -> int:
    """Where a piece stands in a field or, where a record of RIS has several lines of it, in the first that has it."""
    start, end = item.span(field)
    at = item.text.find(part, start, end)
    return item.text.find(part, start, item.end) if at < 0 and f"{field}+" in item.fields else at


def _fix(check: Check, mend: Mend, item: Written) -> Fix | None:
    """The mend as edits; None where the source cannot be changed so."""
    edits: list[Edit] = []
    for change in mend.changes:
        made = _edits(change, item)
        if not made:
            return None
        edits += made
    if mend.type:
        edits += item.retype(mend.type)
    safe = check.fix == "safe" if mend.safe is None else mend.safe
    return Fix(mend.title, safe, tuple(sorted(edits))) if edits and check.fix else None


def _edits(change: Change, item: Written) -> list[Edit]:
    if change.name:
        return item.rename(change.field, change.name)
    return item.drop(change.field) if change.text is None else item.put(change.field, change.text)


def _changes(mend: Mend, item: Written) -> tuple[str, ...]:
    """The variables that a mend may change."""
    names = [name for change in mend.changes for name in (change.field, change.name) if name]
    changed = [variable for name in names for variable in item.variables_of(name)]
    return (*dict.fromkeys((*changed, *(item.variables_if(mend.type) if mend.type else ()))),)


def _said(problems: Iterable[Problem], items: Sequence[Written], lines: Lines) -> Iterator[Finding]:
    """What a reader says, at the place that it names; where that is an entry and a field, at the field."""
    known: dict[tuple[int, str], int] = {}
    for problem in problems:
        if problem.line and not problem.column and problem.field:
            known = known or {(lines.line(item.start), item.record.key): number for number, item in enumerate(items)}
            number = known.get((problem.line, problem.key), -1)
            if number >= 0:
                yield _said_of(problem, items[number], number, lines)
                continue
        start = lines.offset(problem.line, problem.column) if problem.line else 0
        yield Finding(problem, start, start)


def _said_of(problem: Problem, item: Written, number: int, lines: Lines) -> Finding:
    start, end = item.span(problem.field)
    line, column = lines.place(start)
    return Finding(msgspec.structs.replace(problem, line=line, column=column), start, end, item=number)


# ------------------------------------------------------------------------------------------------ exceptions

_EXCEPTION = re.compile(r"bibkit:[ \t]*ignore(-file)?(?:\[([^\]\n]{0,1000})\])?")


class _Exceptions(msgspec.Struct):
    """Which codes do not count, in the whole file and for single entries by number."""

    file: list[str]
    entries: dict[int, list[str]]


def _without_exceptions(findings: Iterable[Finding], found: Bibliography, lines: Lines) -> Iterator[Finding]:
    """The findings without those for which a comment in the file or the settings make an exception.

    `% bibkit: ignore[code, family]` holds for the entry that it stands in or before, `ignore-file` for all; without
    codes for every code.
    """
    terms = found.terms
    name = found.source.rpartition("/")[2]
    excepted = _Exceptions(
        [code for pattern, codes in terms.files.items() if fnmatch(name, pattern) for code in codes], {}
    )
    yield from _read_comments(found, excepted, lines)
    for finding in findings:
        code, key = finding.problem.code, finding.problem.key
        codes = (*excepted.file, *terms.entries.get(key, ()), *excepted.entries.get(finding.item, ()))
        if not covers(codes, code):
            yield finding


def _read_comments(found: Bibliography, excepted: _Exceptions, lines: Lines) -> Iterator[Finding]:
    """The exceptions in the text; a code that does not exist is a finding."""
    ends: list[int] | None = None
    for comment in _EXCEPTION.finditer(found.text) if "bibkit:" in found.text else ():
        codes = [code.strip() for code in comment[2].split(",")] if comment[2] else [ALL]
        for code in registry.unknown(codes):
            yield _unknown_code(code, comment.start(), found, lines)
        if comment[1]:
            excepted.file += codes
            continue
        ends = ends if ends is not None else [item.end for item in found.items]
        excepted.entries.setdefault(bisect_left(ends, comment.end()), []).extend(codes)


def _unknown_code(code: str, at: int, found: Bibliography, lines: Lines) -> Finding:
    line, column = lines.place(at)
    problem = Problem(
        "check-unknown-code",
        f"there is no check {code!r}",
        "warning",
        found.source,
        line,
        column,
        hint=registry.advice(code),
    )
    return Finding(problem, at, at + len(code))
