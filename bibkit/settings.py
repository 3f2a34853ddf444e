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


class Settings(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """The whole file."""

    sources: Mapping[str, Source] = msgspec.field(default_factory=dict)
    fmt: Fmt = Fmt()

    def source(self, name: str) -> Source:
        """What is said about the source of this file name; "*" stands for those that have no section of their own."""
        return self.sources.get(name) or self.sources.get("*") or Source()


def load(folder: Path) -> Settings:
    """The settings of a project: `bibkit.toml` in the folder itself or in its `seeds/`, or the defaults.

    Raises UsageError, naming file and line or setting, where the file cannot be used.
    """
    for path in (folder / FILE, folder / "seeds" / FILE):
        if path.is_file():
            return _checked(_parse(path), path)
    return Settings()


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
    known = [name for section in (Settings, Source, Fmt) for name in section.__struct_encode_fields__]
    near = get_close_matches(unknown[1], known, 1) if unknown else []
    if near:
        return f"{message}; did you mean {near[0]!r}?"
    choices = _choices(message)
    return message + (f"; it is one of {', '.join(choices)}" if choices else "")


def _choices(message: str) -> list[str]:
    """What the setting of this message can be, where that is a choice of words."""
    setting = re.search(r"Invalid enum value .* `\$\.fmt\.([\w-]+)`", message)
    return _words(get_type_hints(Fmt)[setting[1].replace("-", "_")]) if setting else []


def _words(kind: Any) -> list[str]:
    if kind is int:
        return ["a number"]
    return [word for one in get_args(kind) for word in ([one] if isinstance(one, str) else _words(one))]


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
