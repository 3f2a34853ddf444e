"""The client of Zotero's API against a server over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import formatdate
from typing import Any

import pytest
from zotero_server import Fault, Server
from zotero_server.serving import KEY

from bibkit.problems import ServiceError
from bibkit.sync.model import LibraryId
from bibkit.zotero_api import LONGEST_WAIT, TRIES, Api, LibraryMoved, Refused

pytest.importorskip("pyzotero")


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


class Waits(list[tuple[float, str]]):
    """Every wait that was asked for; none is waited."""

    def __call__(self, seconds: float, why: str) -> None:
        self.append((seconds, why))


def connect(server: Server, key: str = KEY, *, number: int = 1, waits: Any = None) -> Api:
    return Api(LibraryId(server.url, "user", number), key, wait=waits if waits is not None else Waits(), timeout=5)


def books(number: int) -> list[dict[str, Any]]:
    letters = "23456789ABCDEFGH"
    keys = (f"AAAA{letters[i // 256]}{letters[i // 16 % 16]}{letters[i % 16]}2" for i in range(number))
    return [{"key": key, "version": 0, "itemType": "book", "title": key} for key in keys]


def test_writes_and_reads_back(server: Server) -> None:
    with connect(server) as api:
        written = api.write("items", books(3))
        assert [each["title"] for each in written.successful.values()] == [book["key"] for book in books(3)]
        listing = api.versions("items")
        assert listing.version == written.version == 3
        assert {each["key"] for each in api.fetch("items", listing.versions)} == {book["key"] for book in books(3)}
        assert api.is_unchanged(3)
        assert not api.is_unchanged(2)


def test_reads_in_groups_of_50_and_never_more_than_four_at_once(server: Server) -> None:
    with connect(server) as api:
        for start in range(0, 500, 50):
            api.write("items", books(500)[start : start + 50])
        server.delay = 0.02
        server.requests.clear()
        assert len(list(api.fetch("items", api.versions("items").versions))) == 500
        assert len(server.requests) == 11
        assert 1 < server.most_at_once <= 4


def test_a_repeated_write_makes_nothing_twice(server: Server) -> None:
    server.faults.append(Fault(cut="after", when=lambda request: request.method == "POST"))
    waits = Waits()
    with connect(server, waits=waits) as api:
        written = api.write("items", books(2))
    assert len(server.world.library.items) == 2
    assert {failure.code for failure in written.failed.values()} == {412}
    assert [why for _, why in waits] == ["no answer"]


@pytest.mark.parametrize(
    ("headers", "least", "most"),
    [
        ({"Retry-After": "7"}, 7, 7),
        ({"Retry-After": formatdate(usegmt=True)}, 0, 2.1),
        ({"Retry-After": "99999"}, LONGEST_WAIT, LONGEST_WAIT),
        ({"Retry-After": "soon"}, 2, 2),
        ({}, 2, 2),
    ],
)
def test_waits_as_long_as_the_server_says(server: Server, headers: dict[str, str], least: float, most: float) -> None:
    server.faults.append(Fault(429, headers, "Request rate limit exceeded"))
    waits = Waits()
    with connect(server, waits=waits) as api:
        assert api.versions("items").versions == {}
    ((seconds, why),) = waits
    assert least <= seconds <= most
    assert why == "Request rate limit exceeded"


def test_a_backoff_is_waited_out_before_the_next_request(server: Server) -> None:
    server.faults.append(Fault(backoff=9))
    waits = Waits()
    with connect(server, waits=waits) as api:
        api.versions("items")
        assert waits == []
        api.versions("items")
    assert 8 < waits[0][0] <= 9


def test_gives_up_in_the_end(server: Server) -> None:
    server.faults.append(Fault(503, {}, "Server updates in progress.", times=99))
    waits = Waits()
    with connect(server, waits=waits) as api, pytest.raises(ServiceError, match="busy: Server updates in progress"):
        api.versions("items")
    assert len(waits) == TRIES - 1


def test_a_server_that_is_not_there() -> None:
    with Server() as server:
        gone = server.url
    with (
        Api(LibraryId(gone, "user", 1), KEY, wait=Waits()) as api,
        pytest.raises(ServiceError, match="cannot be reached"),
    ):
        api.versions("items")


@pytest.mark.parametrize("address", ["nowhere", "ftp://127.0.0.1", "http://[::1"])
def test_an_address_that_is_none_is_said_at_once(address: str) -> None:
    waits = Waits()
    with Api(LibraryId(address, "user", 1), KEY, wait=waits) as api, pytest.raises(ServiceError, match="check"):
        api.versions("items")
    assert waits == []


def test_a_library_that_moved_is_said_and_nothing_is_written(server: Server) -> None:
    with connect(server) as api:
        api.write("items", books(1))
        with pytest.raises(LibraryMoved):
            api.write("items", books(2)[1:], version=0)
    assert len(server.world.library.items) == 1


@pytest.mark.parametrize(
    ("key", "number", "status", "message"),
    [
        ("wrongwrongwrongwrongwron", 1, 403, "Invalid key"),
        (KEY, 2, 403, "Forbidden"),
        (KEY, 99, 404, "User 99 not found"),
    ],
)
def test_refusals_say_why_and_never_show_the_key(
    server: Server, key: str, number: int, status: int, message: str
) -> None:
    server.faults.append(Fault(403, {}, f"no {KEY}", skip=1))
    with connect(server, key, number=number) as api:
        with pytest.raises(Refused, match=message) as refused:
            api.versions("items")
        with pytest.raises(Refused) as echoed:
            api.versions("items")
        assert refused.value.status == status
        assert key not in f"{echoed.value} {refused.value} {api!r}"


def test_rights_of_a_key(server: Server) -> None:
    server.world.add_key("readonlyreadonlyreadonly", access={"user": {"library": True, "notes": True}})
    with connect(server, "readonlyreadonlyreadonly") as api:
        rights = api.rights()
        assert (rights.user, rights.name, rights.read, rights.write, rights.notes) == (1, "phpunit", True, False, True)
        with pytest.raises(Refused, match="Write access denied"):
            api.write("items", books(1))


def test_what_was_deleted(server: Server) -> None:
    with connect(server) as api:
        version = api.write("items", books(2)).version
        after = api.delete("items", [books(1)[0]["key"]], version)
        assert api.deleted(version).items == {books(1)[0]["key"]}
        assert api.deleted(after).items == frozenset()
