"""Org: the citations of Org itself (`[cite:@key]`) and of org-ref (`cite:key`, `[[cite:&key]]`).

Blocks of source code, examples, comments and verbatim text are left alone. Sources: Org's manual ("Citation handling",
"Include files"), `org-element-citation-key-re` for what a key is made of, and the manual of org-ref 3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bibkit.documents.markdown import raw_latex
from bibkit.documents.sources import Draft, Include, SourceText, folder_of, joined
from bibkit.documents.tex_arguments import REACH

_LINE = re.compile(r"[^\r\n]*+(?:\r\n?|\n|\Z)")
_BEGIN = re.compile(r"[ \t]*+#\+begin_(src|example|comment|export)\b", re.IGNORECASE)
_KEYWORD = re.compile(r"[ \t]*+#\+([\w-]++):[ \t]*+([^\r\n]*+)", re.IGNORECASE)
_COMMENT = re.compile(r"[ \t]*+(?:#[ \t]|#[\r\n]|#\Z|:[ \t]|:[\r\n])")

_TOKEN = re.compile(
    r"(?<!\[)\[(cite)(/[\w/-]++)?:|(?<!\w)(cite[a-zA-Z*]*+|[a-zA-Z]{1,12}cites?\*?|nocite):(?=[^\s:\]])|(bibliography|addbibresource):"
    r"|(?<![^\s({'\"-])([=~])(?=\S)|\\([A-Za-z]++)"
)
_KEY = re.compile(r"@([\w\-.:?!`'/*@+|(){}<>&^$#%~]++)")
_REF_KEYS = re.compile(r"[\w\-.:/&*+?']++(?:,[\w\-.:/&*+?']++)*+")
_REF_MARKED = re.compile(r"&([\w\-.:/*+?']++)")
_LINK_END = re.compile(r"[^\[\]\r\n]*+\]")
_BRACKET = re.compile(r"[\[\]]")
_NOCITE = frozenset({"nocite", "n"})
_QUOTED = re.compile(r"\"([^\"\r\n]++)\"|(\S++)")
_NO_INCLUDE = re.compile(r"\b(?:src|example|export)\b")
_PROCESSORS = {"biblatex": "biblatex", "natbib": "bibtex", "bibtex": "bibtex", "csl": "csl"}


def scan(source: SourceText, draft: Draft, _folder: str = "") -> Iterator[Include]:
    """The files that a file includes, one after the other, while it is read."""
    text, closing, pos = source.text, "", 0
    reader = _Text(source, draft)
    while pos < len(text):
        found = _LINE.match(text, pos)
        start, pos = pos, found.end() if found else len(text)
        line = text[start:pos]
        begins = _BEGIN.match(line)
        if closing:
            closing = "" if line.strip().lower() == closing else closing
        elif begins:
            closing = f"#+end_{begins[1].lower()}"
        elif keyword := _KEYWORD.match(text, start, pos):
            yield from _keyword(source, draft, reader, keyword)
        elif not _COMMENT.match(line):
            pos = reader.read(start, _paragraph_end(text, pos))


def _paragraph_end(text: str, pos: int) -> int:
    """Where the lines of plain text end that go on from here: a citation may be broken over some."""
    while pos < len(text):
        found = _LINE.match(text, pos)
        line = found[0] if found else ""
        if not line.strip() or line.lstrip()[0] in "#:*|-+":
            break
        pos += len(line)
    return pos


def _keyword(source: SourceText, draft: Draft, reader: _Text, found: re.Match[str]) -> Iterator[Include]:
    """`#+bibliography:`, `#+include:` and their like; text in others may cite."""
    name, value = found[1].lower(), found[2].strip()
    quoted = _QUOTED.match(value)
    written = (quoted[1] or quoted[2]) if quoted else ""
    if name == "bibliography" and written:
        draft.add_bibliography(source, written, found.start(2))
    elif name in ("include", "setupfile") and written and not _NO_INCLUDE.search(value[len(written) + 2 :]):
        path = written.partition("::")[0]
        paths = dict.fromkeys(joined(folder, path) for folder in (folder_of(source.name), draft.folder))
        yield Include(tuple(paths), path, found.start())
    elif name == "cite_export":
        processor, _, rest = value.partition(" ")
        draft.dialect = _PROCESSORS.get(processor, draft.dialect)  # type: ignore[assignment]  # its values are dialects
        draft.style = rest.split(" ")[0]
    elif name in ("title", "subtitle", "caption", "abstract", "description", "nocite"):
        reader.read(found.start(2), found.end(2))


class _Text:
    """Finds the citations in plain text."""

    def __init__(self, source: SourceText, draft: Draft) -> None:
        self.source = source
        self.draft = draft
        self.text = source.text

    def read(self, pos: int, end: int) -> int:
        """Keep the citations of this stretch, and say where it ends."""
        while found := _TOKEN.search(self.text, pos, end):
            pos = max(found.end(), self.token(found, end))
        return end

    def token(self, found: re.Match[str], end: int) -> int:
        if found[1]:
            return self.org_cite(found, end)
        if found[3]:
            return self.org_ref(found, end)
        if found[4]:
            return self.bibliography(found, end)
        if found[5]:
            return self.verbatim(found[5], found.end(), end)
        return raw_latex(self.source, self.draft, self.text, found[6], found.end())

    def org_cite(self, found: re.Match[str], end: int) -> int:
        """`[cite/style:see @one p. 3; @two]`; brackets within are balanced."""
        close = self.closing(found.end(), end)
        if not close:
            self.say_unclosed(found)
            return found.end()
        style = (found[2] or "").lstrip("/")
        command = f"cite/{style}" if style else "cite"
        nothing = style.split("/")[0] in _NOCITE
        for key in _KEY.finditer(self.text, found.end(), close):
            if nothing and key[1] == "*":
                self.draft.everything = True
            else:
                self.add(key[1], key.start(1), command)
        return close

    def closing(self, pos: int, end: int) -> int:
        end = min(end, pos + REACH)
        if self.text.find("]", pos, end) < 0:
            return 0
        depth = 1
        for found in _BRACKET.finditer(self.text, pos, end):
            depth += 1 if found[0] == "[" else -1
            if not depth:
                return found.start()
        return 0

    def org_ref(self, found: re.Match[str], end: int) -> int:
        """`cite:one,two` and `[[cite:see &one p. 3;&two]]`."""
        linked = self.text.startswith("[[", found.start() - 2) and found.start() >= 2
        link = _LINK_END.match(self.text, found.end(), end) if linked else None
        stop = link.end() - 1 if link else end
        marked = list(_REF_MARKED.finditer(self.text, found.end(), stop)) if link else []
        if marked:
            for key in marked:
                self.add(key[1], key.start(1), found[3])
            return stop
        written = _REF_KEYS.match(self.text, found.end(), stop)
        if not written:
            return found.end()
        return self.words(written, found[3])

    def words(self, written: re.Match[str], command: str) -> int:
        pos = written.start()
        for word in written[0].split(","):
            key = word.removeprefix("&").rstrip(".:?'*" if word != "*" else "")
            if key == "*" and command == "nocite":
                self.draft.everything = True
            elif key:
                self.add(key, pos + word.startswith("&"), command)
            pos += len(word) + 1
        return written.end()

    def bibliography(self, found: re.Match[str], end: int) -> int:
        """`bibliography:one.bib,two.bib` of org-ref."""
        names = re.compile(r"[^\s\]]++").match(self.text, found.end(), end)
        for name in names[0].split(",") if names else ():
            if name:
                self.draft.add_bibliography(self.source, name, found.start())
        return names.end() if names else found.end()

    def verbatim(self, mark: str, pos: int, end: int) -> int:
        """Past `=verbatim=` and `~code~`, which end on their line or the next."""
        close = re.compile(rf"(?<=\S){mark}(?!\w)").search(self.text, pos + 1, min(end, pos + 400))
        return close.end() if close else pos

    def add(self, key: str, start: int, command: str) -> None:
        self.draft.citations.append(self.source.citation(key, start, start + len(key), command))

    def say_unclosed(self, found: re.Match[str]) -> None:
        message = "the brackets of [cite: are not closed before the paragraph ends"
        self.draft.say(self.source.problem("document-unclosed", message, found.start(), hint="close them with ]"))
