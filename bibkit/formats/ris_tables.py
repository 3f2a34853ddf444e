"""Facts about RIS: reference types, tags and the programs that write it, as tables for both directions.

Sources: "RIS Format Specifications" (Reference Manager 10, 2001) and its revision of December 2011, where the meaning
of most tags depends on the reference type; what Zotero's exporter writes, whose choice of tags is followed in writing;
exports of the databases that are named in `PRODUCERS`.
"""

from __future__ import annotations

import re

from bibkit.fieldmap import FieldRule, Table, TypeRule, types
from bibkit.record import TYPES

# ------------------------------------------------------------------------------------------------ reference types

_BOTH = {
    "JOUR": "article-journal",
    "BOOK": "book",
    "CHAP": "chapter",
    "CONF": "paper-conference",
    "MGZN": "article-magazine",
    "NEWS": "article-newspaper",
    "THES": "thesis",
    "RPRT": "report",
    "GEN": "document",
    "ELEC": "webpage",
    "BLOG": "post-weblog",
    "ICOMM": "post",
    "PCOMM": "personal_communication",
    "MANSCPT": "manuscript",
    "PAMP": "pamphlet",
    "SLIDE": "speech",
    "DATA": "dataset",
    "COMP": "software",
    "DICT": "entry-dictionary",
    "ENCYC": "entry-encyclopedia",
    "PAT": "patent",
    "STAND": "standard",
    "BILL": "bill",
    "CASE": "legal_case",
    "HEAR": "hearing",
    "STAT": "legislation",
    "ART": "graphic",
    "FIGURE": "figure",
    "MAP": "map",
    "MPCT": "motion_picture",
    "SOUND": "song",
    "MUSIC": "musical_score",
    "CLSWK": "classic",
    "JFULL": "periodical",
}
_READ_ONLY = {
    "ABST": "article-journal",
    "ADVS": "motion_picture",
    "AGGR": "dataset",
    "ANCIENT": "classic",
    "CHART": "figure",
    "CPAPER": "paper-conference",
    "CTLG": "book",
    "DBASE": "dataset",
    "EBOOK": "book",
    "ECHAP": "chapter",
    "EDBOOK": "book",
    "EJOUR": "article-journal",
    "EQUA": "figure",
    "GOVDOC": "report",
    "GRANT": "document",
    "GRNT": "document",
    "INPR": "article-journal",
    "JOURNAL": "article-journal",
    "LEGAL": "legislation",
    "MULTI": "motion_picture",
    "PREPRINT": "article",
    "SER": "book",
    "UNBILL": "bill",
    "UNPB": "manuscript",
    "UNPD": "manuscript",
    "VIDEO": "motion_picture",
    "WEB": "webpage",
}
# What has no reference type of its own is written as the nearest one, with a second M3 that says the CSL type (or
# `preprint`). Zotero writes a preprint as GEN.
_NEAREST = {
    "GEN": "article collection event performance entry",
    "PCOMM": "interview",
    "MPCT": "broadcast",
    "JOUR": "review review-book",
    "STAT": "regulation treaty",
}
MARKED = {ours: "preprint" if ours == "article" else ours for listed in _NEAREST.values() for ours in listed.split()}
MARKS = {
    (theirs, MARKED[ours]): ours for theirs, listed in _NEAREST.items() for ours in listed.split()
}  # their type and M3 -> CSL type
TYPE_RULES = (
    *(TypeRule(theirs, ours) for theirs, ours in _BOTH.items()),
    *(TypeRule(theirs, ours, way="read") for theirs, ours in _READ_ONLY.items()),
    *(TypeRule(theirs, ours, way="write") for theirs, listed in _NEAREST.items() for ours in listed.split()),
)

# ------------------------------------------------------------------------------------------------ tags

_ARTICLES = types("article-journal article-magazine article-newspaper review review-book periodical")
_ENTRIES = types("entry entry-dictionary entry-encyclopedia")
_PARTS = types("chapter") | _ENTRIES
_FILMS = types("motion_picture broadcast")
_RECORDINGS = _FILMS | types("song")
_BOOKS = types("book classic pamphlet")
_WHOLE = _BOOKS | types("thesis manuscript standard")
_NUMBERED = types("patent report standard")
_NO_EDITOR = types("report map interview song legal_case patent bill speech")
_JOURNALS = types("article-journal periodical")
_LAWS_BY_NUMBER = types("bill hearing legislation")
_LETTERS = types("personal_communication post")
_LAWS = types("bill legislation regulation treaty hearing legal_case")
_SERIES = _WHOLE | types("report map software dataset figure graphic")
_EVENTS = types("paper-conference speech")
_ISBN = _BOOKS | _PARTS | _EVENTS | types("map motion_picture song software thesis document musical_score collection")


