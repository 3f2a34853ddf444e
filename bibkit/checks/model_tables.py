"""Facts about entry types: what each needs and uses, in BibTeX and in BibLaTeX; and what the two call by other names.

Sources: "BibTeXing" (btxdoc, 1988), section 3.1, for the classic types; the biblatex manual, sections 2.1.1 to 2.1.3
(types, with what they require) and 2.2 (fields). Where a style says only that it warns, the field counts as needed.
"""

from __future__ import annotations

from collections.abc import Mapping

Groups = tuple[tuple[str, ...], ...]  # each is one thing that is needed, as alternatives

# ------------------------------------------------------------------------------------------------ types

CLASSIC_TYPES = frozenset(
    """
    article book booklet conference inbook incollection inproceedings manual mastersthesis misc phdthesis proceedings
    techreport unpublished
    """.split()
)

# BibLaTeX's legacy names (manual 2.1.2): the type that each stands for.
TYPE_ALIASES: Mapping[str, str] = {
    "conference": "inproceedings",
    "electronic": "online",
    "mastersthesis": "thesis",
    "phdthesis": "thesis",
    "techreport": "report",
    "www": "online",
}

BIBLATEX_TYPES = frozenset(
    """
    article artwork audio bibnote book bookinbook booklet collection commentary customa customb customc customd custome
    customf dataset image inbook incollection inproceedings inreference jurisdiction legal legislation
    letter manual misc
    movie music mvbook mvcollection mvproceedings mvreference online patent performance periodical
    proceedings reference
    report review set software standard suppbook suppcollection suppperiodical thesis unpublished video xdata
    """.split()
)

# Types of single styles, by who has them.
STYLE_TYPES: Mapping[str, frozenset[str]] = {
    style: frozenset(names.split())
    for style, names in {
        "IEEEtran": "electronic patent periodical standard ieeetranbstctl",
        "REVTeX": "control",
        "ACM Reference Format": "artifactsoftware artifactdataset game online presentation software underreview video",
        "biblatex-software": "softwaremodule softwareversion codefragment",
        "biblatex-apa": "constitution legadminmaterial legmaterial nameonly presentation",
        "biblatex-chicago": "artwork customc image music review standard video",
        "Mendeley and BibDesk": "webpage",
        "achemso": "ctrl achemso-control",
        "elsarticle and others": "comment",
        "classic German styles": "diplomathesis diplomthesis bachelorsthesis",
    }.items()
}
KNOWN_TYPES = CLASSIC_TYPES | BIBLATEX_TYPES | TYPE_ALIASES.keys() | frozenset().union(*STYLE_TYPES.values())

# What no classic style in wide use has a function for, and the classic type that stands for it.
ONLY_BIBLATEX: Mapping[str, str] = {
    "bookinbook": "inbook",
    "collection": "book",
    "inreference": "incollection",
    "mvbook": "book",
    "mvcollection": "book",
    "mvproceedings": "proceedings",
    "mvreference": "book",
    "reference": "book",
    "report": "techreport",
    "suppbook": "inbook",
    "suppcollection": "incollection",
    "suppperiodical": "article",
    "thesis": "",  # by what `type` says
}
# … and what some of them have.
IN_SOME_STYLES: Mapping[str, str] = {
    **dict.fromkeys(("dataset", "electronic", "online", "patent", "software", "standard", "video", "www"), "misc"),
    "periodical": "",
}
THESES: Mapping[str, str] = {
    "phdthesis": "phdthesis",
    "phd thesis": "phdthesis",
    "ph.d. thesis": "phdthesis",
    "doctoral dissertation": "phdthesis",
    "dissertation": "phdthesis",
    "mathesis": "mastersthesis",
    "master's thesis": "mastersthesis",
    "master thesis": "mastersthesis",
    "masters thesis": "mastersthesis",
}

# ------------------------------------------------------------------------------------------------ what is needed

