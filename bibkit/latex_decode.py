r"""LaTeX to rich text: the reading half of `bibkit.latex`, through which it is used.

One compiled pattern finds what is not plain text; tables say what it means; groups are kept on a stack, not by
recursion, so that everything is linear in the input, however deep that nests.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

import msgspec

from bibkit import latex_tables as tables
from bibkit.latex_math import as_rich, far_symbol
from bibkit.text import CLOSING, OPENING, Mark, plain

# ------------------------------------------------------------------------------------------------ decode

LETTER = r"[^\W\d_]|\\(?:ae|AE|oe|OE|aa|AA|o|O|l|L|i|j)(?![A-Za-z]) ?"
ACCENT = rf"\\(?:[\"'`^~=.] ?|[uvHcdbrkt](?![A-Za-z]) ?)(?:\{{(?:{LETTER})\}}|{LETTER})"
_ACCENT_PARTS = re.compile(rf"\\(.) ?\{{?({LETTER})")
_STRUCTURE = re.compile(r"[\\{}$]")
_ESCAPED = re.compile(r"\\([&%#_])")
_ACCENTED = re.compile(rf"\{{{ACCENT}\}}|{ACCENT}")
_BLANKS = re.compile(r"[ \t\r\f\v]{2,}|[\t\r\f\v]")
_EMPTY_LINES = re.compile(r"\n\n+")
INVALID = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")  # TeX ignores or refuses them
_COMMENT = re.compile(r"%(?<![\\0-9]%)\r?\n[ \t]*")
_COMMAND = re.compile(r"([A-Za-z]+)\*? ?|(.)", re.DOTALL)
_DOLLARS = re.compile(r"\$\$((?:[^\\$]|\\.)++)\$\$|\$((?:[^\\$]|\\.)++)\$(\d*)", re.DOTALL)
_PARENTHESES = re.compile(r"((?:[^\\]|\\[^()])*+)\\\)", re.DOTALL)
_SQUARE = re.compile(r"((?:[^\\]|\\[^\[\]])*+)\\\]", re.DOTALL)
_MATH_GROUP = re.compile(r"\{\$(?:[^\\$]|\\.)*+\$\}", re.DOTALL)
_RAISED = re.compile(r"\{\\text(super|sub)script ([0-9+\-=()ni])\}")
_NUMBER = re.compile(r"\s*(?:\"([0-9A-F]{1,6})|'([0-7]{1,8})|([0-9]{1,7})|`\\?(.)) ?", re.DOTALL)
OPTION = re.compile(r"\[[^\[\]{}\\\n]*\](?=\{)")
_ENVIRONMENT = re.compile(r"\{([A-Za-z]+)\}")


def decode(latex: str, *, protect: bool = False) -> str:
    r"""The rich text that a field's value (without its outer delimiters) stands for.

    Accents, symbols, ligatures (`--`, quotes, `~`), formatting commands and font switches become characters and marks;
    white space is as in TeX, but an empty line stays one. An unescaped `%` is a comment only at the end of a line, and
    not after a digit: bibliographies are full of unescaped percent signs. Mathematics stays as it is, between dollars;
    what is only one symbol (`$\alpha$`), or only raised or lowered (`H$_2$O`), becomes a character or a mark.

    With `protect`, a brace group that does not begin with a backslash protects its letters from changes of case, and
    becomes a `nocase` span (btxdoc 4; a group within a group adds nothing). Without, braces vanish.

    A command without meaning as text (`\cite{x}`, `\foo{bar}`) stays, with its arguments, as it was written. The URL
    of `\href` follows its text in parentheses, but not where case is protected: there the text is a title.
    """
    structured = "\\" in latex or "{" in latex or "}" in latex or "$" in latex
    if not latex.isprintable() or "  " in latex:
        latex = _spaced(latex)
    elif not (structured or "'" in latex or ("-" in latex and "--" in latex) or "`" in latex or "~" in latex):
        return (latex if latex.isascii() else _composed(latex)).strip(" ")  # most values
    if structured and not ("{" in latex or "}" in latex or "$" in latex):
        unescaped = _ESCAPED.sub(r"\1", latex)  # no other commands than these, as in "R\&D"
        structured = "\\" in unescaped
        latex = latex if structured else unescaped
    if not structured:
        return _composed(_ligatures(latex)).strip(" \n")
    return _tidy(_Decoder(latex, protect).run())


def _spaced(latex: str) -> str:
    """White space as TeX sees it, and no characters that it does not accept."""
    if "%\n" in latex or "%\r" in latex:
        latex = _COMMENT.sub("", latex)
    if "\n" in latex:
        lines = "\n".join([line.strip(" \t\r\f\v") for line in latex.split("\n")])
        latex = "\n\n".join([part.replace("\n", " ") for part in _EMPTY_LINES.split(lines)])
    if "  " in latex or not latex.isprintable():
        latex = _BLANKS.sub(" ", INVALID.sub("", latex))
    return latex


def _tidy(rich: str) -> str:
    if "\n" in rich:
        rich = re.sub(r" *+\n[\n ]*+", "\n\n", rich)
    if "  " in rich:
        rich = re.sub("  +", " ", rich)
    return _composed(rich).strip(" \n")


def _composed(text: str) -> str:
    """NFC, with the dotted letter under an accent: so Unicode has it, where TeX takes the dotless one."""
    if text.isascii():
        return text
    if "ı" in text or "ȷ" in text:
        text = _DOTLESS_ACCENTED.sub(lambda found: _DOTLESS[found[0]], text)
    return unicodedata.normalize("NFC", text)


def _ligatures(text: str) -> str:
    """The ligatures of TeX's fonts. Each sign is looked for first, since most texts have none."""
    for sign, ligatures in tables.LIGATURES.items():
        if sign in text:
            for written, char in ligatures.items():
                text = text.replace(written, char)
    return text


