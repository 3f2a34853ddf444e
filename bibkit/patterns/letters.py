"""Letters as they stand in keys: every script in ASCII, by the habits of a language where it has some."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

# ------------------------------------------------------------------------------------------------ languages

# What stands in `language` beside BCP 47: ISO 639-2, names in English and in the language itself.
_NAMES = {
    "ar": "ara arab arabic العربية",
    "de": "deu ger german deutsch ngerman naustrian austrian nswissgerman swissgerman allemand",
    "en": "eng english anglais englisch american british usenglish ukenglish canadian australian newzealand inglés",
    "es": "spa spanish español espagnol castellano",
    "fr": "fra fre french français francais frenchb französisch",
    "it": "ita italian italiano italienisch",
    "ja": "jpn jap japanese 日本語",
    "ko": "kor korean 한국어",
    "mn": "mon mongolian монгол",
    "nl": "nld dut dutch nederlands",
    "pt": "por portuguese português portuges brazil brazilian",
    "ru": "rus russian русский",
    "uk": "ukr ukrainian українська",
    "zh": "zho chi chinese 中文",
}
_BY_NAME = {name: code for code, names in _NAMES.items() for name in names.split()}
_FIRST_WORD = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=1 << 10)
def language(said: str) -> str:
    """The primary subtag of a language as people write it (`de-AT`, `ger`, `Deutsch`), or its first word."""
    found = _FIRST_WORD.search(said.lower())
    return _BY_NAME.get(found[0], found[0]) if found else ""


# ------------------------------------------------------------------------------------------------ transliteration

_UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}

# Buckwalter's letters for Arabic; where his sign is none that can be in a key, the letters that are usual.
_ARABIC_LETTERS = """
    ءa آA أA ؤw إI ئy اA بb ةp تt ثth جj حH خkh دd ذdh رr زz سs شsh صS ضD طT ظZ عE غg ـ فf قq كk لl مm نn هh وw ىY يy
"""
_ARABIC = {pair[0]: pair[1:] for pair in _ARABIC_LETTERS.split()}

# Where national romanisations differ from anyascii's: the Ukrainian one (resolution 55 of 2010), the Mongolian one
# (MNS 5217:2012).
_UKRAINIAN = {"г": "h", "ґ": "g", "и": "y", "і": "i", "ї": "i", "є": "ie", "й": "i", "х": "kh", "щ": "shch", "ь": ""}
_MONGOLIAN = {"ө": "u", "ү": "u", "х": "kh", "ц": "ts", "ж": "j", "й": "i"}


def _both_cases(table: dict[str, str]) -> dict[str, str]:
    return table | {low.upper(): latin.capitalize() for low, latin in table.items()}


class _Pinyin(dict[int, str]):
    """Chinese characters as syllables in lower case, so that a word of several is one; worked out when first met."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        self[code] = anyascii(char).lower() if HAN.match(char) else char
        return self[code]


HAN = re.compile(r"[\u2e80-\u2fdf\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")

_MODES: dict[str, dict[int, str]] = {
    "ar": str.maketrans(_ARABIC),
    "de": str.maketrans(_UMLAUTS),
    "uk": str.maketrans(_both_cases(_UKRAINIAN)),
    "mn": str.maketrans(_both_cases(_MONGOLIAN)),
    "zh": _Pinyin(),
}
MODES = {
    "minimal": "", "ar": "ar", "arabic": "ar", "de": "de", "german": "de", "ja": "", "japanese": "", "mn": "mn",
    "mongolian": "mn", "ru": "", "russian": "", "tw": "zh", "uk": "uk", "ukranian": "uk", "ukrainian": "uk", "zh": "zh",
    "zh-hant": "zh", "chinese": "zh", "chinese-traditional": "zh",
}  # fmt: skip


class _Ascii(dict[int, str]):
    """What anyascii has for each character, looked up when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = anyascii(chr(code))
        return self[code]


_ASCII = _Ascii()


def to_ascii(some: str, language_code: str = "") -> str:
    """The text in ASCII: by the habits of the language (German `ä` is `ae`), everything else as anyascii has it."""
    return some if some.isascii() else _to_ascii(some, language_code)


@lru_cache(maxsize=1 << 14)
def _to_ascii(some: str, language_code: str) -> str:
    composed = unicodedata.normalize("NFC", some)
    table = _MODES.get(language_code)
    return (composed if table is None else composed.translate(table)).translate(_ASCII)


# ------------------------------------------------------------------------------------------------ as JabRef has it

# Letters that JabRef writes with two, and those that Unicode does not decompose.
_JABREF = str.maketrans(
    {
        **_UMLAUTS, "Å": "Aa", "å": "aa", "Æ": "Ae", "æ": "ae", "Œ": "OE", "œ": "oe", "Ø": "Oe", "ø": "oe", "Ő": "Oe",
        "ő": "oe", "Ű": "Ue", "ű": "ue", "ß": "ss", "Ð": "D", "ð": "o", "Þ": "", "þ": "", "Đ": "D", "đ": "d",
        "ħ": "h", "Ħ": "H", "ı": "i", "ĸ": "k", "Ł": "L", "ł": "l", "ŉ": "n", "Ŋ": "N", "ŋ": "n", "ŧ": "t", "Ŧ": "T",
    }
)  # fmt: skip
_UNWANTED = dict.fromkeys(map(ord, "-`ʹ:!;?^${}(),=\\\"#%~'’"))


def jabref_clean(some: str) -> str:
    """Without what JabRef does not want in keys, and with its letters for those with diacritics. Blanks stay."""
    some = some.translate(_UNWANTED)
    return some if some.isascii() else _jabref_letters(some)


@lru_cache(maxsize=1 << 14)
def _jabref_letters(some: str) -> str:
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", some).translate(_JABREF))
    return unicodedata.normalize("NFC", "".join(char for char in plain if not unicodedata.combining(char)))
