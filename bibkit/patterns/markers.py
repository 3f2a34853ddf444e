"""What JabRef's brackets can hold: markers of authors, titles and pages, and the modifiers behind them.

Source: JabRef's documentation, "Customize the citation key generator" (docs.jabref.org/setup/citationkeypatterns),
which also gives the examples that the tests have. Values of records are plain text already, so that modifiers that
turn LaTeX or HTML into text change nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

import msgspec

from bibkit import text
from bibkit.names_bibtex import join_words
from bibkit.patterns import titles
from bibkit.patterns.letters import jabref_clean, to_ascii
from bibkit.patterns.operations import ReadError
from bibkit.patterns.words import JABREF
from bibkit.patterns.work import Work
from bibkit.record import Name

OTHERS = "+"  # what "and others" is among initials

# ------------------------------------------------------------------------------------------------ names


class Person(msgspec.Struct, frozen=True):
    """A name in BibTeX's parts; `others` stands for "and others"."""

    last: str
    von: str = ""
    first: str = ""
    others: bool = False

    def letters(self, number: int) -> str:
        """The beginning of the last name."""
        return OTHERS if self.others else jabref_clean(self.last)[:number]


People = list[Person]


def _person(name: Name) -> Person:
    if not name.family:
        alone = text.plain(name.literal or name.given)
        return Person(institution(alone) if len(alone.split()) > 1 else alone)
    von = join_words(name.dropping_particle, name.non_dropping_particle)
    return Person(text.plain(name.family), text.plain(von), text.plain(name.given))


def _people(work: Work, variable: str) -> People:
    found = [_person(name) for name in work.record.names.get(variable, ())]
    return [*found, Person("others", others=True)] if variable in work.record.cut else found


def of_authors(work: Work) -> People:
    """The authors, else the editors."""
    return _people(work, "author") or _people(work, "editor")


def of_authors_only(work: Work) -> People:
    """The authors, whether or not there are any."""
    return _people(work, "author")


def of_editors(work: Work) -> People:
    """The editors."""
    return _people(work, "editor")


def _joined(people: People, most: int, between: str, more: str) -> str:
    """Up to so many last names; `more` for what is left out and for "and others"."""
    listed = [more.removeprefix(between) if one.others else one.last for one in people[:most]]
    return between.join(listed) + (more if len(people) > most else "")


def _et_al(people: People, between: str, more: str) -> str:
    if len(people) > 2 or (len(people) == 2 and people[1].others):
        return people[0].last + more
    return _joined(people, 2, between, "")


def _alpha(people: People) -> str:
    most = len(people) if len(people) <= 4 else 3
    if len(people) == 1:
        *particles, last = f"{people[0].von} {people[0].last}".split() or [""]
        return "".join(word[:1] for word in particles) + last[:3]
    named = [one for one in people[:most] if not one.others]
    more = OTHERS if len(people) > most or len(named) < most else ""
    return "".join(word[:1] for one in named for word in f"{one.von} {one.last}".split()) + more


def _alpha_lni(people: People) -> str:
    if len(people) == 1 or (people and people[-1].others):
        return people[0].last[:2]
    return "".join(one.last[:1] for one in people[:4])


def _short(people: People) -> str:
    if len(people) < 2:
        return "".join(one.last for one in people)
    return "".join(one.letters(1) for one in people[:3]) + OTHERS * (len(people) > 3)


def _author_ini(people: People) -> str:
    return "".join(one.letters(1 if number else 5) for number, one in enumerate(people))


def _first_ini(one: Person) -> str:
    return one.first[:1]


def _ini_n(people: People, number: int) -> str:
    """So many characters in all, the names sharing them evenly, the first ones getting what is left over."""
    if not people:
        return ""
    each, rest = divmod(number, len(people))
    return "".join(one.letters(each + (place < rest)) for place, one in enumerate(people))[:number]


def _n_of_m(people: People, number: int, place: int) -> str:
    return people[place - 1].letters(number) if 0 < place <= len(people) else ""


# Behind `auth`, `pureauth` and `edtr` or their plural forms.
_PLAIN: dict[str, Callable[[People], str]] = {
    "auth": lambda people: people[0].last or people[0].von if people else "",
    "authForeIni": lambda people: _first_ini(people[0]) if people else "",
    "authFirstFull": lambda people: f"{people[0].von}{people[0].last}".replace(" ", "") if people else "",
    "authors": lambda people: _joined(people, len(people), "", "EtAl"),
    "authorsAlpha": _alpha,
    "authorsAlphaLNI": _alpha_lni,
    "authorLast": lambda people: people[-1].last if people else "",
    "authorLastForeIni": lambda people: _first_ini(people[-1]) if people else "",
    "authorIni": _author_ini,
    "auth.auth.ea": lambda people: _joined(people, 2, ".", ".ea"),
    "auth.etal": lambda people: _et_al(people, ".", ".etal"),
    "authEtAl": lambda people: _et_al(people, "", "EtAl"),
    "authshort": _short,
}
_EDITORS = {
    "edtr": "auth", "edtrForeIni": "authForeIni", "editors": "authors", "editorLast": "authorLast",
    "editorLastForeIni": "authorLastForeIni", "editorIni": "authorIni", "edtr.edtr.ea": "auth.auth.ea",
    "edtrshort": "authshort",
}  # fmt: skip
_NUMBERED = re.compile(r"(authIni|authors|auth|edtrIni|edtr)(\d+)(?:_(\d+))?")
_LONGEST_NUMBER = 6


