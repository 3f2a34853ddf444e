"""Facts about Zotero's items: types, fields, base fields and creators, as tables for both directions.

Source: Zotero's data model (schema version 41), in which many a field of one type is a form of another one, its base
field (`bookTitle` of `publicationTitle`), and which says what is which CSL type, variable and name variable.
"""

from __future__ import annotations

from bibkit.fieldmap import FieldRule, Table, TypeRule

# ------------------------------------------------------------------------------------------------ item types

# CSL type -> item types; the first one is what the type is written as.
_TYPES = {
    "article": "preprint",
    "article-journal": "journalArticle",
    "article-magazine": "magazineArticle",
    "article-newspaper": "newspaperArticle",
    "bill": "bill",
    "book": "book",
    "broadcast": "podcast tvBroadcast radioBroadcast",
    "chapter": "bookSection",
    "dataset": "dataset",
    "document": "document attachment note annotation",
    "entry-dictionary": "dictionaryEntry",
    "entry-encyclopedia": "encyclopediaArticle",
    "graphic": "artwork",
    "hearing": "hearing",
    "interview": "interview",
    "legal_case": "case",
    "legislation": "statute",
    "manuscript": "manuscript",
    "map": "map",
    "motion_picture": "film videoRecording",
    "paper-conference": "conferencePaper",
    "patent": "patent",
    "personal_communication": "letter email instantMessage",
    "post": "forumPost",
    "post-weblog": "blogPost",
    "report": "report",
    "software": "computerProgram",
    "song": "audioRecording",
    "speech": "presentation",
    "standard": "standard",
    "thesis": "thesis",
    "webpage": "webpage",
}
# CSL types without an item type: the nearest one, with a line `Type: …` in Extra.
NEAREST = {
    "classic": "book",
    "collection": "book",
    "entry": "encyclopediaArticle",
    "event": "presentation",
    "figure": "artwork",
    "musical_score": "book",
    "pamphlet": "book",
    "performance": "presentation",
    "periodical": "book",
    "regulation": "statute",
    "review": "journalArticle",
    "review-book": "journalArticle",
    "treaty": "statute",
}
CHILDREN = frozenset({"attachment", "note", "annotation"})

TYPE_RULES = (
    *(TypeRule(names.split()[0], ours) for ours, names in _TYPES.items()),
    *(TypeRule(name, ours, way="read") for ours, names in _TYPES.items() for name in names.split()[1:]),
    *(TypeRule(name, ours, way="write") for ours, name in NEAREST.items()),
)

# ------------------------------------------------------------------------------------------------ fields

_EVERY = "abstractNote DOI citationKey url accessDate shortTitle language rights extra"
_LIBRARY = "archive archiveLocation libraryCatalog callNumber"
_SERIAL = "publicationTitle publisher place date volume issue"
_BOOKISH = "series seriesNumber volume numberOfVolumes edition date publisher place"
_ORIGINAL = "originalDate originalPublisher originalPlace format"

# The fields of each item type, in the order in which Zotero shows them, without those that all or most types have.
_OWN = {
    "annotation": "",
    "artwork": "title artworkMedium artworkSize date eventPlace",
    "attachment": "title",
    "audioRecording": "title audioRecordingFormat seriesTitle volume numberOfVolumes label place date runningTime ISBN",
    "bill": "title billNumber code codeVolume section codePages legislativeBody session history date",
    "blogPost": "title blogTitle websiteType date ISSN",
    "book": f"title {_BOOKISH} {_ORIGINAL} numPages ISBN ISSN",
    "bookSection": f"title bookTitle {_BOOKISH} {_ORIGINAL} pages ISBN ISSN",
    "case": "caseName court dateDecided docketNumber reporter reporterVolume firstPage history",
    "computerProgram": "title seriesTitle versionNumber date system company place programmingLanguage ISBN",
    "conferencePaper": "title proceedingsTitle conferenceName publisher place date eventPlace volume issue"
    " numberOfVolumes pages series seriesNumber ISBN ISSN",
    "dataset": "title identifier type versionNumber date repository repositoryLocation format",
    "dictionaryEntry": f"title dictionaryTitle {_BOOKISH} pages ISBN",
    "document": "title type date publisher place",
    "email": "subject date",
    "encyclopediaArticle": f"title encyclopediaTitle {_BOOKISH} pages ISBN",
    "film": "title distributor place date genre videoRecordingFormat runningTime",
    "forumPost": "title forumTitle postType date",
    "hearing": "title committee publisher numberOfVolumes documentNumber pages legislativeBody session history date"
    " place",
    "instantMessage": "title date",
    "interview": "title interviewMedium date publisher place",
    "journalArticle": f"title {_SERIAL} section partNumber partTitle pages series seriesTitle seriesText"
    " journalAbbreviation PMID PMCID ISSN",
    "letter": "title letterType date eventPlace",
    "magazineArticle": f"title {_SERIAL} pages ISSN",
    "manuscript": "title manuscriptType institution place date numPages number",
    "map": "title mapType scale seriesTitle edition publisher place date ISBN",
    "newspaperArticle": f"title {_SERIAL} edition section pages ISSN",
    "note": "",
    "patent": "title place country assignee issuingAuthority patentNumber filingDate pages applicationNumber"
    " priorityNumbers issueDate priorityDate references legalStatus",
    "podcast": "title seriesTitle episodeNumber audioFileType date publisher place runningTime",
    "preprint": "title genre repository archiveID place date series seriesNumber",
    "presentation": "title presentationType date meetingName place series sessionTitle",
    "radioBroadcast": "title programTitle episodeNumber audioRecordingFormat network place date runningTime",
    "report": "title reportNumber reportType institution place date seriesTitle seriesNumber pages ISBN ISSN",
    "standard": "title organization committee type number versionNumber edition status date publisher place partNumber"
    " partTitle ISBN numPages",
    "statute": "nameOfAct code codeNumber publicLawNumber dateEnacted pages section session history",
    "thesis": "title thesisType university place date series seriesNumber numPages ISBN ISSN",
    "tvBroadcast": "title programTitle episodeNumber videoRecordingFormat network place date runningTime",
    "videoRecording": "title videoRecordingFormat seriesTitle volume numberOfVolumes studio place date runningTime"
    " ISBN",
    "webpage": "title websiteTitle websiteType date publisher place",
}
_WITHOUT = {
    "language": "computerProgram",
    **dict.fromkeys(
        _LIBRARY.split(),
        "bill blogPost case email forumPost hearing instantMessage patent podcast presentation statute webpage",
    ),
}  # field -> the types that do not have it
_CHILD_FIELDS = {"attachment": "accessDate url", "annotation": "", "note": ""}


