"""Single names: braces, initials, capitals, and what is no part of a name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from bibkit.checks.model import BIBTEX, Bibliography, Change, Check, Mend, Remark
from bibkit.checks.people_text import (
    Listed,
    has_initials_first,
    is_family,
    is_full,
    is_initials,
    listed,
    lists,
    plain,
    with_names,
)
from bibkit.checks.people_words import GIVEN, ORGANISATIONS, PERHAPS, is_organisation, may_be_organisation
from bibkit.record import Name
from bibkit.written import Written

# ------------------------------------------------------------------------------------------------ braces

_MAY_BE_BRACED = re.compile(r"(?:^|\s)\{[^{}\\]{3,2000}\}(?:\s|$)")
_BRACED = re.compile(r"\{([^{}\\]{3,2000})\}")
_FIRMS = frozenset(
    ("Philip Morris", "Arthur Andersen", "Martin Marietta", "Charles Schwab", "Thomas Cook", "John Deere")
)


def braced(found: Bibliography) -> Iterator[Remark]:
    """`{John Smith}` and `{Smith, J.}`: a person in braces."""
    for item, field, text in lists(found):
        if "{" not in text or not _MAY_BE_BRACED.search(text):
            continue
        names = listed(text)
        inner = [(name, match[1].strip()) for name in names if (match := _BRACED.fullmatch(name.text))]
        people = [(name, _spaced(bare)[0]) for name, bare in inner if all(map(_is_person, bare.split(" and ")))]
        if people:
            said = "the list of people" if " and " in people[0][1] else "the person"
            mend = Mend(f"write {' and '.join(new for _, new in people)}", (Change(field, with_names(text, people)),))
            yield Remark(item, f"{said} {people[0][0].text[1:-1]} in braces", field, people[0][0].text, mend)


def _is_person(text: str) -> bool:
    """Initials and a family name, or a given name that is no word; commas part family and given name."""
    family, comma, given = (part.strip() for part in text.partition(","))
    if comma:
        first = given.split()[:1]
        return is_family(family) and (
            is_initials(given) or (first[:1] == [*GIVEN & {*first}] and is_full(f"{given} Xy"))
        )
    if text in _FIRMS or not family:
        return False
    return has_initials_first(text) or (text.split()[0] in GIVEN and is_full(text) and len(text.split()) < 4)


_WORDS = frozenset(
    sign for word in ORGANISATIONS | PERHAPS for sign in (word, f"{word},", f"{word}.", f"{{{word}", f"{word}}}")
)
_ARTICLE = re.compile(r"(?:the|The|die|Die|le|la|les)\s+")
_COMPANY = re.compile(r"[^,]+,\s*(?:Inc|Ltd|LLC|Corp|GmbH|Co)\b\.?")


def organisation(found: Bibliography) -> Iterator[Remark]:
    """An organisation without braces, of which BibTeX makes given name and family name."""
    if not found.dialect:
        yield from _organisations_as_persons(found)
        return
    for item, field, text in lists(found):
        if _WORDS.isdisjoint(text.lower().split()):
            continue
        names = listed(text)
        places = [place for place, name in enumerate(names) if _is_unbraced(name.text)]
        if places:
            yield _organisation_remark(item, field, text, names, places)


def _organisations_as_persons(found: Bibliography) -> Iterator[Remark]:
    """In other formats: an organisation with a given name and a family name."""
    for item, variable, field, _ in found.people:
        for name in item.record.names[variable]:
            words = f"{name.given} {name.family}"
            if name.family and name.given and is_organisation(words.split()):
                yield Remark(item, f"the organisation {words} has a given name, {name.given}", field)
                break


def _is_unbraced(text: str) -> bool:
    words = plain(text).split()
    if len(words) < 2 or text.count("{") != text.count("}") or "=" in text or _is_one_group(text):
        return False
    if _is_one_group(_ARTICLE.sub("", text)):  # "the" as a particle, which sorts it under what follows
        return False
    return is_organisation(words) and ("," not in text or bool(_COMPANY.fullmatch(text)) or bool(_turned(text)))


def _turned(text: str) -> str:
    """`Organization, World Health`, as its own name is; empty for anything else."""
    family, comma, given = (part.strip() for part in text.partition(","))
    words = given.split()
    if not comma or "," in given or "{" in text or family.lower() not in ORGANISATIONS or not words:
        return ""
    whole = f"{given} {family}"
    capital = all(word[0].isupper() and (len(word) > 2 or word.isupper()) and word[-1] != "." for word in words)
    return whole if capital and _COMPANY.fullmatch(text) is None and is_organisation(whole.split()) else ""


def _is_one_group(text: str) -> bool:
    """Whether nothing outside of braces can be taken for a given name: `{Acme Labs}`, `{{Acme} Labs}`."""
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign == "{") - (sign == "}")
        if not depth:
            return text[0] == "{" and place == len(text) - 1
    return False


def _organisation_remark(item: Written, field: str, text: str, names: list[Listed], places: list[int]) -> Remark:
    """BibTeX cuts `Centers for Disease Control and Prevention` in two: a single word behind may belong to it."""
    changed: list[tuple[Listed, str]] = []
    sure = True
    for place in places:
        name = names[place]
        after = names[place + 1] if place + 1 < len(names) and _goes_on(name.text, names[place + 1].text) else None
        sure = sure and after is None
        whole = Listed(name.start, after.end if after else name.end, name.text)
        turned = _turned(name.text)
        sure = sure and not turned
        changed.append((whole, f"{{{turned or text[whole.start : whole.end]}}}"))
    shown = [" ".join(new.split()) for _, new in changed]
    mend = Mend(f"write {' and '.join(shown)}", (Change(field, with_names(text, changed)),), safe=sure)
    return Remark(item, f"the organisation {shown[0][1:-1]} without braces", field, changed[0][0].text, mend)


def _goes_on(name: str, after: str) -> bool:
    return after.isalpha() and after.istitle() and not _JOINING.isdisjoint(name.split())


_JOINING = frozenset(("of", "for", "on"))

# ------------------------------------------------------------------------------------------------ initials

_CLOSE = re.compile(
    r"(?<![\w.{}\\'`^\"=~-])(?:[A-Z]\.){2,5}(?![\w'’-])|(?<![\w.{}\\'`^\"=~-])(?:[A-Z]\.){1,4}(?=[A-Z][a-z][\w'’-]{1,40}(?:\s*$|,))"
)
_MAY_BE_CLOSE = re.compile(r"[A-Z]\.[A-Z]|, [A-Z]{2}(?![\w.])")
_TITLES = frozenset(("M.D.", "B.A.", "M.A.", "B.S.", "M.S.", "U.S.", "U.K.", "U.N.", "S.J.", "R.N."))
_DOTLESS = re.compile(r"(?<=, )[A-Z]{2}(?=\s+and\s|\s*$)")
_NO_INITIALS = frozenset("JR SR II IV VI MD YU XU WU LI HE HU LU MA BO JO TY AL ED".split())


def initials(found: Bibliography) -> Iterator[Remark]:
    """`J.R. Smith`, of which BibTeX and Biber keep the J. alone, and `Smith, JR`."""
    for item, field, text in lists(found):
        if not _MAY_BE_CLOSE.search(text):
            continue
        new, sure = _spaced(text)
        if new != text:
            said = f"initials without a blank between in {' '.join(text.split())}"
            title = f"write {' '.join(new.split())}"
            yield Remark(item, said, field, mend=Mend(title, (Change(field, new),), safe=sure))


@lru_cache(maxsize=1 << 12)
def _spaced(text: str) -> tuple[str, bool]:
    changed: list[tuple[Listed, str]] = []
    sure = True
    for name in listed(text):
        alone = " " not in name.text and not any(map(str.islower, name.text))  # S.R.S.
        if alone or _is_one_group(name.text) or is_organisation(name.text.split()):
            continue
        raw = text[name.start : name.end]
        new = "".join(part if inside else _CLOSE.sub(_apart, part) for part, inside in _by_braces(raw))
        dotted = _DOTLESS.sub(_with_points, new) if _has_mixed_family(raw) else new
        sure = sure and dotted == new
        if dotted != raw:
            changed.append((name, dotted))
    return with_names(text, changed), sure


def _by_braces(text: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces, and whether each stands in braces; a closing brace begins what follows it."""
    start = depth = 0
    for brace in re.finditer(r"[{}]", text):
        yield text[start : brace.start()], depth > 0
        start = brace.start()
        depth = max(0, depth + (1 if brace[0] == "{" else -1))
    yield text[start:], depth > 0


