"""Another key for an entry: in its bibliography, in all documents of the workspace that cite it, in the lock.

In a bibkit project the lock is changed as by `bibkit keys set`: the old key stays as an alias. The entry gets the key
in `seeds/` and in `exports/` too, so that documents find it at once; `bibkit build` does the rest.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from bibkit import cited, documents, library, lock
from bibkit.cited import Blocks, Found, Program
from bibkit.documents import Document
from bibkit.documents.bibliographies import Project
from bibkit.edits import Edit
from bibkit.formats.bibtex_edit import set_key
from bibkit.lsp import bib, scope
from bibkit.lsp.desk import BIB, Desk
from bibkit.problems import UsageError

Changes = Mapping[str, tuple[Edit, ...]]  # a path -> what changes in its text


class _Entry(NamedTuple):
    """The entry that is renamed: its names now, and the project whose lock has them, if there is one."""

    found: Found
    names: frozenset[str]
    project: Project | None


def prepared(desk: Desk, path: str, offset: int) -> tuple[int, int]:
    """Where the key stands that would be renamed. Raises UsageError where there is none."""
    target = _target(desk, path, offset)
    return target.start, target.end


def _target(desk: Desk, path: str, offset: int) -> scope.Target:
    target = scope.target(desk, path, offset)
    if target is None:
        raise UsageError("there is no citation key here")
    if target.found is None:
        raise UsageError(f"no bibliography has {target.key!r}, so there is nothing to rename")
    return target


def plan(desk: Desk, path: str, offset: int, new: str) -> Changes:
    """Everything that has to change. Nothing is written.

    Raises UsageError for what is no key, for a key that is taken or cannot be written where it is cited, and for a
    workspace with too many files; StateError for a lock that cannot be used.
    """
    target = _target(desk, path, offset)
    if not desk.listing().whole:
        raise UsageError("the workspace has too many files to look for citations in all of them; open a smaller folder")
    entry = _entry(target)
    _check(desk, entry, new)
    if entry.names == {new}:
        return {}
    changes: dict[str, tuple[Edit, ...]] = {}
    paths = _bibliographies(desk, entry)
    for one in paths:
        changes[one] = _in_bib(desk, one, entry, new)
    changes |= _in_documents(desk, path, entry, set(map(os.path.realpath, paths)), new)
    if entry.project:
        changes |= _in_lock(desk, entry.project, entry, new)
    return {one: edits for one, edits in changes.items() if edits}


def _entry(target: scope.Target) -> _Entry:
    """The entry, with the alias by which it is cited here; a project counts whose lock has its key."""
    found = target.found
    assert found is not None  # noqa: S101  (see `_target`)
    names = frozenset({found.key, target.key} if found.by == "alias" else {found.key})
    project = scope.project_around(os.path.abspath(found.holding.source))  # noqa: PTH100
    pinned = project and lock.find(project.lock, found.key)
    return _Entry(found, names, project if pinned else None)


def _check(desk: Desk, entry: _Entry, new: str) -> None:
    """Raises UsageError for a key that cannot be, or that another entry has."""
    if not lock.usable(new):
        raise UsageError(f"{new!r} cannot be a citation key: it is empty, or has {lock.FORBIDDEN} in it")
    source = os.path.abspath(entry.found.holding.source)  # noqa: PTH100
    other = desk.catalog([source], caseless=True).find(new)
    if other and other.at != entry.found.at and other.key.lower() != entry.found.key.lower():
        raise UsageError(f"{new!r} is the key of another entry, in {_where(other)}")


# ------------------------------------------------------------------------------------------------ bibliographies


def _bibliographies(desk: Desk, entry: _Entry) -> list[str]:
    """The .bib files that have the entry: its own, and those of its project, exports and excerpts too."""
    found = [os.path.abspath(entry.found.holding.source)]  # noqa: PTH100
    if entry.project:
        folder = scope.folder_of(entry.project)
        found += [str(path) for name in (library.SEEDS, library.EXPORTS) for path in sorted((folder / name).glob("*"))]
        found += [path for path in desk.listing().bibliographies if _below(folder, path)]
    kept = {os.path.realpath(path): path for path in reversed(found) if desk.kind(path) == BIB and desk.blocks(path)}
    return [*reversed(kept.values())]


def _below(folder: Path, path: str) -> bool:
    return folder in Path(path).parents


def _in_bib(desk: Desk, path: str, entry: _Entry, new: str) -> tuple[Edit, ...]:
    blocks = desk.blocks(path)
    return tuple(_edits(blocks, entry.names, new)) if blocks else ()


def _edits(blocks: Blocks, names: frozenset[str], new: str) -> Iterator[Edit]:
    """The key of the entry, and where fields of others name it: BibTeX does so without regard to case."""
    lowered = {name.lower() for name in names}
    for at, one in enumerate(blocks.entries):
        if one.key in names:
            try:
                yield from set_key(blocks.text, one, new)
            except ValueError as error:
                raise UsageError(f"{new!r} cannot be the key of an entry in BibTeX") from error
        yield from ((each.start, each.end, new) for each in bib.links(blocks, at) if each.key.lower() in lowered)


# ------------------------------------------------------------------------------------------------ documents


def _in_documents(desk: Desk, path: str, entry: _Entry, real: set[str], new: str) -> Changes:
    """The citations in all documents that have one of these bibliographies, and in the one that was asked from."""
    own = [] if desk.kind(path) == BIB else desk.documents_with(path)
    known = [desk.document(one) for one in desk.listing().documents]
    parts = {name for each in known for name in each.files if name != each.root}
    whole = (each for each in known if each.bibliographies or each.root not in parts)
    citing = [*own, *filter(_citing(desk, entry, real), whole)]
    edits: dict[str, set[Edit]] = {}
    for document in citing:
        _check_free(desk, document, entry, new)
        keys = dict.fromkeys(_spellings(document, entry.names), new)
        for each in documents.rewrite([document], keys, opener=desk.source):
            edits.setdefault(each.path, set()).update(each.edits)
    return {one: tuple(sorted(found)) for one, found in edits.items()}


def _spellings(document: Document, names: frozenset[str]) -> set[str]:
    """How a document cites these names: the program that reads its bibliography may see no difference in case."""
    fold = str.lower if _reader(document).caseless else str
    wanted = set(map(fold, names))
    return {each.key for each in (*document.citations, *document.mentioned) if fold(each.key) in wanted}


def _reader(document: Document) -> Program:
    return cited.program(document.dialect, document.backend)


def _check_free(desk: Desk, document: Document, entry: _Entry, new: str) -> None:
    """Raises UsageError where the document has the key for another entry, in whichever of its bibliographies."""
    found = desk.catalog(scope.bibliographies(document), caseless=_reader(document).caseless).find(new)
    if found and found.key not in entry.names:
        raise UsageError(f"{new!r} is the key of another entry, in {_where(found)}")


def _where(found: Found) -> str:
    source, line = found.holding.place(found.at)
    return f"{os.path.basename(source)}:{line}"  # noqa: PTH119


def _citing(desk: Desk, entry: _Entry, real: set[str]) -> Callable[[Document], bool]:
    """Whether a document cites from these bibliographies."""
    workspace = {os.path.realpath(path) for path in desk.listing().bibliographies}

    def cites(document: Document) -> bool:
        if not _spellings(document, entry.names):
            return False
        own = scope.bibliographies(document)
        if own:
            return not real.isdisjoint(map(os.path.realpath, own))
        project = scope.project_around(document.root)
        if project:
            same = entry.project is not None and project.folder == entry.project.folder
            return same and not scope.is_export(document.root, project)
        return not document.defined and real <= workspace

    return cites


# ------------------------------------------------------------------------------------------------ the lock


def _in_lock(desk: Desk, project: Project, entry: _Entry, new: str) -> Changes:
    """The lock after `bibkit keys set`, as one edit of the lines that differ."""
    path = str(scope.folder_of(project) / library.SEEDS / library.LOCK)
    before = desk.source(path).text
    held = lock.read(before, path).lock
    after = lock.dumps(lock.rename(held, entry.found.key, new, day=library.today()))
    return {path: tuple(difference(before, after))}


def difference(before: str, after: str) -> Iterable[Edit]:
    """The edit that makes one text of another: from the first line that differs to the last."""
    if before == after:
        return ()
    old, made = before.splitlines(keepends=True), after.splitlines(keepends=True)
    head = _alike(old, made)
    tail = min(_alike(old[::-1], made[::-1]), min(len(old), len(made)) - head)
    start = sum(map(len, old[:head]))
    end = len(before) - sum(map(len, old[len(old) - tail :]))
    return [(start, end, "".join(made[head : len(made) - tail]))]


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines are the same from the beginning."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (left, right) in enumerate(pairs) if left != right), min(len(one), len(other)))
