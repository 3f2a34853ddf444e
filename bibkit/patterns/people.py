"""Creators in keys: family names and initials through templates, as Better BibTeX writes them."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from bibkit import text
from bibkit.names_bibtex import join_words
from bibkit.patterns import letters
from bibkit.patterns.operations import template
from bibkit.patterns.work import Template, Work
from bibkit.record import Name, replace

FAMILY = template("%(f)s")
WITH_INITIALS = template("%(f)s%(I)s")
INITIALS = template("%(I)s")


def _unquoted(some: str) -> str:
    return some[1:-1] if len(some) > 1 and some[0] == some[-1] == '"' else some


# Chinese family names of two characters, in simplified and traditional script; all others have one.
_DOUBLE_SURNAMES = frozenset(
    """
    欧阳 歐陽 司马 司馬 诸葛 諸葛 上官 东方 東方 令狐 慕容 长孙 長孫 皇甫 尉迟 尉遲
    公孙 公孫 宇文 司徒 司空 夏侯 闻人 聞人 澹台 澹臺 公冶 宗政 濮阳 濮陽 淳于 单于
    單于 太叔 申屠 仲孙 仲孫 轩辕 軒轅 钟离 鍾離 鲜于 鮮于 闾丘 閭丘 南宫 南宮 端木
    拓跋 百里 西门 西門 独孤 獨孤 赫连 赫連 第五
    """.split()
)


def _surname(whole: str) -> str:
    """The family name of a Chinese name in one piece."""
    return whole[:2] if len(whole) > 2 and whole[:2] in _DOUBLE_SURNAMES else whole[:1]


def _family(name: Name, language: str = "") -> str:
    """The family name with its particle, in front of it as Zotero has it, or the one name that there is."""
    if not (name.family and name.given):
        whole = _unquoted(text.plain(name.family or name.literal or name.given))
        if name.non_dropping_particle:
            return join_words(name.non_dropping_particle, whole)
        return _surname(whole) if language == "zh" and 1 < len(whole) < 5 and letters.HAN.fullmatch(whole) else whole
    family = join_words(name.non_dropping_particle, name.family) if name.non_dropping_particle else name.family
    return _unquoted(text.plain(family))


def _given(name: Name) -> str:
    if not name.family:
        return ""
    return _unquoted(text.plain(" ".join(filter(None, (name.given, name.dropping_particle)))))


@lru_cache(maxsize=1 << 12)
def _capitals(given: str, language: str) -> str:
    """The capitals of given names, in ASCII."""
    from_letters = "".join(char for char in given if unicodedata.category(char) in ("Lu", "Lt"))
    return "".join(filter(str.isupper, letters.to_ascii(from_letters, language)))


def _part(name: Name, part: str, work: Work) -> str:
    if part in "fF":
        return _gapped(_family(name, work.language), work)
    if part in "gG":
        return _gapped(_given(name), work)
    given = _given(name).partition("\x97")[0]  # Zotero's mark behind what counts for initials
    return _capitals(given if part == "I" else given[:1], work.language)


def _gapped(some: str, work: Work) -> str:
    if work.transliterates_names:
        some = work.ascii(some)
    return some if work.gap is None else work.gap.join(some.split())


def bare(name: Name) -> Name:
    """The name without its particle."""
    return replace(name, non_dropping_particle="") if name.non_dropping_particle else name


def render(name: Name, pieces: Template, work: Work) -> str:
    """The name as a template shows it."""
    out = []
    for literal, part, most in pieces:
        value = _part(name, part, work) if part else ""
        out += [literal, value if most < 0 else value[:most]]
    return "".join(out)


def shown(work: Work, creator: str, initials: bool = False) -> list[str]:
    """The creators of a kind, each by the template that is set, else by family name; nobody without a name."""
    pieces = work.template or (WITH_INITIALS if initials else FAMILY)
    if pieces is FAMILY and work.gap is None and not work.transliterates_names:
        return [found for name in work.creators(creator) if (found := _family(name, work.language))]
    return [found for name in work.creators(creator) if (found := render(name, pieces, work))]
