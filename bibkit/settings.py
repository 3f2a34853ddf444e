"""`bibkit.toml`: what a project says about its sources and outputs. Everything in it is optional."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_type_hints

import msgspec

from bibkit.problems import UsageError
from bibkit.record import TYPES

FILE = "bibkit.toml"
TYPE_NAMES = {"preprint": "article"}  # CSL calls a preprint "article"; nobody else does


class Source(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """`[sources."name.txt"]`: what a source does not say itself."""

    type: str = ""  # the type of its entries: a CSL type, or "preprint"
    as_of: datetime.date | None = None  # the day on which it was copied: dates without a year are not after it
    format: str = ""  # where its content does not tell


Count = Annotated[int, msgspec.Meta(ge=0, le=80)]


class Fmt(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """`[fmt]`: the form that `bibkit fmt` gives to entries and macros."""

    indent: Count | Literal["tab"] = 2  # blanks before a field
    align: bool = False  # put all = of an entry in one column
    delimiter: Literal["brace", "quote"] = "brace"
    trailing_comma: bool = True  # after the last field
    case: Literal["lower", "upper", "title", "keep"] = "lower"  # of types and field names
    blank_lines: Count = 1  # between entries
    sort: Literal["none", "key"] = "none"  # the order of entries
    field_order: tuple[str, ...] = ()  # these fields first; the others follow as they stand


Versions = Literal["both", "published", "latest"]


class Exports(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """`[exports]`: what the files in `exports/` show."""

    versions: Versions | Mapping[str, Versions] = "both"  # of works with several; for all files, or by their names

    def versions_in(self, name: str) -> Versions:
        """Which versions the file of this name shows; "*" stands for those that are not named."""
        if isinstance(self.versions, str):
            return self.versions
        return self.versions.get(name) or self.versions.get("*") or "both"


class Merge(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """`[merge]`: how entries of one work become one."""

    published_first: bool = False  # what a published entry says goes before what a preprint says


class Keys(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """`[keys]`: how a work that has no citation key yet gets one."""

    pattern: str = ""  # a pattern or the name of one; without it, liu2022learning
    incoming: bool = True  # keep the key that a source brings; else it is an alias


class Sync(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """`[sync]`: the Zotero library that the project is kept in step with. The key is never in this file."""

    library: str = "user"  # "user", "group:NUMBER" or "local"
    collection: str = ""  # only what is in this one: "Papers/Video"
    collections: Mapping[str, str] = msgspec.field(default_factory=dict)  # path of a collection -> its keyword
    file: str = "seeds/zotero.json"  # where the library's items stand
    prefer: Literal["", "ours", "theirs", "newest"] = ""  # who wins where both changed a field
    attachments: str = ""  # folder for files, with a pattern for their names: "files/{key}.pdf"
    server: str = ""  # another server than Zotero's own


class Cv(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """`[cv]`: whose CV it is, which works it shows, and how. Works are named by their citation keys."""

    me: str | tuple[str, ...] = ()  # the person's name, or all its spellings; the first one is shown
    orcid: str = ""
    title: str = ""  # of the list; without one "Publications"
    works: tuple[str, ...] = ()  # of those with the name only these: "KEY", or "KEY:2" for the second author
    unlisted: Literal["keep", "drop"] = "keep"  # works whose list of authors is cut before the own name, if it is there
    versions: Versions = "published"  # of works with several
    types: tuple[str, ...] = ()  # only these: CSL types, or "preprint"
    years: str | int = ""  # only these: 2024, "2020-2024", "2020-", "-2019"
    keywords: tuple[str, ...] = ()  # only works with one of these
    hidden: tuple[str, ...] = ()
    selected: tuple[str, ...] = ()  # in a section of their own before all others
    group: Literal["year", "type", "status", "topic", "none"] = "year"
    topics: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)  # title -> keywords, for groups
    order: Literal["newest", "oldest", "title", "author"] = "newest"
    number: Literal["continuous", "group", "type", "none"] = "continuous"
    descending: bool = False  # the last number first, so that old works keep theirs
    prefix: bool | Mapping[str, str] = False  # of numbers: [J3]; or by type, instead of our J, C, P ...
    style: str = "apa"  # a CSL style: its name or the path of a .csl file
    engine: str = ""
    lang: str = ""  # of the style's own words: "de-DE"
    bold: bool = True  # the own name
    equal: Mapping[str, tuple[str | int, ...]] = msgspec.field(default_factory=dict)  # KEY -> places or family names
    corresponding: Mapping[str, tuple[str | int, ...]] = msgspec.field(default_factory=dict)
    links: tuple[Literal["doi", "arxiv", "code", "pdf", "url"], ...] = ("doi", "arxiv", "code", "pdf", "url")
    counts: bool = True  # of works, in the titles of groups


Codes = tuple[str, ...]  # of checks, or families of them


class Check(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """`[check]`: what `bibkit check` looks for."""

    select: Codes = ()  # nothing but these
    extend: Codes = ()  # beside those that are on by themselves
    ignore: Codes = ()
    target: Literal["", "bibtex", "biblatex"] = ""  # what .bib files are for; without it, what they look like
    entries: Mapping[str, Codes] = msgspec.field(default_factory=dict)  # citation key -> what is right there
    files: Mapping[str, Codes] = msgspec.field(default_factory=dict)  # the same for files: "*.ris"


class Settings(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """The whole file."""

    sources: Mapping[str, Source] = msgspec.field(default_factory=dict)
    fmt: Fmt = Fmt()
    exports: Exports = Exports()
    merge: Merge = Merge()
    keys: Keys = Keys()
    sync: Sync = Sync()
    cv: Cv = Cv()
    check: Check = Check()

    def source(self, name: str) -> Source:
        """What is said about the source of this file name; "*" stands for those that have no section of their own."""
        return self.sources.get(name) or self.sources.get("*") or Source()


def load(folder: Path) -> Settings:
    """The settings of a project: `bibkit.toml` in the folder itself or in its `seeds/`, or the defaults.

    Raises UsageError, naming file and line or setting, where the file cannot be used.
    """
    path = _file(folder)
    return _checked(_parse(path), path) if path else Settings()


def around(path: Path) -> Path | None:
    """The nearest folder around a file that `load` finds settings in."""
    return next((folder for folder in path.parents if _file(folder)), None)


def _file(folder: Path) -> Path | None:
    return next((path for path in (folder / FILE, folder / "seeds" / FILE) if path.is_file()), None)


def _parse(path: Path) -> Settings:
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Settings)
    except msgspec.ValidationError as error:
        raise UsageError(f"{path}: {_advice(str(error))}") from error
    except (msgspec.DecodeError, ValueError, OSError) as error:
        raise UsageError(f"{path}: {error}") from error


def _advice(message: str) -> str:
    """Msgspec's message, with the nearest setting where one is unknown, and the choices where there are few."""
    unknown = re.search(r"unknown field `([^`]+)`", message)
    known = [
        name
        for section in (Settings, Source, Fmt, Exports, Merge, Keys, Cv, Check)
        for name in section.__struct_encode_fields__
    ]
    near = get_close_matches(unknown[1], known, 1) if unknown else []
    if near:
        return f"{message}; did you mean {near[0]!r}?"
    choices = _choices(message)
    return message + (f"; it is one of {', '.join(choices)}" if choices else "")


def _choices(message: str) -> list[str]:
    """What the setting of this message can be, where that is a choice of words."""
    setting = re.search(r"Invalid enum value .* `\$\.(fmt|cv|check)\.([\w-]+)`", message)
    section = {"fmt": Fmt, "cv": Cv, "check": Check}
    return _words(get_type_hints(section[setting[1]])[setting[2].replace("-", "_")]) if setting else []


def _words(kind: Any) -> list[str]:
    if kind is int:
        return ["a number"]
    words = [word for one in get_args(kind) for word in ([one] if isinstance(one, str) else _words(one))]
    return [word for word in words if word]


def _checked(settings: Settings, path: Path) -> Settings:
    return msgspec.structs.replace(
        settings,
        sources={name: _checked_source(source, f"{path}: {name}") for name, source in settings.sources.items()},
    )


def _checked_source(source: Source, where: str) -> Source:
    kind = TYPE_NAMES.get(source.type, source.type)
    if kind and kind not in TYPES:
        near = get_close_matches(kind, [*TYPES, *TYPE_NAMES], 1)
        raise UsageError(f"{where}: unknown type {kind!r}" + (f"; did you mean {near[0]!r}?" if near else ""))
    return msgspec.structs.replace(source, type=kind)
