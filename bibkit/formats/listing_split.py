"""Where the title ends and the authors begin, in a line that has both without a space between them.

Every place inside a word where a name could begin is a reading; so is "no authors at all". Each reading is weighed by
named evidence: what the title's last word is, what the first name looks like, what else is known. The weights are
those of a conditional logistic regression: the weights of a reading add up, and `exp(weight) / sum` over all readings
is the probability that it is the right one. They were fitted on titles and authors of 700 papers of machine-learning
venues and 3,600 references in databases, health and environment, set without a space: with and without abstracts, with
and without the rest of their listing, with letters lost, and with authors left out. Nothing here knows a given name or
a title's word by heart: words come from the listing's abstracts, names from the authors after a comma, from other
sources and from other layouts.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain, islice

import msgspec

from bibkit.names import CONNECTORS, PARTICLES, SUFFIXES

SURE = 0.97  # a reading that is less probable is worth a look by a person
LONGEST_LINE = 20_000  # characters; a longer line is not split
MOST_PLACES = 64  # places; a line with more of them is not split
WORDS_LEARNED = 2_000_000  # characters of abstracts from which words are learned

_SHOWN = 300  # characters of a title or of authors in a message
_SUREST = 0.9999  # no cut is certain
_WEAK = 5.0  # the weight of a reading that is worth trying for names without their first letter
_MOST_WORDS = 7  # words of one name
_LOST_PIECES = 4  # pieces, from the first that may hold the cut, in which such a name may begin
_WINDOW = 240  # characters at the end of a piece in which a name may begin

# ------------------------------------------------------------------------------------------------ words of names

_CASED = [chr(code) for code in (*range(0x41, 0x590), *range(0x1E00, 0x2000))]  # Latin, Greek, Cyrillic, Armenian
_UP = "".join(char for char in _CASED if char.isupper())
_LOW = "".join(char for char in _CASED if char.islower())
_MARK = "'’`‘"
_DASH = r"\-‐‑"

FUNCTION_WORDS = frozenset(
    """
    a an and are as at be between beyond but by can do does for from how if in into is it its not of on or over than
    that the their this through to toward towards under using via we what when where which who why will with without
    Here Our These This We
    """.split()
)

# The kinds of words in names, in this order.
_KIND_WORDS = (
    ("suffix", SUFFIXES),
    ("function", FUNCTION_WORDS),
    ("particle", PARTICLES | CONNECTORS),
)
_KINDS = (
    ("initial", rf"[{_UP}](?:\.(?:[{_DASH}]?[{_UP}{_LOW}]\.)*(?:[{_DASH}]?[{_UP}])?)?"),
    (
        "plain",
        rf"(?:[{_UP}]|[{_LOW}{_UP}]{{1,2}}[{_MARK}][{_UP}])[{_LOW}]+(?:[{_DASH}{_MARK}](?:[{_UP}]?[{_LOW}]+|[{_UP}]\.?))*",
    ),
    ("capitals", rf"[{_UP}]{{2,}}(?:[{_DASH}{_MARK}][{_UP}]+)*"),
    ("nickname", rf"[(\"“'‘][{_UP}][{_LOW}]+[)\"”'’]"),
    ("run", rf"(?:[{_UP}]\.)+[{_UP}][{_LOW}]+(?:[{_DASH}][{_UP}]?[{_LOW}]+)*"),
    ("camel", rf"[{_UP}][{_LOW}]*(?:[{_DASH}]?[{_UP}][{_LOW}]*)+"),
    ("lower", rf"[{_LOW}][{_LOW}{_MARK}]*(?:[{_DASH}][{_UP}]?[{_LOW}]+)*"),
)
_KIND_PATTERNS = tuple((name, re.compile(pattern)) for name, pattern in _KINDS)
_ODD = frozenset(("lower", "capitals", "other", "function"))
_NEVER_IN_NAMES = frozenset(("function", "other"))


@lru_cache(maxsize=1 << 16)
def kind(word: str) -> str:
    """What a word of a name looks like: `initial`, `plain`, `capitals`, `camel`, `lower`, `particle` …, or `other`."""
    for name, words in _KIND_WORDS:
        if word in words:
            return name
    return next((name for name, pattern in _KIND_PATTERNS if pattern.fullmatch(word)), "other")


def could_be_name(piece: str) -> bool:
    """Whether each word of this could stand in a name, and there are not too many of them."""
    if len(piece) > _WINDOW:
        return False
    words = piece.split()
    return 0 < len(words) <= _MOST_WORDS and _NEVER_IN_NAMES.isdisjoint(map(kind, words))


# ------------------------------------------------------------------------------------------------ what is known


class Known:
    """What one listing, and all others, teach: words of running text and the names of authors."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self.words: set[str] = set()
        self.names: set[str] = set()
        self.given: set[str] = set()
        self._room = WORDS_LEARNED
        for name in names:
            self.learn_name(name)

    def learn_text(self, text: str) -> None:
        """Learn the words of running text, up to a bound."""
        if self._room > 0:
            self.words.update(re.findall(r"\w+", " ".join(set(text[: self._room].split()))))
            self._room -= len(text)

    def learn_name(self, name: str) -> None:
        """Learn a name that is certain."""
        self.names.add(name)
        given, _, rest = name.partition(" ")
        if rest:
            self.given.add(given)


