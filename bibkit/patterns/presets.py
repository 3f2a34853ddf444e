"""Named patterns: the keys that services and programs give, as far as a record alone can say them."""

from __future__ import annotations

import msgspec


class Preset(msgspec.Struct, frozen=True):
    """A pattern with a name; `source` says whose keys these are and where that can be seen."""

    pattern: str
    source: str


PRESETS = {
    "acl": Preset(
        'authEtal2(sep="-").nopunct.condense("-").lower.postfix("-") + year'
        ' + Title.replace("-", " ").skipwords(nopunct=true, words=acl).select(1, 1).lower.prefix("-")',
        "ACL Anthology: names of up to two authors, or the first and etal, the year, the first telling word",
    ),
    "acm": Preset(
        "DOI.len | auth.lower + year + veryshorttitle.lower",
        "ACM Digital Library: the DOI",
    ),
    "bbt": Preset(
        "auth.lower + shorttitle(3,3) + year",
        "Better BibTeX: what its preference citekeyFormat has as it comes",
    ),
    "dblp": Preset(
        'auth.nopunct("").condense + authors(n=[2,11], name="%(f).1s", sep="") + shortyear',
        "DBLP: the last part of its keys (DBLP:conf/nips/VaswaniSPUJGKP17); the venue is DBLP's own",
    ),
    "jabref": Preset(
        "[auth][year]",
        "JabRef: its default pattern",
    ),
    "scholar": Preset(
        'auth.replace("-", " ").select(1, 1).alphanum.lower + year'
        ' + Title.skipwords(words=scholar).select(1, 1).replace("-", " ").select(1, 1).alphanum.lower',
        "Google Scholar: first word of the first author's family name, the year, the first telling word",
    ),
}
