"""Zotero's Web API, version 3, and its local twin: the only module that talks to the network.

pyzotero brings the client: its endpoint, headers, redirects, and the local API's key. Its write calls swallow refusals
and repeat none safely, so requests are made here, each one through `Api._request`, which waits out what the server
asks to be waited out. Sources: Zotero's API documentation (basics, write requests, syncing, file uploads).

The API key stands in a header alone. It is in no URL, no message and no `repr`.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from html import unescape
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar
from urllib.parse import quote, urlencode

import msgspec

from bibkit.problems import ServiceError

if TYPE_CHECKING:
    import httpx2

SERVER = "https://api.zotero.org"
LOCAL_SERVER = "http://127.0.0.1:23119/api"
LOCAL = "local:"  # before the id of a Zotero on this machine, which counts versions of its own
MOST = 50  # objects in one request, for reading by key and for writing
AT_ONCE = 4  # requests at once; the server refuses a fifth
TRIES = 6  # of one request, the first included
LONGEST_WAIT = 300.0  # seconds that one wait may last, whatever the server says
FIRST_WAIT = 2.0  # seconds, where the server does not say; doubled each time
TIMEOUT = 30.0  # seconds without an answer
Kind = Literal["items", "collections"]
KEY_NAMES: Mapping[Kind, str] = {"items": "itemKey", "collections": "collectionKey"}
UNCHANGED, GONE, STALE, TOO_MANY = 304, 404, 412, 429
PARTIAL, RANGE_PAST_END = 206, 416
CHUNK = 2**18  # bytes of a file that are in memory at once

Wait = Callable[[float, str], None]  # seconds and why
_Shape = TypeVar("_Shape", dict[str, Any], list[Any])
Data = dict[str, Any]  # the data object of an item or a collection


class LibraryId(msgspec.Struct, frozen=True):
    """Which library of which server. `server` is its address, or the local API's own id."""

    server: str
    kind: Literal["user", "group"]
    number: int

    def __str__(self) -> str:
        return f"{self.kind} {self.number} on {self.server}"


class LibraryMoved(ServiceError):
    """The library was changed since the version that a request named; nothing of it was done."""


class Refused(ServiceError):
    """The server refuses the request; `status` is its answer's."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Rights(msgspec.Struct, frozen=True):
    """What a key may do in one library. `user` and `name` are those of its owner."""

    user: int
    name: str
    read: bool
    write: bool
    notes: bool
    files: bool


class Listing(msgspec.Struct, frozen=True):
    """The versions of objects by their key, and the version of the library."""

    versions: dict[str, int]
    version: int


class Deleted(msgspec.Struct, frozen=True):
    """The keys of what is gone for good, and the version of the library."""

    items: frozenset[str]
    collections: frozenset[str]
    version: int


class Failure(msgspec.Struct, frozen=True):
    """Why one object was not written: an HTTP status, the server's words, the field where it names one."""

    code: int
    message: str
    field: str = ""


class Written(msgspec.Struct, frozen=True):
    """The answer to a write, by position in the request; `version` is the library's now."""

    successful: dict[int, Data]
    unchanged: dict[int, str]
    failed: dict[int, Failure]
    version: int


def _sleep(seconds: float, why: str) -> None:
    time.sleep(seconds)