# ------------------------------------------------------------------------------------------------ the end of the line

_DOT = re.compile("[·•∙]")
_AFFILIATION = re.compile(r"\s+[·•∙]\s+(?=[^·•∙]*$)")
_ET_AL = re.compile(r"[\s,]*\bet\.? al\b\.?$")
_AFFILIATION_LENGTH = 120  # characters at the end of a line in which to look for it
_ET_AL_LENGTH = 12  # characters at the end of a line in which to look for it
_AND = re.compile(r"\s+(?:and|&)\s+")


class Credits(msgspec.Struct, frozen=True, gc=False):
    """A line without its affiliation and its `et al.`, and whether it had them."""

    text: str
    et_al: bool = False
    affiliation: str = ""


def read_credits(line: str) -> Credits:
    """Take `et al.` and ` · affiliation` from the end of a line."""
    place = max(0, len(line) - _AFFILIATION_LENGTH)
    found = _AFFILIATION.search(line, place) if _DOT.search(line, place) else None
    text, affiliation = (line[: found.start()], line[found.end() :]) if found else (line, "")
    cut = _ET_AL.search(text, max(0, len(text) - _ET_AL_LENGTH))
    return Credits(text[: cut.start()] if cut else text, bool(cut), affiliation)


def name_list(text: str) -> tuple[str, ...]:
    """The names between commas, a suffix joined to the name before it."""
    names: list[str] = []
    for name in filter(None, chain.from_iterable(map(_at_and, text.split(",")))):
        if names and name in SUFFIXES:
            names[-1] += f", {name}"
        else:
            names.append(name)
    return tuple(names)


def _at_and(piece: str) -> Iterable[str]:
    """The names on both sides of an `and`; beside a single word it is part of a name (Bayes and Graphs Group)."""
    name = piece.strip()
    if "and " not in name and "& " not in name:
        return (name,)
    names = _AND.split(name.removeprefix("and ").removeprefix("& "))
    return names if len(names) == 1 or all(" " in part for part in names) else (name,)


def is_name_list(text: str) -> bool:
    """Whether a whole line or paragraph is a list of authors and nothing else."""
    first = text[:_WINDOW].partition(",")[0]
    if len(text) > LONGEST_LINE or first.count(" ") > _MOST_WORDS + 3:  # et al. · affiliation
        return False
    if len(text) > _WINDOW and not _is_name(first) and " and " not in first:
        return False
    line = read_credits(text)
    names = name_list(line.text)
    return bool(names) and (line.et_al or " " in names[0] or len(names) > 1) and all(map(_is_name, names))


