"""Entries of a CV in a citation style: rendered by an engine, with the own name and the marks of others in place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from bibkit.cv import engines, marks, styles
from bibkit.cv.model import CUT, CUT_KNOWN, CV, STATUS_NOTES, Entry, Link, Options
from bibkit.cv.runs import Look, Run, joined, plain, to_html, to_markdown
from bibkit.names import format_display

__all__ = ["Rendered", "render"]

_ME = Look(me=True)


class Rendered(msgspec.Struct, frozen=True):
    """One entry as a style has it.

    `note` says what the style cannot say: that the source has cut the list of authors, where the own name stands in a
    list that the style has cut, and that a work is not published yet. `links` are those that the style does not show.
    """

    key: str
    runs: tuple[Run, ...]
    note: tuple[Run, ...] = ()
    links: tuple[Link, ...] = ()
    own: bool = False  # the own name stands in `runs`

    @property
    def whole(self) -> tuple[Run, ...]:
        """The entry with its note behind it."""
        return joined((*self.runs, Run(" "), *self.note)) if self.note else self.runs

    def text(self) -> str:
        """As plain text, without the links."""
        return plain(self.whole)

    def html(self, *, bold: bool = True) -> str:
        """As HTML, everything escaped, without the links."""
        return to_html(self.whole, bold=bold)

    def markdown(self, *, bold: bool = True) -> str:
        """As Markdown, without the links."""
        return to_markdown(self.whole, bold=bold)


def render(cv: CV, options: Options) -> dict[str, Rendered]:
    """Every entry of the CV by its key. Raises UsageError for a style or an engine that cannot be used."""
    style = styles.load(options.style, options.folder)
    engine = engines.get(options.engine, style)
    entries = cv.entries
    made = engine.render([marks.marked(entry) for entry in entries], style, options.lang)
    return {entry.key: _rendered(cv, entry, runs) for entry, runs in zip(entries, made, strict=True)}


def _rendered(cv: CV, entry: Entry, runs: Sequence[Run]) -> Rendered:
    found = marks.found(_stripped(runs) or _unstyled(entry), entry)
    shown = found.runs
    text = plain(shown)
    seen = {run.look.url for run in shown}
    links = tuple(link for link in entry.links if link.url not in seen and link.url not in text)
    return Rendered(entry.key, shown, joined(_note(cv, entry, found.own, text)), links, found.own)


def _unstyled(entry: Entry) -> list[Run]:
    """People, year and title, where the engine has nothing to show."""
    people = marks.marked(entry).names.get(entry.role, ())
    parts = (", ".join(map(format_display, people)), str(entry.year or ""), entry.title or entry.key)
    return [Run(". ".join(filter(None, parts)))]


def _stripped(runs: Sequence[Run]) -> list[Run]:
    """Without white space at the edges, and single blanks within."""
    made = [Run(" ".join(run.text.split(" ")).replace("\n", " "), run.look) for run in runs]
    while made and not made[0].text.strip():
        made.pop(0)
    while made and not made[-1].text.strip():
        made.pop()
    if made:
        made[0] = Run(made[0].text.lstrip(), made[0].look)
        made[-1] = Run(made[-1].text.rstrip(), made[-1].look)
    return made


def _note(cv: CV, entry: Entry, own: bool, shown: str) -> Iterator[Run]:
    parts = list(_parts(cv, entry, own, shown))
    for place, part in enumerate(parts):
        yield Run("; " if place else "[")
        yield from part
    if parts:
        yield Run("]")


def _parts(cv: CV, entry: Entry, own: bool, shown: str) -> Iterator[list[Run]]:
    if entry.me_listed and not own:
        me = entry.people[entry.position - 1]
        total = f"{len(entry.people)}" if not entry.cut else "many"
        yield [Run(me.shown + me.marks, _ME), Run(f" is {entry.role} {entry.position} of {total}")]
    if entry.cut and not entry.me_listed and entry.claimed:
        before, after = CUT_KNOWN.split("{}")
        yield [Run(before), Run(cv.name, _ME), Run(after)]
    elif entry.cut:
        yield [Run(CUT)]
    if not entry.title:
        yield [Run(f"no title; its key is {entry.key}")]
    word = STATUS_NOTES.get(entry.status, "")
    if word and word not in shown.lower():
        yield [Run(word)]
