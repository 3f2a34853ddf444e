"""How many requests and how much time a sync takes, against a server that answers after 50 ms.

    python tests/benchmarks/bench_sync.py [--works 10000] [--delay 0.05] [--faults]

A first push of all works (200 requests are the least for 10,000; the bar is 210), a sync in which nothing changed (1),
one with a changed work here, one there, and one with both (5). `works` is the time that the project takes to read and
match its sources, which is in the others. With `--faults`, a sync of 200 items is killed at every request and every
write first, as `tests/test_sync_killed.py` does it.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import pytest
from test_sync import Case, book
from test_sync_killed import name
from zotero_server import Server

MOST = {"first push": 210, "unchanged": 1, "one changed here": 5, "one changed there": 5, "one changed on each side": 5}


def timed(case: Case, label: str, works: int, action: Callable[[], object]) -> bool:
    case.requests()
    start = time.perf_counter()
    action()
    took, requests = time.perf_counter() - start, case.requests()
    most = MOST[label] if label != "first push" else works // 50 + 10
    print(f"{label:<26} {requests:>4} requests (at most {most}), {took:7.2f} s")
    return requests <= most


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--works", type=int, default=10_000)
    parser.add_argument("--delay", type=float, default=0.05)
    parser.add_argument("--faults", action="store_true")
    told = parser.parse_args()
    if told.faults:
        os.environ["CI"] = "1"
        pytest.main(["-q", "-s", str(Path(__file__).parent.parent / "test_sync_killed.py")])
    with Server(delay=told.delay) as server, tempfile.TemporaryDirectory() as folder:
        sources = [book(name(number), DOI=f"10.1000/{number}") for number in range(told.works)]
        case = Case(server, Path(folder) / "project", sources)
        held = [timed(case, "first push", told.works, case.sync)]
        start = time.perf_counter()
        case.site.works()
        print(f"{'works':<26} {time.perf_counter() - start:>36.2f} s")
        held.append(timed(case, "unchanged", told.works, case.sync))
        one, two = sorted(case.there)[:2]
        case.site.edit(one, place="Here")
        held.append(timed(case, "one changed here", told.works, case.sync))
        case.edit_there(two, place="There")
        held.append(timed(case, "one changed there", told.works, case.sync))
        case.site.edit(one, publisher="Here")
        case.edit_there(two, publisher="There")
        held.append(timed(case, "one changed on each side", told.works, case.sync))
        assert len(case.there) == told.works
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