@lru_cache(maxsize=1 << 13)
def _accent(latex: str) -> str:
    """An accent on a letter, in any spelling: the pattern has found that it is one."""
    found = _ACCENT_PARTS.search(latex)
    if found is None:
        return latex
    letter = found[2].strip()
    if found[1] == "." and letter.strip("\\") == "i":
        return "i"  # the dot that it has anyway
    base = tables.LETTERS[letter[1:]] if letter[0] == "\\" else letter
    return _accented(base, tables.ACCENTS[found[1]][0])


_DOTLESS = {"ı": "i", "ȷ": "j"}
_DOTLESS_ACCENTED = re.compile(r"[ıȷ](?=[\u0300-\u036f])")
_CLUSTER = re.compile(r".[\u0300-\u036f]{0,8}", re.DOTALL)


def _accented(text: str, combining: str) -> str:
    """The text with an accent on its first letter, outside the accents that this has already."""
    found = _CLUSTER.match(text)
    cluster = found[0] if found else ""
    base = _DOTLESS.get(cluster[:1], cluster[:1])
    return unicodedata.normalize("NFC", base + cluster[1:] + combining) + text[len(cluster) :]


class _Frame(msgspec.Struct):
    """An open group: what is to be done when it closes, and where its output begins."""

    kind: str
    start: int
    value: str = ""
    shielded: bool = False  # groups inside protect nothing
    switches: list[Mark] = msgspec.field(default_factory=list)


_TAGS = frozenset((*OPENING.values(), *CLOSING.values()))


