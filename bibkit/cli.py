"""The command line. The only module that prints, asks or exits; each command is one call into the library."""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bibkit import __version__
from bibkit.problems import BibkitError, Problem, Report, UsageError

if TYPE_CHECKING:  # at run time the library is imported by the command that needs it: `bibkit --version` stays quick
    from bibkit.library import Build
    from bibkit.record import Record

INTERRUPTED = 130  # 128 + SIGINT, as a shell reports it
MOST_SHOWN = 100  # lines of Problems before the rest is only counted
PATIENCE = 2.0  # seconds before a progress bar appears
COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}

EXIT_CODES = """
\b
Exit codes:
  0  what could be read was written
  1  --check found something
  2  wrong usage, a bad bibkit.toml, or an output that cannot be written
  3  nothing could be read, or --strict and there was an error or a loss
  4  unknown format
  5  keys.lock or another state file cannot be used
  6  a plugin cannot be loaded
  7  a sync left conflicts open
  8  network or server
"""


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}, epilog=EXIT_CODES)
@click.version_option(__version__, prog_name="bibkit")
def cli() -> None:
    """Turn paper listings and bibliographies into one clean bibliography.

    Put your files into a folder named seeds and run `bibkit build`: exports/ then holds the same works as BibTeX,
    BibLaTeX, CSL-JSON and RIS, each paper once, each with a citation key that never changes.

    To turn one file into another format, use `bibkit convert`.
    """


quiet_option = click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")


