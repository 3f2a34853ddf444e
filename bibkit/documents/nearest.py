"""The keys that are most like one that nobody has: quick among 50,000, whatever they look like.

Keys are compared by the three-letter pieces that they share, the rarest pieces first; only the few best are then
compared letter by letter.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from difflib import SequenceMatcher

from bibkit.lock import caseless

_PIECES = 8  # of a key that are looked up, the rarest first
_COMMON = 3000  # keys that have a piece, above which it tells nothing
_COMPARED = 24  # keys that are compared letter by letter
_ALIKE = 0.7


class Nearest:
    """Suggestions out of these keys; the index is made when it is first asked."""

    def __init__(self, keys: Iterable[str]) -> None:
        self.keys = list(keys)
        self.index: dict[str, list[int]] = {}

    def to(self, key: str, number: int = 2) -> list[str]:
        """The keys that are most like this one, the likeliest first; none where none is like it."""
        if not self.index:
            self.index = _indexed(self.keys)
        wanted = caseless(key)
        postings = [self.index[piece] for piece in set(_pieces(wanted)) if piece in self.index]
        postings = sorted((each for each in postings if len(each) <= _COMMON), key=len)[:_PIECES]
        shared = Counter(place for each in postings for place in each)
        matcher = SequenceMatcher(None, "", wanted, autojunk=False)
        rated = []
        for place, _ in shared.most_common(_COMPARED):
            matcher.set_seq1(caseless(self.keys[place]))
            rated.append((-matcher.ratio(), self.keys[place]))
        return [name for rating, name in sorted(rated)[:number] if -rating >= _ALIKE]


def _indexed(keys: list[str]) -> dict[str, list[int]]:
    index: dict[str, list[int]] = defaultdict(list)
    for place, key in enumerate(keys):
        for piece in set(_pieces(caseless(key))):
            index[piece].append(place)
    return index


def _pieces(key: str) -> list[str]:
    marked = f"^{key}$"
    return [marked[start : start + 3] for start in range(len(marked) - 2)]
