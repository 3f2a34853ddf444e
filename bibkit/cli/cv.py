"""`bibkit cv`: the publication list of one person, in every format that a CV needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bibkit.cli.say import end, out, quiet_option, steps, tell, watch
from bibkit.problems import Report, UsageError

if TYPE_CHECKING:  # at run time the library is imported by the command that needs it: `bibkit --version` stays quick
    from bibkit.cv import CvFormat, Options, Output
    from bibkit.decisions import Decisions
    from bibkit.record import Record
    from bibkit.settings import Cv


@click.command()
@click.argument("inputs", metavar="[FOLDER | IN...]", nargs=-1, type=click.Path(allow_dash=True))
@click.option("-C", "--folder", default=".", type=click.Path(file_okay=False, path_type=Path), help="The project.")
@click.option("--me", metavar="NAME", default="", help='Whose CV: "Given Family"; without it, [cv] me in bibkit.toml.')
@click.option("--to", metavar="FORMAT", default="", help="The format; without it, the ending of -o tells, else text.")
@click.option("-o", "--output", metavar="OUT", default="-", help="File or folder to write; - is standard output.")
@click.option("--style", metavar="S", default="", help="A CSL style: apa, ieee ... or a .csl file; or a .bst file.")
@click.option("--engine", metavar="E", default="", help="What renders the style; bibkit cv --list names them.")
@click.option("--from", "from_format", metavar="F", default="", help="Format of IN; without it, the content tells.")
@click.option("--dry-run", is_flag=True, help="Write nothing; say what would be written.")
@click.option("--list", "listing", is_flag=True, help="List the formats, the engines and the built-in styles.")
@quiet_option
def cv(
    inputs: tuple[str, ...],
    folder: Path,
    me: str,
    to: str,
    output: str,
    style: str,
    engine: str,
    from_format: str,
    dry_run: bool,
    listing: bool,
    quiet: bool,
) -> None:
    """Write the publication list of one person.

    The works are those of the project, the seeds/ of FOLDER or of the folder that you are in, or of the files IN. The
    own name is found by identity in all its spellings; which works, groups, numbers, marks and links are shown is said
    by [cv] in bibkit.toml.
    """
    from bibkit import cv as cvs
    from bibkit import settings

    if listing:
        out(_listed())
        return
    if len(inputs) == 1 and Path(inputs[0]).is_dir():
        folder, inputs = Path(inputs[0]), ()
    said = Report()
    project = settings.load(folder)
    form = cvs.get(to or _format_of(output))
    works, decided = from_files(inputs, from_format, folder, said, quiet) if inputs else of_project(folder, quiet)
    if said.exit_code:
        end(said, quiet)
    made = cvs.make(works, project.cv, decided, me=me)
    result = form.write(made, _options(project.cv, style, engine, folder))
    _put(result, form, output, dry_run, quiet or output == "-")
    said.add(*(problem for problem in made.problems if problem.severity != "note"))
    for problem in made.problems:
        if problem.severity == "note":
            tell(str(problem), quiet)
    end(said, quiet)


# ------------------------------------------------------------------------------------------------ works


def of_project(folder: Path, quiet: bool) -> tuple[Sequence[Record], Decisions]:
    """The works of a build; what a build has to say is in its report."""
    from bibkit import library

    said = Report()
    built = library.build(folder, said, watch=watch(quiet), steps=steps(quiet))
    if said.exit_code:
        end(said, quiet)
    return built.works, library.decision_file(folder).load()


def from_files(
    inputs: Sequence[str], from_format: str, folder: Path, said: Report, quiet: bool
) -> tuple[Sequence[Record], Decisions]:
    """The works of files: entries of one work are joined, and nothing is written."""
    from bibkit import joins, library, settings

    sources = library.open_sources(inputs, from_format, settings.load(folder), said)
    decided = library.decision_file(folder).load()
    found = list(said.sift(library.records(sources, watch(quiet))))
    joined = joins.join(found, decided, watch=steps(quiet))
    return library.keyed_works(joined, folder, None), decided


# ------------------------------------------------------------------------------------------------ writing


def _format_of(output: str) -> str:
    """By the ending of the output; text where there is none that speaks."""
    from bibkit import cv as cvs

    ending = Path(output).suffix.lower()
    return cvs.by_suffix(ending) if output != "-" and ending else "text"


def _options(said: Cv, style: str, engine: str, folder: Path) -> Options:
    from bibkit.cv import Options

    base = Path() if style else folder  # a path on the command line is seen from where the person is
    return Options(style or said.style, engine or said.engine, said.lang, said.bold, said.counts, base)


def _put(result: Output, form: CvFormat, output: str, dry_run: bool, quiet: bool) -> None:
    """Standard output for one file; a file or a folder is written whole or not at all."""
    from bibkit import files

    if isinstance(result, Mapping):
        if output == "-":
            raise UsageError(f"{form.name} is a folder; say which one with -o FOLDER")
        wanted = {Path(output) / name: content for name, content in result.items()}
    elif output == "-":
        out(() if dry_run else [result])
        return
    else:
        wanted = {Path(output): result}
    if not dry_run:
        files.write_all(wanted)
    tell(f"{'would write' if dry_run else 'wrote'} {_names(list(wanted))}", quiet)


def _names(paths: Sequence[Path]) -> str:
    shown = ", ".join(map(str, paths[:3]))
    return shown if len(paths) <= 3 else f"{shown} and {len(paths) - 3} more"


# ------------------------------------------------------------------------------------------------ what there is


def _listed() -> list[str]:
    from bibkit import cv as cvs
    from bibkit.cv import engines, styles

    lines = ["Formats:"]
    for name in cvs.FORMATS:
        found = cvs.get(name)
        lines.append(f"  {name:<16}{'folder' if found.is_folder else found.suffix:<18}{found.title}")
    lines += ["Engines:", *(f"  {name:<16}{title}" for name, title in engines.described())]
    lines += ["Styles:", *(f"  {name}" for name in styles.BUILT_IN)]
    return [f"{line}\n" for line in lines]
