"""Facts about BibTeX and BibLaTeX: entry types, fields, roles and languages, as tables for both directions.

Sources: "BibTeXing" (btxdoc, 1988) for the classic types and fields; the biblatex manual 3.18, sections 2.1 (entry
types and aliases) and 2.2 (fields, their data types and aliases); the CSL specification 1.0.2, appendices III and IV.
Where other tools disagree about a pair, the nearest reading of these texts was taken.
"""

from __future__ import annotations

from bibkit.fieldmap import FieldRule, Table, TypeRule, types
from bibkit.record import DATE_VARIABLES, NAME_VARIABLES, TYPES, VARIABLES

# ------------------------------------------------------------------------------------------------ entry types

# Read by both dialects. The first rule of a CSL type is what it is written as. A type that comes back as another one
# (@misc is "document") is written with `entrysubtype`, so that it survives.
_COMMON_TYPES = (
    TypeRule("article", "article-journal"),
    TypeRule("book", "book"),
    TypeRule("booklet", "pamphlet"),
    TypeRule("incollection", "chapter"),
    TypeRule("inbook", "chapter", way="read"),
    TypeRule("inproceedings", "paper-conference"),
    TypeRule("conference", "paper-conference", way="read"),
    TypeRule("manual", "book", way="read"),
    TypeRule("misc", "document"),
    TypeRule("proceedings", "book", way="read"),
    TypeRule("unpublished", "manuscript"),
    TypeRule("mvbook", "book", way="read"),
    TypeRule("bookinbook", "chapter", way="read"),
    TypeRule("suppbook", "chapter", way="read"),
    TypeRule("collection", "book", way="read"),
    TypeRule("mvcollection", "book", way="read"),
    TypeRule("suppcollection", "chapter", way="read"),
    TypeRule("mvproceedings", "book", way="read"),
    TypeRule("reference", "book", way="read"),
    TypeRule("mvreference", "book", way="read"),
    TypeRule("suppperiodical", "article-journal", way="read"),
    TypeRule("electronic", "webpage", way="read"),
    TypeRule("www", "webpage", way="read"),
    TypeRule("set", "document", way="read"),
    TypeRule("artwork", "graphic", way="read"),
    TypeRule("bibnote", "document", way="read"),
    TypeRule("commentary", "chapter", way="read"),
    TypeRule("legal", "treaty", way="read"),
    TypeRule("music", "song", way="read"),
    TypeRule("video", "motion_picture", way="read"),
)

# BibLaTeX's own. The classic styles know none of them, so BibTeX reads them but writes @misc.
_BIBLATEX_TYPES = (
    ("dataset", "dataset"),
    ("inreference", "entry-encyclopedia"),
    ("online", "webpage"),
    ("patent", "patent"),
    ("periodical", "periodical"),
    ("software", "software"),
    ("image", "graphic"),
    ("audio", "song"),
    ("jurisdiction", "legal_case"),
    ("legislation", "legislation"),
    ("letter", "personal_communication"),
    ("movie", "motion_picture"),
    ("performance", "performance"),
    ("review", "review"),
    ("standard", "standard"),
)

# CSL types that have no entry type of their own: the nearest one, with `entrysubtype`.
_NEAREST = {
    "article": "article-journal article-magazine article-newspaper",
    "misc": "article collection event figure hearing interview map musical_score broadcast",
    "book": "classic",
    "unpublished": "speech",
}
_NEAREST_BIBLATEX = {
    "inreference": "entry entry-dictionary",
    "online": "post post-weblog",
    "legislation": "bill regulation treaty",
    "review": "review-book",
}
_NEAREST_BIBTEX = {
    "incollection": "entry entry-dictionary entry-encyclopedia",
    "misc": "graphic webpage post post-weblog dataset patent periodical software song legal_case legislation "
    "personal_communication motion_picture performance standard bill regulation treaty",
    "article": "review review-book",
}


