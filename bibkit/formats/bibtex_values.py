"""The values of BibTeX and BibLaTeX fields: for each kind of field, how its text becomes ours and back.

`TEXT_KINDS` are the kinds whose value is one text; names, dates and keywords have functions of their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache, partial

import msgspec

from bibkit import dates, latex, names, text
from bibkit.formats.bibtex_tables import COUNTRIES, GENRES, LANGUAGES
from bibkit.record import Date, Name

Encode = Callable[[str], str]

_DASHES = re.compile(r"\s*(?:-{2,}|[–—])\s*")
_PAGES = re.compile(r"([0-9]+)-{1,2}([0-9]+)")
_RANGE_HYPHEN = re.compile(r"(?<=\w)-(?=\w)")
_AND = re.compile(r"(?i)\sand\s")


class Kind(msgspec.Struct, frozen=True):
    """How one kind of field is read (LaTeX to our text) and written (our text and an encoder to LaTeX).

    `quick` says at less cost whether a value (ours, and as written) is read as it was.
    """

    decode: Callable[[str], str]
    encode: Callable[[str, Encode], str]
    quick: Callable[[str, str], bool] | None = None

    def comes_back(self, value: str, written: str) -> bool:
        """Whether what was written for a value is read as this value."""
        return self.quick(value, written) if self.quick else self.decode(written) == value


def decode_text(value: str) -> str:
    """The text of a field whose braces protect nothing."""
    if value.isascii() and value.isalnum():  # a word, as most parts of names are
        return value
    return latex.decode(value)


def _title(value: str) -> str:
    return latex.decode(value, protect=True)


def _encoded(value: str, encode: Encode) -> str:
    return encode(value)


def _as_is(value: str, _encode: Encode) -> str:
    return value


def _decode_list(value: str) -> str:
    """A literal list (biblatex manual 2.3.4): its items are joined by semicolons, as in CSL."""
    if not _AND.search(value):
        return _decode_item(value)
    return "; ".join(_decode_item(item) for item in names.split_bibtex_list(value))


def _decode_item(value: str) -> str:
    return COUNTRIES.get(value.strip()) or decode_text(value)


def _encode_list(value: str, encode: Encode) -> str:
    return " and ".join([_one_item(encode(item)) for item in value.split("; ")])


def _one_item(value: str) -> str:
    """One item of a list; in "Smith and Sons", once braced, the "and" separates nothing, and no key is a key."""
    braced = value in COUNTRIES or ("and" in value.lower() and _AND.search(f" {value} "))
    return f"{{{value}}}" if braced else value


def _decode_pages(value: str) -> str:
    if usual := _PAGES.fullmatch(value):
        return f"{usual[1]}-{usual[2]}"
    return _DASHES.sub("-", decode_text(value))


def _encode_pages(value: str, encode: Encode) -> str:
    if usual := _PAGES.fullmatch(value):
        return f"{usual[1]}--{usual[2]}"
    return encode(_RANGE_HYPHEN.sub("–", value))


def _decode_verbatim(value: str) -> str:
    return latex.decode_verbatim(" ".join(value.split()))


def _decode_doi(value: str) -> str:
    raw = _decode_verbatim(value)
    return raw if raw[:3] == "10." and raw[-1].isalnum() else text.doi(raw) or raw


def _encode_verbatim(value: str, _encode: Encode) -> str:
    return latex.encode_verbatim(value)


_ADDRESS = re.compile(r"(?:https?://|10\.[0-9]{4,9}/)[A-Za-z0-9._~:/?#@!&'()*+,;=%-]*[A-Za-z0-9]")


def _verbatim_comes_back(decode: Callable[[str], str], value: str, written: str) -> bool:
    return (written == value and bool(_ADDRESS.fullmatch(value))) or decode(written) == value


def _decode_genre(value: str) -> str:
    return GENRES.get(value.strip().lower()) or decode_text(value)


_GENRE_KEYS = {words: key for key, words in reversed(GENRES.items())}


def _encode_genre(value: str, encode: Encode) -> str:
    """The key that BibLaTeX translates, where the words are those of one."""
    return _GENRE_KEYS.get(value) or _encode_words(value, encode)


def _encode_words(value: str, encode: Encode) -> str:
    """The words as they are; in braces where they would be read as a key."""
    return f"{{{encode(value)}}}" if value.strip().lower() in GENRES else encode(value)


def _decode_language(value: str) -> str:
    """CSL has one language: of a list, the first; `langlatin` is the key of a localised name (manual 4.9.2.18)."""
    first = names.split_bibtex_list(value)[0] if _AND.search(value) else value
    name = first.strip().lower()
    return LANGUAGES.get(name) or LANGUAGES.get(name.removeprefix("lang")) or decode_text(first)


_LANGUAGE_NAMES = {tag: name for name, tag in reversed(LANGUAGES.items())}


def _encode_language(value: str, encode: Encode) -> str:
    return _LANGUAGE_NAMES.get(value) or encode(value)


TEXT_KINDS: Mapping[str, Kind] = {
    "text": Kind(decode_text, _encoded, latex.comes_back),
    "title": Kind(_title, _encoded, partial(latex.comes_back, protect=True)),
    "list": Kind(_decode_list, _encode_list),
    "pages": Kind(_decode_pages, _encode_pages),
    "verbatim": Kind(_decode_verbatim, _encode_verbatim, partial(_verbatim_comes_back, _decode_verbatim)),
    "doi": Kind(_decode_doi, _encode_verbatim, partial(_verbatim_comes_back, _decode_doi)),
    "genre": Kind(_decode_genre, _encode_genre),
    "words": Kind(_decode_genre, _encode_words),  # the classic styles print `type` as it stands
    "language": Kind(_decode_language, _encode_language),
    "raw": Kind(str.strip, _as_is),
}

# ------------------------------------------------------------------------------------------------ subtitles


def joined_title(title: str, subtitle: str) -> str:
    """Title and subtitle as one: after a colon, or after a blank where the title ends in a mark of its own."""
    return f"{title}{' ' if title[-1:] in '?!.:' else ': '}{subtitle}"


def main_title(whole: str, subtitle: str, encode: Encode) -> str:
    """What to write as the title of a whole one (our text) before this subtitle (LaTeX); empty where it has none."""
    head = whole.removesuffix(_title(subtitle))
    main = encode(head.rstrip().removesuffix(":"))
    return main if main and head != whole and _title(joined_title(main, subtitle)) == whole else ""


# ------------------------------------------------------------------------------------------------ names

# "Family, Given" of plain letters, as most names are: written and read as it stands.
_USUAL_NAME = re.compile(r"[A-Z][a-z]++(?:-[A-Z][a-z]++)?, [A-Z][a-z]*+[.]?(?:[ -][A-Z][a-z]*+[.]?)*+")


class People(msgspec.Struct, frozen=True):
    """How the names of an entry are written: what its dialect and its option `useprefix` allow, and the encoder."""

    biblatex: bool
    useprefix: bool
    encode: Encode

    def written(self, people: tuple[Name, ...], cut: bool) -> tuple[str, bool]:
        """A list of names, and whether it is read as it was."""
        both = [self.one(name) for name in people]
        listed = [written for written, _ in both if written] + [names.OTHERS] * cut
        return " and ".join(listed), all(sure for _, sure in both)

    def one(self, name: Name) -> tuple[str, bool]:
        """A name, and whether it is read as it was."""
        usual = f"{name.family}, {name.given}"
        if _USUAL_NAME.fullmatch(usual) and " And" not in usual and Name(name.family, name.given) == name:
            return usual, True
        return _one_name(name, self.biblatex, self.useprefix, self.encode)


@lru_cache(maxsize=1 << 13)
def _one_name(name: Name, biblatex: bool, useprefix: bool, encode: Encode) -> tuple[str, bool]:
    written = names.format_bibtex(name, biblatex=biblatex, useprefix=useprefix, encode=encode)
    return written, names.parse_bibtex_list(written, decode=decode_text, useprefix=useprefix) == ((name,), False)


# ------------------------------------------------------------------------------------------------ keywords


def decode_keywords(value: str) -> tuple[str, ...]:
    """The words of a comma-separated list; commas in braces are part of a word. Semicolons count where no comma is."""
    separator = "," if "," in value else ";"
    if "{" in value:
        words = [decode_text(word) for word in _split(value, separator)]
    else:
        words = [word.strip() for word in decode_text(value).split(separator)]
    return tuple(dict.fromkeys([word for word in words if word]))


def encode_keywords(words: tuple[str, ...], encode: Encode) -> str:
    """The words with commas between; a word that has one itself is braced."""
    joined = ", ".join(words)
    if ";" not in joined and joined.count(",") < len(words):
        return encode(joined)
    return ", ".join(f"{{{encode(word)}}}" if "," in word or ";" in word else encode(word) for word in words)


def _split(value: str, separator: str) -> list[str]:
    """Split outside of braces."""
    parts, depth, start = [], 0, 0
    for found in re.finditer(rf"[{{}}{separator}]", value):
        mark = found[0]
        depth += (mark == "{") - (mark == "}")
        if mark == separator and depth <= 0:
            parts.append(value[start : found.start()].strip())
            start = found.end()
    return [*parts, value[start:].strip()]


# ------------------------------------------------------------------------------------------------ dates


def decode_edtf(value: str) -> Date:
    """A BibLaTeX date field; what is no EDTF is read as people write dates, and what is neither stays as text."""
    return dates.parse_edtf(value.strip()) or dates.parse_text(decode_text(value))  # ~ is no tie in EDTF


def encode_edtf(date: Date, encode: Encode) -> str:
    """EDTF, or the text where the date is only text."""
    return dates.format_edtf(date) or encode(date.literal)


# ------------------------------------------------------------------------------------------------ case protection

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_LONG = 4  # letters from which a word is not a function word that title case leaves in lower case


def protect(rich: str) -> str:
    """A title with marks of case protection around the words that BibTeX's styles would lower to something wrong.

    These are words with a capital or a digit after a capital first letter (CLIP, ImageNet, M2) and single letters but
    the article; in a title that is in sentence case also names: capitalised words that begin no sentence. Words that
    are protected already, and mathematics, stay as they are.
    """
    pieces = text.tokens(rich)
    words = [word for piece in pieces if piece.kind == "text" for word in _WORD.findall(piece.text)]
    names_too = any(word[0].isupper() for word in words[1:]) and in_sentence_case(words[1:])
    if not names_too and not any(map(must_stay, words)):
        return rich
    shown, inside, before = [], 0, ""
    for piece in pieces:
        inside += (piece.mark == "nocase") * ((piece.kind == "open") - (piece.kind == "close"))
        if piece.kind == "text" and not inside:
            shown.append(_protected(piece.text, before, names_too))
        else:
            shown.append(piece.text)
        before += piece.text
    return "".join(shown)


def in_sentence_case(words: list[str]) -> bool:
    """Whether most of the words that title case would capitalise are in small letters."""
    long = [word for word in words if len(word) >= _LONG]
    return sum(word[0].islower() for word in long) * 2 > len(long)


def _protected(piece: str, before: str, names_too: bool) -> str:
    def mark(found: re.Match[str]) -> str:
        word = found[0]
        if must_stay(word) or (names_too and word[0].isupper() and not begins(found.start())):
            return f"{text.OPENING['nocase']}{word}{text.CLOSING['nocase']}"
        return word

    def begins(start: int) -> bool:
        ahead = (before + piece[:start]).rstrip()
        return not ahead or ahead[-1] in ":.?!"

    return _WORD.sub(mark, piece)


@lru_cache(maxsize=1 << 14)
def must_stay(word: str) -> bool:
    """Whether a word has a capital within or a digit after one, or is a single capital letter but the article."""
    if len(word) == 1:
        return word.isupper() and word != "A"
    return any(char.isupper() for char in word[1:]) or (word[0].isupper() and any(char.isdigit() for char in word))
