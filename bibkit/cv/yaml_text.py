"""Values -> YAML that means the same to readers of YAML 1.1 (Jekyll) and 1.2 (Hugo, Typst, RenderCV)."""

from __future__ import annotations

import re
from typing import Any

import yaml  # type: ignore[import-untyped]

_FASTEST: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # libyaml, where PyYAML was built with it


class _Dumper(_FASTEST):  # type: ignore[misc]
    """Puts quotation marks around all that either version would take for something else than text."""

    def ignore_aliases(self, data: object) -> bool:
        """No `&id001`: people read and edit these files."""
        return True


# YAML 1.2.2, 10.3.2 (core schema): numbers that YAML 1.1 takes for text. PyYAML quotes what is implicit for it.
_NUMBERS = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|0o[0-7]+")
_Dumper.add_implicit_resolver("tag:yaml.org,2002:float", _NUMBERS, list("-+.0123456789"))


def dump(value: object) -> str:
    """Block style, keys in their order, one line for each text, letters as they are. Ends with a newline."""
    written: str = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1 << 30, indent=2)
    return written


def front_matter(value: object, body: str = "") -> str:
    """A page of a static site: YAML between two lines of dashes, then the text."""
    return f"---\n{dump(value)}---\n" + (f"\n{body.strip()}\n" if body.strip() else "")
