"""How fast journals in several spellings are found: python tests/benchmarks/bench_spellings.py [NAMES]

NAMES (10,000) distinct names are made of words that titles have, each journal in full, in capitals, with `&`, and
abbreviated; then as many that all have the same initials, which is the worst case. Seconds of processor time, of the
first run in a new process: nothing is remembered yet.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from itertools import count, islice, product

from bibkit.serials import abbreviate
from bibkit.spellings import journals, publishers

FIRST = "Journal Annals Archives Reviews Advances Transactions Letters Bulletin Studies Perspectives".split()
FIELD = "Applied Clinical Computational Experimental Theoretical Molecular Physical Social Marine Industrial".split()
WHAT = "Physics Chemistry Medicine Mathematics Biology Engineering Economics History Psychology Geology Law".split()
ALSO = "Education Practice Policy Methods Theory Research Society Technology Management Design Systems".split()


def names(wanted: int) -> Counter[str]:
    full = (f"{a} of {b} {c} and {d}" for a, b, c, d in product(FIRST, FIELD, WHAT, ALSO))
    spelled = (form for name in full for form in (name, name.upper(), name.replace("and", "&"), abbreviate(name)))
    return Counter(islice(spelled, wanted))


def alike(wanted: int) -> Counter[str]:
    """Names of the same initials, a third of them short for others."""
    made = (f"J{'o' * (n % 97)} P{'a' * (n % 89)}{'.' * (n % 3 == 0)} Q{'u' * (n % 83)}" for n in count())
    return Counter(islice(made, wanted))


def main(wanted: int) -> None:
    made, worst = names(wanted), alike(wanted)
    abbreviate.cache_clear()
    for function, counts in ((journals, made), (publishers, made), (journals, worst)):
        start = time.process_time()
        found = function(counts)
        taken = time.process_time() - start
        print(f"{function.__name__}: {len(counts)} names, {len(found)} in several spellings: {taken:.2f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
