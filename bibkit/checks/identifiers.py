"""DOIs, arXiv ids, PubMed ids and ORCID iDs: their form, their place, and whether they agree.

`bibkit.text` reads an identifier out of whatever people write; a check says where it was written otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bibkit import latex, text
from bibkit.checks.model import BIBTEX, Bibliography, Change, Check, Mend, Remark, putting
from bibkit.written import Written

# ------------------------------------------------------------------------------------------------ DOI

_USUAL_DOI = re.compile(r"10\.[0-9]{4,9}/[A-Za-z0-9._()/-]*+(?<=[A-Za-z0-9])")
_DRESSED = re.compile(r"\s*+(?:\\url\s*\{|https?:|(?:dx\.)?doi\.org|doi[\s:])", re.IGNORECASE)
_RESOLVER = re.compile(r"\s*+(?:\\url\s*\{\s*+)?https?://(?:[\w-]+\.){0,3}doi\.[\w.-]+/\S+\s*+", re.IGNORECASE)
_BARE_DOI = re.compile(r"\s*+(?:doi\s*+:?\s*+)?10\.[0-9]{4,9}/\S+\s*+", re.IGNORECASE)
_BESIDE = " \t\r\n.,;"  # what surrounds a DOI that was cut out of a text


def _verbatim(item: Written, written: str) -> str:
    """A verbatim field as it is meant: LaTeX's escapes resolved where the format has them."""
    return latex.decode_verbatim(written) if "\\" in written and item.editable else written


def doi_url(found: Bibliography) -> Iterator[Remark]:
    """`https://doi.org/10.1000/x` and `doi:10.1000/x` in the field of the DOI."""
    for item, field, written in found.values("DOI"):
        if written[:3] != "10." and _DRESSED.match(written) and (doi := text.doi(_verbatim(item, written))):
            yield Remark(item, f"{written.strip()} in the field of the DOI", field, mend=putting(item, "DOI", doi))


def doi_form(found: Bibliography) -> Iterator[Remark]:
    """No DOI at all, blanks and punctuation around it, LaTeX within it."""
    for item, field, written in found.values("DOI"):
        if _USUAL_DOI.fullmatch(written) or "&" in written:  # HTML's entities are another matter
            continue
        plain = _verbatim(item, written)
        bare = plain[1:-1] if plain[:1] == "{" and plain[-1:] == "}" else plain
        doi = text.doi(bare)
        if not doi:
            yield Remark(item, f"{written.strip()} is no DOI", field)
        elif not _DRESSED.match(written) and (fault := _doi_fault(written, bare, doi, found.dialect)):
            said, sure = fault
            mend = putting(item, "DOI", sure) if sure else None
            yield Remark(item, f"{said} in the DOI {sure or doi}", field, mend=mend)


def _doi_fault(written: str, bare: str, doi: str, dialect: str) -> tuple[str, str] | None:
    """What is wrong with it, and the DOI where that is sure. Classic styles print LaTeX, and its escapes are right."""
    if bare == doi:
        new = _without_latex(doi)
        return ("LaTeX", new) if dialect == "biblatex" and ("\\" in written or new != doi) else None
    if bare.strip() == doi:
        return "blanks", doi
    return ("punctuation", doi) if bare.strip(_BESIDE) == doi else ("something else", "")


_SIGNS = {"$<$": "<", "$>$": ">", "{\\textless}": "<", "{\\textgreater}": ">"}


def _without_latex(doi: str) -> str:
    for latex_sign, sign in _SIGNS.items():
        doi = doi.replace(latex_sign, sign)
    return doi


# Where DOIs are put that styles then print as text, or do not print; in the last ones it may be of another version.
_PLACES = ("url", "URL", "ee", "link", "howpublished", "note", "eprint")
_UNSURE = frozenset({"howpublished", "note", "eprint"})


def doi_elsewhere(found: Bibliography) -> Iterator[Remark]:
    """A DOI as the URL, or as the whole note, of an entry without the field for it."""
    places = _PLACES if found.dialect else ("URL",)
    for item in found.items:
        fields = item.fields
        if "DOI" in item.record.texts or "doi" in fields:
            continue
        for place in places:
            if place in fields and (doi := _whole_doi(item, fields[place], url=place not in _UNSURE)):
                field = "doi" if found.dialect else "DOI"
                change = Change(field, item.encoded("DOI", doi))
                mend = Mend(f"add the DOI {doi}", (change,), safe=place not in _UNSURE)
                yield Remark(item, f"the DOI {doi} stands in {place} alone", place, mend=mend)
                break


