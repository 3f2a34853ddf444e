"""The format html-fragment: sections and lists without a page around them, to be put into a page of one's own."""

from __future__ import annotations

from collections.abc import Iterator

from bibkit.cv.model import CV, CvFormat, Entry, Options, Section, escape, heading, legend
from bibkit.cv.render import Rendered, render


def write(cv: CV, options: Options) -> str:
    """Sections with lists, in which everything is escaped. The own name is `<strong class="me">`."""
    rendered = render(cv, options)
    sections = "".join(_section(section, options, rendered) for section in cv.sections)
    notes = "".join(f"<p>{escape(note)}</p>\n" for note in legend(cv))
    name = escape(f"{cv.name}: {cv.title}")
    return f'<div class="bibkit-cv">\n<h2>{name}</h2>\n{sections}{notes}</div>\n'


def _section(section: Section, options: Options, rendered: dict[str, Rendered]) -> str:
    title = f"<h3>{escape(heading(section, options))}</h3>\n" if section.title else ""
    entries = "".join(f"{line}\n" for line in _entries(section, options, rendered))
    return f'<section id="{escape(section.id)}">\n{title}<ul>\n{entries}</ul>\n</section>\n'


def _entries(section: Section, options: Options, rendered: dict[str, Rendered]) -> Iterator[str]:
    for entry in section.entries:
        yield entry_item(entry, rendered[entry.key], options)


def entry_item(entry: Entry, rendered: Rendered, options: Options) -> str:
    """The list item of one entry. Its direction is its own: a title in Arabic does not turn the page around."""
    label = f'<span class="label">{escape(entry.label)}</span> ' if entry.label else ""
    links = "".join(f' <a class="{link.kind}" href="{escape(link.url)}">{link.label}</a>' for link in rendered.links)
    shown = rendered.html(bold=options.bold)
    return f'<li id="{escape(entry.key)}">{label}<bdi>{shown}</bdi>{links}</li>'


FORMAT = CvFormat("html-fragment", "HTML without a page around it", ".html", write)