def _other(*taken: frozenset[str]) -> frozenset[str]:
    return frozenset(TYPES).difference(*taken)


def _apart(theirs: str, ours: str, kind: str, names: frozenset[str]) -> tuple[FieldRule, FieldRule]:
    """A second use of a tag: what is written so is known again by its value, not by its tag."""
    return FieldRule(theirs, ours, kind, names, way="read"), FieldRule(theirs, ours, kind, names, way="write")


# In the order in which they are written, which is Zotero's.
_FIELDS = (
    FieldRule("TI", "title"),
    FieldRule("AU", "director", "names", _FILMS),
    FieldRule("AU", "editor", "names", their_types=types("EDBOOK"), way="read"),
    FieldRule("AU", "author", "names", _other(_FILMS)),
    FieldRule("T2", "event-title", "text", _EVENTS),
    FieldRule("T2", "collection-title", "text", _SERIES),
    FieldRule("T2", "section", "text", types("hearing")),
    FieldRule("T2", "container-title", "text", _other(_EVENTS, _SERIES, types("hearing song legal_case"))),
    FieldRule("A2", "collection-editor", "names", _BOOKS | types("report map")),
    FieldRule("A2", "recipient", "names", _LETTERS),
    FieldRule("A2", "interviewer", "names", types("interview")),
    FieldRule("A2", "performer", "names", types("song")),
    FieldRule("A2", "container-title", "text", types("legal_case")),
    FieldRule("A2", "authority", "text", types("patent")),
    FieldRule("A2", "author", "names", types("bill speech"), way="read"),
    FieldRule("A2", "editor", "names", _other(_BOOKS, _LETTERS, _FILMS, _NO_EDITOR)),
    FieldRule("T3", "authority", "text", types("hearing bill")),
    FieldRule("T3", "collection-title", "text", _other(_SERIES, types("hearing bill"))),
    FieldRule("A3", "editor", "names", _BOOKS),
    FieldRule("A3", "producer", "names", _FILMS),
    FieldRule("A3", "collection-editor", "names", _PARTS | _EVENTS | _JOURNALS),
    FieldRule("A3", "contributor", "names", _other(_BOOKS, _FILMS, _PARTS, _EVENTS, _JOURNALS, types("dataset"))),
    FieldRule("A4", "contributor", "names", _FILMS | types("paper-conference dataset")),
    FieldRule("A4", "translator", "names", _other(_FILMS, types("paper-conference dataset legal_case patent"))),
    FieldRule("ED", "editor", "names"),
    FieldRule("AB", "abstract", "abstract"),
    FieldRule("C1", "submitted", "date", types("patent")),
    FieldRule("C1", "scale", "text", types("map")),
    FieldRule("C1", "publisher-place", "text", types("paper-conference")),
    FieldRule("C1", "performer", "names", _FILMS),
    FieldRule("C2", "PMCID", "text", types("article-journal")),
    FieldRule("C2", "container-author", "names", types("chapter")),
    FieldRule("C3", "dimensions", "text", types("graphic figure map")),
    FieldRule("C3", "container-title", "text", _EVENTS),
    FieldRule("C4", "genre", "text", _FILMS),
    FieldRule("C5", "references", "text", types("patent")),
    FieldRule("C5", "medium", "text", _RECORDINGS),
    FieldRule("C6", "status", "text", types("patent")),
    FieldRule("C6", "available-date", "parsed", types("article-journal"), way="read"),  # Web of Science: early access
    FieldRule("C7", "number", "text", types("article-journal paper-conference")),
    FieldRule("CN", "call-number", "text", _other(types("patent"))),
    FieldRule("CY", "event-place", "text", _EVENTS),
    FieldRule("CY", "publisher-place", "text", _other(_EVENTS)),
    FieldRule("PY", "issued", "date", way="read"),
    FieldRule("DA", "issued", "date"),
    FieldRule("DO", "DOI", "doi"),
    FieldRule("DP", "source"),
    FieldRule("ET", "chapter-number", "text", types("bill hearing legislation")),
    FieldRule("ET", "version", "text", types("software dataset")),
    FieldRule("ET", "edition", "text", _other(types("bill hearing legislation software dataset"))),
    FieldRule("VL", "volume"),
    FieldRule("IS", "number-of-volumes", "text", types("chapter")),
    FieldRule("IS", "issue", "text", _other(types("chapter patent dataset"))),
    FieldRule("OP", "issue", "text", types("patent")),
    FieldRule("SP", "number-of-pages", "count", _WHOLE),
    FieldRule("SP", "page", "page", _WHOLE, way="write"),
    FieldRule("SP", "dimensions", "text", _RECORDINGS),
    FieldRule("SP", "page", "page", _other(_WHOLE, _RECORDINGS)),
    FieldRule("JF", "container-title", way="read"),
    FieldRule("JO", "container-title-short", "journal", way="read"),
    FieldRule("J1", "container-title-short", "journal", way="read"),
    FieldRule("JA", "container-title-short", "journal", way="read"),
    FieldRule("J2", "container-title-short", "journal"),
    FieldRule("LA", "language"),
    FieldRule("M1", "collection-number", "text", _BOOKS),
    FieldRule("M1", "call-number", "text", types("patent")),
    FieldRule("M1", "medium", "text", types("software")),
    FieldRule("M1", "number", "text", _RECORDINGS | _LAWS_BY_NUMBER | types("thesis manuscript article document")),
    FieldRule("M3", "medium", "text", types("graphic interview")),
    FieldRule("M3", "genre", "genre", _other(_FILMS, types("graphic interview"))),
    FieldRule("NV", "number", "text", types("dataset")),
    FieldRule("NV", "number-of-volumes", "text", _other(types("dataset chapter"))),
    FieldRule("OP", "references", "text", _LAWS),
    FieldRule("OP", "original-date", "date", _BOOKS | _PARTS),
    FieldRule("PB", "authority", "text", types("legal_case")),
    FieldRule("PB", "publisher", "text", _other(types("legal_case"))),
    FieldRule("SE", "section", "text", _other(types("legal_case hearing"))),
    FieldRule("SN", "number", "serial", _NUMBERED),
    FieldRule("SN", "ISBN", "serial", _ISBN),
    FieldRule("SN", "ISSN", "serial", _other(_ISBN, _NUMBERED)),
    *_apart("SN", "ISBN", "serial", _other(_ISBN)),
    *_apart("SN", "ISSN", "serial", _ISBN | _NUMBERED),
    FieldRule("ST", "title-short"),
    FieldRule("SV", "number", "text", types("legal_case")),
    FieldRule("SV", "collection-number", "text", _other(_BOOKS, types("legal_case"))),
    FieldRule("UR", "URL", "url"),
    FieldRule("AN", "archive_location"),
    FieldRule("DB", "archive"),
    FieldRule("CR", "license"),
    FieldRule("RI", "reviewed-title"),
    FieldRule("Y2", "accessed", "date"),
    FieldRule("N1", "note", "note"),
    FieldRule("KW", "keyword", "keywords"),
    # Read only: the tags of 2001, and those of other programs.
    FieldRule("T1", "title", way="read"),
    FieldRule("BT", "title", "text", _WHOLE, way="read"),
    FieldRule("BT", "container-title", "text", _other(_WHOLE), way="read"),
    FieldRule("CT", "title", way="read"),
    FieldRule("A1", "director", "names", _FILMS, way="read"),
    FieldRule("A1", "editor", "names", their_types=types("EDBOOK"), way="read"),
    FieldRule("A1", "author", "names", way="read"),
    FieldRule("T2", "container-title", way="read"),
    FieldRule("T3", "collection-title", way="read"),
    FieldRule("N2", "abstract", "abstract", way="read"),
    FieldRule("Y1", "issued", "date", way="read"),
    FieldRule("M1", "issue", "text", _ARTICLES, way="read"),
    FieldRule("M1", "number-of-volumes", "text", types("chapter"), way="read"),
    FieldRule("M1", "accessed", "date", types("webpage"), way="read"),
    FieldRule("NV", "number-of-volumes", way="read"),
    FieldRule("VO", "volume", way="read"),
    FieldRule("IS", "number", "text", types("dataset patent"), way="read"),
    FieldRule("PP", "publisher-place", way="read"),
    FieldRule("CP", "publisher-place", way="read"),
    FieldRule("CY", "publisher-place", way="read"),
    FieldRule("AV", "archive_location", way="read"),
    FieldRule("L3", "DOI", "link", way="read"),  # EBSCO
    FieldRule("PU", "publisher", way="read"),
    FieldRule("RN", "note", "note", way="read"),
    FieldRule("LK", "URL", "url", way="read"),
    FieldRule("H1", "source", way="read"),
    FieldRule("H2", "call-number", way="read"),
)  # fmt: skip

