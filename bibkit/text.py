"""Text as Records hold it: rich text and plain, folding for comparison, letter case, identifiers.

Rich text is literal text with CSL's inline marks and with TeX mathematics between dollars; there are no escapes.
Sources: CSL specification 1.0.2, "Rich text" and "Text-case"; pandoc's manual, `tex_math_dollars`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Literal
from urllib.parse import unquote

import msgspec

# ------------------------------------------------------------------------------------------------ rich text

Mark = Literal["i", "b", "sub", "sup", "nocase", "sc"]

OPENING: dict[Mark, str] = {
    "i": "<i>",
    "b": "<b>",
    "sub": "<sub>",
    "sup": "<sup>",
    "nocase": '<span class="nocase">',
    "sc": '<span style="font-variant:small-caps;">',
}
CLOSING: dict[Mark, str] = {mark: "</span>" if "<span" in tag else f"</{mark}>" for mark, tag in OPENING.items()}

# Read as well, never written: HTML's names. Underlining is what a typewriter has for italics.
_ELEMENTS: dict[str, Mark] = {
    "i": "i", "em": "i", "u": "i", "b": "b", "strong": "b", "sub": "sub", "sup": "sup", "sc": "sc"
}  # fmt: skip
_SPANS: dict[str, Mark] = {"nocase": "nocase", "smallcaps": "sc", "small-caps": "sc"}

_TAG = r"<(/?)(i|em|u|b|strong|sub|sup|sc|span)(\s[^<>]*)?>"
MATH_PATTERN = r"\$\$(?=\S)(?:[^\\$]++|\\.)++(?<!\s)\$\$|\$(?=[^\s$])(?:[^\\$]++|\\.)++(?<!\s)\$(?!\d)"
_PIECES = re.compile(rf"\\.|({MATH_PATTERN})|{_TAG}", re.IGNORECASE | re.DOTALL)
_IN_MATH = re.compile(r"\\.|[{}%#&]|\n\s*\n", re.DOTALL)


class Token(msgspec.Struct, frozen=True):
    """A piece of rich text. `text` is its canonical spelling; `mark` is set for `open` and `close`."""

    kind: Literal["text", "open", "close", "math"]
    text: str
    mark: Mark | None = None


def tokens(rich: str) -> list[Token]:
    """The pieces of a rich text; every `open` has its `close`, properly nested, and no two `text` are neighbours.

    A mark that is not closed before the mark around it, and a closing tag without its opening one, are literal text:
    `<i>a<b>c</i>` is `<b>` as characters in italics. Synonyms (`<em>`, `<strong>`, `<u>`, `<sc>`,
    `<span class="smallcaps">`) come out as CSL's marks. Mathematics follows pandoc's rule: the opening dollar is
    followed, and the closing one preceded, by something else than a blank, no digit follows; `$$…$$` too. What could
    not be TeX (a brace or `%` astray, a paragraph's end) is no mathematics: "costs $5 to $10" is literal.
    """
    if "<" not in rich and "$" not in rich:
        return [Token("text", rich)] if rich else []
    return list(_joined(_nested(list(_pieces(rich)))))


class _Piece(msgspec.Struct):
    """A token in the making: what it is if its tag turns out to be paired, and what it says literally."""

    kind: Literal["text", "open", "close", "math"]
    raw: str
    element: str = ""
    mark: Mark | None = None


def _pieces(rich: str) -> Iterator[_Piece]:
    done = 0
    for found in _PIECES.finditer(rich):
        piece = _piece(found)
        if piece is None:
            continue
        yield _Piece("text", rich[done : found.start()])
        yield piece
        done = found.end()
    yield _Piece("text", rich[done:])


def _piece(found: re.Match[str]) -> _Piece | None:
    """What stands here, or None for literal text."""
    math, slash, element, attributes = found.groups()
    if math:
        return _Piece("math", math) if is_math(math.strip("$")) else None
    if element is None:
        return None
    element = element.lower()
    if slash:
        return _Piece("close", found[0], element)
    mark = _span_mark(attributes or "") if element == "span" else _ELEMENTS[element]
    return _Piece("open", found[0], element, mark) if mark else None


def _span_mark(attributes: str) -> Mark | None:
    words = re.split(r"[\s\"'=:;]+", attributes.lower())
    return next((mark for word, mark in _SPANS.items() if word in words), None)


def is_math(formula: str) -> bool:
    """Whether this can stand between dollars: braces in balance, no comment, parameter, tab stop or blank line."""
    depth = 0
    table = "\\begin{" in formula  # where & has a meaning
    for found in _IN_MATH.finditer(formula):
        sign = found[0]
        if sign[0] in "%#\n" or (sign == "&" and not table):
            return False
        depth += (sign == "{") - (sign == "}")
        if depth < 0:
            return False
    return depth == 0


def _nested(pieces: list[_Piece]) -> list[_Piece]:
    """Pairs the tags; what has no partner becomes text. Linear: each tag is pushed and popped once."""
    stack: list[_Piece] = []
    waiting: dict[str, int] = {}
    for piece in pieces:
        if piece.kind == "open":
            stack.append(piece)
            waiting[piece.element] = waiting.get(piece.element, 0) + 1
        elif piece.kind == "close" and not waiting.get(piece.element):
            piece.kind = "text"
        elif piece.kind == "close":
            piece.mark = _close(piece.element, stack, waiting)
    for piece in stack:
        piece.kind = "text"
    return pieces


def _close(element: str, stack: list[_Piece], waiting: dict[str, int]) -> Mark | None:
    while True:
        opened = stack.pop()
        waiting[opened.element] -= 1
        if opened.element == element:
            return opened.mark
        opened.kind = "text"


def _joined(pieces: list[_Piece]) -> Iterator[Token]:
    literal: list[str] = []
    for piece in pieces:
        if piece.kind == "text":
            literal.append(piece.raw)
            continue
        yield from _text(literal)
        literal = []
        yield _token(piece)
    yield from _text(literal)


def _text(literal: list[str]) -> Iterator[Token]:
    if joined := "".join(literal):
        yield Token("text", joined)


def _token(piece: _Piece) -> Token:
    if piece.mark is None:
        return Token("math", piece.raw)
    return Token(piece.kind, (OPENING if piece.kind == "open" else CLOSING)[piece.mark], piece.mark)


def has_marks(rich: str) -> bool:
    """Whether there is any inline mark (mathematics is none)."""
    return "<" in rich and any(token.mark for token in tokens(rich))


def plain(rich: str) -> str:
    """The text without its marks; mathematics and everything else stay as written."""
    if "<" not in rich:
        return rich
    return "".join(token.text for token in tokens(rich) if not token.mark)


# ------------------------------------------------------------------------------------------------ folding

# Letters that Unicode does not decompose, as they are written where the letter is missing.
_LETTERS = {
    "ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "ȷ": "j", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th",
    "™": " ", "\u00ad": "", "\u200b": "", "\u200c": "", "\u200d": "", "\ufeff": "",
}  # fmt: skip
_VOICING = 9  # combining classes up to here are parts of letters: nukta, kana voicing, virama
_GREEK = {
    chr(code): unicodedata.name(chr(code)).rpartition(" ")[2].lower()
    for code in (*range(0x3B1, 0x3C2), *range(0x3C3, 0x3CA))
} | {"λ": "lambda"}  # Unicode spells it LAMDA
_ALONE = re.compile(r"(?<![α-ωά-ώ])[α-ω](?![α-ωά-ώ])")
_TEX = re.compile(r"\\([A-Za-z]+)\s*|\\[^A-Za-z]|[{}]")
_TEX_DRESS = re.compile(
    r"(?:text|math|mathrm)?(?:bf|it|rm|sc|sf|sl|tt|normal|bb|cal|frak|scr)|text|emph|em|mbox|left|right"
)


class _Folding(dict[int, str]):
    """What each character is in comparisons, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        char = unicodedata.normalize("NFKD", chr(code)).casefold()
        char = unicodedata.normalize("NFKD", "".join(_LETTERS.get(part, part) for part in char))
        self[code] = "".join(map(_fold_part, char))
        return self[code]


def _fold_part(char: str) -> str:
    if unicodedata.combining(char) > _VOICING:
        return ""
    return char if unicodedata.category(char)[0] in "LNM" else " "


_FOLDING = _Folding()


@lru_cache(maxsize=1 << 16)
def fold(text: str) -> str:
    r"""The text as it is compared: letters and digits only, without case and diacritics, single blanks between words.

    Marks vanish; of TeX the letters remain, so that `$\alpha$-decay`, `α-decay` and `Alpha Decay` are the same, and
    so are `H<sub>2</sub>O`, `H$_2$O` and `H₂O`. A Greek letter on its own folds to its name.
    """
    if "<" in text or "$" in text or "\\" in text:
        text = "".join(map(_without_tex, tokens(text)))
    folded = text.translate(_FOLDING)
    if not folded.isascii():
        folded = _ALONE.sub(lambda found: _GREEK[found[0]], folded)
    return " ".join(folded.split())


def _without_tex(token: Token) -> str:
    if token.mark:
        return ""
    text = token.text
    if token.kind == "math":
        text = re.sub(r"[$^_]|\\[,;:!]", "", text)
    return _TEX.sub(_tex_letters, text) if "\\" in text or token.kind == "math" else text


def _tex_letters(found: re.Match[str]) -> str:
    name = found[1]
    if not name or _TEX_DRESS.fullmatch(name):
        return ""
    name = name.removeprefix("var")
    return name if name.lower() in _GREEK.values() else f" {name} "


# ------------------------------------------------------------------------------------------------ letter case

# The stop words of the CSL specification 1.0.2, "Title case conversion".
_SMALL = frozenset(
    "a an and as at but by down for from in into nor of on onto or over so the till to up via with yet".split()
)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_BREAK = re.compile(r"[:?!.—][^\w\s]{0,3}\s|—")  # between two words: a sentence ends, or a subtitle begins
_CaseRule = Callable[[str, bool, bool], str]  # word, whether it begins a sentence, whether it is the last -> word


def sentence_case(rich: str) -> str:
    """The text with its capitalised words in lower case, where nothing speaks against it.

    Kept as written: the first word, the first after a colon or the end of a sentence, `nocase` spans, mathematics,
    words with a capital or a digit inside (acronyms, names like McDonald), single capitals but "A". A text without any
    small letter is lowered whole but for the first letter, as the CSL specification has it.
    """
    shouting = _shouts(rich)
    return _recase(rich, lambda word, first, last: _to_sentence(word, first, shouting))


def title_case(rich: str) -> str:
    """The text with its words capitalised, as the CSL specification has it for English.

    Words with a capital anywhere, `nocase` spans and mathematics stay as written; stop words are in lower case unless
    they are first, last, or follow a colon or the end of a sentence. The parts of a compound count as words.
    """
    shouting = _shouts(rich)
    return _recase(rich, lambda word, first, last: _to_title(word.lower() if shouting else word, first or last))


def _to_sentence(word: str, first: bool, shouting: bool) -> str:
    if first:
        return word.capitalize() if shouting else word
    if shouting or word == "A":
        return word.lower()
    return word.lower() if len(word) > 1 and word[0].isupper() and word[1:].islower() and word.isalpha() else word


def _to_title(word: str, edge: bool) -> str:
    if word.lower() in _SMALL and not edge:
        return word.lower() if word[1:].islower() or len(word) == 1 else word
    return word if any(map(str.isupper, word)) else word[:1].upper() + word[1:]


def _shouts(rich: str) -> bool:
    """Whether the case says nothing: several words, and all their letters capitals."""
    letters = "".join(token.text for token in tokens(rich) if token.kind == "text")
    return letters.isupper() and len(_WORD.findall(letters)) > 1


def _recase(rich: str, rule: _CaseRule) -> str:
    """Applies the rule to each word that lies whole in one unprotected text; `<b>M</b>odel` stays as written."""
    pieces = tokens(rich)
    flat = "".join(token.text for token in pieces if not token.mark)
    words = list(_WORD.finditer(flat))
    changed: dict[int, str] = {}
    done = 0
    for number, word in enumerate(words):
        first = number == 0 or bool(_BREAK.search(flat[done : word.start()]))
        changed[word.start()] = rule(word[0], first, number == len(words) - 1)
        done = word.end()
    ends = {word.start(): word.end() for word in words}
    return "".join(_recased(pieces, changed, ends))


def _recased(pieces: list[Token], changed: dict[int, str], ends: dict[int, int]) -> Iterator[str]:
    depth = place = 0
    for token in pieces:
        depth += (token.mark == "nocase") * (1 if token.kind == "open" else -1)
        if token.kind != "text" or depth:
            yield token.text
        else:
            yield _WORD.sub(_word_change(changed, ends, place), token.text)
        place += 0 if token.mark else len(token.text)


def _word_change(changed: dict[int, str], ends: dict[int, int], place: int) -> Callable[[re.Match[str]], str]:
    def change(found: re.Match[str]) -> str:
        start = place + found.start()
        return changed[start] if ends.get(start) == place + found.end() else found[0]

    return change


# ------------------------------------------------------------------------------------------------ identifiers

_DOI_HOST = re.compile(r"(?<![\w.-])(?:https?://)?(?:[\w-]+\.){0,3}doi\.[\w.-]+/", re.IGNORECASE)
_DOI = re.compile(r"(?<![\w.])10\.\d{4,9}(?:\.\d+)*/\S+")
_URL = re.compile(r"\w+://\S", re.IGNORECASE)
_CLOSING = frozenset(".,;:!?'\"”’»")
_BRACKETS = {")": "(", "]": "[", "}": "{", ">": "<"}


def doi(text: str) -> str:
    """The DOI in the text, case as written, or the empty string.

    Read: the bare name, `doi:`, URLs of doi.org and of other resolvers named `doi.`; closing punctuation and brackets
    that were never opened do not belong to it. A DOI inside another site's URL is not taken: what follows it there
    is that site's affair. Source: DOI Handbook, 2.2.
    """
    host = _DOI_HOST.search(text)
    if host:
        text = unquote(text[host.end() :])
    elif _URL.match(text.strip()):
        return ""
    found = _DOI.search(text)
    return _trimmed(found[0]) if found else ""


def _trimmed(identifier: str) -> str:
    surplus = {close: identifier.count(close) - identifier.count(opened) for close, opened in _BRACKETS.items()}
    end = len(identifier)
    while identifier[end - 1] in _CLOSING or surplus.get(identifier[end - 1], 0) > 0:
        end -= 1
        if identifier[end] in surplus:
            surplus[identifier[end]] -= 1
    return "" if identifier[end - 1] == "/" else identifier[:end]


def doi_key(text: str) -> str:
    """The DOI in lower case: DOIs that differ in case alone are one (DOI Handbook, 2.4)."""
    return doi(text).lower()


_ARCHIVES = """
    acc-phys adap-org alg-geom ao-sci astro-ph atom-ph bayes-an chao-dyn chem-ph cmp-lg comp-gas cond-mat cs dg-ga
    funct-an gr-qc hep-ex hep-lat hep-ph hep-th math math-ph mtrl-th nlin nucl-ex nucl-th patt-sol physics plasm-ph
    q-alg q-bio q-fin quant-ph solv-int stat supr-con
""".split()
_ARXIV_ID = (
    r"((?:0[7-9]|[1-9]\d)(?:0[1-9]|1[0-2])\.\d{4,5}(?:v\d+)?"
    rf"|(?:{'|'.join(_ARCHIVES)})(?:\.[A-Z]{{2}})?/\d{{7}}(?:v\d+)?)(?![\d/])"
)
_ARXIV_BARE = re.compile(rf"{_ARXIV_ID}(?:\s*\[[\w.-]+\])?", re.IGNORECASE)
_ARXIV = re.compile(
    rf"arxiv(?:\.org)?(?:\s+(?:e-?prints?|preprint)[\s,:]+)?[\s:./]*(?:(?:abs|e-?print|format|html|pdf|ps|src)/)?{_ARXIV_ID}",
    re.IGNORECASE,
)


def arxiv_id(text: str) -> str:
    """The arXiv identifier with its version, where one is given, or the empty string.

    Read: the bare identifier (2107.05580v2, hep-th/9901001) if it is the whole text, arXiv:…, URLs of arxiv.org, and
    the DOI 10.48550/arXiv.…. Source: arXiv, "Understanding the arXiv identifier".
    """
    found = _ARXIV_BARE.fullmatch(text.strip()) or _ARXIV.search(text)
    return found[1] if found else ""


_ISBN = re.compile(r"(?<![\dA-Za-z])(?:97[89][- ]?)?\d(?:[- ]?\d){8}[- ]?[\dXx](?![\dA-Za-z])")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))


