r"""The scanner for LaTeX: goes from command to command, keeps keys, asks for files. What commands do is in `tex`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from bibkit.documents import tex_macros as macros
from bibkit.documents import tex_tables as tables
from bibkit.documents.sources import Draft, Include, SourceText, folder_of, joined, search_path
from bibkit.documents.tex_arguments import MACRO, PERCENT, Span, gap, keys, spans
from bibkit.documents.tex_macros import Signature
from bibkit.problems import Severity

TOKEN = re.compile(r"%[^\r\n]*+|\\(?:([A-Za-z@]++)|.)", re.DOTALL)
_CHUNK = re.compile(r"^<<([^\r\n>]*+)>>=[ \t]*+$(?:(?!^@)[^\r\n]*+(?:\r\n?|\n|\Z))*+", re.MULTILINE)
_CHILD = re.compile(r"\bchild\s*+=\s*+[\"']([^\"'\r\n]++)")
_OPTION = re.compile(r"\s*+([\w./-]++)\s*+(?:=\s*+(\{[^{}]*+\}|[^,{}]*+))?,?+")

# Scanner, command, where it begins and ends -> where to go on.
Action = Callable[["Scanner", str, int, int], int]

_UNKNOWABLE = frozenset({"document-dynamic-input", "document-macro-key"})
FAULTS = {
    PERCENT: ("document-odd-key", "% begins a comment in LaTeX, so that this key cannot be cited", "change the key"),
    MACRO: ("document-macro-key", "a macro stands here instead of a key; what it stands for is not known", ""),
}


class LaTeX:
    """What is known of a document while its files are read: its own commands and environments."""

    def __init__(self, actions: Mapping[str, Action | None], commands: Iterable[str] = ()) -> None:
        self.known = actions
        self.cites = {name.removeprefix("\\"): Signature(tables.ONE) for name in commands}
        self.cites |= {name: Signature(letters) for name, letters in tables.CITING.items()}
        self.cites |= {name: Signature(tables.MANY, each) for name, each in tables.MULTIPLE.items()}
        self.not_citing = set(tables.NOT_CITING)
        self.verbatim = set(tables.VERBATIM)
        self.preambles: set[str] = set()  # files of which only the preamble counts
        self.actions = _Actions(self)

    def scan(self, source: SourceText, draft: Draft, folder: str) -> Iterator[Include]:
        """The files that a file includes, one after the other, while it is read."""
        return Scanner(self, source, draft, folder).run()

    def signature(self, name: str) -> Signature | None:
        """How a command cites. One that is not known, and whose name ends as those do, is taken for a citing one."""
        found = self.cites.get(name)
        if found or name in self.not_citing or not name.endswith(tables.CITING_ENDINGS):
            return found
        return Signature(tables.ONE)

    def define(self, name: str, signature: Signature | None) -> None:
        """Keep how a command of the document cites; None: not at all."""
        if signature:
            self.cites[name] = signature
            self.not_citing.discard(name)
            self.actions[name] = Scanner.cite
        elif name not in tables.CITING and name not in tables.MULTIPLE and name not in self.known:
            self.cites.pop(name, None)
            self.not_citing.add(name)
            self.actions[name] = None


class _Actions(dict[str, "Action | None"]):
    """What to do at each command; most are of no interest, which is found out once for each."""

    def __init__(self, state: LaTeX) -> None:
        super().__init__(state.known)
        self.state = state

    def __missing__(self, name: str) -> Action | None:
        self[name] = found = Scanner.cite if self.state.signature(name) else None
        return found


class Scanner:
    """Reads one file from front to back."""

    def __init__(self, state: LaTeX, source: SourceText, draft: Draft, folder: str) -> None:
        self.state = state
        self.source = source
        self.draft = draft
        self.folder = folder
        self.text = source.text
        self.wishes: list[Include] = []
        self.unclosed: set[str] = set()  # environments whose end is nowhere in the rest of the text
        self.is_root = len(draft.files) == 1
        self.is_package = source.name.endswith((".sty", ".cls"))  # what these ask for is seldom there
        if source.name.lower().endswith((".rnw", ".rtex")):
            self.text = _CHUNK.sub(self.chunk, source.text)

    def chunk(self, found: re.Match[str]) -> str:
        """Blanks for a chunk of R; a document that it names is read first."""
        for child in _CHILD.findall(found[1]):
            self.include(child, found.start(), self.folders())
        return " " * len(found[0])

    def run(self) -> Iterator[Include]:
        """The files that this one includes, one after the other, while it is read."""
        yield from self.wishes
        self.wishes.clear()
        search, actions, pos = TOKEN.search, self.state.actions, 0
        while found := search(self.text, pos):
            pos = found.end()
            name = found[1]
            if name is None:
                continue
            action = actions[name]
            if action is not None:
                pos = action(self, name, found.start(), pos)
                if self.wishes:
                    yield from self.wishes
                    self.wishes.clear()

    def say(self, code: str, message: str, at: int, hint: str = "") -> None:
        """Keep a Problem about this place; what only running LaTeX would tell is no fault."""
        severity: Severity = "note" if code in _UNKNOWABLE else "warning"
        self.draft.say(self.source.problem(code, message, at, severity, hint=hint))

    def content(self, span: Span) -> str:
        """The text of an argument."""
        return self.text[span[1] : span[2]]

    def group(self, pos: int, letters: str = "{") -> tuple[str, int, int]:
        """The last of these arguments, where it begins, and where all end; "" where it is not there."""
        found, end = spans(self.text, pos, letters)
        if not found or found[-1][0] != letters[-1]:
            return "", pos, pos
        return self.content(found[-1]), found[-1][1], end

    # -------------------------------------------------------------------------------------------- citations

    def cite(self, name: str, _start: int, pos: int) -> int:
        """Keep the keys. Reading goes on right after the name: there may be citations in the arguments."""
        cites = self.state.signature(name) or Signature(tables.ONE)
        found, end = spans(self.text, pos, cites.letters)
        while cites.each and (more := spans(self.text, end, cites.each))[0]:
            found, end = [*found, *more[0]], more[1]
        starred = "*" if found and found[0][0] == "*" else ""
        for letter, start, _ in found:
            if letter == "k":
                self.keys(start, name + starred)
        return pos

    def keys(self, start: int, command: str) -> None:
        """Keep the keys of an argument whose content begins at `start`."""
        found = keys(self.text, start)
        for key, at, end in found.keys:
            if key == "*":  # in \\cite too, for BibTeX
                self.draft.everything = True
                continue
            starred = len(key) > 1 and key[0] == "*"  # REVTeX and mciteplus: \cite{first,*second}
            kept = self.draft.mentioned if command in tables.MENTIONING else self.draft.citations
            kept.append(self.source.citation(key[starred:], at + starred, end, command))
            if " " in key or "\n" in key:
                self.say(
                    "document-odd-key", f"the key {' '.join(key.split())!r} has a blank in it", at, "change the key"
                )
        if not found.keys and not found.fault and self.text.startswith("}", gap(self.text, start)):
            self.say("document-empty-key", f"\\{command} without a key", start)
        if found.fault:
            message = f"the braces of \\{command} are not closed before the paragraph ends"
            code, message, hint = FAULTS.get(found.fault, ("document-unclosed", message, "close them with }"))
            self.say(code, message, found.at, hint)

    def define(self, defined: macros.Definition) -> int:
        """Keep what a definition makes of a command; what it does is then read as text."""
        if defined.name:
            self.state.define(defined.name, macros.signature(self.text, defined, self.state.signature))
        return defined.body

    # -------------------------------------------------------------------------------------------- files

    def include(self, written: str, at: int, folders: Iterable[str], *, optional: bool = False, to: str = "") -> None:
        """Wish for a file of this name in one of these folders; TeX looks for `name.tex` before `name`."""
        name = written.strip().strip('"').strip()
        if not name or name.removesuffix(".tex") in tables.DISTRIBUTION:
            return
        if "\\" in name or "#" in name:
            if "#" not in name and not self.is_package:
                self.say("document-dynamic-input", f"the file {name} depends on a macro; it is not read", at)
            return
        names = (name,) if name.endswith(".tex") else (f"{name}.tex", name)
        paths = dict.fromkeys(joined(folder, each) for each in names for folder in folders)
        self.wishes.append(Include(tuple(paths), name, at, optional or self.is_package, to or self.folder))

    def folders(self) -> list[str]:
        r"""Where files are looked for: in the folder of `\import`, in that of the document, and beside this file."""
        own = [self.folder] if self.folder else []
        return [*own, self.draft.folder, folder_of(self.source.name), *search_path("TEXINPUTS")]

    def set_options(self, written: str) -> None:
        """Keep `name=value,...` as options of the document."""
        for found in _OPTION.finditer(written):
            self.draft.options[found[1]] = (found[2] or "true").strip().strip("{}").strip()
