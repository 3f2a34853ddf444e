"""Facts about CSL-JSON: where its schema and its writers differ from the specification.

Sources: CSL specification 1.0.2, appendices III and IV; its schema `csl-data.json`, which has some variables under
other names and leaves two out; CSL 1.0.1 for the older names; the types of Crossref's REST API.
"""

from __future__ import annotations

from bibkit.record import DATE_VARIABLES, NAME_VARIABLES, TEXT_VARIABLES

# Spellings that are read as our variable where it is not given itself: CSL 1.0.1 and the schema's own names.
SYNONYMS = {
    "journalAbbreviation": "container-title-short",
    "shortTitle": "title-short",
    "event": "event-title",
    "part": "part-number",
    "printing": "printing-number",
    "supplement": "supplement-number",
}
# Variables of the specification that the schema has under another name.
SCHEMA_NAMES = {"part-number": "part", "printing-number": "printing", "supplement-number": "supplement"}
# Variables of the specification that the schema does not allow: they are members of `custom`.
NOT_IN_SCHEMA = frozenset({"editor-translator", "license"})
# What the schema allows and the specification does not name: kept as `extra["csl:..."]`.
SCHEMA_ONLY = {"categories": list, "volume-title-short": str}

# Types that are no CSL 1.0.2: Crossref's, and what older Zotero and citeproc-js had.
_TYPE_SYNONYMS = {
    "article": "posted-content preprint",
    "article-journal": "journal-article",
    "book": "book-series book-set edited-book monograph proceedings reference-book",
    "chapter": "book-chapter book-part book-section",
    "entry": "reference-entry",
    "legal_case": "legal-case",
    "motion_picture": "motion-picture",
    "musical_score": "musical-score",
    "paper-conference": "proceedings-article",
    "periodical": "journal journal-issue journal-volume",
    "personal_communication": "personal-communication",
    "post-weblog": "blog-post",
    "report": "report-component report-series",
    "review": "peer-review",
    "software": "computer-program",
    "thesis": "dissertation",
}
TYPE_SYNONYMS = {theirs: ours for ours, listed in _TYPE_SYNONYMS.items() for theirs in listed.split()}

# The members of an item in the order in which they are written.
_TEXTS = sorted(TEXT_VARIABLES | SYNONYMS.keys() | {"volume-title-short"}, key=str.lower)
ORDER = tuple(
    dict.fromkeys(
        (
            *("id", "citation-key", "type", "title"),
            *sorted(NAME_VARIABLES),
            *sorted(DATE_VARIABLES),
            *_TEXTS,
            *("keyword", "categories", "custom"),
        )
    )
)
