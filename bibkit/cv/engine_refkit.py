"""The engine refkit: hayagriva's CSL processor, in Rust, with an archive of 82 styles and all locales.

Three things are done for it. Its titles are plain text: what has marks, or would lose its case to a style's title case,
stands in the item as one private-use character and comes back after. Straight quotation marks become typographic ones,
as citeproc-js makes them. And `<names>` without a `<name>`, which it leaves out, gets an empty one, which CSL says is
the same (CSL 1.0.2, "Names").
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from bibkit import text
from bibkit.cv import engines, quotes, styles
from bibkit.cv.runs import PLAIN, Look, Run, from_letters, joined, letters
from bibkit.cv.styles import Style
from bibkit.problems import UsageError
from bibkit.record import Record

_TITLES = ("title", "title-short", "container-title", "container-title-short", "collection-title", "volume-title")

# ------------------------------------------------------------------------------------------------ styles

_BARE_NAMES = re.compile(r"(<names\b[^<>]*(?<!/)>)(?=\s*(?!<!--)(?!<name[\s/>])\S)")


class Refkit:
    """See `engines.Engine`."""

    def render(self, records: Sequence[Record], style: Style, lang: str) -> list[tuple[Run, ...]]:
        """One entry for each record."""
        made = _style(style)
        return [_one(item, made, lang or "en-US") for item in engines.items(records)]


ENGINE = Refkit()


def _refkit() -> Any:
    try:
        import refkit  # a Rust library of 10 MB: imported when a style is rendered
    except ImportError as error:
        raise engines.missing("refkit", "refkit") from error
    return refkit


@lru_cache(maxsize=8)
def _style(style: Style) -> Any:
    refkit = _refkit()
    try:
        if not style.xml:
            return refkit.Style.load(style.name)
        if parent := styles.parent(style):
            return _style(styles.load(parent))
        return refkit.Style.from_xml(_BARE_NAMES.sub(r"\1<name/>", style.xml))
    except (ValueError, refkit.RefkitError) as error:
        said = str(error).removeprefix("invalid CSL XML: ").replace("Deserialization error occured at `?`: ", "")
        raise UsageError(f"{style.path or style.name}: this style has an error: {said}") from error


# ------------------------------------------------------------------------------------------------ one entry


def _one(item: dict[str, Any], style: Any, lang: str) -> tuple[Run, ...]:
    refkit = _refkit()
    kept: list[tuple[Run, ...]] = []
    sent = {name: _kept(value, kept) if name in _TITLES else _apart(value) for name, value in item.items()}
    library = _library(refkit, sent)
    if library is None:
        return ()
    tree = refkit.Document(library, style, locale=lang).full_bibliography().tree
    content = tree[0]["content"] if tree and tree[0]["kind"] == "bibliography-entry" else tree
    return quotes.resolved(joined(_mended(_brought_back(_runs(content), kept))))


_GLUED = re.compile(r"\.(?=[^\W\d_])")


def _apart(value: Any) -> Any:
    """Given names like `T.R.` as `T. R.`: of what is one word, only the first initial would be shown."""
    if not isinstance(value, list):
        return value
    return [{**name, "given": _GLUED.sub(". ", name["given"])} if "given" in name else name for name in value]


# What an item is cut down to, step by step, where hayagriva takes exception to a value that it does not understand.
_CORE = frozenset(
    """
    id type title author editor issued container-title volume issue page publisher publisher-place genre number edition
    DOI URL
    """.split()
)
_BARE = frozenset({"id", "type", "title", "author", "editor"})
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")


def _library(refkit: Any, item: dict[str, Any]) -> Any:
    """The item as a library of one; None where nothing of it can be read."""
    if not _LANGUAGE.fullmatch(str(item.get("language", ""))):
        item.pop("language", None)
    for wanted in (item.keys(), _CORE, _BARE):
        tried = {name: value for name, value in item.items() if name in wanted}
        try:
            return refkit.decode(json.dumps([tried]), format="csl-json")["library"]
        except refkit.RefkitError:
            continue
    return None


def _runs(nodes: Sequence[Mapping[str, Any]]) -> Iterator[Run]:
    for node in nodes:
        if node["kind"] == "Element":
            yield from _runs(node["children"])
        elif node["kind"] in ("Text", "Link"):
            yield Run(node["text"], _look(node))
        elif node["kind"] == "Markup":
            yield Run(node["value"])


_TWICE = re.compile(r"[,;](?=[.])|,(?=[,)\]])| (?=[ ;])")


def _mended(runs: Iterator[Run]) -> Iterator[Run]:
    """Of two points or blanks that meet, citeproc-js prints one: the stronger one."""
    chars = letters(runs)
    whole = "".join(char for char, _ in chars)
    gone = {found.start() for found in _TWICE.finditer(whole)}
    yield from from_letters([letter for place, letter in enumerate(chars) if place not in gone])


def _look(node: Mapping[str, Any]) -> Look:
    said = node["formatting"]
    return Look(
        italic=said["font_style"] == "Italic",
        bold=said["font_weight"] == "Bold",
        small_caps=said["font_variant"] == "SmallCaps",
        underlined=said["text_decoration"] == "Underline",
        up=said["vertical_align"] == "Sup",
        down=said["vertical_align"] == "Sub",
        url=node.get("url", ""),
    )


# ------------------------------------------------------------------------------------------------ words that stay

_KEPT = 0xF0000  # the first of the characters that stand for what is kept
_STANDING = re.compile("[\U000f0000-\U000ffffd]")
# A word with a capital that is not its first letter, or behind a slash; a capital on its own: Physical Review A.
_INNER = re.compile(r"[^\W\d_][^\W_]*[A-Z][^\W_]*|(?<=/)[A-Z][^\W_]*|(?<=\s)[A-Z](?![^\s.,:;)\]])")

# Words that citeproc-js leaves small in title case, of which hayagriva knows few, and none behind a full stop.
_SMALL = """
    a about above across after against along among amongst an and around as at before behind below beneath beside
    besides between beyond but by circa despite down during et except for from in inside into like near nor of off on
    onto or out over per plus since so than the through throughout till to toward towards under underneath until unto
    up upon versus via vs with within without yet
