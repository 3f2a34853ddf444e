"""The commands that write a document's bibliography: tex export, tex watch."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import click

from bibkit.cli.say import end, out, quiet_option, tell
from bibkit.cli.say import watch as progress
from bibkit.problems import Report, UsageError

if TYPE_CHECKING:  # at run time the library is imported by the command that needs it: `bibkit --version` stays quick
    from bibkit.export import Export
    from bibkit.watching import Line, Watching

F = TypeVar("F", bound=Callable[..., Any])
Changes = Callable[..., Iterable[Any]]  # watchfiles.watch

_OPTIONS = (
    click.option(
        "--bib",
        "libraries",
        metavar="FILE",
        multiple=True,
        type=click.Path(),
        help="Take entries from this file; may be given several times. Without it, from the bibkit project around DOC, "
        "or else from the bibliographies that DOC names.",
    ),
    click.option("--to", metavar="F", default="", help="Format to write; without it, -o and what DOC loads tell."),
    click.option(
        "--sort",
        "order",
        type=click.Choice(["key", "cited"]),
        default="key",
        help="Order of the entries: by key, or as cited.",
    ),
)


def _shared(command: F) -> F:
    """The arguments that both commands have."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return click.argument("document", metavar="DOC")(command)


@click.command()
@_shared
@click.option("-o", "--output", metavar="OUT", default="-", help="File to write; - is standard output.")
@click.option("--dry-run", is_flag=True, help="Write nothing; say what would be written.")
@click.option(
    "--strict", is_flag=True, help="Exit 3 where a key is missing or anything is lost; OUT is then not written."
)
@quiet_option
def export(
    document: str,
    libraries: tuple[str, ...],
    to: str,
    order: Any,
    output: str,
    dry_run: bool,
    strict: bool,
    quiet: bool,
) -> None:
    """Write a bibliography with the entries that DOC cites, and what these refer to.

    DOC is the main file: .tex (with all that it includes), .aux, .bcf, .typ, .md, .qmd, .Rmd or .org. Entries are
    copied as they stand where OUT is in their dialect, which is that of the document: BibTeX, or BibLaTeX.
    """
    from bibkit import export as exporting

    said = Report(strict=strict)
    made = exporting.export(exporting.Request(document, output, libraries, to, order), said, progress(quiet))
    if not said.exit_code:
        _put(made, dry_run, quiet)
    end(said, quiet)


def _put(made: Export, dry_run: bool, quiet: bool) -> None:
    if dry_run:
        tell(f"{made.output}: {'would stay as it is' if made.is_current() else 'would write'} {made.summary()}", quiet)
    elif made.is_piped:
        out([made.text])
    elif made.is_current():
        tell(f"{made.output} was current: {made.summary()}", quiet)
    else:
        made.save()
        tell(f"wrote {made.output}: {made.summary()}", quiet)


# ------------------------------------------------------------------------------------------------ watch

TICK = 1000  # milliseconds after which is looked whether a file is there again
PAUSE = 200  # milliseconds without a change before the document is read: an editor writes a file in several steps


@click.command()
@_shared
@click.option("-o", "--output", metavar="OUT", required=True, help="File to keep current.")
@click.option("--once", is_flag=True, help="Bring OUT up to date and end.")
@quiet_option
def watch(document: str, libraries: tuple[str, ...], to: str, order: Any, output: str, once: bool, quiet: bool) -> None:
    """Keep the bibliography of DOC current while someone writes; Ctrl-C ends it.

    One line is printed for each change of OUT. Files that are included later are followed. A file that is broken or
    missing for a moment takes nothing out of OUT.
    """
    from bibkit import watching
    from bibkit.export import Request

    changes = None if once else _changes()
    state = watching.Watching(Request(document, output, libraries, to, order))
    _say(state.look(first=True), quiet)
    if changes:
        _follow(state, changes, quiet)


def _changes() -> Changes:
    try:
        from watchfiles import watch as changes
    except ImportError as error:
        raise UsageError("tex watch needs watchfiles: pip install 'bibkit-toolkit[watch]'") from error
    return partial(changes, recursive=False, debounce=PAUSE, rust_timeout=TICK, yield_on_timeout=True)


def _follow(state: Watching, changes: Changes, quiet: bool) -> None:
    """Look again whenever a file has changed, until Ctrl-C, which is how this ends: exit code 0."""
    gc.enable()  # this may run for days
    try:
        tell(f"watching {state.request.document}; Ctrl-C ends it", quiet)
        while True:
            _until_moved(state, changes, quiet)
    except KeyboardInterrupt:
        tell("stopped", quiet)


def _until_moved(state: Watching, changes: Changes, quiet: bool) -> None:
    """Look whenever a file has changed, until other folders are to be watched."""
    folders = state.folders()
    try:
        for _ in changes(*folders):
            if state.is_stale():
                _say(state.look(), quiet)
            if state.folders() != folders:
                return
    except FileNotFoundError:  # a folder that was there a moment ago
        time.sleep(TICK / 1000)
    except OSError as error:
        raise UsageError(f"cannot watch: {error}; WATCHFILES_FORCE_POLLING=true may help") from error


def _say(lines: Iterable[Line], quiet: bool) -> None:
    for line in lines:
        tell(f"{datetime.now():%H:%M:%S} {line.text}", quiet and not line.is_error)