# ProCite has one tag for most things, N1, and says what they are in words: `N1  - Call Number: QA 76`.
_LABELS = {
    "Series Title": "collection-title",
    "Series Volume ID": "collection-number",
    "Proceedings Title": "container-title",
    "Title Monographic": "container-title",
    "Title, Monographic": "container-title",
    "Volume ID": "volume",
    "Issue ID": "issue",
    "Issue Identification": "issue",
    "Report Identification": "number",
    "ISBN": "ISBN",
    "Call Number": "call-number",
    "Language": "language",
    "Edition": "edition",
    "Publisher Name": "publisher",
    "Place of Publication": "publisher-place",
    "Place of Meeting": "event-place",
    "Page(s)": "page",
    "First Page": "page",
    "Scale": "scale",
    "Size": "dimensions",
    "History": "references",
    "Histroy": "references",  # as ProCite spells it
    "Notes": "note",
}
_PROCITE = tuple(
    FieldRule(label, ours, "note" if ours == "note" else "text", way="read") for label, ours in _LABELS.items()
)
LABELS = frozenset(_LABELS)
KEY_LABELS = frozenset({"Record ID", "Record Number"})
# Its tags that mean something else than in RIS, by type.
PROCITE_TAGS = {
    ("BOOK", "VL"): "ET",
    ("BOOK", "IS"): "VL",
    ("CHAP", "VL"): "ET",
    ("COMP", "IS"): "ET",
    ("DATA", "IS"): "ET",
    ("BILL", "CY"): "T2",
    ("BILL", "VL"): "M1",
    ("BILL", "SP"): "SE",
    ("ART", "M1"): "M3",
}