class Api:
    """One library on one server. Safe to use from several threads. Close it, or use it in `with`.

    `wait(seconds, why)` is called for every wait and must take that long. Raises ServiceError, with what to do, where
    the server cannot be reached, refuses, or stays busy for `TRIES` requests.
    """

    def __init__(
        self, library: LibraryId, key: str = "", *, wait: Wait = _sleep, timeout: float = TIMEOUT, address: str = ""
    ) -> None:
        import httpx2  # heavy, as pyzotero is: only what syncs pays for them
        from pyzotero import zotero

        self.library = library
        self.address = address or library.server
        self.is_local = library.server.startswith(LOCAL)
        self._key = key
        self._transport_errors = httpx2.TransportError
        self._client = httpx2.Client(follow_redirects=True, timeout=timeout, trust_env=not self.is_local)
        self._zotero = zotero.Zotero(
            library.number,
            library.kind,
            None if self.is_local else key or None,
            local=self.is_local,
            client=self._client,
        )
        self._zotero.endpoint = self.address
        self._wait = wait
        self._not_before = 0.0  # in time.monotonic(), which no change of the clock moves
        self.requests = 0

    def __repr__(self) -> str:
        return f"Api({self.library})"

    def __enter__(self) -> Api:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    # -------------------------------------------------------------------------------------------- reading

    def rights(self) -> Rights:
        """What the key may do in this library."""
        if self.is_local:
            return Rights(self.library.number, "", read=True, write=bool(self._key), notes=True, files=True)
        found = _json(self._request("GET", "/keys/current", whole=True), dict)
        access = found.get("access", {})
        if self.library.kind == "user":
            owned = self.library.number in (0, found.get("userID"))  # 0: whoever the key is of
            mine = access.get("user", {}) if owned else {}
        else:
            groups = access.get("groups", {})
            mine = groups.get(str(self.library.number), groups.get("all", {}))
            mine = {"notes": True, "files": True, **mine} if mine else {}
        given = {name: bool(mine.get(name)) for name in ("write", "notes", "files")}
        return Rights(found.get("userID", 0), found.get("username", ""), bool(mine.get("library")), **given)

    def is_unchanged(self, since: int) -> bool:
        """Whether the library is still at this version: one conditional request."""
        headers = {"If-Modified-Since-Version": str(since)}
        answer = self._request("GET", "/items", {"format": "versions", "limit": 1, "since": since}, headers)
        return answer.status_code == UNCHANGED or _version(answer) == since

    def versions(self, kind: Kind, since: int = 0) -> Listing:
        """The keys and versions of everything newer than `since`, what is in the trash included."""
        return self._versions(kind, since, {}) or Listing({}, since)

    def changed(self, kind: Kind, since: int) -> Listing | None:
        """As `versions`; None where the library is still at this version. One request."""
        found = self._versions(kind, since, {"If-Modified-Since-Version": str(since)})
        return None if found is None or found.version == since else found

    def _versions(self, kind: Kind, since: int, headers: Mapping[str, str]) -> Listing | None:
        query = {"format": "versions", "since": since, **({"includeTrashed": 1} if kind == "items" else {})}
        answer = self._request("GET", f"/{kind}", query, headers)
        return None if answer.status_code == UNCHANGED else Listing(_json(answer, dict) or {}, _version(answer))

    def has_citation_keys(self) -> bool:
        """Whether items have a field for citation keys; servers before 2026 have not."""
        try:
            answer = self._request("GET", "/itemTypeFields", {"itemType": "book"}, whole=True)
        except Refused:
            return True  # it does not tell; one that does not know the field says so by item
        return any(isinstance(one, dict) and one.get("field") == "citationKey" for one in _json(answer, list))

    def fetch(self, kind: Kind, keys: Iterable[str]) -> Iterator[Data]:
        """The data of these objects, in groups of 50, at most four requests at once; what is gone is left out."""
        groups = list(_groups(keys))
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for found in pool.map(lambda group: self._fetch(kind, group), groups):
                yield from found

    def _fetch(self, kind: Kind, keys: Sequence[str]) -> list[Data]:
        query = {KEY_NAMES[kind]: ",".join(keys), "includeTrashed": 1, "limit": MOST}
        answer = self._request("GET", f"/{kind}", query)
        return [{**each["data"], "version": each["version"]} for each in _json(answer, list)]

    def deleted(self, since: int) -> Deleted:
        """What was deleted for good since a version of the library."""
        answer = self._request("GET", "/deleted", {"since": since})
        found = _json(answer, dict)
        items, collections = (frozenset(found.get(kind, ())) for kind in ("items", "collections"))
        return Deleted(items, collections, _version(answer))

    # -------------------------------------------------------------------------------------------- writing

    def write(self, kind: Kind, objects: Sequence[Data], version: int | None = None) -> Written:
        """Write at most 50 objects, each with its own `key` and `version`; repeating it makes no object twice.

        With `version`, LibraryMoved is raised and nothing written where the library is newer.
        """
        headers = {} if version is None else {"If-Unmodified-Since-Version": str(version)}
        answer = self._request("POST", f"/{kind}", headers=headers, content=msgspec.json.encode(objects))
        found = _json(answer, dict)
        return Written(
            {int(at): {**each["data"], "version": each["version"]} for at, each in found["successful"].items()},
            {int(at): key for at, key in found["unchanged"].items()},
            {int(at): _failure(each) for at, each in found["failed"].items()},
            _version(answer),
        )

    def delete(self, kind: Kind, keys: Sequence[str], version: int) -> int:
        """Delete at most 50 objects for good; the version of the library afterwards. Raises LibraryMoved."""
        headers = {"If-Unmodified-Since-Version": str(version)}
        answer = self._request("DELETE", f"/{kind}", {KEY_NAMES[kind]: ",".join(keys)}, headers)
        return _version(answer)

    # -------------------------------------------------------------------------------------------- files

    def download(self, key: str, target: Path, md5: str) -> None:
        """Write the file of an attachment to `target`, whole and verified or not at all.

        What an earlier try left in `target.part` is gone on with. Raises ServiceError.
        """
        part = target.with_name(f"{target.name}.part")
        target.parent.mkdir(parents=True, exist_ok=True)
        for turn in range(TRIES):
            try:
                self._fetch_file(key, part)
                break
            except self._transport_errors as error:
                if turn == TRIES - 1:
                    raise ServiceError(f"{target.name}: the download broke off; sync again to go on") from error
                self._pause(FIRST_WAIT * 2**turn, "the download broke off")
        if md5 and md5_of(part) != md5:
            part.unlink()
            raise ServiceError(f"{target.name}: what came is not the file that Zotero has; sync again")
        part.replace(target)

    def _fetch_file(self, key: str, part: Path) -> None:
        there = part.stat().st_size if part.exists() else 0
        headers = {**self._zotero.default_headers(), **({"Range": f"bytes={there}-"} if there else {})}
        url = f"{self.address}/{self.library.kind}s/{self.library.number}/items/{key}/file"
        self._rest()
        self.requests += 1
        with self._client.stream("GET", url, headers=headers) as answer:
            if answer.status_code == RANGE_PAST_END:
                return
            if answer.status_code >= 400:
                answer.read()
                self._accepted(answer)
            with part.open("ab" if answer.status_code == PARTIAL else "wb") as file:
                for chunk in answer.iter_bytes(CHUNK):
                    file.write(chunk)

    def upload(self, key: str, path: Path, content_type: str, before: str = "") -> int:
        """Give an attachment its file; `before` is the md5 of the one that it replaces. The item's version afterwards.

        The file is read in pieces. One that the server knows already is not sent. Raises LibraryMoved where the
        attachment has another file than `before`, ServiceError where the server fails.
        """
        condition = {"If-Match": before} if before else {"If-None-Match": "*"}
        stat = path.stat()
        form = {
            "md5": md5_of(path),
            "filename": path.name,
            "filesize": stat.st_size,
            "mtime": stat.st_mtime_ns // 10**6,
        }
        answer = self._form(f"/items/{key}/file", {**form, "contentType": content_type}, condition)
        given = answer.json()
        if given.get("exists"):
            return _version(answer)
        self._send_file(given, path, stat.st_size)
        return _version(self._form(f"/items/{key}/file", {"upload": given["uploadKey"]}, condition))

    def _form(self, path: str, form: Mapping[str, Any], headers: Mapping[str, str]) -> httpx2.Response:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        content = urlencode(form, quote_via=quote).encode()
        return self._request("POST", path, headers={**headers, **kind}, content=content)

    def _send_file(self, given: Mapping[str, Any], path: Path, size: int) -> None:
        """The file to the storage, between what the server says must stand before and after it."""
        head, tail = given["prefix"].encode(), given["suffix"].encode()
        headers = {"Content-Type": given["contentType"], "Content-Length": str(len(head) + size + len(tail))}
        for turn in range(TRIES):
            self.requests += 1
            try:
                answer = self._client.post(given["url"], content=_between(head, path, tail), headers=headers)
            except self._transport_errors as error:
                if turn == TRIES - 1:
                    raise ServiceError(f"{path.name}: the upload broke off; sync again") from error
                self._pause(FIRST_WAIT * 2**turn, "the upload broke off")
                continue
            if answer.status_code < 300:
                return
            raise ServiceError(f"{path.name}: the storage refuses it: {_reason(answer)}")

    # -------------------------------------------------------------------------------------------- on this machine

    @property
    def counts(self) -> bool:
        """Whether versions tell what changed; older Zoteros on this machine raise them only when they sync."""
        return self.library.server != LOCAL

    def _local_headers(self, method: str) -> dict[str, str]:
        """What the local API wants to know: which Zotero is meant, and for writing a key that its user allowed."""
        if not self.is_local or not self.counts:
            return {}
        key = {"Zotero-API-Key": self._allowed()} if method != "GET" else {}
        return {"Zotero-Server-ID": self.library.server.removeprefix(LOCAL), **key}

    def _allowed(self) -> str:
        """The key for writing; Zotero asks its user for one where there is none yet."""
        if not self._key:
            headers = {**self._zotero.default_headers(), "Zotero-Server-ID": self.library.server.removeprefix(LOCAL)}
            try:
                place = f"{self.address}/local/authorize"
                answer = self._client.post(place, headers=headers, json={"appName": "bibkit"}, timeout=LONGEST_WAIT)
            except self._transport_errors as error:
                raise ServiceError("nobody said in Zotero that we may write; sync again") from error
            self._key = _json(self._accepted(answer), dict)["key"]
        return self._key

    # -------------------------------------------------------------------------------------------- one request

    def _request(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        content: bytes | None = None,
        whole: bool = False,
    ) -> httpx2.Response:
        """One request, repeated while the server is busy or cannot be reached."""
        place = path if whole else f"/{self.library.kind}s/{self.library.number}{path}"
        sent = {**self._zotero.default_headers(), **self._local_headers(method), **(headers or {})}
        if content is not None:
            sent.setdefault("Content-Type", "application/json")
        for turn in range(TRIES):
            self._rest()
            answer = self._try(method, self.address + place, query, sent, content, last=turn == TRIES - 1)
            if answer is None:
                self._pause(FIRST_WAIT * 2**turn, "no answer")
                continue
            self._note_backoff(answer)
            if not _is_busy(answer):
                return self._accepted(answer)
            if turn < TRIES - 1:
                self._pause(_retry_after(answer) or FIRST_WAIT * 2**turn, _reason(answer))
        raise ServiceError(f"{self.address} is busy: {_reason(answer)}; try again later") if answer else _never()

    def _try(
        self, method: str, url: str, query: Any, headers: Mapping[str, str], content: bytes | None, *, last: bool
    ) -> httpx2.Response | None:
        """The answer; None where the connection failed and another try may help."""
        import httpx2

        self.requests += 1
        try:
            return self._client.request(method, url, params=query, headers=headers, content=content)
        except (httpx2.InvalidURL, httpx2.UnsupportedProtocol, httpx2.TooManyRedirects, httpx2.DecodingError) as error:
            raise ServiceError(f"{self.address}: {error}; check the address of the server") from None
        except httpx2.TransportError as error:
            if not last:
                return None
            what = "does not answer" if isinstance(error, httpx2.TimeoutException) else "cannot be reached"
            raise ServiceError(f"{self.address} {what}; check the network, then sync again") from None

    def _rest(self) -> None:
        left = self._not_before - time.monotonic()
        if left > 0:
            self._pause(left, "the server asked for a pause")

    def _pause(self, seconds: float, why: str) -> None:
        self._wait(min(seconds, LONGEST_WAIT), why)

    def _note_backoff(self, answer: httpx2.Response) -> None:
        seconds = _seconds(answer.headers.get("Backoff", ""))
        if seconds:
            self._not_before = max(self._not_before, time.monotonic() + min(seconds, LONGEST_WAIT))

    def _is_other(self, answer: httpx2.Response) -> bool:
        """Whether another Zotero answers than the one that we began with."""
        known = answer.headers.get("Zotero-Server-ID", "")
        return self.is_local and bool(known) and f"{LOCAL}{known}" != self.library.server

    def _accepted(self, answer: httpx2.Response) -> httpx2.Response:
        """The answer, where the server did what it was asked to."""
        status = answer.status_code
        if status < 400:
            return answer
        reason = _reason(answer)
        if self._key:
            reason = reason.replace(self._key, "…")
        if status == STALE and not self._is_other(answer):
            raise LibraryMoved(reason)
        advice = _ADVICE.get(status, "")
        raise Refused(f"{self.library}: {reason}" + (f"; {advice}" if advice else ""), status)


