"""How fast BibTeX syntax is read: MB/s of CPU time on a realistic file, and that hostile text takes linear time.

    python tests/benchmarks/bench_bibtex_syntax.py [--entries 10000] [--repeat 5] [--no-floods] [--write FILE]

The file is made up from a fixed seed: names, titles, abstracts, identifiers, some braces and LaTeX commands, about
1,070 bytes an entry. Every name and every value of it is counted, so that nothing is put off. A flood repeats a few
characters up to 1 MB and up to 4 MB; where the time is linear, the ratio of the two times is about 4.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable
from pathlib import Path

from bibkit.formats.bibtex_edit import Style, write_entry
from bibkit.formats.bibtex_syntax import parse

FLOODS = {
    "open braces": "{",
    "closing braces": "}",
    "brace pairs": "{}",
    "quotes": '"',
    "at signs": "@",
    "commas": ",",
    "hashes": "#",
    "equals signs": "=",
    "percent signs": "%",
    "blanks": " ",
    "newlines": "\n",
    "CR": "\r",
    "entry heads": "@a{",
    "entry heads on lines": "@a{\n",
    "heads and keys": "@a{b,",
    "open values": "@a{b,c={",
    "open values on lines": "@a{b,c={\n",
    "open values after CR": "@a{b,c={\r",
    "open strings": '@article{k, title = "',
    "open strings on lines": '@article{k, title = "\n',
    "open strings in parentheses": '@a(b,c="\n',
    "unclosed entries": "@article{k,\n title = {a {b} c},\n year = 2000\n\n",
    "unclosed nested values": "@article{k,\n title = {a {b} c,\n year = {2000}\n",
    "swallowed fields": '@a{b,\nc="{\nd="{\n',
    "fields that never close": "\nt={",
    "strings that never close": '\nt="{',
    "values cut within a line": "@a{k,t={ ,b={}}",
    "macros cut within a line": "@string(t={ ,b={})",
    "quoted braces": '@a{b,c="{}',
    "quotes in quotes": '@a{b,c="d"e"f",',
    "fields without commas": "@a{b,c={d} e={f} ",
    "fields without equals": "@a{b,c {d}, ",
    "words": "@a{b,c d e f g h",
    "bare values": "@a{b,c=d e, ",
    "wrong closers": "@a{b,c=1)",
    "wrong closers on lines": "@a{b,c=1)\n",
    "comments in entries": "@a{b,% x\n",
    "hidden phases": '@a(k,t=1, %",c=1,%"\n b="\n',
    "comments": "@comment{",
    "comments on lines": "@comment{\n",
    "comment lines": "@comment x\n",
    "strings": "@string{a=",
    "strings on lines": '@string{a="\n',
    "preambles": '@preamble{"',
    "preambles on lines": '@preamble{"{\n',
    "addresses": "me@example.org (x) ",
    "commented entries": "% @a{b,\n",
    "good entries on one line": "@a{b,c={d}}",
    "good entries in one value": "\n@a{b,c={d}}",
    "extra braces": "@a{b,c={d}},e={f}\n",
}
PREFIXES = {
    "good entries in one value": "@a{b,c={",
    "fields that never close": "@a{b",
    "strings that never close": "@a{b",
}
LETTERS = "etaoinshrdlucmfwypvbgkqjxz"
COMMANDS = ('G{\\"o}del', "caf\\'{e}", "{DNA}", "\\emph{in vivo}", "$x^{2}$", "Stra{\\ss}e", "R\\&D")


def main() -> None:
    options = arguments()
    text = make(options.entries)
    if options.write:
        options.write.write_text(text, encoding="utf-8", newline="")
    seconds = min(timed(counted, text) for _ in range(options.repeat))
    size = len(text.encode()) / 1e6
    print(f"realistic file: {options.entries} entries, {size:.1f} MB, {seconds:.3f} s, {size / seconds:.1f} MB/s")
    if options.floods:
        print(f"{'flood':30} {'1 MB':>8} {'4 MB':>8} {'ratio':>6}")
        for name, unit in FLOODS.items():
            one, four = (timed(parse, flood(name, unit, size)) for size in (1, 4))
            print(f"{name:30} {one:7.3f}s {four:7.3f}s {four / one:6.1f}")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--no-floods", dest="floods", action="store_false")
    parser.add_argument("--write", type=Path, help="keep the realistic file")
    return parser.parse_args()


def timed(action: Callable[[str], object], text: str) -> float:
    """Seconds of CPU time."""
    start = time.process_time()
    action(text)
    return time.process_time() - start


def counted(text: str) -> int:
    """The characters of all names and values in the text."""
    return sum(len(name) + len(raw) for entry in parse(text).entries() for name, raw in entry.pairs)


def flood(name: str, unit: str, megabytes: float) -> str:
    """The unit as often as it goes into the size."""
    return PREFIXES.get(name, "") + unit * int(megabytes * 1e6 / len(unit))


def make(entries: int, seed: int = 1) -> str:
    """A bibliography of made-up entries, always the same."""
    draw = random.Random(seed)
    words = ["".join(draw.choices(LETTERS, range(26, 0, -1), k=draw.randint(2, 11))) for _ in range(3000)]
    style = Style()
    return "\n".join(entry(draw, words, style, number) + "\n" for number in range(entries))


def entry(draw: random.Random, words: list[str], style: Style, number: int) -> str:
    kind = draw.choice(("article", "article", "inproceedings", "book"))
    year = draw.randint(1970, 2024)
    first = draw.randint(1, 900)
    fields = [
        ("author", " and ".join(person(draw, words) for _ in range(draw.randint(1, 5)))),
        ("title", sentence(draw, words, 11)),
        ("journal" if kind == "article" else "publisher", sentence(draw, words, 4)),
        ("year", str(year)),
        ("volume", str(draw.randint(1, 99))),
        ("number", str(draw.randint(1, 12))),
        ("pages", f"{first}--{first + draw.randint(1, 40)}"),
        ("doi", f"10.{draw.randint(1000, 9999)}/{draw.choice(words)}.{number}"),
        ("url", f"https://example.org/{draw.choice(words)}/{number}"),
        ("keywords", ", ".join(draw.choices(words, k=5))),
        ("abstract", sentence(draw, words, 78)),
    ]
    return write_entry(kind, f"{draw.choice(words)}{year}{draw.choice(words)}{number}", fields, style)


def person(draw: random.Random, words: list[str]) -> str:
    return f"{draw.choice(words).capitalize()}, {draw.choice(words).capitalize()} {draw.choice(LETTERS).upper()}."


def sentence(draw: random.Random, words: list[str], length: int) -> str:
    chosen = draw.choices(words, k=length)
    if draw.random() < 0.5:
        chosen[draw.randrange(length)] = draw.choice(COMMANDS)
    return " ".join(chosen).capitalize()


if __name__ == "__main__":
    main()
