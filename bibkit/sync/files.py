"""The files of attachments: each has a place in the project's folder, and goes the way that changed it.

A file is known by its MD5, as Zotero knows it. What is new or changed in Zotero is downloaded, what is new or changed
here is uploaded; a file that both changed is left alone and said. Nothing is ever deleted.
"""

from __future__ import annotations

import mimetypes
import re
import string
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from bibkit.problems import Problem, ServiceError, UsageError
from bibkit.sync.merge import citation_key, title
from bibkit.sync.model import Data
from bibkit.sync.project import made_key
from bibkit.sync.pull import pull
from bibkit.sync.state import Known, Memory
from bibkit.zotero_api import Api, LibraryMoved, md5_of

STORED = ("imported_file", "imported_url")  # link modes whose file is with Zotero
WIDEST = 80  # characters of one part of a name
_NEVER = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]+')  # what some file system does not take
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)  # names that Windows keeps


class Moved(msgspec.Struct):
    """What became of the files."""

    downloaded: list[str] = msgspec.field(default_factory=list)
    uploaded: list[str] = msgspec.field(default_factory=list)
    problems: list[Problem] = msgspec.field(default_factory=list)


class _Plan(msgspec.Struct, frozen=True):
    """What is to be done with one file: `way` is down, up, new (up, with an item of its own) or clash."""

    way: str
    key: str
    path: Path
    parent: str = ""
    before: str = ""  # the MD5 of the file that is replaced


def sync_files(
    folder: Path, pattern: str, api: Api, memory: Memory, *, dry_run: bool = False, way: str = "both"
) -> Moved:
    """Bring the files below `folder` and those of the library into step, by a pattern of their names.

    A pattern is a path with `{citekey}`, `{key}`, `{title}`, `{year}`, `{author}`, `{filename}` or `{ext}` (with its
    dot). Whatever these hold, the file is below `folder`. Raises UsageError for a pattern that cannot be one.
    """
    check_pattern(pattern)
    known = memory.known("items")
    moved = Moved()
    for step in _steps(folder, pattern, known, memory):
        if step.way == "clash":
            moved.problems.append(_clash(step, known[step.key]))
        elif dry_run or (way == "push" and step.way == "down") or (way == "pull" and step.way != "down"):
            _count(step, folder, moved, only=dry_run)
        else:
            _do(step, folder, api, memory, moved)
    if moved.uploaded and not dry_run:
        pull(api, memory)
    return moved


def check_pattern(pattern: str) -> None:
    """Raises UsageError for a pattern with unknown names, or one that leaves the project's folder."""
    names = [name for _, name, _, _ in string.Formatter().parse(pattern) if name is not None]
    unknown = [name for name in names if name not in _FIELDS]
    if unknown:
        raise UsageError(f"[sync] attachments: {{{unknown[0]}}} is unknown; there are {', '.join(sorted(_FIELDS))}")
    if Path(pattern).is_absolute() or ".." in Path(pattern).parts or not pattern.strip("/"):
        raise UsageError(f"[sync] attachments: {pattern!r} is no path below the project's folder")
    if not {"citekey", "key", "filename"} & set(names):
        raise UsageError(
            f"[sync] attachments: {pattern!r} gives all files one name; use {{citekey}}, {{key}} or {{filename}}"
        )


_FIELDS = frozenset({"citekey", "key", "title", "year", "author", "filename", "ext"})


# ------------------------------------------------------------------------------------------------ names


def name_of(pattern: str, attachment: Data, parent: Data) -> Path:
    """The path of an attachment's file below the project's folder."""
    filename = str(attachment.get("filename") or f"{attachment['key']}.pdf")
    creators = parent.get("creators") or [{}]
    values = {
        "citekey": citation_key(parent) or parent["key"],
        "key": attachment["key"],
        "title": title(parent),
        "year": next(iter(re.findall(r"\d{4}", str(parent.get("date", "")))), ""),
        "author": creators[0].get("lastName") or creators[0].get("name", ""),
        "filename": filename,
        "ext": Path(filename).suffix,
    }
    safe = {name: _safe(value, keep_dot=name == "ext") for name, value in values.items()}
    return Path(*(_part(part.format_map(safe)) for part in Path(pattern).parts))


def _safe(value: str, *, keep_dot: bool = False) -> str:
    """A value as a part of a name: without separators and what file systems forbid, not too long."""
    plain = " ".join(_NEVER.sub(" ", unicodedata.normalize("NFC", value)).split())
    if keep_dot:
        return plain[:WIDEST]
    stem, dot, ending = plain.rpartition(".")
    if dot and len(ending) <= 5:
        return f"{stem[:WIDEST]}.{ending}".lstrip(". ")
    return plain[:WIDEST].lstrip(". ")


