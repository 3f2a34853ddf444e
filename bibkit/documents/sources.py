"""The texts of a document, and the document in the making: what scanners write into, and how files are followed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator

import msgspec

from bibkit import files
from bibkit.documents.model import Citation, Dialect, Document
from bibkit.lines import Lines
from bibkit.problems import Problem, Severity


class SourceText:
    """One file: its name as messages have it, its text, and where the lines begin."""

    def __init__(self, name: str, content: files.Text) -> None:
        self.name = name
        self.content = content
        self.text = content.text
        self.lines = Lines(content.text)

    def citation(self, key: str, start: int, end: int, command: str) -> Citation:
        """The citation of a key that stands from `start` to `end`."""
        line, column = self.lines.place(start)
        return Citation(key, self.name, line, column, start, end, command)

    def problem(
        self, code: str, message: str, at: int, severity: Severity = "warning", *, hint: str = "", key: str = ""
    ) -> Problem:
        """A Problem about this place."""
        line, column = self.lines.place(at)
        return Problem(code, message, severity, self.name, line, column, key=key, hint=hint)


def read_source(path: str) -> SourceText:
    """A file (`-` is standard input), decoded so that its text says all that its bytes do. Never raises.

    A file that is not sound in its encoding is read as Latin-1, in which every byte is a letter.
    """
    content = files.read(path)
    if content.readable and not content.exact:
        content = msgspec.structs.replace(content, text=content.data.decode("latin-1"), encoding="latin-1", bom=False)
    return SourceText(files.STDIN_NAME if path == files.STDIN else path, content)


Opener = Callable[[str], SourceText]  # a path -> its text; `read_source`, or what an editor holds


class Include(msgspec.Struct, frozen=True):
    """A wish to go on in another file: its possible paths, the name as it stands, and where it stands.

    `folder` is where that file looks for its own files first. A file that need not be there is `optional`.
    """

    paths: tuple[str, ...]
    written: str
    at: int
    optional: bool = False
    folder: str = ""


Scanner = Callable[[SourceText, "Draft", str], Iterator[Include]]  # a file, the document, the folder of `Include`


class Draft:
    """A document in the making."""

    def __init__(self, root: str, kind: str = "") -> None:
        self.root = root
        self.kind = kind
        self.folder = os.path.dirname(root)  # noqa: PTH120  (paths are kept as they were written)
        self.files: list[str] = []
        self.citations: list[Citation] = []
        self.defined: list[Citation] = []
        self.mentioned: list[Citation] = []
        self.everything = False
        self.bibliographies: dict[str, None] = {}
        self.dialect: Dialect = ""
        self.style = ""
        self.backend = ""
        self.options: dict[str, str] = {}
        self.problems: list[Problem] = []
        self.sets: dict[str, tuple[str, ...]] = {}
        self.labels: set[str] = set()  # of figures and the like, where a reference to one looks like a citation

    def say(self, *problems: Problem) -> None:
        """Keep these Problems."""
        self.problems.extend(problems)

    def add_bibliography(self, source: SourceText, written: str, at: int, suffix: str = ".bib") -> None:
        """Keep a bibliography that the document names; one that is not there is said with its place."""
        name = written if not suffix or os.path.splitext(written)[1] else written + suffix  # noqa: PTH122
        if name.startswith(("http://", "https://", "ftp://")):
            self.bibliographies[name] = None
            return
        path = find((name, written), (self.folder, folder_of(source.name), *search_path("BIBINPUTS")))
        self.bibliographies[path or name] = None
        if not path:
            message = f"the bibliography {name} is not there"
            self.say(source.problem("document-no-bibliography", message, at, "error"))

    def drop_labels(self) -> None:
        """References to what the document labels are no citations."""
        self.citations = [citation for citation in self.citations if citation.key not in self.labels]

    def document(self) -> Document:
        """The finished document."""
        return Document(
            self.root,
            tuple(self.files),
            tuple(self.citations),
            self.everything,
            tuple(self.bibliographies),
            self.dialect,
            self.style,
            self.backend,
            self.options,
            tuple(self.problems),
            tuple(self.defined),
            self.sets,
            tuple(self.mentioned),
            self.kind,
        )


# ------------------------------------------------------------------------------------------------ files


def folder_of(path: str) -> str:
    """The folder of a path, "" for the one that we are in."""
    return os.path.dirname(path)  # noqa: PTH120


def joined(folder: str, name: str) -> str:
    """A path below a folder, without detours."""
    return os.path.normpath(os.path.join(folder, name))  # noqa: PTH118


def search_path(variable: str) -> list[str]:
    """The folders of TEXINPUTS or BIBINPUTS; what kpathsea's `//` adds below them is not looked through."""
    return [folder.rstrip("/") for folder in os.environ.get(variable, "").split(os.pathsep) if folder.strip("./")]


def find(names: Iterable[str], folders: Iterable[str]) -> str:
    """The first of these files that is there, by name, then by folder; else ""."""
    known = list(dict.fromkeys(folders))
    paths = (joined(folder, name) for name in dict.fromkeys(names) for folder in known)
    return next((path for path in paths if is_file(path)), "")


def is_file(path: str) -> bool:
    """Whether a file is there; a name that no file can have is none."""
    try:
        return os.path.isfile(path)  # noqa: PTH113
    except ValueError:
        return False


def follow(root: SourceText, draft: Draft, scanner: Scanner, opener: Opener = read_source) -> None:
    """Scan a file and all that it includes, each file once, in the order of reading. A circle is said and left open."""
    walk = _Walk(draft, scanner, opener)
    walk.enter(root, "")
    while walk.open:
        source, wishes, _ = walk.open[-1]
        wish = next(wishes, None)
        if wish is None:
            walk.leave()
        else:
            walk.include(source, wish)


def _as_note(problem: Problem) -> Problem:
    return msgspec.structs.replace(problem, severity="note")


class _Walk:
    """The files that are open, the innermost last; no recursion, for a chain of files may be long."""

    def __init__(self, draft: Draft, scanner: Scanner, opener: Opener) -> None:
        self.draft = draft
        self.scanner = scanner
        self.opener = opener
        self.open: list[tuple[SourceText, Iterator[Include], str]] = []
        self.active: set[str] = set()
        self.seen: set[str] = set()

    def enter(self, source: SourceText, folder: str) -> None:
        identity = os.path.realpath(source.name)
        self.draft.files.append(source.name)
        self.draft.say(*map(_as_note, source.content.problems))  # LaTeX reads other encodings too
        self.seen.add(identity)
        self.active.add(identity)
        self.open.append((source, self.scanner(source, self.draft, folder), identity))

    def leave(self) -> None:
        self.active.discard(self.open.pop()[2])

    def include(self, source: SourceText, wish: Include) -> None:
        path = next(filter(is_file, wish.paths), "")
        if not path:
            if not wish.optional:
                message = f"there is no file {wish.written}"
                self.draft.say(source.problem("document-no-file", message, wish.at, "error"))
            return
        identity = os.path.realpath(path)
        if identity in self.active:
            message = f"{wish.written} includes itself, by way of {source.name}"
            self.draft.say(source.problem("document-circular", message, wish.at, hint="it is read once"))
        elif identity not in self.seen:
            self.open_file(source, wish, path)

    def open_file(self, source: SourceText, wish: Include, path: str) -> None:
        found = self.opener(path)
        if found.content.readable:
            self.enter(found, wish.folder)
        else:
            reason = found.content.problems[0].message
            self.draft.say(source.problem("document-no-file", f"{wish.written}: {reason}", wish.at, "error"))
