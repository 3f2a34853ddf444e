"""The functions of Better BibTeX's formulas: what each gives for a work, and the table of their parameters.

Sources: Better BibTeX's documentation, "Citation keys / formulas" (retorque.re/zotero-better-bibtex/citing), which
also says what each parameter means; for `zotero`, the keys of Zotero's own export (translator BibTeX.js, version of
2020: lower case letters, digits, `_` and `-`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from bibkit.formats.zotero_tables import BASE, CREATORS, FIELDS
from bibkit.patterns import letters, people, titles
from bibkit.patterns.matching import Regex
from bibkit.patterns.operations import Operation, Parameter, near
from bibkit.patterns.people import shown
from bibkit.patterns.tree import Skip
from bibkit.patterns.words import BETTER_BIBTEX, ZOTERO, ZOTERO_ELIDED
from bibkit.patterns.work import Moment, Template, Work
from bibkit.record import TYPES
from bibkit.serials import abbreviate

# ------------------------------------------------------------------------------------------------ creators


def auth(work: Work, n: int, m: int, creator: str, initials: bool) -> str:
    """The first n characters of the m-th creator's family name."""
    listed = shown(work, creator)
    if not 0 < m <= len(listed):
        return ""
    family = listed[m - 1][:n] if n > 0 else listed[m - 1]
    return family + (_capitals(work, creator, m - 1) if initials else "")


def _capitals(work: Work, creator: str, place: int) -> str:
    return people.render(work.creators(creator)[place : place + 1][0], people.INITIALS, work)


def auth_fore_ini(work: Work, creator: str) -> str:
    """The initials of the first creator."""
    return _capitals(work, creator, 0) if work.creators(creator) else ""


def author_last_fore_ini(work: Work, creator: str) -> str:
    """The initials of the last creator."""
    listed = work.creators(creator)
    return _capitals(work, creator, len(listed) - 1) if listed else ""


def author_last(work: Work, creator: str, initials: bool) -> str:
    """The family name of the last creator."""
    return next(reversed(shown(work, creator, initials)), "")


def authors_n(work: Work, n: int, creator: str, initials: bool, sep: str) -> str:
    """The family names of the first n creators, with EtAl where there are more."""
    listed = shown(work, creator, initials)
    return sep.join([*listed[:n], "EtAl"] if 0 < n < len(listed) else listed)


def authors_alpha(work: Work, creator: str, initials: bool, sep: str) -> str:
    """BibTeX's `alpha`: three letters of one name, the first ones of up to four, of three with + where there are more.

    Particles do not count.
    """
    pieces = people.WITH_INITIALS if initials else people.FAMILY
    listed = [people.render(people.bare(name), pieces, work) for name in work.creators(creator)]
    if len(listed) == 1:
        return listed[0][:3]
    heads = [name[:1] for name in listed]
    return sep.join(heads) if len(listed) < 5 else f"{sep.join(heads[:3])}+"


def auth_ini(work: Work, n: int, creator: str, initials: bool, sep: str) -> str:
    """The first n characters of each name."""
    return sep.join(name[:n] if n > 0 else name for name in shown(work, creator, initials))


def author_ini(work: Work, creator: str, initials: bool, sep: str) -> str:
    """Five characters of the first name, one of each further one."""
    listed = shown(work, creator, initials)
    return sep.join([name[: 1 if number else 5] for number, name in enumerate(listed)])


def auth_auth_ea(work: Work, creator: str, initials: bool, sep: str) -> str:
    """The first two names, with `ea` where there are more."""
    listed = shown(work, creator, initials)
    return sep.join([*listed[:2], *(["ea"] if len(listed) > 2 else [])])


def _two_or(others: str, work: Work, creator: str, initials: bool, sep: str) -> str:
    listed = shown(work, creator, initials)
    return sep.join(listed if len(listed) < 3 else [listed[0], others])


def auth_et_al(work: Work, creator: str, initials: bool, sep: str) -> str:
    """One name or two; of more the first with EtAl."""
    return _two_or("EtAl", work, creator, initials, sep)


