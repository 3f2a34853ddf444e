"""How fast listings are read, and with how much memory: python tests/benchmarks/bench_listing.py DIR [ENTRIES]

DIR holds glued.txt (compact layout) and spaced.txt (profile page). Their entries are repeated, each with a title of its
own, until there are ENTRIES of them (100,000). Records are counted and dropped, as a writer would.
"""

from __future__ import annotations

import contextlib
import re
import sys
import time
from itertools import cycle, islice
from pathlib import Path

from bibkit.formats import ReadOptions
from bibkit.formats.listing import learn, read
from bibkit.record import Record

HEADER = re.compile(r"(?m)^(?=(?:[0-9.]*[A-Z]{2})(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [0-9])")


def repeated(text: str, entries: int) -> str:
    """A listing of so many entries, made from this one."""
    _, *parts = HEADER.split(text)
    numbered = (
        part.replace("\n", f"\nPart {number}: ", 1).rstrip()
        for number, part in enumerate(islice(cycle(parts), entries))
    )
    return "\n\n".join(numbered) if "\n\n" in text else "\n".join(numbered)


def memory(row: str) -> float:
    """A row of this process's memory figures in MB, or 0 where the system has none (it is Linux that has them)."""
    with contextlib.suppress(OSError):
        found = re.search(rf"{row}:\s+(\d+)", Path("/proc/self/status").read_text(encoding="ascii"))
        return int(found[1]) / 1024 if found else 0.0
    return 0.0


def forget_peak() -> None:
    """Let the peak begin at what is in use now."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def measure(path: Path, entries: int) -> None:
    text = repeated(path.read_text(encoding="utf-8"), entries)
    size = len(text.encode()) / 1e6
    forget_peak()
    before, started = memory("VmRSS"), time.process_time()
    count = sum(isinstance(item, Record) for item in read(text, path.name, ReadOptions()))
    seconds, after = time.process_time() - started, memory("VmHWM")
    print(
        f"{path.name}: {count} records, {size:.1f} MB, {size / seconds:.1f} MB/s, peak memory +{after - before:.0f} MB"
    )
    started = time.process_time()
    names = learn(text)
    print(f"  learn: {len(names)} names, {size / (time.process_time() - started):.1f} MB/s")


def main(folder: str, entries: int = 100_000) -> int:
    paths = [Path(folder) / "glued.txt", Path(folder) / "spaced.txt"]
    missing = [path.name for path in paths if not path.is_file()]
    if missing:
        print(f"skipped: there is no {' and no '.join(missing)} in {folder!r}")
        return 0
    for path in paths:
        measure(path, entries)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2] or [""], *map(int, sys.argv[2:3])))