def _name_marker(marker: str) -> Callable[[Work], str] | None:
    pure = marker.startswith("pure")
    bare = marker.removeprefix("pure")
    chosen = of_authors_only if pure else of_editors if bare.startswith("ed") else of_authors
    plain = _PLAIN.get(_EDITORS.get(bare, bare)) if bare in _EDITORS or bare in _PLAIN else None
    if plain is not None:
        return lambda work: plain(chosen(work))
    found = _NUMBERED.fullmatch(bare)
    if not found or max(len(found[2]), len(found[3] or "")) > _LONGEST_NUMBER:
        return None
    number, place = int(found[2]), int(found[3] or 1)
    if found[1].endswith("Ini") and not found[3]:
        return lambda work: _ini_n(chosen(work), number)
    if found[1] == "authors" and not found[3]:
        return lambda work: _joined(chosen(work), number, "", "EtAl")
    return lambda work: _n_of_m(chosen(work), number, place)


# ------------------------------------------------------------------------------------------------ institutions

_ABBREVIATED = re.compile(r"\(([A-Z]+)\)")
_IGNORED = frozenset({"the", "press"})


def institution(name: str) -> str:
    """The short form of an institution: its abbreviation in brackets, or what JabRef makes of its parts.

    A university is `Uni` and its name; a school or department the capitals of its words; of anything else the first
    part, as it is with up to two words and as initials with more.
    """
    if found := _ABBREVIATED.search(name):
        return found[1]
    parts = [(part, _telling(part)) for part in name.split(",")]
    found_parts: dict[str, str] = {}
    for number, (_, words) in enumerate(parts):
        kinds = {kind for word in words if (kind := _kind(word))}
        if "university" in kinds and "technology" not in kinds:
            found_parts["university"] = "Uni" + "".join(word for word in words if not word.lower().startswith("uni"))
            if number:
                found_parts.setdefault("department", parts[number - 1][0])
        elif kinds & {"school", "department"} and len(parts) > 1:
            capitals = "".join(filter(_is_capital, "".join(word for word in words if not _kind(word))))
            found_parts |= dict.fromkeys(kinds & {"school", "department"}, capitals)
        else:
            found_parts.setdefault("rest", "".join(words) if len(words) < 3 else "".join(word[0] for word in words))
    school, department = found_parts.get("school", ""), found_parts.get("department", "")
    head = found_parts.get("university") or found_parts.get("rest", "")
    return head + school + (department if department != school else "")


def _is_capital(char: str) -> bool:
    return "A" <= char <= "Z"


def _telling(part: str) -> list[str]:
    """The words with a capital, but for articles and abbreviations with a point."""
    words = re.split(r"[\s_-]+", part)
    return [
        word
        for word in words
        if word[:3].lower() == "uni" or (word[:1].isupper() and word[-1] != "." and word.lower() not in _IGNORED)
    ]


def _kind(word: str) -> str:
    low = word.lower()
    if low.startswith("uni"):
        return "university"
    if low.startswith("tech"):
        return "technology"
    if low in ("school", "faculty"):
        return "school" if low == "school" else "department"
    return "department" if low.startswith(("dep", "dip", "lab")) else ""


# ------------------------------------------------------------------------------------------------ titles and others


def _significant(title: str) -> list[str]:
    return [word for word in titles.jabref_words(title) if word.lower() not in JABREF]


def _capitals(words: list[str]) -> str:
    return " ".join(word[:1].upper() + word[1:] for word in words)


def _title(work: Work) -> str:
    """Significant words and the first one with a capital, the others with a small letter."""
    out = []
    for number, word in enumerate(titles.jabref_words(work.title)):
        first = word[:1].lower() if number and word.lower() in JABREF else word[:1].upper()
        out.append(first + word[1:])
    return " ".join(out)


def _short_year(work: Work) -> str:
    year = work.date.year
    return "IP" if year.startswith(("in", "sub")) else year[-2:]


def _page(choose: Callable[[list[int]], int]) -> Callable[[Work], str]:
    def page(work: Work) -> str:
        numbers = [int(digits) for digits in re.findall(r"[0-9]{1,30}", work.bibtex_field("pages"))]
        return str(choose(numbers)) if numbers else ""

    return page


def _page_prefix(work: Work) -> str:
    pages = work.bibtex_field("pages")
    return re.split(r"\d", pages, maxsplit=1)[0] if pages else ""


