"""The weights of the matching, as log-odds in nats, and the thresholds.

Written by `python tests/benchmarks/fit_dedupe.py FOLDER`, not by hand: a ridge regression on the proposed pairs of
labelled sets, each pair also with fields removed, drawn towards what is expected of each level. The thresholds are
where no wrong join is left on the systematic reviews among them. The sets:
asysd_diabetes, books_cs839, citesource_silver, cora_1295, dblp_acm, medrxiv_published, sra_copper, sra_respiratory,
sra_tafenoquine.
"""

from __future__ import annotations

from collections.abc import Mapping

SAME_AT = 0.55
MAYBE_AT = -2.5
NAMED_MAYBE_AT = -4.5
APART_AT = -4.0
ELSEWHERE_AT = -2.0
TOGETHER_AT = 0.0
VERSION_AT = -0.5
VERSION_MAYBE_AT = -2.0
WORKS_APART_AT = -2.0
PRIOR = -3.44
WEIGHTS: Mapping[str, Mapping[str, float]] = {
    "title": {"different": -4.83, "equal": 3.01, "exchanged": -1.49, "missing": -2, "one word": 0.41,
        "related": -4.11, "short": 2.03, "similar": -2.78, "spelled otherwise": 1.7,
        "spelled otherwise, short": 1.77, "subtitle in one": 0.87, "translated": -0.4, "translated freely": -2.71,
        "words in one": 0.48},
    "numbers": {"different": -2, "equal": 0.21, "in one": 0},
    "authors": {"another only": -1, "disjoint": -3.97, "equal": 1.82, "equal, many": 2.18, "equal, one": 1.7,
        "few": -2.02, "fewer in one": 0.99, "fewer in one, many": 0.69, "fewer in one, one": 0, "first only": 1.47,
        "in one": -0.15, "missing": -1.48, "most": 0.94, "most, many": 0, "others in both": -1.29, "some": -0.34},
    "given names": {"agree": 0, "differ": -0.41, "first differs": -0.88, "first is another": -2.32},
    "year": {"equal": 1.91, "far": -2.88, "in one": 0.94, "near": -2.36, "next": -1.31, "next alone": -0.6,
        "next, one container": -1.12},
    "container": {"abbreviated": 0.87, "different": -1.64, "equal": 0.87, "in one": -0.18, "similar": 0.87},
    "volume": {"different": -2.38, "equal": 1.17, "in one": -0.16},
    "issue": {"different": -0.88, "equal": 0.82, "in one": 0.18},
    "pages": {"different": -1.9, "equal": 1.24, "in one": -0.18, "overlapping": 0.98},
    "place": {"one page of one volume": 0.35, "other pages of one volume": -1.03},
    "DOI": {"different": -3, "different, one container": -3.98, "equal": 0.5, "equal, as the title": 4.05,
        "in one": 0.02, "other registrant": -1.68},
    "identifiers": {"different": -2, "equal": 4},
    "ISBN": {"different": 0, "equal": 2.18},
    "abstract": {"alike": 0, "different": -1.03, "partly": -0.93},
}  # fmt: skip

VERSION_PRIOR = -0.33
VERSION_WEIGHTS: Mapping[str, Mapping[str, float]] = {
    "title": {"different": -4.59, "equal": 3.36, "exchanged": -1, "missing": -2, "one word": 0.5, "related": -4.77,
        "short": 2, "similar": -3.03, "spelled otherwise": 2.55, "spelled otherwise, short": 1.5,
        "subtitle in one": 0.96, "translated": -1, "translated freely": -3, "words in one": 0.58},
    "numbers": {"different": -1.68, "equal": 0.33, "in one": -0.57},
    "authors": {"another only": -0.27, "disjoint": -4, "equal": 1.8, "equal, many": 2.88, "equal, one": 0.94,
        "few": -2.08, "fewer in one": 0.43, "fewer in one, many": 1.41, "fewer in one, one": 0, "first only": 0.03,
        "in one": -0.3, "missing": -1, "most": 0.39, "most, many": 0.69, "others in both": -0.4, "some": -0.87},
    "given names": {"agree": 0.64, "differ": -0.57, "first differs": -1.38, "first is another": -2.92},
    "year": {"equal": 0.19, "far": -2, "in one": -0.17, "near": -0.5, "next": 0.49, "next alone": 0.35,
        "next, one container": 0.3},
    "DOI": {"different": -1.33, "different, one container": -4.22, "equal": 1, "equal, as the title": 3,
        "in one": 0.3, "other registrant": 0.44},
    "abstract": {"alike": 0.8, "different": -1, "partly": -0.3},
}  # fmt: skip
