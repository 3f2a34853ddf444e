"""How fast BibTeX is read and written: to Records, and by the command line as whole processes.

    python tests/benchmarks/bench_bibtex.py [ENTRIES]

Prints CPU seconds, MB/s and peak memory. The file is made up: about 1 kB an entry, with abstracts and some LaTeX.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench_bibtex_syntax import make

from bibkit.formats import ReadOptions, WriteOptions
from bibkit.formats.bibtex import BIBLATEX, BIBTEX
from bibkit.formats.bibtex_syntax import parse
from bibkit.record import Record


def cpu(action: Callable[[], object]) -> float:
    start = time.process_time()
    action()
    return time.process_time() - start


def best(action: Callable[[], object], runs: int = 3) -> float:
    return min(cpu(action) for _ in range(runs))


def in_process(text: str) -> None:
    assert BIBTEX.read
    assert BIBLATEX.write
    records = [item for item in BIBTEX.read(text, "made.bib", ReadOptions()) if isinstance(item, Record)]
    size = len(text.encode()) / 1e6
    for what, action in {
        "syntax": lambda: parse(text),
        "records": lambda: list(BIBTEX.read(text, "made.bib", ReadOptions())),  # type: ignore[misc]
        "BibLaTeX written": lambda: list(BIBLATEX.write(records, WriteOptions())),  # type: ignore[misc]
    }.items():
        seconds = best(action)
        print(f"{what:<32}{seconds:8.2f} s {size / seconds:8.1f} MB/s")


def whole_process(path: Path, target: str) -> None:
    command = [sys.executable, "-m", "bibkit", "convert", str(path), "--from", "bibtex", "--to", target, "--quiet"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    ratio = after.ru_maxrss * 1024 / path.stat().st_size
    print(f"{'process: bibtex to ' + target:<32}{seconds:8.2f} s {'peak so far':>15} {ratio:.1f} times the file")


def main() -> None:
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    text = make(entries)
    print(f"{entries} entries, {len(text.encode()) / 1e6:.1f} MB")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.bib"
        path.write_text(text, encoding="utf-8")
        for target in ("bibtex", "csl-json", "biblatex", "ris"):
            whole_process(path, target)  # first, for a child's memory is at least what its parent had
    in_process(text)


if __name__ == "__main__":
    main()
