"""Which checks there are: our own, and those of the entry point group `bibkit.checks`; which of them are asked for.

An entry point is a `Check` or a sequence of them. A plugin that cannot be loaded, or whose code another check has, is a
Problem and costs only itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import get_close_matches
from functools import cache
from typing import Any, NamedTuple

from bibkit.checks.model import ALL, Check, Terms, covers
from bibkit.checks.table import CHECKS
from bibkit.problems import Problem, UsageError

GROUP = "bibkit.checks"


class Available(NamedTuple):
    """Every check by its code, our own first; and what is wrong with plugins."""

    checks: dict[str, Check]
    problems: tuple[Problem, ...]


@cache
def available() -> Available:
    """What is installed."""
    from importlib.metadata import entry_points  # slow to import

    points = sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value))
    return gathered(CHECKS, [(f"{point.name} ({point.value})", point.load) for point in points])


def gathered(own: Sequence[Check], plugins: Iterable[tuple[str, Callable[[], Any]]]) -> Available:
    """Our own checks with those of plugins, each of which is a name and a function that loads it."""
    found = {check.code: check for check in own}
    owner = dict.fromkeys(found, "bibkit")
    problems: list[Problem] = []
    for name, load in plugins:
        for check in _loaded(name, load, problems):
            if check.code in found:
                message = f"the code {check.code} of the plugin {name} belongs to {owner[check.code]}"
                problems.append(Problem("check-code-twice", message, "error", hint="the plugin's check is not used"))
            else:
                found[check.code], owner[check.code] = check, f"the plugin {name}"
    return Available(found, tuple(problems))


def _loaded(name: str, load: Callable[[], Any], problems: list[Problem]) -> list[Check]:
    try:
        given = load()
        checks = [given] if isinstance(given, Check) else list(given)
        if all(isinstance(check, Check) for check in checks):
            return checks
        reason = "it is no bibkit.checks.Check"
    except (Exception, SystemExit) as error:
        reason = repr(error)
    problems.append(
        Problem("plugin-broken", f"the check plugin {name} cannot be loaded: {reason}", "error", hint="update it")
    )
    return []


def chosen(terms: Terms, format_name: str) -> list[Check]:
    """The checks that these terms ask for and that hold for this format, in the order of the table."""
    if terms.checks:
        return list(terms.checks)
    fitting = [check for check in available().checks.values() if not check.formats or format_name in check.formats]
    return [check for check in fitting if is_wanted(check.code, terms, default=check.default)]


def is_wanted(code: str, terms: Terms, *, default: bool = True) -> bool:
    """Whether findings of this code are asked for."""
    if covers(terms.ignore, code):
        return False
    return covers(terms.select, code) if terms.select else default or covers(terms.extend, code)


def require_known(names: Iterable[str], where: str) -> None:
    """Raises UsageError, with the nearest code, for a name that is neither a code nor a family."""
    for name in unknown(names):
        raise UsageError(f"{where}: there is no check {name!r}; {advice(name)}")


def advice(name: str) -> str:
    """What to do about a code that does not exist."""
    near = get_close_matches(name, known(), 1)
    return f"did you mean {near[0]}?" if near else "bibkit check --list has them all"


def unknown(names: Iterable[str]) -> Iterator[str]:
    """Those of the names that are neither a code nor a family."""
    codes = known()
    return (
        name for name in names if name not in codes and not name.startswith(tuple(f"{one}-" for one in READER_CODES))
    )


@cache
def known() -> frozenset[str]:
    """All codes and families, those of the readers too."""
    codes = [*available().checks, *READER_CODES]
    families = {
        "-".join(parts[:length]) for code in codes for parts in [code.split("-")] for length in range(1, len(parts))
    }
    return frozenset((*codes, *families, ALL))


# What readers say of a file is a finding as well. The codes of RIS, CSL-JSON and listings are families here.
READER_CODES = ("bibtex", "csl", "ris", "zotero", "json", "listing", "file", "format", "check", "plugin")
