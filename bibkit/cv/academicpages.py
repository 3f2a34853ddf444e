"""academicpages (Jekyll): `_publications/` with a page for each work, `files/` with its BibTeX.

Source: the template's own pages and `markdown_generator/`. The citation is HTML; `category` is one of those that the
template's `_config.yml` has.
"""

from __future__ import annotations

from bibkit.cv import facts
from bibkit.cv.bib_entries import BIBTEX, written
from bibkit.cv.model import CV, CvFormat, Entry, Options, Section
from bibkit.cv.pages import HTML, MARKDOWN
from bibkit.cv.yaml_text import front_matter

_CATEGORIES = {"book": "books", "chapter": "books", "paper-conference": "conferences", "speech": "conferences"}


def write(cv: CV, options: Options) -> dict[str, str]:
    """The files by their paths below the site's folder."""
    names = facts.file_names(cv.entries)
    files: dict[str, str] = {}
    for section in cv.sections:
        for entry in section.entries:
            name = names[entry.key]
            page = f"_publications/{facts.whole_day(entry) or 'undated'}-{name}.md"
            files[page] = front_matter(_params(cv, entry, section, options, name), _body(entry))
            files[f"files/{name}.bib"] = written(entry.record, BIBTEX)
    return files


def _params(cv: CV, entry: Entry, section: Section, options: Options, name: str) -> dict[str, object]:
    said: dict[str, object] = {
        "title": HTML.rich(entry.record.title) or entry.key,
        "collection": "publications",
        "category": _CATEGORIES.get(entry.record.type, "manuscripts"),
        "permalink": f"/publication/{name}",
        "date": facts.whole_day(entry),
        "venue": HTML.escape(facts.source(entry)),
        "paperurl": facts.link(entry, "pdf", "doi", "arxiv", "url"),
        "codeurl": facts.link(entry, "code"),
        "bibtexurl": f"/files/{name}.bib",
        "citation": _citation(cv, entry, options),
        "tags": list(entry.record.keywords),
        "group": section.title,
        "number": entry.label,
    }
    return {param: value for param, value in said.items() if value}


def _citation(cv: CV, entry: Entry, options: Options) -> str:
    """One line of HTML; what the marks behind its names mean stands at its end."""
    year = f"({entry.year})" if entry.year is not None else ""
    venue = facts.venue(entry)
    rest = HTML.escape(facts.source(entry).removeprefix(venue))
    people = [HTML.byline(cv, entry, options.bold), year]
    return facts.sentences(
        [
            " ".join(filter(None, people)),
            f"&quot;{HTML.rich(entry.record.title)}&quot;",
            f"<i>{HTML.escape(venue)}</i>{rest}" if venue else rest.lstrip(", "),
            "; ".join(map(HTML.escape, facts.explained(entry))),
        ]
    )


def _body(entry: Entry) -> str:
    return MARKDOWN.rich(entry.record.texts.get("abstract", ""))


FORMAT = CvFormat("academicpages", "academicpages (Jekyll), for the folder of the site", "", write, is_folder=True)
