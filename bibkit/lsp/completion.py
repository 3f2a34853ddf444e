"""Keys for what is being typed: those that begin so, then those of entries in which all its words begin a word.

Of a large bibliography only the best are given, and the answer says that there are more, so that the editor asks again
when more is typed. The words of 50,000 entries are folded once for each version of their file.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import nsmallest

import msgspec

from bibkit import text
from bibkit.cited import Found
from bibkit.lsp import bib, brief, context, scope
from bibkit.lsp.desk import Desk
from bibkit.record import Record

MOST = 60


class Item(msgspec.Struct, frozen=True):
    """A key that is offered: `detail` is who and when, `title` what; `new` replaces the text from `start` to `end`."""

    key: str
    detail: str
    title: str
    new: str
    start: int
    end: int


class Completions(msgspec.Struct, frozen=True):
    """What is offered, the best first; not `whole` where there is more."""

    items: tuple[Item, ...] = ()
    whole: bool = True


def completions(desk: Desk, path: str, offset: int) -> Completions | None:
    """What can be cited at this place; None where nothing is being cited."""
    kind = desk.kind(path)
    typed = context.partial(kind, desk.source(path).text, offset, _commands(desk, path, kind)) if kind else None
    if typed is None:
        return None
    index = desk.index(scope.catalog(desk, path))
    best = nsmallest(MOST + 1, index.search(typed.words))
    chosen = (index.found[number] for _, _, number in best[:MOST])
    made = (_item(each, typed, offset) for each in chosen if context.spelled(each.key, typed))
    return Completions(tuple(made), whole=len(best) <= MOST)


def _commands(desk: Desk, path: str, kind: str) -> Sequence[str]:
    """The commands of LaTeX by which the document cites so far, its own ones among them."""
    if kind != "latex":
        return ()
    return [each.command for document in desk.documents_with(path) for each in document.citations]


def _item(found: Found, typed: context.Partial, end: int) -> Item:
    record = bib.record(found.holding, found.at) or Record()
    detail = " ".join(filter(None, (brief.people(record), brief.year(record.issued))))
    return Item(found.key, detail, text.plain(record.title), context.spelled(found.key, typed), typed.start, end)
