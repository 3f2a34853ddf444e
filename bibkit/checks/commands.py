r"""What does not belong into data: commands by which TeX reads, writes or changes its rules, scripts, active HTML.

command-dangerous    \input, \write18, \catcode, \def in an entry
url-script           javascript: where an address is expected
markup-active        <script>, <img onerror=...>
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from bibkit import latex
from bibkit.checks.model import BIBTEX, Bibliography, Check, Remark
from bibkit.checks.prose import is_verbatim, short
from bibkit.formats.bibtex_syntax import Block, Preamble, StringBlock, blocks
from bibkit.record import Record
from bibkit.written import Written

# ------------------------------------------------------------------------------------------------ TeX

# Commands that read or write files, call programs, or change what characters mean (The TeXbook, chapters 7, 20, 21;
# shell escape: web2c manual 4.1; Lua: LuaTeX manual 2.1). They have no use in a preamble either.
_OUTSIDE = """
    input include includeonly subfile import openin openout read readline closein closeout newread newwrite write
    immediate write18 ShellEscape special catcode directlua latelua luaexec luadirect luacode verbatiminput
    lstinputlisting InputIfFileExists endinput batchmode nonstopmode scrollmode
"""
# Commands that define and repeat: usual in a preamble, but not in an entry.
_WITHIN = """
    def edef gdef xdef let futurelet csname expandafter newcommand renewcommand providecommand DeclareRobustCommand
    newenvironment renewenvironment loop repeat newif usepackage RequirePackage documentclass everypar lccode uccode
    output aftergroup afterassignment
