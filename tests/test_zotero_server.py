"""The test server answers as the real one did: the recorded exchanges, in order, with their keys and versions."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from zotero_server import Fault, Server, World
from zotero_server.answers import answer
from zotero_server.messages import Request

RECORDED = Path(__file__).parent.parent.parent / "shared" / "zotero" / "exchanges.jsonl"
REAL_KEY = "<APIKEY>"
FIRST_VERSION = 1241
CUT = re.compile(r"\.\.\.\[(?:cut|\d+ chars)\]$")  # where a recorded text was cut
# Faults of the real server, which ours has only when told to; and what comes from translators and locales.
TOLD = frozenset({"429 read", "429 write", "503 read only write", "503 maintenance", "Backoff on success"})
BODY_APART = frozenset(
    "itemTypes;itemTypeFields;creator types;csljson;format bibtex;format biblatex;format ris;get item include"
    ";include bibtex;upload auth;upload auth mtime in s;create read-only key;old schema client;ro key info".split(";")
)
VOLATILE = frozenset({"dateAdded", "dateModified", "key_info", "uploadKey"})


def recorded() -> list[dict[str, Any]]:
    return [json.loads(line) for line in RECORDED.read_text(encoding="utf-8").splitlines()]


def bare(value: Any) -> Any:
    """Without times and without the address of the server."""
    if isinstance(value, dict):
        return {name: bare(each) for name, each in value.items() if name not in VOLATILE}
    if isinstance(value, list):
        return [bare(each) for each in value]
    return value


def parsed(body: Any) -> Any:
    try:
        return bare(json.loads(body))
    except (TypeError, ValueError):
        return body


@pytest.fixture(scope="module")
def replayed() -> list[tuple[dict[str, Any], Any]]:
    """Each recorded exchange with our answer to its request."""
    if not RECORDED.exists():
        pytest.skip("the recorded exchanges are not here")
    world = World()
    world.library.version = FIRST_VERSION
    world.add_key(REAL_KEY)
    exchanges = recorded()
    seconds = count()
    world.clock = lambda: "2026-11-22T02:{:02}:{:02}Z".format(*divmod(next(seconds), 60))
    keys = _keys(exchanges)
    world.library.key_source = lambda: next(keys, "ZZZZ9999")
    return [(exchange, _replay(world, exchange)) for exchange in exchanges]


def _keys(exchanges: list[dict[str, Any]]) -> Iterator[str]:
    """The keys that the real server gave, in order; those of requests that name their own are not asked for."""
    listed = {version: key for exchange in exchanges for key, version in _versions(exchange)}
    for exchange in exchanges:
        sent, given = parsed(exchange["request_body"]), parsed(exchange["body"])
        if exchange["method"] != "POST" or not isinstance(sent, list) or exchange["status"] != 200:
            continue
        if isinstance(given, dict):
            yield from (key for number, key in given["success"].items() if "key" not in sent[int(number)])
        else:  # the answer was cut; all of it went well
            last = int(exchange["headers"]["last-modified-version"])
            yield from (listed[version] for version in range(last - len(sent) + 1, last + 1))


def _versions(exchange: dict[str, Any]) -> Iterator[tuple[str, int]]:
    found = parsed(exchange["body"]) if exchange["name"] == "versions have no limit" else {}
    yield from found.items()


def _replay(world: World, exchange: dict[str, Any]) -> Any:
    name, path = exchange["name"], exchange["path"]
    headers = dict(exchange["request_headers"])
    if name.startswith("ro "):
        headers["Zotero-API-Key"] = next(key for key in world.keys if key != REAL_KEY)
    elif not name.startswith("anonymous"):
        headers["Zotero-API-Key"] = "wrongwrongwrongwrongwron" if name == "invalid key" else REAL_KEY
    if name in TOLD:
        return None
    if CUT.search(exchange["request_body"] or ""):
        _write_directly(world, parsed(exchange["body"]))
        return None
    if name == "register" and world.uploads:  # the upload to the storage was not recorded
        promised = next(iter(world.uploads.values()))
        world.stored[promised["md5"]] = b"x" * 32
    body = (exchange["request_body"] or "").encode()
    if name == "register" and world.uploads:
        body = f"upload={list(world.uploads)[-1]}".encode()
    return answer(world, Request.of(exchange["method"], path, headers, body, "http://127.0.0.1:8790"))


def _write_directly(world: World, given: dict[str, Any]) -> None:
    for each in given["successful"].values():
        world.library.store("items", {**each["data"], "dateAdded": world.clock(), "dateModified": world.clock()})


def test_answers_as_recorded(replayed: list[tuple[dict[str, Any], Any]]) -> None:
    wrong = []
    for exchange, ours in replayed:
        if ours is None:
            continue
        whole = (
            exchange["method"] != "HEAD"
            and exchange["name"] not in BODY_APART
            and not CUT.search(str(exchange["body"]))
        )
        headers = {name.lower(): value for name, value in ours.headers.items()}
        seen = _seen(ours.status, headers, ours.body.decode(), whole=whole)
        want = _seen(exchange["status"], exchange["headers"], exchange["body"], whole=whole)
        if seen != want:
            wrong.append(f"{exchange['name']}: {_first_difference(seen, want)}")
    assert not wrong, "\n".join(wrong[:8])


def _seen(status: int, headers: dict[str, str], body: Any, *, whole: bool) -> dict[str, Any]:
    kept = {head: headers.get(head) for head in ("last-modified-version", "total-results", "content-type", "link")}
    return {"status": status, **kept, "body": parsed(body) if whole else None}


def _first_difference(seen: dict[str, Any], want: dict[str, Any]) -> str:
    name = next(name for name in seen if seen[name] != want[name])
    return f"{name}: {str(seen[name])[:700]!r} is not {str(want[name])[:700]!r}"


def test_real_http_with_faults() -> None:
    with Server() as server:
        server.faults.append(Fault(429, {"Retry-After": "3"}, "Request rate limit exceeded"))
        server.faults.append(Fault(cut="after", when=lambda request: request.method == "POST"))

        def ask(method: str, path: str, body: str = "") -> tuple[dict[str, str], bytes]:
            with closing(http.client.HTTPConnection(urlsplit(server.url).netloc)) as link:
                link.request(method, path, body, {"Zotero-API-Key": server.key})
                got = link.getresponse()
                return dict(got.getheaders()), got.read()

        assert ask("GET", "/users/1/items")[0]["Retry-After"] == "3"
        with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
            ask("POST", "/users/1/items", '[{"itemType": "book", "title": "A"}]')
        assert [item["title"] for item in server.world.library.items.values()] == ["A"]
        versions = json.loads(ask("GET", "/users/1/items?format=versions")[1])
        assert versions == dict.fromkeys(server.world.library.items, 1)
