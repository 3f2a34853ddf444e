"""Typst: `@key`, `#cite(<key>)`, `#ref(<key>)`, `#bibliography("refs.bib")`.

Markup and code take turns in Typst, and only markup has `@key`. The scanner keeps track of which of them it is in, so
that strings in code, raw text and comments are left alone. A label that the document itself sets is no key. Source:
Typst's reference ("Syntax", "cite", "bibliography") and what its lexer takes for a label.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from bibkit.documents.sources import Draft, Include, SourceText, folder_of, joined

_LABEL = r"[\w.:\-]"
KEY = re.compile(r"[\w.:\-]*+(?<![.:])")  # what can stand after @
_COMMON = r"(?P<comment>//[^\r\n]*+)|(?P<block>/\*)|(?P<raw>`++)|(?P<label><" + _LABEL + r"++>)"
_MARKUP = re.compile(
    r"\\(?P<escaped>[^\s])|(?P<url>https?://[^\s\[\]()`\"'<>]*+)|"
    + _COMMON
    + r"|(?P<key>@(?=\w)"
    + _LABEL
    + r"++)|(?P<code>#(?=[\w{(\[\"$<]))|(?P<math>\$)|(?P<close>\])|(?P<open>\[)",
)
_CODE = re.compile(
    _COMMON + r"|(?P<string>\"(?:[^\"\\]|\\.)*+\")|(?P<markup>\[)|(?P<opener>[({])|(?P<closer>[)}\]])|(?P<math>\$)"
    r"|(?P<word>[A-Za-z_][\w-]*+)|(?P<stop>[;\n])",
    re.DOTALL,
)
_MATH = re.compile(
    _COMMON + r"|\\.|(?P<string>\"(?:[^\"\\]|\\.)*+\")|(?P<code>#(?=[\w{(\[\"]))|(?P<math>\$)", re.DOTALL
)
_EXPRESSION = re.compile(r"[A-Za-z_][\w-]*+(?:\.[A-Za-z_][\w-]*+)*+|\"(?:[^\"\\]|\\.)*+\"|[0-9.]++\w*+%?", re.DOTALL)
_MORE = re.compile(r"\.[A-Za-z_][\w-]*+")
_STATEMENTS = frozenset("let set show import include if for while return context else in not".split())
_FILE = re.compile(r"\s*+\"((?:[^\"\\\r\n]|\\.)*+)\"")
_STRING = re.compile(r"\"((?:[^\"\\\r\n]|\\.)*+)\"")
_LABEL_CALL = re.compile(r"\s*+\(\s*+label\(\s*+\"([^\"\\\r\n]++)\"|\s*+\(\s*+<(" + _LABEL + r"++)>")
_LABEL_STRING = re.compile(r"\s*+\(\s*+\"([^\"\\\r\n]++)\"")
_FULL = re.compile(r"\bfull\s*+:\s*+true\b")
_ARGUMENTS = re.compile(
    r"\s*+\(((?:[^()\"]|\"(?:[^\"\\]|\\.)*+\"|\((?:[^()\"]|\"(?:[^\"\\]|\\.)*+\")*+\))*+)\)", re.DOTALL
)
_STYLE = re.compile(r"\bstyle\s*+:\s*+\"([^\"\\\r\n]++)\"")
_CITES = frozenset({"cite", "ref"})
REACH = 4000

LINE, EXPRESSION = "line", "expression"  # how code that began in markup ends


class _Scanner:
    """Reads one file from front to back; `modes` are what it is in, the innermost last."""

    def __init__(self, source: SourceText, draft: Draft) -> None:
        self.source = source
        self.draft = draft
        self.text = source.text
        self.modes = ["markup"]
        self.pending: list[tuple[str, int, int]] = []  # labels in code that may be keys
        self.wishes: list[tuple[str, int]] = []

    def run(self) -> Iterator[tuple[str, int]]:
        pos, size = 0, len(self.text)
        while pos < size:
            found = _PATTERNS[self.modes[-1]].search(self.text, pos)
            if not found:
                break
            action = _ACTIONS.get(found.lastgroup or "")
            end = action(self, found) if action else 0
            pos = max(found.end(), end)
            if self.wishes:
                yield from self.wishes
                self.wishes.clear()

    # -------------------------------------------------------------------------------------------- what is left alone

    def block(self, found: re.Match[str]) -> int:
        """Past a comment; they nest."""
        depth = 1
        for mark in re.compile(r"/\*|\*/").finditer(self.text, found.end()):
            depth += 1 if mark[0] == "/*" else -1
            if not depth:
                return mark.end()
        return len(self.text)

    def raw(self, found: re.Match[str]) -> int:
        marks = found[0]
        if len(marks) == 2:  # empty raw text
            return 0
        end = self.text.find(marks, found.end())
        return end + len(marks) if end >= 0 else len(self.text)

    # -------------------------------------------------------------------------------------------- modes

    def code(self, found: re.Match[str]) -> int:
        """`#` begins an expression, or a statement that goes to the end of the line."""
        word = _EXPRESSION.match(self.text, found.end())
        if word and word[0] in _STATEMENTS:
            self.modes.append(LINE)
            return found.end()
        if word:
            self.called(word[0], word.end())
            return self.goes_on(word.end())
        return self.goes_on(found.end())

    def goes_on(self, pos: int) -> int:
        """After an expression in markup: arguments, content and methods may follow at once."""
        while more := _MORE.match(self.text, pos):
            pos = more.end()
        sign = self.text[pos : pos + 1]
        if sign in ("(", "{"):
            self.modes += [EXPRESSION, sign]
            return pos + 1
        if sign == "[":
            self.modes += [EXPRESSION, "markup"]
            return pos + 1
        return pos

    def opener(self, found: re.Match[str]) -> int:
        self.modes.append(found[0])
        return 0

    def markup(self, _found: re.Match[str]) -> int:
        self.modes.append("markup")
        return 0

    def closer(self, found: re.Match[str]) -> int:
        """The end of parentheses or braces; what closes nothing here closes the code around it."""
        if self.modes[-1] in ("(", "{"):
            self.modes.pop()
            return self.resumed(found.end())
        if self.modes[-1] == LINE and len(self.modes) > 1:
            self.modes.pop()
            return found.start() or 0
        return 0

    def resumed(self, pos: int) -> int:
        if self.modes[-1] == EXPRESSION:
            self.modes.pop()
            return self.goes_on(pos)
        return pos

    def close(self, found: re.Match[str]) -> int:
        """`]` ends content that began in code."""
        if len(self.modes) > 1 and self.modes[-1] == "markup":
            self.modes.pop()
            return self.resumed(found.end())
        return 0

    def open(self, _found: re.Match[str]) -> int:
        """A bracket in markup is text; its partner must not end the content around it."""
        if len(self.modes) > 1:
            self.modes.append("markup")
        return 0

    def stop(self, _found: re.Match[str]) -> int:
        """A statement ends with its line, where all its brackets are closed."""
        if self.modes[-1] == LINE:
            self.modes.pop()
        return 0

    def math(self, _found: re.Match[str]) -> int:
        if self.modes[-1] == "math":
            self.modes.pop()
        else:
            self.modes.append("math")
        return 0

    # -------------------------------------------------------------------------------------------- what is found

    def key(self, found: re.Match[str]) -> int:
        """`@key`; a full stop or a colon at its end belongs to the sentence."""
        key = found[0][1:].rstrip(".:")
        self.add(key, found.start() + 1, "@")
        return found.start() + 1 + len(key)

    def label(self, found: re.Match[str]) -> int:
        """In markup, a label is what the document labels; in code, it is an argument."""
        if self.modes[-1] in ("markup", "math"):
            self.draft.labels.add(found[0][1:-1])
        return 0

    def word(self, found: re.Match[str]) -> int:
        self.called(found[0], found.end())
        return 0

    def called(self, name: str, pos: int) -> None:
        """A function or statement of interest."""
        name = name.rpartition(".")[2]
        if name in _CITES:
            self.cite(name, pos)
        elif name == "bibliography":
            self.bibliography(pos)
        elif name in ("include", "import"):
            written = _FILE.match(self.text, pos)
            if written and not written[1].startswith("@"):
                self.wishes.append((written[1], written.start(1)))

    def cite(self, name: str, pos: int) -> None:
        found = _LABEL_CALL.match(self.text, pos)
        if found:
            group = 1 if found[1] else 2
            self.add(found[group], found.start(group), f"#{name}")
        elif old := _LABEL_STRING.match(self.text, pos):  # before Typst 0.9
            self.add(old[1], old.start(1), f"#{name}")

    def bibliography(self, pos: int) -> None:
        found = _ARGUMENTS.match(self.text, pos, pos + REACH)
        if not found:
            return
        style = _STYLE.search(found[1])
        self.draft.style = style[1] if style else self.draft.style
        self.draft.everything = self.draft.everything or bool(_FULL.search(found[1]))
        names = re.sub(r"\b\w++\s*+:\s*+\"[^\"\r\n]*+\"", "", found[1])
        for name in _STRING.findall(names):
            self.draft.add_bibliography(self.source, name.removeprefix("/"), found.start(1), "")

    def add(self, key: str, start: int, command: str) -> None:
        self.draft.citations.append(self.source.citation(key, start, start + len(key), command))


_PATTERNS = {"markup": _MARKUP, "math": _MATH, **dict.fromkeys((LINE, EXPRESSION, "(", "{"), _CODE)}
_ACTIONS: dict[str, Callable[[_Scanner, re.Match[str]], int]] = {
    "block": _Scanner.block,
    "raw": _Scanner.raw,
    "label": _Scanner.label,
    "key": _Scanner.key,
    "code": _Scanner.code,
    "math": _Scanner.math,
    "close": _Scanner.close,
    "open": _Scanner.open,
    "markup": _Scanner.markup,
    "opener": _Scanner.opener,
    "closer": _Scanner.closer,
    "word": _Scanner.word,
    "stop": _Scanner.stop,
}


def scan(source: SourceText, draft: Draft, _folder: str = "") -> Iterator[Include]:
    """The files that a file includes, one after the other, while it is read."""
    for written, at in _Scanner(source, draft).run():
        folder = draft.folder if written.startswith("/") else folder_of(source.name)
        yield Include((joined(folder, written.lstrip("/")),), written, at)


def finish(draft: Draft) -> None:
    """What is only known when all is read: which keys are labels."""
    draft.drop_labels()
    draft.dialect = draft.dialect or "biblatex"