def _apart(found: re.Match[str]) -> str:
    if found[0] in _TITLES and _is_behind(found.string[: found.start()]):
        return found[0]
    glued = found.string[found.end() : found.end() + 1].isalpha()
    return found[0].replace(".", ". ").rstrip() + " " * glued


def _is_behind(before: str) -> bool:
    """Whether a whole name stands before it, so that it is a degree or an order: `Walter J. Ong, S.J.`."""
    return before.count(",") > 1 or "." in before.partition(",")[0]


def _with_points(found: re.Match[str]) -> str:
    return found[0] if found[0] in _NO_INITIALS else " ".join(f"{letter}." for letter in found[0])


def _has_mixed_family(name: str) -> bool:
    family = name.partition(",")[0]
    return len(family) > 1 and any(map(str.islower, family))


# ------------------------------------------------------------------------------------------------ capitals

_SHOUTED = re.compile(r"[^\W\d_a-z]{3}")


def capitals(found: Bibliography) -> Iterator[Remark]:
    """Names all in capitals, where most of the list is so."""
    for item, variable, field, text in found.people:
        if found.dialect and not _SHOUTED.search(text):
            continue
        people = [name for name in item.record.names[variable] if name.given and not _is_too_short(name)]
        shouted = [name for name in people if _shouts(name)]
        if shouted and 2 * len(shouted) > len(people) and _are_persons(shouted, text):
            yield _capitals_remark(item, field, text, shouted[0], bool(found.dialect))


