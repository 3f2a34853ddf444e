"""Keep the bibliography of a document current while someone writes: `bibkit tex watch`, one look at a time.

What is broken for a moment takes nothing away: a file that was part of the document and cannot be found now keeps its
citations, and where the document itself or the library cannot be read, nothing is written. It is said once, and again
when it is over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from bibkit import export, files, supply
from bibkit.cited import Blocks
from bibkit.documents import Document
from bibkit.export import Export, Request
from bibkit.problems import BibkitError, NothingRead, Problem, Report
from bibkit.supply import Place, Supply


class Line(NamedTuple):
    """One line to say."""

    text: str
    is_error: bool = False


Stamp = tuple[int, int]  # when a file was changed, and how long it is

_GONE = "document-no-file"


class Watching:
    """The state between two looks."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.document = Document(request.document)  # as it was last read
        self.opened: tuple[object, Supply] | None = None  # the library, and what it was opened for
        self.stamps: dict[Path, Stamp | None] = {}
        self.said: set[str] = set()  # what is wrong now and was said
        self.trouble = ""  # why nothing could be written the last time

    # -------------------------------------------------------------------------------------------- when to look

    def folders(self) -> list[Path]:
        """Where the files are on which the bibliography depends."""
        parents = dict.fromkeys(path.parent for path in self.stamps)
        return [folder for folder in parents if folder.is_dir()]

    def is_stale(self) -> bool:
        """Whether any of these files is not as it was, or what was missing may be there by now."""
        gone = any(problem.code == _GONE for problem in self.document.problems)
        return gone or bool(self.trouble) or any(_stamp(path) != before for path, before in self.stamps.items())

    # -------------------------------------------------------------------------------------------- a look

    def look(self, *, first: bool = False) -> Iterator[Line]:
        """Bring the bibliography up to date; a line for each thing that happened. A `first` look raises."""
        said = Report()
        try:
            self.remember([Path(self.request.document)])
            yield from self.write(said)
        except BibkitError as error:
            if first:
                raise
            if self.trouble != str(error):
                yield Line(f"{error}; waiting", is_error=True)
            self.trouble = str(error)
        yield from self.new_problems(said.sorted())

    def write(self, said: Report) -> Iterator[Line]:
        """One export. Raises what an export raises."""
        document = self.read(said)
        where = supply.place(document, self.request.libraries, self.request.output)
        self.remember([*map(Path, document.files), *where.watched()])
        found = self.open(document, where, said)
        made = export.excerpted(document, found, self.request, said)
        if self.trouble:
            yield Line("all there again")
        self.trouble = ""
        if not made.is_current():
            change = _change(made)
            made.save()
            yield Line(f"{made.output}: {change}")

    def read(self, said: Report) -> Document:
        """The document, with the citations of files that were there before and cannot be found now."""
        found = export.read_document(self.request.document, self.request.output, said)
        if self.document.citations and not _holds_text(found.root):
            raise NothingRead(f"{found.root}: the file is empty")
        if any(problem.code == _GONE for problem in found.problems):
            gone = {path for path in self.document.files if path not in found.files and not Path(path).is_file()}
            kept = tuple(one for one in self.document.citations if one.file in gone)
            found = msgspec.structs.replace(
                found, citations=(*found.citations, *kept), files=(*found.files, *sorted(gone))
            )
        self.document = found
        return found

    def open(self, document: Document, where: Place, said: Report) -> Supply:
        """The library, read again only where it has changed. Raises NothingRead where a part of it cannot be read."""
        key = (where, document.dialect, document.backend, [(path, _stamp(path)) for path in where.watched()])
        if self.opened is None or self.opened[0] != key:
            opening = Report()
            found = supply.opened(document, where, self.request.to, self.request.output, opening)
            if opening.unread:
                raise NothingRead(str(next(iter(opening.sorted()))))
            said.add(*opening.problems)
            self.opened = key, found
        return self.opened[1]

    def remember(self, paths: Iterable[Path]) -> None:
        """Keep how these files are now, and forget all others."""
        self.stamps = {path: _stamp(path) for path in paths}

    def new_problems(self, problems: Iterable[Problem]) -> Iterator[Line]:
        """What is worth a look and was not said before."""
        now = {str(one): one for one in problems if one.severity != "note" and not one.is_loss}
        yield from (Line(text, one.severity == "error") for text, one in now.items() if text not in self.said)
        self.said = set(now)


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _holds_text(path: str) -> bool:
    return bool(files.read(path).text.strip())


def _change(made: Export) -> str:
    """What is new, gone or different in the file, in one line."""
    standing = made.standing()
    if standing is None or not made.output.lower().endswith(".bib"):
        return made.summary()
    before, after = _entries(files.decode(standing).text), _entries(made.text)
    words = [f"+{key}" for key in after if key not in before]
    words += [f"-{key}" for key in before if key not in after]
    words += [f"~{key}" for key, raw in after.items() if before.get(key, raw) != raw]
    some = " ".join(words[:10]) + (f" and {len(words) - 10} more" if len(words) > 10 else "")
    return f"{some or 'written anew'}; {made.summary()}"


def _entries(text: str) -> dict[str, str]:
    held = Blocks(text, "", "bibtex")
    return {entry.key: text[entry.start : entry.end] for entry in held.entries}