def isbn(text: str) -> str:
    """The first valid ISBN in the text, 10 or 13 digits as written but without hyphens, or the empty string."""
    for found in _ISBN.finditer(text.translate(_DASHES)):
        digits = re.sub(r"[- ]", "", found[0]).upper()
        if digits[-1] == _isbn_check(digits[:-1]):
            return digits
    return ""


def _isbn_check(digits: str) -> str:
    """The check digit of the first 9 or 12 digits (ISO 2108)."""
    if len(digits) == 12:
        return str(-sum(int(digit) * (1 + 2 * (place % 2)) for place, digit in enumerate(digits)) % 10)
    return _modulo_11(digits, 10)


def _modulo_11(digits: str, highest: int) -> str:
    return "0123456789X"[-sum(int(digit) * (highest - place) for place, digit in enumerate(digits)) % 11]


def isbn_key(text: str) -> str:
    """The ISBN with 13 digits, whichever form it is written in, or the empty string."""
    digits = isbn(text)
    return f"978{digits[:-1]}{_isbn_check('978' + digits[:-1])}" if len(digits) == 10 else digits


def issn(text: str) -> str:
    """The first valid ISSN in the text, as 1234-5679, or the empty string (ISO 3297)."""
    for found in re.finditer(r"(?<![\w-])(\d{4})-? ?(\d{3})([\dXx])(?![\w-])", text.translate(_DASHES)):
        if found[3].upper() == _modulo_11(found[1] + found[2], 8):
            return f"{found[1]}-{found[2]}{found[3].upper()}"
    return ""


