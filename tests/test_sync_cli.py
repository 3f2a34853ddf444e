"""`bibkit sync` as a person runs it: a project with the two listings, a server over HTTP, the real program."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command import Run, bibkit, standing
from zotero_server import Fault, Server

pytest.importorskip("pyzotero")

ROOT = Path(__file__).parent.parent


class Person:
    """Somebody with a project in a folder, and a key."""

    def __init__(self, folder: Path, server: Server, settings: str = "") -> None:
        self.folder, self.server, self.key = folder, server, server.key
        shutil.copytree(ROOT / "seeds", folder / "seeds")
        toml = folder / "seeds" / "bibkit.toml"
        shown = f'\n[sync]\nserver = "{server.url}"\n{settings}'
        toml.write_text(toml.read_text(encoding="utf-8") + shown, encoding="utf-8")

    def run(self, *arguments: str, **environment: str) -> Run:
        """Run a command of sync; the key is never printed."""
        told = {"ZOTERO_API_KEY": self.key, "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring", **environment}
        done = bibkit("sync", *arguments, cwd=self.folder, **told)
        assert self.server.key not in done.out + done.err
        return done

    def items(self) -> dict[str, Any]:
        found = json.loads((self.folder / "seeds" / "zotero.json").read_text(encoding="utf-8"))
        return {each["key"]: each for each in found["items"]}

    def edit(self, key: str, **fields: str) -> None:
        path = self.folder / "seeds" / "zotero.json"
        found = json.loads(path.read_text(encoding="utf-8"))
        for each in found["items"]:
            if each["key"] == key:
                each.update(fields)
        path.write_text(json.dumps(found), encoding="utf-8")


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture
def person(server: Server, tmp_path: Path) -> Person:
    return Person(tmp_path, server)


def there(server: Server, key: str) -> dict[str, Any]:
    return server.world.library.items[key]


def change_there(server: Server, key: str, **fields: Any) -> None:
    server.world.library.store("items", {**there(server, key), **fields})


def test_the_works_of_the_seeds_go_there_are_edited_on_both_sides_come_back_and_are_undone(person: Person) -> None:
    server, items = person.server, person.server.world.library.items
    dry = person.run("zotero", "--dry-run")
    assert dry.code == 0
    assert "would create 37" in dry.err
    assert items == {}

    first = person.run("zotero", "--yes")
    assert (first.code, len(items)) == (0, 37), first.err
    assert "create 37" in first.err
    key = next(key for key, each in items.items() if each["citationKey"] == "liu2022learning")
    assert there(server, key)["creators"][0] == {"creatorType": "author", "firstName": "Yang", "lastName": "Liu"}

    person.edit(key, archiveID="arXiv:2207.13381")
    change_there(server, key, title="Another Title", rights="CC0")
    second = person.run("zotero", "--yes")
    assert second.code == 0, second.err
    for side in (person.items()[key], there(server, key)):
        assert (side["title"], side["archiveID"], side["rights"]) == ("Another Title", "arXiv:2207.13381", "CC0")
    assert bibkit("build", cwd=person.folder).code == 0
    built = (person.folder / "exports" / "references.bib").read_text(encoding="utf-8")
    assert "Another Title" in built
    assert built.count("@") == 37

    undone = person.run("undo", "--yes")
    assert undone.code == 0, undone.err
    assert there(server, key)["archiveID"] == ""
    assert person.items()[key]["title"] != "Another Title"
    assert there(server, key)["title"] == "Another Title"


def test_a_second_sync_has_nothing_to_do_and_asks_once(person: Person) -> None:
    person.run("zotero", "--yes")
    before = standing(person.folder)
    person.server.requests.clear()
    again = person.run("zotero")
    assert (again.code, again.out) == (0, "")
    assert "nothing to do" in again.err
    assert len(person.server.requests) == 1
    assert {name: data for name, data in standing(person.folder).items() if "sqlite" not in name} == {
        name: data for name, data in before.items() if "sqlite" not in name
    }


def test_a_conflict_is_left_and_said_by_the_exit_code(person: Person) -> None:
    person.run("zotero", "--yes")
    key = next(iter(person.items()))
    person.edit(key, title="Ours")
    change_there(person.server, key, title="Theirs")
    left = person.run("zotero", "--yes")
    assert left.code == 7
    assert "1 conflict left open" in left.err
    assert person.run("zotero", "--yes", "--prefer", "theirs").code == 0
    assert person.items()[key]["title"] == "Theirs"


def test_nobody_to_ask(person: Person) -> None:
    done = person.run("zotero")
    assert (done.code, person.server.world.library.items) == (2, {})
    assert "say --yes" in done.err


def test_status_and_log(person: Person) -> None:
    assert "never synced" in person.run("status").err
    person.run("zotero", "--yes")
    assert "37 items" in person.run("status").out
    (row,) = json.loads(person.run("status", "--json").out)
    assert (row["items"], row["finished"]) == (37, True)
    assert "37 steps, finished" in person.run("log").out
    assert person.run("log", "--run", "1").out.count("done") == 37


def test_login_says_what_a_key_may_do_and_keeps_it_nowhere_else(person: Person) -> None:
    told = {"ZOTERO_API_KEY": ""}
    done = bibkit(
        "sync",
        "login",
        cwd=person.folder,
        given=f"{person.key}\n".encode(),
        **told,
        PYTHON_KEYRING_BACKEND="keyring.backends.null.Keyring",
    )
    assert "phpunit (user 1); it may: read, write, notes, files" in done.err
    assert person.key not in done.err
    assert not any(person.key.encode() in data for data in standing(person.folder).values())


@pytest.mark.parametrize(
    ("arguments", "key", "code", "message"),
    [
        (("zotero", "--yes"), "wrongwrongwrongwrongwron", 8, "Invalid key"),
        (("zotero", "--yes"), "", 2, "no key for Zotero"),
        (("zotero", "--yes", "--library", "group:99"), None, 8, "Group not found"),
        (("zotero", "--yes", "--library", "nonsense"), None, 2, "no library"),
        (("zotero", "--push", "--pull"), None, 2, "two ways"),
        (("undo", "--yes"), None, 2, "no sync to undo"),
    ],
)
def test_what_goes_wrong_says_what_to_do(
    person: Person, arguments: tuple[str, ...], key: str | None, code: int, message: str
) -> None:
    done = person.run(*arguments, **({} if key is None else {"ZOTERO_API_KEY": key}))
    assert done.code == code, done.err
    assert message in done.err


def test_a_read_only_key_can_pull(person: Person) -> None:
    person.server.world.add_key("readonlyreadonlyreadonly", access={"user": {"library": True, "notes": True}})
    done = person.run("zotero", "--yes", ZOTERO_API_KEY="readonlyreadonlyreadonly")
    assert done.code == 8
    assert "Write access denied" in done.err
    assert person.run("zotero", "--yes", "--pull", ZOTERO_API_KEY="readonlyreadonlyreadonly").code == 0


def test_two_syncs_at_once(person: Person) -> None:
    folder = person.folder / ".bibkit"
    folder.mkdir()
    (folder / "sync.lock").write_text(str(os.getpid()))
    done = person.run("zotero", "--yes")
    assert done.code == 5
    assert f"process {os.getpid()}" in done.err
    (folder / "sync.lock").write_text("999999999")  # of a process that is gone
    assert person.run("zotero", "--yes").code == 0


def test_a_wait_is_shown(person: Person) -> None:
    person.server.faults.append(Fault(429, {"Retry-After": "1"}, "Request rate limit exceeded", skip=2))
    assert "waiting 1 s: Request rate limit exceeded" in person.run("zotero", "--yes").err


def test_files_are_synced_where_settings_say_so(server: Server, tmp_path: Path) -> None:
    person = Person(tmp_path, server, 'attachments = "papers/{citekey}{ext}"\n')
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "liu2022learning.pdf").write_bytes(b"%PDF-1.7")
    done = person.run("zotero", "--yes")
    assert "upload papers/liu2022learning.pdf" in done.err
    assert list(server.world.library.files.values()) == [b"%PDF-1.7"]


def test_a_key_that_is_changed_in_zotero_is_renamed_here(person: Person) -> None:
    person.run("zotero", "--yes")
    key = next(key for key, each in person.items().items() if each["citationKey"] == "liu2022learning")
    change_there(person.server, key, citationKey="liu2022appearance")
    assert person.run("zotero", "--yes").code == 0
    bibkit("build", cwd=person.folder)
    lock = (person.folder / "seeds" / "keys.lock").read_text(encoding="utf-8")
    assert "\nliu2022appearance " in lock
    assert "alias:liu2022learning" in lock


def test_the_example_runs() -> None:
    script = ROOT / "examples" / "zotero" / "first_sync.py"
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "create 37" in done.stderr