def auth_etal2(work: Work, creator: str, initials: bool, sep: str) -> str:
    """One name or two; of more the first with etal."""
    return _two_or("etal", work, creator, initials, sep)


def auth_short(work: Work, creator: str, initials: bool, sep: str) -> str:
    """One name, or the first letters of up to three; + where there are more."""
    listed = shown(work, creator, initials)
    if len(listed) < 2:
        return "".join(listed)
    return sep.join(name[:1] for name in listed[:3]) + "+" * (len(listed) > 3)


def _cut(listed: list[str], n: int | tuple[int, int], etal: str, sep: str) -> str:
    """The chosen ones of a list; `etal` behind them where the rest is left out."""
    if isinstance(n, tuple):
        first, last = (one if one >= 0 else len(listed) + 1 + one for one in n)
        return sep.join(listed[max(first - 1, 0) : max(last, 0)])
    chosen = listed[:n] if n > 0 else listed[n:] if n else listed
    more = etal if n and len(chosen) < len(listed) else ""
    if more.isalpha():
        more = sep + more
    return sep.join(chosen) + more


def _counted(listed: list[str], least: int, most: int) -> list[str]:
    if (least and len(listed) < least) or (most and len(listed) > most):
        raise Skip
    return listed


def authors(
    work: Work, n: int | tuple[int, int], creator: str, name: Template, etal: str, sep: str, least: int, most: int
) -> str:
    """The creators of a kind, each by a template; skips where there are fewer than `min` or more than `max`."""
    pieces = work.template if name == people.FAMILY and work.template else name
    listed = [found for one in work.creators(creator) if (found := people.render(one, pieces, work))]
    return _cut(_counted(listed, least, most), n, etal, sep)


def creators(
    work: Work,
    n: int | tuple[int, int],
    kind: str | tuple[str | tuple[str, ...], ...],
    name: Template,
    etal: str,
    sep: str,
    least: int,
    most: int,
) -> str:
    """The creators of these types; of types in brackets within brackets the first one that there is."""
    found = [one for role in _roles(work, kind) for one in work.roles(role)]
    listed = [text for one in found if (text := people.render(one, name, work))]
    return _cut(_counted(listed, least, most), n, etal, sep)


def _roles(work: Work, kind: str | tuple[str | tuple[str, ...], ...]) -> Iterable[str]:
    if kind == "*":
        kind = (("primary", "editor", "translator", *work.record.names),)
    for one in (kind,) if isinstance(kind, str) else kind:
        options = (one,) if isinstance(one, str) else one
        there = next((option for option in options if work.roles(option)), "")
        if there:
            yield there


def creator_names(work: Work, name: Template, transliterate: bool, space: str | None) -> str:
    """Sets how the functions above show names."""
    work.template = None if name == people.FAMILY else name
    work.transliterates_names = transliterate
    work.gap = space
    return ""


def creator_types(work: Work, match: Regex | str | None) -> str:
    """`book:2author;1editor`, with 2 for names in two parts; or whether that matches."""
    said = [_typed(work, primary) for primary in ("", work.primary)]
    if match is None:
        return said[0]
    if not any(match.search(one) if isinstance(match, Regex) else match in one for one in said):
        raise Skip
    return ""


def _typed(work: Work, primary: str) -> str:
    listed = [
        f"{1 if name.literal else 2}{'primary' if variable == primary else variable}"
        for variable, names in work.record.names.items()
        for name in names
    ]
    return f"{work.item_type}:{';'.join(listed)}"


# ------------------------------------------------------------------------------------------------ titles


def short_title(work: Work, n: int, m: int) -> str:
    """The first n significant words of the title; the first m of them with a capital, and then in ASCII."""
    listed = titles.words(work.title, BETTER_BIBTEX, True)
    if m > 0:
        listed = tuple(map(work.ascii, listed))
    chosen = listed[: max(n, 0)]
    return " ".join([word[:1].upper() + word[1:] for word in chosen[: max(m, 0)]] + list(chosen[max(m, 0) :]))