def connect_local(key: str = "", *, wait: Wait = _sleep, address: str = LOCAL_SERVER) -> Api:
    """The library of the Zotero that runs on this machine; the state is kept by its id. Raises ServiceError."""
    with Api(LibraryId(LOCAL, "user", 0), wait=wait, address=address) as api:
        found = api._request("GET", "/", whole=True).headers.get("Zotero-Server-ID", "")
    return Api(LibraryId(f"{LOCAL}{found}", "user", 0), key, wait=wait, address=address)


_ADVICE = {
    401: "allow it in Zotero, and sync again",
    403: "check the key and its rights with `bibkit sync login`",
    404: "check the number of the library",
    413: "the server takes no more; see its limits and your quota",
}


def _never() -> ServiceError:
    return ServiceError("the server does not answer; try again later")


def md5_of(path: Path) -> str:
    """The MD5 of a file, by which Zotero knows files; it protects from nothing."""
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _between(head: bytes, path: Path, tail: bytes) -> Iterator[bytes]:
    yield head
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
    yield tail


def _groups(keys: Iterable[str]) -> Iterator[list[str]]:
    waiting = iter(keys)
    while group := list(islice(waiting, MOST)):
        yield group


def _version(answer: httpx2.Response) -> int:
    found = answer.headers.get("Last-Modified-Version", "")
    return int(found) if found.isdecimal() else 0


