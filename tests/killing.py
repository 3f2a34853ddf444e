"""A process that starts syncs which kill themselves: at the n-th request, state write or file write, with SIGKILL.

Run as a script. It imports everything once, then forks for each line of its standard input, which is a JSON object:
`folder`, `server`, `key`, `records` (titles), `at` (0 never kills), `options`. It answers with the signal or exit code
of the child, and the number of places that the child passed.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pyzotero.zotero
from test_sync import Site, book

from bibkit.sync import state
from bibkit.sync.model import LibraryId
from bibkit.sync.plan import Options
from bibkit.sync.run import sync
from bibkit.zotero_api import Api


class Places:
    """Counts the places where a power cut would matter, and dies at one of them."""

    def __init__(self, at: int, log: Path) -> None:
        self.at, self.count, self.log = at, 0, log
        self.lock = threading.Lock()  # up to four requests at once

    def passes(self) -> None:
        with self.lock:
            self.count += 1
            self.log.write_text(str(self.count))
            if self.count == self.at:
                os.kill(os.getpid(), signal.SIGKILL)

    def around(self, function: Callable[..., Any], when: Callable[..., bool] = lambda *_: True) -> Callable[..., Any]:
        """The function, with a place before it and one after it."""

        def wrapped(*arguments: Any, **named: Any) -> Any:
            matters = when(*arguments)
            if matters:
                self.passes()
            found = function(*arguments, **named)
            if matters:
                self.passes()
            return found

        return wrapped


def unhurried(connection: sqlite3.Connection, sql: str, *values: Any) -> sqlite3.Cursor:
    return sqlite3.Connection.execute(connection, sql.replace("synchronous = FULL", "synchronous = OFF"), *values)


def watch(places: Places) -> None:
    """Put places around every request, every write to the state, and every file that is replaced."""
    httpx2.Client.request = places.around(httpx2.Client.request)
    Path.replace = places.around(Path.replace)
    os.link = places.around(os.link)

    os.fsync = lambda _: None  # a killed process loses nothing that it wrote; only a power cut would

    class Watched(sqlite3.Connection):
        execute = places.around(unhurried, lambda _, sql, *__: sql.startswith("COMMIT"))

    connect = sqlite3.connect
    state.sqlite3.connect = lambda *arguments, **named: connect(*arguments, factory=Watched, **named)


def run(told: dict[str, Any]) -> None:
    """One sync, to its end."""
    site = Site(Path(told["folder"]), LibraryId(told["server"], "user", 1), [book(one) for one in told["records"]])
    with state.opened(site.folder) as opened, Api(site.library, told["key"], wait=lambda *_: None) as api:
        sync(site, api, opened.library(site.library), Options(**told["options"]))


def main() -> None:
    _ = pyzotero.zotero  # imported here, not in every child
    for line in sys.stdin:
        told = json.loads(line)
        with tempfile.NamedTemporaryFile() as log:
            child = os.fork()
            if not child:
                watch(Places(told["at"], Path(log.name)))
                run(told)
                os._exit(0)
            _, status = os.waitpid(child, 0)
            passed = int(Path(log.name).read_text() or 0)
        print(json.dumps({"status": os.waitstatus_to_exitcode(status), "passed": passed}), flush=True)


if __name__ == "__main__":
    main()
