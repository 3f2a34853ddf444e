r"""LaTeX <-> rich text: what a BibTeX or BibLaTeX field's value says, and how to say it.

    decode(r'Schr{\"o}dinger: {DNA} in $O(n)$', protect=True)
                                           ->  'Schrödinger: <span class="nocase">DNA</span> in $O(n)$'
    encode("α-decay of <i>x</i> & y")      ->  r"$\alpha$-decay of \emph{x} \& y"

Nothing raises, and everything is linear in its input. Verbatim fields (url, doi, eprint, file) have functions of their
own.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from bibkit import latex_tables as tables
from bibkit.latex_decode import ACCENT, COMMANDS, INVALID, LETTER, OPTION, decode, decode_verbatim, partners
from bibkit.losses import TYPEWRITER
from bibkit.text import MATH_PATTERN, Token, tokens

__all__ = ["Target", "comes_back", "decode", "decode_verbatim", "encode", "encode_verbatim", "unencodable"]

Target = Literal["utf8", "ascii"]

_ASCII_UNSAFE = r"\\{}$&%#_~^<>|`'\t\n\r\f\v\x00-\x1f\x7f"
_AS_IT_IS = re.compile(r"[A-Za-z0-9 .,:;()\[\]/+=*@!?\"-]*+")  # written and read as it stands, but for doubled signs
_MARKED = r"[\u0300-\u0360\u0362-\u036f]*(?:\u0361(?:[A-Za-z](?![\u0300-\u036f]))?)?"
_CHARACTER = rf"(?:[^\x00-\x7f]|[A-Za-z](?=[\u0300-\u036f])){_MARKED}"  # with the accents that follow it
_UNSAFE = re.compile(rf"[{_ASCII_UNSAFE}]|[^\x00-\x7f{re.escape(''.join(sorted(tables.INPUT)))}]")
_ESCAPED_ONLY = re.compile(r"[A-Za-z0-9 .,:;()\[\]/+=*@!?\"&%#_-]*+")  # with nothing but signs that have a backslash
_RUNS = r"\n[ \t]*\n[ \t\n]*|[-–—]{2,}|[`'‘’“”]{2,}|,{2,}|[?!](?=[‘“])"  # what TeX takes together
# The same as `_RUNS|[unsafe]|[non-ASCII]`, led by one class of characters, for which `re` searches much faster.
_PIECE = re.compile(
    r"[^A-Za-z0-9 .:;()\[\]/+=*@\"](?:(?<=\n)[ \t]*\n[ \t\n]*|(?<=[-–—])[-–—]+|(?<=[`'‘’“”])[`'‘’“”]+|(?<=,),+"
    rf"|(?<=[?!])(?=[‘“])|(?<=[{_ASCII_UNSAFE}])|(?<=[^\x00-\x7f]))"
)
_PIECE_ACCENTED = re.compile(rf"{_RUNS}|[{_ASCII_UNSAFE}]|{_CHARACTER}")
_ACCENTS = re.compile(r"[\u0300-\u036f]")
_LIGATING = "-–—`'‘’“”,"  # of two of them TeX might make a third
_BELOW = frozenset(("d", "c", "k", "b", "t", "textcommabelow"))  # accents under which i and j keep their dots
_TYPOGRAPHY = {
    "–": "--", "—": "---", "“": "``", "”": "''", "‘": "`", "’": "'", "\u00a0": "~", "-": "-", "'": "'", ",": ",",
    "?": "?{}", "!": "!{}", "\n": " ", "\t": " ", "\r": " ", "\f": " ", "\v": " ", "\u202f": "\\,",
    "\u2003": "\\quad{}", "\u2002": "\\enspace{}", "\u2009": "\\thinspace{}", "\u200b": "\\hspace{0pt}",
    "&": "\\&", "%": "\\%", "#": "\\#", "_": "\\_", "$": "\\$",
}  # fmt: skip


def _command(name: str) -> str:
    """A command for a symbol, such that no style's change of case can break it."""
    return f"\\{name}{{}}" if name.islower() else f"{{\\{name}}}"


def _formula(name: str) -> str:
    return f"$\\{name}$" if name.islower() else f"{{$\\{name}$}}"


_ALWAYS = _TYPOGRAPHY | {char: _command(name) for name, char in (*tables.ESCAPES.items(), ("ldots", "…"))}
_LETTER_COMMANDS = {char: f"\\{name}" for name, char in tables.LETTERS.items()}
_MACROS = (
    {char: _formula(name) for name, char in tables.MATH.items()}
    | {char: f"${sign}$" for sign, char in tables.MATH_SIGNS.items() if not char.isascii()}
    | {char: f"{{\\textsuperscript {sign}}}" for char, sign in tables.SUPERSCRIPTS.items()}
    | {char: f"{{\\textsubscript {sign}}}" for char, sign in tables.SUBSCRIPTS.items()}
    | {alone: f"\\{name}{{}}" for name, (_, alone) in tables.ACCENTS.items() if name in (".", "r")}
    | {char: _command(name) for name, char in tables.SYMBOLS.items()}
    | {char: f"{{{command}}}" for char, command in _LETTER_COMMANDS.items()}
)


