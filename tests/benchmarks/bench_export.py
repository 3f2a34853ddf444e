"""How long `tex export` takes beside reading its library: 2,000 citations in 200 files, 50,000 entries.

    python tests/benchmarks/bench_export.py [--entries 50000] [--citations 2000] [--files 200] [--repeat 3]

Library and document are made up from a fixed seed. Three times are taken, of CPU: the library read into records
(`bibkit.read`), its syntax alone, and the whole export, from the document on disk to the text of its bibliography. One
entry in ten has a parent, and one value in five a macro. The bar: the export takes less than three times the first.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bibkit import library
from bibkit.export import Request, export
from bibkit.files import read
from bibkit.formats.bibtex_edit import Bare, Style, write_entry
from bibkit.formats.bibtex_syntax import parse
from bibkit.problems import Report

WORDS = "analysis bayesian control dynamic efficient fast graph hybrid image joint kernel learning model neural".split()
FAMILIES = "Müller Smith Nováková Rossi Tanaka García Kowalski Jensen Silva Dubois Ivanov Nguyen".split()
BAR = 3.0


def entry(number: int, dice: random.Random) -> str:
    words = " ".join(dice.choices(WORDS, k=8))
    people = " and ".join(f"{name}, {name[0]}." for name in dice.choices(FAMILIES, k=3))
    pairs = [("author", people), ("title", words.capitalize()), ("year", str(dice.randint(1950, 2026)))]
    pairs += [("journal", Bare(f"j{number % 50}") if number % 5 == 0 else dice.choice(WORDS).title())]
    pairs += [("abstract", " ".join(dice.choices(WORDS, k=90))), ("doi", f"10.1000/{number}")]
    if number % 10 == 1:
        pairs += [("crossref", f"key{number - 1}")]
    return write_entry("article", f"key{number}", pairs, Style())


def bibliography(entries: int) -> str:
    dice = random.Random(1)
    macros = [f"@string{{j{number} = {{Journal {number}}}}}" for number in range(50)]
    return "\n\n".join([*macros, *(entry(number, dice) for number in range(entries))]) + "\n"


def document(folder: Path, citations: int, files: int, entries: int) -> Path:
    dice = random.Random(2)
    cited = dice.sample(range(entries), citations)
    for number in range(files):
        prose = [" ".join(dice.choices(WORDS, k=60)) + rf"~\cite{{key{key}}}." for key in cited[number::files]]
        (folder / f"part{number}.tex").write_text("\n\n".join(prose), encoding="utf-8")
    inputs = "\n".join(rf"\input{{part{number}}}" for number in range(files))
    head = r"\documentclass{article}\begin{document}"
    tail = r"\bibliographystyle{plain}\bibliography{refs}\end{document}"
    (folder / "paper.tex").write_text(f"{head}\n{inputs}\n{tail}\n", encoding="utf-8")
    return folder / "paper.tex"


def best(what: Callable[[], object], repeat: int) -> float:
    times = []
    for _ in range(repeat):
        start = time.process_time()
        what()
        times.append(time.process_time() - start)
    return min(times)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, value in (("entries", 50_000), ("citations", 2_000), ("files", 200), ("repeat", 3)):
        options.add_argument(f"--{name}", type=int, default=value)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "library.bib"
        path.write_text(bibliography(asked.entries), encoding="utf-8")
        paper = document(folder, asked.citations, asked.files, asked.entries)
        request = Request(str(paper), str(folder / "refs.bib"), (str(path),))
        made = export(request, Report())
        print(f"{path.stat().st_size / 1e6:.1f} MB, {asked.entries} entries; {made.summary()}")
        records = best(lambda: sum(1 for _ in library.read(path)), asked.repeat)
        syntax = best(lambda: parse(read(str(path)).text), asked.repeat)
        whole = best(lambda: export(request, Report()), asked.repeat)
    print(f"library read into records  {records:7.2f} s")
    print(f"library read as syntax     {syntax:7.2f} s")
    print(f"export                     {whole:7.2f} s   {whole / records:.2f} and {whole / syntax:.2f} times these")
    print(f"bar {BAR:.0f} times: {'held' if whole < BAR * records else 'missed'}")


if __name__ == "__main__":
    main()
