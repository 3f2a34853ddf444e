"""The commands that make files: build, convert, fmt; and what there is: formats, completion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bibkit.cli.say import end, out, quiet_option, steps, tell, watch
from bibkit.problems import Report, UsageError

if TYPE_CHECKING:  # at run time the library is imported by the command that needs it: `bibkit --version` stays quick
    from bibkit.library import Build


@click.command()
@click.argument("folder", default=".", type=click.Path(file_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Write nothing; exit 1 and show a diff if exports/ is not current.")
@click.option("--dry-run", is_flag=True, help="Write nothing; say what would be written.")
@click.option(
    "--frozen", is_flag=True, help="Give no new citation key: a work that keys.lock does not know is an error."
)
@click.option("--rekey", is_flag=True, help="Give new works keys of our pattern; the keys they bring become aliases.")
@quiet_option
def build(folder: Path, check: bool, dry_run: bool, frozen: bool, rekey: bool, quiet: bool) -> None:
    """Make exports/ from everything in seeds/.

    FOLDER is the project, by default the folder that you are in. Settings are read from bibkit.toml, citation keys
    from seeds/keys.lock, which is extended by the keys of new works: keep it, and commit it. A key that is given
    stays; `bibkit keys rekey` changes keys.
    """
    from bibkit import library

    said = Report()
    built = library.build(folder, said, frozen=frozen, rekey=rekey, watch=watch(quiet), steps=steps(quiet))
    for problem in built.on_lock:
        tell(str(problem), quiet)
    if check:
        _check(built, said)
    elif not dry_run:
        _stop_if_failed(said, quiet)
        tell(f"{_summary(built)}; {_wrote(built.save())}", quiet)
    else:
        tell(f"{_summary(built)}; would write {', '.join(built.stale()) or 'nothing'}", quiet)
    end(said, quiet, where="exports/report.md has them")


def _stop_if_failed(said: Report, quiet: bool) -> None:
    """Nothing is written over what stands on disk when nothing could be read."""
    if said.exit_code:
        end(said, quiet)


def _check(built: Build, said: Report) -> None:
    difference = "".join(built.diff())
    said.found = bool(difference)
    out([difference])


def _summary(built: Build) -> str:
    entries = sum(len(work.origins) for work in built.works)
    return f"{len(built.works)} works from {entries} entries"


def _wrote(names: list[str]) -> str:
    return f"wrote {', '.join(names)}" if names else "all files were current"


@click.command()
@click.argument("inputs", metavar="IN...", nargs=-1, required=True, type=click.Path(allow_dash=True))
@click.option("--from", "from_format", metavar="F", help="Format of the inputs; without it, their content tells.")
@click.option("--to", metavar="F", help="Format of the output; without it, the ending of -o tells.")
@click.option("-o", "--output", metavar="OUT", default="-", help="File to write; - is standard output.")
@click.option("--report", is_flag=True, help="Show every note and loss, and how much of which variable was lost.")
@click.option("--case", type=click.Choice(["keep", "sentence"]), default="keep", help="Letter case of titles.")
@click.option(
    "--latex", type=click.Choice(["utf8", "ascii"]), help="Non-ASCII letters in (Bib)LaTeX: kept, or as macros."
)
@click.option("--csl-schema", is_flag=True, help="In CSL-JSON only what its JSON schema has; the rest is in `custom`.")
@click.option("--note-lines", is_flag=True, help="Take lines like `DOI: 10.1000/x` in notes of CSL-JSON as variables.")
@click.option("--rekey", is_flag=True, help="Give every entry a new citation key; the old one becomes an alias.")
@click.option("--pattern", metavar="P", help="Pattern of new citation keys, or its name.")
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
    csl_schema: bool,
    note_lines: bool,
    rekey: bool,
    pattern: str | None,
    strict: bool,
    quiet: bool,
) -> None:
    """Turn files into another format: nothing is merged, incoming citation keys are kept.

    IN is one file or several, of one format or several; - is standard input. What the target format cannot hold is
    said on standard error.
    """
    from bibkit import formats, library

    said = Report(strict=strict)
    options = formats.WriteOptions(latex=latex or "", schema=csl_schema, protect=True)  # type: ignore[arg-type]  # click has checked it
    text = library.convert(
        inputs,
        to or _target(output),
        said,
        from_format=from_format or "",
        options=options,
        sentence_case=case == "sentence",
        note_lines=note_lines,
        pattern=pattern or "",
        rekey=rekey,
        watch=watch(quiet),
    )
    _put(text, output, said)
    end(said, quiet, everything=report, where="--report shows them", table=_lost(said) if report else ())


def _lost(said: Report) -> list[str]:
    """What was lost in all, as a table: how many values of which variable, and where the first one stands."""
    losses = [problem for problem in said.sorted() if problem.is_loss]
    first = {problem.field: problem.where() for problem in reversed(losses)}
    counted = Counter(problem.field for problem in losses)
    rows = sorted(counted.items(), key=lambda row: (-row[1], row[0]))
    width = max(map(len, (*counted, "variable")))
    head = f"{'lost':>7}  {'variable':<{width}}  first"
    return [head, *(f"{count:>7}  {name:<{width}}  {first[name]}".rstrip() for name, count in rows)] if rows else []


def _target(output: str) -> str:
    from bibkit import formats

    found = formats.by_suffix(output) if output != "-" else ""
    if not found:
        raise UsageError("say which format to write, with --to; `bibkit formats` lists them")
    return found


def _put(text: Iterable[str | bytes], output: str, said: Report) -> None:
    """Write the result; a file is replaced whole, and not at all where nothing could be read or --strict failed."""
    if output == "-":
        out(text)
        return
    from bibkit import files

    pieces = list(text)
    if not said.exit_code:
        files.write(Path(output), pieces)


@click.command("fmt")
@click.argument("inputs", metavar="FILE...", nargs=-1, required=True, type=click.Path(allow_dash=True))
@click.option("--check", is_flag=True, help="Write nothing; name the files that would change, and exit 1 if any would.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change.")
@quiet_option
def format_files(inputs: tuple[str, ...], check: bool, diff: bool, quiet: bool) -> None:
    """Bring .bib files into one form: indentation, delimiters, case of names, blank lines.

    Values, comments, and whatever has a fault stay as they are. The form is set by [fmt] in bibkit.toml. - reads
    standard input and writes standard output.
    """
    from bibkit import changes as changing
    from bibkit import fmt, settings

    said = Report()
    changes = fmt.plan(inputs, settings.load(Path()).fmt, said)
    if check or diff:
        said.found = check and any(change.needed for change in changes)
        out(changing.shown(changes, diff=diff))
    else:
        saved = changing.save(changes)
        out(change.data for change in changes if change.is_piped)
        tell(_wrote(saved), quiet or all(change.is_piped for change in changes))
    end(said, quiet)


@click.command("formats")
def list_formats() -> None:
    """List the formats: name, whether it can be read and written, endings, what it is."""
    from bibkit import formats

    said = Report()
    for found in said.sift(formats.available()):
        ways = f"{'read' if found.read else '-':<5}{'write' if found.write else '-':<6}"
        line = f"{found.name:<12}{ways} {' '.join(found.suffixes):<26} {found.title}"
        out(f"{each}\n" for each in (line, *(f"{'':<12}{layout}" for layout in found.layouts)))
    end(said, quiet=False)


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print what a shell needs to complete bibkit's commands: eval "$(bibkit completion bash)"."""
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    if found is None:
        raise UsageError(f"no completion for {shell}")
    out([found(click.get_current_context().find_root().command, {}, "bibkit", "_BIBKIT_COMPLETE").source(), "\n"])
