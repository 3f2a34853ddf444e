"""Titles of journals and series in short, by the rules of ISO 4.

Sources: ISO 4:1997; ISSN Manual (ISSN International Centre), 7.1; the words are in `ltwa`.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache

import msgspec

from bibkit import ltwa, text

_ARTICLES = {
    "en": "a an the",
    "de": "das dem den der des die ein eine einem einen einer eines",
    "fr": "la le les un une",
    "es": "el la las los un una",
    "it": "gli i il la le lo un una uno",
    "pt": "a as o os um uma",
    "nl": "de een het",
    "sv": "den det en ett",
}
_OTHERS = {  # prepositions and conjunctions
    "en": "about among and at but by for from in into of on or over through to und upon via with within",
    "de": "am an auf aus bei beim für fur im in mit nach oder über uber um und von vom zu zum zur",
    "fr": "à a au aux avec chez dans de des du en et ou par pour sous sur",
    "es": "al con de del e en o para por sobre u y",
    "it": "a ai agli al alla alle con da dal dalla dei degli del della delle dello di e ed in nel nella per su sul",
    "pt": "à ao aos com da das de do dos e em na nas no nos ou para por",
    "nl": "aan bij der en in met of op te ter tot uit van voor",
    "sv": "af av för i med och og om på til till",
    "la": "ad de et ex in pro",
}
_ONLY_THERE = frozenset("no nos as os om um te tot".split())  # words of other languages than their own
_MISTAKABLE = _ONLY_THERE | frozenset("ad am den ex med pro".split())  # where all is in capitals
_ENGLISH = frozenset(f"{_ARTICLES['en']} {_OTHERS['en']}".split())
_LANGUAGES = frozenset({*_ARTICLES, *_OTHERS})
_FIXED = frozenset("situ silico utero vitro vivo".split())  # `in vivo` stays (ISSN Manual, 7.1.7)
_PHRASES = {
    "united states america": "U. S. A.",
    "united states": "U. S.",
    "united kingdom": "U. K.",
    "new york": "N. Y.",
    "new zealand": "N. Z.",
    "new england": "N. Engl.",
    "south africa": "S. Afr.",
    "north america": "N. Am.",
    "south america": "S. Am.",
    "hong kong": "Hong Kong",
    "los alamos": "Los Alamos",
    "los angeles": "Los Angeles",
    "san francisco": "San Francisco",
}
_PARTS = frozenset("part section series serie reihe teil ser sect sec pt volume".split())
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_ELISION = re.compile(r"(?:[dlnst]|qu|un|dell|all|nell|sull|dall)['’](?=.{2})", re.IGNORECASE)
_TEX = re.compile(r"\\(?=[&%$#_ ])|[{}]")
_SUBTITLE = re.compile(r":\s|\s[-–—=]\s")

LONGEST = 1000  # characters


class Word(msgspec.Struct):
    """A word of a title with what stands before it; pointed: a full stop follows; enclosed: it stands in brackets."""

    gap: str
    text: str
    folded: str
    enclosed: bool = False
    pointed: bool = False
    initial: bool = False


@lru_cache(maxsize=1 << 12)
def abbreviate(title: str, language: str = "") -> str:
    """The title in short: `Journal of Machine Learning Research` is `J. Mach. Learn. Res.`

    Articles, conjunctions and prepositions go, and so do commas; a title of one word stays; letters keep their case;
    parts keep their names (`Phys. Lett. Sect. B`); what is short already, and acronyms in a title that is not all in
    capitals, stay. Points that were left out are set (`Phys Rev Lett`). `language` (`de`, `fr-CA`) says whose small
    words go; without it, those of all languages that cannot be mistaken. Of marks and TeX the letters are left. What
    has more than 1,000 characters is no title, and stays.
    """
    if len(title) > LONGEST:
        return title
    title = _literal(title)
    kept, tail = _significant(title, language)
    if sum(not word.enclosed for word in kept) > 1:
        _shorten(kept, capitals=_shouts(title))
    joined = "".join(f"{word.gap}{word.text}" for word in kept) + tail
    return " ".join(joined.replace(",", " ").replace(" :", ":").split())


def significant(title: str, language: str = "") -> list[Word]:
    """The words of a title without articles, conjunctions and prepositions (one that is the first stays).

    Initials without blanks (`U.S.A.`) and what an apostrophe parts (`children's`) are one word.
    """
    words: list[Word] = []
    if len(title) > LONGEST:
        return words
    for word in _significant(_literal(title), language)[0]:
        word.folded = word.folded.replace(" ", "")
        if words and word.gap == "." and len(word.folded) == 1 and words[-1].initial:
            words[-1].folded += word.folded
        elif word.folded:
            word.initial = len(word.folded) == 1 and word.pointed
            words.append(word)
    for word in words:
        word.pointed = word.pointed and (not word.initial or len(word.folded) == 1)
    return words


def _literal(title: str) -> str:
    return _TEX.sub("", html.unescape(text.plain(title)))


def _shouts(title: str) -> bool:
    return not any(char.islower() for char in title)


def _significant(title: str, language: str) -> tuple[list[Word], str]:
    """The words that count, and what stands behind the last one."""
    pieces, tail = _words(title)
    used = _small_words(language.lower().replace("_", "-").split("-")[0], _shouts(title))
    return (_without_small(pieces, used, tail), tail) if pieces else ([], title)


def _words(title: str) -> tuple[list[Word], str]:
    found: list[Word] = []
    done = depth = 0
    for match in _WORD.finditer(title):
        gap = title[done : match.start()]
        depth = max(0, depth + gap.count("(") + gap.count("[") - gap.count(")") - gap.count("]"))
        word = match[0]
        if elided := _ELISION.match(word):
            word = word[elided.end() :]
        done = match.end()
        folded = text.fold(word.replace("’", "'"))
        found.append(Word(gap, word, folded, depth > 0, title[done : done + 1] == "."))
    return found, title[done:]


def _without_small(pieces: list[Word], used: _SmallWords, tail: str) -> list[Word]:
    """Without the small words; what stood before them goes to the next word."""
    kept: list[Word] = []
    carried = ""
    gaps = [piece.gap for piece in pieces[1:]] + [tail]
    following = [piece.folded for piece in pieces[1:]] + [""]
    for piece, gap, after in zip(pieces, gaps, following, strict=True):
        piece.gap = _merged(carried, piece.gap)
        carried = ""
        before = kept[-1].folded if kept else ""
        if after not in _FIXED and _small(piece, used, gap, first=not kept, before=before):
            carried = piece.gap
        else:
            kept.append(piece)
    return kept if kept else pieces


def _merged(carried: str, gap: str) -> str:
    """`&` and `+` between blanks are conjunctions."""
    joined = carried + gap
    return joined.replace(" & ", " ").replace(" + ", " ") if "&" in joined or "+" in joined else joined


def _small(piece: Word, words: _SmallWords, gap: str, *, first: bool, before: str) -> bool:
    if not gap[:1].isspace() or piece.gap[-1:] == "-" or before in _PARTS:
        return False
    low = piece.text.lower()
    if _SUBTITLE.search(piece.gap) and low in words.articles:
        return True
    if len(low) == 1 and piece.text.isupper() and not first:  # Physical Review A, and more of it
        return False
    if low not in words.english and piece.text != low and not words.capitals and not first:
        return False  # `Am`, `Med` are short words, `am` and `med` are small ones
    return low in words.articles or (low in words.others and not first)


class _SmallWords(msgspec.Struct, frozen=True):
    """What counts as article, and as preposition or conjunction, in this title."""

    english: frozenset[str]
    articles: frozenset[str]
    others: frozenset[str]
    capitals: bool


@lru_cache(maxsize=64)
def _small_words(language: str, capitals: bool) -> _SmallWords:
    """Those of English and of the language; of all languages if it is not known."""
    used = {"en", language} if language in _LANGUAGES else _LANGUAGES
    without = frozenset() if language in _LANGUAGES else _MISTAKABLE if capitals else _ONLY_THERE
    articles, others = (
        frozenset(" ".join(words.get(one, "") for one in used).split()) - without for words in (_ARTICLES, _OTHERS)
    )
    return _SmallWords(_ENGLISH, articles, others, capitals)


def _shorten(words: list[Word], *, capitals: bool) -> None:
    terse = _terse(words)
    place = 0
    while place < len(words):
        if size := _phrase(words, place):
            place += size
            continue
        short = _short(words[place], capitals, terse)
        words[place].text = short.removesuffix(".") if words[place].pointed else short
        place += 1


def _terse(words: list[Word]) -> bool:
    """Whether all is short already, but for points: `J Clin Oncol`."""
    if any(word.pointed for word in words):
        return False
    known = [word.folded in ltwa.shortened() for word in words]
    others = (word.folded for word, short in zip(words, known, strict=True) if not short)
    return sum(known) * 2 > len(words) and not any(map(ltwa.abbreviation, others))


def _phrase(pieces: list[Word], place: int) -> int:
    """Puts a name of several words in short; how many words it had."""
    for size in (3, 2):
        some = pieces[place : place + size]
        short = _PHRASES.get(" ".join(piece.folded for piece in some))
        if short and all(later.gap.isspace() for later in some[1:]):
            for piece, word in zip(some, [short, "", ""], strict=False):
                piece.text = word
                piece.gap = piece.gap if word else ""
            return size
    return 0


def _short(piece: Word, capitals: bool, terse: bool) -> str:
    word, folded = piece.text, piece.folded
    if folded in ltwa.shortened():
        return f"{word}." if terse else word
    if word.isupper() and len(word) <= 4 and not capitals:
        return word
    short = ltwa.abbreviation(folded.removesuffix(" s"))  # children's
    return f"{_cased(short, word)}." if short else word


def _cased(short: str, word: str) -> str:
    """In the word's own letters where it is cut, else in its case."""
    if text.fold(head := word[: len(short)]) == short:
        return head
    if word.isupper() and len(word) > 1:
        return short.upper()
    return short.capitalize() if word[:1].isupper() else short