# The same thing under another name, or what says that there is none: a work without author has a `key` to sort it by.
_STANDS_FOR: Mapping[str, tuple[str, ...]] = {
    "author": tuple(
        "author key sortkey sortname shorthand label organization holder collaboration namea editora".split()
    ),
    "editor": tuple("editor key sortkey sortname label organization editora editorb namea shorteditor".split()),
    "year": ("year", "date", "pubstate"),
    "journal": ("journal", "journaltitle"),
    "school": ("school", "institution"),
    "institution": ("institution", "school"),
    "url": ("url", "doi", "eprint", "howpublished"),
    "title": ("title", "maintitle", "issuetitle"),
}

_CLASSIC = """
article: author title journal year
book: author/editor title publisher year
booklet: title
inbook: author/editor title chapter/pages/booktitle publisher year
incollection: author title booktitle publisher year
inproceedings: author title booktitle year
manual: title
mastersthesis: author title school year
misc: title/author/howpublished/note/url/doi
phdthesis: author title school year
proceedings: title year
techreport: author title institution year
unpublished: author title note
"""
_BIBLATEX = """
article: author/editor title journal year
book mvbook: author/editor title year
inbook bookinbook suppbook: author/editor title booktitle year
booklet: author/editor title year
collection mvcollection: author/editor title year
reference mvreference: title year
incollection suppcollection: author/editor title booktitle year
inreference: title booktitle year
dataset software misc: title
manual: title
online: title url
patent: title number
proceedings mvproceedings: title year
inproceedings: author/editor title booktitle year
report: author/editor title institution year
thesis: author title type institution year
unpublished: author/editor title
periodical: title
set: entryset
"""
# What in BibLaTeX is a sign of a work without author, or stands in for an institution in some of its styles.
_INSTEAD: Mapping[str, tuple[str, ...]] = {
    "author": ("titleaddon", "shorttitle", "entrysubtype"),
    "institution": ("organization",),
}


def _groups(words: str, instead: Mapping[str, tuple[str, ...]]) -> Groups:
    def names(word: str) -> tuple[str, ...]:
        return _STANDS_FOR.get(word, (word,)) + instead.get(word, ())

    return tuple(
        tuple(dict.fromkeys(name for first in word.split("/") for name in names(first))) for word in words.split()
    )


def _needs(table: str, instead: Mapping[str, tuple[str, ...]]) -> dict[str, Groups]:
    rows = (line.split(":") for line in table.strip().splitlines())
    return {kind: _groups(words, instead) for kinds, words in rows for kind in kinds.split()}


def _aliased(table: dict[str, Groups]) -> dict[str, Groups]:
    """What aliases need is what their target needs; those of theses and reports say of which type they are."""
    theirs = {
        alias: tuple(group for group in table.get(target, ()) if group != ("type",))
        for alias, target in TYPE_ALIASES.items()
    }
    return {**theirs, **table}


NEEDS: Mapping[str, Mapping[str, Groups]] = {
    "bibtex": _aliased({**_needs(_BIBLATEX, _INSTEAD), **_needs(_CLASSIC, {})}),
    "biblatex": _aliased(_needs(_BIBLATEX, _INSTEAD)),
}

# Where what is missing often stands instead, in a field that this type does not print.
MISPLACED: Mapping[str, str] = {"journal": "booktitle", "booktitle": "journal", "institution": "publisher"}

# ------------------------------------------------------------------------------------------------ what is used

