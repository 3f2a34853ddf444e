"""What entries say of each other: keys, parents, sets, related works; and the macros that they share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from bibkit.checks.dialects import is_classic
from bibkit.checks.entries import named
from bibkit.checks.model import BIBTEX, Bibliography, Check, Remark
from bibkit.formats.bibtex_blocks import STANDARD_MACROS, Entry, StringBlock
from bibkit.formats.bibtex_written import BibtexWritten
from bibkit.record import Record
from bibkit.written import Written

# ------------------------------------------------------------------------------------------------ keys


def taken_alias(found: Bibliography) -> Iterator[Remark]:
    """An alias that is the key or an alias of another entry."""
    if not any(item.record.aliases for item in found.items):
        return
    owners = {item.record.key: item for item in reversed(found.items)}
    for item in found.items:
        for alias in dict.fromkeys(item.record.aliases):
            owner = owners.setdefault(alias, item)
            if owner is not item:
                kind = "the key" if owner.record.key == alias else "an alias"
                message = f"the alias {alias} is {kind} of {_told(owner, alias)}"
                yield Remark(item, message, "ids", alias)


def _told(owner: Written, alias: str) -> str:
    return "another entry" if owner.record.key == alias else owner.record.key


# ------------------------------------------------------------------------------------------------ what is named

_SPACE = re.compile(r"\s")
_NAMING = ("xref", "related", "entryset")


def nowhere(found: Bibliography) -> Iterator[Remark]:
    """`related`, `xref` and `entryset` that name no entry; the readers say so of `crossref` and `xdata`."""
    naming = [item for item in found.items if any(field in item.fields for field in _NAMING)]
    keys = _all_keys(found) if naming else frozenset()
    for item in naming:
        for field in _NAMING:
            for key in named(item, field):
                if key.lower() not in keys and not _SPACE.search(key):  # text of one's own is no key
                    yield Remark(item, f"{field} = {{{key}}}: there is no such entry in this file", field, key)


def _all_keys(found: Bibliography) -> frozenset[str]:
    return frozenset(key.lower() for item in found.items for key in (item.record.key, *item.record.aliases))


def parent_first(found: Bibliography) -> Iterator[Remark]:
    """A parent before its child, where BibTeX has read past it."""
    children = [(place, item) for place, item in enumerate(found.items) if "crossref" in item.fields]
    if not children or not found.once(is_classic):
        return
    places = _places(found.items)
    for place, item in children:
        parent = item.fields["crossref"].strip()
        if places.get(parent.lower(), place) < place:
            yield Remark(item, f"its parent {parent} stands before it, where BibTeX does not look", "crossref")


def _places(items: Iterable[Written]) -> dict[str, int]:
    """Where the first entry of each key is."""
    found: dict[str, int] = {}
    for place, item in enumerate(items):
        found.setdefault(item.record.key.lower(), place)
    return found


def circle(found: Bibliography) -> Iterator[Remark]:
    """Entries that inherit from themselves, over whatever way: said once of each circle."""
    links: dict[str, list[str]] = {}
    for item in found.items:
        if "crossref" in item.fields or "xdata" in item.fields:
            links.setdefault(item.record.key.lower(), [key.lower() for key in named(item, "crossref", "xdata")])
    if not links:
        return
    items = {item.record.key.lower(): item for item in reversed(found.items)}
    for way in _circles(links):
        item = items[way[0]]
        keys = [items[key].record.key for key in way]
        message = f"{keys[0]} inherits from itself" + (f" by way of {', '.join(keys[1:])}" if keys[1:] else "")
        yield Remark(item, message, "crossref" if "crossref" in item.fields else "xdata")


def _circles(links: Mapping[str, list[str]]) -> Iterator[list[str]]:
    """Each circle once, from the entry at which it was first met; without recursion, linear in the links."""
    done: set[str] = set()
    for start in links:
        way: dict[str, None] = {}  # in order
        ahead = [iter([start])]
        while ahead:
            key = next(ahead[-1], None)
            if key is None:
                ahead.pop()
                done.update([way.popitem()[0]] if way else [])
            elif key in way:
                keys = list(way)
                yield keys[keys.index(key) :]
            elif key in links and key not in done:
                way[key] = None
                ahead.append(iter(links[key]))


# ------------------------------------------------------------------------------------------------ macros

_WORD = re.compile(r"[^\s#{}\"]+")
_COMMON_STOCK = 3  # macros that may be a stock of abbreviations, most of which one file does not need


def unused_macro(found: Bibliography) -> Iterator[Remark]:
    """A macro that no entry uses. Nothing is said of a file of macros only, nor of a stock that is mostly unused."""
    first = found.items[0] if found.items else None
    if not isinstance(first, BibtexWritten):
        return
    defined = list(_defined(first))
    used = _used(first) if defined else frozenset()
    unused = [row for row in defined if row[0].lower() not in used]
    if len(defined) > _COMMON_STOCK and len(unused) * 2 > len(defined):
        return
    for name, start, end in unused:
        place = Written(Record("document", name), found.text, start, end, "string")
        yield Remark(place, f"no entry uses the macro {name}")


def _defined(item: BibtexWritten) -> Iterator[tuple[str, int, int]]:
    """The macros that are defined, with the place of their definition; not what every style defines."""
    for block in item.document.blocks:
        if type(block) is StringBlock:
            for name, _ in block.pairs:
                if name.lower() not in STANDARD_MACROS:
                    yield name, block.start, block.end


def _used(item: BibtexWritten) -> frozenset[str]:
    """The bare words of all values, in lower case."""
    raw = {
        raw
        for block in item.document.blocks
        if isinstance(block, (Entry, StringBlock))
        for _, raw in block.pairs
        if raw[:1] not in _DELIMITERS or "#" in raw
    }
    return frozenset(word.lower() for value in raw for word in _WORD.findall(value))


_DELIMITERS = ("{", '"', "")

CHECKS = (
    Check(
        "key-duplicate",
        "alias that belongs to another entry",
        taken_alias,
        why="A citation of the alias can mean either entry. (Two entries of one key are named by the reader: "
        "bibtex-duplicate-key, csl-id-twice.)",
        bad="@misc{moreau1998, title = {On the waiting of trains}, ids = {reis2001}}\n"
        "@misc{reis2001, title = {Platforms}}",
        good="@misc{moreau1998, title = {On the waiting of trains}, ids = {moreau1997}}\n"
        "@misc{reis2001, title = {Platforms}}",
        rule="biblatex manual, section 2.2.3 (ids)",
    ),
    Check(
        "reference-missing",
        "reference to an entry that is not there",
        nowhere,
        why="xref, related and entryset hold keys; biber drops those that it does not find.",
        bad="@misc{moreau1998, title = {On the waiting of trains}, related = {reis2001}}",
        good="@misc{moreau1998, title = {On the waiting of trains}, related = {reis2001}}\n"
        "@misc{reis2001, title = {Platforms}}",
        rule="biblatex manual, sections 2.2.3 and 3.13",
        formats=BIBTEX,
    ),
    Check(
        "reference-order",
        "parent that stands before its child",
        parent_first,
        why="BibTeX reads a file once: a parent that is not cited itself is only found after the entries that name it. "
        "Biber does not mind; so this is only looked for in files for BibTeX.",
        bad="@proceedings{rail1998, title = {Proceedings of Rail}, booktitle = {Proceedings of Rail}, year = {1998}}\n"
        "@inproceedings{moreau1998, author = {Moreau, Ada}, title = {Waiting}, crossref = {rail1998}}",
        good="@inproceedings{moreau1998, author = {Moreau, Ada}, title = {Waiting}, crossref = {rail1998}}\n"
        "@proceedings{rail1998, title = {Proceedings of Rail}, booktitle = {Proceedings of Rail}, year = {1998}}",
        rule="btxdoc, section 2.1, item 5",
        formats=BIBTEX,
    ),
    Check(
        "reference-circle",
        "entries that inherit from themselves",
        circle,
        severity="error",
        why="Biber stops there, and BibTeX warns of nested cross references.",
        bad="@misc{moreau1998, title = {On the waiting of trains}, crossref = {reis2001}}\n"
        "@misc{reis2001, title = {Platforms}, crossref = {moreau1998}}",
        good="@misc{moreau1998, title = {On the waiting of trains}, crossref = {reis2001}}\n"
        "@misc{reis2001, title = {Platforms}}",
        rule="biblatex manual, section 2.4.1",
        formats=BIBTEX,
    ),
    Check(
        "macro-unused",
        "macro that no entry uses",
        unused_macro,
        severity="note",
        why="It is left over, or its name is misspelt where it should be used.",
        bad="@string{rail = {Journal of Rail Research}}\n@misc{moreau1998, title = {On the waiting of trains}}",
        good="@string{gleis = {Gleis}}\n@misc{moreau1998, title = {On the waiting of trains}, howpublished = gleis}",
        rule="btxdoc, section 2.1, item 2",
        formats=BIBTEX,
    ),
)