_OTHERS: dict[str, Callable[[Work], str]] = {
    "title": _title,
    "fulltitle": lambda work: work.title,
    "shorttitle": lambda work: " ".join(_significant(work.title)[:3]),
    "veryshorttitle": lambda work: " ".join(_significant(work.title)[:1]),
    "shorttitleINI": lambda work: "".join(word[:1] for word in titles.jabref_words(work.title)[:3]),
    "camel": lambda work: _capitals(titles.jabref_words(work.title)),
    "shortyear": _short_year,
    "firstpage": _page(min),
    "lastpage": _page(max),
    "pageprefix": _page_prefix,
    "keywords": lambda work: "".join("".join(word.split()) for word in work.record.keywords),
}
_COUNTED = re.compile(r"(keyword|keywords|camel|shorttitle|veryshorttitle)(\d{1,6})(?:_(\d{1,6}))?")


def _counted_marker(marker: str) -> Callable[[Work], str] | None:
    found = _COUNTED.fullmatch(marker)
    if not found:
        return None
    kind, number, capitals = found[1], int(found[2]), int(found[3] or 0)
    if kind == "keyword":
        return lambda work: "".join(work.record.keywords[max(number - 1, 0) : number])
    if kind == "keywords":
        return lambda work: "".join("".join(word.split()) for word in work.record.keywords[:number])
    if kind == "camel":
        return lambda work: _capitals(titles.jabref_words(work.title)[:number])
    return lambda work: _counted_title(work, number, capitals)


def _counted_title(work: Work, number: int, capitals: int) -> str:
    """`shorttitle3_2`, as Better BibTeX had it in brackets."""
    words = _significant(work.title)[:number]
    return " ".join([_capitals(words[:capitals]), *words[capitals:]])


_FIELD = re.compile(r"[A-Za-z][\w+.-]*")


def marker(name: str, place: int) -> Callable[[Work], str]:
    """What a marker stands for: one of JabRef's, or the field of that name. Raises ReadError."""
    found = _OTHERS.get(name) or _name_marker(name) or _counted_marker(name)
    if found:
        return found
    if not _FIELD.fullmatch(name):
        raise ReadError(
            "the name of a field is missing in the brackets" if not name else "no field has this name", place
        )
    field = name.lower()
    return lambda work: work.bibtex_field(field)


# ------------------------------------------------------------------------------------------------ modifiers

Modifier = Callable[[str], str]


def _same(some: str) -> str:
    return some


def _abbreviated(some: str) -> str:
    return "".join(word[0] for word in re.split(r"[()\s\"]+", re.sub(r"[{}']", "", some)) if word)


def _camel(some: str) -> str:
    return "".join(titles.capitalized(some).split())


def _minified(some: str) -> str:
    first, sign, _ = some.partition(" and ")
    return f"{first} and others" if sign else some


MODIFIERS: dict[str, Modifier] = {
    "abbr": _abbreviated,
    "lower": str.lower,
    "lower_case": str.lower,
    "upper": str.upper,
    "upper_case": str.upper,
    "capitalize": titles.capitalized,
    "titlecase": lambda some: titles.title_case(some, JABREF),
    "title_case": lambda some: titles.title_case(some, JABREF),
    "sentencecase": titles.sentence_case,
    "sentence_case": titles.sentence_case,
    "camel": _camel,
    "camel_case": _camel,
    "shorttitle": lambda some: _capitals(_significant(some)[:3]),
    "short_title": lambda some: _capitals(_significant(some)[:3]),
    "veryshorttitle": lambda some: _capitals(_significant(some)[:1]),
    "very_short_title": lambda some: _capitals(_significant(some)[:1]),
    "clear": lambda _some: "",
    "minify_name_list": _minified,
    "normalize_unicode": lambda some: unicodedata.normalize("NFC", some),
    "remove_unicode_ligatures": lambda some: unicodedata.normalize("NFKC", some),
    "transliterate": to_ascii,
    **dict.fromkeys(
        "cleanup_url convert_msc_codes escapeAmpersands escapeDollarSign escapeUnderscores html_to_latex"
        " html_to_unicode latex_cleanup latex_to_unicode normalize_date normalize_issn normalize_month normalize_names"
        " normalize_page_numbers ordinals_to_superscript protect_terms remove_braces remove_enclosing_braces short_doi"
        " unicode_to_latex units_to_latex unprotect_terms".split(),
        _same,
    ),
}
_WITH_NUMBER = re.compile(r"(truncate|camel)(\d{1,6})")


def modifier(name: str) -> Modifier | None:
    """The modifier of this name, or None."""
    counted = _WITH_NUMBER.fullmatch(name)
    if counted is None:
        return MODIFIERS.get(name)
    number = int(counted[2])
    if counted[1] == "truncate":
        return lambda some: some[:number].rstrip()
    return lambda some: _camel(" ".join(some.split()[:number]))
