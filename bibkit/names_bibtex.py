"""Names in BibTeX's and BibLaTeX's way: `van der Hoeven, Dirk`. `bibkit.names` is the door to it.

Sources: BibTeX's program `bibtex.web` 0.99d, sections 384 to 404 (`name_scan_for_and`, `von_token_found`); biblatex
manual 3.20, 2.3.3 and 3.6. Nothing here raises because of a text, and all is linear in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from bibkit.record import Name

Transcode = Callable[[str], str]

OTHERS = "others"

# Letters that are a command of their own (`bibtex.web`, section 339); BibTeX knows their case.
_LOWER_COMMANDS = frozenset("i j o oe ae aa l ss".split())
_UPPER_COMMANDS = frozenset("O OE AE AA L".split())

# After these at the end of a particle there is no blank: d'Ormesson, al-Khwarizmi.
GLUE = frozenset("'’ʼʻ-‐")

# ------------------------------------------------------------------------------------------------ scanning

_PART, _WORD = "\x1e", "\x1f"  # white space to Python, so they are never in a text that was made compact
_WHITE = re.compile(r"[\t\n\x0b\x0c\r\x1c-\x1f \xa0]+")
_BRACE = re.compile("[{}]")
_AND = re.compile(r" [aA][nN][dD](?= )")
_PIECES = re.compile(r"\\[~,]|[{},~ ]|[^\\{},~ ]+|\\")
_SEPARATORS = {",": _PART, "~": _WORD, " ": _WORD}
_MARKS = str.maketrans(_SEPARATORS)
_ET_AL = re.compile(r"(?:^|[\s,~])et\.?[\s~]al\.?$", re.IGNORECASE)


def _compact(text: str) -> str:
    """Runs of white space as one blank, none at the ends. A no-break space is a tie; other spaces are letters."""
    if not text.isprintable() or "  " in text:
        text = _WHITE.sub(" ", text)
    return text.strip(" ")


def split_bibtex_list(text: str) -> list[str]:
    """The names of a list, cut as BibTeX does: at `and` in any case, between white space, outside of braces.

    As in BibTeX a name is empty where two `and` follow each other, and an `and` at either end of the list is part of a
    name. A `}` that closes nothing is a letter.
    """
    text = _compact(text)
    names = _AND.split(text) if text else []
    if "{" in text and not all(map(_is_balanced, names)):
        names = list(_split_outside_braces(text))
    return [name.strip(" ") for name in names]


def _split_outside_braces(text: str) -> Iterator[str]:
    start = depth = seen = 0
    for found in _AND.finditer(text):
        end = found.start()
        depth = max(0, depth + text.count("{", seen, end) - text.count("}", seen, end))
        seen = end
        if not depth:
            yield text[start:end]
            start = found.end()
    yield text[start:]


def _is_balanced(text: str) -> bool:
    return text.count("{") == text.count("}")


def _marked(text: str) -> str:
    r"""The text with `_PART` for commas and `_WORD` for blanks and ties, outside of braces.

    Two things are not BibTeX's: `\~` and `\,` are an accent and a thin space and separate nothing; and a hyphen is part
    of its word, so that Min-jun Kim has no particle "jun" and al-Khwarizmi none at all (as in biber and pandoc).
    """
    marked = text.translate(_MARKS)
    if "\\~" in text or "\\," in text:
        return _marked_by_piece(text)
    if "{" in text and not all(map(_is_balanced, marked.split())):
        return _marked_by_piece(text)
    return marked


def _marked_by_piece(text: str) -> str:
    """The same where braces hold separators."""
    depth, out = 0, []
    for piece in _PIECES.findall(text):
        if piece == "{":
            depth += 1
        elif piece == "}":
            depth = max(0, depth - 1)
        out.append(piece if depth else _SEPARATORS.get(piece, piece))
    return "".join(out)


def _words(part: str) -> list[str]:
    return [word for word in part.split(_WORD) if word]


def _group_end(text: str, start: int) -> int:
    """The place after the brace group that begins at `start`; the end of the text where it is not closed."""
    depth = 1
    for found in _BRACE.finditer(text, start + 1):
        depth += 1 if found[0] == "{" else -1
        if not depth:
            return found.end()
    return len(text)


def _is_group(word: str) -> bool:
    """Whether one pair of braces holds all of it."""
    return word[:1] == "{" and word[-1:] == "}" and _group_end(word, 0) == len(word)


def is_von(word: str) -> bool:
    r"""Whether BibTeX takes this word for part of a "von": its first letter outside of braces is a small one.

    A special character (`{\'e}`, `{\oe}`, `{\relax x}`) counts with the letter that it shows; other groups are
    skipped. `bibtex.web`, sections 397 to 401, with letters of all alphabets instead of A to Z.
    """
    place = 0
    while place < len(word):
        char = word[place]
        if char == "{":
            end = _group_end(word, place)
            if word.startswith("\\", place + 1):
                return _special_is_lower(word[place + 2 : end])
            place = end
        elif char.islower():
            return True
        elif char.isupper() or char.istitle():
            return False
        else:
            place += 1
    return False


def _special_is_lower(special: str) -> bool:
    """The same for a special character, given what comes after its first backslash."""
    command = re.match("[A-Za-z]*", special)
    name = command[0] if command else ""
    if name in _LOWER_COMMANDS or name in _UPPER_COMMANDS:
        return name in _LOWER_COMMANDS
    cased = next((char for char in special[len(name) :] if char.isupper() or char.islower()), "")
    return cased.islower()


# ------------------------------------------------------------------------------------------------ reading


def strip_braces(text: str) -> str:
    """The text without its braces: how parts are read where they hold no LaTeX."""
    return text.replace("{", "").replace("}", "")


def parse_bibtex(text: str, *, useprefix: bool = False, decode: Transcode = strip_braces) -> Name:
    """One name by BibTeX's rules: `First von Last`, `von Last, First` or `von Last, Jr, First`.

    The "von" becomes the dropping particle, with `useprefix` the non-dropping one (BibLaTeX's option of that name).
    A name all in braces is a `literal`. What comes after a third comma belongs to the given name. Commas at the end
    and an empty name mean nothing. BibLaTeX's extended form is understood, `family=Hoeven, given=Dirk, prefix=van der,
    useprefix=true`; of its options only `useprefix` is kept, not initials and templates, which follow from the name.

    `decode` turns each part from LaTeX into text; it has to remove braces. Answers are kept by name and by `decode`,
    so give the same function each time.
    """
    return _parse_bibtex(_compact(text), useprefix, decode)


def parse_bibtex_list(
    text: str, *, useprefix: bool = False, decode: Transcode = strip_braces
) -> tuple[tuple[Name, ...], bool]:
    """The people of a list, and whether it is cut: it ends in `and others`, or in `et al.` with or without an `and`.

    Neither is ever a person. Options of BibLaTeX before the names (`useprefix=true and ...`) hold for all of them.
    """
    names, cut = _without_others(split_bibtex_list(text))
    if names and "=" in names[0]:
        names, useprefix = _without_options(names, useprefix)
    people = [_parse_bibtex(name, useprefix, decode) for name in names if name]
    if _NOBODY in people:
        people = [name for name in people if name != _NOBODY]
    return tuple(people), cut


_NOBODY = Name()  # what `{}` says


def _without_others(names: list[str]) -> tuple[list[str], bool]:
    if not names:
        return names, False
    last = names[-1]
    if last == OTHERS:
        return names[:-1], True
    if last[-3:].rstrip(".").lower().endswith("al") and (found := _ET_AL.search(last)):
        return [*names[:-1], last[: found.start()].rstrip(" ,~")], True
    if last.lower() in ("{et al.}", "{et al}"):
        return names[:-1], True
    return names, False


_OPTION = re.compile(r"(\w+) ?= ?(\w+)")
_EXTENDED = re.compile(r'"?(?:family|given|prefix|suffix)(?:-i)? ?=')


def _without_options(names: list[str], useprefix: bool) -> tuple[list[str], bool]:
    """Options of a whole list are its first items (biblatex manual 3.6)."""
    for place, name in enumerate(names):
        found = _OPTION.fullmatch(name)
        if not found or _EXTENDED.match(name):
            return names[place:], useprefix
        if found[1] == "useprefix":
            useprefix = found[2] == "true"
    return [], useprefix


# "Family, Given" of plain letters, as most names are: nothing in it can be von, or changed by decoding.
_PLAIN = re.compile(r"([A-Z][A-Za-z]*), ([A-Z][A-Za-z.]*(?: [A-Z][A-Za-z.]*)*+)")


@lru_cache(maxsize=1 << 16)
def _parse_bibtex(text: str, useprefix: bool, decode: Transcode) -> Name:
    if plain := _PLAIN.fullmatch(text):
        return Name(plain[1], plain[2])
    marked = _marked(text)
    if "=" in text and _EXTENDED.match(text):
        return _extended(marked, useprefix, decode)
    parts = [_words(part) for part in marked.split(_PART)]
    while parts and not parts[-1]:
        parts.pop()
    if len(parts) == 1 and len(parts[0]) == 1 and _is_group(parts[0][0]):
        return Name(literal=_decoded(parts[0][0][1:-1], decode))
    given, von, family, suffix = _divided(parts)
    return _person(given, von, family, suffix, useprefix, decode)


def _divided(parts: list[list[str]]) -> tuple[str, str, str, str]:
    """First, von, last and jr of a name that was cut at its commas."""
    if not parts:
        return "", "", "", ""
    words = parts[0]
    start = 0 if len(parts) > 1 else _von_start(words)
    end = _von_end(words, start)
    suffix = parts[1] if len(parts) > 2 else []
    given = ", ".join(" ".join(part) for part in parts[2:] or parts[1:]) or " ".join(words[:start])
    return given, " ".join(words[start:end]), " ".join(words[end:]), " ".join(suffix)


def _von_start(words: list[str]) -> int:
    """Where von begins; the last word, which is never part of it, where there is none."""
    last = len(words) - 1
    return next((place for place in range(last) if is_von(words[place])), last)


def _von_end(words: list[str], start: int) -> int:
    """The place after the last word of von."""
    places = range(len(words) - 2, start - 1, -1)
    return next((place + 1 for place in places if is_von(words[place])), start)


def _person(given: str, von: str, family: str, suffix: str, useprefix: bool, decode: Transcode) -> Name:
    von = _decoded(von, decode)
    return Name(
        family=_decoded(family, decode),
        given=_decoded(given, decode),
        suffix=_decoded(suffix, decode),
        dropping_particle="" if useprefix else von,
        non_dropping_particle=von if useprefix else "",
    )


def _decoded(raw: str, decode: Transcode) -> str:
    """A backslash at the end was cut from a control space."""
    return decode(raw.rstrip("\\")).strip() if raw else ""


def _extended(marked: str, useprefix: bool, decode: Transcode) -> Name:
    """`key=value, key=value`: biblatex manual 3.6. A comma in a value that is not in braces is taken for its own."""
    values: dict[str, str] = {}
    key = ""
    for part in marked.split(_PART):
        name, equals, value = _unquoted(" ".join(_words(part))).partition("=")
        if equals:
            key = name.strip().lower()
            values[key] = _unquoted(value.strip())
        else:
            values[key] = f"{values.get(key, '')}, {name}"
    useprefix = values.get("useprefix", str(useprefix)).lower() == "true"
    given, prefix, family, suffix = (values.get(key, "") for key in ("given", "prefix", "family", "suffix"))
    return _person(given, prefix, family, suffix, useprefix, decode)


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


# ------------------------------------------------------------------------------------------------ writing


def join_words(*words: str) -> str:
    """The words with blanks between, but none after an apostrophe or a hyphen at the end of a particle."""
    text = ""
    for word in words:
        if word:
            text += word if not text or text[-1] in GLUE else f" {word}"
    return text


def _as_is(text: str) -> str:
    return text


def format_bibtex(name: Name, *, biblatex: bool = False, useprefix: bool = False, encode: Transcode = _as_is) -> str:
    """`von Last, Jr, First`, with braces around what BibTeX would read otherwise; a literal is all in braces.

    `encode` turns each part from text into LaTeX, before braces are added; what it returns has its braces in balance.
    `parse_bibtex` gives the same Name back, but for what BibTeX has no form for:

    - both particles are its "von", and come back as the dropping one, or the other where the entry has `useprefix`;
    - a particle without a small first letter in its last word, or with an apostrophe or a hyphen at its end, comes
      back in the family name (BibTeX would print `d' Ormesson`), and so does one without a family name;
    - `comma_suffix` and `static_ordering` come back unset.

    With `biblatex` these particles are in BibLaTeX's extended form, and only a name that has both comes back with one.
    `useprefix` is what the entry's option of that name says.
    """
    if name.literal and not (name.family or name.given):
        return f"{{{encode(name.literal)}}}"
    particle = join_words(name.dropping_particle, name.non_dropping_particle)
    plain = _is_plain_particle(particle) and bool(name.family)
    if biblatex and particle and (bool(name.non_dropping_particle) != useprefix or not plain):
        return _format_extended(name, particle, encode)
    von = encode(particle) if plain else ""
    family = encode(name.family if plain else join_words(particle, name.family))
    return _format_plain(von, _protect_family(family, biblatex), encode(name.suffix), encode(name.given))


def format_bibtex_list(
    names: Iterable[Name], cut: bool = False, *, biblatex: bool = False, encode: Transcode = _as_is
) -> str:
    """The names with ` and ` between; a cut list ends in ` and others`. The inverse of `parse_bibtex_list`."""
    written = (format_bibtex(name, biblatex=biblatex, encode=encode) for name in names)
    return " and ".join([name for name in written if name] + [OTHERS] * cut)


def _is_plain_particle(particle: str) -> bool:
    """Whether "von Last, First" is enough to have it read as von."""
    words = particle.split()
    return bool(words) and is_von(words[-1]) and words[-1][-1] not in GLUE and not _needs_braces(particle)


def _format_plain(von: str, family: str, suffix: str, given: str) -> str:
    last = f"{von} {family}" if von else family
    if suffix:
        return f"{last}, {_protect(suffix)}, {_protect(given) or '{}'}"
    if given:
        return f"{last}, {_protect(given)}"
    if von:
        return last if is_von(von) else f"{last}, {{}}"
    return _alone(family)


def _alone(family: str) -> str:
    """A family name that is a whole name: neither a literal, nor a list's end, nor cut into given and family name."""
    words = _words(_marked(family))
    if len(words) == 1 and not _is_group(family) and family != OTHERS:
        return family
    return family + "{}" if _is_group(family) else f"{{{family}}}{{}}" if family else ""


def _needs_braces(part: str) -> bool:
    """Whether the part would not be read as these words, in this part."""
    if part.isascii() and part.isalpha():
        return part.lower() == "and"
    marked = _marked(part)
    words = _words(marked)
    if _PART in marked or "=" in part or any(word.lower() == "and" for word in words):
        return True
    return " ".join(words) != part or "\\~" in part or "\\," in part or part.endswith("\\")


def _protect(part: str) -> str:
    return f"{{{part}}}" if part and _needs_braces(part) else part


def _protect_family(family: str, biblatex: bool) -> str:
    """Braces as well where a word would be read as von; for BibTeX, that is also `al` in al-Khwarizmi."""
    words = _words(_marked(family))
    before = words[:-1] if biblatex else [piece for word in words for piece in word.split("-")[:-1]] + words[:-1]
    return f"{{{family}}}" if any(map(is_von, before)) else _protect(family)


def _format_extended(name: Name, particle: str, encode: Transcode) -> str:
    values = (("family", name.family), ("given", name.given), ("prefix", particle), ("suffix", name.suffix))
    pairs = [f"{key}={_protect_value(encode(value))}" for key, value in values if value]
    return ", ".join([*pairs, f"useprefix={'true' if name.non_dropping_particle else 'false'}"])


def _protect_value(value: str) -> str:
    return f"{{{value}}}" if _needs_braces(value) or '"' in value else value
