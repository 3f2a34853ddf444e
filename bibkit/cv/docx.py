"""The format docx: a document of Word, made with python-docx."""

from __future__ import annotations

import datetime
import io
from typing import Any

from bibkit.cv.model import CV, CvFormat, Entry, Options, heading, legend
from bibkit.cv.render import Rendered, render
from bibkit.cv.runs import Run
from bibkit.problems import UsageError

HANGING = 1.1  # centimetres that all lines of an entry but its number are indented
EPOCH = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)  # the same works give the same file, whatever the day


def write(cv: CV, options: Options) -> bytes:
    """The whole CV as a document. Raises UsageError where python-docx is not installed."""
    try:
        import docx  # imports lxml and its template: only for this format
    except ImportError as error:
        raise UsageError("the format docx needs the package python-docx: pip install 'bibkit-toolkit[cv]'") from error
    rendered = render(cv, options)
    document = docx.Document()
    _describe(document, cv)
    document.add_heading(f"{cv.name}: {cv.title}", 0)
    for section in cv.sections:
        if section.title:
            document.add_heading(heading(section, options), 1)
        for entry in section.entries:
            _entry(document, entry, rendered[entry.key], options)
    for note in legend(cv):
        document.add_paragraph(note)
    return _saved(document)


def _describe(document: Any, cv: CV) -> None:
    said = document.core_properties
    said.title, said.author, said.comments = cv.title, cv.name, ""
    said.created = said.modified = EPOCH.replace(tzinfo=None)


def _entry(document: Any, entry: Entry, rendered: Rendered, options: Options) -> None:
    from docx.shared import Cm

    paragraph = document.add_paragraph()
    if entry.label:
        layout = paragraph.paragraph_format
        layout.left_indent, layout.first_line_indent = Cm(HANGING), Cm(-HANGING)
        layout.tab_stops.add_tab_stop(Cm(HANGING))
        paragraph.add_run(f"{entry.label}\t")
    for run in rendered.whole:
        _add(paragraph, run, options.bold)
    for link in rendered.links:
        paragraph.add_run(" ")
        _link(paragraph, link.label, link.url)


def _add(paragraph: Any, run: Run, bold: bool) -> None:
    if run.look.url:
        _link(paragraph, run.text, run.look.url)
        return
    font = paragraph.add_run(_printable(run.text)).font
    look = run.look
    font.bold = look.bold or (look.me and bold) or None
    font.italic = look.italic or None
    font.small_caps = look.small_caps or None
    font.superscript = look.up or None
    font.subscript = look.down or None
    font.underline = look.underlined or None


def _printable(text: str) -> str:
    """XML has no control characters."""
    return "".join(char for char in text if char >= " " or char in "\t\n")


def _link(paragraph: Any, shown: str, url: str) -> None:
    """A hyperlink: python-docx has no call for it."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run = paragraph.add_run(_printable(shown))
    run.font.underline = True
    link.append(run._r)
    paragraph._p.append(link)


def _saved(document: Any) -> bytes:
    """The bytes of the file, with one time for all its parts."""
    import zipfile

    first, last = io.BytesIO(), io.BytesIO()
    document.save(first)
    with zipfile.ZipFile(first) as made, zipfile.ZipFile(last, "w", zipfile.ZIP_DEFLATED) as kept:
        for name in made.namelist():
            kept.writestr(zipfile.ZipInfo(name, EPOCH.timetuple()[:6]), made.read(name), zipfile.ZIP_DEFLATED)
    return last.getvalue()


FORMAT = CvFormat("docx", "Word", ".docx", write)