"""
_LOW = re.compile(rf"(?<=[^:?!—–] )(?:{'|'.join(_SMALL.split())})(?=\s)")
_LOOKS = {"i": "italic", "b": "bold", "sup": "up", "sub": "down", "sc": "small_caps"}


def _kept(rich: str, kept: list[tuple[Run, ...]]) -> str:
    """The title as plain text, with a character for each piece that must come through as it is."""
    made: list[str] = []
    look, protected = PLAIN, 0
    for token in text.tokens(_STANDING.sub("\ufffd", rich)):
        if token.mark:
            name, opened = token.mark, token.kind == "open"
            look = msgspec.structs.replace(look, **{_LOOKS[name]: opened}) if name in _LOOKS else look
            protected += (1 if opened else -1) * (name == "nocase")
        elif look != PLAIN or protected or token.kind == "math":
            made.append(_stand(token.text, look, kept))
        else:
            found = _INNER.sub(lambda word: _stand(word[0], PLAIN, kept), quotes.opened(token.text))
            made.append(_LOW.sub(lambda word: _stand(word[0], PLAIN, kept), found))
    return "".join(made)


def _stand(shown: str, look: Look, kept: list[tuple[Run, ...]]) -> str:
    kept.append((Run(quotes.opened(shown), look),))
    return chr(_KEPT + len(kept) - 1)


def _brought_back(runs: Iterator[Run], kept: Sequence[tuple[Run, ...]]) -> Iterator[Run]:
    for run in runs:
        start = 0
        for found in _STANDING.finditer(run.text):
            yield Run(run.text[start : found.start()], run.look)
            for piece in kept[ord(found[0]) - _KEPT] if ord(found[0]) - _KEPT < len(kept) else ():
                yield Run(piece.text, _over(run.look, piece.look))
            start = found.end()
        yield Run(run.text[start:], run.look)


def _over(outer: Look, inner: Look) -> Look:
    """Italics within italics stand upright, as citeproc-js has it."""
    return msgspec.structs.replace(
        outer,
        italic=outer.italic != inner.italic,
        bold=outer.bold or inner.bold,
        up=outer.up or inner.up,
        down=outer.down or inner.down,
        small_caps=outer.small_caps or inner.small_caps,
    )
