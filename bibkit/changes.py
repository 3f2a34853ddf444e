"""Files that a command gives another text: shown as a patch, or written, all or none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from bibkit import difference, files


class Change(msgspec.Struct, frozen=True):
    """A file, what stands in it, the text that it gets, and what was done to it in a word for the head of a patch."""

    name: str  # for people
    path: str
    before: files.Text
    after: str
    how: str

    @property
    def is_piped(self) -> bool:
        """Whether it came from standard input."""
        return self.path == files.STDIN

    @property
    def needed(self) -> bool:
        """Whether anything changes."""
        return self.after != self.before.text

    @property
    def data(self) -> bytes:
        """The new bytes of the file, in the encoding that it has."""
        return files.encoded(self.after, self.before)

    def diff(self) -> Iterator[str]:
        """A unified diff, empty where nothing changes."""
        return difference.unified(
            self.before.text, self.after, f"{self.name}\tas it stands", f"{self.name}\t{self.how}"
        )


def shown(changes: Iterable[Change], *, diff: bool) -> Iterator[str]:
    """The names of the files that change, a line each, or what changes in them."""
    for change in changes:
        if diff:
            yield from change.diff()
        elif change.needed:
            yield f"{change.name}\n"


def save(changes: Sequence[Change]) -> list[str]:
    """Replace the files that change, all or none, and say which; standard input is nobody's file.

    Raises UsageError where a file cannot be written.
    """
    made = [change for change in changes if change.needed and not change.is_piped]
    files.write_all({Path(change.path): change.data for change in made})
    return [change.name for change in made]
