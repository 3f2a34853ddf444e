"""A project and its Zotero library: which library, with which key, and where what is synced is kept."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bibkit import files, library, lock, settings
from bibkit.lock import edits
from bibkit.problems import Problem, Report, StateError, UsageError
from bibkit.record import Record
from bibkit.sync import replica
from bibkit.sync.model import LibraryId
from bibkit.sync.replica import Replica
from bibkit.sync.state import State
from bibkit.zotero_api import LOCAL_SERVER, SERVER, Api, Rights, Wait, connect_local

KEY_VARIABLE = "ZOTERO_API_KEY"
SERVICE = "bibkit-zotero"  # the keyring's name for our key
KEY_PAGE = "zotero.org/settings/keys"
TIME = "%Y-%m-%dT%H:%M:%SZ"


# ------------------------------------------------------------------------------------------------ the key


def find_key(server: str) -> str:
    """The API key: of the environment, else of the system's keyring. Raises UsageError where there is none."""
    key = os.environ.get(KEY_VARIABLE, "").strip() or _from_keyring(server)
    if not key:
        raise UsageError(
            f"no key for Zotero: make one at {KEY_PAGE}, then run `bibkit sync login`, or set {KEY_VARIABLE}"
        )
    return key


def _from_keyring(server: str) -> str:
    import keyring  # heavy: it looks for the system's services
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(SERVICE, server) or ""
    except KeyringError:
        return ""


def keep_key(server: str, key: str) -> None:
    """Put the key into the system's keyring, and nowhere else. Raises UsageError where there is no keyring."""
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.set_password(SERVICE, server, key)
    except KeyringError as error:
        message = f"there is no keyring here that keeps the key; set {KEY_VARIABLE} instead"
        raise UsageError(message) from error


# ------------------------------------------------------------------------------------------------ the library


def server_of(project: settings.Settings, name: str) -> str:
    """The address of the server that a library is on."""
    if (name or project.sync.library) == "local":
        return LOCAL_SERVER
    return project.sync.server.rstrip("/") or SERVER


def connect(project: settings.Settings, name: str, state: State | None, wait: Wait) -> Api:
    """The library that is meant (`user`, `user:ID`, `group:ID`, `local`; empty for the setting), on its server.

    `user` is the owner of the key, who is asked for once and remembered in the state. Raises UsageError.
    """
    named = name or project.sync.library
    server = server_of(project, name)
    if named == "local":
        return connect_local(os.environ.get("ZOTERO_LOCAL_KEY", ""), wait=wait, address=server)
    key = find_key(server)
    kind, _, number = named.partition(":")
    if kind not in ("user", "group") or (number and not number.isdecimal()) or (kind == "group" and not number):
        raise UsageError(f"{named!r} is no library; it is user, user:NUMBER, group:NUMBER or local")
    found = int(number) if number else _own_number(server, key, state, wait)
    return Api(LibraryId(server, kind, found), key, wait=wait)  # type: ignore[arg-type]  # checked above


def _own_number(server: str, key: str, state: State | None, wait: Wait) -> int:
    """The number of the key's owner."""
    known = [
        one.number for one, _ in (state.libraries() if state else ()) if (one.server, one.kind) == (server, "user")
    ]
    return known[0] if len(known) == 1 else rights(server, key, wait).user


def rights(server: str, key: str, wait: Wait) -> Rights:
    """What a key may do in its owner's library. Raises ServiceError for one that the server does not know."""
    with Api(LibraryId(server, "user", 0), key, wait=wait) as api:
        return api.rights()


# ------------------------------------------------------------------------------------------------ the project's side


def check(folder: Path) -> None:
    """Raises UsageError for a folder that is no project."""
    if not (folder / library.SEEDS).is_dir():
        raise UsageError(f"{folder / library.SEEDS}: there is no such folder; a project keeps its sources there")


class Project:
    """A project as `sync.run` needs it."""

    def __init__(self, folder: Path, api_library: LibraryId) -> None:
        self.folder = folder
        self.library = api_library
        self.settings = settings.load(folder)
        self.collections: Mapping[str, str] = self.settings.sync.collections
        self.path = folder / self.settings.sync.file
        check(folder)

    def works(self) -> Sequence[Record]:
        """The works as a build has them."""
        return library.build(self.folder, Report()).works

    def load(self) -> tuple[Replica, bytes | None]:
        """The replica and its file's bytes. Raises StateError."""
        return replica.load(self.path)

    def save(
        self, text: str | None, renamed: Sequence[tuple[str, str]], joined: Sequence[tuple[str, str]] = ()
    ) -> list[Problem]:
        """Write the lock where citation keys changed, and the replica: both or none.

        The lock comes first: if the power goes between the two, the next sync finds the new key here already.
        """
        held, problems = self._renamed(renamed, joined)
        written: dict[Path, str] = {}
        if held is not None:
            written[self.folder / library.SEEDS / library.LOCK] = lock.dumps(held)
        if text is not None and (not self.path.exists() or files.encode(text) != self.path.read_bytes()):
            written[self.path] = text
        files.write_all(written)
        return problems

    def _renamed(
        self, renamed: Sequence[tuple[str, str]], joined: Sequence[tuple[str, str]]
    ) -> tuple[lock.Lock | None, list[Problem]]:
        held = self._lock()
        if held is None or not (renamed or joined):
            return None, []
        problems = []
        for gone, kept in joined:
            before, held = held, joined_keys(held, gone, kept)
            if held != before:
                problems.append(_note("sync-joined", f"{gone!r} is an alias of {kept!r} now: they are one in Zotero"))
        for old, new in renamed:
            try:
                held = edits.rename(held, old, new, day=library.today(), made="zotero")
                problems.append(
                    _note("sync-renamed", f"{old!r} is called {new!r} in Zotero now, and here; {old!r} is an alias")
                )
            except (StateError, UsageError) as error:
                problems.append(Problem("sync-key-taken", f"Zotero calls {old!r} {new!r} now: {error}", key=old))
        return held, problems

    def _lock(self) -> lock.Lock | None:
        path = self.folder / library.SEEDS / library.LOCK
        return library.load_lock(path) if path.exists() else None

    def now(self) -> str:
        """The time, to the second."""
        return datetime.now(UTC).strftime(TIME)

    def file_time(self) -> str:
        """When the replica was written last, for `--prefer newest`."""
        seconds = self.path.stat().st_mtime if self.path.exists() else 0.0
        return datetime.fromtimestamp(seconds, UTC).strftime(TIME)


def joined_keys(held: lock.Lock, gone: str, kept: str) -> lock.Lock:
    """The lock after the works of two keys became one; either key may be new here."""
    if edits.find(held, gone) is None:
        is_new = edits.find(held, kept) and lock.usable(gone)
        return edits.add_alias(held, kept, gone) if is_new else held
    if edits.find(held, kept):
        return edits.join(held, kept, gone)
    return edits.rename(held, gone, kept, made="zotero") if lock.usable(kept) else held


def _note(code: str, message: str) -> Problem:
    return Problem(code, message, "note")