def _nearest(*tables: dict[str, str]) -> tuple[TypeRule, ...]:
    return tuple(
        TypeRule(theirs, ours, way="write")
        for table in tables
        for theirs, names in table.items()
        for ours in names.split()
        if ours != "article-journal"
    )


_THESES = (
    TypeRule("phdthesis", "thesis", "PhD thesis"),
    TypeRule("mastersthesis", "thesis", "Master’s thesis"),
)

BIBTEX_TYPES = (
    *_COMMON_TYPES,
    *_THESES,
    TypeRule("thesis", "thesis", way="read"),
    TypeRule("misc", "thesis", way="write"),
    TypeRule("techreport", "report"),
    TypeRule("report", "report", way="read"),
    *(TypeRule(theirs, ours, way="read") for theirs, ours in _BIBLATEX_TYPES),
    *_nearest(_NEAREST, _NEAREST_BIBTEX),
)

BIBLATEX_TYPES = (
    *_COMMON_TYPES,
    *(TypeRule(rule.theirs, rule.ours, rule.genre, "read") for rule in _THESES),
    TypeRule("thesis", "thesis"),
    TypeRule("report", "report"),
    TypeRule("techreport", "report", "Technical report", "read"),
    *(TypeRule(theirs, ours) for theirs, ours in _BIBLATEX_TYPES),
    *_nearest(_NEAREST, _NEAREST_BIBLATEX),
)

# What the styles of each dialect know; other types are read, and written as the nearest of these.
BIBTEX_WRITABLE = types(
    "article book booklet conference inbook incollection inproceedings manual mastersthesis misc phdthesis proceedings "
    "techreport unpublished"
)
BIBLATEX_WRITABLE = frozenset(rule.theirs for rule in BIBLATEX_TYPES) - types(
    "conference electronic www mastersthesis phdthesis techreport"  # aliases (manual 2.1.2)
)

# `entrysubtype` values that people write, beside the names of CSL types.
SUBTYPES = {
    "magazine": "article-magazine",
    "newspaper": "article-newspaper",
    "preprint": "article",
}

# ------------------------------------------------------------------------------------------------ fields

ALL: frozenset[str] = frozenset()  # every type
ARTICLES = types("article-journal article-magazine article-newspaper review review-book periodical")
PARTS = types("chapter paper-conference entry entry-dictionary entry-encyclopedia")
UNPUBLISHED = types("article document pamphlet webpage")  # their publisher is in `howpublished`, which styles print
BOOKS = types("book pamphlet classic collection")
SERIES = BOOKS | PARTS
NUMBERED = TYPES - ARTICLES - SERIES

