"""Fit the weights that say where a title ends and the authors begin, and show them beside the table in use.

    python tests/benchmarks/fit_listing.py DIR [ROUNDS]

DIR/truth.json has lists of papers with title, authors, et_al and abstract. Each paper is set without a space between
title and authors, with and without its abstract, alone and within its listing; conditional logistic regression by
gradient ascent, with a small penalty on large weights. Prints how many are cut wrongly in five-fold cross-validation,
then the weights. It shows whether the table still stands, which saw more papers than these; nothing is changed.
"""

from __future__ import annotations

import json
import math
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bibkit.formats.listing_split import (
    WEIGHTS,
    Credits,
    Known,
    _Line,
    _without,
    certain_names,
    evidence,
    glued_places,
)

PENALTY, RATE, FOLDS = 0.002, 2.0, 5
Case = tuple[list[list[str]], int]  # the evidence of each reading, and which of them is right


def glued(paper: Mapping[str, Any]) -> str:
    return paper["title"] + ", ".join(paper["authors"]) + (" et al." if paper["et_al"] else "")


def listing(papers: list[dict[str, Any]]) -> Known:
    known = Known(name for paper in papers for name in certain_names(glued(paper)))
    for paper in papers:
        known.learn_text(paper["abstract"] or "")
    return known


def cases(papers: list[dict[str, Any]]) -> Iterator[tuple[int, Case]]:
    """The fold and the case: all cases of a paper are in one fold."""
    for known in (listing(papers), Known()):
        for number, paper in enumerate(papers):
            for abstract in (paper["abstract"] or "", ""):
                text = glued(paper).removesuffix(" et al.")
                line = _Line(Credits(text, paper["et_al"]), abstract, known)
                places = list(glued_places(line))
                right = [at for at, place in enumerate(places) if place.at == len(paper["title"])]
                if right:
                    yield number % FOLDS, ([*(evidence(line, place) for place in places), _without(line)], right[0])


def shares(case: Case, weights: Mapping[str, float]) -> list[float]:
    sums = [sum(weights[name] for name in names) for names in case[0]]
    powers = [math.exp(value - max(sums)) for value in sums]
    return [power / sum(powers) for power in powers]


def fit(found: list[Case], rounds: int) -> dict[str, float]:
    weights: dict[str, float] = defaultdict(float)
    for _ in range(rounds):
        slope: dict[str, float] = defaultdict(float)
        for case in found:
            for number, (names, share) in enumerate(zip(case[0], shares(case, weights), strict=True)):
                for name in names:
                    slope[name] += (number == case[1]) - share
        for name in set(slope) | set(weights):
            weights[name] += RATE * (slope[name] / len(found) - PENALTY * weights[name])
    return weights


def wrong(found: list[Case], weights: Mapping[str, float]) -> int:
    return sum(max(enumerate(shares(case, weights)), key=lambda pair: pair[1])[0] != case[1] for case in found)


def main() -> None:
    truth = json.loads((Path(sys.argv[1]) / "truth.json").read_text(encoding="utf-8"))
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 300
    papers = list({paper["title"]: paper for name in ("glued", "spaced") for paper in truth[name]}.values())
    folded = list(cases(papers))
    found = [case for _, case in folded]
    missed = 0
    for fold in range(FOLDS):
        fitted = fit([case for its, case in folded if its != fold], rounds)
        missed += wrong([case for its, case in folded if its == fold], fitted)
    in_use = defaultdict(float, WEIGHTS)
    print(f"{len(papers)} papers, {len(found)} lines; wrong in {FOLDS}-fold cross-validation: {missed}")
    print(f"wrong by the table in use: {wrong(found, in_use)}")
    fitted = fit(found, rounds)
    for name in WEIGHTS:
        print(f"{name:<40}{WEIGHTS[name]:7.1f}{fitted.get(name, 0.0):7.1f}")


if __name__ == "__main__":
    main()
