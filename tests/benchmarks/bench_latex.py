"""How fast LaTeX is decoded and encoded: python tests/benchmarks/bench_latex.py [FILE.bib ...]

Without files, three kinds of values are measured: a plain one, an ordinary entry's, an abstract. Each is decoded, and
what comes out is encoded: MB of input per second of processor time. Of a file, the values of all fields are taken.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bibkit.latex import decode, encode

VALUES = {
    "plain": ["Learning appearance motion normality for video anomaly detection in the wild"],
    "entry": [
        "Deep {CNN} Models for {\\'E}tudes of 3D -- A Survey",
        "M{\\\"u}ller, J. and Garc{\\'i}a, Mar{\\'\\i}a and Smith, John A. and Doe, Jane",
        "IEEE Transactions on Pattern Analysis \\& Machine Intelligence",
        "10.1109/TPAMI.2020.1234567",
        "1234--1250",
        "This paper presents a method for the detection of anomalies in video. " * 12,
    ],
    "abstract": [
        """We present a new method for the detection
        of anomalies in video, with a gain of 98.1\\%
        over the authors' own baseline. """
        * 10,
    ],
}
_FIELD = re.compile(r"(?m)^\s*\w+\s*=\s*[{\"](.*?)[}\"],?\s*$", re.DOTALL)


def speed(function: Callable[[str], str], values: list[str]) -> float:
    """MB of input per second of processor time, the best of three."""
    size = sum(len(value.encode()) for value in values)
    rounds = max(1, 2_000_000 // size)

    def once() -> float:
        start = time.process_time()
        for _ in range(rounds):
            for value in values:
                function(value)
        return time.process_time() - start

    return size * rounds / min(once() for _ in range(3)) / 1e6


def main(paths: list[str]) -> None:
    files = {path: _FIELD.findall(Path(path).read_text(encoding="utf-8", errors="replace")) for path in paths}
    for name, values in (files or VALUES).items():
        rich = [decode(value, protect=True) for value in values]
        rates = (
            speed(partial(decode, protect=True), values),
            speed(encode, rich),
            speed(partial(encode, target="ascii"), rich),
        )
        print(f"{name}: decode {rates[0]:.1f} MB/s, encode {rates[1]:.1f}, to ASCII {rates[2]:.1f}")


if __name__ == "__main__":
    main(sys.argv[1:])
