"""The lock at 100,000 works: run `python tests/benchmarks/bench_lock.py [WORKS]`. Prints CPU seconds, best of three."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from typing import TypeVar

from bibkit import keys
from bibkit import lock as locks
from bibkit.record import Date, Name, Origin, Record

T = TypeVar("T")
WORDS = "learning deep sparse graph video anomaly detection model robust memory neural optimal transport flow".split()
FAMILIES = "liu wang chen smith garcia müller nguyen kim silva rossi novak sato".split()


def works(number: int) -> list[Record]:
    """Made works: one in three has a DOI, one in ten a title that others have too."""
    chance = random.Random(7)
    return [work(chance, place) for place in range(number)]


def work(chance: random.Random, place: int) -> Record:
    """One made work."""
    words = chance.sample(WORDS, 6)
    title = " ".join(words if place % 10 == 0 else [*words, f"x{place}"]).title()
    texts = {"title": title, "abstract": "It is shown. " * 80}
    if place % 3 == 0:
        texts["DOI"] = f"10.1000/{place}"
    names = tuple(Name(family=family.title(), given="A.") for family in chance.sample(FAMILIES, 3))
    dates = {"issued": Date((1990 + place % 35, 1 + place % 12))}
    return Record("article", "", texts, {"author": names}, dates, origins=(Origin(f"seeds/list{place % 5}.txt"),))


def timed(what: str, run: Callable[[], T]) -> T:
    """Run three times, and print the best."""
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        result = run()
        best = min(best, time.process_time() - start)
    print(f"{what:42} {best:7.3f} s")
    return result


def shuffled(content: str) -> str:
    """As git leaves a lock that two branches added to."""
    lines = content.splitlines(keepends=True)
    random.Random(7).shuffle(lines)
    return "".join(lines)


def main(number: int) -> None:
    """Print all figures."""
    records = works(number)
    lock = timed(f"assign {number} new works", lambda: keys.assign(records, keys.Lock(), day="2026-11-22")).lock
    timed("assign them again", lambda: keys.assign(records, lock))
    content = timed("dumps", lambda: keys.dumps(lock))
    loaded = timed(f"loads ({len(content) / 1e6:.1f} MB)", lambda: keys.loads(content))
    timed("loads the lines in another order", lambda: keys.loads(shuffled(content)))
    timed("merge three locks", lambda: locks.merge(lock, lock, loaded))
    if loaded != lock:
        sys.exit("loads(dumps(lock)) is not the lock")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