class _Decoder:
    """The state of one decoding: a position in the text, the output in pieces, the open groups."""

    def __init__(self, text: str, protect: bool) -> None:
        self.text = text
        self.protect = protect
        self.position = 0
        self.out: list[str] = []
        self.frames = [_Frame("base", 0, shielded=not protect)]
        self.quotes = 0
        self._partners: dict[int, int] | None = None

    def run(self) -> str:
        text, out = self.text, self.out
        while found := _STRUCTURE.search(text, self.position):
            if found.start() > self.position:
                out.append(_ligatures(text[self.position : found.start()]))
            sign = found[0]
            if sign in "\\{" and (accented := _ACCENTED.match(text, found.start())):
                self.position = accented.end()
                out.append(_accent(accented[0]))
            else:
                self.position = found.end()
                _STRUCTURES[sign](self)
        out.append(_ligatures(text[self.position :]))
        while self.frames:
            self.close_last()
        return "".join(out)

    # ---- groups

    def push(self, kind: str, value: str = "", shielded: bool = False) -> None:
        shielded = shielded or self.frames[-1].shielded
        self.frames.append(_Frame(kind, len(self.out), value, shielded))
        self.out.append("")  # becomes the opening mark, if there is one

    def open_group(self) -> None:
        start = self.position
        if raised := _RAISED.match(self.text, start - 1):
            self.position = raised.end()
            self.out.append(tables.RAISED[raised[1], raised[2]])
        elif self.frames[-1].shielded or self.text.startswith("\\", start) or _MATH_GROUP.match(self.text, start - 1):
            self.push("plain")
        else:
            self.push("case", shielded=True)

    def close_group(self) -> None:
        while self.frames[-1].kind == "environment":
            self.close_last()
        if len(self.frames) > 1:
            self.close_last()
        else:
            self.out.append("}")

    def close_last(self) -> None:
        frame = self.frames.pop()
        self.end_switches(frame)
        if frame.kind in _CLOSERS:
            _CLOSERS[frame.kind](self, frame)

    def end_switches(self, frame: _Frame) -> None:
        while frame.switches:
            self.add_closing(frame.switches.pop())

    def add_closing(self, mark: Mark) -> None:
        self.trim(1)
        if self.out[-1] == OPENING[mark]:
            self.out[-1] = ""
        else:
            self.out.append(CLOSING[mark])

    def trim(self, length: int) -> None:
        """Takes back empty pieces at the end, so that a mark with nothing in it can be seen, and vanishes."""
        while len(self.out) > length and not self.out[-1]:
            self.out.pop()

    def close_mark(self, frame: _Frame) -> None:
        mark = tables.FORMATS[frame.value]
        self.trim(frame.start + 1)
        if len(self.out) > frame.start + 1:
            self.out[frame.start] = OPENING[mark]
            self.out.append(CLOSING[mark])

    def close_case(self, frame: _Frame) -> None:
        if any(map(str.isalpha, plain("".join(self.out[frame.start + 1 :])))):
            self.out[frame.start] = OPENING["nocase"]
            self.out.append(CLOSING["nocase"])

    def close_accent(self, frame: _Frame) -> None:
        combining, alone = tables.ACCENTS[frame.value]
        for place in range(frame.start, min(frame.start + 16, len(self.out))):
            piece = self.out[place]
            if piece and piece not in _TAGS:
                if len(piece) > 64:  # split once, lest many accents copy a long text again and again
                    self.out[place : place + 1] = piece[:9], piece[9:]
                self.out[place] = _accented(self.out[place], combining)
                return
        self.out.append(alone)

    def close_quote(self, frame: _Frame) -> None:
        self.quotes -= 1
        shape = tables.QUOTED[frame.value]
        inner = 2 * (self.quotes % 2)
        self.out[frame.start] = shape[inner]
        self.out.append(shape[inner + 1])

    def close_link(self, frame: _Frame) -> None:
        shown = "".join(self.out[frame.start : frame.start + 100])
        if not self.protect and frame.value != shown:
            self.out.append(f" ({frame.value})")

    # ---- commands

    def command(self) -> None:
        found = _COMMAND.match(self.text, self.position)
        if found is None:
            self.out.append("\\")  # the last character
            return
        self.position = found.end()
        if found[1]:
            self.word(found)
        elif found[2] in tables.ACCENTS:
            self.argument("accent", found[2], found[0])
        elif found[2] in _SIGN_MATH:
            self.delimited_math(found[2])
        else:
            self.out.append(tables.SIGNS.get(found[2], "\\" + found[2]))

    def word(self, found: re.Match[str]) -> None:
        name = found[1]
        if name in tables.CHARACTERS:
            self.out.append(tables.CHARACTERS[name])
            if self.text.startswith("{}", self.position):
                self.position += 2
        elif name in COMMANDS:
            kind, action = COMMANDS[name]
            action(self, kind, name, found[0])
        else:
            self.unknown("", name, found[0])

    def argument(self, kind: str, name: str, written: str) -> None:
        """Opens the group that is a command's argument, or takes the single character that is."""
        if self.text.startswith(" ", self.position):
            self.position += 1
        following = self.text[self.position : self.position + 1]
        if following == "{":
            self.position += 1
            self.push(kind, name, shielded=kind == "accent")
            self.quotes += kind == "quote"
        elif following and following not in "\\}$~ ":
            self.position += 1
            self.push(kind, name)
            self.quotes += kind == "quote"
            self.out.append(following)
            self.close_last()
        else:
            self.out.append(tables.ACCENTS[name][1] if kind == "accent" else "\\" + written)

    def switch(self, kind: str, name: str, written: str) -> None:
        mark = tables.SWITCHES[name]
        if mark is None:
            self.end_switches(self.frames[-1])
        else:
            self.frames[-1].switches.append(mark)
            self.out.append(OPENING[mark])

    def silent(self, kind: str, name: str, written: str) -> None:
        """A command that prints nothing."""

    def dropped(self, kind: str, name: str, written: str) -> None:
        r"""A command that prints nothing, nor does its argument; `\hspace{0pt}` is the zero-width space."""
        self.out.append("\u200b" if self.raw() == "0pt" else "")

    def verbatim(self, kind: str, name: str, written: str) -> None:
        content = self.raw()
        self.out.append("\\" + written if content is None else decode_verbatim(content))

    def link(self, kind: str, name: str, written: str) -> None:
        target = self.raw()
        if target is None or not self.text.startswith("{", self.position):
            self.out.append("\\" + written if target is None else decode_verbatim(target))
            return
        self.position += 1
        self.push("link", decode_verbatim(target))

    def second(self, kind: str, name: str, written: str) -> None:
        if self.raw() is None:
            self.out.append("\\" + written)
        else:
            self.argument("plain", name, "")

    def character(self, kind: str, name: str, written: str) -> None:
        r"""The numbers of `\char` and `\symbol` are taken as Unicode's: so has LuaLaTeX, and below 128 most fonts."""
        start = self.position
        content = self.raw() if name == "symbol" else self.text[start : start + 10]
        found = _NUMBER.match(content or "")
        code = _code(found) if found else -1
        if found is None or not (32 <= code < 0xD800 or 0xE000 <= code < 0x110000):
            self.out.append("\\" + written + self.text[start : self.position])
            return
        self.position = start + found.end() if name == "char" else self.position
        self.out.append("’" if code == 0x27 else chr(code))

    def paragraph(self, kind: str, name: str, written: str) -> None:
        self.out.append("\n\n" if name == "par" else " ")

    def environment(self, kind: str, name: str, written: str) -> None:
        r"""\begin{it}…\end{it} is {\it …}."""
        found = _ENVIRONMENT.match(self.text, self.position)
        inner = found[1] if found else ""
        if found and name == "begin" and tables.SWITCHES.get(inner):
            self.position = found.end()
            self.push("environment", inner)
            self.switch("", inner, "")
        elif found and name == "end" and self.frames[-1].value == inner and self.frames[-1].kind == "environment":
            self.position = found.end()
            self.close_last()
        else:
            self.unknown(kind, name, written)

    def unknown(self, kind: str, name: str, written: str) -> None:
        """Asks pylatexenc for a symbol; what is none stays as it is, with the arguments that directly follow it."""
        if symbol := far_symbol(name):
            self.out.append(symbol)
            return
        start = self.position - len(written) - 1
        if not written.endswith(" "):
            if option := OPTION.match(self.text, self.position):
                self.position = option.end()
            while self.raw() is not None:
                pass
        ends_group = self.text[self.position - 1 : self.position + 2]  # {\TUG}boat is not \TUGboat
        lost = ends_group[1:2] == "}" and ends_group[2:].isalpha() and ends_group[0].isalpha()
        self.out.append(self.text[start : self.position] + ("{}" if lost else ""))

    def raw(self) -> str | None:
        """The content of the group that begins here, and the position moved behind it; None where there is none."""
        if not self.text.startswith("{", self.position):
            return None
        if self._partners is None:
            self._partners = partners(self.text)
        end = self._partners.get(self.position)
        if end is None:
            return None
        content = self.text[self.position + 1 : end]
        self.position = end + 1
        return content

    # ---- mathematics

    def dollar(self) -> None:
        found = _DOLLARS.match(self.text, self.position - 1)
        if found is None or not self.formula(found[1] or found[2], "$$" if found[1] else "$", found[3] or ""):
            self.out.append("$")
        else:
            self.position = found.end()

    def delimited_math(self, sign: str) -> None:
        pattern, dollars = _SIGN_MATH[sign]
        found = pattern.match(self.text, self.position)
        if found is None or not self.formula(found[1], dollars, ""):
            self.out.append("\\" + sign)
        else:
            self.position = found.end()

    def ensured(self, kind: str, name: str, written: str) -> None:
        content = self.raw()
        if content is None or not self.formula(content, "$", ""):
            self.out.append("\\" + written if content is None else f"\\{name}{{{content}}}")

    def formula(self, content: str, dollars: str, digits: str) -> bool:
        """Adds a formula, if it is one."""
        rich = as_rich(content, dollars, digits)
        self.out.append(rich or "")
        return rich is not None


