"""Saying things: results to standard output, everything said to people to standard error, progress, exit codes."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from bibkit.problems import Problem, Report, UsageError

if TYPE_CHECKING:  # at run time the library is imported by the command that needs it: `bibkit --version` stays quick
    from bibkit.record import Record

MOST_SHOWN = 100  # lines of Problems before the rest is only counted
PATIENCE = 2.0  # seconds before a progress bar appears
COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}

quiet_option = click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")


def out(pieces: Iterable[str | bytes]) -> None:
    """Results to standard output. Raises UsageError where it is full or closed."""
    from bibkit import files

    try:
        for piece in pieces:
            sys.stdout.buffer.write(files.encode(piece) if isinstance(piece, str) else piece)
        sys.stdout.buffer.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left unwritten has nowhere to go
        raise UsageError(f"standard output: cannot write to it: {(error.strerror or str(error)).lower()}") from error


def tell(message: str, quiet: bool = False) -> None:
    """One line to standard error, unless quiet."""
    if not quiet:
        click.echo(message, err=True, color=coloured())


def coloured() -> bool | None:
    """None lets click decide by the terminal; NO_COLOR (no-color.org) decides against."""
    return False if os.environ.get("NO_COLOR") else None


def end(said: Report, quiet: bool, *, everything: bool = False, where: str = "", table: Sequence[str] = ()) -> None:
    """Print the Problems that matter here, count the others, and end with the run's exit code.

    The lines of `table` stand between both.
    """
    shown = [problem for problem in said.sorted() if everything or _matters(problem, quiet)]
    limit = len(shown) if everything else MOST_SHOWN
    for problem in shown[:limit]:
        tell(_painted(problem))
    if len(shown) > limit:
        tell(f"... and {len(shown) - limit} more", quiet)
    for line in table:
        tell(line)
    if counts := said.counts():
        rest = f"; {where}" if where and len(said.problems) > min(len(shown), limit) else ""
        tell(", ".join(_counted(number, kind) for kind, number in counts.items()) + rest, quiet)
    if said.exit_code:
        raise SystemExit(said.exit_code)


def _matters(problem: Problem, quiet: bool) -> bool:
    if problem.is_loss:
        return False
    return problem.severity == "error" or (problem.severity == "warning" and not quiet)


_PLURALS = {"loss": "losses"}


def _counted(number: int, severity: str) -> str:
    return f"{number} {severity if number == 1 else _PLURALS.get(severity, severity + 's')}"


def _painted(problem: Problem) -> str:
    coloured = click.style(f"{problem.severity}:", fg=COLOURS[problem.severity], bold=True)
    return str(problem).replace(f"{problem.severity}:", coloured, 1)


def watch(quiet: bool) -> Any:
    """A `library.Watch` that shows a progress bar on a terminal once reading takes longer than `PATIENCE`."""
    from bibkit import library

    return library.unwatched if quiet or not sys.stderr.isatty() else _progress


def _progress(items: Iterable[Record | Problem], lines: int) -> Iterator[Record | Problem]:
    started, bar = time.monotonic(), None
    try:
        for item in items:
            if bar is None and time.monotonic() - started > PATIENCE:
                bar = _bar(lines, "reading")
            if bar is not None and not isinstance(item, Problem) and item.origins:
                bar.update(bar.task_ids[0], completed=item.origins[0].end_line)
            yield item
    finally:
        if bar is not None:
            bar.stop()


def steps(quiet: bool, doing: str = "comparing") -> Any:
    """A watch over what is done step by step: a bar on a terminal once it takes longer than `PATIENCE`, or None."""
    return None if quiet or not sys.stderr.isatty() else partial(_stepping, doing=doing)


def _stepping(items: Iterable[Any], total: int, *, doing: str) -> Iterator[Any]:
    started, bar = time.monotonic(), None
    try:
        for number, item in enumerate(items):
            if bar is None and time.monotonic() - started > PATIENCE:
                bar = _bar(total, doing)
            if bar is not None:
                bar.update(bar.task_ids[0], completed=number)
            yield item
    finally:
        if bar is not None:
            bar.stop()


def _bar(total: int, doing: str) -> Any:
    from rich.console import Console
    from rich.progress import Progress

    bar = Progress(console=Console(stderr=True), transient=True)
    bar.add_task(doing, total=total)
    bar.start()
    return bar
