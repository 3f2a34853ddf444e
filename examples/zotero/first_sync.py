"""A first sync, step by step, against a Zotero server in this process: nothing leaves the machine.

    python examples/zotero/first_sync.py

It copies seeds/ into a folder of its own, sends the works, edits one on each side, syncs, and takes that back. With a
real library the commands are the same; only the key and the server differ.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from zotero_server import Server  # noqa: E402  (tests/ has just been put on the path)


def say(title: str) -> None:
    print(f"\n# {title}", flush=True)


def bibkit(folder: Path, key: str, *arguments: str) -> None:
    """Run a command in the project, as a person would."""
    print(f"$ bibkit {' '.join(arguments)}", flush=True)
    environment = {**os.environ, "ZOTERO_API_KEY": key}
    subprocess.run([sys.executable, "-m", "bibkit", *arguments], cwd=folder, env=environment, check=True)


def project(folder: Path, server: Server) -> None:
    """A project with the two listings, whose library is on this server."""
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    settings = folder / "seeds" / "bibkit.toml"
    settings.write_text(f'{settings.read_text(encoding="utf-8")}\n[sync]\nserver = "{server.url}"\n', encoding="utf-8")


def edit_here(folder: Path, citation_key: str, **fields: str) -> None:
    """Edit an item in seeds/zotero.json, as with a text editor."""
    path = folder / "seeds" / "zotero.json"
    held = json.loads(path.read_text(encoding="utf-8"))
    next(each for each in held["items"] if each.get("citationKey") == citation_key).update(fields)
    path.write_text(json.dumps(held, indent=2, ensure_ascii=False), encoding="utf-8")


def edit_there(server: Server, citation_key: str, **fields: str) -> None:
    """Edit an item in Zotero, as another client would."""
    library = server.world.library
    item = next(each for each in library.items.values() if each.get("citationKey") == citation_key)
    library.store("items", {**item, **fields})


def main() -> None:
    with tempfile.TemporaryDirectory() as name, Server() as server:
        folder = Path(name)
        project(folder, server)
        say("What would a first sync do?")
        bibkit(folder, server.key, "sync", "zotero", "--dry-run", "--quiet")
        say("Do it")
        bibkit(folder, server.key, "sync", "zotero", "--yes")
        say("One side adds the archive id, the other one changes the date of the same work")
        edit_here(folder, "liu2022learning", archiveID="arXiv:2207.13381")
        edit_there(server, "liu2022learning", date="2022-07-28")
        bibkit(folder, server.key, "sync", "zotero", "--yes")
        bibkit(folder, server.key, "sync", "log")
        say("Take the last sync back")
        bibkit(folder, server.key, "sync", "undo", "--yes")
        bibkit(folder, server.key, "sync", "status")


if __name__ == "__main__":
    main()
