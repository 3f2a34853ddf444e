"""Markdown: Pandoc's citations, as Quarto and R Markdown have them too.

Code, comments, mathematics, links and HTML tags are left alone, and so are references to figures and tables. Sources:
Pandoc's manual ("Citation syntax", "Specifying bibliographic data"); Quarto's guide ("Cross References", "Includes");
knitr's chunk option `child`. One pass over lines, one over the text that they leave.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from bibkit.documents import yaml_header
from bibkit.documents.sources import Draft, Include, SourceText, folder_of, is_file, joined, read_source
from bibkit.documents.tex_arguments import keys, spans
from bibkit.documents.tex_tables import CITING, MANY, MULTIPLE

# ------------------------------------------------------------------------------------------------ blocks

_LINE = re.compile(r"[^\r\n]*+(?:\r\n?|\n|\Z)")
_FENCE = re.compile(r"[ \t>]*+(?:[-*+][ \t]++)?(`{3,}+|~{3,}+)([^\r\n]*+)")
_LIST_ITEM = re.compile(r"[ \t]*+(?![-* \t]++[\r\n])(?:[-*+:~]|\(?[\w#@-]++[.)])[ \t]++")
_INDENT = re.compile(r"[ \t]*+")
_CHILD = re.compile(r"\bchild\s*+=\s*+(c\([^()\r\n]*+\)|\"[^\"\r\n]++\"|'[^'\r\n]++')")
_CHILD_OPTION = re.compile(r"#\|[ \t]*+child:[ \t]*+([^\r\n]++)")
_QUOTED = re.compile(r"[\"']([^\"'\r\n]++)[\"']")
_LABEL_OPTION = re.compile(r"#\|[ \t]*+label:[ \t]*+[\"']?([\w:-]++)")
_CHUNK_LABEL = re.compile(r"\{\w++[ \t,]++([\w:-]++)[ \t]*+[,}]")


class _Blocks:
    """Finds the lines of a text that are code, and what these say."""

    def __init__(self, source: SourceText, start: int) -> None:
        self.text = source.text
        self.start = start
        self.code: list[tuple[int, int]] = []
        self.children: list[tuple[str, int]] = []
        self.labels: set[str] = set()
        self.fence = ""
        self.opened = 0
        self.indent = 0  # of the text of the list item that we are in
        self.after_blank = True

    def read(self) -> None:
        """Go through all lines."""
        pos, size = self.start, len(self.text)
        while pos < size:
            found = _LINE.match(self.text, pos)
            end = found.end() if found else size
            self.line(pos, end)
            pos = end
        if self.fence:
            self.code.append((self.opened, size))

    def line(self, start: int, end: int) -> None:
        mark = _FENCE.match(self.text, start, end)
        if self.fence:
            self.inside(mark, start, end)
        elif mark and not (mark[1][0] == "`" and "`" in mark[2]):
            self.fence, self.opened = mark[1], start
            self.heading(mark[2], mark.start(2))
        else:
            self.plain(start, end)

    def inside(self, mark: re.Match[str] | None, start: int, end: int) -> None:
        if mark and mark[1].startswith(self.fence) and not mark[2].strip():
            self.code.append((self.opened, end))
            self.fence = ""
        elif self.text.find("#|", start, end) >= 0:
            if child := _CHILD_OPTION.search(self.text, start, end):
                self.add_children(child[1], child.start(1))
            if label := _LABEL_OPTION.search(self.text, start, end):
                self.labels.add(label[1])

    def heading(self, options: str, at: int) -> None:
        """What a chunk of R Markdown says at its beginning."""
        if child := _CHILD.search(options):
            self.add_children(child[1], at + child.start(1))
        if label := _CHUNK_LABEL.search(options):
            self.labels.add(label[1])

    def add_children(self, written: str, at: int) -> None:
        names = _QUOTED.findall(written) or [word.strip(" []") for word in written.split(",")]
        self.children += [(name, at) for name in names if name]

    def plain(self, start: int, end: int) -> None:
        """A line of text; one that is indented after an empty line is code, but in a list."""
        if self.text[start:end].isspace():
            self.after_blank = True
            return
        indent = _width(_INDENT.match(self.text, start, end))
        if self.after_blank and indent >= self.indent + 4:
            self.code.append((start, end))
            return
        item = _LIST_ITEM.match(self.text, start, end)
        if item or not indent:
            self.indent = _width(item)
        self.after_blank = False


def _width(found: re.Match[str] | None) -> int:
    return len(found[0].expandtabs(4)) if found else 0


# ------------------------------------------------------------------------------------------------ text

_TOKEN = re.compile(
    r"\\([A-Za-z]++|.)|(<!--)|(`++)|(\$)|(\]\()|(<(?=[A-Za-z/]))|(\{\{<)|(\{(?=\s*+#)|\((?=@))|(@)|([\[\]])"
    r"|(\n[ \t]*+\r?\n)",
    re.DOTALL,
)
_WORD = r"(?:[^\W]|[:.#$%&\-+?<>~/](?=\w)|[:/](?=/))"
KEY = re.compile(rf"[\w]{_WORD}*+|\*")
_BRACED = re.compile(r"\{([^\s{}]*+(?:\{[^\s{}]*+\}[^\s{}]*+)*+)\}")
_MATH = re.compile(
    r"\$\$(?:[^$\\]|\\.)*+\$\$|\$(?=[^\s$])(?:[^$\\\n]|\\.|\n(?![ \t]*+\r?\n))*+(?<!\s)\$(?!\d)", re.DOTALL
)
_TARGET = re.compile(r"\]\((?:[^()\\\n]|\\.|\([^()\n]*+\)|\n(?![ \t]*+\r?\n))*+\)", re.DOTALL)
_TAG = re.compile(r"</?[A-Za-z][\w-]*+(?:\s[^<>]*+)?/?>|<[A-Za-z][\w+.-]*+:[^\s<>]*+>|<[^\s<>@]++@[^\s<>]++>")
_SHORTCODE = re.compile(r"\{\{<\s*+include\s++[\"']?([^\s\"'<>]++)")
_ATTRIBUTES = re.compile(r"\{\s*+#([\w:.-]++)")
_EXAMPLE = re.compile(r"\(@([\w-]++)\)")
_CLOSE_COMMENT = "-->"


class _Text:
    """Finds the citations in the text between code blocks."""

    def __init__(self, source: SourceText, draft: Draft, masked: str) -> None:
        self.source = source
        self.draft = draft
        self.text = masked
        self.wishes: list[tuple[str, int]] = []
        self.missing: dict[str, int] = {}  # backticks -> up to where there are no others like them
        self.brackets = 0
        self.command = ""

    def read(self, start: int, end: int, command: str = "") -> Iterator[tuple[str, int]]:
        """The files that are included, while citations go into the document."""
        self.command, pos = command, start
        while found := _TOKEN.search(self.text, pos, end):
            action = _ACTIONS[found.lastindex or 1]
            pos = max(found.end(), action(self, found))
            if self.wishes:
                yield from self.wishes
                self.wishes.clear()

    def escaped(self, found: re.Match[str]) -> int:
        r"""An escaped sign, or raw LaTeX: `\citep[3]{key}`."""
        if found[1] in CITING or found[1] in MULTIPLE:
            return raw_latex(self.source, self.draft, self.text, found[1], found.end())
        return found.start(1) + 1

    def comment(self, found: re.Match[str]) -> int:
        if found[0] in self.missing:
            return 0
        end = self.text.find(_CLOSE_COMMENT, found.end())
        if end < 0:
            self.missing[found[0]] = len(self.text)
        return end + len(_CLOSE_COMMENT) if end >= 0 else 0

    def code(self, found: re.Match[str]) -> int:
        """Past code between backticks, as many after it as before."""
        marks = found[3]
        if self.missing.get(marks, 0) > found.end():
            return 0
        close = re.compile(rf"(?<!`){marks}(?!`)|\n[ \t]*+\r?\n").search(self.text, found.end())
        if close and close[0] == marks:
            return close.end()
        self.missing[marks] = close.start() if close else len(self.text)
        return 0

    def math(self, found: re.Match[str]) -> int:
        close = _MATH.match(self.text, found.start())
        return close.end() if close else 0

    def target(self, found: re.Match[str]) -> int:
        self.brackets = max(0, self.brackets - 1)
        close = _TARGET.match(self.text, found.start())
        return close.end() if close else 0

    def tag(self, found: re.Match[str]) -> int:
        close = _TAG.match(self.text, found.start())
        return close.end() if close and not re.search(r"\n[ \t]*+\r?\n", close[0]) else 0

    def shortcode(self, found: re.Match[str]) -> int:
        include = _SHORTCODE.match(self.text, found.start())
        if include:
            self.wishes.append((include[1], found.start()))
        return include.end() if include else 0

    def label(self, found: re.Match[str]) -> int:
        """`{#fig-one}`, and `(@good)` at the beginning of a line, which numbers an example."""
        if found[8][0] == "{":
            label = _ATTRIBUTES.match(self.text, found.start())
            if label:
                self.draft.labels.add(label[1])
            return 0
        line = self.text[max(0, found.start() - 4) : found.start()]
        label = _EXAMPLE.match(self.text, found.start())
        if label and (not line or not line.rpartition("\n")[2].strip()):
            self.draft.labels.add(label[1])
        return label.end() if label and label[1] in self.draft.labels else 0

    def at_sign(self, found: re.Match[str]) -> int:
        """A citation, if no letter stands before it."""
        at = found.start()
        before = self.text[at - 1 : at] if at else ""
        if before.isalnum() or (before in ("_", ".") and self.text[max(0, at - 2) : at - 1].isalnum()):
            return 0
        braced = _BRACED.match(self.text, found.end())
        key = None if braced else KEY.match(self.text, found.end())
        if braced and braced[1]:
            self.add(braced[1], braced.start(1), braced.end(1), self.named(before))
        elif key:
            self.add(key[0], key.start(), key.end(), self.named(before))
        return (braced or key or found).end()

    def named(self, before: str) -> str:
        return self.command or ("[" if self.brackets else "") + ("-@" if before == "-" else "@")

    def add(self, key: str, start: int, end: int, command: str) -> None:
        if key == "*":
            self.draft.everything = self.draft.everything or command == "nocite"
        else:
            self.draft.citations.append(self.source.citation(key, start, end, command))

    def bracket(self, found: re.Match[str]) -> int:
        self.brackets = max(0, self.brackets + (1 if found[10] == "[" else -1))
        return 0

    def paragraph(self, found: re.Match[str]) -> int:
        self.brackets = 0
        return found.end() - 1


def raw_latex(source: SourceText, draft: Draft, text: str, name: str, pos: int) -> int:
    r"""Keep what a command of LaTeX cites that stands in a text of another kind; where its arguments end."""
    if name not in CITING and name not in MULTIPLE:
        return pos
    arguments, end = spans(text, pos, CITING.get(name, MANY))
    while name in MULTIPLE and (more := spans(text, end, MULTIPLE[name]))[0]:
        arguments, end = [*arguments, *more[0]], more[1]
    for letter, start, _ in arguments:
        for key in keys(text, start).keys if letter == "k" else ():
            if key.text == "*" and name == "nocite":
                draft.everything = True
            else:
                draft.citations.append(source.citation(key.text, key.start, key.end, name))
    return end


_ACTIONS: dict[int, Callable[[_Text, re.Match[str]], int]] = {
    1: _Text.escaped,
    2: _Text.comment,
    3: _Text.code,
    4: _Text.math,
    5: _Text.target,
    6: _Text.tag,
    7: _Text.shortcode,
    8: _Text.label,
    9: _Text.at_sign,
    10: _Text.bracket,
    11: _Text.paragraph,
}

# ------------------------------------------------------------------------------------------------ documents

_CROSS_REFERENCE = re.compile(r"(?:fig|tbl|eq|sec|lst)[:]", re.IGNORECASE)  # pandoc-crossref
_QUARTO_REFERENCE = re.compile(
    r"(?:fig|tbl|eq|sec|lst|thm|lem|cor|prp|cnj|def|exm|exr|sol|rem|alg|nte|wrn|imp|tip|cau|vid|suppfig)-",
    re.IGNORECASE,
)
# Fields of the header whose values are text with citations.
_TEXT_FIELDS = {"nocite": "nocite", "title": "", "subtitle": "", "abstract": "", "thanks": "", "acknowledgements": ""}
_PROJECT_FILES = ("_quarto.yml", "_quarto.yaml", "_bookdown.yml", "_metadata.yml")
_METHODS = {"biblatex": "biblatex", "natbib": "bibtex", "citeproc": "csl"}


def scan(source: SourceText, draft: Draft, _folder: str = "") -> Iterator[Include]:
    """The files that a file includes, one after the other, while it is read."""
    yield from _scan(source, draft, _CROSS_REFERENCE)


def scan_quarto(source: SourceText, draft: Draft, _folder: str = "") -> Iterator[Include]:
    """`scan` for Quarto, where `@fig-one` is a cross-reference."""
    yield from _scan(source, draft, _QUARTO_REFERENCE)


def finish(draft: Draft) -> None:
    """What is only known when all is read: which keys are labels."""
    draft.drop_labels()
    draft.dialect = draft.dialect or "csl"
    _take_project(draft)


def _scan(source: SourceText, draft: Draft, references: re.Pattern[str]) -> Iterator[Include]:
    head = yaml_header.header(source.text)
    blocks = _Blocks(source, head.end)
    blocks.read()
    draft.labels |= blocks.labels
    reader = _Text(source, draft, _masked(source.text, blocks.code))
    before = len(draft.citations)
    _take_header(source, draft, head, reader)
    children = iter([*blocks.children, ("", len(source.text))])
    name, upto = next(children)
    pos = head.end
    while True:
        for wish, at in reader.read(pos, upto):
            yield _include(source, draft, wish, at)
        if not name:
            break
        yield _include(source, draft, name, upto)
        pos = upto
        name, upto = next(children)
    draft.citations[before:] = [each for each in draft.citations[before:] if not _refers(each.key, references)]


def _refers(key: str, references: re.Pattern[str]) -> bool:
    return bool(references.match(key) or _CROSS_REFERENCE.match(key))


def _masked(text: str, code: list[tuple[int, int]]) -> str:
    """The text with blanks for code, as long as before; each block ends a paragraph."""
    pieces, pos = [], 0
    for start, end in code:
        pieces += [text[pos:start], " " * (end - start - 2), "\n\n"] if end - start > 2 else [text[pos:end]]
        pos = end
    return "".join([*pieces, text[pos:]])


def _include(source: SourceText, draft: Draft, written: str, at: int) -> Include:
    """A path is taken from the file that names it, or from the root's folder."""
    name = written.removeprefix("/")
    paths = dict.fromkeys(joined(folder, name) for folder in (folder_of(source.name), draft.folder))
    return Include(tuple(paths), written, at)


