"""Formats: what one is, which there are, which one a text is in, and the seam for plugins.

A new built-in format is one module beside this one, which defines `FORMAT`, and one row in `BUILT_IN`. A format from
elsewhere is an entry point of the group `bibkit.formats` whose value is such an object.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Literal, TypeVar

import msgspec

from bibkit.problems import PluginError, Problem, UnknownFormat
from bibkit.record import Record
from bibkit.written import Written

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint


class ReadOptions(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a reader may be told beyond the text itself. A reader ignores what it has no use for."""

    type: str = ""  # CSL type of entries whose source does not say one
    as_of: str = ""  # the day on which a source was copied, YYYY-MM-DD
    known_names: frozenset[str] = frozenset()  # author names that are sure, from other sources
    note_lines: bool = False  # lines of a note that name a variable (`DOI: 10.1000/x`) are that variable


class WriteOptions(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a writer may be told. A writer ignores what it has no use for."""

    latex: Literal["", "utf8", "ascii"] = ""  # "" is the dialect's own: ascii for BibTeX, utf8 for BibLaTeX
    schema: bool = False  # nothing but what the format's own schema has: CSL's leaves out some of CSL's variables
    protect: bool = False  # brace the words of titles that a BibTeX style would otherwise lower (CLIP, ImageNet)


T = TypeVar("T")
Reader = Callable[[str, str, ReadOptions], Iterator[Record | Problem]]
Writer = Callable[[Iterable[Record], WriteOptions], Iterator[str | Problem]]


class Format(msgspec.Struct, frozen=True):
    """A format: its names and its functions.

    `read(text, source, options)` yields everything in the text once, in order, as a Record or a Problem, and never
    raises because of the text. `write(records, options)` yields the text in pieces, and a Problem for each value that
    the format cannot hold. `detect(text)` says how sure it is (0 to 1) that a text is in this format; it may be given
    only the beginning. `learn(text)` returns the author names that are certain in a text; they are handed to the
    readers of all sources as `ReadOptions.known_names`. `inspect(text, source)` yields the Problems of `read` alone; a
    format has it whose files can be handed on as they stand, and one after the other. `written(text, source, options)`
    is `read` with each record in its entry as it stands there, with the places of its fields: the same records and
    Problems in the same order, each record in a `bibkit.written.Written`. A format that has none is served by
    `written.by_lines`: findings then stand at the first line of the entry, and nothing can be mended. A plugin adds as
    much as it can: a subclass with `span` gives findings their line and column; with `field_of` too, they find the
    field of a variable; with `editable`, its base makes `put` of that for values that stand letter for letter, and
    `drop`, `rename` and `retype` are whatever else can be changed. Offsets are those of the text as it is handed in.
    """

    name: str
    title: str
    suffixes: tuple[str, ...] = ()
    read: Reader | None = None
    write: Writer | None = None
    detect: Callable[[str], float] | None = None
    learn: Callable[[str], frozenset[str]] | None = None
    inspect: Callable[[str, str], Iterator[Problem]] | None = None
    written: Callable[[str, str, ReadOptions], Iterator[Written | Problem]] | None = None
    layouts: tuple[str, ...] = ()  # the layouts or dialects that it tells apart, a line each, for people


# ------------------------------------------------------------------------------------------------ the registry

GROUP = "bibkit.formats"
DETECT_CHARACTERS = 1 << 16  # how much of a text is shown to `detect`
_SURE = 0.5  # below this, a text counts as not recognised


class BuiltIn(msgspec.Struct, frozen=True):
    """A row of the registry: what is known of a format before its module is imported.

    `hint` is a pattern without which a text is surely not in this format; only then is `Format.detect` asked.
    """

    module: str
    attribute: str
    suffixes: tuple[str, ...]
    hint: str


_ENTRY = r"@\s*\w+\s*[{(]"
BUILT_IN = {
    "listing": BuiltIn(
        "bibkit.formats.listing", "FORMAT", (".txt",), r"(?i)(?:jan|feb|ma|apr|ju|aug|sep|oct|nov|dec)\w* \d"
    ),
    "bibtex": BuiltIn("bibkit.formats.bibtex", "BIBTEX", (".bib", ".bibtex"), _ENTRY),
    "biblatex": BuiltIn("bibkit.formats.bibtex", "BIBLATEX", (".biblatex.bib", ".biblatex"), _ENTRY),
    "csl-json": BuiltIn("bibkit.formats.csl", "FORMAT", (".json", ".csl.json"), r"\A\s*[\[{]"),
    "zotero-json": BuiltIn("bibkit.formats.zotero", "FORMAT", (".zotero.json",), r"\A\s*[\[{]"),
    "ris": BuiltIn("bibkit.formats.ris", "FORMAT", (".ris",), r"(?im)^\W*[a-z][a-z0-9] {0,2}-"),
}


@cache
def _plugins() -> dict[str, EntryPoint]:
    """The entry points of other distributions, by name; a built-in name cannot be taken over."""
    from importlib.metadata import entry_points  # slow to import, and seldom needed

    found = sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value))
    return {point.name: point for point in reversed(found) if point.name not in BUILT_IN}


def names() -> list[str]:
    """The names of all formats, the built-in ones first. Nothing is imported."""
    return [*BUILT_IN, *sorted(_plugins())]


@cache
def get(name: str) -> Format:
    """The format of this name. Raises UnknownFormat, naming near ones, or PluginError, naming plugin and cause."""
    if name in BUILT_IN:
        row = BUILT_IN[name]
        found: Format = getattr(import_module(row.module), row.attribute)
        return found
    if name in _plugins():
        return _load(_plugins()[name])
    near = get_close_matches(name, names(), 1)
    advice = f"did you mean {near[0]}?" if near else f"there are {', '.join(names())}"
    raise UnknownFormat(f"unknown format {name!r}; {advice}")


def _load(point: EntryPoint) -> Format:
    where = f"format plugin {point.name} ({point.value})"
    try:
        found = point.load()
    except (Exception, SystemExit) as error:
        raise PluginError(f"{where} cannot be loaded: {error!r}") from error
    if not isinstance(found, Format):
        raise PluginError(f"{where} is no bibkit.formats.Format")
    if found.name != point.name or not isinstance(found.suffixes, tuple):
        raise PluginError(f"{where} must be called {point.name!r} and have a tuple of suffixes")
    return found


def guarded(found: Format, items: Iterator[T]) -> Iterator[T]:
    """What a format yields; where a plugin raises, PluginError names it. A built-in format's error is a bug of ours."""
    if found.name in BUILT_IN:
        yield from items
        return
    try:
        yield from items
    except Exception as error:
        raise PluginError(f"format plugin {found.name} failed: {error!r}; report it to its authors") from error


def available() -> Iterator[Format | Problem]:
    """Every format; a plugin that cannot be loaded is a Problem and disables only itself."""
    for name in names():
        try:
            yield get(name)
        except PluginError as error:
            yield Problem("plugin-broken", str(error), "error", hint="uninstall or update it")


def by_suffix(path: str) -> str:
    """The name of the format that writes files of this ending, or the empty string; the longest ending wins."""
    lower = path.lower().removesuffix(".gz")
    endings = {suffix: name for name, row in BUILT_IN.items() for suffix in row.suffixes}
    fitting = [suffix for suffix in endings if lower.endswith(suffix)]
    if fitting:
        return endings[max(fitting, key=len)]
    return next((found.name for found in _foreign() if found.suffixes and lower.endswith(found.suffixes)), "")


def _foreign() -> Iterator[Format]:
    """The formats of plugins that can be loaded."""
    for name in sorted(_plugins()):
        with suppress(PluginError):
            yield get(name)


def detect(text: str) -> str:
    """The name of the format that a text is in, by its content, or the empty string where none is sure enough.

    Plugins are asked where no built-in format is sure, so that they cost nothing elsewhere.
    """
    head = text[:DETECT_CHARACTERS]
    return _surest((get(name) for name, row in BUILT_IN.items() if re.search(row.hint, head)), head) or _surest(
        _foreign(), head
    )


def _surest(candidates: Iterable[Format], head: str) -> str:
    best, name = max(((_rating(found, head), found.name) for found in candidates), default=(0.0, ""))
    return name if best >= _SURE else ""


def _rating(found: Format, head: str) -> float:
    """How sure a format is; a plugin that fails to look is not sure."""
    if not found.detect:
        return 0.0
    if found.name in BUILT_IN:
        return found.detect(head)
    with suppress(Exception):
        return float(found.detect(head))
    return 0.0