_ROWS: tuple[tuple[str, str, str, str, frozenset[str]], ...] = (
    # BibLaTeX field, classic BibTeX field, CSL variable, kind, types. The order is the order of the fields written.
    ("author", "author", "author", "names", ALL),
    ("editor", "editor", "editor", "names", ALL),
    ("translator", "translator", "translator", "names", ALL),
    ("bookauthor", "bookauthor", "container-author", "names", ALL),
    ("title", "title", "title", "title", ALL),
    ("shorttitle", "shorttitle", "title-short", "title", ALL),
    ("origtitle", "origtitle", "original-title", "title", ALL),
    ("journaltitle", "journal", "container-title", "title", ARTICLES),
    ("shortjournal", "shortjournal", "container-title-short", "title", ARTICLES),
    ("booktitle", "booktitle", "container-title", "title", ALL),
    ("shortbooktitle", "shortbooktitle", "container-title-short", "title", ALL),
    ("maintitle", "maintitle", "volume-title", "title", ALL),
    ("eventtitle", "eventtitle", "event-title", "title", ALL),
    ("series", "series", "collection-title", "title", ALL),
    ("volume", "volume", "volume", "text", ALL),
    ("number", "number", "issue", "text", ARTICLES),
    ("number", "number", "collection-number", "text", SERIES),
    ("number", "number", "number", "text", NUMBERED),
    ("eid", "eid", "number", "text", ARTICLES),
    ("issue", "issue", "issue", "text", ALL),
    ("part", "part", "part-number", "text", ALL),
    ("chapter", "chapter", "chapter-number", "text", ALL),
    ("edition", "edition", "edition", "text", ALL),
    ("version", "version", "version", "text", ALL),
    ("volumes", "volumes", "number-of-volumes", "text", ALL),
    ("pages", "pages", "page", "pages", ALL),
    ("pagetotal", "pagetotal", "number-of-pages", "pages", ALL),
    ("howpublished", "howpublished", "publisher", "list", UNPUBLISHED),
    ("institution", "school", "publisher", "list", types("thesis")),
    ("institution", "institution", "publisher", "list", types("report")),
    ("publisher", "publisher", "publisher", "list", ALL),
    ("location", "location", "jurisdiction", "list", types("patent")),
    ("location", "address", "publisher-place", "list", TYPES - types("patent")),
    ("origpublisher", "origpublisher", "original-publisher", "list", ALL),
    ("origlocation", "origlocation", "original-publisher-place", "list", ALL),
    ("venue", "venue", "event-place", "text", ALL),
    ("date", "year", "issued", "date", ALL),
    ("eventdate", "eventdate", "event-date", "edtf", ALL),
    ("origdate", "origdate", "original-date", "edtf", ALL),
    ("type", "type", "genre", "genre", ALL),
    ("howpublished", "howpublished", "medium", "text", TYPES - UNPUBLISHED),
    ("pubstate", "pubstate", "status", "text", ALL),
    ("isbn", "isbn", "ISBN", "verbatim", ALL),
    ("issn", "issn", "ISSN", "verbatim", ALL),
    ("doi", "doi", "DOI", "doi", ALL),
    ("eprint", "eprint", "archive_location", "verbatim", ALL),
    ("eprinttype", "archiveprefix", "archive", "text", ALL),
    ("eprintclass", "primaryclass", "extra:bibtex:eprintclass", "raw", ALL),
    ("pmid", "pmid", "PMID", "verbatim", ALL),
    ("pmcid", "pmcid", "PMCID", "verbatim", ALL),
    ("url", "url", "URL", "verbatim", ALL),
    ("urldate", "urldate", "accessed", "edtf", ALL),
    ("library", "library", "call-number", "text", ALL),
    ("langid", "language", "language", "language", ALL),
    ("hyphenation", "hyphenation", "language", "language", ALL),  # what `langid` was called before biblatex 2.0
    ("keywords", "keywords", "keyword", "keywords", ALL),
    ("note", "note", "note", "text", ALL),
    ("annotation", "annote", "annote", "text", ALL),
    ("abstract", "abstract", "abstract", "text", ALL),
)

# Read only: BibLaTeX's own aliases (manual 2.2.5) and what other programs write.
_ALIASES: tuple[tuple[str, str, str, frozenset[str]], ...] = (
    ("journal", "container-title", "title", ARTICLES),
    ("journaltitle", "container-title", "title", ALL),
    ("journal", "container-title", "title", ALL),
    ("school", "publisher", "list", ALL),
    ("institution", "publisher", "list", ALL),
    ("organization", "publisher", "list", ALL),
    ("publisher", "publisher", "list", ALL),
    ("address", "publisher-place", "list", ALL),
    ("location", "publisher-place", "list", ALL),
    ("archiveprefix", "archive", "text", ALL),
    ("eprinttype", "archive", "text", ALL),
    ("primaryclass", "extra:bibtex:eprintclass", "raw", ALL),
    ("eprintclass", "extra:bibtex:eprintclass", "raw", ALL),
    ("annote", "annote", "text", ALL),
    ("annotation", "annote", "text", ALL),
    ("language", "language", "language", ALL),
    ("langid", "language", "language", ALL),
    ("numpages", "number-of-pages", "pages", ALL),
    ("keyword", "keyword", "keywords", ALL),
    ("lccn", "call-number", "text", ALL),
    ("date", "issued", "date", ALL),
    ("year", "issued", "date", ALL),
)

