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
    "title": {"different": -4.83, "equal": 3, "exchanged": -1.52, "missing": -2, "one word": 0.42, "related": -4.11,
        "short": 2.03, "similar": -2.77, "spelled otherwise": 1.71, "spelled otherwise, short": 1.77,
        "subtitle in one": 0.89, "translated": -0.39, "translated freely": -2.71, "words in one": 0.47},
    "numbers": {"different": -2, "equal": 0.22, "in one": -0.04},
    "authors": {"another only": -1.18, "disjoint": -3.96, "equal": 1.84, "equal, many": 2.2, "equal, one": 1.7,
        "few": -2.02, "fewer in one": 0.99, "fewer in one, many": 0.69, "fewer in one, one": 0, "first only": 1.49,
        "in one": -0.14, "missing": -1.47, "most": 1.02, "most, many": 0.03, "others in both": -1.31,
        "some": -0.33},
    "given names": {"agree": 0, "differ": -0.55, "first differs": -0.9, "first is another": -2.71},
    "year": {"equal": 1.9, "far": -2.95, "in one": 0.93, "near": -2.37, "next": -1.34, "next alone": -0.62,
        "next, one container": -1.12, "update": -0.46},
    "container": {"abbreviated": 0.86, "different": -1.65, "equal": 0.86, "in one": -0.19, "similar": 0.86},
    "volume": {"different": -2.38, "equal": 1.15, "in one": -0.16},
    "issue": {"different": -0.88, "equal": 0.81, "in one": 0.21},
    "pages": {"different": -1.89, "equal": 1.24, "in one": -0.18, "overlapping": 0.96},
    "place": {"one page of one volume": 0.35, "other pages of one volume": -1.02},
    "DOI": {"different": -3, "different, one container": -3.98, "equal": 0.51, "equal, as the title": 4.05,
        "in one": 0, "other registrant": -1.68},
    "identifiers": {"different": -2, "equal": 4},
    "ISBN": {"different": 0, "equal": 2.2},
    "abstract": {"alike": 0, "different": -1.02, "partly": -0.95},
}  # fmt: skip

VERSION_PRIOR = -0.29
VERSION_WEIGHTS: Mapping[str, Mapping[str, float]] = {
    "title": {"different": -4.58, "equal": 3.3, "exchanged": -1, "missing": -2, "one word": 0.5, "related": -4.76,
        "short": 2, "similar": -3.03, "spelled otherwise": 2.55, "spelled otherwise, short": 1.5,
        "subtitle in one": 0.96, "translated": -1, "translated freely": -3, "words in one": 0.62},
    "numbers": {"different": -1.7, "equal": 0.29, "in one": -0.53},
    "authors": {"another only": -0.27, "disjoint": -4, "equal": 1.79, "equal, many": 2.88, "equal, one": 0.94,
        "few": -2.12, "fewer in one": 0.46, "fewer in one, many": 1.42, "fewer in one, one": 0, "first only": 0.03,
        "in one": -0.3, "missing": -1, "most": 0.39, "most, many": 0.7, "others in both": -0.37, "some": -0.88},
    "given names": {"agree": 0.6, "differ": -0.56, "first differs": -1.36, "first is another": -3},
    "year": {"equal": 0.18, "far": -2, "in one": -0.16, "near": -0.5, "next": 0.48, "next alone": 0.35,
        "next, one container": 0.3, "update": 0},
    "DOI": {"different": -1.33, "different, one container": -4.22, "equal": 1, "equal, as the title": 3,
        "in one": 0.3, "other registrant": 0.43},
    "abstract": {"alike": 0.8, "different": -1, "partly": -0.3},
}  # fmt: skip
