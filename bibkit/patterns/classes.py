"""Characters of regular expressions: sets in brackets, escapes, and Unicode's categories."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

Test = Callable[[str], bool]

_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")

# Java's names of POSIX classes; all others are Unicode's categories, whole or by their first letter.
_NAMED: dict[str, Test] = {
    "Alnum": lambda char: char.isascii() and char.isalnum(),
    "Alpha": lambda char: char.isascii() and char.isalpha(),
    "ASCII": str.isascii,
    "Digit": lambda char: char.isascii() and char.isdigit(),
    "Lower": lambda char: char.isascii() and char.islower(),
    "Punct": lambda char: char in _PUNCTUATION,
    "Space": str.isspace,
    "Upper": lambda char: char.isascii() and char.isupper(),
}
_CATEGORIES = {
    *"L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po S Sm Sc Sk So Z Zs Zl Zp C Cc Cf Cs Co Cn".split()
}
_CLASS = re.compile(r"\\([pP])(?:\{(?:Is|gc=)?(\w+)\}|([A-Z]))")


def ANY(char: str) -> bool:  # noqa: N802 (a name for the test behind a point)
    """What a point stands for."""
    return char not in "\n\r\u2028\u2029"


def one_of(chars: str) -> Test:
    """These characters."""
    return chars.__contains__


def _not(test: Test) -> Test:
    return lambda char: not test(char)


def either_case(test: Test) -> Test:
    """The test without regard to case."""
    return lambda char: test(char) or test(char.lower()) or test(char.upper())


def _is_word(char: str) -> bool:
    return char == "_" or (char.isascii() and char.isalnum())


def _is_digit(char: str) -> bool:
    return char in "0123456789"


ESCAPES: dict[str, Test] = {
    "d": _is_digit, "D": _not(_is_digit), "w": _is_word, "W": _not(_is_word), "s": str.isspace, "S": _not(str.isspace),
    "n": one_of("\n"), "r": one_of("\r"), "t": one_of("\t"), "f": one_of("\f"), "v": one_of("\v"),
}  # fmt: skip


def unicode_class(source: str, start: int) -> tuple[Test, int] | None:
    r"""The test behind `\p{Lu}` or `\P{L}` that begins here, and where it ends; None where it is none."""
    found = _CLASS.match(source, start)
    if not found:
        return None
    name = found[2] or found[3]
    test = _NAMED.get(name) or (_category(name) if name in _CATEGORIES else None)
    if test is None:
        return None
    return (test if found[1] == "p" else _not(test)), found.end()


def _category(name: str) -> Test:
    return lambda char: unicodedata.category(char).startswith(name)


_CODE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2}))")


def char_class(source: str, start: int) -> tuple[Test, int] | None:
    """The test behind the set in brackets that begins here, and where it ends; None where it cannot be read."""
    place = start + 1
    negated = source.startswith("^", place)
    place += negated
    tests: list[Test] = []
    while place < len(source) and source[place] != "]":
        item = _item(source, place)
        if item is None:
            return None
        test, place = item
        tests.append(test)
    if place >= len(source):
        return None
    test = tests[0] if len(tests) == 1 else _any_of(tests)
    return (_not(test) if negated else test), place + 1


def _any_of(tests: list[Test]) -> Test:
    return lambda char: any(test(char) for test in tests)


def _item(source: str, place: int) -> tuple[Test, int] | None:
    """A range, a class or a character of a set."""
    if source.startswith(("\\p", "\\P"), place):
        return unicode_class(source, place)
    if source[place] == "\\" and source[place + 1 : place + 2] in ESCAPES:
        return ESCAPES[source[place + 1]], place + 2
    first, after = _literal(source, place)
    if source[after : after + 1] == "-" and source[after + 1 : after + 2] not in ("]", ""):
        last, end = _literal(source, after + 1)
        return (_between(first, last), end) if first and last and first <= last else None
    return (one_of(first), after) if first else None


def _between(first: str, last: str) -> Test:
    return lambda char: first <= char <= last


def _literal(source: str, place: int) -> tuple[str, int]:
    code = _CODE.match(source, place)
    if code:
        return chr(int(code[1] or code[2], 16)), code.end()
    if source[place] == "\\":
        return source[place + 1 : place + 2], place + 2
    return source[place], place + 1
