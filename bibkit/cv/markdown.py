"""The format markdown: as pandoc and GitHub read it; the own name is bold."""

from __future__ import annotations

from collections.abc import Iterator

from bibkit.cv.model import CV, CvFormat, Entry, Options, heading, legend
from bibkit.cv.render import Rendered, render
from bibkit.cv.runs import Run, markdown_text, to_markdown


def write(cv: CV, options: Options) -> str:
    """The whole CV as Markdown. An entry is a paragraph with its number in front: lists would number anew."""
    rendered = render(cv, options)
    return "\n".join(_lines(cv, options, rendered)) + "\n"


def _lines(cv: CV, options: Options, rendered: dict[str, Rendered]) -> Iterator[str]:
    yield f"# {markdown_text(f'{cv.name}: {cv.title}')}"
    for section in cv.sections:
        if section.title:
            yield f"\n## {markdown_text(heading(section, options))}"
        for entry in section.entries:
            yield f"\n{entry_line(entry, rendered[entry.key], options)}"
    for note in legend(cv):
        yield f"\n{markdown_text(note)}"


def entry_line(entry: Entry, rendered: Rendered, options: Options) -> str:
    """The paragraph of one entry."""
    label = f"{markdown_text(entry.label)} " if entry.label else ""
    links = " · ".join(_link(link.label, link.url) for link in rendered.links)
    shown = " ".join(rendered.markdown(bold=options.bold).split("\n"))
    return f"{label}{shown}{f' {links}' if links else ''}"


def _link(label: str, url: str) -> str:
    from bibkit.cv.runs import Look

    return to_markdown([Run(label, Look(url=url))])


FORMAT = CvFormat("markdown", "Markdown", ".md", write)