_IN_NAMES = dict.fromkeys(map(ord, " .'’-"))


def _is_too_short(name: Name) -> bool:
    """Whether its family name may be short for something, with no known given name beside it."""
    known = len(name.given) > 2 and name.given.partition(" ")[0].title() in GIVEN
    return not name.family or (len(name.family) < 4 and name.family.isupper() and not known)


def _shouts(name: Name) -> bool:
    words = f"{name.given} {name.family}"
    if (
        not words.isupper()
        or not words.translate(_IN_NAMES).isalpha()
        or not any(char.isascii() for char in name.family)
    ):
        return False
    return not may_be_organisation(words.split()) and not any(map(str.isdecimal, words))


def _are_persons(people: list[Name], text: str) -> bool:
    """Whether these are no acronyms, as in ACM SIGGRAPH: several people, a comma, initials or a known given name."""
    first = people[0].given.split()[0]
    return len(people) > 1 or "," in text or not text or is_initials(first) or first.title() in GIVEN


def _capitals_remark(item: Written, field: str, text: str, name: Name, is_bibtex: bool) -> Remark:
    said = f"the name {name.family}, {name.given} is all in capitals"
    new = _lowered(text) if is_bibtex and "{" not in text and "\\" not in text else ""
    mend = Mend(f"write {' '.join(new.split())}", (Change(field, new),)) if new else None
    return Remark(item, said, field, mend=mend)


_SHOUTED_WORD = re.compile(r"(?<![\w.])(?:MC|MAC(?=[^AEIOU\W]{1}))?[^\W\d_a-z]{2,}(?![\w.])")


def _lowered(text: str) -> str:
    return _SHOUTED_WORD.sub(lambda word: _capitalised(word[0]), text)


def _capitalised(word: str) -> str:
    if word in ("AND", "II", "III", "IV") or (len(word) < 4 and not set(word) & set("AEIOUY")):
        return word.lower() if word == "AND" else word
    if word.startswith("MC") and len(word) > 4:
        return f"Mc{word[2:].capitalize()}"
    return word.capitalize()


# ------------------------------------------------------------------------------------------------ what is no name

_FOOTNOTE = re.compile(
    r"\\thanks\b|\\footnote(?:mark)?\b|\\textsuperscript\b|\$\s*\^|[*†‡§¶¹²³](?=\s|,|$|\})|\((?:[Ee]d|[Hh]rsg|[Hh]g)s?\.?\)"
)
_DIGIT = re.compile(r"[a-zß-ÿ]\d{1,2}(?:,\d{1,2})*$")
_ANY_SIGN = re.compile(r"[0-9*†‡§¶¹²³$(]|\\thanks|\\foot|\\textsup")
_SIGN = re.compile(
    r"\s{0,9}\\(?:thanks|footnote|textsuperscript)\s{0,9}\{[^{}]{0,200}\}|\s{0,9}\\footnotemark(?:\[[^\]]{0,50}\])?|\s{0,9}\$\s{0,9}\^\s{0,9}(?:\{[^{}$]{0,50}\}|\w|\*)\s{0,9}\$"
    r"|(?<=[a-zß-ÿ])\d{1,2}(?:,\d{1,2}){0,20}(?![\w-])|\s{0,9}[*†‡§¶¹²³]{1,9}(?=\s|,|$|\})"
    r"|\s{0,9}\((?:[Ee]d|[Hh]rsg|[Hh]g)s?\.?\)"
)


def number(found: Bibliography) -> Iterator[Remark]:
    r"""`Smith1`, `Smith*`, `Smith\thanks{...}`: the mark of a footnote in a name."""
    for item, variable, field, text in found.people:
        if found.dialect and not _ANY_SIGN.search(text):
            continue
        marked = next(filter(_is_marked, item.record.names[variable]), None)
        raw = bool(found.dialect and _FOOTNOTE.search(text))
        if marked is not None or raw:
            new = _SIGN.sub("", text) if found.dialect else ""
            mend = Mend(f"write {' '.join(new.split())}", (Change(field, new),)) if new and new != text else None
            shown = f"{marked.given} {marked.family}" if marked else " ".join(text.split())
            yield Remark(item, f"there is more than a name in {shown}", field, mend=mend)


