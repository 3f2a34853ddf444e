r"""JabRef's patterns, read: `[auth:lower][year]_[title:regex("\W.*", ""):(untitled)]`.

Text stands for itself but for `"`, which opens a quotation, and `\`, which takes the next sign as it is. In brackets
stand a marker or the name of a field, and modifiers behind colons; `:(…)` is a pattern for what is empty.
Source: JabRef's documentation, "Customize the citation key generator".
"""

from __future__ import annotations

from collections.abc import Callable

from bibkit.patterns.letters import jabref_clean
from bibkit.patterns.markers import MODIFIERS, marker, modifier
from bibkit.patterns.matching import Regex, RegexError
from bibkit.patterns.operations import ReadError, near
from bibkit.patterns.tree import Call, Choice, Filter, Filtered, Node, Text, joined
from bibkit.patterns.work import Work

DEEPEST = 20  # patterns within patterns

# ------------------------------------------------------------------------------------------------ the parser


def parse(source: str) -> Node:
    """The pattern as an expression. Raises ReadError."""
    return _parse(source, 0, 0)


def _parse(source: str, offset: int, depth: int) -> Node:
    """A pattern that begins at this place of the whole one."""
    if depth > DEEPEST:
        raise ReadError("too many patterns within each other", offset)
    parts: list[Node] = []
    literal: list[str] = []
    place = 0
    while place < len(source):
        sign = source[place]
        if sign == "[":
            end = _closing(source, place, offset)
            parts += [Text("".join(literal)), _bracket(source[place + 1 : end], offset + place + 1, depth)]
            literal, place = [], end
        elif sign == "]":
            raise ReadError("this ] closes nothing", offset + place)
        elif sign == "\\":
            place += 1
            literal += source[place : place + 1]
        elif sign == '"':
            end = _quoted(source, place, offset)
            literal.append(source[place + 1 : end])
            place = end
        else:
            literal.append(sign)
        place += 1
    parts.append(Text("".join(literal)))
    return joined([part for part in parts if part != Text("")] or [Text("")])


def _quoted(source: str, start: int, offset: int) -> int:
    """Where the quotation that begins here ends."""
    place = start + 1
    while place < len(source) and source[place] != '"':
        place += 2 if source[place] == "\\" else 1
    if place >= len(source):
        raise ReadError("this quotation is not closed", offset + start)
    return place


def _closing(source: str, start: int, offset: int) -> int:
    """Where the bracket that opens here is closed; brackets within it must be in balance."""
    depth, place = 0, start
    while place < len(source):
        sign = source[place]
        if sign == "\\":
            place += 1
        elif sign == '"':
            place = _quoted(source, place, offset)
        else:
            depth += (sign == "[") - (sign == "]")
            if not depth:
                return place
        place += 1
    raise ReadError("this [ is not closed", offset + start)


def _bracket(content: str, offset: int, depth: int) -> Node:
    """A marker and its modifiers."""
    (name, place), *written = _pieces(content, offset)
    source = Filtered(Call(marker(name.strip(), place)), ((_cleaned, ()),))
    filters: list[Filter] = []
    instead: Node | None = None
    behind: list[Filter] = []  # the modifiers after the fallback, which it goes through too
    for piece, where in written:
        if piece.startswith("("):
            instead = instead or _fallback(piece, where, depth)
        elif piece:
            step = (_applied, (_modifier(piece, where),))
            filters.append(step)
            behind += [step] if instead else []
    whole = _modified(source, filters)
    return whole if instead is None else Choice(source, whole, _modified(instead, behind))


def _modified(source: Node, filters: list[Filter]) -> Node:
    return Filtered(source, (*filters, (_cleaned_whole, ())))


def _pieces(content: str, offset: int) -> list[tuple[str, int]]:
    """What stands between colons, with its place. In brackets and quotations, and escaped, colons divide nothing."""
    found: list[tuple[str, int]] = []
    start = place = depth = 0
    while place < len(content):
        sign = content[place]
        if sign == "\\":
            place += 1
        elif sign == '"':
            place = _quoted(content, place, offset)
        elif sign in "()":
            depth += 1 if sign == "(" else -1
            if depth < 0:
                raise ReadError("this ) closes nothing", offset + place)
        elif sign == ":" and not depth:
            found.append((content[start:place], offset + start))
            start = place + 1
        place += 1
    if depth:
        raise ReadError("this ( is not closed", offset + content.index("(", start))
    return [*found, (content[start:], offset + start)]


def _fallback(written: str, place: int, depth: int) -> Node:
    if not written.endswith(")"):
        raise ReadError("a : is missing behind this )", place)
    return _parse(written[1:-1], place + 1, depth + 1)


# ------------------------------------------------------------------------------------------------ modifiers


def _modifier(written: str, place: int) -> Callable[[str], str]:
    if written.startswith("regex"):
        return _regex(written, place)
    found = modifier(written)
    if found is None:
        raise ReadError(f"there is no modifier {written}{near(written, [*MODIFIERS, 'regex', 'truncate'])}", place)
    return found


def _regex(written: str, place: int) -> Callable[[str], str]:
    """`regex("pattern", "replacement")`."""
    texts, spot = [], len("regex")
    if written[spot : spot + 1] != "(" or not written.endswith(")"):
        raise ReadError('a regular expression is given as regex("pattern", "replacement")', place)
    spot += 1
    while (start := written.find('"', spot)) >= 0:
        end = _quoted(written, start, place)
        texts.append((written[start + 1 : end], place + start + 1))
        spot = end + 1
    if len(texts) != 2:
        raise ReadError(f"regex takes two texts in quotation marks, not {len(texts)}", place)
    (source, where), (by, _) = texts
    try:
        regex = Regex(_unescaped(source))
    except RegexError as error:
        raise ReadError(error.message, where + error.place) from error
    replacement = _unescaped(by)
    return lambda some: regex.replace(some, replacement)


def _unescaped(quoted: str) -> str:
    r"""The text of a quotation: `\"` is a quotation mark, `\\` one backslash, and one before anything else stays."""
    return quoted.replace("\\\\", "\0").replace('\\"', '"').replace("\0", "\\")


# ------------------------------------------------------------------------------------------------ at work


def _cleaned(some: str, _work: Work) -> str:
    return jabref_clean(some)


def _cleaned_whole(some: str, _work: Work) -> str:
    return "".join(jabref_clean(some).split())


def _applied(some: str, _work: Work, change: Callable[[str], str]) -> str:
    return change(some)


def safe(key: str, work: Work) -> str:
    """The key as it can be: without what JabRef does not want, without blanks, in ASCII."""
    return "".join(jabref_clean(work.ascii("".join(jabref_clean(key).split()))).split())
