r"""Formulas in rich text: the ones that are only a character or a mark become text, all others stay between dollars."""

from __future__ import annotations

import re
from functools import lru_cache

from bibkit import latex_tables as tables
from bibkit.text import CLOSING, OPENING, Mark, is_math

_SYMBOL = re.compile(r"\{?\\([A-Za-z]+)\s*(?:\{\})?\}?|\\([%&#_$])")
_POWER = re.compile(r"(\^|\\sp|_|\\sb)\s?(?:\{([\w+\-=*/.,() ]*)\}|([\w+\-*]))\s?")
_POWERS = re.compile(rf"(?:{_POWER.pattern})+")
_UNITS = {"^\\circ": "°", "^{\\circ}": "°", "^\\prime": "′", "^{\\prime}": "′", "^{\\prime\\prime}": "″"}


def _simple(formula: str) -> str | None:
    """What a formula is as text, if it is one symbol, or only raised or lowered; else None."""
    formula = formula.removeprefix("{}")
    if formula in tables.MATH_SIGNS or formula in _UNITS:
        return tables.MATH_SIGNS.get(formula) or _UNITS[formula]
    if found := _SYMBOL.fullmatch(formula):
        return found[2] or tables.CHARACTERS.get(found[1]) or far_symbol(found[1]) or None
    if _POWERS.fullmatch(formula):
        return "".join(map(_raised, _POWER.finditer(formula)))
    return None


def _raised(found: re.Match[str]) -> str:
    mark: Mark = "sup" if found[1] in ("^", "\\sp") else "sub"
    content = (found[2] or found[3] or "").replace("-", "−")
    return f"{OPENING[mark]}{content}{CLOSING[mark]}" if content else ""


def as_rich(formula: str, dollars: str = "$", digits: str = "") -> str | None:
    """The rich text for a formula, followed by digits; None if it can be no formula.

    Digits move into a formula, since by pandoc's rule none may follow the closing dollar. A bare `%` or `#` would end
    the formula's line, or be an error: it is escaped.
    """
    formula = re.sub(r"(?<!\\)[%#]", r"\\\g<0>", formula.strip())
    simple = _simple(formula)
    if simple is not None:
        return simple + digits
    if formula and is_math(formula) and not formula.endswith("\\"):
        return f"{dollars}{formula}{digits}{dollars}"
    return None


@lru_cache(maxsize=1 << 12)
def far_symbol(name: str) -> str:
    """The one character that pylatexenc knows for a command, or the empty string."""
    from pylatexenc.latex2text import get_default_latex_context_db  # heavy, and seldom needed

    found = get_default_latex_context_db().get_macro_spec(name)
    text = getattr(found, "simplify_repl", None)
    return text if isinstance(text, str) and len(text) == 1 and not text.isascii() else ""