_SIGN_MATH = {"(": (_PARENTHESES, "$"), "[": (_SQUARE, "$$")}
_STRUCTURES: dict[str, Callable[[_Decoder], None]] = {
    "{": _Decoder.open_group, "}": _Decoder.close_group, "\\": _Decoder.command, "$": _Decoder.dollar
}  # fmt: skip
_CLOSERS: dict[str, Callable[[_Decoder, _Frame], None]] = {
    "mark": _Decoder.close_mark, "case": _Decoder.close_case, "accent": _Decoder.close_accent,
    "quote": _Decoder.close_quote, "link": _Decoder.close_link,
}  # fmt: skip
_Action = Callable[[_Decoder, str, str, str], None]
COMMANDS: dict[str, tuple[str, _Action]] = {
    name: (kind, action)
    for kind, action, names in (
        ("plain", _Decoder.argument, tables.PLAIN),
        ("mark", _Decoder.argument, tables.FORMATS),
        ("quote", _Decoder.argument, tables.QUOTED),
        ("accent", _Decoder.argument, filter(str.isalpha, tables.ACCENTS)),
        ("", _Decoder.switch, tables.SWITCHES),
        ("", _Decoder.silent, tables.SILENT),
        ("", _Decoder.dropped, tables.DROPPED),
        ("", _Decoder.verbatim, tables.VERBATIM),
        ("", _Decoder.second, tables.SECOND),
        ("", _Decoder.link, ("href",)),
        ("", _Decoder.character, ("char", "symbol")),
        ("", _Decoder.paragraph, ("par", "newline")),
        ("", _Decoder.environment, ("begin", "end")),
        ("", _Decoder.ensured, ("ensuremath",)),
    )
    for name in names
}


