"""What sync remembers, in `.bibkit/sync.sqlite`: what both sides last agreed on, what the server last had, the journal.

For each object of a library: `base`, the state on which files and server agreed; `theirs`, the server's object as it
was last seen (None when it is gone); `work`, the identities of the work that it is. A key is written here before an
object is sent under it, so that a retry after a lost answer makes nothing twice. `base` moves only after the files are
written, `theirs` with every answer: whatever the moment of a crash, the next run sees either no change or the same
change on both sides.

If this file is lost nothing else is: the next sync compares everything and asks more.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal

import msgspec

from bibkit.problems import StateError
from bibkit.sync.merge import Answers
from bibkit.sync.model import Conflict, Data, Kind, LibraryId, Step

FOLDER = ".bibkit"
FILE = "sync.sqlite"
LOCK = "sync.lock"
VERSION = 1
BUSY = 5.0  # seconds to wait for another process that reads

_SCHEMA = """
CREATE TABLE libraries (id INTEGER PRIMARY KEY, server TEXT, kind TEXT, number INTEGER, version INTEGER DEFAULT 0,
    notes INTEGER DEFAULT 1, native INTEGER DEFAULT 1, UNIQUE (server, kind, number));
CREATE TABLE objects (library INTEGER, kind TEXT, key TEXT, base TEXT, theirs TEXT, work TEXT,
    PRIMARY KEY (library, kind, key));
CREATE TABLE runs (id INTEGER PRIMARY KEY, library INTEGER, started TEXT, ended TEXT, before BLOB, undoes INTEGER);
CREATE TABLE steps (run INTEGER, number INTEGER, step TEXT, before TEXT, after TEXT, status TEXT, message TEXT,
    PRIMARY KEY (run, number));
CREATE TABLE answers (library INTEGER, key TEXT, field TEXT, conflict TEXT, PRIMARY KEY (library, key, field));
CREATE TABLE files (library INTEGER, key TEXT, md5 TEXT, PRIMARY KEY (library, key));
CREATE TABLE tombstones (library INTEGER, identity TEXT, key TEXT, PRIMARY KEY (library, identity));
"""

Status = Literal["planned", "sent", "done", "failed"]


class Known(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is known of one object."""

    kind: Kind
    key: str
    base: Data | None = None
    theirs: Data | None = None
    work: tuple[str, ...] = ()


class Run(msgspec.Struct, frozen=True):
    """One sync: when, and how many steps have which status; `before` is the project's file as it was."""

    number: int
    started: str
    ended: str
    before: bytes | None
    undoes: int | None


class Entry(msgspec.Struct, frozen=True):
    """One step in the journal: the object before and after it, as the server had it."""

    number: int
    step: Step
    before: Data | None
    after: Data | None
    status: Status
    message: str


def _text(value: Any) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()


def _data(text: str | None) -> Any:
    return None if text is None else msgspec.json.decode(text)


Mark = tuple[int, Status, Data | None, str]  # of a step: number, status, the object afterwards, the server's words


