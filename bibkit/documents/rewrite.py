"""Other keys into documents: only the keys change, everything else stays as it is, byte for byte."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from bibkit import difference, files
from bibkit.documents import markdown, typst
from bibkit.documents.bibliographies import project_of
from bibkit.documents.model import Citation, Document
from bibkit.documents.scan import WRITTEN_BY_LATEX
from bibkit.documents.sources import Opener, SourceText, read_source
from bibkit.edits import Edit, apply_edits
from bibkit.lock import usable
from bibkit.problems import UsageError


class Rewritten(msgspec.Struct, frozen=True):
    """A file with other keys: its path, its text as it was, and where in it which key is written instead."""

    path: str
    old: SourceText
    edits: tuple[Edit, ...]

    @property
    def changes(self) -> int:
        """How many citations change."""
        return len(self.edits)

    @property
    def text(self) -> str:
        """The new text."""
        return apply_edits(self.old.text, self.edits)

    @property
    def data(self) -> bytes:
        """The new bytes, in the encoding of the old ones. Raises UsageError for a letter that it does not have."""
        try:
            return files.encoded(self.text, self.old.content)
        except UnicodeEncodeError as error:
            letter = error.object[error.start]
            message = f"{self.path}: {error.encoding} has no letter {letter!r}"
            raise UsageError(f"{message}; convert the file to UTF-8, or choose another key") from error

    def diff(self) -> Iterator[str]:
        """What changes, as a unified diff."""
        yield from difference.unified(self.old.text, self.text, self.path, f"{self.path} (rewritten)")


def rewrite(
    documents: Iterable[Document],
    keys: Mapping[str, str],
    piped: SourceText | None = None,
    opener: Opener = read_source,
) -> list[Rewritten]:
    """The files of these documents in which a key changes, each once. Nothing is written.

    All keys change at once, so that two can be swapped. Raises UsageError for a key that cannot be written where it is
    wanted, for documents that LaTeX writes itself, and for a file that has changed since it was scanned. `piped` is
    what was read from standard input, where a document was; `opener` gives the texts of the others.
    """
    bad = [new for new in keys.values() if not usable(new)]
    if bad:
        raise UsageError(f"{bad[0]!r} cannot be a citation key: no blanks, and none of , {{ }} % # \\ ~")
    found: dict[str, dict[int, tuple[Citation, str]]] = {}
    names: dict[str, str] = {}
    for document in documents:
        if document.kind in WRITTEN_BY_LATEX:
            raise UsageError(
                f"{document.root}: LaTeX writes this file itself; give the document, not what is made of it"
            )
        for citation in (*document.citations, *document.mentioned, *document.defined):
            if keys.get(citation.key, citation.key) != citation.key:
                identity = os.path.realpath(citation.file)
                names.setdefault(identity, citation.file)
                found.setdefault(identity, {})[citation.start] = (citation, document.kind)
    return [
        _rewritten(piped if piped and piped.name == names[identity] else opener(names[identity]), places, keys)
        for identity, places in found.items()
    ]


def save(rewritten: Sequence[Rewritten]) -> list[str]:
    """Write all files or none, and say which. Raises UsageError."""
    files.write_all({Path(each.path): each.data for each in rewritten if each.path != files.STDIN_NAME})
    return [each.path for each in rewritten]


def _rewritten(old: SourceText, places: Mapping[int, tuple[Citation, str]], keys: Mapping[str, str]) -> Rewritten:
    edits = []
    for _, (citation, kind) in sorted(places.items()):
        if old.text[citation.start : citation.end] != citation.key:
            raise UsageError(f"{old.name}: it has changed while it was read; nothing was written")
        edits.append(_SPELLED.get(kind, _as_it_is)(citation, keys[citation.key], old.text))
    return Rewritten(old.name, old, tuple(edits))


# ------------------------------------------------------------------------------------------------ how a key is written


def _as_it_is(citation: Citation, new: str, _text: str) -> Edit:
    return citation.start, citation.end, new


def _in_markdown(citation: Citation, new: str, text: str) -> Edit:
    """A key that is more than a word stands in braces (Pandoc's manual, "Citation syntax")."""
    braced = text[citation.start - 1 : citation.start] == "{"
    plain = braced or "@" not in text[max(0, citation.start - 1) : citation.start] or _stays(new, text, citation.end)
    return citation.start, citation.end, new if plain else f"{{{new}}}"


def _stays(new: str, text: str, end: int) -> bool:
    """Whether Markdown reads the key as it is, with what follows it."""
    found = markdown.KEY.match(new + text[end : end + 2])
    return bool(found and found[0] == new)


def _in_typst(citation: Citation, new: str, text: str) -> Edit:
    """A key that is no label of Typst is given to `cite` as a text."""
    if text[citation.start - 1 : citation.start] == '"' or typst.KEY.fullmatch(new):
        return citation.start, citation.end, new
    if text[citation.start - 1] == "<":
        return citation.start - 1, citation.end + 1, f'label("{new}")'
    if text[citation.end : citation.end + 1] == "[":
        place = f"{citation.file}:{citation.line}:{citation.column}"
        raise UsageError(f"{place}: {new!r} cannot stand after @ in Typst; write the citation as #cite(label(...))")
    return citation.start - 1, citation.end, f'#cite(label("{new}"))'


def _in_org(citation: Citation, new: str, _text: str) -> Edit:
    if not re.fullmatch(r"[\w\-.:/&*+?']++", new):
        place = f"{citation.file}:{citation.line}:{citation.column}"
        raise UsageError(f"{place}: {new!r} cannot be cited in Org; choose another key")
    return citation.start, citation.end, new


_SPELLED = {"markdown": _in_markdown, "quarto": _in_markdown, "typst": _in_typst, "org": _in_org}


# ------------------------------------------------------------------------------------------------ which keys


def aliases(documents: Iterable[Document], folder: Path | None = None) -> dict[str, str]:
    """The present key of each alias in the projects around these documents, or in the one that is given.

    Raises UsageError where there is no project, StateError for a lock that cannot be used.
    """
    found: dict[str, str] = {}
    for document in documents:
        project = project_of(document, folder)
        if project is None:
            raise UsageError(f"{document.root}: there is no keys.lock around it; say where, with --library")
        found.update(project.aliases)
    return found


def mapping(words: Iterable[str]) -> dict[str, str]:
    """The keys that `old=new` words, or files with one on each line, say. Raises UsageError for what is neither."""
    found: dict[str, str] = {}
    for word in words:
        for where, line in _pairs(word):
            old, sign, new = (part.strip() for part in line.partition("="))
            if not (sign and old and new):
                raise UsageError(f"{where}{line!r} says no key; OLD=NEW is expected, or a file with one on each line")
            if found.setdefault(old, new) != new:
                raise UsageError(f"{where}{old!r} cannot become {new!r}: it becomes {found[old]!r} already")
    return found


def _pairs(word: str) -> Iterator[tuple[str, str]]:
    """The word itself, or the lines of the file that it names; empty lines and those that begin with # say nothing."""
    if "=" in word and not Path(word).is_file():
        yield "", word
        return
    content = files.read(word)
    if not content.readable:
        raise UsageError(f"{word}: {content.problems[0].message}; OLD=NEW is expected, or a file with one on each line")
    for number, line in enumerate(content.text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield f"{word}:{number}: ", line.strip()
