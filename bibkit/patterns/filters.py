"""The filters of Better BibTeX's formulas: what each makes of a text, and the table of their parameters.

Source: Better BibTeX's documentation, "Citation keys / formulas" (retorque.re/zotero-better-bibtex/citing). Filters
that need a dictionary (`jieba`, `kuromoji`, `pinyin`) hand the text on, as Better BibTeX does where none is loaded.
"""

from __future__ import annotations

import re
from datetime import datetime, timezone

from bibkit import dates
from bibkit.patterns import letters, titles
from bibkit.patterns.functions import date_in
from bibkit.patterns.matching import Regex
from bibkit.patterns.operations import Operation, Parameter
from bibkit.patterns.tree import Skip
from bibkit.patterns.words import listed
from bibkit.patterns.work import Work, moments

# What Better BibTeX's preference `citekeyUnsafeChars` has as it comes; white space is as unsafe.
_UNSAFE = re.compile(r"[\\\"#%',={}~\s\ufffd]")
_UNSAFE_BUT_BLANKS = re.compile(r"[\\\"#%',={}~\ufffd]")


def safe(text: str, work: Work) -> str:
    """The text as it can stand in a key: in ASCII, without blanks and what means something to BibTeX or TeX."""
    return _UNSAFE.sub("", work.ascii(text))


def _clean(text: str, work: Work) -> str:
    return _UNSAFE_BUT_BLANKS.sub("", work.ascii(text)).strip()


# ------------------------------------------------------------------------------------------------ words


def _abbr(text: str, _work: Work, chars: int) -> str:
    return "".join([word[: max(chars, 0)] for word in text.split()])


def _select(text: str, _work: Work, start: int, n: int | None) -> str:
    words = text.split()
    first = len(words) + start if start < 0 else max(start - 1, 0)
    return " ".join(words[max(first, 0) : None if n is None else max(first, 0) + max(n, 1)])


def _skip_words(text: str, work: Work, nopunct: bool, words: str) -> str:
    return " ".join(titles.words(text, listed(words, work.language), nopunct))


def _condense(text: str, _work: Work, sep: str) -> str:
    return re.sub(r"\s+", lambda _found: sep, text)


def _capitalize(text: str, _work: Work) -> str:
    return re.sub(r"(?:^|\s)[a-z]", lambda found: found[0].upper(), text)


def _ascii(text: str, _work: Work) -> str:
    return " ".join(re.sub(r"[^ -~]", "", text).split())


def _alphanum(text: str, _work: Work) -> str:
    return "".join(filter(str.isalnum, text))


def _nopunct(text: str, _work: Work, dash: str) -> str:
    return titles.without_punctuation(text, dash)


def _substring(text: str, _work: Work, start: int, n: int | None) -> str:
    first = max(start - 1, 0)
    return text[first : None if n is None else first + max(n, 0)]


def _transliterate(text: str, work: Work, mode: str) -> str:
    if not mode:
        return work.ascii(text)
    return letters.to_ascii(text, letters.MODES[mode])


# ------------------------------------------------------------------------------------------------ conditions

_RELATIONS = {
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    "=": lambda one, other: one == other,
    "!=": lambda one, other: one != other,
    ">=": lambda one, other: one >= other,
    ">": lambda one, other: one > other,
}


def _len(text: str, _work: Work, relation: str, length: int) -> str:
    if not _RELATIONS[relation](len("".join(text.split())), length):
        raise Skip
    return text


def _match(text: str, work: Work, match: Regex | str, clean: bool) -> str:
    cleaned = _clean(text, work) if clean else text
    if isinstance(match, str):
        if match.lower() not in cleaned.lower():
            raise Skip
        return text
    found = match.search(cleaned)
    if found is None:
        raise Skip
    return "".join(cleaned[begin:end] for begin, end in found[1:] if begin >= 0) if found[1:] else text


