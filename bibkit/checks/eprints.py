"""What an entry says of its preprint in several fields, where these disagree; and files that it has on this machine."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

from bibkit.checks.model import BIBTEX, Bibliography, Check, Remark
from bibkit.text import arxiv_id
from bibkit.written import Written

# ------------------------------------------------------------------------------------------------ preprints

_PAIRS = (("archiveprefix", "eprinttype"), ("primaryclass", "eprintclass"))
# Fields that may name an arXiv paper, with what their text then holds; DOI and URL are identifier-contradiction's.
_PLACES: Mapping[str, str] = {
    "journal": "arxiv:",
    "journaltitle": "arxiv:",
    "howpublished": "arxiv:",
}
_VERSION = re.compile(r"v[0-9]+\Z")
_ARCHIVE = re.compile(r"[a-z-]{1,20}(?=(?:\.[A-Za-z-]{1,20})?/[0-9])")


def contradiction(found: Bibliography) -> Iterator[Remark]:
    """Two archives, two classes, or two numbers on arXiv."""
    for item in found.items:
        fields = item.fields
        if "eprint" not in fields:
            continue
        for one, other in _PAIRS:
            if one in fields and other in fields and _folded(fields[one]) != _folded(fields[other]):
                yield Remark(item, f"{one} is {fields[one]}, but {other} is {fields[other]}", one)
        if identifier := _identifier(item):
            yield from _other_numbers(item, identifier)
            yield from _other_archive(item, identifier)


def _folded(text: str) -> str:
    return text.strip().lower()


def _identifier(item: Written) -> str:
    """The number that `eprint` holds, without its version, where it is one of arXiv."""
    archive = item.fields.get("eprinttype") or item.fields.get("archiveprefix") or "arxiv"
    return _number(item.fields["eprint"]) if _folded(archive) == "arxiv" else ""


def _number(text: str) -> str:
    return _VERSION.sub("", arxiv_id(text).lower())


def _other_numbers(item: Written, identifier: str) -> Iterator[Remark]:
    for field, sign in _PLACES.items():
        if field in item.fields and sign in item.fields[field].lower():
            other = _number(item.fields[field])
            if other and other != identifier:
                yield Remark(item, f"eprint is {identifier}, but {field} names {other}", field)


# Archives that became classes of others (arXiv, "Category taxonomy"); and one class under two names.
_BECAME: Mapping[str, tuple[str, ...]] = {
    "acc-phys": ("physics",),
    "adap-org": ("nlin",),
    "alg-geom": ("math",),
    "ao-sci": ("physics",),
    "atom-ph": ("physics",),
    "bayes-an": ("physics", "stat"),
    "chao-dyn": ("nlin",),
    "chem-ph": ("physics",),
    "cmp-lg": ("cs",),
    "comp-gas": ("nlin",),
    "dg-ga": ("math",),
    "funct-an": ("math",),
    "math": ("math-ph",),
    "math-ph": ("math",),
    "mtrl-th": ("cond-mat",),
    "patt-sol": ("nlin",),
    "plasm-ph": ("physics",),
    "q-alg": ("math",),
    "solv-int": ("nlin",),
    "supr-con": ("cond-mat",),
}


def _other_archive(item: Written, identifier: str) -> Iterator[Remark]:
    """hep-th/9901001 in the class math.AG. arXiv moves papers between neighbouring classes, but not between these."""
    field = "primaryclass" if "primaryclass" in item.fields else "eprintclass"
    known = _ARCHIVE.match(identifier)
    if not known or field not in item.fields:
        return
    archive, given = known[0], _folded(item.fields[field]).partition(".")[0]
    if given and given != archive and given not in _BECAME.get(archive, ()):
        yield Remark(item, f"eprint is {identifier}, but {field} is {item.fields[field]}", field)


# ------------------------------------------------------------------------------------------------ files

_COLON = re.compile(r"(?<!\\):")
_SEMICOLON = re.compile(r"(?<!\\);")
_ESCAPED = re.compile(r"\\([\\:;_&%#{} ])")
_NO_PATH = re.compile(r"[{}$\x00-\x1f]|\A(?:home|Users)/|\A[a-z+]{2,10}:/|\A[A-Za-z]:[\\/]", re.IGNORECASE)
_LONGEST = 1000
_ELSEWHERE = "jabref-meta: fileDirectory"


_MANY = 4  # links of one folder, none of which leads anywhere: that folder is on another machine


def missing_file(found: Bibliography) -> Iterator[Remark]:
    """A file that is not where the entry says.

    Where nothing of a folder is there, in four links or more, this is said once: the folder is another machine's.
    Nothing is said of relative links where the file names JabRef's directory for them.
    """
    shelves: dict[str, list[tuple[Written, str]]] = {}
    relative = _ELSEWHERE not in found.text
    for item in found.items:
        for path in paths(item.fields["file"]) if "file" in item.fields else ():
            if relative or Path(path).is_absolute():
                shelves.setdefault(_shelf(path), []).append((item, path))
    for links in shelves.values():
        missing = [(item, path) for item, path in links if not _exists(found.terms.folder / path)]
        if len(missing) < len(links) or len(links) < _MANY:
            yield from (Remark(item, f"there is no file {path}", "file", path) for item, path in missing)
        else:
            item, path = missing[0]
            said = f"none of the {len(links)} files is here that are linked as this one: {path}"
            yield Remark(item, said, "file", path)


def _shelf(path: str) -> str:
    """The first folder of a path; of an absolute one, the first two."""
    parts = Path(path).parts
    return "/".join(parts[: 3 if Path(path).is_absolute() else 1]) if len(parts) > 1 else ""


def paths(value: str) -> Iterator[str]:
    """The paths in a `file` field: of JabRef and Zotero (`text:path:type;…`), of Better BibTeX (`path;path`)."""
    for link in _SEMICOLON.split(value) if "://" not in value else ():
        path = _ESCAPED.sub(r"\1", _path_in(_COLON.split(link))).strip()
        if path and len(path) <= _LONGEST and not _NO_PATH.search(path):
            yield path


def _path_in(parts: list[str]) -> str:
    """Of `text:path:type` the second; of `:path`, `path:type` and `path` what can be one."""
    if len(parts) == 1:
        return parts[0]
    return parts[1] if len(parts) == 3 or not parts[0].strip() else parts[0] if len(parts) == 2 else ""


def _exists(place: Path) -> bool:
    """Under one of the two ways in which systems write accents in names."""
    forms = {str(place)} if str(place).isascii() else {unicodedata.normalize(f, str(place)) for f in ("NFC", "NFD")}
    return any(map(os.path.exists, forms | {str(place)}))


CHECKS = (
    Check(
        "eprint-contradiction",
        "preprint fields that disagree",
        contradiction,
        why="Two fields name two archives, classes or papers; one of them leads readers astray.",
        bad="eprint = {2107.05580},\narchiveprefix = {arXiv},\nhowpublished = {arXiv:2107.05508}",
        good="eprint = {2107.05580},\narchiveprefix = {arXiv},\nhowpublished = {arXiv:2107.05580v2}",
        rule="biblatex manual, sections 2.2.5 and 3.14.7; arXiv, Understanding the arXiv identifier",
        formats=BIBTEX,
    ),
    Check(
        "file-missing",
        "linked file that is not there",
        missing_file,
        why="It was renamed, moved or deleted, or is on another machine. Of many files in one folder, of which none is "
        "here, this is said once.",
        bad="file = {:no-such-folder/moreau.pdf:PDF}",
        good="file = {:/:PDF}",
        rule="biblatex manual, section 2.2.2 (file); JabRef's and Zotero's syntax of links",
        formats=BIBTEX,
    ),
)