TABLE = Table("ris", TYPE_RULES, (*_FIELDS, *_PROCITE))
KINDS = frozenset("text names date parsed page count serial doi link url keywords abstract note genre journal".split())
# What databases say in M3 of a journal article, and what TY has said already.
GENERIC = frozenset(
    {"article", "journal", "journal article", "journal-article", "journal: article", "research article"}
)

# Tags that a line may begin with; a line that begins otherwise goes on with the value before it.
KNOWN_TAGS = frozenset(
    """
    TY ER ID A1 A2 A3 A4 AB AD AN AU AV BT C1 C2 C3 C4 C5 C6 C7 C8 CA CN CP CR CT CY DA DB DO DP DS ED EP ET H1 H2 IS
    J1 J2 JA JF JO KW L1 L2 L3 L4 LA LB LK M1 M2 M3 N1 N2 NO NV OL OP PA PB PM PP PY RD RI RN RP SE SN SP ST SV T1 T2
    PU T3 TA TI TT U1 U2 U3 U4 U5 UR VL VO WP WT WV XT Y1 Y2 YR
    """.split()
)
# ------------------------------------------------------------------------------------------------ producers


# Whose records have a value in a tag that begins so; of a URL, what stands behind `https://`.
_PRODUCERS = (
    ("web-of-science", "AN", r"WOS:|BCI:|MEDLINE:\d|CCC:|KJD:|SCIELO:"),
    ("cochrane", "AN", r"CN-\d{8}"),
    ("scopus", "DB", "scopus"),
    ("proquest", "DB", "proquest"),
    ("embase", "DB", "embase$"),
    ("ovid", "DB", "ovid"),
    ("scopus", "UR", r"www\.scopus\.com/"),
    ("proquest", "UR", r"[\w.-]*proquest\.com/"),
    ("embase", "UR", r"www\.embase\.com/"),
    ("ovid", "UR", r"ovidsp\.|[\w.-]*\bovid\.com/"),
    ("cochrane", "UR", r"(?:www\.)?cochranelibrary"),
    ("lens", "UR", r"(?:www\.|link\.)?lens\.org/"),
    ("dimensions", "UR", r"app\.dimensions\.ai/"),
    ("ieee", "UR", r"ieeexplore\."),
    ("pubmed", "UR", r"pubmed\.ncbi\.nlm|(?:www\.)?ncbi\.nlm\.nih\.gov/pubmed"),
    ("ebsco", "UR", r"[\w.-]*ebscohost\.com/"),
    ("scopus", "N1", r"Export Date:|Cited By\s*:\s*\d"),
    ("procite", "N1", "Record (?:ID|Number): "),
    ("ovid", "M2", "ovid"),
    ("citavi", "M4", "citavi"),
    ("endnote", "L1", "internal-pdf://"),
    ("mendeley", "L1", "file:///.*mendeley"),
    ("zotero", "DA", r"\d{4}/\d{0,2}/\d{0,2}/"),
)


def _by_tag() -> dict[str, re.Pattern[str]]:
    """For each tag one pattern; the group that matches has the name of the producer."""
    found: dict[str, list[str]] = {}
    for name, tag, pattern in _PRODUCERS:
        found.setdefault(tag, []).append(f"(?P<{name.replace('-', '_')}>{pattern})")
    start = {"UR": "https?://"}
    return {tag: re.compile(f"{start.get(tag, '')}(?:{'|'.join(rows)})", re.IGNORECASE) for tag, rows in found.items()}


PRODUCERS = _by_tag()