"""


def _commands(*names: str) -> re.Pattern[str]:
    r"""A command of these, in group 1; `\\\\` takes away the backslash of what follows it."""
    words = "|".join(sorted(" ".join(names).split(), key=len, reverse=True))
    return re.compile(
        rf"\\\\|(\\(?:(?:{words})(?![A-Za-z@])|(?:begin|end)\s*+\{{(?:document|filecontents\*?)\}})"
        r"|\^\^(?:[0-7][0-9a-f]|\^\^[0-9a-f]{4}))"
    )


_IN_PREAMBLE = _commands(_OUTSIDE)
_IN_ENTRY = _commands(_OUTSIDE, _WITHIN)
_QUOTED = re.compile(r"\\(?:verb\*?+([^\w\s*])[^\n]{0,300}?\1|(?:detokenize|url|path|nolinkurl|href)\s*+\{[^{}]*+\})")


def dangerous(found: Bibliography) -> Iterator[Remark]:
    """Commands of TeX that act beyond the text, in entries, macros and preambles."""
    for block in found.once(_blocks):
        if type(block) is Preamble or type(block) is StringBlock:
            pattern = _IN_PREAMBLE if type(block) is Preamble else _IN_ENTRY
            for start, command in _acting(pattern, found.text[block.start : block.end]):
                yield Remark(_place(found, block.start + start), f"a command that does not belong into data: {command}")
    for item, field, text in found.written:
        if not (("\\" in text or "^^" in text) and _IN_ENTRY.search(text)):
            continue
        if not is_verbatim(field) and item.is_plain(field):
            for _, command in _acting(_IN_ENTRY, text)[:1]:
                yield Remark(item, f"a command that does not belong into data: {command}", field, command)


def _blocks(found: Bibliography) -> list[Block]:
    document = getattr(found.items[0], "document", None) if found.items else None
    return document.blocks if document else list(blocks(found.text))


def _place(found: Bibliography, start: int) -> Written:
    """A place outside of the entries."""
    return Written(Record("document"), found.text, start, start)


def _acting(pattern: re.Pattern[str], text: str) -> list[tuple[int, str]]:
    """Where such commands stand and are not printed as they stand, and what they are."""
    text = _QUOTED.sub(lambda quoted: " " * len(quoted[0]), text)
    found = [(one.start(1), one[1]) for one in pattern.finditer(text) if one[1]]
    return [(start, command) for start, command in found if not text.endswith("\\string", 0, start)]


# ------------------------------------------------------------------------------------------------ addresses

_SCHEMES = "javascript|vbscript|livescript|data"
_SCRIPT = re.compile(rf"({_SCHEMES}):", re.IGNORECASE)
_LINKED = re.compile(
    rf"(?:\\href\s*+\{{|\\url\s*+\{{|(?:href|src|action|data)\s*+=\s*+[\"']?+|\]\()[\x00-\x20]{{0,40}}({_SCHEMES}):",
    re.IGNORECASE,
)
# In text, code tells an address from "JavaScript: The Good Parts", a media type from "Data: a love story".
_CODE = re.compile(r"(?:java|vb|live)script:[^\s(]{0,60}\(|data:[a-z]{1,20}/[a-z0-9.+-]{1,40}[;,]", re.IGNORECASE)
_BEGINNINGS = frozenset("jJvVlLdD&\x00\t\r\n ")
_MAY_BE_CODE = re.compile(r"[jvl&][^:]{0,30}script|data:", re.IGNORECASE)
_IGNORED = "".join(map(chr, range(0x21)))
_SKIPPED = re.compile(r"[\t\r\n\x00]")  # what browsers leave out of an address (WHATWG URL, 4.4)
_ADDRESSES = frozenset("url urlraw ee link links pdf web www webpage biburl URL UR L1 L2 L3 L4 LK".split())


def script(found: Bibliography) -> Iterator[Remark]:
    """An address that runs a script or brings its page along, in whatever disguise a browser sees through."""
    for item, field, text in found.written:
        if not _may_link(field, text):
            continue
        plain = _SKIPPED.sub("", html.unescape(text)).lstrip(_IGNORED)
        if _LINKED.search(plain) or _CODE.match(plain) or (field in _ADDRESSES and _SCRIPT.match(plain)):
            yield Remark(item, f"an address that is a script: {short(plain)}", field)


def _may_link(field: str, text: str) -> bool:
    """Whether it is worth while to look closely: few fields are."""
    if field in _ADDRESSES:
        return text[:4] != "http"
    if "\\" in text and ("\\href" in text or "\\url" in text):
        return True
    return "<" in text or "](" in text or (text[0] in _BEGINNINGS and bool(_MAY_BE_CODE.match(text.lstrip(_IGNORED))))


# ------------------------------------------------------------------------------------------------ pages

_TAG = re.compile(r"<\s*+/?([A-Za-z][A-Za-z0-9:-]*+)((?:[^<>\"']|\"[^\"<]*+\"|'[^'<]*+')*+)")
_RUNNING = frozenset("script iframe object embed applet frame frameset meta base link style form".split())
_HARMLESS_ALONE = frozenset("object embed meta base link style form frame".split())  # words that people put in <>
_HANDLER = re.compile(r"[\s/\"']on[a-z]{3,20}\s*+=", re.IGNORECASE)


def active(found: Bibliography) -> Iterator[Remark]:
    """Tags that run or load something, and handlers of events in any tag."""
    for item, field, text in found.written:
        if "<" in text or (found.dialect and "\\textless" in text):
            plain = latex.decode(text) if "\\textless" in text else text
            for tag in _TAG.finditer(plain):
                if _runs(tag):
                    yield Remark(item, f"HTML that would run on a page: {tag[0][:60]}", field, tag[0])
                    break


def _runs(tag: re.Match[str]) -> bool:
    name, attributes = tag[1].lower(), tag[2]
    if name in _RUNNING and ("=" in attributes or name not in _HARMLESS_ALONE):
        return True
    return bool(_HANDLER.search(attributes))


CHECKS = (
    Check(
        "command-dangerous",
        "command that does not belong into data",
        dangerous,
        severity="error",
        why="Whoever prints this bibliography has TeX read or write files, call programs, or change its own rules.",
        bad=r"note = {Printed by \input{/etc/passwd}}",
        good="note = {Printed by hand}",
        rule="The TeXbook, chapters 7, 20 and 21; a preamble may define what entries use",
        formats=BIBTEX,
    ),
    Check(
        "url-script",
        "address that is a script",
        script,
        severity="error",
        why="On a web page with this list, a click runs the script with the rights of that page.",
        bad="url = {javascript:alert(document.cookie)}",
        good="url = {https://example.org/javascript}",
        rule="HTML, 7.4.2.3.2 (javascript: URLs); RFC 2397 (data: URLs)",
    ),
    Check(
        "markup-active",
        "HTML that would run on a page",
        active,
        severity="error",
        why="A web page that takes the text as it stands runs the script, or loads what somebody else wants loaded.",
        bad="title = {Trains<img src=x onerror=alert(1)>}",
        good="title = {Trains}",
        rule="HTML, 8.1.8 (event handlers); OWASP, Cross Site Scripting Prevention",
    ),
)