KINDS = frozenset("text title names list pages date edtf verbatim doi genre words language keywords raw".split())


def _rows(column: int) -> tuple[FieldRule, ...]:
    """The rules of a dialect: its column of the table. The classic styles print `type` as it stands."""
    kinds = {"genre": "words"} if column else {}
    return tuple(
        FieldRule((biblatex, classic)[column], ours, kinds.get(kind, kind), only)
        for biblatex, classic, ours, kind, only in _ROWS
    )


def _field_rules(column: int) -> tuple[FieldRule, ...]:
    rows = _rows(column)
    written = {(rule.theirs, rule.ours, rule.types) for rule in rows}
    aliases = tuple(
        FieldRule(theirs, ours, kind, only, way="read")
        for theirs, ours, kind, only in _ALIASES
        if (theirs, ours, only) not in written
    )
    return rows + aliases + _own_names(frozenset(rule.theirs for rule in rows + aliases))


def _own_names(taken: frozenset[str]) -> tuple[FieldRule, ...]:
    """A variable that neither dialect has a field for is written under its own name: styles ignore it, we read it."""
    kinds = {**dict.fromkeys(NAME_VARIABLES, "names"), **dict.fromkeys(DATE_VARIABLES, "edtf")}
    return tuple(
        FieldRule(variable.lower(), variable, kinds.get(variable, "text"))
        for variable in sorted(VARIABLES - {"citation-key"})
        if variable.lower() not in taken
    )


BIBLATEX_TABLE = Table("biblatex", BIBLATEX_TYPES, _field_rules(0))
BIBTEX_TABLE = Table("bibtex", BIBTEX_TYPES, _field_rules(1))

DATE_FIELDS = frozenset({"date", "year", "month", "day"})

# Subtitles are part of the title in CSL: (field, where its title stands).
SUBTITLES = {
    "subtitle": "title",
    "booksubtitle": "booktitle",
    "mainsubtitle": "maintitle",
    "journalsubtitle": "journaltitle",
}

# `editortype`, `editoratype`, ... -> CSL name variable (biblatex manual 2.3.6); CSL's own names are taken as they are.
ROLES = {
    "editor": "editor",
    "compiler": "compiler",
    "director": "director",
    "producer": "producer",
    "organizer": "organizer",
    "founder": "collection-editor",
    "reviser": "contributor",
    "collaborator": "contributor",
    "redactor": "contributor",
    "continuator": "contributor",
}
ROLE_FIELDS = ("editora", "editorb", "editorc")

# Keys of `type` that BibLaTeX localises (manual 4.9.2.13), with the words that they stand for in English.
GENRES = {
    "phdthesis": "PhD thesis",
    "mathesis": "Master’s thesis",
    "bathesis": "Bachelor’s thesis",
    "candthesis": "Candidate thesis",
    "techreport": "Technical report",
    "resreport": "Research report",
    "software": "Computer software",
    "datacd": "Data CD",
    "audiocd": "Audio CD",
    "patent": "Patent",
    "patentde": "German patent",
    "patenteu": "European patent",
    "patentfr": "French patent",
    "patentuk": "British patent",
    "patentus": "U.S. patent",
    "patreq": "Patent request",
    "patreqde": "German patent request",
    "patreqeu": "European patent request",
    "patreqfr": "French patent request",
    "patrequk": "British patent request",
    "patrequs": "U.S. patent request",
}

# Keys of `location` that BibLaTeX localises (manual 4.9.2.19): where a patent holds.
COUNTRIES = {
    "countryde": "Germany",
    "countryeu": "European Union",
    "countryep": "European Union",
    "countryfr": "France",
    "countryuk": "United Kingdom",
    "countryus": "United States of America",
}

