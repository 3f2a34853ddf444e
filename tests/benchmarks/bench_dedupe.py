"""Measure the duplicate matching: `python tests/benchmarks/bench_dedupe.py FOLDER [10000 100000 1000000]`.

FOLDER holds labelled sets (see fit_dedupe.py); their records are the stock. A work is made of the parts of several of
them: the beginning of one title, the end of another, the authors of a third, so that many works are alike. Its copies
are corrupted as databases and people do it: typos, initials, cut author lists, abbreviated journals and pages, missing
years, volumes and DOIs, a year more, a lost subtitle. Half of the works have copies. The same size gives the same
records.

Prints a table: seconds of wall and CPU of each step, the highest memory of all processes together, pairs compared, and
pairwise precision, recall and F1.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bibkit.dedupe import blocking, clusters, scale
from bibkit.dedupe.prepare import Prepared, prepare
from bibkit.record import Date, Name, Record, replace

sys.path.insert(0, str(Path(__file__).parent))
from fit_dedupe import read_set

LETTERS = "abcdefghijklmnopqrstuvwxyz"


# ------------------------------------------------------------------------------------------------ making records


def stock(folder: Path) -> list[Record]:
    found = [
        record
        for path in sorted(folder.iterdir())
        if (path / "records.csv").exists()
        for record in read_set(path).records
        if len(record.title.split()) > 5 and record.authors
    ]
    return [replace(record, texts={k: v for k, v in record.texts.items() if k != "abstract"}) for record in found]


def generate(real: list[Record], size: int) -> Iterator[tuple[int, Record]]:
    """`size` records, each with the number of its work."""
    draw = random.Random(size)
    work = made = 0
    while made < size:
        one = invent(real, draw, work)
        copies = 1 + (draw.random() < 0.45) + (draw.random() < 0.2) + (draw.random() < 0.06)
        for number in range(min(copies, size - made)):
            yield work, corrupt(one, draw) if number else one
            made += 1
        work += 1


def invent(real: list[Record], draw: random.Random, work: int) -> Record:
    a, b, c, d = (draw.choice(real) for _ in range(4))
    first, last = a.title.split(), b.title.split()
    title = " ".join(first[: max(3, len(first) // 2)] + last[len(last) // 2 :])
    half = draw.randint(1, 3)
    people = c.authors[:half] + d.authors[half : half + draw.randint(0, 6)]
    authors = tuple(Name(family=one.family, given=draw.choice(people).given) for one in people)
    texts = {"title": title, "volume": str(draw.randint(1, 150)), "issue": str(draw.randint(1, 12))}
    page = draw.randint(1, 1500)
    texts |= {"page": f"{page}-{page + draw.randint(3, 15)}", "DOI": f"10.{draw.randint(1000, 1400)}/w.{work}"}
    texts["container-title"] = next(
        (one.texts["container-title"] for one in (d, c, b) if "container-title" in one.texts), "Nature"
    )
    return Record("article-journal", "", texts, {"author": authors}, {"issued": Date((draw.randint(1985, 2024),))})


def corrupt(one: Record, draw: random.Random) -> Record:
    """A copy as another source has it; each change has a chance of its own."""
    texts, names, dates = dict(one.texts), dict(one.names), dict(one.dates)
    for chance, change in CHANGES:
        if draw.random() < chance:
            change(texts, names, dates, draw)
    return replace(one, texts=texts, names=names, dates=dates)


def misspell(texts, names, dates, draw) -> None:
    title = texts["title"]
    place = draw.randrange(len(title))
    texts["title"] = title[:place] + draw.choice(LETTERS) + title[place + draw.randrange(2) :]


def shout(texts, names, dates, draw) -> None:
    texts["title"] = texts["title"].upper()


def cut_title(texts, names, dates, draw) -> None:
    texts["title"] = texts["title"].rpartition(" ")[0]


def to_initials(texts, names, dates, draw) -> None:
    names["author"] = tuple(
        replace(one, given=" ".join(f"{w[0]}." for w in one.given.split())) for one in names["author"]
    )


def cut_authors(texts, names, dates, draw) -> None:
    names["author"] = names["author"][: max(1, len(names["author"]) // 2)]


def abbreviate(texts, names, dates, draw) -> None:
    words = texts["container-title"].split()
    if len(words) == 1:  # ISO 4 abbreviates no title of one word
        return
    texts["container-title"] = " ".join(word[:4] + "." if len(word) > 5 else word for word in words)


def later(texts, names, dates, draw) -> None:
    dates["issued"] = Date((dates["issued"].start[0] + 1,))


def short_pages(texts, names, dates, draw) -> None:
    texts["page"] = texts.get("page", "1-2").partition("-")[0]


def dropping(variable: str):
    def drop(texts, names, dates, draw) -> None:
        texts.pop(variable, None)
        dates.pop(variable, None)

    return drop


CHANGES = (
    (0.25, misspell), (0.1, shout), (0.05, cut_title), (0.4, to_initials), (0.1, cut_authors), (0.3, abbreviate),
    (0.07, later), (0.3, short_pages), (0.5, dropping("DOI")), (0.25, dropping("volume")), (0.3, dropping("issue")),
    (0.2, dropping("page")), (0.05, dropping("issued")),
)  # fmt: skip


# ------------------------------------------------------------------------------------------------ measuring


class Memory(threading.Thread):
    """The highest sum of the proportional memory of this process and its children, in MiB (Linux)."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.highest, self.over = 0, threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.5):
            self.highest = max(self.highest, sum(map(proportional, (os.getpid(), *children()))) // 1024)


def children() -> list[int]:
    found = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    return [int(one) for one in found.read_text().split()] if found.exists() else []


def proportional(process: int) -> int:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def seconds() -> float:
    own, theirs = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + theirs.ru_utime + theirs.ru_stime


def prepared_from(real: list[Record], size: int) -> tuple[list[int], list[Prepared], float]:
    """Works, prepared records, and the seconds of preparing alone; no record is kept."""
    works, found, spent = [], [], 0.0
    for work, record in generate(real, size):
        before = time.process_time()
        found.append(prepare(record))
        spent += time.process_time() - before
        works.append(work)
    return works, found, spent


def score(works: list[int], groups) -> tuple[float, float]:
    def links(counts) -> int:
        return sum(count * (count - 1) // 2 for count in counts)

    true = links(Counter(works).values())
    said = links(map(len, groups))
    hit = links(
        count for group in groups if len(group) > 1 for count in Counter(works[place] for place in group).values()
    )
    return (hit / said if said else 1.0), hit / true


def measure(real: list[Record], size: int, processes: int) -> None:
    memory = Memory()
    memory.start()
    works, prepared, preparing = prepared_from(real, size)
    wall, cpu = time.perf_counter(), seconds()
    found = clusters.matched(prepared, processes=processes)
    wall, cpu = time.perf_counter() - wall, seconds() - cpu
    memory.over.set()
    precision, recall = score(works, found.clusters)
    both = 2 * precision * recall / (precision + recall)
    print(
        f"{size:>9} {preparing:>9.1f} {wall:>8.1f} {cpu:>8.1f} {memory.highest:>7} {len(found.pairs):>9}"
        f" {precision:>8.4f} {recall:>8.4f} {both:>8.4f}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("sizes", type=int, nargs="*", default=[10_000, 100_000])
    parser.add_argument("--processes", type=int, default=0)
    args = parser.parse_args()
    real = stock(args.folder)
    print(f"{len(real)} records in stock; {blocking.WINDOW} neighbours; alone below {scale.ALONE} records")
    print("  records prepare s  match s    cpu s     MiB     pairs        P        R       F1")
    for size in args.sizes:
        measure(real, size, args.processes)


if __name__ == "__main__":
    main()