def _whole_doi(item: Written, written: str, *, url: bool) -> str:
    """The DOI that all of a field says; not that of arXiv beside an arXiv id."""
    if "10." not in written or not (_RESOLVER.fullmatch(written) or (not url and _BARE_DOI.fullmatch(written))):
        return ""
    doi = text.doi(_verbatim(item, written).removeprefix("\\url"))
    return "" if "archive_location" in item.record.texts and text.arxiv_id(doi) else doi


def url_doi(found: Bibliography) -> Iterator[Remark]:
    """A URL that only resolves the DOI beside it."""
    for item, field, written in found.values("URL"):
        key = text.doi_key(item.record.texts.get("DOI", "")) if "doi" in written else ""
        if key and _RESOLVER.fullmatch(written) and text.doi_key(_verbatim(item, written)) == key:
            dates = [name for name in (item.field_of("accessed"),) if name]
            mend = Mend("take the URL away", tuple(Change(name) for name in (field, *dates)))
            yield Remark(item, f"the URL repeats the DOI {key}", field, mend=mend)


# ------------------------------------------------------------------------------------------------ contradictions

# Registrants whose works have a DOI for each version and one for all of them.
_VERSIONED = ("10.5281/", "10.6084/", "10.48550/", "10.31219/", "10.31234/", "10.31235/", "10.17605/", "10.2139/")


def contradiction(found: Bibliography) -> Iterator[Remark]:
    """A DOI or an arXiv id that something else in the entry says otherwise."""
    for item, field, written in found.values("URL"):
        if "doi" in written and (ours := text.doi_key(item.record.texts.get("DOI", ""))):
            theirs = text.doi_key(_verbatim(item, written)) if _RESOLVER.fullmatch(written) else ""
            if theirs and _differ(ours, theirs):
                yield Remark(item, f"the DOI is {ours}, but the URL has {theirs}", field)
    for item, field, written in found.values("archive_location"):
        doi, url = item.record.texts.get("DOI", ""), item.record.texts.get("URL", "")
        for place, other in (("DOI", _arxiv_number(doi)), ("URL", _arxiv_number(url))):
            ours = _arxiv_number(written) if other and _is_arxiv(item) else ""
            if ours and other != ours:
                yield Remark(item, f"the arXiv id is {ours}, but the {place} has {other}", field)


def _differ(ours: str, theirs: str) -> bool:
    if ours.startswith(_VERSIONED) or theirs.startswith(_VERSIONED):
        return False
    return not ours.startswith(theirs) and not theirs.startswith(ours)


def _arxiv_number(written: str) -> str:
    """The arXiv id without its version; of an old one the number alone, which archives write differently."""
    if not written or not any(map(str.isdigit, written)):
        return ""
    return re.sub(r"v\d+$", "", text.arxiv_id(written)).rpartition("/")[2]


# ------------------------------------------------------------------------------------------------ arXiv

_USUAL_ARXIV = re.compile(r"[0-9]{4}\.[0-9]{4,5}")
_SHORT_NUMBER = re.compile(r"(?:1[5-9]|[2-9][0-9])[0-9]{2}\.[0-9]{4}(?:v[0-9]+)?")
_OLD_NUMBER = re.compile(r"[0-9]{7}(?:v[0-9]+)?")


def _is_arxiv(item: Written) -> bool:
    return item.record.texts.get("archive", "").lower() == "arxiv"


def arxiv_form(found: Bibliography) -> Iterator[Remark]:
    """An `eprint` of arXiv that is not the bare id."""
    for item, field, written in found.values("archive_location"):
        if not _is_arxiv(item):
            continue
        bare = written.strip()
        known = text.arxiv_id(bare)
        if known == bare and not _SHORT_NUMBER.fullmatch(bare):
            continue
        yield Remark(item, *_arxiv_fault(item, field, bare, known))


def _arxiv_fault(item: Written, field: str, bare: str, known: str) -> tuple[str, str, str, Mend | None]:
    """Message, field, part and mend."""
    if _SHORT_NUMBER.fullmatch(bare):
        return f"{bare}: arXiv ids have five digits after the point since 2015", field, "", None
    if known:
        return f"{bare} where arXiv's id alone belongs", field, "", Mend(f"write {known}", (Change(field, known),))
    archive = str(item.record.extra.get("bibtex:eprintclass", "")).partition(".")[0]
    whole = f"{archive}/{bare}"
    if _OLD_NUMBER.fullmatch(bare) and text.arxiv_id(whole):
        return f"{bare} is half of an arXiv id", field, "", Mend(f"write {whole}", (Change(field, whole),), safe=False)
    return f"{bare} is no arXiv id", field, "", None


# ------------------------------------------------------------------------------------------------ PubMed


