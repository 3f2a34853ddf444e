"""Entries of a CV in their order, groups and numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from bibkit import dates, text
from bibkit.cv.model import Entry, Section
from bibkit.settings import TYPE_NAMES, Cv

# ------------------------------------------------------------------------------------------------ facts

# Types in the order in which a CV has them: title of their section, prefix of their numbers.
TYPES = {
    "book": ("Books", "B"),
    "article-journal": ("Journal articles", "J"),
    "paper-conference": ("Conference papers", "C"),
    "chapter": ("Book chapters", "B"),
    "article": ("Preprints", "P"),
    "thesis": ("Theses", "T"),
    "report": ("Technical reports", "R"),
    "review": ("Reviews", "V"),
    "review-book": ("Book reviews", "V"),
    "article-magazine": ("Magazine articles", "M"),
    "article-newspaper": ("Newspaper articles", "N"),
    "patent": ("Patents", "A"),
    "software": ("Software", "S"),
    "dataset": ("Data sets", "D"),
    "standard": ("Standards", "R"),
    "speech": ("Talks", "K"),
    "manuscript": ("Manuscripts", "U"),
    "webpage": ("Web pages", "W"),
    "post-weblog": ("Blog posts", "W"),
}
OTHER_TYPE = ("Other works", "O")

STATUSES = {
    "published": "Published",
    "accepted": "Accepted",
    "submitted": "Under review",
    "preprint": "Preprints",
    "draft": "In preparation",
}

NO_YEAR = ("no-year", "No year")
COMING = ("forthcoming", "Forthcoming")
OTHER_TOPIC = "Other topics"
SELECTED = ("selected", "Selected works")


def sections(entries: Iterable[Entry], settings: Cv) -> tuple[Section, ...]:
    """Sections with their entries in order and with numbers; each entry is in one of them."""
    return _numbered(_grouped(sorted(entries, key=_ORDERS[settings.order]), settings), settings)


# ------------------------------------------------------------------------------------------------ order and groups


def _newest(entry: Entry) -> tuple[object, ...]:
    """What has no date yet is first where it is still to come, else last."""
    known, year, month, day = dates.sort_key(entry.record.issued)
    return (not (known or _is_coming(entry)), known, -year, -month, -day, *_by_title(entry))


def _oldest(entry: Entry) -> tuple[object, ...]:
    return (_is_coming(entry), *dates.sort_key(entry.record.issued), *_by_title(entry))


def _by_title(entry: Entry) -> tuple[object, ...]:
    return (text.fold(entry.title) or entry.title, entry.key)


def _by_author(entry: Entry) -> tuple[object, ...]:
    names = [person.name for person in entry.people]
    return (not names, [text.fold(f"{one.family or one.literal}, {one.given}") for one in names], *_newest(entry))


_ORDERS: dict[str, Callable[[Entry], tuple[object, ...]]] = {
    "newest": _newest,
    "oldest": _oldest,
    "title": _by_title,
    "author": _by_author,
}


def _is_coming(entry: Entry) -> bool:
    return entry.year is None and entry.status in ("accepted", "submitted", "draft")


def _grouped(entries: Sequence[Entry], settings: Cv) -> list[Section]:
    """Sections with their works; each work is in one of them."""
    first = [entry for entry in entries if entry.selected]
    groups: dict[tuple[str, str], list[Entry]] = {}
    for entry in (entry for entry in entries if not entry.selected):
        groups.setdefault(_GROUPS[settings.group](entry), []).append(entry)
    named = {SELECTED: first} if first else {}
    named |= {group: groups[group] for group in _ordered(groups, settings)}
    return [Section(*group, tuple(members)) for group, members in named.items()]


def _ordered(groups: Iterable[tuple[str, str]], settings: Cv) -> list[tuple[str, str]]:
    """Years the newest first, unless the oldest are asked for; types, statuses and topics in their own order."""
    if settings.group == "year":
        sign = 1 if settings.order == "oldest" else -1
        return sorted(groups, key=lambda group: _ENDS.get(group) or (1, sign * int(group[0])))
    fixed: dict[str, Iterable[str]] = {"type": TYPES, "status": STATUSES, "topic": map(_slug, settings.topics)}
    rank = {name: place for place, name in enumerate(fixed.get(settings.group, ()))}
    return sorted(groups, key=lambda group: (rank.get(group[0], len(rank)), group in _LAST, text.fold(group[1]), group))


_ENDS = {COMING: (0, 0), NO_YEAR: (2, 0)}
_LAST = (("other", OTHER_TYPE[0]), ("other-topics", OTHER_TOPIC))


def _year_group(entry: Entry) -> tuple[str, str]:
    if entry.year is None:
        return COMING if _is_coming(entry) else NO_YEAR
    return str(entry.year), str(entry.year)


def _type_group(entry: Entry) -> tuple[str, str]:
    kind = entry.record.type
    return (kind, TYPES[kind][0]) if kind in TYPES else ("other", OTHER_TYPE[0])


def _topic_group(entry: Entry) -> tuple[str, str]:
    title = entry.topics[0] if entry.topics else OTHER_TOPIC
    return _slug(title), title


def _slug(title: str) -> str:
    return "-".join(text.fold(title).split()) or "topic"


_GROUPS: dict[str, Callable[[Entry], tuple[str, str]]] = {
    "year": _year_group,
    "type": _type_group,
    "status": lambda entry: (entry.status, STATUSES[entry.status]),
    "topic": _topic_group,
    "none": lambda _: ("all", ""),
}


# ------------------------------------------------------------------------------------------------ numbers


def _numbered(sections: Sequence[Section], settings: Cv) -> tuple[Section, ...]:
    if settings.number == "none":
        return tuple(sections)
    totals: dict[str, int] = {}
    for section in sections:
        for entry in section.entries:
            series = _series(section, entry, settings)
            totals[series] = totals.get(series, 0) + 1
    used = dict.fromkeys(totals, 0)
    return tuple(_with_numbers(section, settings, totals, used) for section in sections)


def _with_numbers(section: Section, settings: Cv, totals: Mapping[str, int], used: dict[str, int]) -> Section:
    entries = []
    for entry in section.entries:
        series = _series(section, entry, settings)
        used[series] += 1
        number = totals[series] + 1 - used[series] if settings.descending else used[series]
        label = f"[{_prefix(entry, settings)}{number}]"
        entries.append(msgspec.structs.replace(entry, number=number, label=label))
    return msgspec.structs.replace(section, entries=tuple(entries))


def _series(section: Section, entry: Entry, settings: Cv) -> str:
    """What is counted together: all works, those of a group, or those of one prefix."""
    return {"group": section.id, "type": _letter(entry, settings)}.get(settings.number, "")


def _prefix(entry: Entry, settings: Cv) -> str:
    return _letter(entry, settings) if settings.prefix else ""


def _letter(entry: Entry, settings: Cv) -> str:
    kind = entry.record.type
    own_letters = settings.prefix if isinstance(settings.prefix, Mapping) else {}
    told = {TYPE_NAMES.get(name, name): letter for name, letter in own_letters.items()}
    return told.get(kind, TYPES.get(kind, OTHER_TYPE)[1])
