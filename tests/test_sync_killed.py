"""A sync that is killed at any place is finished by the next one: everything is there, and nothing twice."""

from __future__ import annotations

import copy
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from test_sync import Case, book
from zotero_server import Server

from bibkit.sync.replica import loads

pytest.importorskip("pyzotero")

STEP = 1 if os.environ.get("CI") else 9  # every place in CI, every ninth elsewhere
SYLLABLES = "ba de fi go hu ka le mi no pu ra se ti vo zu".split()


def name(number: int) -> str:
    """A title of words that no other one has: the works are told apart at once."""
    digits = sha256(b"%d" % number).digest()
    words = ("".join(SYLLABLES[digits[4 * word + place] % 15] for place in range(4)) for word in range(3))
    return " ".join(words).capitalize()


NAMES = [name(number) for number in range(200)]
CHANGED = 30


class Killer:
    """The process that starts syncs which die."""

    def __init__(self) -> None:
        here = Path(__file__).parent
        path = os.pathsep.join([str(here), str(here.parent), os.environ.get("PYTHONPATH", "")])
        self.process = subprocess.Popen(
            [sys.executable, str(here / "killing.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": path},
        )

    def sync(self, case: Case, at: int = 0, **options: Any) -> dict[str, Any]:
        told = {"folder": str(case.site.folder), "server": case.server.url, "key": case.server.key, "at": at}
        told |= {"records": [record.title for record in case.site.records], "options": options}
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(told) + "\n")
        self.process.stdin.flush()
        found: dict[str, Any] = json.loads(self.process.stdout.readline())
        return found

    def close(self) -> None:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


@pytest.fixture
def killer() -> Iterator[Killer]:
    started = Killer()
    yield started
    started.close()


def first(case: Case) -> None:
    """Two hundred works, and an empty library."""


def mixed(case: Case) -> None:
    """Two hundred items, of which many were changed on either side, thrown away, made, or are in conflict."""
    case.sync()
    keys = sorted(case.there)
    for number, key in enumerate(keys[:CHANGED]):
        case.site.edit(key, publisher=f"Here {number}")
        case.edit_there(key, place=f"There {number}")
    for number, key in enumerate(keys[CHANGED : 2 * CHANGED]):
        case.site.edit(key, date=f"19{number:02}")
        case.edit_there(key, date=f"20{number:02}")
    for key in keys[-8:]:
        case.edit_there(key, deleted=1)
    case.server.world.library.delete("items", keys[-12:-8])
    for number in range(6):
        key = f"NEWZZZ{number + 2}2"
        case.make_there(key, title=f"Made there, number {number}", DOI=f"10.1000/{number}")
        note = {"key": f"NTEZZZ{number + 2}2", "itemType": "note", "note": "n", "parentItem": key, "tags": []}
        case.server.world.library.store("items", note)
    case.site.records += [book(name(number)) for number in (300, 301, 302)]


@pytest.mark.parametrize("prepare", [first, mixed])
def test_a_sync_that_is_killed_anywhere_is_finished_by_the_next(
    tmp_path: Path, killer: Killer, prepare: Any, record_property: Any
) -> None:
    with Server() as server:
        case = Case(server, tmp_path / "project", [book(each) for each in NAMES])
        prepare(case)
        world, folder = copy.deepcopy(server.world.libraries), tmp_path / "before"
        shutil.copytree(case.site.folder, folder)
        whole = killer.sync(case, prefer="theirs")
        assert whole["status"] == 0
        wanted = shown(case)
        places = range(1, whole["passed"] + 1, STEP)
        for place in places:
            restore(server, case, world, folder)
            died = killer.sync(case, place, prefer="theirs")
            assert died["status"] == -9, place
            loads((case.site.path).read_text("utf-8") if case.site.path.exists() else "", "")
            assert killer.sync(case, prefer="theirs")["status"] == 0, place
            assert shown(case) == wanted, place
    record_property("faults", len(places))
    print(f"\n{prepare.__name__}: killed at {len(places)} of {whole['passed']} places, all survived")


def restore(server: Server, case: Case, libraries: dict[str, Any], folder: Path) -> None:
    server.world.libraries = copy.deepcopy(libraries)
    shutil.rmtree(case.site.folder)
    shutil.copytree(folder, case.site.folder)


def shown(case: Case) -> Any:
    """Both sides, without the times and versions of the server, and the names of all files that are left."""
    there = {key: bare(data) for key, data in case.there.items()}
    here = {key: bare(data) for key, data in case.site.items().items()}
    left = sorted(path.name for path in case.site.folder.rglob("*") if path.is_file() and path.suffix != ".tmp")
    return there, here, left


def bare(data: dict[str, Any]) -> dict[str, Any]:
    return {field: value for field, value in data.items() if field not in ("version", "dateAdded", "dateModified")}