def pmid_form(found: Bibliography) -> Iterator[Remark]:
    """A PMID that is not a bare number, a PMCID that is not PMC and a number."""
    for item, field, written in found.values("PMID"):
        if not (written.isdecimal() and written.isascii() and len(written) <= 8 and written[0] != "0"):
            yield _pubmed_remark(item, field, written, "PMID", text.pmid(written))
    for item, field, written in found.values("PMCID"):
        if (known := text.pmcid(written)) != written:  # a bare number is as often a PMID in the wrong field
            yield _pubmed_remark(item, field, written, "PMCID", known)


def _pubmed_remark(item: Written, field: str, written: str, kind: str, known: str) -> Remark:
    mend = Mend(f"write {known}", (Change(field, known),)) if known else None
    said = f"{written.strip()} where the bare {kind} belongs" if known else f"{written.strip()} is no {kind}"
    return Remark(item, said, field, mend=mend)


# ------------------------------------------------------------------------------------------------ ORCID

_ORCID = re.compile(r"(?<![\w-])[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9Xx](?![\w-])")
_SIGNS_OF_ORCID = ("0000-000", "orcid", "ORCID", "Orcid")


def orcid_check(found: Bibliography) -> Iterator[Remark]:
    """An ORCID iD whose check digit is wrong, and what is none at all where one belongs."""
    if not any(sign in found.text for sign in _SIGNS_OF_ORCID):
        return
    for item, field, written in found.written:
        name = field.lower()
        if "orcid" not in name and "+an" not in name:
            continue
        candidates = _ORCID.findall(written)
        for candidate in candidates:
            if not text.orcid(candidate):
                yield Remark(item, f"the check digit of the ORCID iD {candidate} is wrong", field, candidate)
        if not candidates and name == "orcid" and not text.orcid(written):
            yield Remark(item, f"{written.strip()} is no ORCID iD", field)


CHECKS = (
    Check(
        "doi-form",
        "DOI that is none",
        doi_form,
        fix="safe",
        why="Styles put the field behind https://doi.org/, so that every sign too many is a dead link.",
        bad="doi = {10.1000/182.}",
        good="doi = {10.1000/182}",
        rule="DOI Handbook, 2.2",
    ),
    Check(
        "doi-url",
        "DOI written as a URL",
        doi_url,
        fix="safe",
        why="Styles write https://doi.org/ before the DOI themselves: the link has it twice then.",
        bad="doi = {https://doi.org/10.1000/182}",
        good="doi = {10.1000/182}",
        rule="biblatex manual 2.2.2 (doi); DOI Handbook, 2.6",
    ),
    Check(
        "doi-elsewhere",
        "DOI outside of its field",
        doi_elsewhere,
        fix="safe",
        why="Only in its own field can styles print the DOI in their way, and programs find the work by it.",
        bad="url = {https://doi.org/10.1000/182}",
        good="url = {https://doi.org/10.1000/182},\n  doi = {10.1000/182}",
        rule="biblatex manual 2.2.2 (doi)",
    ),
    Check(
        "url-doi",
        "URL that repeats the DOI",
        url_doi,
        fix="unsafe",
        why="Most styles print both, one behind the other.",
        bad="doi = {10.1000/182},\n  url = {https://doi.org/10.1000/182}",
        good="doi = {10.1000/182}",
        default=False,
    ),
    Check(
        "identifier-contradiction",
        "identifiers that disagree",
        contradiction,
        why="One of the two is of another work.",
        bad="doi = {10.1000/182},\n  url = {https://doi.org/10.1000/281}",
        good="doi = {10.1000/182},\n  url = {https://doi.org/10.1000/182}",
    ),
    Check(
        "arxiv-form",
        "arXiv id that is none",
        arxiv_form,
        fix="safe",
        why="Styles print the archive's name before the id, and make a link to arxiv.org/abs/ of it.",
        bad="archiveprefix = {arXiv},\n  eprint = {arXiv:2107.05580}",
        good="archiveprefix = {arXiv},\n  eprint = {2107.05580}",
        rule="arXiv, Understanding the arXiv identifier; biblatex manual 3.14.7",
        formats=BIBTEX,
    ),
    Check(
        "pmid-form",
        "PubMed id that is none",
        pmid_form,
        fix="safe",
        why="A PMID is a number of up to eight digits, a PMCID has PMC before it; links are made of the bare ones.",
        bad="pmid = {PMID: 12345678}",
        good="pmid = {12345678}",
        rule="NLM, PMID and PMCID",
        formats=BIBTEX | {"csl-json", "zotero-json"},  # RIS has no tag for them, only habits
    ),
    Check(
        "orcid-check",
        "ORCID iD with a wrong check digit",
        orcid_check,
        severity="error",
        why="A digit is wrong or two have changed places: it is somebody else's, or nobody's.",
        bad="orcid = {0000-0002-1825-0098}",
        good="orcid = {0000-0002-1825-0097}",
        rule="ISO 7064, mod 11-2",
    ),
)