def _is_name(name: str) -> bool:
    kinds = [kind(word) for word in name.replace(",", "").split()] if could_be_name(name.replace(",", "")) else []
    small = kinds.count("lower")
    return bool(kinds) and small <= 1 and small < len(kinds)


def certain_names(line: str) -> Iterator[str]:
    """The names in a line with title and authors that must be names: those after the last comma of the title."""
    if len(line) > LONGEST_LINE:
        return
    pieces = read_credits(line).text.split(",")
    for piece in reversed(pieces[1:]):
        name = piece.strip()
        if not _is_name(name) or has_glue(name):
            return
        if " " in name:
            yield name


# ------------------------------------------------------------------------------------------------ readings

_CLOSED = r">0-9)\]}?!%\"'”’»$*+…."
# A capital after a small letter or a closed word; or the last one of several, or two to twenty before a blank.
# The first character is a plain set, which makes the search fast.
_GLUED = re.compile(
    rf"[{_UP}](?:(?<=[{_LOW}{_CLOSED}].)|(?<=[{_UP}].)(?=[{_LOW}.{_MARK}{_DASH}\s]|[{_UP}]{{1,19}}(?:[\s,]|$)))"
)
_WORD = re.compile(r"\w+")


def has_glue(text: str) -> bool:
    """Whether a name could begin inside a word of this."""
    return bool(_GLUED.search(text))


class Split(msgspec.Struct, frozen=True, gc=False):
    """The best reading of a line, how probable it is, and the second best in words if the best is not sure."""

    title: str
    authors: tuple[str, ...]
    et_al: bool = False
    affiliation: str = ""
    confidence: float = 1.0
    weight: float = 0.0
    second: str = ""


class _Line:
    """A line and what its readings share."""

    def __init__(self, line: Credits, abstract: str, known: Known) -> None:
        self.text = line.text.rstrip(" ,")
        self.et_al = line.et_al
        self.abstract = abstract[:LONGEST_LINE].lower()
        self.known = known
        self.pieces = self._pieces()

    def _pieces(self) -> list[tuple[int, int, int]]:
        """From the end: start and end of each piece that could hold a name's beginning; one-word names after it."""
        found, end, single = [], len(self.text), 0
        while True:
            start = self.text.rfind(",", 0, end) + 1
            found.append((max(start, end - _WINDOW), end, single))
            piece = self.text[start:end]
            if not start or not could_be_name(piece):
                return found
            single += " " not in piece.strip()
            end = start - 1

    def has(self, word: str) -> bool:
        """Whether the abstract has this word, in any case."""
        place = self.abstract.find(word)
        while place >= 0:
            end = place + len(word)
            if not (place and self.abstract[place - 1].isalnum()) and not self.abstract[end : end + 1].isalnum():
                return True
            place = self.abstract.find(word, place + 1)
        return False

    def knows(self, word: str) -> bool:
        """Whether running text has this word, here or elsewhere in the listing."""
        return word in self.known.words or word.lower() in self.known.words or self.has(word.lower())


class Place(msgspec.Struct, frozen=True, gc=False):
    """A place where the authors could begin: the bounds of its piece, and how many one-word names follow."""

    at: int
    start: int
    end: int
    single: int


def glued_places(line: _Line) -> Iterator[Place]:
    """Where a capital follows inside a word, and not too many words come after it before the next comma."""
    for start, end, single in line.pieces:
        for found in _GLUED.finditer(line.text, start + 1, end):
            if line.text.count(" ", found.start(), end) < _MOST_WORDS:
                yield Place(found.start(), start, end, single)