class State:
    """The state of one project. Every method is one transaction; what it wrote is on disk when it returns."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._db = sqlite3.connect(path, timeout=BUSY, isolation_level=None)
            self._db.execute("PRAGMA synchronous = FULL")
            self._prepare()
        except sqlite3.DatabaseError as error:
            message = f"{path}: cannot be used: {error}; delete it, and the next sync compares everything"
            raise StateError(message) from error

    def _prepare(self) -> None:
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version == 0:
            with self._transaction():
                for statement in _SCHEMA.split(";"):
                    self._db.execute(statement)
                self._db.execute(f"PRAGMA user_version = {VERSION}")
        elif version != VERSION:
            newer = "a newer" if version > VERSION else "another"
            advice = "update bibkit, or delete the file: the next sync then compares everything"
            raise StateError(f"{self.path}: {newer} bibkit wrote this (version {version}); {advice}")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    # -------------------------------------------------------------------------------------------- libraries

    def library(self, library: LibraryId) -> Memory:
        """What is remembered of one library of one server."""
        key = (library.server, library.kind, library.number)
        with self._transaction():
            self._db.execute("INSERT OR IGNORE INTO libraries (server, kind, number) VALUES (?, ?, ?)", key)
        query = "SELECT id FROM libraries WHERE server = ? AND kind = ? AND number = ?"
        return Memory(self, self._db.execute(query, key).fetchone()[0])

    def libraries(self) -> list[tuple[LibraryId, int]]:
        """Every library that was synced, with the version that it was seen at."""
        rows = self._db.execute("SELECT server, kind, number, version FROM libraries ORDER BY id")
        return [(LibraryId(server, kind, number), version) for server, kind, number, version in rows]


class Memory:
    """What is remembered of one library."""

    def __init__(self, state: State, number: int) -> None:
        self._state, self._db, self._id = state, state._db, number

    @property
    def version(self) -> int:
        """The version of the library that `theirs` is of."""
        found: int = self._db.execute("SELECT version FROM libraries WHERE id = ?", (self._id,)).fetchone()[0]
        return found

    @property
    def notes(self) -> bool:
        """Whether the key may see notes."""
        return self._flag("notes")

    @property
    def native(self) -> bool:
        """Whether items of this server have a field for citation keys."""
        return self._flag("native")

    def _flag(self, name: Literal["notes", "native"]) -> bool:
        query = f"SELECT {name} FROM libraries WHERE id = ?"  # noqa: S608  (one of two words)
        return bool(self._db.execute(query, (self._id,)).fetchone()[0])

    def introduce(self, *, notes: bool, native: bool) -> None:
        """What the key may see, and what the server has."""
        with self._state._transaction():
            query = "UPDATE libraries SET notes = ?, native = ? WHERE id = ?"
            self._db.execute(query, (notes, native, self._id))

    def known(self, kind: Kind) -> dict[str, Known]:
        """Everything that is known of the objects of a kind, by key."""
        query = "SELECT key, base, theirs, work FROM objects WHERE library = ? AND kind = ? ORDER BY key"
        rows = self._db.execute(query, (self._id, kind))
        return {
            key: Known(kind, key, _data(base), _data(theirs), tuple(_data(work) or ()))
            for key, base, theirs, work in rows
        }

    def saw_all(self, version: int, seen: Iterable[tuple[Kind, str, Data | None]]) -> None:
        """The outcome of a whole pull, at once."""
        with self._state._transaction():
            query = (
                "INSERT INTO objects (library, kind, key, theirs) VALUES (?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET theirs = excluded.theirs"
            )
            self._db.executemany(query, ((self._id, kind, key, _text(data)) for kind, key, data in seen))
            self._at(version)

    def _at(self, version: int) -> None:
        self._db.execute("UPDATE libraries SET version = ? WHERE id = ?", (version, self._id))

    def answered(self, version: int, run: int, written: Iterable[Known], marks: Iterable[Mark]) -> None:
        """The server answered a request to write: what it has now, and what became of the steps, at once."""
        with self._state._transaction():
            self._put(written)
            self._mark(run, marks)
            self._at(version)

    def assign(self, kind: Kind, assigned: Iterable[tuple[str, tuple[str, ...]]]) -> None:
        """Before anything is sent: these keys are of these works."""
        query = (
            "INSERT INTO objects (library, kind, key, work) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET work = excluded.work"
        )
        with self._state._transaction():
            self._db.executemany(query, ((self._id, kind, key, _text(work)) for key, work in assigned))

    def agree(self, agreed: Iterable[Known]) -> None:
        """After the files are written: both sides agree on these. An object without base and theirs is forgotten."""
        with self._state._transaction():
            self._put(agreed)

    def _put(self, objects: Iterable[Known]) -> None:
        query = (
            "INSERT INTO objects (library, kind, key, base, theirs, work) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET base = excluded.base, theirs = excluded.theirs, work = excluded.work"
        )
        for one in objects:
            if one.base is None and one.theirs is None:
                self._forget(one)
                continue
            values = (_text(one.base), _text(one.theirs), _text(one.work))
            self._db.execute(query, (self._id, one.kind, one.key, *values))

    def _forget(self, one: Known) -> None:
        self._db.execute(
            "DELETE FROM objects WHERE library = ? AND kind = ? AND key = ?", (self._id, one.kind, one.key)
        )

    # -------------------------------------------------------------------------------------------- what is not made anew

    def bury(self, gone: Mapping[str, str], back: Iterable[str]) -> None:
        """By identity: works whose item is gone on the server, with its key, and those that may be made again.

        Other sources shall not make anew what somebody threw away.
        """
        with self._state._transaction():
            query = "DELETE FROM tombstones WHERE library = ? AND identity = ?"
            self._db.executemany(query, ((self._id, identity) for identity in back))
            query = "INSERT OR REPLACE INTO tombstones VALUES (?, ?, ?)"
            self._db.executemany(query, ((self._id, identity, key) for identity, key in gone.items()))

    def buried(self) -> dict[str, str]:
        """Identities of works that are gone on the server, with the key that each had."""
        rows = self._db.execute("SELECT identity, key FROM tombstones WHERE library = ?", (self._id,))
        return dict(rows.fetchall())

    # -------------------------------------------------------------------------------------------- files

    def files(self) -> dict[str, str]:
        """The MD5 of the file that both sides had last, by the key of its attachment."""
        rows = self._db.execute("SELECT key, md5 FROM files WHERE library = ?", (self._id,))
        return dict(rows.fetchall())

    def has_file(self, key: str, md5: str) -> None:
        """Both sides have this file now."""
        with self._state._transaction():
            self._db.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?)", (self._id, key, md5))

    # -------------------------------------------------------------------------------------------- answers

    def remember(self, conflicts: Iterable[Conflict]) -> None:
        """Keep the answers of people; the same question is not asked twice."""
        query = "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?)"
        with self._state._transaction():
            rows = ((self._id, one.key, one.field, _text(one)) for one in conflicts if one.answer)
            self._db.executemany(query, rows)

    def answers(self, conflicts: Iterable[Conflict]) -> Answers:
        """The answers that were given to exactly these questions."""
        query = "SELECT key, field, conflict FROM answers WHERE library = ?"
        kept = {
            (key, field): msgspec.json.decode(text, type=Conflict)
            for key, field, text in self._db.execute(query, (self._id,))
        }
        found = {}
        for asked in conflicts:
            known = kept.get((asked.key, asked.field))
            if known and (known.base, known.ours, known.theirs) == (asked.base, asked.ours, asked.theirs):
                found[asked.key, asked.field] = known.answer
        return found

    # -------------------------------------------------------------------------------------------- the journal

    def begin(self, started: str, before: bytes | None, undoes: int | None = None) -> int:
        """A run begins: its number."""
        with self._state._transaction():
            query = "INSERT INTO runs (library, started, before, undoes) VALUES (?, ?, ?, ?)"
            number = self._db.execute(query, (self._id, started, before, undoes)).lastrowid
        return int(number or 0)

    def record(self, run: int, steps: Iterable[tuple[int, Step, Data | None]]) -> None:
        """What this run is about to do, with what each object was before."""
        query = "INSERT OR REPLACE INTO steps VALUES (?, ?, ?, ?, NULL, 'planned', '')"
        with self._state._transaction():
            self._db.executemany(query, ((run, number, _text(step), _text(before)) for number, step, before in steps))

    def mark(self, run: int, marks: Iterable[Mark]) -> None:
        """What became of steps."""
        with self._state._transaction():
            self._mark(run, marks)

    def _mark(self, run: int, marks: Iterable[Mark]) -> None:
        query = "UPDATE steps SET status = ?, after = ?, message = ? WHERE run = ? AND number = ?"
        rows = ((status, _text(after), message, run, number) for number, status, after, message in marks)
        self._db.executemany(query, rows)

    def broken_off(self) -> tuple[int, int]:
        """The last run, if it did not come to its end, and the number of its next step; (0, 0) where it did."""
        last = next(iter(self.runs()), None)
        if last is None or last.ended or last.undoes is not None:
            return 0, 0
        query = "SELECT coalesce(max(number), -1) + 1 FROM steps WHERE run = ?"
        return last.number, self._db.execute(query, (last.number,)).fetchone()[0]

    def end(self, run: int, ended: str) -> None:
        """The run came to its end."""
        with self._state._transaction():
            self._db.execute("UPDATE runs SET ended = ? WHERE id = ?", (ended, run))

    def runs(self) -> list[Run]:
        """All runs, the last first."""
        query = "SELECT id, started, ended, before, undoes FROM runs WHERE library = ? ORDER BY id DESC"
        return [
            Run(number, started, ended or "", before, undoes)
            for number, started, ended, before, undoes in self._db.execute(query, (self._id,))
        ]

    def entries(self, run: int) -> list[Entry]:
        """The steps of a run, in order."""
        query = "SELECT number, step, before, after, status, message FROM steps WHERE run = ? ORDER BY number"
        return [
            Entry(number, msgspec.json.decode(step, type=Step), _data(before), _data(after), status, message)
            for number, step, before, after, status, message in self._db.execute(query, (run,))
        ]


# ------------------------------------------------------------------------------------------------ one at a time


@contextmanager
def opened(project: Path) -> Iterator[State]:
    """The state of a project, for this process alone. Raises StateError where another sync runs."""
    folder = project / FOLDER
    try:
        folder.mkdir(exist_ok=True)
        ignore = folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", encoding="utf-8")
    except OSError as error:
        raise StateError(f"{folder}: cannot write there: {(error.strerror or str(error)).lower()}") from error
    with _alone(folder / LOCK):
        state = State(folder / FILE)
        try:
            yield state
        except sqlite3.DatabaseError as error:
            advice = "look at the disk; if the file is broken delete it, and the next sync compares everything"
            raise StateError(f"{state.path}: {error}; {advice}") from error
        finally:
            state.close()


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold the lock file, which names the process. One that a dead process left behind is taken over."""
    mine = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        mine.write_text(str(os.getpid()), encoding="utf-8")
        while True:
            try:
                os.link(mine, path)  # whole from the first moment, and only one can make it
                break
            except FileExistsError:
                _check_holder(path)
    except OSError as error:
        raise StateError(f"{path}: cannot write it: {(error.strerror or str(error)).lower()}") from error
    finally:
        mine.unlink(missing_ok=True)
    try:
        _sweep(path)
        yield
    finally:
        path.unlink(missing_ok=True)


def _sweep(path: Path) -> None:
    """Remove what processes that were killed left beside the lock."""
    for left in path.parent.glob(f"{path.name}.*"):
        holder = _holder(left)
        if not holder or not _is_alive(holder):
            left.unlink(missing_ok=True)


def _check_holder(path: Path) -> None:
    """Remove the lock of a process that is gone; StateError where it is alive."""
    holder = _holder(path)
    if holder and _is_alive(holder):
        message = f"another sync is running (process {holder}); wait for it, or delete {path} if there is none"
        raise StateError(message)
    aside = path.with_name(f"{path.name}.{os.getpid()}.old")
    try:
        path.rename(aside)
    except FileNotFoundError:
        return  # somebody else was quicker
    if _holder(aside) != holder:  # and has taken it over between our two looks
        with suppress(FileExistsError):
            os.link(aside, path)
    aside.unlink(missing_ok=True)


def _holder(path: Path) -> int:
    try:
        return int(path.read_text(encoding="utf-8") or "0")
    except (FileNotFoundError, ValueError):
        return 0


def _is_alive(process: int) -> bool:
    if process == os.getpid():
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
