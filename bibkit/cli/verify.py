"""`bibkit verify`: what other programs read in a file."""

from __future__ import annotations

import click

from bibkit.cli.say import end, out, quiet_option, steps
from bibkit.problems import Report


@click.command()
@click.argument("inputs", metavar="FILE...", nargs=-1, required=True, type=click.Path(allow_dash=True))
@click.option(
    "--with",
    "names",
    metavar="NAME",
    multiple=True,
    help="Ask only this witness, again for several: biber, bibtex, bibtexparser, pandoc, pybtex.",
)
@click.option(
    "--to",
    type=click.Choice(["bibtex", "biblatex"]),
    help="Dialect that the witnesses read; a file in another format is written in it first.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Lines for people, or JSON.",
)
@click.option(
    "--limit",
    metavar="SECONDS",
    type=click.FloatRange(min=0, min_open=True),
    help="How long a witness may take; by default 60 seconds, and one more for each 10,000 characters.",
)
@quiet_option
def verify(
    inputs: tuple[str, ...], names: tuple[str, ...], to: str | None, form: str, limit: float | None, quiet: bool
) -> None:
    """Read files with other programs too, and show where they see something else than bibkit.

    Author, title, year and key of every entry are compared with what pybtex, bibtexparser and, where they are
    installed, biber, bibtex and pandoc see. What is only a matter of style does not count. Exit 1 when anything
    differs, or a witness cannot read a file. - is standard input.
    """
    from bibkit.verify import shown
    from bibkit.verify.run import verify as ask
    from bibkit.verify.witnesses import chosen

    said = Report()
    verdicts = ask(inputs, chosen(names), said, to=to or "", limit=limit or 0, steps=steps(quiet))
    out([shown.as_json(verdicts)] if form == "json" else shown.lines(verdicts))
    said.add(*shown.failures(verdicts))
    said.found = not all(verdict.agreed for verdict in verdicts)
    end(said, quiet, table=[] if quiet else [line for verdict in verdicts for line in shown.table(verdict)])