def lost_places(line: _Line) -> Iterator[Place]:
    """Where a name without its first letter could begin: after a known word, inside a word that is not known.

    Only where other authors follow; else each title that ends in a known word and more would have an author.
    """
    if not line.et_al and "," not in line.text:
        return
    for start, end, single in line.pieces[-_LOST_PIECES:]:
        for found in re.finditer(r"\S+", line.text[start:end]):
            word, at = found.group(), start + found.start()
            if len(word) <= 60 and 1 <= line.text.count(" ", at, end) < _MOST_WORDS and not line.knows(word):
                cuts = (cut for cut in range(2, len(word) - 1) if _lost_cut(line, word, cut))
                yield from (Place(at + cut, start, end, single) for cut in cuts)


def _lost_cut(line: _Line, word: str, cut: int) -> bool:
    if not word[cut].islower():
        return False
    last = _last_word(word[:cut])
    return word[cut - 1] in "?!)" or (len(last) > 1 and line.knows(last))


def _last_word(token: str) -> str:
    """The last word of a title; all of a compound one whose last part is but a letter (DALL-E)."""
    words = _WORD.findall(token)
    if words and len(words[-1]) == 1:
        return token.strip("\"'’”“([{)]}?!.,:;")
    return words[-1] if words else ""


# ------------------------------------------------------------------------------------------------ evidence

WEIGHTS = {
    "title word of the abstract": 2.6,
    "title word like one of the abstract": 1.6,
    "title word of the listing": -0.2,
    "title word unknown": -0.9,
    "title word begins with a known word": -1.0,
    "title ends in a capital": -1.0,
    "title ends in a function word": -2.1,
    "title ends in a letter": -3.0,
    "title ends in a full stop or apostrophe": -3.1,
    "cuts a known word": -2.8,
    "cuts a longer known word": -4.2,
    "name begins plain": 3.7,
    "name begins camel": 2.3,
    "name begins capitals": 2.0,
    "name begins initial": 1.3,
    "name begins function": -0.8,
    "name begins particle": -1.0,
    "name begins lower": -2.2,
    "name begins other": -3.2,
    "name of 2": 2.6,
    "name of 3": 2.1,
    "name of 4": 1.1,
    "name of 5": -0.1,
    "name of 1": -3.6,
    "then function": -0.5,
    "then other": -2.0,
    "then capitals": -2.2,
    "then lower": -3.0,
    "given name known": 1.7,
    "name known": 1.3,
    "given name is a word": -1.1,
    "name has a word": -1.6,
    "one-word name": -2.5,
    "only author": -2.8,
    "no authors and no abstract": 2.5,  # more than fitted (1.1): an entry without an abstract may be cut anywhere
    "no authors but et al.": -0.9,
    "no authors but a comma": -1.3,
    "no authors": -2.1,
}


def evidence(line: _Line, place: Place) -> list[str]:
    """What speaks for and against this place, as names in `WEIGHTS`."""
    return _of_title(line, place) + _of_name(line, place)


def _of_title(line: _Line, place: Place) -> list[str]:
    start = max(line.text.rfind(" ", 0, place.at) + 1, place.start - _WINDOW)
    token, rest = line.text[start : place.at], line.text[place.at : place.end].partition(" ")[0]
    last, border = _last_word(token), token[-1]
    familiar = _familiarity(line, last)
    found = [f"title word {familiar}"] if line.abstract or familiar != "unknown" else []
    if border.isupper():
        found.append("title ends in a capital")
    elif border in "'’.":
        found.append("title ends in a full stop or apostrophe")
    if border == last:
        found.append("title ends in a letter")
    if last in FUNCTION_WORDS or last.lower() in FUNCTION_WORDS:
        found.append("title ends in a function word")
    return found + _of_cut(line, token, last, rest, familiar)


def _of_cut(line: _Line, token: str, last: str, rest: str, familiar: str) -> list[str]:
    """Whether the place is inside a word that is known, or after the end of one."""
    found = []
    if familiar == "unknown" and any(line.knows(_last_word(token[: cut.start()])) for cut in _GLUED.finditer(token, 1)):
        found.append("title word begins with a known word")
    if line.knows(token + rest):
        found.append("cuts a known word")
    elif familiar == "unknown" or rest[0].islower() or _GLUED.search(rest, 1):
        sizes = (size for size in range(1, min(len(rest), 40)) if rest[size] != ".")
        if any(line.knows(last + rest[:size]) for size in sizes):
            found.append("cuts a longer known word")
    return found


