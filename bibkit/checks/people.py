"""Lists of names: what separates the names, and how a list ends that is not whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from bibkit.checks import persons
from bibkit.checks.model import BIBTEX, Bibliography, Change, Check, Mend, Remark
from bibkit.checks.people_text import (
    Listed,
    has_initials_first,
    has_initials_last,
    is_family,
    is_full,
    is_initials,
    listed,
    lists,
    pieces,
    plain,
    with_names,
)
from bibkit.checks.people_words import GIVEN, may_be_organisation
from bibkit.names import SUFFIXES

Reading = tuple[
    str, list[str], bool
]  # what is wrong, the names that are meant where they are known, whether that is sure

# ------------------------------------------------------------------------------------------------ separators

_STRAY_AND = re.compile(
    r"^\s*+and\s+|\s{1,9}and\s*+$|(?<=\sand)(?:\s{1,9}and)++(?=\s)|(?<=^and)(?:\s{1,9}and)++(?=\s)", re.IGNORECASE
)
_BACKSLASH_AND = re.compile(r"\\and(?![A-Za-z])")
_GLUED_AND = re.compile(r"(?<=[A-Z]\.)and(?=\s+[A-Z])")
_ENTITY = re.compile(r"&#?\w{1,10};")
_AMPERSAND = re.compile(r"\s\\?&\s|\s(?:und|et)\s(?!al\b)")


def separator(found: Bibliography) -> Iterator[Remark]:
    """Commas, semicolons, `&` and an `and` too many between names."""
    if not found.dialect:
        yield from _several_in_one(found)
        return
    for item, field, text in lists(found):
        if _is_suspect(text) and (fault := _list_fault(text)):
            said, new, sure = fault
            mend = Mend(f"write {' '.join(new.split())}", (Change(field, new),), safe=sure) if new else None
            yield Remark(item, f"{said} in the names {' '.join(text.split())}", field, mend=mend)


_BETWEEN = re.compile(r"(?:,?\s(?:and|&)|;)\s")


def _several_in_one(found: Bibliography) -> Iterator[Remark]:
    """In other formats, where each name stands for itself: several persons as one."""
    for item, variable, field, _ in found.people:
        for name in item.record.names[variable]:
            shown = name.literal or ", ".join(filter(None, (name.family, name.given, name.suffix)))
            parts = _BETWEEN.split(shown) if " and " in shown or "; " in shown or " & " in shown else ()
            if len(parts) > 1 and all(map(_persons, parts)):
                yield Remark(item, f"several names as one: {shown}", field)
                break


# Initials, a family name, a comma and initials again; or a family name with bare initials, a comma and another one; or
# two words before and behind a comma.
_TWO_IN_ONE = re.compile(
    r"[A-Z]\.[\s~-]{0,3}[A-Z][\w'’ -]{1,40}, ?[A-Z]\.|[a-z] [A-Z]{1,3}, [A-Z][\w'’-]{1,40} [A-Z]{1,3}\b"
    r"|[A-Z][a-z]{1,20} [A-Z][\w'’-]{1,40}, [A-Z][a-z]{1,20} [A-Z][a-z]"
)


def _is_suspect(text: str) -> bool:
    """Whether it is worth looking at: cheap, and true of too many rather than of too few."""
    if not text.isprintable() or "  " in text:
        text = " ".join(text.split())
    if "," in text and (text[-1] == "," or ", and" in text or _TWO_IN_ONE.search(text)):
        return True
    if text.count(",") > 1 and any(part.count(",") > 1 for part in text.split(" and ")):
        return True
    if (
        "\\and" in text
        or ";" in text
        or "&" in text
        or " und " in text
        or " et " in text
        or ".and" in text
        or "and and" in text
    ):
        return True
    return text[:4].lower() == "and " or text[-4:].lower() == " and"


@lru_cache(maxsize=1 << 12)
def _list_fault(text: str) -> tuple[str, str, bool] | None:
    """What is wrong with a list, the list as it ought to be where that is known, and whether that is sure."""
    bare = _STRAY_AND.sub("", text)
    if bare != text:
        ends = {word.lower() for word in (text.split()[0], text.split()[-1])}
        return "an and without a name", bare, "and" not in ends
    if _BACKSLASH_AND.search(text):
        return "a backslash before and", _BACKSLASH_AND.sub("and", text), True
    if _GLUED_AND.search(text) and "{" not in text:
        return "an and without a blank before it", _GLUED_AND.sub(" and", text), True
    changed: list[tuple[Listed, str]] = []
    said, unknown, sure = "", False, True
    for name in listed(text):
        if reading := _reading(name.text):
            said = said or reading[0]
            unknown = unknown or not reading[1]
            sure = sure and reading[2]
            changed.append((name, " and ".join(reading[1])))
    if not changed:
        return None
    return said, "" if unknown else with_names(text, changed), sure


def _reading(name: str) -> Reading | None:
    """What is written as one name and is none, or several."""
    if "=" in name or (name[0] == "{" and name[-1] == "}" and name.count("{") == 1):
        return None
    for read in (_semicolons, _ampersand, _suffix_behind, _commas):
        if reading := read(name):
            return reading
    bare = name.rstrip(" ,")
    return ("a comma behind a name", [bare], True) if bare != name else None


def _semicolons(name: str) -> Reading | None:
    if ";" not in name or _ENTITY.search(name):
        return None
    parts = [part for part in pieces(name, ";") if part]
    if len(parts) < 2 and parts == [name]:
        return None
    shown = list(map(plain, parts))
    if all(map(has_initials_last, shown)):
        return "semicolons", list(map(_with_comma, parts)), False
    simple = all(part.count(",") < 2 for part in parts)
    sure = simple and all(is_full(part) or "," in part for part in shown) and "et al" not in name
    return "semicolons", parts if simple else [], sure


def _ampersand(name: str) -> Reading | None:
    """`A. Smith & B. Jones`; a firm is left alone."""
    if not (found := _AMPERSAND.search(name)):
        return None
    parts = [part.rstrip(" ,") for part in _AMPERSAND.split(name)]
    if any(name.count("{", 0, at) != name.count("}", 0, at) for at in (found.start(), found.end())):
        return None
    whole = [one for part in parts for one in _persons(part)]
    if not whole or not all(map(_persons, parts)):
        return None
    return f"{found[0].strip()} instead of and", whole, False


def _persons(part: str) -> list[str]:
    """The persons in a text, if it is surely nothing but persons."""
    shown = plain(part)
    if has_initials_first(shown) or (is_full(shown) and _is_known(shown)):
        return [part]
    family, comma, given = (piece.strip() for piece in shown.partition(","))
    if comma and is_family(family) and (is_initials(given) or (is_full(f"{given} {family}") and "," not in given)):
        return [part]
    return _commas(part)[1] if comma and _commas(part) else []  # type: ignore[index]


def _is_known(name: str) -> bool:
    """Whether a word is an initial or a frequent given name: a firm has two words as well."""
    words = name.split()
    return words[0] in GIVEN or any(map(is_initials, words))


def _suffix_behind(name: str) -> Reading | None:
    """`Smith, John, Jr.`, where the suffix has its place in the middle."""
    parts = pieces(name, ",") if name.count(",") == 2 else []
    if len(parts) != 3 or parts[2] not in SUFFIXES or parts[1] in SUFFIXES or not is_family(plain(parts[0])):
        return None
    return f"{parts[2]} behind the given name", [f"{parts[0]}, {parts[2]}, {parts[1]}"], True


def _commas(name: str) -> Reading | None:
    if "," not in name:
        return None
    parts = pieces(name.rstrip(" ,"), ",")
    shown = list(map(plain, parts))
    if len(parts) < 2:
        return None
    if all(map(has_initials_first, shown)):
        return "commas", parts, True
    if all(map(has_initials_last, shown)):
        return "commas", list(map(_with_comma, parts)), False
    if all(map(is_full, shown)) and (len(parts) > 2 or all(map(_is_given_and_family, shown))):
        return "commas", parts, False
    return _alternating(parts, shown) if len(parts) > 3 else None


def _is_given_and_family(name: str) -> bool:
    """Whether the first word is known as a given name and the last one is not: "Kim Lind", not "Lind Kim"."""
    words = name.split()
    return words[0] in GIVEN and words[-1] not in GIVEN


def _alternating(parts: list[str], shown: list[str]) -> Reading | None:
    """`Smith, J., Doe, A.`; more than two commas are too many for one name in any case."""
    pairs = [f"{family}, {given}" for family, given in zip(parts[::2], parts[1::2], strict=False)]
    if len(parts) % 2 == 0 and all(map(is_family, shown[::2])) and not may_be_organisation(" ".join(shown).split()):
        if all(map(is_initials, shown[1::2])):
            return "commas", pairs, True
        if _are_given(shown[1::2]) and not _are_given(shown[::2]):
            return "commas", pairs, False
    return "more than two commas", [], False


def _are_given(words: list[str]) -> bool:
    """Whether most of these are known as given names."""
    return 2 * sum(bool(word) and word.split()[0] in GIVEN for word in words) > len(words)


def _with_comma(name: str) -> str:
    """`Smith JR` as `Smith, J. R.`."""
    family, _, initials = name.rpartition(" ")
    return f"{family}, {' '.join(f'{initial}.' for initial in initials)}"


# ------------------------------------------------------------------------------------------------ et al.

_ET_AL = re.compile(
    r"(?:^|(?<=[\s,~.}]))(?:and[\s~]+)?(?:\{\s*)?(?:\\(?:emph|textit|textsl|it|em)\s*\{?\s*)?"
    r"et\.?[\s~]*al\b\.?[\s}]*$"
)
_NO_BRACES = str.maketrans("", "", "{}")
_MAY_END = re.compile(r"et\.?[\s~]*al\b")
_OTHERS = re.compile(r"(?<=\s)and\s+(?:\{\s*others\.?\s*\}|others\.|Others\.?|OTHERS|\{\s*et\.?\s+al\.?\s*\})\s*$")


def et_al(found: Bibliography) -> Iterator[Remark]:
    """`et al.` where BibTeX wants `and others`; in other formats, as a name."""
    if not found.dialect:
        yield from _et_al_as_name(found)
        return
    for item, field, text in lists(found):
        if text.endswith(" and others"):
            continue
        if ("et" in text and _MAY_END.search(text)) or "thers" in text or "THERS" in text:
            new = _with_others(text)
            if new != text:
                mend = Mend("write and others", (Change(field, new),)) if new else None
                end = " ".join(text.translate(_NO_BRACES).split()[-2:])
                yield Remark(item, f"{end} instead of and others", field, mend=mend)


@lru_cache(maxsize=1 << 12)
def _with_others(text: str) -> str:
    """The list with its end as BibTeX wants it; empty where that is not plain to see."""
    if found := _OTHERS.search(text):
        return f"{text[: found.start()]}and others"
    if not (found := _ET_AL.search(text)):
        return text
    before = text[: found.start()].rstrip(" \t\r\n,~")
    return f"{before} and others" if before and before.count("{") == before.count("}") else ""


_WRITTEN_OTHERS = re.compile(
    r"(?:(?:family|literal|lastName|name)\"\s*+:\s*+\"|^(?:A[U1-4]|ED)\s*+-\s*+)"
    r"(?:et\.? ?al\.?|(?:and )?others)[\s\",]",
    re.IGNORECASE | re.MULTILINE,
)


def _et_al_as_name(found: Bibliography) -> Iterator[Remark]:
    """Readers of other formats take it out of the list; our own writers note beside the names that a list is cut."""
    for item in found.items:
        if item.record.cut and (written := _WRITTEN_OTHERS.search(found.text, item.start, item.end)):
            yield Remark(item, "et al. or others as a name", item.record.cut[0], written[0].rstrip('", \r\n'))


CHECKS = (
    Check(
        "name-separator",
        "names that are not separated by and",
        separator,
        severity="error",
        fix="safe",
        why="BibTeX separates names by the word and alone: commas part the pieces of one name, so that several people "
        "become one with a strange name, or an error.",
        bad="author = {A. Moreau, B. Lind and C. Roth}",
        good="author = {A. Moreau and B. Lind and C. Roth}",
        rule="btxdoc, section 4; biblatex manual 2.3.3",
        formats=BIBTEX | {"csl-json", "ris", "zotero-json"},
    ),
    Check(
        "name-et-al",
        "et al. as a name",
        et_al,
        fix="safe",
        why="Styles write et al. themselves, in the language of the document, where the list ends in `and others`; "
        "as a name it is sorted, abbreviated and printed as one.",
        bad="author = {Moreau, Ada and others.}",
        good="author = {Moreau, Ada and others}",
        rule="btxdoc, section 4, item 18",
    ),
    *persons.CHECKS,
)