_EVERY = """
author title subtitle titleaddon year month date note url urldate doi eprint eprinttype eprintclass archiveprefix
primaryclass abstract keywords language annotation annote pubstate shorttitle crossref
"""
_BOOKS = """
editor publisher address location edition volume number series isbn volumes translator pagetotal introduction foreword
"""
_PARTS = f"{_BOOKS} booktitle booksubtitle chapter pages"
_USES = {
    "article": "journal journaltitle volume number pages issue issn series editor translator",
    "book": f"{_BOOKS} chapter pages",
    "booklet": "howpublished address location pages",
    "inbook": _PARTS,
    "incollection": _PARTS,
    "inproceedings": f"{_PARTS} organization eventtitle eventdate venue",
    "manual": "organization address location edition version publisher isbn",
    "misc": "howpublished organization version type",
    "online": "organization version",
    "proceedings": f"{_BOOKS} organization eventtitle eventdate venue",
    "report": "institution type number address location version pages",
    "thesis": "school institution type address location pages",
    "unpublished": "howpublished eventtitle eventdate venue",
    "patent": "number holder location type",
    "periodical": "editor volume number issue issn series",
}
_LIKE: Mapping[str, str] = {
    **TYPE_ALIASES,
    **dict.fromkeys(("mvbook", "collection", "mvcollection", "reference", "mvreference"), "book"),
    **dict.fromkeys(("bookinbook", "suppbook"), "inbook"),
    **dict.fromkeys(("suppcollection", "inreference"), "incollection"),
    "mvproceedings": "proceedings",
    "suppperiodical": "article",
    "dataset": "misc",
    "software": "misc",
}
USES: Mapping[str, frozenset[str]] = {
    kind: frozenset(f"{_EVERY} {_USES[_LIKE.get(kind, kind)]}".split()) for kind in (*_USES, *_LIKE)
}

# Two names of one thing: where one is given, the other is not missing.
EQUALS: Mapping[str, str] = {
    one: other
    for pair in (
        ("journal", "journaltitle"),
        ("year", "date"),
        ("school", "institution"),
        ("address", "location"),
        ("archiveprefix", "eprinttype"),
        ("primaryclass", "eprintclass"),
        ("annote", "annotation"),
    )
    for one, other in (pair, pair[::-1])
}

# What people write for fields by another word, or in another language. None of it is read by any program.
OTHER_WORDS: Mapping[str, str] = {
    "page": "pages",
    "vol": "volume",
    "num": "number",
    "numero": "number",
    "autor": "author",
    "autores": "author",
    "auteur": "author",
    "titel": "title",
    "titre": "title",
    "titulo": "title",
    "jahr": "year",
    "annee": "year",
    "seiten": "pages",
    "verlag": "publisher",
    "editorial": "publisher",
    "revista": "journal",
    "zeitschrift": "journal",
    "organisation": "organization",
    "jour": "journal",
    "journ": "journal",
}

# ------------------------------------------------------------------------------------------------ fields

CLASSIC_FIELDS = frozenset(
    """
    address annote author booktitle chapter crossref edition editor howpublished institution journal key month note
    number organization pages publisher school series title type volume year
    """.split()
)
_DATE_PARTS = """
year month day hour minute second timezone yeardivision endyear endmonth endday endhour endminute endsecond endtimezone
endyeardivision
""".split()
BIBLATEX_FIELDS = frozenset(
    [f"{prefix}{part}" for prefix in ("", "event", "orig", "url") for part in (*_DATE_PARTS, "date")]
) | frozenset(
    """
    abstract addendum afterword annotation annotator author authortype bookauthor bookpagination booksubtitle booktitle
    booktitleaddon chapter commentator crossref doi edition editor editora editoratype editorb editorbtype editorc
    editorctype editortype eid entryset entrysubtype eprint eprintclass eprinttype eventtitle
    eventtitleaddon execute file
    foreword gender holder howpublished hyphenation ids indexsorttitle indextitle institution introduction
    isan isbn ismn
    isrn issn issue issuesubtitle issuetitle issuetitleaddon iswc journalsubtitle journaltitle
    journaltitleaddon keywords
    label langid langidopts language library lista listb listc listd liste listf location mainsubtitle maintitle
    maintitleaddon namea nameaddon nameatype nameb namebtype namec namectype note number options
    organization origlanguage
    origlocation origpublisher origtitle pages pagetotal pagination part pdf presort publisher pubstate related
    relatedoptions relatedstring relatedtype reprinttitle series shortauthor shorteditor shorthand shorthandintro
    shortjournal shortseries shorttitle sortkey sortname sortshorthand sorttitle sortyear subtitle title titleaddon
    translator type url usera userb userc userd usere userf venue verba verbb verbc version volume volumes xdata xref
    """.split()
)
