"""How long `bibkit cv` takes for the 37 works of the repository and for 2,000 made-up works, by format and by style.

    python tests/benchmarks/bench_cv.py [--works 2000] [--repeat 3] [--formats text,markdown] [--commands]

Times are of CPU, those of programs that are called included, the best of several runs, in one process: works chosen,
grouped and numbered (`cv.make`), then each format written, and then text in every built-in style and engine.
`--commands` adds the wall time of whole commands, in which the works are read, joined and keyed too.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bibkit import cv, formats, library
from bibkit.cv import styles
from bibkit.cv.model import Options
from bibkit.formats import WriteOptions
from bibkit.problems import BibkitError, Report
from bibkit.record import Date, Name, Record
from bibkit.settings import Cv

ROOT = Path(__file__).parents[2]
ME = "Liang Song"
SYLLABLES = "an ba co de el fa gra hy im jo ker le mo neu op pa quan re sta tri un ve".split()
WORDS = [first + middle + last for first in SYLLABLES for middle in SYLLABLES[::3] for last in SYLLABLES[::5]]
FAMILIES = "Müller Smith Nováková Rossi Tanaka García Kowalski Jensen Silva Dubois Ivanov Nguyen".split()
TYPES = ("article-journal", "paper-conference", "article", "chapter", "report")


def work(number: int, dice: random.Random) -> Record:
    people = [Name(name, dice.choice("ABCDEFGHJKLM") + ".") for name in dice.choices(FAMILIES, k=dice.randint(1, 7))]
    people.insert(dice.randint(0, len(people)), Name("Song", "Liang"))
    texts = {
        "title": f"{' '.join(dice.choices(WORDS, k=8)).capitalize()} {number}",
        "container-title": " ".join(dice.choices(WORDS, k=3)).title(),
        "volume": str(dice.randint(1, 60)),
        "page": f"{number}-{number + 12}",
        "DOI": f"10.5555/{number}",
    }
    issued = {"issued": Date((dice.randint(1990, 2026), dice.randint(1, 12)))}
    words = tuple(dice.sample(WORDS, 2))
    return Record(dice.choice(TYPES), f"work{number}", texts, {"author": tuple(people)}, issued, keywords=words)


def made_up(number: int) -> list[Record]:
    dice = random.Random(1)
    return [work(place, dice) for place in range(number)]


def best(repeat: int, run: Callable[[], object]) -> float:
    times = []
    for _ in range(repeat):
        start = sum(os.times()[:4])
        run()
        times.append(sum(os.times()[:4]) - start)
    return min(times)


def timed(name: str, sets: Sequence[Sequence[Record]], repeat: int, run: Callable[[Sequence[Record]], object]) -> None:
    cells = []
    for works in sets:
        try:
            cells.append(f"{best(repeat, lambda works=works: run(works)):9.3f} s")  # type: ignore[misc]
        except BibkitError as error:
            cells.append(f"{str(error)[:50]:>11}")
    print(f"{name:<28}{''.join(cells)}", flush=True)


def commands(many: Sequence[Record]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "many.bib"
        written = formats.get("biblatex").write
        assert written
        path.write_text("".join(Report().sift(written(many, WriteOptions()))), encoding="utf-8")
        for title, arguments in (
            ("37 works, the project", ["-C", str(ROOT)]),
            (f"{len(many)} works, a .bib", [str(path)]),
        ):
            start = time.perf_counter()
            subprocess.run(
                [sys.executable, "-m", "bibkit", "cv", "--me", ME, "-q", *arguments], check=True, capture_output=True
            )
            print(f"bibkit cv, {title:<24}{time.perf_counter() - start:8.2f} s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--works", type=int, default=2000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--formats", default=",".join(cv.FORMATS))
    parser.add_argument("--commands", action="store_true")
    told = parser.parse_args()
    sets = [library.build(ROOT, Report()).works, made_up(told.works)]
    print(f"{'':<28}{''.join(f'{len(works):>11}' for works in sets)}")
    timed("cv.make", sets, told.repeat, lambda works: cv.make(works, Cv(), me=ME))
    found = {id(works): cv.make(works, Cv(), me=ME) for works in sets}
    for name in told.formats.split(","):
        timed(name, sets, told.repeat, lambda works, name=name: cv.get(name).write(found[id(works)], Options()))  # type: ignore[misc]
    for style in styles.BUILT_IN:
        timed(
            f"text, {style}",
            sets,
            told.repeat,
            lambda works, style=style: cv.get("text").write(found[id(works)], Options(style)),
        )  # type: ignore[misc]
    timed(
        "text, apa, citeproc-py",
        sets,
        1,
        lambda works: cv.get("text").write(found[id(works)], Options("apa", "citeproc-py")),
    )
    timed(
        "text, ieee, pandoc",
        sets[:1],
        1,
        lambda works: cv.get("text").write(found[id(works)], Options("ieee", "pandoc")),
    )
    timed("text, plain.bst", sets, 1, lambda works: cv.get("text").write(found[id(works)], Options("plain.bst")))
    if told.commands:
        commands(sets[1])


if __name__ == "__main__":
    main()