def _fields(kind: str) -> tuple[str, ...]:
    rest = _CHILD_FIELDS.get(kind, f"{_EVERY} {_LIBRARY}").split()
    return (*_OWN[kind].split(), *(name for name in rest if kind not in _WITHOUT.get(name, "").split()))


FIELDS = {kind: _fields(kind) for kind in _OWN}

_BASES = {
    "authority": "court issuingAuthority legislativeBody organization",
    "date": "dateDecided dateEnacted issueDate",
    "medium": "artworkMedium audioFileType audioRecordingFormat format interviewMedium videoRecordingFormat",
    "number": "archiveID billNumber docketNumber documentNumber episodeNumber identifier patentNumber publicLawNumber"
    " reportNumber",
    "originalDate": "priorityDate",
    "pages": "codePages firstPage",
    "place": "repositoryLocation",
    "publicationTitle": "blogTitle bookTitle dictionaryTitle encyclopediaTitle forumTitle proceedingsTitle programTitle"
    " sessionTitle websiteTitle",
    "publisher": "company distributor institution label network repository studio university",
    "status": "legalStatus",
    "title": "caseName nameOfAct subject",
    "type": "genre letterType manuscriptType mapType postType presentationType reportType thesisType websiteType",
    "volume": "codeVolume reporterVolume",
}
BASE = {field: base for base, listed in _BASES.items() for field in listed.split()}  # field -> its base field

# Base field -> CSL variable. Of two fields for one variable, the one that comes first here goes before.
_VARIABLES = {
    "title": "title",
    "abstractNote": "abstract",
    "publicationTitle": "container-title",
    "reporter": "container-title",
    "code": "container-title",
    "journalAbbreviation": "container-title-short",
    "shortTitle": "title-short",
    "seriesTitle": "collection-title",
    "series": "collection-title",
    "seriesNumber": "collection-number",
    "volume": "volume",
    "codeNumber": "volume",
    "numberOfVolumes": "number-of-volumes",
    "issue": "issue",
    "priorityNumbers": "issue",
    "section": "section",
    "committee": "section",
    "partNumber": "part-number",
    "partTitle": "part-title",
    "pages": "page",
    "numPages": "number-of-pages",
    "edition": "edition",
    "number": "number",
    "versionNumber": "version",
    "session": "chapter-number",
    "type": "genre",
    "programmingLanguage": "genre",
    "medium": "medium",
    "system": "medium",
    "artworkSize": "dimensions",
    "runningTime": "dimensions",
    "scale": "scale",
    "publisher": "publisher",
    "place": "publisher-place",
    "originalPublisher": "original-publisher",
    "originalPlace": "original-publisher-place",
    "meetingName": "event-title",
    "conferenceName": "event-title",
    "eventPlace": "event-place",
    "authority": "authority",
    "history": "references",
    "references": "references",
    "status": "status",
    "DOI": "DOI",
    "ISBN": "ISBN",
    "ISSN": "ISSN",
    "PMID": "PMID",
    "PMCID": "PMCID",
    "url": "URL",
    "language": "language",
    "rights": "license",
    "archive": "archive",
    "archiveLocation": "archive_location",
    "libraryCatalog": "source",
    "callNumber": "call-number",
    "applicationNumber": "call-number",
    "date": "issued",
    "accessDate": "accessed",
    "filingDate": "submitted",
    "originalDate": "original-date",
}
_DATES = frozenset({"issued", "accessed", "submitted", "original-date"})
# Zotero's own writer of CSL takes the place of these as that of an event.
_PLACE_OF_EVENT = frozenset({"audioRecording", "presentation", "videoRecording"})


