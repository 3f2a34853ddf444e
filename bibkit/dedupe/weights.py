"""The weights of the matching, as log-odds in nats, and the thresholds.

Written by `python tests/benchmarks/fit_dedupe.py FOLDER`, not by hand: a ridge regression on the proposed pairs of
labelled sets (asysd_diabetes, books_cs839, citesource_silver, cora_1295, dblp_acm, medrxiv_published, sra_copper, sra_respiratory, sra_tafenoquine), each pair also with fields removed. The thresholds are where no wrong join is left on the
systematic reviews among them.
"""

from __future__ import annotations

from collections.abc import Mapping

SAME_AT = 0.95
MAYBE_AT = -0.7
APART_AT = -4.0
TOGETHER_AT = 0.0
VERSION_AT = -0.5
VERSION_MAYBE_AT = -2.0
WORKS_APART_AT = -2.0
PRIOR = -2.91
WEIGHTS: Mapping[str, Mapping[str, float]] = {
    "title": {"different": -4.7, "equal": 2.78, "exchanged": -1.45, "missing": -2.0, "one word": 0.4, "related": -3.86, "short": 2.1, "similar": -2.37, "spelled otherwise": 1.59, "subtitle in one": 0.99, "words in one": 0.48},
    "numbers": {"different": -2.0, "equal": 0.18, "in one": 0.0},
    "authors": {"disjoint": -3.96, "equal": 1.56, "equal, many": 2.33, "equal, one": 2.05, "few": -2.02, "fewer in one": 1.02, "fewer in one, many": 0.77, "fewer in one, one": 0.0, "first only": 1.22, "in one": -0.05, "missing": -1.41, "most": 0.51, "most, many": -0.0, "some": -0.05},
    "given names": {"agree": -0.0, "differ": -0.38, "first differs": -0.74},
    "year": {"equal": 1.41, "far": -3.2, "in one": 0.3, "near": -2.82, "next": -2.09, "next, one container": -1.62},
    "container": {"abbreviated": 0.78, "different": -1.78, "equal": 0.86, "in one": -0.19, "similar": 1.62},
    "volume": {"different": -2.15, "equal": 0.97, "in one": -0.47},
    "issue": {"different": -0.11, "equal": 0.8, "in one": 0.58},
    "pages": {"different": -1.64, "equal": 1.79, "in one": -0.02, "overlapping": 0.93},
    "place": {"one page of one volume": 0.42, "other pages of one volume": -1.03},
    "DOI": {"different": -2.47, "different, one container": -2.5, "equal": 0.47, "equal, as the title": 4.06, "in one": 0.04, "other registrant": -1.65},
    "identifiers": {"different": -2.0, "equal": 4.0},
    "ISBN": {"different": 0.0, "equal": 2.04},
    "abstract": {"alike": -0.0, "different": -1.17, "partly": -0.91},
}

VERSION_PRIOR = -0.36
VERSION_WEIGHTS: Mapping[str, Mapping[str, float]] = {
    "title": {"different": -4.63, "equal": 3.34, "exchanged": -1.02, "missing": -2.0, "one word": 0.0, "related": -4.73, "short": 2.0, "similar": -2.99, "spelled otherwise": 2.56, "subtitle in one": 0.95, "words in one": 0.57},
    "numbers": {"different": -1.78, "equal": 0.33, "in one": -0.5},
    "authors": {"disjoint": -4.0, "equal": 1.9, "equal, many": 2.96, "equal, one": 0.97, "few": -2.07, "fewer in one": 0.49, "fewer in one, many": 1.54, "fewer in one, one": 0.0, "first only": 0.24, "in one": -0.3, "missing": -1.0, "most": 0.25, "most, many": 0.5, "some": -0.82},
    "given names": {"agree": 0.59, "differ": -0.56, "first differs": -1.44},
    "year": {"equal": 0.21, "far": -2.0, "in one": -0.06, "near": -0.5, "next": 0.46, "next, one container": 0.36},
    "DOI": {"different": -1.34, "different, one container": -4.22, "equal": 1.0, "equal, as the title": 3.0, "in one": 0.16, "other registrant": 0.36},
    "abstract": {"alike": 0.8, "different": -1.0, "partly": -0.3},
}
