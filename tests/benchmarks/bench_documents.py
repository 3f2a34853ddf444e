"""How long `bibkit tex check` takes beside reading the library, and how fast documents are scanned.

    python tests/benchmarks/bench_documents.py [ENTRIES]

Makes a document of 2,000 citations in 200 files over a library of 50,000 entries, in a folder that is deleted again.
Prints CPU seconds and their ratio to the time of reading the library; the bar is 3. Then the speed of each scanner on
10 MB, and of LaTeX on 100 MB, with the memory that it takes.
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

from bibkit import files, library
from bibkit.documents import Terms, check, rewrite, scan, scan_source
from bibkit.documents.sources import SourceText
from bibkit.formats import bibtex_syntax as syntax
from bibkit.problems import Report

FILES, CITATIONS = 200, 2000
SENTENCES = (
    "Some words of a sentence that cites nothing, with \\emph{emphasis} and $x_1^2$ in it. % and a comment\n" * 20
)
UNITS = {
    "latex": SENTENCES + "It is known~\\citep[see][p.~3]{key1, key2}.\n",
    "markdown": "Some words of a sentence that cites nothing, with *emphasis* and `code` in it.\n" * 20
    + "See [@key1; @key2].\n\n",
    "org": "Some words of a sentence that cites nothing, with /emphasis/ and ~code~ in it.\n" * 20
    + "See [cite:@key1;@key2].\n\n",
    "typst": "Some words of a sentence that cites nothing, with *emphasis* and `code` in it.\n" * 20
    + "See @key1 and @key2.\n\n",
}


def made(folder: Path, entries: int) -> Path:
    """A document: a main file, and chapters of ten citations each, a tenth of them undefined."""
    text = make(entries)
    (folder / "library.bib").write_text(text, encoding="utf-8")
    keys = [block.key for block in syntax.blocks(text) if type(block) is syntax.Entry]
    step = max(1, len(keys) // CITATIONS)
    cited = [key if number % 10 else f"{key}x" for number, key in enumerate(keys[::step][:CITATIONS])]
    each = CITATIONS // FILES
    for number in range(FILES):
        words = (
            SENTENCES + f"It is known~\\citep[see][p.~3]{{{key}}}.\n"
            for key in cited[number * each : (number + 1) * each]
        )
        (folder / f"chapter{number}.tex").write_text("".join(words), encoding="utf-8")
    main = folder / "main.tex"
    inputs = "".join(f"\\include{{chapter{number}}}\n" for number in range(FILES))
    main.write_text(
        f"\\documentclass{{book}}\n\\begin{{document}}\n{inputs}\\bibliography{{library}}\n\\end{{document}}\n"
    )
    return main


def cpu(action: Callable[[], object]) -> float:
    start = time.process_time()
    action()
    return time.process_time() - start


def whole_process(*words: str | Path) -> float:
    """CPU seconds of a run of bibkit, its start included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "bibkit", *words], capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def shown(what: str, seconds: float, base: float) -> None:
    print(f"{what:<44}{seconds:8.2f} s {seconds / base:8.2f} times reading the library")


def checked(main: Path) -> None:
    bib = main.with_name("library.bib")
    reading = min(cpu(lambda: list(library.read(bib))) for _ in range(2))
    shown("library read to records", reading, reading)
    text = bib.read_text(encoding="utf-8")
    shown("library read to blocks", min(cpu(lambda: list(syntax.blocks(text))) for _ in range(2)), reading)
    document = scan(main)
    assert len(document.citations) == CITATIONS
    assert len(document.files) == FILES + 1
    shown("scan", min(cpu(lambda: scan(main)) for _ in range(2)), reading)
    shown("scan and check", cpu(lambda: check([scan(main)], Terms(), Report())), reading)
    keys = {key: f"{key}new" for key in document.keys()}  # noqa: SIM118  (no dict)
    shown("rewrite of all keys, not written", cpu(lambda: [each.data for each in rewrite([document], keys)]), reading)
    shown("process: tex check", whole_process("tex", "check", main), reading)
    shown("process: tex check --no-unused", whole_process("tex", "check", "--no-unused", main), reading)


def scanned(kind: str, megabytes: int) -> None:
    unit = UNITS[kind]
    source = SourceText("made", files.Text(unit * (megabytes * 1_000_000 // len(unit))))
    seconds = cpu(lambda: scan_source(source, kind))
    print(f"{kind + f' of {megabytes} MB':<44}{seconds:8.2f} s {megabytes / seconds:8.1f} MB/s")


def main() -> None:
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    with tempfile.TemporaryDirectory() as folder:
        checked(made(Path(folder), entries))
    for kind in UNITS:
        scanned(kind, 10)
    scanned("latex", 100)
    print(f"{'peak memory':<44}{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:8.0f} MB")


if __name__ == "__main__":
    main()
