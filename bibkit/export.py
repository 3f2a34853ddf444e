"""From a document and a library to the bibliography that the document needs: `bibkit tex export`.

Nothing is written before `Export.save`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from bibkit import cited, documents, excerpt, files, library, settings, supply
from bibkit.cited import Blocks, Catalog, Order, Wanted
from bibkit.documents import Citation, Document
from bibkit.documents.nearest import Nearest
from bibkit.problems import NothingRead, Problem, Report, UsageError
from bibkit.supply import Supply


class Request(msgspec.Struct, frozen=True):
    """What is asked for: the document, where its bibliography goes, and how."""

    document: str
    output: str = files.STDIN  # - is standard output
    libraries: tuple[str, ...] = ()  # none: the project, or the bibliographies of the document
    to: str = ""  # without it, the ending of the output and the document tell
    order: Order = "key"


class Export(msgspec.Struct, frozen=True):
    """An excerpt that is made and not yet written."""

    output: str
    text: str
    keys: tuple[str, ...]  # of its entries, in their order
    cited: int  # how many of them the document cites itself
    missing: tuple[str, ...]  # cited keys that nobody has

    @property
    def is_piped(self) -> bool:
        """Whether it goes to standard output."""
        return self.output == files.STDIN

    def standing(self) -> bytes | None:
        """What stands there now."""
        try:
            return None if self.is_piped else Path(self.output).read_bytes()
        except OSError:
            return None

    def is_current(self) -> bool:
        """Whether what stands there is byte for byte this."""
        return self.standing() == files.encode(self.text)

    def save(self) -> None:
        """Write the file whole. Raises UsageError."""
        files.write(Path(self.output), self.text)

    def summary(self) -> str:
        """What it holds, for people."""
        parents = len(self.keys) - self.cited
        rest = f" and {parents} that they refer to" if parents else ""
        missing = f"; not in the library: {len(self.missing)}" if self.missing else ""
        return f"{self.cited} cited {'entry' if self.cited == 1 else 'entries'}{rest}{missing}"


# ------------------------------------------------------------------------------------------------ the whole way


def export(request: Request, said: Report, watch: library.Watch = library.unwatched) -> Export:
    """The entries that a document cites, as text. Problems go to `said`.

    Raises NothingRead for a document that cannot be read, UsageError where there is no library or where the output is
    part of it or holds entries of its own, UnknownFormat.
    """
    document = read_document(request.document, request.output, said)
    where = supply.place(document, request.libraries, request.output)
    found = supply.opened(document, where, request.to, request.output, said, watch)
    return excerpted(document, found, request, said)


def read_document(path: str, output: str, said: Report) -> Document:
    """Scan a document. That it has no bibliography yet is no fault. Raises NothingRead where it cannot be read."""
    document = documents.scan(path)
    unread = [problem for problem in document.problems if problem.code == "file-unreadable"]
    if unread and len(document.files) < 2:
        raise NothingRead(f"{unread[0].where()}: {unread[0].message}")
    said.add(*(problem for problem in document.problems if not _is_made_now(problem, output)))
    return document


def _is_made_now(problem: Problem, output: str) -> bool:
    """Whether this says that the bibliography is not there which is going to be written."""
    return problem.code == "document-no-bibliography" and Path(output).name in problem.message


def excerpted(document: Document, found: Supply, request: Request, said: Report) -> Export:
    """What a document needs of an open library. Raises UsageError where entries of the user would be lost."""
    catalog = Catalog(found.holdings, caseless=found.reader.caseless)
    chosen = cited.choose(_wanted(document), catalog, found.reader, everything=document.everything, order=request.order)
    missing = _missing(chosen.missing, found)
    saying = Report()
    saying.add(*chosen.problems, *_undefined(missing, catalog))
    saying.add(*(_unread(found.holdings) if missing else ()))
    pieces = excerpt.text(chosen.picked, found.to, found.reader, found.holdings, converted=bool(request.to))
    printed = excerpt.printed(chosen.picked, found.to)
    made = Export(
        request.output,
        "".join(saying.sift(pieces)),
        tuple(one.key for one in printed),
        sum(one.cited for one in printed),
        tuple(want.key for want in missing),
    )
    said.add(*dict.fromkeys(saying.problems))
    _guard(made, catalog)
    return made


def _wanted(document: Document) -> Iterator[Wanted]:
    """The cited keys in order; for a set that the document makes, its members."""
    defined = {citation.key for citation in document.defined} | document.sets.keys()
    for citation in document.citations:
        if citation.key not in defined:
            yield _want(citation, citation.key)
        for member in document.sets.get(citation.key, ()):
            yield _want(citation, member)


def _want(citation: Citation, key: str) -> Wanted:
    return Wanted(key, citation.file, citation.line, citation.column)


_SUGGESTED = 100  # missing keys for which near ones are looked for; more than these are one mistake, not many


def _undefined(missing: Sequence[Wanted], catalog: Catalog) -> Iterator[Problem]:
    """Each missing key with its place, and with the keys that it is like."""
    nearest = Nearest(found.key for found in catalog.by_key.values())
    for number, want in enumerate(missing):
        other = catalog.by_letters.get(want.key.casefold(), "")
        near = nearest.to(want.key) if number < _SUGGESTED and not other else []
        hint = f"it has {other}, and keys differ by case here" if other else ""
        hint = f"did you mean {' or '.join(near)}?" if near else hint
        message = f"{want.key} is cited, and the library has no such entry"
        yield Problem("cite-undefined", message, "error", want.file, want.line, want.column, key=want.key, hint=hint)


def _missing(wanted: Sequence[Wanted], found: Supply) -> Sequence[Wanted]:
    """The keys that no other bibliography has either which the document reads itself."""
    others = [path for path in found.others if wanted and Path(path).is_file()]
    there = Catalog(supply.open_files(others, settings.Settings(), Report()), caseless=found.reader.caseless)
    return [want for want in wanted if there.find(want.key) is None]


def _unread(holdings: Iterable[cited.Holding]) -> Iterator[Problem]:
    """What could not be read in the library: an entry that is missed may be there."""
    for holding in holdings:
        if isinstance(holding, Blocks):
            yield from (problem for problem in holding.problems() if problem.severity == "error")


def _guard(made: Export, catalog: Catalog) -> None:
    """Refuse to write over entries that are nowhere else."""
    standing = made.standing()
    if (
        not standing
        or standing.startswith(excerpt.HEADER.rstrip().encode())
        or not made.output.lower().endswith(".bib")
    ):
        return
    held = Blocks(files.decode(standing).text, made.output, "bibtex").keys()
    lost = [key for key in held if key and catalog.find(key) is None]
    if lost:
        names = ", ".join(lost[:3]) + (", ..." if len(lost) > 3 else "")
        raise UsageError(
            f"{made.output}: bibkit did not write it, and it holds entries that the library has not: {names}; "
            "choose another -o and give it as --bib, or move it away"
        )