def _familiarity(line: _Line, word: str) -> str:
    lower = word.lower()
    if not word:
        return "unknown"
    if line.has(lower):
        return "of the abstract"
    if len(lower) > 3 and line.has(lower[:-1] if lower.endswith("s") else f"{lower}s"):
        return "like one of the abstract"
    return "of the listing" if line.knows(word) else "unknown"


def _of_name(line: _Line, place: Place) -> list[str]:
    words = line.text[place.at : place.end].split()
    kinds = [kind(word) for word in words]
    found = [f"name begins {kinds[0]}", f"name of {min(len(words), 5)}"]
    found += [f"then {sort}" for sort in kinds[1:] if sort in _ODD]
    if " ".join(words) in line.known.names:
        found.append("name known")
    if words[0] in line.known.given:
        found.append("given name known")
    if kinds[0] != "initial" and words[0].lower() in line.known.words:
        found.append("given name is a word")
    for word, sort in zip(words[1:], kinds[1:], strict=True):
        if sort != "particle" and word.lower() in line.known.words:
            found.append("name has a word")
    if place.end == len(line.text):
        found.append("only author")
    return found + ["one-word name"] * min(place.single, 3)


# ------------------------------------------------------------------------------------------------ the decision


def _without(line: _Line) -> list[str]:
    found = ["no authors"]
    if "," in line.text:
        found.append("no authors but a comma")
    if line.et_al:
        found.append("no authors but et al.")
    if not line.abstract:
        found.append("no authors and no abstract")
    return found


def _weigh(names: Iterable[str]) -> float:
    return sum([WEIGHTS.get(name, 0.0) for name in names])


def readings(line: _Line) -> list[tuple[float, int]]:
    """All readings of a line, the most probable first: the weight of each, and where the authors begin (0: nowhere)."""
    found = [(_weigh(evidence(line, place)), place.at) for place in _some(glued_places(line))]
    if not found or max(found)[0] < _WEAK:
        found += [(_weigh(evidence(line, place)), place.at) for place in _some(lost_places(line))]
    found.append((_weigh(_without(line)), 0))
    found.sort(reverse=True)
    return found


def _some(places: Iterable[Place]) -> list[Place]:
    some = list(islice(places, MOST_PLACES + 1))
    return some if len(some) <= MOST_PLACES else []


def split(text: str, abstract: str, known: Known) -> Split:
    """Cut a line into title and authors. Where nothing looks like an author, all of it is the title."""
    line = read_credits(text)
    (best, place), *rest = _ranked(line, abstract, known)
    if line.affiliation and not place:
        line = Credits(text)
        (best, place), *rest = _ranked(line, abstract, known)
    confidence = min(_SUREST, round(1 / (1 + sum([math.exp(weight - best) for weight, _ in rest])), 4))
    second = reading_in_words(line.text[: rest[0][1]], line.text[rest[0][1] :]) if confidence < SURE and rest else ""
    if not place:
        return Split(text, (), False, "", confidence, best, second)
    names = name_list(line.text[place:])
    return Split(line.text[:place].rstrip(), names, line.et_al, line.affiliation, confidence, best, second)


def _ranked(line: Credits, abstract: str, known: Known) -> list[tuple[float, int]]:
    return readings(_Line(line, abstract, known)) if len(line.text) <= LONGEST_LINE else [(0.0, 0)]


def reading_in_words(title: str, authors: str) -> str:
    """A reading as messages show it. Without a title, all of it is the title."""
    said = f", authors {_clipped(authors)}" if title and authors else ", no authors"
    return f"title {_clipped(title or authors)}{said}"


def _clipped(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")
