"""JSON Resume: `basics.name` and `publications`.

Source: the schema 1.0.0 (`@jsonresume/schema`). It has name, publisher, releaseDate, url and summary for a
publication, all of them plain text, and lets a file have members more: people with what they are, group and number.
"""

from __future__ import annotations

import msgspec

from bibkit.cv import facts
from bibkit.cv.model import CV, CvFormat, Entry, Options, Person, Section

SCHEMA = "https://raw.githubusercontent.com/jsonresume/resume-schema/v1.0.0/schema.json"


def write(cv: CV, options: Options) -> str:
    """The whole file, with nothing in it but name and works."""
    works = [_publication(cv, entry, section, options) for section in cv.sections for entry in section.entries]
    resume = {"$schema": SCHEMA, "basics": {"name": cv.name}, "publications": works}
    return msgspec.json.format(msgspec.json.encode(resume), indent=2).decode() + "\n"


def _publication(cv: CV, entry: Entry, section: Section, options: Options) -> dict[str, object]:
    summary = facts.sentences([facts.PLAIN.byline(cv, entry), facts.source(entry)])
    said = {
        "name": entry.title or entry.key,
        "publisher": facts.venue(entry),
        "releaseDate": facts.day(entry),
        "url": facts.link(entry),
        "summary": f"{entry.label} {summary}".strip(),
        "authors": [_person(person, options) for person in entry.people],
        "authorsCut": entry.cut,
        "group": section.title,
        "number": entry.label,
        "citationKey": entry.key,
    }
    return {name: value for name, value in said.items() if value}


def _person(person: Person, options: Options) -> dict[str, object]:
    marks = {"me": person.me and options.bold, "equal": person.equal, "corresponding": person.corresponding}
    return {"name": person.shown} | {name: True for name, marked in marks.items() if marked}


FORMAT = CvFormat("json-resume", "JSON Resume", ".json", write)
