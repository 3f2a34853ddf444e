"""Changes of a text: what is put where instead of what stands there."""

from __future__ import annotations

from collections.abc import Iterable

Edit = tuple[int, int, str]  # start, end and what to put there instead


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits made; offsets are those of the text as given. ValueError where two edits overlap."""
    done: list[str] = []
    pos = 0
    for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
        if start < pos:
            raise ValueError(f"edits overlap at offset {start}")
        done += text[pos:start], new
        pos = end
    return "".join([*done, text[pos:]])


def trimmed(start: int, end: int, old: str, new: str) -> Edit:
    """The smallest replacement that makes the new text out of the old one."""
    first = 0
    most = min(len(old), len(new))
    while first < most and old[first] == new[first]:
        first += 1
    last = 0
    while last < most - first and old[-1 - last] == new[-1 - last]:
        last += 1
    return start + first, end - last, new[first : len(new) - last]