def _is_marked(name: Name) -> bool:
    """A person with letters that end in digits; a user name or a group is no person."""
    if not name.family or not name.given:
        return False
    return any(_is_marked_part(part) for part in (name.family, name.given))


def _is_marked_part(part: str) -> bool:
    if part.isalpha():
        return False
    return bool(_DIGIT.search(part)) if part[-1].isdecimal() else bool(_FOOTNOTE.search(part))


_ACADEMIC = re.compile(
    r"(?<![\w.-])(?:(?:Univ\.-)?Prof(?:essor\b|\.)"
    r"|Dr\.(?:[ -]?(?:Ing|phil|rer|nat|med|h\.\s?c)\.){0,4}|Dr\b(?=[ .][A-Z])|Dipl\.[ -]?\w{2,6}\."
    r"|Ph\.\s?D\.?|PhD\b|MD, PhD\b)[\s~]*+"
)


def titles(found: Bibliography) -> Iterator[Remark]:
    """`Dr. Ada Moreau`, `Moreau, Ada, PhD`."""
    for item, variable, field, text in found.people:
        if found.dialect and not _may_have_title(text):
            continue
        for name in item.record.names[variable]:
            if title := _title_of(name):
                mend = _untitled(field, text) if found.dialect else None
                shown = " ".join(filter(None, (name.given, name.family, name.suffix)))
                yield Remark(item, f"the title {title} in the name {shown}", field, mend=mend)
                break


def _may_have_title(text: str) -> bool:
    return "Dr" in text or "Prof" in text or "Ph" in text or "Dipl" in text


def _title_of(name: Name) -> str:
    """The academic title in a person's name that is whole without it: not that of Dr. Seuss."""
    words = f"{name.given} {name.family} {name.suffix}".strip()
    if name.literal or not _may_have_title(words):
        return ""
    found = _ACADEMIC.search(words)
    rest = _ACADEMIC.sub("", words).replace(",", " ").split()
    return found[0].strip() if found and len(rest) > 1 and not may_be_organisation(rest) else ""


_TITLE_BEHIND = re.compile(r",?\s{0,9}(?:MD, )?(?:Ph\.\s?D\.?|PhD\b)(?=\s+and\s|\s*$)")


def _untitled(field: str, text: str) -> Mend | None:
    if "{" in text:
        return None
    new = _ACADEMIC.sub("", _TITLE_BEHIND.sub("", text))
    return Mend(f"write {' '.join(new.split())}", (Change(field, new),)) if new != text else None


CHECKS = (
    Check(
        "name-braced",
        "person in braces",
        braced,
        fix="unsafe",
        why="Braces make one word of a name, as is right for organisations: a person is sorted by the given name then, "
        "and never abbreviated.",
        bad="author = {{John Moreau}}",
        good="author = {John Moreau}",
        rule="btxdoc, section 4; biblatex manual 2.3.3",
        formats=BIBTEX,
    ),
    Check(
        "name-organisation",
        "organisation without braces",
        organisation,
        fix="safe",
        why="Without braces the last word is its family name, and styles abbreviate the others.",
        bad="author = {World Health Organization}",
        good="author = {{World Health Organization}}",
        rule="biblatex manual 2.3.3",
        formats=BIBTEX | {"csl-json", "ris", "zotero-json"},
    ),
    Check(
        "name-initials",
        "initials without a blank between",
        initials,
        fix="safe",
        why="BibTeX and Biber take J.R. for one given name and abbreviate it to J.",
        bad="author = {J.R. Moreau}",
        good="author = {J. R. Moreau}",
        rule="bibtex.web, sections 418 to 420 (format.name$ takes one letter of a word)",
        formats=BIBTEX,
    ),
    Check(
        "name-capitals",
        "name all in capitals",
        capitals,
        fix="unsafe",
        why="Whether names are shown in capitals is for the style to say; out of them no program makes small letters.",
        bad="author = {MOREAU, ADA}",
        good="author = {Moreau, Ada}",
    ),
    Check(
        "name-number",
        "mark of a footnote in a name",
        number,
        fix="unsafe",
        why="The mark came along when the names were copied; it is sorted and printed as part of the name.",
        bad="author = {Ada Moreau1}",
        good="author = {Ada Moreau}",
    ),
    Check(
        "name-titles",
        "academic title in a name",
        titles,
        fix="unsafe",
        why="No style prints titles; a Dr. becomes the first of the given names, and its initial.",
        bad="author = {Dr. Ada Moreau}",
        good="author = {Ada Moreau}",
    ),
)