def partners(text: str) -> dict[int, int]:
    """Where the group that opens at a place closes; an escaped brace is none."""
    found: dict[int, int] = {}
    stack: list[int] = []
    for brace in re.finditer(r"\\.|[{}]", text, re.DOTALL):
        if brace[0] == "{":
            stack.append(brace.start())
        elif brace[0] == "}" and stack:
            found[stack.pop()] = brace.start()
    return found


def _code(found: re.Match[str]) -> int:
    sixteen, eight, ten, sign = found.groups()
    return int(sixteen, 16) if sixteen else int(eight, 8) if eight else int(ten) if ten else ord(sign)


# ------------------------------------------------------------------------------------------------ verbatim fields

_VERBATIM = re.compile(
    r"\\url\{([^{}]*)\}|\{?\\([_%&#$~{}])\}?(?:\{\})?|\{_\}|\{?\\textunderscore(?:\{\}|\}| |(?![A-Za-z]))"
    r"|\{?\\textasciitilde(?:\{\}|\}| |(?![A-Za-z]))|\$\\sim\$|\s*\n\s*"
)


def decode_verbatim(latex: str) -> str:
    r"""The text of a `url`, `doi`, `eprint` or `file` field: as it stands, but for escapes that do not belong there.

    biblatex reads these fields verbatim (manual 2.2.1), yet many programs write `\_`, `{\%}`, `\~{}` or `$\sim$`.
    """
    if not any(sign in latex for sign in "\\{$\n"):
        return latex
    return _VERBATIM.sub(_unescaped, latex)


def _unescaped(found: re.Match[str]) -> str:
    piece = found[0]
    if found[1] is not None or found[2]:
        return found[1] or found[2] or ""
    return " " if piece.isspace() else "~" if "tilde" in piece or "sim" in piece else "_"