# babel's names of languages (biblatex manual 3.1, table 2) -> BCP 47. The first name of a tag is what is written.
LANGUAGES = {
    "american": "en-US",
    "british": "en-GB",
    "english": "en",
    "usenglish": "en-US",
    "ukenglish": "en-GB",
    "canadian": "en-CA",
    "australian": "en-AU",
    "newzealand": "en-NZ",
    "ngerman": "de-DE",
    "german": "de",
    "naustrian": "de-AT",
    "austrian": "de-AT",
    "nswissgerman": "de-CH",
    "swissgerman": "de-CH",
    "french": "fr",
    "francais": "fr",
    "frenchb": "fr",
    "canadien": "fr-CA",
    "acadian": "fr-CA",
    "afrikaans": "af",
    "arabic": "ar",
    "basque": "eu",
    "bulgarian": "bg",
    "catalan": "ca",
    "chinese": "zh",
    "croatian": "hr",
    "czech": "cs",
    "danish": "da",
    "dutch": "nl",
    "estonian": "et",
    "finnish": "fi",
    "galician": "gl",
    "greek": "el",
    "hebrew": "he",
    "hungarian": "hu",
    "icelandic": "is",
    "irish": "ga",
    "italian": "it",
    "japanese": "ja",
    "korean": "ko",
    "latin": "la",
    "latvian": "lv",
    "lithuanian": "lt",
    "norwegian": "no",
    "norsk": "nb",
    "nynorsk": "nn",
    "persian": "fa",
    "polish": "pl",
    "portuguese": "pt",
    "brazil": "pt-BR",
    "brazilian": "pt-BR",
    "portuges": "pt-PT",
    "romanian": "ro",
    "russian": "ru",
    "serbian": "sr",
    "slovak": "sk",
    "slovene": "sl",
    "slovenian": "sl",
    "spanish": "es",
    "swedish": "sv",
    "turkish": "tr",
    "ukrainian": "uk",
    "vietnamese": "vi",
    "welsh": "cy",
}

# ------------------------------------------------------------------------------------------------ inheritance

# Fields that no entry inherits (biblatex manual, appendix B).
NOT_INHERITED = frozenset(
    """
    ids crossref xref xdata entryset entrysubtype execute label options presort related relatedoptions relatedstring
    relatedtype shorthand shorthandintro sortkey keywords abstract annotation annote
    """.split()
)

_IN_BOOK = frozenset({"inbook", "bookinbook", "suppbook"})
_IN_COLLECTION = frozenset({"incollection", "suppcollection"})
_VOLUMES = {
    "mvbook": _IN_BOOK | {"book"},
    "mvcollection": _IN_COLLECTION | {"collection"},
    "mvreference": frozenset({"reference", "inreference"}),
    "mvproceedings": frozenset({"proceedings", "inproceedings"}),
}
_WHOLES = {
    "book": _IN_BOOK | _IN_COLLECTION,
    "collection": _IN_COLLECTION,
    "reference": frozenset({"inreference"}),
    "proceedings": frozenset({"inproceedings", "conference"}),
}
_PERIODICALS = {"periodical": frozenset({"article", "suppperiodical"})}
_TITLES = frozenset({"title", "subtitle", "titleaddon"})
_LOST_TITLES = frozenset({"shorttitle", "sorttitle", "indextitle", "indexsorttitle"})


def inherited_names(field: str, parent: str, child: str) -> tuple[str, ...]:
    """Under which names a child entry inherits a parent's field (biblatex manual, appendix B); none for not at all."""
    if field in NOT_INHERITED:
        return ()
    for table, prefix in ((_VOLUMES, "main"), (_WHOLES, "book"), (_PERIODICALS, "journal")):
        if child not in table.get(parent, ()):
            continue
        if field in _TITLES:
            return (prefix + field,)
        if field == "author" and child in _IN_BOOK:
            return ("author", "bookauthor")
        return () if field in _LOST_TITLES else (field,)
    return (field,)
