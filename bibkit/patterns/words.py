"""Words of titles that keys leave out: the lists of the programs whose patterns are read, stop words by language."""

from __future__ import annotations

# English articles, conjunctions and prepositions: what the default key leaves out.
ENGLISH = frozenset(
    """
    a about above across after against along among an and around as at before behind below beneath beside between
    beyond but by de despite down during except for from in inside into like near nor of off on onto or out outside
    over past per since so than the through to toward towards under until up upon versus via vs with within without yet
    """.split()
)

# Better BibTeX's preference `skipWords` as it comes.
BETTER_BIBTEX = frozenset(
    """
    a ab aboard about above across after against al along amid among an and anti around as at before behind below
    beneath beside besides between beyond but by d da das de del dell dello dei degli della delle dem den der des
    despite die do down du during ein eine einem einen einer eines el en et except for from gli i il in inside into is
    l la las le les like lo los near nor of off on onto or over past per plus round save since so some sur than the
    through to toward towards un una unas under underneath une unlike uno unos until up upon van versus via von while
    with within without yet zu zum 的 之 與 和 及 以及
    """.split()
)

# What JabRef's manual calls function words ("Customize the citation key generator").
JABREF = frozenset(
    """
    a an the above about across against along among around at before behind below beneath beside between beyond by down
    during except for from in inside into like near of off on onto since to toward through under until up upon with
    within without and but nor or so yet
    """.split()
)

# Zotero's own Bib(La)TeX export leaves these out; an elided article goes with its apostrophe.
ZOTERO = (
    "a an the some from on in to of do with der die das ein eine einer eines einem einen un une la le el las los al uno"
    " una unos unas de des del"
).split()
ZOTERO_ELIDED = ("l'", "d'")

# Seen in keys that Google Scholar gives: besides articles and prepositions it passes over question words and auxiliary
# verbs (redmon2016you: "You only look once"; ribeiro2016should: "Why should I ..."; kendall2017uncertainties: "What
# uncertainties do we need").
SCHOLAR = frozenset(
    """
    a an and are at by do does for from how in is of on or the to what when where which who why with
    """.split()
)

# The ACL Anthology builds its keys without these (voita-etal-2019-bottom: "The Bottom-up Evolution").
ACL = frozenset(
    """
    a about an and are as at be by can do for from how in into is it its of on or our should that the their this to
    towards via we what when where which why with without
    """.split()
)

# Articles, prepositions and conjunctions, as they begin titles in these languages.
BY_LANGUAGE = {
    "en": ENGLISH,
    "de": frozenset(
        """
        ab als am an auf aus bei bis das dem den der des die durch ein eine einem einen einer eines für gegen im in ins
        mit nach oder ohne seit sich so sowie über um und unter vom von vor wie zu zum zur zwischen
        """.split()
    ),
    "fr": frozenset(
        """
        à au aux avec ce ces cet cette chez d dans de des du en entre et l la le les leur leurs ou où par pour qu que
        sans ses son sous sur un une vers
        """.split()
    ),
    "es": frozenset(
        """
        a al ante bajo con contra de del desde e el en entre hacia hasta la las lo los o para por según sin sobre su
        sus tras u un una unas unos y
        """.split()
    ),
    "it": frozenset(
        """
        a ad agli ai al alla alle allo con da dagli dai dal dalla dalle de degli dei del dell della delle dello di e ed
        fra gli i il in l la le lo ne negli nei nel nella nelle o per su sugli sui sul sulla sulle tra un una uno
        """.split()
    ),
    "pt": frozenset(
        """
        à a ao aos as às com como contra da das de desde do dos e em entre na nas no nos o os ou para pela pelas pelo
        pelos por sem sob sobre um uma umas uns
        """.split()
    ),
    "nl": frozenset(
        """
        aan als bij de der des door een en het in met na naar of om onder op over te ten ter tot tussen uit van voor
        zonder
        """.split()
    ),
}

LISTS = {"bbt": BETTER_BIBTEX, "jabref": JABREF, "scholar": SCHOLAR, "acl": ACL, "none": frozenset[str]()}
LANGUAGE = "language"  # the list of the record's language, and English


def listed(name: str, language: str) -> frozenset[str]:
    """The words of a list by its name; with `LANGUAGE` those of the language (a primary subtag) and of English."""
    return ENGLISH | BY_LANGUAGE.get(language, frozenset()) if name == LANGUAGE else LISTS[name]