def _part(part: str) -> str:
    part = part.rstrip(". ") or "_"
    return f"_{part}" if _RESERVED.fullmatch(part) else part


# ------------------------------------------------------------------------------------------------ steps


def _steps(folder: Path, pattern: str, known: Mapping[str, Known], memory: Memory) -> Iterator[_Plan]:
    agreed = memory.files()
    alive = {key: one.theirs for key, one in known.items() if one.theirs and not one.theirs.get("deleted")}
    taken: dict[Path, str] = {}
    with_file: set[str] = set()
    for key, data in sorted(alive.items()):
        parent = alive.get(str(data.get("parentItem") or ""), data)
        if data.get("itemType") != "attachment" or data.get("linkMode") not in STORED:
            continue
        with_file.add(parent["key"])
        path = _free(folder / name_of(pattern, data, parent), key, taken)
        step = _compared(path, data, agreed.get(key, ""))
        if step:
            yield step
        elif path.is_file() and key not in agreed:
            memory.has_file(key, str(data["md5"]))
    for key, data in sorted(alive.items()):
        if key not in with_file and data.get("itemType") not in ("attachment", "note", "annotation"):
            yield from _new(folder, pattern, data, taken, alive)


def _free(path: Path, key: str, taken: dict[Path, str]) -> Path:
    """The path, with the key of the attachment where another one has that name already."""
    if taken.setdefault(path, key) != key:
        path = path.with_name(f"{path.stem}-{key}{path.suffix}")
        taken[path] = key
    return path


def _compared(path: Path, data: Data, agreed: str) -> _Plan | None:
    there = data.get("md5") or ""
    here = md5_of(path) if path.is_file() else ""
    if here == there:
        return None
    if there and (not here or here == agreed):
        return _Plan("down", data["key"], path)
    if here and (not there or there == agreed):
        return _Plan("up", data["key"], path, before=there)
    return _Plan("clash", data["key"], path) if here else None


def _new(
    folder: Path, pattern: str, parent: Data, taken: dict[Path, str], alive: Mapping[str, Data]
) -> Iterator[_Plan]:
    """A PDF that lies where the work's would lie, and that no attachment has."""
    key = made_key((f"file:{parent['key']}",), alive)
    path = folder / name_of(pattern, {"key": key, "filename": f"{citation_key(parent) or parent['key']}.pdf"}, parent)
    if path not in taken and path.is_file():
        taken[path] = key
        yield _Plan("new", key, path, parent["key"])


# ------------------------------------------------------------------------------------------------ doing


def _do(step: _Plan, folder: Path, api: Api, memory: Memory, moved: Moved) -> None:
    shown = str(step.path.relative_to(folder))
    try:
        if step.way == "down":
            api.download(step.key, step.path, str((memory.known("items")[step.key].theirs or {}).get("md5") or ""))
        else:
            _send(step, api)
    except (ServiceError, OSError) as error:
        reason = "the library changed meanwhile; sync again" if isinstance(error, LibraryMoved) else str(error)
        moved.problems.append(Problem("sync-file", f"{shown}: {reason}", "error", key=step.key))
        return
    memory.has_file(step.key, md5_of(step.path))
    _count(step, folder, moved)


def _send(step: _Plan, api: Api) -> None:
    kind = mimetypes.guess_type(step.path.name)[0] or "application/octet-stream"
    if step.way == "new":
        given: Data = {"key": step.key, "version": 0, "itemType": "attachment", "linkMode": "imported_file"}
        given |= {"parentItem": step.parent, "title": step.path.name, "filename": step.path.name, "contentType": kind}
        written = api.write("items", [given])
        failure = written.failed.get(0)
        if failure and failure.code != 412:  # it is there already: an earlier try was cut off
            raise ServiceError(f"Zotero refuses the attachment: {failure.message}")
    api.upload(step.key, step.path, kind, step.before)


def _count(step: _Plan, folder: Path, moved: Moved, *, only: bool = True) -> None:
    if only:
        listed = moved.downloaded if step.way == "down" else moved.uploaded
        listed.append(str(step.path.relative_to(folder)))


def _clash(step: _Plan, known: Known) -> Problem:
    message = f"{step.path.name}: the file was changed here and in Zotero; both are left as they are"
    hint = f"move {step.path} away to get Zotero's file, or delete the attachment in Zotero to send yours"
    return Problem("sync-file-conflict", message, "warning", key=known.key, hint=hint)