class _Pieces(dict[str, str]):
    """What each piece of text is in LaTeX, worked out when it is first met."""

    def __init__(self, target: Target) -> None:
        super().__init__(_ALWAYS)
        self.target = target

    def __missing__(self, piece: str) -> str:
        latex = self._latex(piece)
        if len(piece) < 4:  # the longer ones are too many
            self[piece] = latex
        return latex

    def _latex(self, piece: str) -> str:
        if not piece.strip(_LIGATING):
            return "{}".join(self[sign] for sign in piece)
        if piece[0] < " " or piece == "\x7f":
            return "\n\n" if piece[0] == "\n" else ""
        if self.target == "utf8" and piece in tables.INPUT:
            return piece
        return _MACROS.get(piece) or _spelt(piece)


_PIECES = {"utf8": _Pieces("utf8"), "ascii": _Pieces("ascii")}


def _spelt(piece: str) -> str:
    """A letter with its accents as commands; the piece itself where there is no command."""
    base, *marks = list(unicodedata.normalize("NFD", piece))
    tie = marks.pop() if marks and marks[-1].isalpha() else ""
    spelt = base if base.isascii() else _LETTER_COMMANDS.get(base, "")
    if not marks or not spelt or any(mark not in tables.ACCENT_OF for mark in marks):
        return piece
    names = [tables.ACCENT_OF[mark] for mark in marks]
    if base in "ij" and not _BELOW.issuperset(names):
        spelt = "\\" + base
    for name in names:
        if tie and name == "t":
            spelt = (spelt if spelt == base else f"{{{spelt}}}") + tie
        spelt = f"\\{name}{spelt}" if not name.isalpha() and spelt == base else f"\\{name}{{{spelt}}}"
    return f"{{{spelt}}}"


def encode(
    rich: str, *, target: Target = "utf8", protect: bool = True, foreign: Literal["escape", "keep"] = "escape"
) -> str:
    r"""LaTeX that says what the rich text says, for pdflatex (T1) and lualatex, with no package beyond the kernel.

    Marks become `\emph`, `\textbf`, `\textsc`, `\textsuperscript`, `\textsubscript`; `nocase` spans become braces, and
    formulas with capitals are braced too, for BibTeX's `change.case$` (neither without `protect`). TeX's signs are
    escaped. With target `utf8`, what pdflatex's input encoding knows stays as it is; with `ascii`, accents and symbols
    are commands in the form that BibTeX sorts (`{\'e}`). Greek and other symbols of mathematics are formulas
    (`$\alpha$`). A character without a command stays: see `unencodable`. (OT1 fonts lack « » ‹ › „ ‚ ð þ đ ŋ and the
    ogonek.)

    A well-formed command of text or an accent that stands in the text (`\textbf{M}odel`, `Poincar\'e`: the abstracts
    of arXiv) stays a command. Any other backslash is printed, unless `foreign` is `keep`: then unknown commands stay
    too, as they should where the text was read from LaTeX.

    `decode(encode(x), protect=True) == x` for whatever `decode` returns, but for texts in which such commands, or
    dollars that are no mathematics, stand literally; for any other text, `comes_back` tells. A typewriter's apostrophe
    comes back as a typographic one, as TeX prints both.
    """
    plain = _AS_IT_IS.fullmatch(rich) or not (target == "ascii" or rich.isascii() or _UNSAFE.search(rich))
    if plain and not ("--" in rich or ",," in rich):
        return rich
    rich = unicodedata.normalize("NFC", rich if rich.isprintable() else INVALID.sub("", rich))
    kept: list[str] = []
    if "\\" in rich:
        rich, kept = _with_commands(rich, foreign)
    return _Encoder(target, protect, kept).run(tokens(rich))


def comes_back(rich: str, latex: str, *, protect: bool = False) -> bool:
    """Whether `decode` reads the LaTeX that `encode` has made of a text as this text. Cheap for most texts."""
    same = latex == rich and rich.isascii() and not ("\\" in rich or "$" in rich)
    if same or _ESCAPED_ONLY.fullmatch(rich):
        return not ("  " in rich or rich[:1] == " " or rich[-1:] == " ")
    return decode(latex, protect=protect).translate(TYPEWRITER) == rich.translate(TYPEWRITER)