def _rules() -> tuple[FieldRule, ...]:
    found: list[FieldRule] = []
    for base, variable in _VARIABLES.items():
        kind = "date" if variable in _DATES else "text"
        for field in (base, *_BASES.get(base, "").split()):
            holders = frozenset(name for name, fields in FIELDS.items() if field in fields)
            if field == "place":
                found.append(FieldRule("place", "event-place", kind, their_types=_PLACE_OF_EVENT))
                holders -= _PLACE_OF_EVENT
            if holders:
                found.append(FieldRule(field, variable, kind, their_types=holders))
    return tuple(found)


TABLE = Table("zotero-json", TYPE_RULES, _rules())
KINDS = frozenset({"text", "date"})

# ------------------------------------------------------------------------------------------------ creators

# The creators of each item type; the first one is the primary one.
CREATORS = {
    kind: tuple(listed.split())
    for kind, listed in {
        "artwork": "artist contributor",
        "audioRecording": "performer originalCreator composer wordsBy translator contributor",
        "bill": "sponsor cosponsor contributor",
        "blogPost": "author translator commenter contributor",
        "book": "author editor translator seriesEditor contributor",
        "bookSection": "author editor bookAuthor translator seriesEditor contributor",
        "case": "author counsel contributor",
        "computerProgram": "programmer contributor",
        "conferencePaper": "author editor translator seriesEditor contributor",
        "dataset": "author contributor",
        "dictionaryEntry": "author editor translator seriesEditor contributor",
        "document": "author editor translator reviewedAuthor contributor",
        "email": "author recipient translator contributor",
        "encyclopediaArticle": "author editor translator seriesEditor contributor",
        "film": "director producer scriptwriter castMember host guest narrator translator contributor",
        "forumPost": "author contributor",
        "hearing": "contributor",
        "instantMessage": "author recipient contributor",
        "interview": "interviewee interviewer translator contributor",
        "journalArticle": "author editor translator reviewedAuthor contributor",
        "letter": "author recipient translator contributor",
        "magazineArticle": "author translator reviewedAuthor contributor",
        "manuscript": "author translator contributor",
        "map": "cartographer seriesEditor contributor",
        "newspaperArticle": "author translator reviewedAuthor contributor",
        "patent": "inventor attorneyAgent contributor",
        "podcast": "podcaster guest producer executiveProducer seriesCreator director scriptwriter castMember"
        " translator contributor",
        "preprint": "author editor translator reviewedAuthor contributor",
        "presentation": "presenter chair organizer translator contributor",
        "radioBroadcast": "creator host guest producer executiveProducer seriesCreator director scriptwriter castMember"
        " translator contributor",
        "report": "author editor translator seriesEditor contributor",
        "standard": "author editor contributor",
        "statute": "author contributor",
        "thesis": "author contributor",
        "tvBroadcast": "director producer executiveProducer seriesCreator scriptwriter castMember host guest narrator"
        " translator contributor",
        "videoRecording": "creator director producer scriptwriter executiveProducer castMember host guest narrator"
        " translator contributor",
        "webpage": "author translator contributor",
    }.items()
}
_ROLES = {
    "bookAuthor": "container-author",
    "castMember": "performer",
    "creator": "author",
    "executiveProducer": "executive-producer",
    "originalCreator": "original-author",
    "podcaster": "host",
    "reviewedAuthor": "reviewed-author",
    "scriptwriter": "script-writer",
    "seriesCreator": "series-creator",
    "seriesEditor": "collection-editor",
}
_SAME = frozenset(
    "author chair composer contributor director editor guest host interviewer narrator organizer producer recipient"
    " translator".split()
)


def role(kind: str, creator: str) -> str:
    """The name variable of a creator in an item of this type, or empty.

    A primary creator that CSL has no name for (`inventor`) is the author; of the others those are none.
    """
    if creator in _SAME:
        return creator
    found = _ROLES.get(creator, "")
    return found or ("author" if creator == CREATORS.get(kind, ("",))[0] else "")


def creator(kind: str, variable: str) -> str:
    """The creator of an item of this type that a name variable is, or empty where the type has none."""
    return next((name for name in CREATORS.get(kind, ()) if role(kind, name) == variable), "")


def _held(kind: str) -> frozenset[str]:
    rule = TABLE.type_in(kind)
    return frozenset(rules[0].ours for rules in TABLE.reading(kind, rule.ours).values()) if rule else frozenset()


HOLDS = {
    kind: frozenset((*(role(kind, name) for name in CREATORS.get(kind, ())), *_held(kind))) for kind in FIELDS
}  # item type -> the variables that it has a field or a creator for


def best_type(ours: str, variables: frozenset[str]) -> str:
    """The item type for a CSL type: of several, the one that holds most of these variables, the first one if equal."""
    listed = [name for name in _TYPES.get(ours, "").split() if name not in CHILDREN]
    return max(listed, key=lambda name: len(HOLDS[name] & variables), default=NEAREST.get(ours, "document"))
