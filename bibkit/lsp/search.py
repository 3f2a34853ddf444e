"""Entries by what a person knows of them: the beginning of the key, or words of key, names, title and year."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bibkit import text
from bibkit.cited import Blocks, Catalog, Found, Records
from bibkit.lsp import brief

_SAID = frozenset({"author", "editor", "title", "booktitle", "year", "date", "journal", "journaltitle"})
_TEX = re.compile(r"\\[a-zA-Z]++\s?|\\.|[{}~]")


class Index:
    """The entries of a catalog with what they are searched by: the key, and the folded words of names, title, year."""

    def __init__(self, catalog: Catalog) -> None:
        self.found = [*catalog.by_key.values()]
        self.keys = [each.key.casefold() for each in self.found]
        self.words = [f" {text.fold(each.key)} {_words(each)} " for each in self.found]

    def search(self, typed: str) -> Iterator[tuple[int, str, int]]:
        """Rank, key and number of the entries that fit, in no order."""
        begun, wanted = typed.casefold(), [f" {word}" for word in text.fold(typed).split()]
        for number, (key, words) in enumerate(zip(self.keys, self.words, strict=True)):
            if key.startswith(begun):
                yield 0, key, number
            elif wanted and all(word in words for word in wanted):
                yield 1, key, number
            elif begun in key:
                yield 2, key, number


def _words(found: Found) -> str:
    if isinstance(found.holding, Records):
        return text.fold(brief.line(found.holding.records[found.at]))
    if not isinstance(found.holding, Blocks):
        return ""
    pairs = found.holding.entries[found.at].pairs
    return _folded(" ".join(raw for name, raw in pairs if name.lower() in _SAID))


def _folded(latex: str) -> str:
    r"""The words of LaTeX text, near enough to be searched: `M{\"u}ller` is `muller`, `M\"{u}ller` too."""
    return text.fold(_TEX.sub("", latex) if "\\" in latex or "{" in latex else latex)
