"""`bibkit keys preview`: what keys a pattern would give."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bibkit.cli.say import end, out, quiet_option, watch
from bibkit.problems import Problem, Report

if TYPE_CHECKING:  # at run time the library is imported by the command that needs it: `bibkit --version` stays quick
    from collections.abc import Iterator

    from bibkit.patterns import Pattern
    from bibkit.record import Record


@click.command()
@click.argument("inputs", nargs=-1, required=True, metavar="IN…")
@click.option("-f", "--from", "from_format", default="", metavar="FORMAT", help="Their format, else recognised.")
@click.option("-p", "--pattern", "text", default="", metavar="P", help="A pattern or a preset, else the project's.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: each key with source, line and title.")
@quiet_option
def preview(inputs: tuple[str, ...], from_format: str, text: str, as_json: bool, quiet: bool) -> None:
    """Print the key that a pattern gives to each entry of files; change nothing.

    One key a line, in the order of the entries; the keys that they have do not count. Of entries with one key the
    first stays bare, the others get a suffix. A line is empty where the pattern gives nothing.

    A pattern is a formula of Better BibTeX (auth.lower + year), a pattern of JabRef ([auth:lower][year]), or one of
    the presets acl, acm, bbt, dblp, jabref and scholar. "-" is standard input.
    """
    from bibkit import library, patterns, settings

    project = settings.load(Path())
    chosen = text or project.keys.pattern
    pattern = patterns.compile(chosen) if chosen else patterns.default_key
    said = Report()
    sources = library.open_sources(inputs, from_format, project, said)
    found = _keyed(list(said.sift(library.records(sources, watch(quiet)))), pattern)
    said.add(*map(_keyless, (record for record in found if not record.key)))
    out(_json(found) if as_json else (f"{record.key}\n" for record in found))
    end(said, quiet)


def _keyed(records: list[Record], pattern: Pattern) -> list[Record]:
    """The records with the keys of the pattern, made unique as those of a conversion are; none where it gives none."""
    from bibkit import keys, lock
    from bibkit.record import replace

    wanted = [lock.cleaned(pattern(record)) for record in records]  # a pattern may ask for the key that a record has
    bare = [replace(record, key="", aliases=()) for record in records]
    waiting = iter(filter(None, wanted))
    given = keys.fill((one for one, key in zip(bare, wanted, strict=True) if key), pattern=lambda _: next(waiting))
    return [next(given) if key else one for one, key in zip(bare, wanted, strict=True)]


def _keyless(record: Record) -> Problem:
    from bibkit.patterns import NOBODY

    source, line = record.place()
    hint = "give it an alternative"
    return Problem(
        "key-empty", f"the pattern gives nothing; the key would be {NOBODY}", "warning", source, line, hint=hint
    )


def _json(records: list[Record]) -> Iterator[bytes]:
    import msgspec

    rows = [
        {"key": record.key, "source": source, "line": line, "title": record.title}
        for record in records
        for source, line in [record.place()]
    ]
    yield msgspec.json.format(msgspec.json.encode(rows), indent=2)
    yield b"\n"
