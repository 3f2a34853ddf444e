"""Where the entries of a document come from: its library, opened for the program that reads the bibliography.

The library is what the user names; else the bibkit project around the document; else the bibliographies that the
document names, but for the one that is written.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from bibkit import cited, excerpt, files, formats, keys, library, settings
from bibkit.cited import Blocks, Holding, Program, Records
from bibkit.documents import Document
from bibkit.problems import Problem, Report, UsageError

# The exports of a project by their format; whatever else is asked for comes from the richest of them.
_EXPORTS = {name: f"{library.EXPORTS}/{file}" for file, name in library.TARGETS.items()}
_RICHEST = _EXPORTS["biblatex"]
# What makes a folder with `seeds/` a project of bibkit: one of these.
_MARKS = (settings.FILE, f"{library.SEEDS}/{settings.FILE}", f"{library.SEEDS}/{library.LOCK}")


class Supply(msgspec.Struct, frozen=True):
    """A library, who reads the bibliography that is taken from it, and in which format."""

    holdings: tuple[Holding, ...]
    reader: Program
    to: str
    others: tuple[str, ...] = ()  # bibliographies that the document reads beside the one that is written


class Place(msgspec.Struct, frozen=True):
    """Where the library of a document is: files, or a project."""

    files: tuple[str, ...] = ()
    project: str = ""
    others: tuple[str, ...] = ()  # bibliographies of the document that are neither the library nor what is written

    def watched(self) -> list[Path]:
        """The files that the library is made of."""
        if not self.project:
            return [Path(path) for path in self.files]
        folder = Path(self.project)
        return [*_seeds(folder), *(folder / path for path in _EXPORTS.values())]


def place(document: Document, libraries: Sequence[str], output: str) -> Place:
    """Where the library of a document is. UsageError where there is none, or where the output would be part of it."""
    same = [path for path in libraries if _same(path, output)]
    if same:
        raise UsageError(f"{same[0]}: the library cannot be written over by an excerpt of it; choose another -o")
    folder = Path(document.root).parent  # a name that is no path from here is one from there
    named = [path for path in document.bibliographies if not (_same(path, output) or _same(folder / path, output))]
    if libraries:
        return Place(
            tuple(libraries), "", tuple(path for path in named if not any(_same(path, one) for one in libraries))
        )
    if project := _project_around(Path(document.root)):
        return Place((), str(project), tuple(named))
    if not any(Path(path).is_file() for path in named):
        names = f"; it names {', '.join(named)}, and there is no such file" if named else ""
        raise UsageError(f"{document.root}: there is no library to take entries from{names}; say which, with --bib")
    return Place(tuple(named))


def _same(path: str | Path, output: str) -> bool:
    return output != files.STDIN and Path(path).resolve() == Path(output).resolve()


def _project_around(path: Path) -> Path | None:
    """The nearest folder above a file that is a project."""
    for folder in path.resolve().parents:
        if (folder / library.SEEDS).is_dir() and any((folder / mark).is_file() for mark in _MARKS):
            return Path(os.path.relpath(folder))
    return None


# ------------------------------------------------------------------------------------------------ opened


def opened(
    document: Document, where: Place, to: str, output: str, said: Report, watch: library.Watch = library.unwatched
) -> Supply:
    """Open a library. `to` is the format that is asked for, or empty. Problems go to `said`.

    Raises UnknownFormat, and UsageError for an ending that says nothing.
    """
    reader = cited.program(document.dialect, document.backend)
    wanted = to or _by_ending(output) or (reader.format if document.dialect else "")
    if where.project:
        wanted = wanted or "bibtex"
        holdings = _of_project(Path(where.project), wanted, said, watch)
    else:
        holdings = open_files(where.files, settings.load(Path()), said, watch)
        wanted = wanted or next((one.format for one in holdings if isinstance(one, Blocks)), "bibtex")
    return Supply(tuple(holdings), cited.reading(formats.get(wanted).name, reader), wanted, where.others)


def _by_ending(output: str) -> str:
    """The format of an ending; `.bib` alone says only that it is one of two."""
    found = "" if output == files.STDIN else formats.by_suffix(output)
    if found == "bibtex" and output.lower().endswith(".bib"):
        return ""
    if not found and output != files.STDIN and Path(output).suffix:
        raise UsageError(f"{output}: no format has this ending; say which to write, with --to")
    return found


def open_files(
    paths: Iterable[str], project: settings.Settings, said: Report, watch: library.Watch = library.unwatched
) -> list[Holding]:
    """The files that can be read; the others become Problems in `said`."""
    return [_holding(source, said, watch) for source in library.open_sources(list(paths), "", project, said)]


def _holding(source: library.Source, said: Report, watch: library.Watch) -> Holding:
    if source.format.name in excerpt.BIB:
        return Blocks(source.text, source.name, source.format.name)
    return Records(keys.fill(said.sift(library.records([source], watch))), source.name)


# ------------------------------------------------------------------------------------------------ a project


def _of_project(folder: Path, wanted: str, said: Report, watch: library.Watch) -> list[Holding]:
    """The works of a project: its exports, or what a build would make where these are older than the seeds."""
    name = _EXPORTS.get(wanted, _RICHEST)
    if _is_current(folder / name, folder):
        return open_files([str(folder / name)], settings.Settings(), said)
    built = _built(folder, said, watch)
    text, form = built.outputs[name], next(form for form, path in _EXPORTS.items() if path == name)
    source = library.Source(str(folder / name), text, formats.get(form), formats.ReadOptions(), b"")
    return [_holding(source, said, watch)]


def _built(folder: Path, said: Report, watch: library.Watch) -> library.Build:
    """What a build would make. Of what it says only errors matter here."""
    building = Report()
    built = library.build(folder, building, watch=watch)
    said.add(*(problem for problem in building.problems if problem.severity == "error"))
    said.read += building.read
    said.unread += building.unread
    if stale := built.stale():
        message = (
            f"{' and '.join(stale)} are not current; the works were made anew from {library.SEEDS}/, and nothing kept"
        )
        hint = "run `bibkit build`, so that new works keep their keys"
        said.add(Problem("project-stale", message, "warning", str(folder), hint=hint))
    return built


def _is_current(export: Path, folder: Path) -> bool:
    try:
        made = export.stat().st_mtime_ns
        return all(path.stat().st_mtime_ns <= made for path in _seeds(folder))
    except OSError:
        return False


def _seeds(folder: Path) -> list[Path]:
    """Everything that a build reads."""
    marks = [folder / mark for mark in _MARKS if (folder / mark).is_file()]
    return [*(folder / path for path in library.source_paths(folder)), *marks]
