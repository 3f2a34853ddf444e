r"""`.aux`: what LaTeX tells BibTeX, with the `.aux` of each `\include`.

The module is not called `aux`, for no file on Windows can have that name. Source: the LaTeX kernel (`\citation`,
`\bibdata`, `\bibstyle`, `\@input`); biblatex's `\abx@aux@cite`, which has the section first since biblatex 3.12.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from bibkit.documents import bcf
from bibkit.documents.model import Citation, Document
from bibkit.documents.sources import Draft, Include, SourceText, folder_of, is_file, joined, read_source
from bibkit.documents.tex_tables import CONTROL_KEYS

_LINE = re.compile(
    r"\\(citation|bibdata|bibstyle|@input|bibcite|abx@aux@(?:cite|nociteall|refcontext|segm|read@bblrerun))(?![A-Za-z@])"
    r"(?:\{(\d*+)\}(?=\{))?(?:\{([^{}\r\n]*+)\})?"
)
_OURS = re.compile(r"\\(?:relax|citation|bibdata|newlabel|@writefile|gdef|abx@aux|providecommand)")
_TOLD_BIBLATEX = frozenset({"abx@aux@cite", "abx@aux@refcontext", "abx@aux@nociteall", "abx@aux@read@bblrerun"})


def scan(source: SourceText, draft: Draft, _folder: str = "") -> Iterator[Include]:
    """The `.aux` files of the chapters, one after the other, while this one is read."""
    if not _OURS.search(source.text):
        hint = "run LaTeX, or give the .tex"
        draft.say(source.problem("document-other-job", "this is no .aux of LaTeX", 0, "error", hint=hint))
    for found in _LINE.finditer(source.text):
        name, content = found[1], found[3] or ""
        if name == "@input":
            paths = dict.fromkeys(joined(folder, content) for folder in (draft.folder, folder_of(source.name)))
            yield Include(tuple(paths), content, found.start())
        else:
            _take(source, draft, name, content, found.start(3))
    if source.name == draft.root and draft.dialect == "biblatex":
        _take_control_file(source, draft)


def _take(source: SourceText, draft: Draft, name: str, content: str, at: int) -> None:
    if name in _TOLD_BIBLATEX:
        draft.dialect, draft.backend = "biblatex", draft.backend or "biber"
    if name == "abx@aux@nociteall":
        draft.everything = True
    elif name in ("citation", "abx@aux@cite"):
        _add_keys(source, draft, content, at)
    elif name == "bibstyle":
        draft.style = content
        draft.backend = "bibtex"
        draft.dialect = "biblatex" if content == "biblatex" else draft.dialect or "bibtex"
    elif name == "bibdata":
        for each in filter(None, map(str.strip, content.split(","))):
            if not each.endswith(("-blx", "Notes")):  # what biblatex and REVTeX write for themselves
                draft.add_bibliography(source, each, at)


def _add_keys(source: SourceText, draft: Draft, content: str, pos: int) -> None:
    for word in content.split(","):
        key = word.strip()
        if key == "*":
            draft.everything = True
        elif key and key not in CONTROL_KEYS:
            start = pos + word.index(key)
            draft.citations.append(source.citation(key, start, start + len(key), "citation"))
        pos += len(word) + 1


def _take_control_file(source: SourceText, draft: Draft) -> None:
    """With Biber, the bibliographies are named in the `.bcf` beside the `.aux` alone."""
    path = source.name.removesuffix(".aux") + ".bcf"
    if draft.backend != "biber" or not is_file(path):
        return
    beside = Draft(path)
    list(bcf.scan(read_source(path), beside))
    draft.bibliographies.update(beside.bibliographies)
    draft.options.update(beside.options)
    draft.sets.update(beside.sets)
    draft.say(*(problem for problem in beside.problems if problem.code == "document-no-bibliography"))


# ------------------------------------------------------------------------------------------------ of another job


def compare(draft: Draft, source: SourceText, tex: Document) -> None:
    """Say where a `.aux` or `.bcf` does not fit the `.tex` beside it: it is of another job, or old."""
    ours, theirs = _keys(draft.citations), _keys(tex.citations)
    if draft.everything == tex.everything and ours == theirs:
        return
    many = len(ours - theirs)
    if ours and many * 2 > len(ours):
        message = f"{many} of the {len(ours)} keys here are not cited in {tex.root}: this is of another job"
        draft.say(source.problem("document-other-job", message, 0, hint=f"run LaTeX on {tex.root}"))
    elif _older(draft.files, tex.files):
        message = f"{tex.root} has changed since LaTeX wrote this"
        draft.say(source.problem("document-old", message, 0, hint=f"run LaTeX on {tex.root} again"))


def _keys(citations: list[Citation] | tuple[Citation, ...]) -> set[str]:
    return {citation.key for citation in citations}


def _older(written: list[str], read: tuple[str, ...]) -> bool:
    try:
        return max(map(os.path.getmtime, written)) < max(map(os.path.getmtime, read))
    except OSError:
        return False
