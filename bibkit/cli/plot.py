"""`bibkit plot`: charts of one person's works."""

from __future__ import annotations

from pathlib import Path

import click

from bibkit.cli.cv import from_files, of_project  # the works are those of `bibkit cv`
from bibkit.cli.say import end, out, quiet_option, tell
from bibkit.problems import Report


@click.command()
@click.argument("inputs", metavar="[FOLDER | IN...]", nargs=-1, type=click.Path(allow_dash=True))
@click.option("-C", "--folder", default=".", type=click.Path(file_okay=False, path_type=Path), help="The project.")
@click.option(
    "--me", metavar="NAME", default="", help='Whose works: "Given Family"; without it, [cv] me in bibkit.toml.'
)
@click.option(
    "--kind",
    type=click.Choice(["years", "types", "coauthors"]),
    default="years",
    show_default=True,
    help="Works per year, works by type, or who wrote with whom.",
)
@click.option(
    "-o", "--output", metavar="OUT", default="-", help="An .svg, .png or .pdf file; - is SVG to standard output."
)
@click.option("--from", "from_format", metavar="F", default="", help="Format of IN; without it, the content tells.")
@click.option("--dry-run", is_flag=True, help="Write nothing; say what would be written.")
@quiet_option
def plot(
    inputs: tuple[str, ...],
    folder: Path,
    me: str,
    kind: str,
    output: str,
    from_format: str,
    dry_run: bool,
    quiet: bool,
) -> None:
    """Draw a chart of the works of one person.

    The works are those of `bibkit cv`: the charts are those of its HTML page. It needs matplotlib, which comes with
    bibkit-toolkit[plot].
    """
    from bibkit import cv as cvs
    from bibkit import files, settings
    from bibkit.cv import charts
    from bibkit.cv import plot as drawing

    if len(inputs) == 1 and Path(inputs[0]).is_dir():
        folder, inputs = Path(inputs[0]), ()
    said = Report()
    project = settings.load(folder)
    ending = ".svg" if output == "-" else drawing.checked(Path(output).suffix.lower())
    works, decided = from_files(inputs, from_format, folder, said, quiet) if inputs else of_project(folder, quiet)
    if said.exit_code:
        end(said, quiet)
    made = cvs.make(works, project.cv, decided, me=me)
    said.add(*(problem for problem in made.problems if problem.severity != "note"))
    chart = charts.CHARTS[kind](made)
    picture = drawing.draw(chart, ending)
    tell(f"{chart.title}: {charts.summary(chart)}", quiet)
    if output == "-":
        out(() if dry_run else [picture])
    else:
        files.write_all({} if dry_run else {Path(output): picture})
        tell(f"{'would write' if dry_run else 'wrote'} {output}", quiet)
    end(said, quiet)
