"""One work for each paper: find the records that are the same, and merge them without losing anything.

Three steps, each a function of its own: `block` proposes pairs, `compare` says what speaks for and against a pair,
`decide` gives the verdict. `match` runs them and makes clusters; `works` merges these.
"""

from __future__ import annotations

from bibkit.dedupe.blocking import block
from bibkit.dedupe.clusters import match
from bibkit.dedupe.deciding import compare, decide
from bibkit.dedupe.evidence import Clue, Evidence, Matching, Pair, Verdict
from bibkit.dedupe.merging import merge
from bibkit.dedupe.works import Merged, works

__all__ = [
    "Clue", "Evidence", "Matching", "Merged", "Pair", "Verdict",
    "block", "compare", "decide", "match", "merge", "works",
]  # fmt: skip