def title(work: Work) -> str:
    """The significant words of the title."""
    return " ".join(titles.words(work.title, BETTER_BIBTEX, True))


# ------------------------------------------------------------------------------------------------ dates

_DATE_CODE = re.compile(r"(%-?o?[ymdYHMS]|%%)")
_MONTHS = ("", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def _padded(digits: str, length: int) -> str:
    return re.sub(r"\d+", lambda found: found[0].zfill(length), digits, count=1)


def _coded(code: str, date: Moment, original: Moment) -> str:
    """What a code of a format stands for; numbers have leading zeros but behind a hyphen."""
    moment = original if "o" in code else date
    letter = code[-1]
    if letter == "%":
        return "%"
    clock = dict(zip("HMS", (*moment.time.split(":"), "", "", ""), strict=False))
    value = {"Y": moment.year, "y": _short(moment.year), "m": moment.month, "d": moment.day, **clock}[letter]
    return value if "-" in code else _padded(value, 4 if letter == "Y" else 2)


def _short(year: str) -> str:
    return str(int(year) % 100) if year.isascii() and year.isdecimal() else year


def date_in(form: str, date: Moment, original: Moment) -> str:
    """The date in a format, up to the first part that is not known; a separator goes with what follows it."""
    out = []
    pieces = _DATE_CODE.split(form)
    for place in range(0, len(pieces), 2):
        if place + 1 == len(pieces):
            out.append(pieces[place])
            break
        value = _coded(pieces[place + 1], date, original)
        if not value:
            break
        out += [pieces[place], value]
    return "".join(out)


def year(work: Work) -> str:
    """The year, with two digits at least."""
    return _padded(work.date.year, 2)


def short_year(work: Work) -> str:
    """The last two digits of the year."""
    return _padded(_short(work.date.year), 2)


def orig_year(work: Work) -> str:
    """The original year, else the year."""
    return _padded(work.original.year, 2)


def orig_date(work: Work) -> str:
    """The original date, else the date."""
    return date_in("%oY-%om-%od", work.date, work.original)


def date(work: Work, form: str) -> str:
    """The date in a format."""
    return date_in(form, work.date, work.original)


def month(work: Work) -> str:
    """The month in three letters."""
    return _MONTHS[int(work.date.month or 0)]


# ------------------------------------------------------------------------------------------------ fields

_PAGES = re.compile(r"[-\s,–]")


def first_page(work: Work) -> str:
    """What stands before the first hyphen, comma or blank of the pages."""
    return _PAGES.split(work.zotero_field("pages"))[0]


def last_page(work: Work) -> str:
    """What stands behind the last hyphen, comma or blank of the pages."""
    return _PAGES.split(work.zotero_field("pages"))[-1]


def journal(work: Work, abbrev: str) -> str:
    """The journal's abbreviation that the record has, one by ISO 4 (`auto`), or its name (`full`, `off`)."""
    name = work.zotero_field("publicationTitle")
    if abbrev == "auto":
        return abbreviate(name, work.language)
    return (work.zotero_field("journalAbbreviation") if abbrev.startswith("abbrev") else "") or name


def keyword(work: Work, n: int) -> str:
    """The n-th keyword in the order of the alphabet, the first one is 0."""
    listed = sorted(work.record.keywords)
    return listed[n] if 0 <= n < len(listed) else ""


_FIELDS = {name.lower(): name for fields in FIELDS.values() for name in fields}
_FIELDS |= {name.lower(): name for name in (*BASE.values(), "dateAdded", "dateModified", "key")}


def known_field(name: str) -> str:
    """Zotero's spelling of a field name, whatever its case and blanks; empty where there is no such field."""
    return _FIELDS.get(name.replace(" ", "").lower(), "")


def no_such_field(name: str) -> str:
    """What to say of a field that Zotero does not have."""
    return f"Zotero has no field {name}{near(name, sorted(set(_FIELDS.values())))}"


def field(work: Work, name: str) -> str:
    """The value of one of Zotero's fields."""
    return work.zotero_field(known_field(name))


def extra(work: Work, variable: str) -> str:
    """The value of a line in Extra; of several labels with / between the first that is there."""
    return next(filter(None, map(work.extra_line, variable.split("/"))), "")


def item(work: Work, which: str) -> str:
    """Zotero's key of the item."""
    return str(work.record.extra.get("zotero:itemID" if which == "id" else "zotero:key") or "")


def library(work: Work) -> str:
    """Skips where the item is in a group's library."""
    if str(work.record.extra.get("zotero:library", "")).startswith("groups"):
        raise Skip
    return ""


def group(_work: Work, _name: str) -> str:
    """Skips: the names of groups are known in Zotero alone."""
    raise Skip


def inspire_hep(_work: Work) -> str:
    """Skips: keys do not depend on the network."""
    raise Skip


# ------------------------------------------------------------------------------------------------ what it is

ITEM_TYPES = {name.lower(): name for name in (*CREATORS, *TYPES)}


def kind(work: Work, *allowed: str) -> str:
    """The item type; or nothing where it is one of those given, and a skip where it is not. CSL's types count too."""
    if not allowed:
        return work.item_type
    if not {work.item_type.lower(), work.record.type}.intersection(map(str.lower, allowed)):
        raise Skip
    return ""


def language(work: Work, *allowed: str) -> str:
    """Nothing where the work is in one of these languages, and a skip where it is not."""
    if work.language not in map(letters.language, allowed):
        raise Skip
    return ""


# ------------------------------------------------------------------------------------------------ Zotero's own keys

_BANNED = re.compile(
    rf"\b(?:(?:{'|'.join(ZOTERO)})(?:\s+|\b)|{'|'.join(ZOTERO_ELIDED)})|</?(?:i|b|sup|sub|sc|span[^>]*)>"
)
_NOT_SIMPLE = re.compile(r"[^a-z0-9_-]")


def zotero(work: Work) -> str:
    """The key of Zotero's own Bib(La)TeX export: `almeida_reading_2013`."""
    family = next(iter(shown(work, "*") or _anyone(work)), "noauthor")
    heading = work.title.lower()
    word = (_BANNED.sub("", heading).split() or [""])[0] if heading else "notitle"
    when = work.date.year if work.date.year[:1].isdigit() else "nodate"
    key = f"{family.lower().replace(' ', '_').replace(',', '')}_{word}_{when}"
    plain = unicodedata.normalize("NFKD", key)
    return _NOT_SIMPLE.sub("", "".join(_SIMPLE.get(char, char) for char in plain))


_SIMPLE = {"ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}


def _anyone(work: Work) -> list[str]:
    return [people.render(name, people.FAMILY, work) for names in work.record.names.values() for name in names]


# ------------------------------------------------------------------------------------------------ marks of doubles


def postfix(work: Work, form: str, start: int) -> str:
    """Nothing: what tells keys apart is bibkit's own suffix; from `start` 1 on, the mark of the first one."""
    return mark(form, start) if start > 0 else ""


def mark(form: str, number: int) -> str:
    """The n-th mark of a form: `-%(n)s` is -1, -2, ..."""
    letter, rest = "", number
    while rest > 0:
        rest, digit = divmod(rest - 1, 26)
        letter = chr(ord("a") + digit) + letter
    values = {"n": str(number), "a": letter, "A": letter.upper()}
    return re.sub(r"%\(([aAn])\)(0?\d{0,2})s", lambda found: values[found[1]].zfill(int(found[2] or 0)), form)


# ------------------------------------------------------------------------------------------------ the table

_CREATOR = Parameter("creator", "text", "*", choices=("*", "author", "editor", "translator", "collaborator"))
_INITIALS = Parameter("initials", "flag", False)


def _sep(default: str) -> Parameter:
    return Parameter("sep", "text", default)


_MANY = (_CREATOR, _INITIALS)
_NAME = Parameter("name", "template", "%(f)s")
_LIMITS = (Parameter("min", "number", 0), Parameter("max", "number", 0))
_JOURNAL = ("abbrev+auto", "abbrev", "auto", "full", "off")
_MARK = (Parameter("format", "suffix", "%(a)s"), Parameter("start", "number", 0))
_KINDS_OF = Parameter("type", "texts", (("primary", "editor", "translator", "*"),))

_TABLE = (
    Operation("auth", auth, (Parameter("n", "number", 0), Parameter("m", "number", 1), *_MANY)),
    Operation("authAuthEa", auth_auth_ea, (*_MANY, _sep("."))),
    Operation("authEtAl", auth_et_al, (*_MANY, _sep(" "))),
    Operation("authEtal2", auth_etal2, (*_MANY, _sep("."))),
    Operation("authForeIni", auth_fore_ini, (_CREATOR,)),
    Operation("authIni", auth_ini, (Parameter("n", "number", 0), *_MANY, _sep("."))),
    Operation("authorIni", author_ini, (*_MANY, _sep("."))),
    Operation("authorLast", author_last, _MANY),
    Operation("authorLastForeIni", author_last_fore_ini, (_CREATOR,)),
    Operation(
        "authors",
        authors,
        (Parameter("n", "numbers", 0), _CREATOR, _NAME, Parameter("etal", "text", ""), _sep(" "), *_LIMITS),
    ),
    Operation("authorsAlpha", authors_alpha, (*_MANY, _sep(" "))),
    Operation("authorsn", authors_n, (Parameter("n", "number", 0), *_MANY, _sep(" "))),
    Operation("authshort", auth_short, (*_MANY, _sep("."))),
    Operation(
        "creators",
        creators,
        (Parameter("n", "numbers", 0), _KINDS_OF, _NAME, Parameter("etal", "text", ""), _sep(" "), *_LIMITS),
    ),
    Operation(
        "creatornames",
        creator_names,
        (
            Parameter("template", "template", "%(f)s"),
            Parameter("transliterate", "flag", False),
            Parameter("space", "text"),
        ),
    ),
    Operation("creatortypes", creator_types, (Parameter("match", "match"),)),
    Operation("date", date, (Parameter("format", "date", "%Y-%m-%d"),)),
    Operation("extra", extra, (Parameter("variable", "text", required=True),)),
    Operation("field", field, (Parameter("name", "text", required=True),)),
    Operation("firstpage", first_page),
    Operation("getField", field, (Parameter("name", "text", required=True),)),
    Operation("group", group, (Parameter("name", "text", required=True),)),
    Operation("infix", postfix, _MARK),
    Operation("inspireHep", inspire_hep),
    Operation("item", item, (Parameter("id", "text", "key", choices=("id", "key")),)),
    Operation("journal", journal, (Parameter("abbrev", "text", "abbrev+auto", choices=_JOURNAL),)),
    Operation("keyword", keyword, (Parameter("n", "number", required=True),)),
    Operation("language", language, rest=Parameter("name", "text")),
    Operation("lastpage", last_page),
    Operation("library", library),
    Operation("month", month),
    Operation("origdate", orig_date),
    Operation("origyear", orig_year),
    Operation("postfix", postfix, _MARK),
    Operation("shorttitle", short_title, (Parameter("n", "number", 3), Parameter("m", "number", 0))),
    Operation("shortyear", short_year),
    Operation("text", lambda _work, text: text, (Parameter("text", "text", required=True),)),
    Operation("title", title),
    Operation("type", kind, rest=Parameter("allowed", "text")),
    Operation("veryshorttitle", short_title, (Parameter("n", "number", 1), Parameter("m", "number", 0))),
    Operation("year", year),
    Operation("zotero", zotero),
)
FUNCTIONS = {operation.name.lower(): operation for operation in _TABLE}
