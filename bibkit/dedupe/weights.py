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
PRIOR = -3.25
WEIGHTS: Mapping[str, Mapping[str, float]] = {
    "title": {"different": -4.82, "equal": 2.97, "exchanged": -1.25, "missing": -2, "one word": 0.34,
        "related": -3.77, "short": 2.09, "similar": -2.55, "spelled otherwise": 1.75,
        "spelled otherwise, short": 1.2, "subtitle in one": 0.93, "words in one": 0.55},
    "numbers": {"different": -2, "equal": 0.08, "in one": 0},
    "authors": {"disjoint": -3.96, "equal": 1.53, "equal, many": 2.28, "equal, one": 1.67, "few": -2.02,
        "fewer in one": 1.05, "fewer in one, many": 0.68, "fewer in one, one": 0, "first only": 1.19,
        "in one": -0.15, "missing": -1.48, "most": 1.08, "most, many": 0, "some": 0},
    "given names": {"agree": 0, "differ": -0.22, "first differs": -0.99, "first is another": -2.39},
    "year": {"equal": 1.82, "far": -2.76, "in one": 0.88, "near": -2.41, "next": -1.45, "next alone": -1,
        "next, one container": -1.12},
    "container": {"abbreviated": 0.84, "different": -1.78, "equal": 0.84, "in one": -0.21, "similar": 0.84},
    "volume": {"different": -2.39, "equal": 1.09, "in one": -0.17},
    "issue": {"different": -0.94, "equal": 0.75, "in one": 0.18},
    "pages": {"different": -1.63, "equal": 1.57, "in one": -0.08, "overlapping": 0.96},
    "place": {"one page of one volume": 0.35, "other pages of one volume": -1.13},
    "DOI": {"different": -2.97, "different, one container": -3.99, "equal": 0.48, "equal, as the title": 4.05,
        "in one": -0.08, "other registrant": -1.7},
    "identifiers": {"different": -2, "equal": 4},
    "ISBN": {"different": 0, "equal": 2.15},
    "abstract": {"alike": 0, "different": -1.05, "partly": -0.9},
}  # fmt: skip

VERSION_PRIOR = -0.48
VERSION_WEIGHTS: Mapping[str, Mapping[str, float]] = {
    "title": {"different": -4.58, "equal": 3.35, "exchanged": -0.99, "missing": -2, "one word": 0, "related": -4.78,
        "short": 2, "similar": -3.03, "spelled otherwise": 2.56, "spelled otherwise, short": 1.5,
        "subtitle in one": 0.95, "words in one": 0.57},
    "numbers": {"different": -1.69, "equal": 0.36, "in one": -0.59},
    "authors": {"disjoint": -4, "equal": 1.87, "equal, many": 3, "equal, one": 1.03, "few": -2.07,
        "fewer in one": 0.44, "fewer in one, many": 1.49, "fewer in one, one": 0, "first only": 0.25,
        "in one": -0.3, "missing": -1, "most": 0.33, "most, many": 0.43, "some": -0.83},
    "given names": {"agree": 0.71, "differ": -0.59, "first differs": -1.39, "first is another": -2.94},
    "year": {"equal": 0.17, "far": -2, "in one": -0.17, "near": -0.5, "next": 0.46, "next alone": 0.36,
        "next, one container": 0.3},
    "DOI": {"different": -1.29, "different, one container": -4.21, "equal": 1, "equal, as the title": 3,
        "in one": 0.27, "other registrant": 0.37},
    "abstract": {"alike": 0.8, "different": -1, "partly": -0.3},
}  # fmt: skip
