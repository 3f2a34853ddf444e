"""What is wrong with the citations of documents: keys that no bibliography has, and entries that nobody cites."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from bibkit import cited
from bibkit.cited import Catalog, Found, Holding, Program
from bibkit.documents.bibliographies import Project, Shelf, project_of
from bibkit.documents.model import Citation, Document
from bibkit.documents.nearest import Nearest
from bibkit.documents.sources import is_file
from bibkit.problems import Problem, Report, Severity, sort_key

_SUGGESTED = 300  # keys for which near ones are looked for; more than these are one mistake, not many


class Terms(msgspec.Struct, frozen=True):
    """What documents are checked against: these bibliographies instead of their own, and this project."""

    bibliographies: tuple[str, ...] = ()
    project: Path | None = None
    unused: bool = True


def check(documents: Iterable[Document], terms: Terms, said: Report, shelf: Shelf | None = None) -> list[Problem]:
    """Everything that is wrong, by place; what is wrong with the bibliographies as files goes to `said`.

    The codes are `cite-undefined`, `cite-case`, `cite-alias`, `cite-doubled`, `cite-unused`, `cite-no-bibliography`,
    and those of `scan`. An entry counts as used where any of the documents that have its bibliography cites it, or
    cites one that refers to it. `shelf` may hold bibliographies that are read already. Raises UsageError and
    StateError for a project that cannot be used.
    """
    checking = _Checking(terms, shelf or Shelf(said))
    for document in documents:
        checking.add(document)
    return sorted(checking.findings(), key=sort_key)


class _Stock(msgspec.Struct):
    """The bibliographies of some documents, as one program reads them, and what was cited of them."""

    catalog: Catalog
    reader: Program
    own: bool  # they are the documents' own, so that what nobody cites is worth saying
    nearest: Nearest
    wanted: set[str] = msgspec.field(default_factory=set)
    everything: bool = False


class _Checking:
    """A check in the making."""

    def __init__(self, terms: Terms, shelf: Shelf) -> None:
        self.terms = terms
        self.shelf = shelf
        self.stocks: dict[tuple[object, ...], _Stock] = {}
        self.found: dict[Problem, None] = {}  # a file that two documents read is looked at twice
        self.suggested: dict[str, str] = {}

    def findings(self) -> Iterator[Problem]:
        """What single citations show, then what shows when all are known."""
        yield from self.found
        for stock in self.stocks.values():
            yield from _doubled(stock)
            if self.terms.unused and stock.own and not stock.everything:
                yield from _unused(stock)

    def add(self, document: Document) -> None:
        self.say(*document.problems)
        project = project_of(document, self.terms.project)
        stock = self.stock(document, project)
        if stock is None:
            self.say(*_without_bibliography(document))
            return
        stock.everything = stock.everything or document.everything
        known = {citation.key for citation in document.defined} | document.sets.keys()
        aliases = project.aliases if project else {}
        for citation in (*document.citations, *document.mentioned):
            stock.wanted.add(citation.key)
            if citation.key not in known:
                self.say(*self.look(citation, stock, aliases))

    def say(self, *problems: Problem) -> None:
        self.found.update(dict.fromkeys(problems))

    def stock(self, document: Document, project: Project | None) -> _Stock | None:
        """The bibliographies for this document; None where there are none."""
        paths = self.terms.bibliographies or tuple(filter(is_file, document.bibliographies))
        missing = not paths and (document.bibliographies or document.defined)
        if missing or not (paths or project):
            return None
        reader = cited.program(document.dialect, document.backend)
        identity = (*paths, reader.name) if paths or not project else (project.folder, reader.name, None)
        if identity not in self.stocks:
            held = self.shelf.of_files(paths) if paths or not project else self.shelf.of_project(project)
            self.stocks[identity] = _stock(held, reader, own=bool(paths))
        return self.stocks[identity]

    # -------------------------------------------------------------------------------------------- one citation

    def look(self, citation: Citation, stock: _Stock, aliases: dict[str, str]) -> Iterator[Problem]:
        """What is wrong with one citation."""
        key, catalog = citation.key, stock.catalog
        found = catalog.find(key)
        other = catalog.by_letters.get(key.casefold())
        if found:
            yield from _of_found(citation, found, stock.reader)
        elif other:
            yield _problem(citation, "cite-case", f"there is no {key!r}", "error", hint=f"write {other!r}")
        elif key in aliases:
            yield _of_alias(citation, aliases[key], catalog)
        else:
            yield _problem(
                citation, "cite-undefined", f"no bibliography has {key!r}", "error", hint=self.hint(key, stock)
            )

    def hint(self, key: str, stock: _Stock) -> str:
        """Near keys, for the first few hundred keys that are not there."""
        if key not in self.suggested and len(self.suggested) < _SUGGESTED:
            near = stock.nearest.to(key)
            self.suggested[key] = f"did you mean {' or '.join(map(repr, near))}?" if near else ""
        return self.suggested.get(key, "")


def _stock(held: Sequence[Holding], reader: Program, *, own: bool) -> _Stock:
    catalog = Catalog(held, caseless=reader.caseless)
    return _Stock(catalog, reader, own, Nearest(found.key for found in catalog.by_key.values()))


def _problem(citation: Citation, code: str, message: str, severity: Severity = "warning", *, hint: str = "") -> Problem:
    return Problem(code, message, severity, citation.file, citation.line, citation.column, key=citation.key, hint=hint)


def _of_found(citation: Citation, found: Found, reader: Program) -> Iterator[Problem]:
    """An entry that is there, under another name than the one that is cited."""
    if found.by == "alias" and reader.knows_ids:
        message = f"{citation.key!r} is an alias of {found.key!r}"
        yield _problem(citation, "cite-alias", message, hint=f"write {found.key!r}")
    elif found.by == "alias":
        message = f"{citation.key!r} is an alias of {found.key!r}, and {reader.name} knows no aliases"
        yield _problem(citation, "cite-alias", message, "error", hint=f"write {found.key!r}")
    elif found.key != citation.key:
        message = f"{citation.key!r} is {found.key!r} in the bibliography"
        yield _problem(citation, "cite-case", message, hint=f"write {found.key!r}")


def _of_alias(citation: Citation, key: str, catalog: Catalog) -> Problem:
    """A key that was given up for another one."""
    message = f"{citation.key!r} is an old key of {key!r}"
    if catalog.find(key):
        return _problem(citation, "cite-alias", message, "error", hint="bibkit tex rewrite --aliases puts it right")
    return _problem(citation, "cite-undefined", f"{message}, which no bibliography has either", "error")


# ------------------------------------------------------------------------------------------------ all citations


def _without_bibliography(document: Document) -> Iterator[Problem]:
    """A document that cites and says nothing of where from; one that says it is told what is missing by `scan`."""
    known = {citation.key for citation in document.defined}
    if known:
        for citation in document.citations:
            if citation.key not in known:
                yield _problem(citation, "cite-undefined", f"no bibliography has {citation.key!r}", "error")
    elif document.citations and not document.bibliographies:
        message = "it cites, and names no bibliography"
        yield Problem("cite-no-bibliography", message, "error", document.root, hint="say with --bib where to look")


def _doubled(stock: _Stock) -> Iterator[Problem]:
    """Entries whose key an earlier one has."""
    for folded, others in stock.catalog.doubled.items():
        first = stock.catalog.by_key[folded]
        source, line = first.holding.place(first.at)
        for other in others:
            where = other.holding.place(other.at)
            message = f"the key {other.key!r} stands in {source}:{line} already"
            yield Problem("cite-doubled", message, "warning", *where, key=other.key)


def _unused(stock: _Stock) -> Iterator[Problem]:
    """Entries that no document cites, nor any entry that one cites."""
    used = _used(stock)
    for found in stock.catalog.by_key.values():
        if (id(found.holding), found.at) not in used:
            source, line = found.holding.place(found.at)
            yield Problem("cite-unused", f"nobody cites {found.key!r}", "warning", source, line, key=found.key)


def _used(stock: _Stock) -> set[tuple[int, int]]:
    """The entries that are cited, and those that they refer to, directly or not."""
    todo = [found for key in stock.wanted if (found := stock.catalog.find(key))]
    used: set[tuple[int, int]] = set()
    while todo:
        found = todo.pop()
        place = (id(found.holding), found.at)
        if place not in used:
            used.add(place)
            links = found.holding.links(found.at, stock.reader.links)
            todo += [other[1] for _, keys in links if (other := stock.catalog.first(keys))]
    return used
