"""Measure the checks: `python tests/benchmarks/bench_checks.py [FILE.bib ...] [--entries 10000]`.

The files are repeated, each time with other keys and titles, until there are so many entries; without files, the
exports of this project are. Prints the CPU seconds of reading, of each check that takes more than a hundredth of all,
and of everything, and how this grows: a tenth of the entries, all, and ten times as many.
"""

from __future__ import annotations

import argparse
import re
import time
from pathlib import Path

from bibkit import checks, files, formats
from bibkit.checks import registry, run
from bibkit.checks.model import Terms
from bibkit.formats import ReadOptions
from bibkit.formats import bibtex_syntax as syntax

EXPORTS = Path(__file__).parents[2] / "exports" / "references.bib"
DIGIT = re.compile(r"(?<=[0-9])[0-9]{2}(?=\})")


def corpus(paths: list[Path], entries: int) -> str:
    """So many entries out of these files."""
    stock = [block for path in paths for block in entries_of(path)]
    pieces = (varied(stock[number % len(stock)], number // len(stock)) for number in range(entries))
    return "\n\n".join(pieces) + "\n"


def entries_of(path: Path) -> list[str]:
    document = syntax.parse(files.read(str(path)).text)
    return [document.text[block.start : block.end] for block in document.entries() if block.sound and block.key]


def varied(entry: str, round_: int) -> str:
    """The entry as another one: its key, and a word more in its title."""
    if not round_:
        return entry
    entry = re.sub(r"([{(]\s*[^\s,]+)", rf"\g<1>-{round_}", entry, count=1)
    return re.sub(r"(?i)(\btitle\s*=\s*[{\"]+)", rf"\g<1>Case {round_} of ", entry, count=1)


def seconds(text: str, form: str) -> tuple[float, dict[str, float], int]:
    """CPU seconds of reading, of each check, and the number of findings."""
    started = time.process_time()
    found, _ = run.read_text(text, "bench.bib", form, Terms(), ReadOptions())
    reading = time.process_time() - started
    each: dict[str, float] = {}
    number = 0
    for check in registry.chosen(Terms(), form):
        started = time.process_time()
        number += sum(1 for _ in check.find(found))
        each[check.code] = time.process_time() - started
    return reading, each, number


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--entries", type=int, default=10_000)
    asked = parser.parse_args()
    text = corpus(asked.files or [EXPORTS], asked.entries)
    form = formats.detect(text)
    reading, each, number = seconds(text, form)
    print(f"{asked.entries} entries, {len(text) / 1e6:.1f} MB, {form}; {number} remarks")
    print(f"{reading:8.3f} s  reading")
    for code, took in sorted(each.items(), key=lambda row: -row[1]):
        if took > sum(each.values()) / 100:
            print(f"{took:8.3f} s  {code}")
    print(f"{sum(each.values()):8.3f} s  all {len(each)} checks")
    print("\n entries  s CPU, everything  findings")
    for size in (asked.entries // 10, asked.entries, asked.entries * 10):
        text = corpus(asked.files or [EXPORTS], size)
        started = time.process_time()
        findings = checks.check_text(text, "bench.bib", form)
        print(f"{size:8}  {time.process_time() - started:17.2f}  {len(findings)}")


if __name__ == "__main__":
    main()
