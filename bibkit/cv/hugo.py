"""HugoBlox: a folder for each work, with `index.md` and `cite.bib`, to be put into `content/publications/`.

Source: the starter templates of HugoBlox 0.5 and later, which have `hugoblox.ids` and typed `links`. An author `me` is
the profile of the site's owner, linked and set off. There is no author "et al.", who would get a page: that a list was
cut stands in the text.
"""

from __future__ import annotations

from bibkit import text
from bibkit.cv import facts
from bibkit.cv.bib_entries import BIBTEX, written
from bibkit.cv.model import CV, CvFormat, Entry, Options, Person, Section
from bibkit.cv.pages import MARKDOWN, escape_markdown
from bibkit.cv.yaml_text import front_matter

# What `links` calls the kinds of ours; DOI and arXiv are identifiers there.
_LINKS = {"pdf": "pdf", "code": "code", "url": "source"}


def write(cv: CV, options: Options) -> dict[str, str]:
    """The pages by their paths."""
    names = facts.file_names(cv.entries)
    files: dict[str, str] = {}
    for section in cv.sections:
        for entry in section.entries:
            folder = names[entry.key]
            files[f"{folder}/index.md"] = front_matter(_params(entry, section, options), _body(cv, entry, options))
            files[f"{folder}/cite.bib"] = written(entry.record, BIBTEX)
    return files


def _params(entry: Entry, section: Section, options: Options) -> dict[str, object]:
    day = facts.whole_day(entry)
    said: dict[str, object] = {
        "title": MARKDOWN.rich(entry.record.title) or entry.key,
        "authors": [_author(person, options) for person in entry.people],
        "author_notes": _notes(entry),
        "date": day and f"{day}T00:00:00Z",
        "publication_types": [entry.record.type],
        "publication": _publication(entry),
        "publication_short": text.plain(entry.record.texts.get("container-title-short", "")),
        "abstract": MARKDOWN.rich(entry.record.texts.get("abstract", "")),
        "tags": list(entry.record.keywords),
        "featured": entry.selected,
        "hugoblox": _identifiers(entry),
        "links": [{"type": _LINKS[one.kind], "url": one.url} for one in entry.links if one.kind in _LINKS],
        "params": {"cv": _shown(entry, section)},
    }
    return {name: value for name, value in said.items() if value or name == "authors"}


def _author(person: Person, options: Options) -> str:
    return "me" if person.me and options.bold else person.shown


def _notes(entry: Entry) -> list[str]:
    """One for each author, as HugoBlox wants it; none where nobody has one."""
    notes = [
        "; ".join(["Equal contribution"] * person.equal + ["Corresponding author"] * person.corresponding)
        for person in entry.people
    ]
    return notes if any(notes) else []


def _publication(entry: Entry) -> str:
    venue = escape_markdown(facts.venue(entry))
    rest = escape_markdown(facts.source(entry).removeprefix(facts.venue(entry)))
    return f"*{venue}*{rest}" if venue else rest.lstrip(", ")


def _identifiers(entry: Entry) -> dict[str, object]:
    known = {"doi": facts.doi(entry), "arxiv": facts.arxiv(entry)}
    found = {name: value for name, value in known.items() if value}
    return {"ids": found} if found else {}


def _shown(entry: Entry, section: Section) -> dict[str, str]:
    """For layouts of one's own: the group and the number of the CV."""
    said = {"key": entry.key, "group": section.title, "label": entry.label}
    return {name: value for name, value in said.items() if value}


def _body(cv: CV, entry: Entry, options: Options) -> str:
    cut = MARKDOWN.cut(cv, entry, options.bold)
    return f"*{facts.ET_AL}* {cut}" if cut else ""


FORMAT = CvFormat("hugo", "HugoBlox pages, for content/publications/", "", write, is_folder=True)
