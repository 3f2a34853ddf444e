"""Patterns of citation keys: what key a record would have if it were alone.

A pattern is a function of a record. `compile` reads one from text, in Better BibTeX's language or in JabRef's, or takes
the preset of that name; without one, `default_key` is the pattern.
"""

from __future__ import annotations

from collections.abc import Callable

from bibkit.patterns.default import NOBODY, default_key
from bibkit.patterns.presets import PRESETS, Preset
from bibkit.record import Record

__all__ = ["NOBODY", "PRESETS", "Pattern", "Preset", "compile", "default_key"]

Pattern = Callable[[Record], str]


def compile(text: str) -> Pattern:  # noqa: A001 (the field's own word)
    """The pattern that a text is; it never raises, and gives an empty key where it has nothing to say.

    The text is a preset's name, a formula of Better BibTeX (`auth.lower + shorttitle(3,3) + year`) or a pattern of
    JabRef (`[auth:lower][year]`). Raises UsageError, with a caret under the spot, where it cannot be read.
    """
    from bibkit.patterns.reading import compiled  # the languages, which few commands need

    return compiled(text)
