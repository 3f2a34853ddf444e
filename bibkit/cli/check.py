"""The command that checks bibliographies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from bibkit.cli.say import end, out, quiet_option, steps, tell
from bibkit.problems import Report, UsageError

if TYPE_CHECKING:  # at run time the library is imported by the command that needs it: `bibkit --version` stays quick
    from bibkit.checking import Checked


def _codes(_context: click.Context, _parameter: click.Parameter, given: Sequence[str]) -> tuple[str, ...]:
    """The codes of an option that may stand several times, each time with several codes between commas."""
    return tuple(code.strip() for words in given for code in words.split(",") if code.strip())


@click.command()
@click.argument("inputs", metavar="[IN]...", nargs=-1, type=click.Path(allow_dash=True))
@click.option("--from", "from_format", metavar="F", default="", help="Format of the inputs; without it, they tell.")
@click.option("--select", metavar="CODES", multiple=True, callback=_codes, help="Only these, or families of them.")
@click.option("--extend", metavar="CODES", multiple=True, callback=_codes, help="Also these, which are off by default.")
@click.option("--ignore", metavar="CODES", multiple=True, callback=_codes, help="All but these, or families of them.")
@click.option("--fix", is_flag=True, help="Mend what can be mended safely, and list what is left.")
@click.option("--unsafe", is_flag=True, help="With --fix: mend also what wants a look afterwards.")
@click.option("--diff", is_flag=True, help="Write nothing; show what --fix would change.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif", "github"]),
    default="text",
    help="Form of the result.",
)
@click.option("--statistics", is_flag=True, help="How many findings there are of each code, instead of a list.")
@click.option(
    "--target",
    type=click.Choice(["bibtex", "biblatex"]),
    help="What .bib files are for; without it, what they look like.",
)
@click.option("--explain", metavar="CODE", help="What a code means, why, examples, and where the rule comes from.")
@click.option("--list", "list_checks", is_flag=True, help="List all checks: code, severity, fix, name.")
@quiet_option
def check(
    inputs: tuple[str, ...],
    from_format: str,
    select: tuple[str, ...],
    extend: tuple[str, ...],
    ignore: tuple[str, ...],
    fix: bool,
    unsafe: bool,
    diff: bool,
    form: str,
    statistics: bool,
    target: str | None,
    explain: str | None,
    list_checks: bool,
    quiet: bool,
) -> None:
    """Find what is wrong with bibliographies, and mend it; exit 1 if anything is found.

    IN is one file or several, of any format that bibkit reads; - is standard input, which --fix writes to standard
    output. Without IN, the sources of the project are checked. Settings, and exceptions for entries and files, stand
    under [check] in bibkit.toml; a comment `bibkit: ignore[CODE]` makes one in the file.
    """
    from bibkit import checking

    if explain or list_checks:
        out(checking.explained(explain) if explain else checking.table())
        return
    if unsafe and not (fix or diff):
        raise UsageError("--unsafe goes with --fix or --diff")
    if diff and (form != "text" or statistics):
        raise UsageError("--diff shows changes and goes with neither --format nor --statistics")
    said = Report()
    said.add(*checking.problems_of_plugins())
    wish = checking.Wish(select, extend, ignore, target or "", from_format, fix or diff, unsafe)
    paths = inputs or tuple(checking.default_paths())
    checked = checking.check(paths, wish, said, steps=steps(quiet, "checking"))
    _show(checked, form, statistics=statistics, diff=diff, fix=fix)
    tell(checking.summary(checked, wish), quiet)
    said.found = any(one.left or (diff and one.findings) for one in checked)
    end(said, quiet)


def _show(checked: Sequence[Checked], form: str, *, statistics: bool, diff: bool, fix: bool) -> None:
    """The findings that are left, or the changes; with `fix` the files are written first."""
    from bibkit import __version__, changes, checking
    from bibkit.checks.listed import LISTERS

    made = [one.change for one in checked]
    if diff:
        out(changes.shown(made, diff=True))
        return
    piped = [change for change in made if change.is_piped]
    if fix:
        changes.save(made)
        out(change.data for change in piped)
    listed = checking.statistics(checked) if statistics else LISTERS[form](checking.left(checked), __version__)
    if fix and piped:  # standard output has the file
        for line in listed:
            tell((line if isinstance(line, str) else line.decode()).rstrip("\n"))
    else:
        out(listed)