_PMID = re.compile(r"(?:pmid:?\s*|pubmed(?:\.ncbi\.nlm\.nih\.gov)?[/:]\s*)0*(\d{1,8})(?!\d)", re.IGNORECASE)


def pmid(text: str) -> str:
    """The PubMed identifier: from a bare number, `PMID: …` or a URL of PubMed, or the empty string."""
    bare = re.fullmatch(r"\s*0*(\d{1,8})\s*", text, re.ASCII)
    found = bare or _PMID.search(text)
    return found[1] if found else ""


def pmcid(text: str) -> str:
    """The PubMed Central identifier with its prefix, PMC3531190, or the empty string."""
    found = re.search(r"(?<![A-Za-z])PMC\s?(\d{3,9})(?!\d)", text, re.IGNORECASE)
    return f"PMC{found[1]}" if found else ""


_ORCID = re.compile(r"(?<!\d)(\d{4})-?(\d{4})-?(\d{4})-?(\d{3})([\dXx])(?!\d)")


def orcid(text: str) -> str:
    """The ORCID iD in the text, as 0000-0002-1825-0097, or the empty string (check digit: ISO 7064 mod 11-2)."""
    for found in _ORCID.finditer(text):
        digits = "".join(found.groups()).upper()
        total = 0
        for digit in digits[:-1]:
            total = (total + int(digit)) * 2
        if digits[-1] == "0123456789X"[-(total - 1) % 11]:
            return "-".join(digits[place : place + 4] for place in range(0, 16, 4))
    return ""
