"""al-folio (Jekyll): `_bibliography/papers.bib`, with the fields that the theme knows.

Source: al-folio's README and `_layouts/bib.liquid`. The theme itself looks for the own name by its text: what it needs
in `_config.yml` stands at the top, in the spellings of these works. It knows marks behind family names. Groups and
numbers are comments: the theme makes its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from bibkit import latex, text
from bibkit.cv import facts
from bibkit.cv.bib_entries import BIBTEX, written
from bibkit.cv.model import CV, CvFormat, Entry, Options, Person, heading
from bibkit.cv.yaml_text import dump
from bibkit.record import Name, Record, replace


def write(cv: CV, options: Options) -> str:
    """The whole file. Jekyll reads a file that begins with front matter, if only an empty one."""
    return "\n".join(["---\n---\n", *_configuration(cv, options), *_entries(cv, options)])


def _configuration(cv: CV, options: Options) -> Iterator[str]:
    """Comments: jekyll-scholar skips what stands outside of entries, as BibTeX does."""
    found = [person.name for entry in cv.entries for person in entry.people if person.me] or list(cv.me)
    own = {
        "last_name": sorted({name.family or name.literal for name in found}),
        "first_name": sorted({name.given for name in found if name.given}),
    }
    if options.bold:
        yield "".join(f"% {_comment(line)}\n" for line in ("_config.yml:", *dump({"scholar": own}).splitlines()))


def _comment(line: str) -> str:
    return line.replace("@", "(at)")  # an entry begins with it, wherever it stands


def _entries(cv: CV, options: Options) -> Iterator[str]:
    for section in cv.sections:
        for entry in section.entries:
            yield f"% {_comment(f'{heading(section, options)} {entry.label}'.strip())}\n{_entry(cv, entry)}"


def _entry(cv: CV, entry: Entry) -> str:
    known = {"doi": facts.doi(entry), "arxiv": facts.arxiv(entry)}
    links = {name: facts.link(entry, kind) for name, kind in (("pdf", "pdf"), ("code", "code"), ("html", "url"))}
    more = {name: latex.encode_verbatim(value) for name, value in {**known, **links}.items()}
    abbreviation = text.plain(entry.record.texts.get("container-title-short", ""))
    more |= {
        f"{entry.role}+an": "",
        "abbr": latex.encode(abbreviation),
        "annotation": "<br>".join(facts.explained(entry)),
        "selected": "true" if entry.selected else "",
        "bibtex_show": "true",
    }
    return written(_marked(entry), BIBTEX, more | _cut(cv, entry))


def _cut(cv: CV, entry: Entry) -> dict[str, str]:
    """That a list was cut stands in `note`, for which the theme has a place, before what is there."""
    cut = facts.PLAIN.cut(cv, entry)[1:-1]
    note = entry.record.texts.get("note", "")
    return {"note": "; ".join(filter(None, (latex.encode(cut), latex.encode(note))))} if cut else {}


def _marked(entry: Entry) -> Record:
    """The record with marks behind the names, where the theme looks for them."""
    names = tuple(_with_marks(person) for person in entry.people)
    return replace(entry.record, names={**entry.record.names, entry.role: names}) if names else entry.record


def _with_marks(person: Person) -> Name:
    name = person.name
    part = "family" if name.family else "literal"
    return replace(name, **{part: getattr(name, part) + person.marks}) if person.marks else name


FORMAT = CvFormat("al-folio", "al-folio (Jekyll), _bibliography/papers.bib", ".al-folio.bib", write)
