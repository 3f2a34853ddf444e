"""Fields that programs and services put into BibTeX files for themselves. They are no faults.

Names are as these programs write them, in lower case; facts about their exports, by program.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from bibkit.checks.model_tables import BIBLATEX_FIELDS, CLASSIC_FIELDS, OTHER_WORDS
from bibkit.record import VARIABLES

PROGRAMS: Mapping[str, str] = {
    "ACM": "acmid articleno issue_date numpages preprint",
    "ADS": "adsurl adsnote adsbibcode bibcode eid slaccitation",
    "al-folio": """
        abbr additional_info altmetric arxiv award award_name bibtex_show blog code dimensions google_scholar_id html
        inspirehep_id poster preview selected slides supp video website""",
    "archives of preprints": "archive archiveprefix arxiv arxivid eprint eprintid primaryclass",
    "BibDesk": "cited-by date-added date-modified local-url rating read rss-description webpdf",
    "BibSonomy": "added-at biburl description groups interhash intrahash privnote username",
    "BibTeX collections": "acknowledgement bibdate bibsource book-url issn-l journal-url remark xxnote fixme",
    "BibTeX styles": "collaboration eid issn isbn lccn language nationality numpages url urldate lastchecked version",
    "CiteULike": "comment posted-at priority",
    "Crossref and DataCite": "copyright publisher-place subject license prefix member source assertion",
    "DBLP": "bibsource biburl cdrom cite ee editor timestamp www",
    "EndNote": "accession custom1 custom2 custom3 keyword label refman research-notes shortbooktitle",
    "Google Scholar": "organization",
    "HAL": "affiliation hal_id hal_local_reference hal_version pdf",
    "IEEE": "assignee dayfiled intype monthfiled revision yearfiled day keyword",
    "INSPIRE": "reportnumber slaccitation texkey",
    "JabRef": """
        bibtexkey citationkey comment creationdate entrytype file folder groups icoreranking citationcount howcited
        modificationdate owner pdf printed priority ps qualityassured ranking readstatus relevance review
        search timestamp
        urldate __markedentry markedentry""",
    "JSTOR": "copyright jstor_articletype jstor_formatteddate jstor_issuetitle",
    "KBibTeX": "localfile",
    "MathSciNet": """
        coden fjournal mrclass mrnumber mrreviewer review sjournal mr msc""",
    "Mendeley": "arxivid file mendeley-groups mendeley-tags pmid",
    "Papers": "affiliation rating read uri",
    "PubMed": "medline-pst nlmuniqueid pii pmc pmcid pmid",
    "RefWorks": "abstract descriptors identifier personal_notes",
    "Scopus": """
        abbrev_source_title abbrev_source art_number author_keywords author_address chemicals_cas cited_by coden
        correspondence_address correspondence_address1 document_type editor funding_details funding_text index_keywords
        manufacturers note page_count publication_stage references source sponsors tradenames""",
    "Springer": "day prefix",
    "theses": "advisor supervisor",
    "Web of Science": """
        affiliation affiliations article-number author-email book-group-author cited-references da doc-delivery-number
        early-access-date earlyaccessdate eissn funding-acknowledgement funding-text isi journal-iso
        keywords-plus meeting
        number-of-cited-references oa orcid-numbers organization research-areas researcherid-numbers times-cited
        unique-id usage-count-last-180-days usage-count-since-2013 web-of-science-categories web-of-science-index""",
    "zbMATH": "classmath fjournal msc2010 msc2020 zbl zblnumber zbmath",
    "Zotero and Better BibTeX": """
        annotation citation-key collaborator copyright eventtitle extra issn journalabbreviation keywords langid lccn
        nationality rights shortjournal shorttitle urldate""",
    # No program's, and still no slip: what many keep for themselves.
    "people": """
        acceptance accepted acronym annote bibkey category categories citations cites code comments
        contentnote contents
        data dataset date_accessed demo doc download entrydate errata fulltext genre grant hidden http image impact
        impactfactor isbn-10 isbn-13 isbn10 isbn13 keyword keys lang lastaccessed link links location media missinginfo
        mynote mykey myurl notes orcid number_of_pages online page_count paper pdfurl place presentation project
        published pubtype rank received remarks revised shortname signature site size slideshare sort status
        submitted summary tag tags talk text thumbnail topic topics website urlpaper urlpdf www""",
}
_PREFIXES = tuple(
    """
    abbr- alt bdsk- bib2html bibbase bibtex- bibtex_ citeulike- comment- comment_ ctl file- file_ funding funding-
    jstor_ local- mendeley- my opt papers pubmed- rss- url- url_ urln user wos- www_ www- x- x_ xx zotero- _ -
    """.split()
)
_END = re.compile(r"[-_.+]?\d{1,9}\Z")


@cache
def known() -> frozenset[str]:
    """Every field that a dialect, a program or this one has a use for."""
    programs = " ".join(PROGRAMS.values()).split()
    ours = frozenset(name.lower() for name in VARIABLES)
    return (CLASSIC_FIELDS | BIBLATEX_FIELDS | frozenset(programs) | ours) - OTHER_WORDS.keys()


def is_known(name: str) -> bool:
    """Whether somebody has a use for a field of this name, also as one of several: `url`, `url2`, `OPTurl`."""
    return name in known() or name.startswith(_PREFIXES) or _END.sub("", name) in known()


# What Crossref and DataCite add to CSL-JSON, and what citeproc and its hosts keep in items.
CSL_MEMBERS = frozenset(
    """
    alternative-id archive-location article-number assertion author-note categories clinical-trial-number container-url
    content-domain content-created content-updated copyright created custom degree deposited description free-to-read
    funder group-title indexed institution is-referenced-by-count isbn-type issn-type issue-title journal-issue license
    link locale member note original-title posted prefix published published-online published-other published-print
    published-content reference reference-count references-count relation resource review score short-container-title
    short-title source special_numbering standards-body subject subtitle system_id uncategorized
    update-policy update-to
    updated-by version volume-title-short xml-lang
    """.split()
)
