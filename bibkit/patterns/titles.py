"""Words of titles, as the programs whose patterns are read find them."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# ------------------------------------------------------------------------------------------------ Better BibTeX

_TAGS = re.compile(r'</?(?:i|b|sc|nc|code|span[^>]*)>|"', re.IGNORECASE)
_APART = str.maketrans("/:", "  ")
_BETWEEN_WORDS = re.compile(r"(?<=[^\W\d_])[–—](?=\w)")
_HAN = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]")

# What is cut off the ends of a word: punctuation, and the symbols that stand in its place. An underscore stays.
_EDGES = "-.,;:!?…'‘’‚“”„`´«»‹›()[]{}⟨⟩<>|‖¦~·•*^†‡°¡¿&@#§¶+=−×÷\\‐‒–—―′″ "


class _Removed(dict[int, int | None]):
    """Whether a character is punctuation or a dash, worked out when it is first met."""

    dashes = frozenset("─－―")

    def __missing__(self, code: int) -> int | None:
        char = chr(code)
        self[code] = None if unicodedata.category(char) in self.kinds or char in self.extra else code
        return self[code]

    def __init__(self, kinds: str, extra: frozenset[str] = frozenset()) -> None:
        super().__init__()
        self.kinds = frozenset(kinds.split())
        self.extra = extra


_PUNCTUATION = _Removed("Pe Pf Pi Po Ps")
_DASHES = _Removed("Pd", _Removed.dashes)


def without_punctuation(some: str, dash: str = "-") -> str:
    """Without punctuation, every dash as the one given. Connectors (`_`) and symbols (`+`) are no punctuation."""
    if some.isalnum():
        return some
    if not dash:
        return some.translate(_DASHES).translate(_PUNCTUATION)
    pieces = "".join("\0" if _DASHES[ord(char)] is None else char for char in some).split("\0")
    return dash.join(piece.translate(_PUNCTUATION) for piece in pieces)


@lru_cache(maxsize=1 << 12)
def words(title: str, skipped: frozenset[str], bare: bool) -> tuple[str, ...]:
    """The words of a title but the skipped ones and single letters; `bare` takes punctuation and dashes out of them.

    A compound with hyphens is one word, two words with an en dash between are two. Chinese and Japanese without blanks
    count as one word.
    """
    found = []
    for piece in _apart(title):
        word = piece if piece.isalnum() else piece.strip(_EDGES)
        if word.lower() in skipped:
            continue
        if bare and not word.isalnum():
            word = without_punctuation(word, "")
            if word.lower() in skipped:
                continue
        if _says_something(word):
            found.append(word)
    return tuple(found)


def _apart(title: str) -> list[str]:
    """What stands between blanks, slashes, colons, and long dashes without blanks around."""
    if "<" in title or '"' in title:
        title = _TAGS.sub("", title)
    if not title.isascii():
        title = _BETWEEN_WORDS.sub(" ", title)
    return title.translate(_APART).split() if ":" in title or "/" in title else title.split()


def _says_something(word: str) -> bool:
    return len(word) > 1 or word.isdecimal() or bool(_HAN.match(word))


def apart(some: str) -> str:
    """The text with every ideograph a word of its own."""
    return " ".join(_HAN.sub(lambda found: f" {found[0]} ", some).split())


# ------------------------------------------------------------------------------------------------ JabRef

_JABREF_WORD = re.compile(r"[^\s-]+")


def jabref_words(title: str) -> list[str]:
    """The words of a title: what stands between white space and hyphens."""
    return _JABREF_WORD.findall(title)


def capitalized(some: str) -> str:
    """Every word with a capital, and all else in lower case."""
    return re.sub(r"\S+", lambda found: _capital(found[0].lower()), some)


def _capital(word: str) -> str:
    for place, char in enumerate(word):
        if char.isalpha():
            return word[:place] + char.upper() + word[place + 1 :]
    return word


def title_case(some: str, small: frozenset[str]) -> str:
    """Every word with a capital but the small ones, which have it first, last and after a colon."""
    listed = some.split()
    out = []
    for number, word in enumerate(listed):
        edge = number in (0, len(listed) - 1) or listed[number - 1].endswith(":")
        low = word.lower()
        out.append(_capital(low) if edge or low.strip(".,;:!?()") not in small else low)
    return " ".join(out)


def sentence_case(some: str) -> str:
    """All in lower case but the first letter of each sentence."""
    return re.sub(r"((?:^|[.!?]\s)\W*)(\w)", lambda found: found[1] + found[2].upper(), some.lower())