def _replace(text: str, _work: Work, find: Regex | str, replace: str) -> str:
    if isinstance(find, Regex):
        return find.replace(text, replace)
    if not find:
        return text
    if find.isascii() and not any(map(str.isalpha, find)):
        return text.replace(find, replace)
    return re.sub(re.escape(find), lambda _found: replace, text, flags=re.IGNORECASE)


# ------------------------------------------------------------------------------------------------ dates


def _format_date(text: str, _work: Work, form: str) -> str:
    return date_in(form, *moments(dates.parse_text(text), text)) if text.strip() else ""


_ISO = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)Z?")


def _local_time(text: str, _work: Work) -> str:
    found = _ISO.fullmatch(text)
    if not found:
        return text
    try:
        moment = datetime.fromisoformat(f"{found[1]}T{found[2]}").replace(tzinfo=timezone.utc)  # noqa: UP017
        return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    except (ValueError, OverflowError):
        return text


# ------------------------------------------------------------------------------------------------ the table

_TABLE = (
    Operation("abbr", _abbr, (Parameter("chars", "number", 1),)),
    Operation(
        "acronym",
        lambda text, _work, _list, _reload, passthrough: text if passthrough else "",
        (
            Parameter("list", "text", "acronyms"),
            Parameter("reload", "flag", False),
            Parameter("passthrough", "flag", False),
        ),
    ),
    Operation("alphanum", _alphanum),
    Operation("ascii", _ascii),
    Operation("capitalize", _capitalize),
    Operation("clean", _clean),
    Operation("condense", _condense, (Parameter("sep", "text", ""),)),
    Operation("default", lambda text, _work, instead: text or instead, (Parameter("text", "text", required=True),)),
    Operation("discard", lambda _text, _work: ""),
    Operation("fold", _transliterate, (Parameter("mode", "text", "", choices=("", *letters.MODES)),)),
    Operation("formatDate", _format_date, (Parameter("format", "date", "%Y-%m-%d"),)),
    Operation("ideographs", lambda text, _work: titles.apart(text)),
    Operation(
        "jieba", lambda text, _work, _mode: text, (Parameter("mode", "text", "", choices=("", "cn", "tw", "hant")),)
    ),
    Operation("kuromoji", lambda text, _work: text),
    Operation(
        "len", _len, (Parameter("relation", "text", ">", choices=tuple(_RELATIONS)), Parameter("length", "number", 0))
    ),
    Operation("localTime", _local_time),
    Operation("lower", lambda text, _work: text.lower()),
    Operation("match", _match, (Parameter("match", "match", required=True), Parameter("clean", "flag", False))),
    Operation("nopunct", _nopunct, (Parameter("dash", "text", "-"),)),
    Operation("nopunctordash", lambda text, _work: titles.without_punctuation(text, "")),
    Operation("numeric", lambda text, _work: text if re.match(r"\s*[+-]?\d", text) else ""),
    Operation("pinyin", lambda text, _work: text),
    Operation(
        "postfix", lambda text, _work, more: text and text + more, (Parameter("postfix", "text", required=True),)
    ),
    Operation("prefix", lambda text, _work, more: text and more + text, (Parameter("prefix", "text", required=True),)),
    Operation(
        "replace", _replace, (Parameter("find", "match", required=True), Parameter("replace", "text", required=True))
    ),
    Operation("select", _select, (Parameter("start", "number", 1), Parameter("n", "number"))),
    Operation("skipwords", _skip_words, (Parameter("nopunct", "flag", False), Parameter("words", "words", "bbt"))),
    Operation("splitIdeographs", lambda text, _work: titles.apart(text)),
    Operation("substring", _substring, (Parameter("start", "number", 1), Parameter("n", "number"))),
    Operation("transliterate", _transliterate, (Parameter("mode", "text", "", choices=("", *letters.MODES)),)),
    Operation("upper", lambda text, _work: text.upper()),
)
FILTERS = {operation.name.lower(): operation for operation in _TABLE}
