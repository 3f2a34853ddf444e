"""The format html: one file that is a whole page, with search, filters, charts and BibTeX to copy.

It asks for nothing else: style and script stand in it, and its Content Security Policy lets nothing run or load but
these two, by their hashes (CSP Level 3, 2.3.1). All text is escaped. Without JavaScript everything is there to read.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files

import msgspec

from bibkit import text
from bibkit.cv import charts, svg
from bibkit.cv.bib_entries import BIBTEX, written
from bibkit.cv.charts import counted
from bibkit.cv.groups import TYPES
from bibkit.cv.model import CV, CvFormat, Entry, Options, Section, escape, legend
from bibkit.cv.render import Rendered, render

MOST_TOPICS = 200  # in the filter, the most frequent; the search finds the others too
MANY = 300  # works from which on browsers lay out only what is seen: 2,000 are there in a third of the time

# The one attribute of style that a rendered entry can have (`runs.to_html`); the policy lets none through.
_SMALL_CAPS = ('style="font-variant:small-caps;"', 'class="small-caps"')


class _Page(msgspec.Struct, frozen=True):
    """What the parts of the page need."""

    cv: CV
    options: Options
    rendered: Mapping[str, Rendered]
    topics: Mapping[str, str]  # those of the filter, folded, with how they are shown
    places: Mapping[str, int]  # of them in the filter


def write(cv: CV, options: Options) -> str:
    """The page. Raises UsageError for a style or an engine that cannot be used."""
    topics = dict(_topics(cv.entries))
    places = {topic: place for place, topic in enumerate(topics)}
    page = _Page(cv, options, render(cv, options), topics, places)
    return "".join(_document(page))


def _document(page: _Page) -> Iterator[str]:
    yield '<!doctype html>\n<html lang="en">\n'
    yield from _head(page.cv)
    many = ' class="many"' if len(page.cv.entries) > MANY else ""
    yield f'<body{many}>\n<a class="jump" href="#works">To the works</a>\n'
    yield from _header(page.cv)
    yield from _tools(page)
    yield '<main id="works" tabindex="-1">\n'
    for section in page.cv.sections:
        yield from _section(page, section)
    yield '<p id="nothing" hidden>No work fits. <button type="button" class="clear">Show all</button></p>\n'
    yield from (f'<p class="legend">{escape(note)}</p>\n' for note in legend(page.cv))
    yield "</main>\n"
    yield from _charts(page.cv)
    yield f"<footer><p>Made by bibkit.</p></footer>\n<script>{_static('page.js')}</script>\n</body>\n</html>\n"


# ------------------------------------------------------------------------------------------------ head


@cache
def _static(name: str) -> str:
    return files("bibkit.cv").joinpath("static", name).read_text(encoding="utf-8").replace("\r\n", "\n")


def _hash(source: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}'"


def policy() -> str:
    """The Content Security Policy: this style, this script, an empty icon, nothing else."""
    style, script = _hash(_static("page.css")), _hash(_static("page.js"))
    nothing = "base-uri 'none'; form-action 'none'"
    return f"default-src 'none'; style-src {style}; script-src {script}; img-src data:; {nothing}"


def _head(cv: CV) -> Iterator[str]:
    yield '<head>\n<meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy()}">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield '<meta name="color-scheme" content="light dark">\n<meta name="generator" content="bibkit">\n'
    yield f"<title>{escape(f'{cv.name}: {cv.title}')}</title>\n"
    yield f'<link rel="icon" href="data:,">\n<style>{_static("page.css")}</style>\n</head>\n'


def _header(cv: CV) -> Iterator[str]:
    yield f"<header>\n<h1>{escape(cv.name)}</h1>\n<p>{escape(cv.title)}, {counted(len(cv.entries), 'work')}"
    if orcid := text.orcid(cv.orcid):
        yield f' · <a href="https://orcid.org/{escape(orcid)}">ORCID {escape(orcid)}</a>'
    yield "</p>\n</header>\n"


# ------------------------------------------------------------------------------------------------ tools


def _tools(page: _Page) -> Iterator[str]:
    """Search and filters, which the script shows."""
    entries = page.cv.entries
    yield '<search class="tools">\n<label class="wide">Search <kbd>/</kbd>'
    yield '<input id="search" type="search" autocomplete="off" spellcheck="false"></label>\n'
    yield _filter("year", "Year", "All years", _year_options(entries))
    yield _filter("type", "Type", "All types", _type_options(entries))
    if page.topics:
        yield _filter("topic", "Topic", "All topics", _topic_options(page))
    yield '<button type="button" class="clear">Clear</button>\n'
    yield f'<p id="count" role="status">{counted(len(entries), "work")}</p>\n</search>\n'


def _filter(name: str, label: str, everything: str, options: Iterable[tuple[str, str]]) -> str:
    shown = "".join(f'<option value="{escape(value)}">{escape(words)}</option>' for value, words in options)
    return f'<label>{label}<select id="{name}"><option value="">{everything}</option>{shown}</select></label>\n'


def _year_options(entries: Iterable[Entry]) -> Iterator[tuple[str, str]]:
    counts = Counter(entry.year for entry in entries)
    for year in sorted((year for year in counts if year is not None), reverse=True):
        yield str(year), f"{year} ({counts[year]})"
    if counts[None]:
        yield "none", f"No year ({counts[None]})"


def _type_options(entries: Iterable[Entry]) -> Iterator[tuple[str, str]]:
    counts = Counter(map(charts.type_of, entries))
    for kind in (*TYPES, charts.OTHER):
        if counts[kind]:
            yield kind, f"{charts.title(kind)} ({counts[kind]})"


def _topics(entries: Iterable[Entry]) -> Iterator[tuple[str, str]]:
    """The topics of the filter in the order of the alphabet: folded, and as they are first written."""
    first: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for entry in entries:
        for topic in entry.topics:
            first.setdefault(_folded(topic), topic)
        counts.update(set(map(_folded, entry.topics)))
    frequent = sorted(counts, key=lambda topic: (-counts[topic], topic))[:MOST_TOPICS]
    for topic in sorted(frequent):
        yield topic, f"{text.plain(first[topic])} ({counts[topic]})"


def _folded(topic: str) -> str:
    return text.fold(topic) or topic


def _topic_options(page: _Page) -> Iterator[tuple[str, str]]:
    for topic, shown in page.topics.items():
        yield str(page.places[topic]), shown


# ------------------------------------------------------------------------------------------------ works


def _section(page: _Page, section: Section) -> Iterator[str]:
    name = escape("-".join(f"group-{section.id}".split()))
    title = escape(section.title)
    if section.title:
        count = f' <span class="count">({section.count})</span>' if page.options.counts else ""
        yield f'<section class="group" id="{name}" aria-labelledby="{name}-title">\n'
        yield f'<h2 id="{name}-title">{title}{count}</h2>\n'
    else:
        yield f'<section class="group" id="{name}" aria-label="{escape(page.cv.title)}">\n'
    yield '<ul role="list">\n'
    for entry in section.entries:
        yield _work(page, entry)
    yield "</ul>\n</section>\n"


def _work(page: _Page, entry: Entry) -> str:
    """The item of one work. Its direction is its own: a title in Arabic does not turn the page around."""
    rendered = page.rendered[entry.key]
    shown = rendered.html(bold=page.options.bold).replace(*_SMALL_CAPS)
    label = f'<span class="label">{escape(entry.label)}</span> ' if entry.label else ""
    topics = " · ".join(escape(text.plain(topic)) for topic in entry.topics)
    known = (str(page.places[one]) for one in map(_folded, entry.topics) if one in page.places)
    return (
        f'<li id="{escape("-".join(f"work-{entry.key}".split()))}" data-year="{entry.year or "none"}" '
        f'data-type="{escape(charts.type_of(entry))}" data-topics="{" ".join(dict.fromkeys(known))}">'
        f'{label}<div class="work"><bdi class="text">{shown}</bdi>\n'
        f'<div class="links">{"".join(_links(entry, rendered))}{_bibtex(entry)}'
        + (f' <span class="topics"><span class="unseen">Topics: </span><bdi>{topics}</bdi></span>' if topics else "")
        + "</div></div></li>\n"
    )


def _links(entry: Entry, rendered: Rendered) -> Iterator[str]:
    for link in rendered.links:
        words = escape(f"{link.label}: {entry.title or entry.key}")
        yield f'<a class="{escape(link.kind)}" href="{escape(link.url)}" aria-label="{words}">{escape(link.label)}</a> '


def _bibtex(entry: Entry) -> str:
    name = escape(entry.title or entry.key)
    source = escape(written(entry.record, BIBTEX).strip())
    return (
        f'<button type="button" class="copy" aria-label="Copy BibTeX: {name}">Copy BibTeX</button> '
        f'<details><summary aria-label="BibTeX: {name}">BibTeX</summary><pre dir="ltr">{source}</pre></details>'
    )


# ------------------------------------------------------------------------------------------------ charts


def _charts(cv: CV) -> Iterator[str]:
    yield '<aside aria-label="Charts">\n'
    for kind, chart_of in charts.CHARTS.items():
        chart = chart_of(cv)
        if not isinstance(chart, charts.Network) or chart.authors:
            yield f"<figure>\n<figcaption>{escape(chart.title)}</figcaption>\n"
            yield f'<div class="scroll">{svg.draw(kind, chart)}</div>\n{_table(chart)}</figure>\n'
    yield "</aside>\n"


def _table(chart: charts.Chart) -> str:
    (what, works), rows = charts.table(chart)
    body = "".join(f'<tr><th scope="row"><bdi>{escape(name)}</bdi></th><td>{count}</td></tr>' for name, count in rows)
    return (
        f"<details><summary>{escape(chart.title)} as a table</summary><table><thead><tr>"
        f'<th scope="col">{escape(what)}</th><th scope="col">{works}</th></tr></thead>'
        f"<tbody>{body}</tbody></table></details>\n"
    )


FORMAT = CvFormat("html", "A web page in one file, with search, filters and charts", ".html", write)
