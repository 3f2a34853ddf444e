"""`bibkit.toml`: what a project says about its sources and outputs. Everything in it is optional."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

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


class Settings(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """The whole file."""

    sources: Mapping[str, Source] = msgspec.field(default_factory=dict)

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
    """Msgspec's message, with the nearest setting where one is unknown."""
    unknown = re.search(r"unknown field `([^`]+)`", message)
    known = [*Settings.__struct_encode_fields__, *Source.__struct_encode_fields__]
    near = get_close_matches(unknown[1], known, 1) if unknown else []
    return message + (f"; did you mean {near[0]!r}?" if near else "")


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