@cli.command()
@click.argument("folder", default=".", type=click.Path(file_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Write nothing; exit 1 and show a diff if exports/ is not current.")
@click.option("--dry-run", is_flag=True, help="Write nothing; say what would be written.")
@click.option(
    "--frozen", is_flag=True, help="Give no new citation key: a work that keys.lock does not know is an error."
)
@quiet_option
def build(folder: Path, check: bool, dry_run: bool, frozen: bool, quiet: bool) -> None:
    """Make exports/ from everything in seeds/.

    FOLDER is the project, by default the folder that you are in. Settings are read from bibkit.toml, citation keys
    from seeds/keys.lock, which is extended by the keys of new works: keep it, and commit it.
    """
    from bibkit import library

    said = Report()
    built = library.build(folder, said, frozen=frozen, watch=_watch(quiet))
    if check:
        _check(built, said)
    elif not dry_run:
        _stop_if_failed(said, quiet)
        _tell(f"{_summary(built)}; {_wrote(built.save())}", quiet)
    else:
        _tell(f"{_summary(built)}; would write {', '.join(built.stale()) or 'nothing'}", quiet)
    _end(said, quiet, where="exports/report.md has them")


def _stop_if_failed(said: Report, quiet: bool) -> None:
    """Nothing is written over what stands on disk when nothing could be read."""
    if said.exit_code:
        _end(said, quiet)


def _check(built: Build, said: Report) -> None:
    difference = "".join(built.diff())
    said.found = bool(difference)
    _out([difference])


def _summary(built: Build) -> str:
    entries = sum(len(work.origins) for work in built.works)
    return f"{len(built.works)} works from {entries} entries"


def _wrote(names: list[str]) -> str:
    return f"wrote {', '.join(names)}" if names else "all files were current"


@cli.command()
@click.argument("inputs", metavar="IN...", nargs=-1, required=True, type=click.Path(allow_dash=True))
@click.option("--from", "from_format", metavar="F", help="Format of the inputs; without it, their content tells.")
@click.option("--to", metavar="F", help="Format of the output; without it, the ending of -o tells.")
@click.option("-o", "--output", metavar="OUT", default="-", help="File to write; - is standard output.")
@click.option("--report", is_flag=True, help="Show every note and loss, and their sum, not only the first ones.")
@click.option("--case", type=click.Choice(["keep", "sentence"]), default="keep", help="Letter case of titles.")
@click.option(
    "--latex", type=click.Choice(["utf8", "ascii"]), help="Non-ASCII letters in (Bib)LaTeX: kept, or as macros."
)
@click.option("--strict", is_flag=True, help="Exit 3 where there was an error or a loss; a file is then not written.")
@quiet_option
def convert(
    inputs: tuple[str, ...],
    from_format: str | None,
    to: str | None,
    output: str,
    report: bool,
    case: str,
    latex: str | None,
    strict: bool,
    quiet: bool,
) -> None:
    """Turn files into another format: nothing is merged, incoming citation keys are kept.

    IN is one file or several, of one format or several; - is standard input. What the target format cannot hold is
    said on standard error.
    """
    from bibkit import formats, library

    said = Report(strict=strict)
    options = formats.WriteOptions(latex=latex or "", protect=True)  # type: ignore[arg-type]  # click has checked it
    text = library.convert(
        inputs,
        to or _target(output),
        said,
        from_format=from_format or "",
        options=options,
        sentence_case=case == "sentence",
        watch=_watch(quiet),
    )
    _put(text, output, said)
    _end(said, quiet, everything=report, where="--report shows them")


def _target(output: str) -> str:
    from bibkit import formats

    found = formats.by_suffix(output) if output != "-" else ""
    if not found:
        raise UsageError("say which format to write, with --to; `bibkit formats` lists them")
    return found


def _put(text: Iterable[str | bytes], output: str, said: Report) -> None:
    """Write the result; a file is replaced whole, and not at all where nothing could be read or --strict failed."""
    if output == "-":
        _out(text)
        return
    from bibkit import files

    pieces = list(text)
    if not said.exit_code:
        files.write(Path(output), pieces)


@cli.command("fmt")
@click.argument("inputs", metavar="FILE...", nargs=-1, required=True, type=click.Path(allow_dash=True))
@click.option("--check", is_flag=True, help="Write nothing; name the files that would change, and exit 1 if any would.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change.")
@quiet_option
def format_files(inputs: tuple[str, ...], check: bool, diff: bool, quiet: bool) -> None:
    """Bring .bib files into one form: indentation, delimiters, case of names, blank lines.

    Values, comments, and whatever has a fault stay as they are. The form is set by [fmt] in bibkit.toml. - reads
    standard input and writes standard output.
    """
    from bibkit import fmt, settings

    said = Report()
    changes = fmt.plan(inputs, settings.load(Path()).fmt, said)
    if check or diff:
        said.found = check and any(change.needed for change in changes)
        _out(fmt.shown(changes, diff=diff))
    else:
        saved = fmt.save(changes)
        _out(change.data for change in changes if change.is_piped)
        _tell(_wrote(saved), quiet or all(change.is_piped for change in changes))
    _end(said, quiet)


@cli.command("formats")
def list_formats() -> None:
    """List the formats: name, whether it can be read and written, endings, what it is."""
    from bibkit import formats

    said = Report()
    for found in said.sift(formats.available()):
        ways = f"{'read' if found.read else '-':<5}{'write' if found.write else '-':<6}"
        line = f"{found.name:<12}{ways} {' '.join(found.suffixes):<26} {found.title}"
        _out(f"{each}\n" for each in (line, *(f"{'':<12}{layout}" for layout in found.layouts)))
    _end(said, quiet=False)


@cli.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print what a shell needs to complete bibkit's commands: eval "$(bibkit completion bash)"."""
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    if found is None:
        raise UsageError(f"no completion for {shell}")
    _out([found(cli, {}, "bibkit", "_BIBKIT_COMPLETE").source(), "\n"])


# ------------------------------------------------------------------------------------------------ saying things


def _out(pieces: Iterable[str | bytes]) -> None:
    """Results to standard output. Raises UsageError where it is full or closed."""
    from bibkit import files

    try:
        for piece in pieces:
            sys.stdout.buffer.write(files.encode(piece) if isinstance(piece, str) else piece)
        sys.stdout.buffer.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left unwritten has nowhere to go
        raise UsageError(f"standard output: cannot write to it: {(error.strerror or str(error)).lower()}") from error


def _tell(message: str, quiet: bool = False) -> None:
    if not quiet:
        click.echo(message, err=True, color=_coloured())


def _coloured() -> bool | None:
    """None lets click decide by the terminal; NO_COLOR (no-color.org) decides against."""
    return False if os.environ.get("NO_COLOR") else None


def _end(said: Report, quiet: bool, *, everything: bool = False, where: str = "") -> None:
    """Print the Problems that matter here, count the others, and end with the run's exit code."""
    shown = [problem for problem in said.sorted() if everything or _matters(problem, quiet)]
    limit = len(shown) if everything else MOST_SHOWN
    for problem in shown[:limit]:
        _tell(_painted(problem))
    if len(shown) > limit:
        _tell(f"... and {len(shown) - limit} more", quiet)
    if counts := said.counts():
        rest = f"; {where}" if where and len(said.problems) > min(len(shown), limit) else ""
        _tell(", ".join(_counted(number, kind) for kind, number in counts.items()) + rest, quiet)
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


def _watch(quiet: bool) -> Any:
    """A `library.Watch` that shows a progress bar on a terminal once reading takes longer than `PATIENCE`."""
    from bibkit import library

    return library.unwatched if quiet or not sys.stderr.isatty() else _progress


def _progress(items: Iterable[Record | Problem], lines: int) -> Iterator[Record | Problem]:
    started, bar = time.monotonic(), None
    try:
        for item in items:
            if bar is None and time.monotonic() - started > PATIENCE:
                bar = _bar(lines)
            if bar is not None and not isinstance(item, Problem) and item.origins:
                bar.update(bar.task_ids[0], completed=item.origins[0].end_line)
            yield item
    finally:
        if bar is not None:
            bar.stop()


def _bar(lines: int) -> Any:
    from rich.console import Console
    from rich.progress import Progress

    bar = Progress(console=Console(stderr=True), transient=True)
    bar.add_task("reading", total=lines)
    bar.start()
    return bar


# ------------------------------------------------------------------------------------------------ the one boundary


def main() -> None:
    """Run the command line: the one place where errors become messages and exit codes."""
    gc.disable()  # one short run that makes no circles: looking for them costs a quarter of the time
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `bibkit ... | head` ends quietly, as other programs do
    try:
        sys.exit(cli.main(standalone_mode=False) or 0)
    except click.exceptions.Exit as ending:
        sys.exit(ending.exit_code)
    except click.UsageError as error:
        error.show()
        sys.exit(UsageError.exit_code)
    except BibkitError as error:
        _tell(f"bibkit: {click.style('error:', fg='red', bold=True)} {error}")
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        _tell("\nbibkit: interrupted; no file was left half-written")
        sys.exit(INTERRUPTED)