def _take_header(source: SourceText, draft: Draft, head: yaml_header.Header, reader: _Text) -> None:
    for name, command in _TEXT_FIELDS.items():
        if name in head.fields:
            list(reader.read(*head.fields[name], command))
    if "references" in head.fields:
        for key, at in yaml_header.ids(source.text, head.fields["references"]):
            draft.defined.append(source.citation(key, at, at + len(key), "references"))
    _take_settings(source, draft, head.fields)


def _take_settings(source: SourceText, draft: Draft, fields: dict[str, tuple[int, int]]) -> None:
    for name in ("bibliography", "csl", "cite-method", "citation_package", "biblio-style"):
        for value, at in yaml_header.values(source.text, fields[name]) if name in fields else ():
            if name == "bibliography":
                draft.add_bibliography(source, value, at)
            elif name in ("csl", "biblio-style"):
                draft.style = draft.style or value
            elif value in _METHODS:
                draft.dialect = _METHODS[value]  # type: ignore[assignment]  # its values are dialects


def _take_project(draft: Draft) -> None:
    """What a Quarto or bookdown project says for all its documents, where the document names no bibliography."""
    folder = draft.folder
    for _ in range(8):
        for name in _PROJECT_FILES:
            if not draft.bibliographies and is_file(joined(folder, name)):
                project = read_source(joined(folder, name))
                _take_settings(project, draft, yaml_header.fields(project.text, 0, len(project.text)))
        folder = joined(folder, "..")
