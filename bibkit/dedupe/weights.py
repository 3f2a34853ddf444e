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
PRIOR = -3.37
WEIGHTS: Mapping[str, Mapping[str, float]] = {
    "title": {"different": -4.87, "equal": 2.95, "exchanged": -1.29, "missing": -2, "one word": 0.35,
        "related": -3.88, "short": 2.07, "similar": -2.5, "spelled otherwise": 2.06,
        "spelled otherwise, short": 1.17, "subtitle in one": 0.84, "words in one": 0.53},
    "numbers": {"different": -2, "equal": 0.11, "in one": 0},
    "authors": {"disjoint": -3.96, "equal": 1.7, "equal, many": 2.34, "equal, one": 1.7, "few": -2.02,
        "fewer in one": 1.09, "fewer in one, many": 0.75, "fewer in one, one": 0, "first only": 1.12,
        "in one": -0.11, "missing": -1.44, "most": 1.06, "most, many": 0, "some": -0.04},
    "given names": {"agree": 0, "differ": -0.21, "first differs": -1.15, "first is another": -2.42},
    "year": {"equal": 1.84, "far": -2.8, "in one": 0.9, "near": -2.48, "next": -1.49, "next alone": -0.98,
        "next, one container": -1.13},
    "container": {"abbreviated": 0.86, "different": -1.7, "equal": 0.86, "in one": -0.22, "similar": 0.86},
    "volume": {"different": -2.44, "equal": 1.08, "in one": -0.19},
    "issue": {"different": -0.91, "equal": 0.8, "in one": 0.23},
    "pages": {"different": -1.75, "equal": 1.53, "in one": -0.1, "overlapping": 1.01},
    "place": {"one page of one volume": 0.36, "other pages of one volume": -1.07},
    "DOI": {"different": -3, "different, one container": -3.99, "equal": 0.51, "equal, as the title": 4.05,
        "in one": -0.08, "other registrant": -1.68},
    "identifiers": {"different": -2, "equal": 4},
    "ISBN": {"different": 0, "equal": 2.18},
    "abstract": {"alike": 0, "different": -1.05, "partly": -0.89},
}  # fmt: skip

VERSION_PRIOR = -0.54
VERSION_WEIGHTS: Mapping[str, Mapping[str, float]] = {
    "title": {"different": -4.58, "equal": 3.36, "exchanged": -0.98, "missing": -2, "one word": 0, "related": -4.76,
        "short": 2, "similar": -3.03, "spelled otherwise": 2.56, "spelled otherwise, short": 1.5,
        "subtitle in one": 0.95, "words in one": 0.53},
    "numbers": {"different": -1.67, "equal": 0.34, "in one": -0.58},
    "authors": {"disjoint": -4, "equal": 1.89, "equal, many": 2.99, "equal, one": 0.99, "few": -2.06,
        "fewer in one": 0.47, "fewer in one, many": 1.51, "fewer in one, one": 0, "first only": 0.22,
        "in one": -0.3, "missing": -1, "most": 0.34, "most, many": 0.41, "some": -0.8},
    "given names": {"agree": 0.7, "differ": -0.59, "first differs": -1.38, "first is another": -2.94},
    "year": {"equal": 0.18, "far": -2, "in one": -0.17, "near": -0.5, "next": 0.5, "next alone": 0.36,
        "next, one container": 0.3},
    "DOI": {"different": -1.33, "different, one container": -4.21, "equal": 1, "equal, as the title": 3,
        "in one": 0.31, "other registrant": 0.39},
    "abstract": {"alike": 0.8, "different": -1, "partly": -0.3},
}  # fmt: skip