class _Encoder:
    def __init__(self, target: Target, protect: bool, kept: list[str]) -> None:
        self.pieces = _PIECES[target]
        self.protect = protect
        self.kept = iter(kept)
        self.out: list[str] = []
        self.spans: list[int] = []  # where the open nocase spans begin

    def run(self, pieces: list[Token]) -> str:
        for token in pieces:
            if token.kind == "math":
                braced = self.protect and any(map(str.isupper, token.text))
                self.out.append(f"{{{token.text}}}" if braced else token.text)
            elif token.mark == "nocase":
                self.case(token)
            elif token.mark:
                self.out.append(f"\\{tables.FORMAT_OF[token.mark]}{{" if token.kind == "open" else "}")
            else:
                accented = not token.text.isascii() and _ACCENTS.search(token.text)
                self.out.append((_PIECE_ACCENTED if accented else _PIECE).sub(self.piece, token.text))
        return "".join(self.out)

    def piece(self, found: re.Match[str]) -> str:
        return next(self.kept, "") if found[0] == _KEPT_HERE else self.pieces[found[0]]

    def case(self, token: Token) -> None:
        """Braces for the outermost span; two where one would mean something else: a special character, a formula."""
        if token.kind == "open":
            self.spans.append(len(self.out))
            self.out.append("")
            return
        start = self.spans.pop()
        if self.spans or not self.protect:
            return
        first = next(filter(None, self.out[start + 1 :]), "")
        special = first.startswith("\\") or bool(_FORMULA.fullmatch("".join(self.out[start + 1 :])))
        self.out[start] = "{{" if special else "{"
        self.out.append("}}" if special else "}")


_FORMULA = re.compile(r"\$[^$]*\$")
_KEPT_HERE = "\x00"
_WITH_ARGUMENT = tables.PLAIN | tables.FORMATS.keys() | tables.QUOTED.keys() | {*filter(str.isalpha, tables.ACCENTS)}
_WRITTEN = (  # accents and letters that cannot well be anything else; C:\\.git is no accent, nor is \\c c
    rf"\{{{ACCENT}\}}|\\[\"'`^~=.uvHcdbrkt]\{{(?:{LETTER})\}}|\\[\"'`^~](?:{LETTER})"
    rf"|\{{\\(?:{'|'.join(tables.LETTERS)})\}}"
)
_STANDING = re.compile(rf"{MATH_PATTERN}|({_WRITTEN})|\\(?:([A-Za-z]+)\*?|([&%$#_{{}}])|.)", re.DOTALL)


def _with_commands(rich: str, foreign: str) -> tuple[str, list[str]]:
    """The text with its commands decoded, and with a sign for each one that is to stay as it is written."""
    closing = partners(rich)
    out: list[str] = []
    kept: list[str] = []
    done = position = 0
    while found := _STANDING.search(rich, position):
        latex, end = _standing(rich, found, closing, foreign)
        position = end or found.end()
        if end:
            out += rich[done : found.start()], _KEPT_HERE if latex else decode(rich[found.start() : end])
            kept += [latex] if latex else []
            done = end
    return "".join((*out, rich[done:])), kept


def _standing(rich: str, found: re.Match[str], closing: dict[int, int], foreign: str) -> tuple[str, int]:
    """What to keep as LaTeX, if anything, and where the command ends; 0 where there is none."""
    accent, name, sign = found.groups()
    if accent or sign:
        return _ALWAYS[sign] if sign else "", found.end()
    if not name:
        return "", 0
    end = _arguments_end(rich, found.end(), closing)
    if name in tables.KEPT and end > found.end():
        return rich[found.start() : end], end
    if name in _WITH_ARGUMENT and found.end() in closing:
        return "", closing[found.end()] + 1
    empty = rich.startswith("{}", found.end())
    if name in tables.CHARACTERS and (name.startswith("text") or name in tables.GREEK or empty):
        return "", found.end() + 2 * empty
    keep = foreign == "keep" and name not in COMMANDS and name not in tables.CHARACTERS
    return (rich[found.start() : end], end) if keep else ("", 0)


def _arguments_end(text: str, position: int, closing: dict[int, int]) -> int:
    if option := OPTION.match(text, position):
        position = option.end()
    while position in closing:
        position = closing[position] + 1
    return position


def unencodable(text: str, target: Target) -> tuple[str, ...]:
    """The characters that have no LaTeX in this target and stay as they are, each once, in order.

    For `utf8` these are the ones that pdflatex refuses (lualatex prints them if the font has them).
    """
    return tuple(dict.fromkeys(char for token in tokens(text) for char in _refused(token, target)))


def _refused(token: Token, target: Target) -> list[str]:
    if token.mark or token.text.isascii():
        return []
    if token.kind == "math":
        return re.findall(r"[^\x00-\x7f]", token.text)
    found = re.findall(_CHARACTER, unicodedata.normalize("NFC", token.text))
    return [
        piece for piece in found if _PIECES[target][piece] == piece and not (target == "utf8" and piece in tables.INPUT)
    ]


# ------------------------------------------------------------------------------------------------ verbatim fields


def encode_verbatim(text: str) -> str:
    """The text for a verbatim field: as it is, but braces that do not pair up are percent-encoded.

    BibTeX itself counts braces in every field; there is no other way to write a single one.
    """
    if "{" not in text and "}" not in text:
        return text
    if len(partners(text)) * 2 == text.count("{") + text.count("}"):
        return text
    return text.replace("{", "%7B").replace("}", "%7D")