def _json(answer: httpx2.Response, shape: type[_Shape]) -> _Shape:
    """The JSON of an answer. Raises ServiceError for what no server of Zotero says: a proxy or a login page does."""
    try:
        found = answer.json()
    except ValueError:
        found = None
    if found == [] and shape is dict:
        found = {}  # PHP's word for an empty map
    if not isinstance(found, shape):
        message = f"{answer.url.copy_with(query=None)} does not answer as Zotero's API: {_reason(answer)[:60]!r}"
        raise ServiceError(f"{message}; check the address and the network")
    return found


def _failure(found: Mapping[str, Any]) -> Failure:
    data = found.get("data") or {}
    return Failure(int(found.get("code", 0)), str(found.get("message", "")), str(data.get("field", "")))


def _is_busy(answer: httpx2.Response) -> bool:
    return answer.status_code == TOO_MANY or answer.status_code >= 500


def _retry_after(answer: httpx2.Response) -> float:
    return _seconds(answer.headers.get("Retry-After", ""))


def _seconds(value: str) -> float:
    """How long to wait: a number of seconds, or a date (RFC 9110, 10.2.3); 0 where it says nothing."""
    if not value:
        return 0.0
    if value.strip().replace(".", "", 1).isdigit():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError):
        return 0.0


def _reason(answer: httpx2.Response) -> str:
    """What the server says, on one line."""
    words = " ".join(unescape(answer.text).split())
    return words[:200] or f"status {answer.status_code}"
