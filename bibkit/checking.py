"""Files through the checks: what is found in each, what fixes make of it, and how that is shown."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from bibkit import checks, files, library, settings
from bibkit.changes import Change
from bibkit.checks import Finding, Mended, Terms
from bibkit.problems import Problem, Report


class Checked(msgspec.Struct, frozen=True):
    """A file, what was found in it, and what fixes make of it where these were asked for."""

    name: str
    path: str
    content: files.Text
    findings: tuple[Finding, ...]
    entries: int
    mended: Mended | None = None

    @property
    def left(self) -> tuple[Finding, ...]:
        """What is found once the fixes are made."""
        return self.mended.left if self.mended else self.findings

    @property
    def change(self) -> Change:
        """The file with its fixes."""
        return Change(
            self.name, self.path, self.content, self.mended.text if self.mended else self.content.text, "fixed"
        )


class Wish(msgspec.Struct, frozen=True):
    """What is asked for on the command line, over what `bibkit.toml` says."""

    select: tuple[str, ...] = ()
    extend: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    target: str = ""
    format: str = ""
    fix: bool = False
    unsafe: bool = False


def terms(wish: Wish, said: settings.Check) -> Terms:
    """The terms of a run. Raises UsageError for a code that does not exist, with the nearest one."""
    checks.require_known((*wish.select, *wish.extend, *wish.ignore), "--select, --extend, --ignore")
    in_entries = (code for codes in said.entries.values() for code in codes)
    in_files = (code for codes in said.files.values() for code in codes)
    checks.require_known((*said.select, *said.extend, *said.ignore, *in_entries, *in_files), f"{settings.FILE}: check")
    return Terms(
        select=wish.select or said.select,
        extend=(*said.extend, *wish.extend),
        ignore=(*said.ignore, *wish.ignore),
        entries=said.entries,
        files=said.files,
        target=wish.target or said.target,  # type: ignore[arg-type]  # click has checked it
        today=datetime.date.fromisoformat(library.today()),
    )


def check(paths: Sequence[str], wish: Wish, said: Report, *, steps: checks.Watch | None = None) -> list[Checked]:
    """Every file that can be read, checked, and mended where that is asked for; the others become Problems in `said`.

    Nothing is written. Raises UsageError for a code or a setting that does not exist.
    """
    project = settings.load(Path())
    wanted = terms(wish, project.check)
    found = (_checked(path, wish, wanted, project, said, steps) for path in _once(paths))
    return [one for one in found if one]


def _once(paths: Sequence[str]) -> Iterator[str]:
    """The paths without those that name a file a second time."""
    seen: set[Path] = set()
    for path in paths:
        real = Path(path).resolve() if path != files.STDIN else Path(path)
        if real not in seen:
            seen.add(real)
            yield path


def _checked(
    path: str, wish: Wish, wanted: Terms, project: settings.Settings, said: Report, steps: checks.Watch | None
) -> Checked | None:
    reading = Report()
    opened = library.open_source(path, wish.format, project, reading)
    if opened is None:
        said.unread, said.unknown = said.unread + 1, said.unknown + reading.unknown
        said.add(*reading.problems)
        return None
    said.read += 1
    source, content = opened
    wanted = msgspec.structs.replace(wanted, folder=Path(path).parent if path != files.STDIN else Path())
    told = (source.text, source.name, source.format.name, wanted)
    found = checks.look(*told, options=source.options, watch=steps)
    of_file = [Finding(problem, 0, 0) for problem in reading.problems]
    mended = None
    if wish.fix:
        mended = checks.mend(*told, options=source.options, unsafe=wish.unsafe, first=found)
        if refusal := _refusal(mended.text, content, source.name):
            said.add(refusal)
            mended = None
    return Checked(source.name, path, content, (*of_file, *found.findings), len(found.items), mended)


def _refusal(text: str, content: files.Text, name: str) -> Problem | None:
    """Why a file cannot be written with this text."""
    try:
        files.encoded(text, content)
    except UnicodeEncodeError as error:
        letter = error.object[error.start : error.start + 1]
        message = f"{content.encoding} has no {letter!r}, which a fix would write; nothing is mended in this file"
        return Problem("check-encoding", message, "error", name, hint="save the file as UTF-8")
    if content.exact:
        return None
    return Problem("check-encoding", f"not all of it is {content.encoding}; nothing is mended in it", "error", name)


def problems_of_plugins() -> tuple[Problem, ...]:
    """What is wrong with plugins that bring checks."""
    return checks.available().problems


# ------------------------------------------------------------------------------------------------ for people


def left(checked: Iterable[Checked]) -> list[Finding]:
    """What is found in all of them, once the fixes are made."""
    return [finding for one in checked for finding in one.left]


def counted(checked: Iterable[Checked]) -> dict[str, tuple[int, int]]:
    """For each code, the most frequent first: how many findings there are, and of how many there is a fix."""
    totals: dict[str, tuple[int, int]] = {}
    for finding in left(checked):
        number, fixes = totals.get(finding.problem.code, (0, 0))
        totals[finding.problem.code] = number + 1, fixes + (finding.fix is not None)
    return dict(sorted(totals.items(), key=lambda row: (-row[1][0], row[0])))


def statistics(checked: Iterable[Checked]) -> Iterator[str]:
    """A line for each code: how many findings there are, of how many of them there is a fix, and what it is about."""
    known = checks.available().checks
    for code, (number, fixes) in counted(checked).items():
        name = known[code].name if code in known else "what the reader says"
        yield f"{number:>7}  {code:<26}{f'{fixes} with a fix' if fixes else '':<18}{name}\n"


def summary(checked: Sequence[Checked], wish: Wish) -> str:
    """One line on what was found, and what can be done about it."""
    findings = left(checked)
    made = sum(len(one.mended.made) for one in checked if one.mended)
    entries = sum(one.entries for one in checked)
    where = f"{entries} entr{'y' if entries == 1 else 'ies'} in {len(checked)} file{'s' * (len(checked) != 1)}"
    found = f"{len(findings) or 'no'} finding{'s' * (len(findings) != 1)}{' left' if made else ''} in {where}"
    mended = f"{made} mended; " if made else ""
    return f"{mended}{found}{_ways_out(findings, wish)}"


def _ways_out(findings: Sequence[Finding], wish: Wish) -> str:
    """How many of them `--fix` would mend, and how many more `--unsafe`."""
    safe = sum(finding.fix is not None and finding.fix.safe for finding in findings)
    unsafe = sum(finding.fix is not None and not finding.fix.safe for finding in findings)
    offers = []
    if safe and not wish.fix:
        offers.append(f"--fix mends {safe}")
    if unsafe and not (wish.fix and wish.unsafe):
        offers.append(f"--fix --unsafe mends {unsafe}{' more' if safe else ''}")
    return f"; {', '.join(offers)}" if offers else ""


def explained(code: str) -> Iterator[str]:
    """What a code means, why, a bad and a good example, and where the rule comes from. Raises UsageError."""
    checks.require_known((code,), "--explain")
    found = [check for name, check in checks.available().checks.items() if checks.covers((code,), name)]
    if not found:
        yield f"{code}: what the reader of a file says about it; see the message itself\n"
    for number, check in enumerate(found):
        yield "\n" * bool(number) + "".join(checks.explanation(check))


def table() -> Iterator[str]:
    """Every check in a line: code, severity, fix, name."""
    for check in checks.available().checks.values():
        off = "" if check.default else "  (off unless asked for)"
        yield f"{check.code:<26}{check.severity:<9}{check.fix or '-':<8}{check.name}{off}\n"


def default_paths() -> list[str]:
    """What is checked where no file is named: the sources of the project in this folder. Raises UsageError."""
    return library.source_paths(Path())
