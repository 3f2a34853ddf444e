"""The commands for documents: tex check, tex rewrite; export and watch are in a module of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from bibkit.cli.say import end, out, quiet_option, tell
from bibkit.cli.shared import LazyGroup
from bibkit.problems import Report, UsageError

if TYPE_CHECKING:  # at run time the library is imported by the command that needs it: `bibkit --version` stays quick
    from bibkit.documents import Document, Rewritten, SourceText

# Where each command is: module below `bibkit.cli`, function.
COMMANDS = {
    "check": ("tex", "check"),
    "export": ("tex_export", "export"),
    "rewrite": ("tex", "rewrite"),
    "watch": ("tex_export", "watch"),
}

F = TypeVar("F", bound=Callable[..., Any])


@click.group(cls=LazyGroup, places=COMMANDS)
def tex() -> None:
    """What documents cite: check it, export it, rewrite it.

    A document is LaTeX (.tex, and what LaTeX writes: .aux, .bcf), Typst, Markdown, Quarto, R Markdown or Org, with all
    files that it includes.
    """


_SHARED = (
    click.argument("inputs", metavar="DOC...", nargs=-1, required=True, type=click.Path(allow_dash=True)),
    click.option("--kind", metavar="K", default="", help="What DOC is: latex, aux, bcf, typst, markdown, quarto, org."),
    click.option("--command", "commands", metavar="NAME", multiple=True, help="A further LaTeX command that cites."),
    click.option(
        "--library",
        metavar="FOLDER",
        type=click.Path(file_okay=False),
        help="The bibkit project whose keys count; without it, the one around DOC.",
    ),
)


def _shared(command: F) -> F:
    """The arguments that the commands here have in common."""
    for option in reversed(_SHARED):
        command = option(command)
    return command


@tex.command()
@_shared
@click.option(
    "--bib", "bibliographies", metavar="FILE", multiple=True, help="Look here, not in the bibliographies of DOC."
)
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "github"]), default="text", help="Form of the result."
)
@click.option("--no-unused", is_flag=True, help="Do not say which entries nobody cites.")
@quiet_option
def check(
    inputs: tuple[str, ...],
    kind: str,
    commands: tuple[str, ...],
    library: str | None,
    bibliographies: tuple[str, ...],
    form: str,
    no_unused: bool,
    quiet: bool,
) -> None:
    """Find undefined, unused, doubled, misspelt and outdated keys; exit 1 if there are any.

    Keys are looked up in the bibliographies that DOC names; where it names none, in the bibkit project around it.
    Several documents that share a bibliography are checked together: an entry is unused if none of them cites it.
    """
    from bibkit import documents

    said = Report()
    scanned, _ = _scanned(inputs, kind, commands, said)
    findings = documents.check(scanned, documents.Terms(bibliographies, _folder(library), not no_unused), said)
    out(documents.LISTERS[form](findings, scanned))
    tell(documents.summary(findings, scanned), quiet)
    said.found = any(finding.severity != "note" for finding in findings)
    end(said, quiet)


def _folder(path: str | None) -> Path | None:
    return None if path is None else Path(path)


def _scanned(
    paths: Sequence[str], kind: str, commands: Sequence[str], said: Report
) -> tuple[list[Document], SourceText | None]:
    """The documents that can be read, and the one of standard input as text; the others become Problems."""
    from bibkit import documents, files

    scanned, piped = [], None
    for path in paths:
        source = documents.open_source(path, kind)
        piped = source if path == files.STDIN else piped
        found = documents.scan_source(source, kind or documents.kind_of(path), commands)
        if found.files:
            said.read += 1
            scanned.append(found)
        else:
            said.unread += 1
            said.add(*found.problems)
    return scanned, piped


@tex.command()
@_shared
@click.option(
    "--map",
    "words",
    metavar="OLD=NEW",
    multiple=True,
    help="A key and its new one, or a file with one such pair a line.",
)
@click.option("--aliases", is_flag=True, help="Replace aliases of keys.lock by the present keys.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change.")
@click.option("--dry-run", is_flag=True, help="Write nothing; say what would change.")
@quiet_option
def rewrite(
    inputs: tuple[str, ...],
    kind: str,
    commands: tuple[str, ...],
    library: str | None,
    words: tuple[str, ...],
    aliases: bool,
    diff: bool,
    dry_run: bool,
    quiet: bool,
) -> None:
    """Put other citation keys into documents and all files that they include.

    Only the keys change: comments, verbatim text, encodings and ends of lines stay as they are. All files are written,
    or none. With - for DOC, standard input is rewritten to standard output. Bibliographies are not touched.
    """
    from bibkit import documents

    if not words and not aliases:
        raise UsageError("say which keys change, with --map OLD=NEW or --aliases")
    said = Report()
    scanned, piped = _scanned(inputs, kind, commands, said)
    said.add(*(problem for document in scanned for problem in document.problems))
    keys = documents.mapping(words)
    if aliases:
        keys = {**documents.aliases(scanned, _folder(library)), **keys}
    changed = documents.rewrite(scanned, keys, piped)
    if diff:
        out(line for each in changed for line in each.diff())
    elif not dry_run:
        documents.save(changed)
        out([next((each.data for each in changed if each.old is piped), piped.content.data)] if piped else [])
    tell(_changes(changed, done=not (diff or dry_run)), quiet)
    end(said, quiet)


def _changes(changed: Sequence[Rewritten], *, done: bool) -> str:
    if not changed:
        return "no document cites these keys"
    number = sum(each.changes for each in changed)
    names = ", ".join(each.path for each in changed[:3]) + (f" and {len(changed) - 3} more" if len(changed) > 3 else "")
    return f"{'changed' if done else 'would change'} {number} citation{'s' * (number != 1)} in {names}"
