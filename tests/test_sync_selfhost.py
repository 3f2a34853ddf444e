"""The whole program against a second, real server, which is nobody's reference: a client must live with it too."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command import Run, bibkit
from conftest import ROOT, SHARED, require

from bibkit.zotero_api import Api, LibraryId

pytest.importorskip("pyzotero")

SCRIPT = SHARED / "zotero" / "selfhost.sh"
INSTALLED = ROOT / ".venv" / "zotero-selfhost"  # a minute the first time, seconds after that
WORKS = 37


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address of the running server, and a key."""
    if not SCRIPT.exists():
        pytest.skip("the second server beside the repository is not here")
    require("npm", "curl", "bash")
    folder = INSTALLED if INSTALLED.parent.is_dir() else tmp_path_factory.mktemp("selfhost")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    try:
        done = subprocess.run(
            ["bash", str(SCRIPT), str(folder), str(port)], capture_output=True, text=True, timeout=400, check=False
        )
        assert done.returncode == 0, done.stderr[-2000:]
        url, key = done.stdout.split()[-2:]
        yield url, key
    finally:
        process = folder / "server.pid"
        if process.exists():
            os.killpg(int(process.read_text()), signal.SIGTERM)
            process.unlink()


class Person:
    """Somebody with a copy of the project, and what another client does."""

    def __init__(self, folder: Path, url: str, key: str) -> None:
        self.folder, self.url, self.key = folder, url, key
        shutil.copytree(ROOT / "seeds", folder / "seeds")
        toml = folder / "seeds" / "bibkit.toml"
        toml.write_text(f'{toml.read_text(encoding="utf-8")}\n[sync]\nserver = "{url}"\n', encoding="utf-8")

    def run(self, *arguments: str) -> Run:
        told = {"ZOTERO_API_KEY": self.key, "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
        done = bibkit("sync", *arguments, cwd=self.folder, **told)
        assert done.code == 0, done.err
        assert self.key not in done.out + done.err
        return done

    @property
    def here(self) -> dict[str, Any]:
        found = json.loads((self.folder / "seeds" / "zotero.json").read_text(encoding="utf-8"))
        return {each["key"]: each for each in found["items"]}

    @property
    def there(self) -> dict[str, Any]:
        with self.api() as api:
            return {each["key"]: each for each in api.fetch("items", api.versions("items").versions)}

    def api(self) -> Api:
        return Api(LibraryId(self.url, "user", 1), self.key)

    def edit(self, key: str, **fields: Any) -> None:
        path = self.folder / "seeds" / "zotero.json"
        found = json.loads(path.read_text(encoding="utf-8"))
        for each in found["items"]:
            each.update(fields if each["key"] == key else {})
        path.write_text(json.dumps(found), encoding="utf-8")

    def edit_there(self, key: str, **fields: Any) -> None:
        with self.api() as api:
            written = api.write("items", [{"key": key, "version": self.there[key]["version"], **fields}])
            assert written.failed == {}


def test_the_works_of_the_seeds_there_and_back(server: tuple[str, str], tmp_path: Path) -> None:
    person = Person(tmp_path, *server)
    assert f"would create {WORKS}" in person.run("zotero", "--dry-run").err
    person.run("zotero", "--yes")
    first = person.there
    assert len(first) == WORKS
    assert {data["citationKey"] for data in first.values()} == {data["citationKey"] for data in person.here.values()}
    assert "nothing to do" in person.run("zotero").err

    one, two, three = sorted(first)[:3]
    person.edit(one, place="Here", tags=[{"tag": "z"}, {"tag": "a"}])
    person.edit_there(one, shortTitle="There")
    person.edit_there(two, title="  Another Title ")
    person.edit_there(three, deleted=1)
    person.run("zotero", "--yes")
    for side in (person.here, person.there):
        assert (side[one]["place"], side[one]["shortTitle"], side[two]["title"].strip()) == (
            "Here",
            "There",
            "Another Title",
        )
        assert sorted(tag["tag"] for tag in side[one]["tags"]) == ["a", "z"]
    assert three not in person.here
    assert "nothing to do" in person.run("zotero").err

    person.run("undo", "--yes")
    assert person.there[one].get("place", "") == ""
    assert person.there[one]["shortTitle"] == "There"
    assert (person.here[one]["place"], person.here[one].get("shortTitle")) == ("Here", None)
    assert person.here[two]["title"] == first[two]["title"]
    assert three in person.here

    person.run("zotero", "--yes")
    assert person.there[one]["place"] == "Here"
    assert len(person.there) == WORKS
    assert three not in person.here


def test_a_collection_and_a_note(server: tuple[str, str], tmp_path: Path) -> None:
    person = Person(tmp_path, *server)
    note = {"key": "NNNN2222", "version": 0, "itemType": "note", "note": "<p>n</p>"}
    with person.api() as api:
        api.write("collections", [{"key": "CCCC2222", "version": 0, "name": "Papers", "parentCollection": False}])
        found = api.versions("items").versions
        key = next(iter(sorted(found)))
        api.write("items", [{**note, "parentItem": key}])
    person.run("zotero", "--yes")
    assert person.here["NNNN2222"]["parentItem"] == key
    person.edit(key, collections=["CCCC2222"])
    person.edit("NNNN2222", note="<p>typed here</p>")
    person.run("zotero", "--yes")
    assert person.there[key]["collections"] == ["CCCC2222"]
    assert person.there["NNNN2222"]["note"] == "<p>typed here</p>"
    with person.api() as api:
        api.delete("collections", ["CCCC2222"], api.versions("collections").version)
    person.run("zotero", "--yes")
    assert "collections" not in person.here[key]
    assert "nothing to do" in person.run("zotero").err
