"""URLs: whether a browser could open what stands in the field."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from bibkit import text
from bibkit.checks.model import Bibliography, Change, Check, Mend, Remark
from bibkit.written import Written

_USUAL = re.compile(r"(?:https?|ftp)://[A-Za-z0-9][^\s\\<>{}:;,]*+")
_WRAPPED = re.compile(r"(?:\\url\s*+\{([^{}]*)\}|<(?:URL:)?([^<>]*)>)", re.IGNORECASE)
_SEVERAL = re.compile(r"(?:[\s,;]|\\and|\bor\b|\bund\b)\s{0,9}+(?:https?|ftp)://", re.IGNORECASE)
_TWICE = re.compile(r"(?:(?:https?|ftp):/{1,3}\s*+)+(?=(?:https?|ftp)://)", re.IGNORECASE)
_DAMAGED = re.compile(r"(https?|ftp)(?::/(?!/)|:/{3,}|//|;//|:\\{2}|:\s+//|://\s+|\s+://)(?=[\w.-]+\.)", re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:\S")
_MISSPELT = re.compile(r"(?:h?ttps?|htt?ps?|hhttps?|htpps?|httpp|hppts?)://", re.IGNORECASE)
_HOST = re.compile(
    r"(?:www\.[\w-]+\.|[\w-]+\.)(?:[\w-]+\.){0,4}"
    r"(?:com|org|net|edu|gov|int|info|io|eu|uk|de|fr|it|es|nl|ch|at|be|se|no|dk|fi|pl|cz|jp|cn|au|nz|ca|br|in|ru|us)"
    r"(?::[0-9]+)?(?:[/?#]\S*)?"
)

Fault = tuple[str, str, bool]  # what is wrong, the URL as it ought to be where that is known, whether that is sure


@lru_cache(maxsize=1 << 12)
def _fault(written: str) -> Fault | None:
    url = written.strip()
    url = url[1:-1].strip() if url[:1] == "{" and url[-1:] == "}" else url
    if wrapped := _WRAPPED.fullmatch(url):
        return "a URL in a wrapping that the field has no use for", (wrapped[1] or wrapped[2] or "").strip(), True
    if _SEVERAL.search(url):
        return "several URLs in one field", "", False
    return _scheme_fault(url) or _blank_fault(url) or _other_fault(url)


def _scheme_fault(url: str) -> Fault | None:
    if twice := _TWICE.match(url):
        return "a URL with two beginnings", url[twice.end() :], True
    if damaged := _DAMAGED.match(url):
        return "a URL with a damaged beginning", f"{damaged[1]}://{url[damaged.end() :]}", True
    if (misspelt := _MISSPELT.match(url)) and misspelt[0].lower() not in ("http://", "https://"):
        kind = "https" if "s:" in misspelt[0].lower() else "http"
        return "a URL with a misspelt beginning", f"{kind}://{url[misspelt.end() :]}", False
    return None


def _blank_fault(url: str) -> Fault | None:
    if "://" not in url.split(maxsplit=1)[0] or len(url.split()) < 2:
        return None
    broken = "\n" in url and all(_ends_open(line) for line in url.splitlines()[:-1])
    return "a URL with blanks in it", "".join(url.split()) if broken else "", False


def _ends_open(line: str) -> bool:
    """Whether a line of a URL ends where people break one."""
    return " " not in line.strip() and line.rstrip()[-1:] in tuple("/-_.?&=~")


def _other_fault(url: str) -> Fault | None:
    if _SCHEME.match(url):
        return None
    if (doi := text.doi(url)) == url:
        return "a DOI in the field of the URL", f"https://doi.org/{doi}", False
    if _HOST.fullmatch(url):
        return "a URL without http:// before it", f"http://{url}", False
    return "this is no URL", "", False


def url_form(found: Bibliography) -> Iterator[Remark]:
    """What is no URL, or several, or one with something too much or missing."""
    for item, field, written in found.values("URL"):
        if _USUAL.fullmatch(written) or (found.format == "ris" and "\n" in written):  # RIS: a URL on each line
            continue
        if not (fault := _fault(written)):
            continue
        said, new, sure = fault
        mend = _mend(item, field, new, sure=sure) if new else None
        yield Remark(item, f"{said}: {' '.join(written.split())}", field, mend=mend)


def _mend(item: Written, field: str, new: str, *, sure: bool) -> Mend:
    """The URL as it ought to be; what turns out to be a DOI gets the field for that where there is none."""
    doi = text.doi(new) if "doi.org/" in new and "DOI" not in item.record.texts else ""
    if not doi:
        return Mend(f"write {new}", (Change(field, new),), safe=sure)
    if field == "url" and item.fields[field].strip() == doi:
        return Mend("call the field doi", (Change(field, name="doi"),), safe=sure)
    name = "doi" if field == "url" else "DOI"
    changes = (Change(field, new), Change(name, item.encoded("DOI", doi)))
    return Mend(f"write {new} and add the DOI {doi}", changes, safe=sure)


CHECKS = (
    Check(
        "url-form",
        "URL that is none",
        url_form,
        fix="safe",
        why="The link is dead, or leads to a file on the reader's own disk.",
        bad=r"url = {\url{http://example.org/waiting}}",
        good="url = {http://example.org/waiting}",
        rule="RFC 3986, 3",
    ),
)
