"""Hayagriva's YAML, the bibliographies of Typst.

Source: the file format of hayagriva 0.9, `docs/file-format.md`. Its readers skip a field that they do not know: what
a CV says of a work is in `cv`, where a Typst document finds it with `yaml("publications.yml")`.
"""

from __future__ import annotations

import re

from bibkit import text
from bibkit.cv import facts
from bibkit.cv.facts import Markup
from bibkit.cv.model import CV, CvFormat, Entry, Options, Section
from bibkit.cv.yaml_text import dump
from bibkit.record import Name

# CSL type -> type, and the type of what it is in.
_TYPES = {
    "article": ("article", ""),
    "article-journal": ("article", "periodical"),
    "article-magazine": ("article", "periodical"),
    "article-newspaper": ("article", "newspaper"),
    "paper-conference": ("article", "proceedings"),
    "review": ("article", "periodical"),
    "review-book": ("article", "periodical"),
    "chapter": ("chapter", "book"),
    "entry-encyclopedia": ("entry", "reference"),
    "entry-dictionary": ("entry", "reference"),
    "post-weblog": ("article", "blog"),
    "book": ("book", ""),
    "thesis": ("thesis", ""),
    "report": ("report", ""),
    "patent": ("patent", ""),
    "manuscript": ("manuscript", ""),
    "software": ("repository", ""),
    "webpage": ("web", ""),
    "speech": ("misc", "conference"),
    "motion_picture": ("video", ""),
}


def _escape(plain: str) -> str:
    """Braces would keep the case of words, dollars make a formula of Typst's, which is not TeX's."""
    return re.sub(r"[\\{}$]", r"\\\g<0>", plain)


CHUNKS = Markup(_escape, ("", ""), marks={"nocase": ("{", "}")})


def write(cv: CV, options: Options) -> str:
    """The whole file: works by their keys, in the order of the CV."""
    works = {e.key: _work(cv, e, section, options) for section in cv.sections for e in section.entries}
    return dump(works) if works else ""


def _work(cv: CV, entry: Entry, section: Section, options: Options) -> dict[str, object]:
    texts = entry.record.texts
    kind, within = _TYPES.get(entry.record.type, ("misc", ""))
    parent = _parent(entry, within)
    said = {
        "type": kind,
        "title": CHUNKS.rich(entry.record.title) or _escape(entry.key),
        entry.role: [_person(person.name) for person in entry.people],
        "date": facts.day(entry),
        "publisher": "" if parent else _plain(texts.get("publisher", "")),
        "location": "" if parent else _plain(texts.get("publisher-place", "")),
        "volume": "" if parent else _plain(texts.get("volume", "")),
        "edition": _plain(texts.get("edition", "")),
        "page-range": _plain(texts.get("page", "")),
        "genre": _plain(texts.get("genre", "")),
        "serial-number": _numbers(entry),
        "url": facts.link(entry, "url", "pdf", "arxiv", "code"),
        "note": facts.PLAIN.cut(cv, entry) and f"{facts.ET_AL} {facts.PLAIN.cut(cv, entry)}",
        "parent": parent,
        "cv": _shown(entry, section, options),
    }
    return {name: value for name, value in said.items() if value}


def _plain(rich: str) -> str:
    return _escape(text.plain(rich))


def _person(name: Name) -> str | dict[str, str]:
    """`Family, Given` where that is read as it is meant, else in parts."""
    if name.literal and not (name.family or name.given):
        return {"name": name.literal}
    prefix = " ".join(filter(None, (name.dropping_particle, name.non_dropping_particle)))
    parts = {"name": name.family, "given-name": name.given, "prefix": prefix, "suffix": name.suffix}
    known = {part: value for part, value in parts.items() if value}
    plain = known.keys() == {"name", "given-name"} and not re.search(r"[,{}\\]|(?:^| )[a-z]", name.family)
    return f"{name.family}, {name.given}" if plain and "," not in name.given else {"name": "", **known}


def _numbers(entry: Entry) -> dict[str, str]:
    found = {"doi": facts.doi(entry), "arxiv": facts.arxiv(entry), "isbn": entry.record.texts.get("ISBN", "")}
    return {name: value for name, value in found.items() if value}


def _parent(entry: Entry, kind: str) -> dict[str, str]:
    texts = entry.record.texts
    title = texts.get("container-title") or texts.get("event-title", "")
    if not kind or not title:
        return {}
    said = {
        "type": kind,
        "title": CHUNKS.rich(title),
        "volume": _plain(texts.get("volume", "")),
        "issue": _plain(texts.get("issue", "")),
        "publisher": _plain(texts.get("publisher", "")),
        "location": _plain(texts.get("publisher-place", "")),
    }
    return {name: value for name, value in said.items() if value}


def _shown(entry: Entry, section: Section, options: Options) -> dict[str, object]:
    """What the CV says: group, number, who of the people, from 1, is meant by the marks."""
    places = list(enumerate(entry.people, 1))
    said = {
        "group": section.title,
        "label": entry.label,
        "me": entry.position if options.bold else 0,
        "equal": [place for place, person in places if person.equal],
        "corresponding": [place for place, person in places if person.corresponding],
        "cut": entry.cut,
        "status": "" if entry.status == "published" else entry.status,
        "links": {link.label: link.url for link in entry.links},
    }
    return {name: value for name, value in said.items() if value}


FORMAT = CvFormat("hayagriva", "Hayagriva YAML, for Typst", ".yml", write)
