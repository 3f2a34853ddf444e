"""Fit the weights of the duplicate matching: `python tests/benchmarks/fit_dedupe.py FOLDER [--validate]`.

FOLDER holds one folder for each labelled set: records.csv (id, type, title, authors, year, …) and clusters.csv or
pairs.csv. Every pair that `dedupe.block` proposes is compared; what the hard rules decide is left out; a logistic
regression over the levels of each field gives the weights. Each pair comes again with fields removed, so that what is
missing weighs little. `--validate` leaves each set out once and scores it with weights from the others.

Prints the text of bibkit/dedupe/weights.py. Needs numpy.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import re
import sys
import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from bibkit import formats
from bibkit.dedupe import blocking, clusters, comparing, deciding, weights
from bibkit.dedupe.context import in_context
from bibkit.dedupe.prepare import Prepared, prepare
from bibkit.formats import ReadOptions
from bibkit.record import Record

csv.field_size_limit(10**9)

WORK_SETS = ("medrxiv_published",)  # labelled by work: a preprint and its article are one
CASES = ("bibdedupe_cases", "jabref_cases")  # policy, too few to fit
# What the labels of a set cannot teach: a column that holds the counters of a reference manager (its README), and years
# of bare records in sets that tell versions apart by what was cut away.
NOISE = {
    "sra_respiratory": {"issue": ("different", "equal", "in one")},
    "cora_1295": {"year": ("next alone",)},
    "dblp_acm": {"year": ("next alone",)},
}
TIED = {("container", "abbreviated"): "equal", ("container", "similar"): "equal"}  # ways to write one container
SAME_FIELDS = comparing.FIELDS
WORK_FIELDS = ("title", "numbers", "authors", "given names", "year", "DOI", "abstract")
RIDGE = 0.3

# What is expected before any data: the ridge draws towards it, so that a level which the sets hardly know (an
# identifier that differs) keeps a sensible weight.
EXPECTED = {
    "title": {
        "equal": 3, "short": 2, "one word": 0.5, "spelled otherwise": 2.5, "spelled otherwise, short": 1.5,
        "subtitle in one": 1, "words in one": 0.5,
        "exchanged": -1.5, "translated": -1, "translated freely": -3, "similar": -2.5, "related": -4,
        "different": -5, "missing": -2,
    },
    "numbers": {"equal": 0.3, "in one": -0.5, "different": -2},
    "authors": {
        "equal, one": 1, "equal": 1.7, "equal, many": 2.2, "fewer in one, one": 0, "fewer in one": 0.7,
        "fewer in one, many": 1, "first only": 0.3, "most": 0.5, "most, many": 1, "others in both": -0.5,
        "another only": -0.5, "some": -0.5, "few": -2, "disjoint": -4,
        "in one": -0.3, "missing": -1,
    },
    "given names": {"agree": 0.2, "differ": -0.5, "first differs": -1.2, "first is another": -3},
    "year": {
        "equal": 1, "next": -1.2, "next, one container": -0.5, "next alone": 0, "near": -2, "far": -3, "update": -0.5,
    },
    "container": {"equal": 1, "abbreviated": 1, "similar": 0.8, "different": -1},
    "volume": {"equal": 1, "different": -1.5},
    "issue": {"equal": 0.8, "different": -0.7},
    "pages": {"equal": 2, "overlapping": 1, "different": -1.5},
    "place": {"one page of one volume": 1, "other pages of one volume": -0.8},
    "DOI": {
        "equal, as the title": 4, "equal": 0.5, "different": -3, "different, one container": -4,
        "other registrant": -1.5,
    },
    "identifiers": {"equal": 4, "different": -2},
    "ISBN": {"equal": 2, "different": -0.5},
    "abstract": {"alike": 0.8, "partly": -0.3, "different": -1},
}  # fmt: skip

# Versions of one work differ in the year.
EXPECTED_OF_WORKS = (
    EXPECTED
    | {
        "year": {
            "equal": 0.3,
            "next": 0.3,
            "next, one container": 0.3,
            "next alone": 0.3,
            "near": -0.5,
            "far": -2,
            "update": 0,
        }
    }
    | {
        "DOI": {
            "equal, as the title": 3,
            "equal": 1,
            "different": -1,
            "different, one container": -4,
            "other registrant": 0,
        }
    }
)

TYPES = {
    "article": "article-journal", "inproceedings": "paper-conference", "incollection": "chapter", "book": "book",
    "techreport": "report", "phdthesis": "thesis", "unpublished": "manuscript", "proceedings": "book",
}  # fmt: skip
COLUMNS = {
    "container-title": ("journal", "booktitle"), "volume": ("volume",), "issue": ("number",), "page": ("pages",),
    "DOI": ("doi",), "ISBN": ("isbn",), "abstract": ("abstract",), "publisher": ("publisher",), "edition": ("edition",),
}  # fmt: skip


class Set(NamedTuple):
    """One labelled set: the records, and which pairs of positions are true (`known` limits what is judged)."""

    name: str
    records: list[Record]
    true: set[tuple[int, int]]
    known: set[tuple[int, int]] | None


class Example(NamedTuple):
    levels: comparing.Levels
    label: bool
    weight: float


# ------------------------------------------------------------------------------------------------ reading


def read_set(folder: Path) -> Set:
    rows = list(csv.DictReader((folder / "records.csv").open(newline="", encoding="utf-8")))
    text = json.dumps([item(row) for row in rows], ensure_ascii=False)
    read = formats.get("csl-json").read
    assert read
    records = [one for one in read(text, folder.name, ReadOptions()) if isinstance(one, Record)]
    place = {row["id"]: number for number, row in enumerate(rows)}
    return Set(folder.name, records, *truth(folder, place))


def truth(folder: Path, place: Mapping[str, int]) -> tuple[set[tuple[int, int]], set[tuple[int, int]] | None]:
    if (folder / "clusters.csv").exists():
        groups = defaultdict(list)
        for row in csv.DictReader((folder / "clusters.csv").open(newline="", encoding="utf-8")):
            groups[row["cluster_id"]].append(place[row["id"]])
        return links(groups.values()), None
    pairs = list(csv.DictReader((folder / "pairs.csv").open(newline="", encoding="utf-8")))
    known = {tuple(sorted((place[row["id1"]], place[row["id2"]]))): row["label"] == "1" for row in pairs}
    return {pair for pair, label in known.items() if label}, set(known)


def links(groups) -> set[tuple[int, int]]:
    return {(min(a, b), max(a, b)) for group in groups for i, a in enumerate(group) for b in group[i + 1 :]}


def item(row: Mapping[str, str]) -> dict[str, object]:
    made: dict[str, object] = {
        "id": row["id"],
        "type": TYPES.get(row.get("type", ""), "article"),
        "title": row["title"],
    }
    people = [one.strip() for one in re.split(r"\s+and\s+", row.get("authors") or "") if one.strip()]
    if people:
        made["author"] = [name(one) for one in people]
    if year := re.search(r"(1[5-9]|20)\d\d", row.get("year") or ""):
        made["issued"] = {"date-parts": [[int(year[0])]]}
    for variable, columns in COLUMNS.items():
        if value := next((row[one].strip() for one in columns if (row.get(one) or "").strip()), ""):
            made[variable] = value
    return made


def name(text: str) -> dict[str, str]:
    if text == "others":
        return {"literal": text}
    if "," in text:
        family, given = (part.strip() for part in text.split(",", 1))
        return {"family": family, "given": given} if given else {"family": family}
    words = text.split()
    return {"family": words[-1], "given": " ".join(words[:-1])} if len(words) > 1 else {"literal": text}


# ------------------------------------------------------------------------------------------------ examples

PLACED = ("venue", "volume", "issue", "first", "last", "doi", "isbn", "publisher", "registered", "sketch", "kind")
BARE = {field: getattr(Prepared(), field) for field in PLACED}


def thinned(one: Prepared, draw: random.Random) -> Prepared:
    gone = [field for field in (*PLACED, "year") if draw.random() < 0.35]
    return msgspec.structs.replace(one, **{field: getattr(Prepared(), field) for field in gone})


def bare(one: Prepared) -> Prepared:
    return msgspec.structs.replace(one, **BARE)


def variants(one: Prepared, other: Prepared, draw: random.Random) -> Iterator[tuple[Prepared, Prepared, float]]:
    """The pair as it is, and with fields removed on one side or on both."""
    yield one, other, 1.0
    yield bare(one), bare(other), 0.25
    yield (bare(one), other, 0.25) if draw.random() < 0.5 else (one, bare(other), 0.25)
    yield thinned(one, draw), thinned(other, draw), 0.5


def examples(one: Set, by_work: bool) -> list[Example]:
    """All proposed pairs with their variants, but for what a hard rule decides."""
    prepared = [prepare(record) for record in one.records]
    order = blocking.canonical(prepared)
    ordered = in_context([prepared[place] for place in order])
    draw = random.Random(one.name)
    size = Counter(place for pair in one.true for place in pair)
    found = []
    for a, b in blocking.pairs(ordered, blocking.index(ordered), range(len(ordered))):
        pair = (min(order[a], order[b]), max(order[a], order[b]))
        if one.known is not None and pair not in one.known:
            continue
        if versions(ordered[a], ordered[b], by_work):  # cut down they could be one publication as well
            continue
        for ours, theirs, weight in variants(ordered[a], ordered[b], draw):
            levels = without_noise(one.name, comparing.levels(ours, theirs))
            if fits(ours, theirs, levels, by_work):
                share = ((1 + size[pair[0]]) * (1 + size[pair[1]])) ** 0.5  # a cluster of n has n * n pairs
                found.append(Example(levels, pair in one.true, weight / share))
    return found


def versions(one: Prepared, other: Prepared, by_work: bool) -> bool:
    rule = deciding.veto(one, other, comparing.levels(one, other))
    return not by_work and deciding.AT_MOST.get(rule) is deciding.Verdict.VERSION


def without_noise(name: str, levels: comparing.Levels) -> comparing.Levels:
    noise = NOISE.get(name, {})
    return tuple(
        "" if level in noise.get(field, ()) else level for field, level in zip(comparing.FIELDS, levels, strict=True)
    )


def fits(ours: Prepared, theirs: Prepared, levels: comparing.Levels, by_work: bool) -> bool:
    rule = deciding.veto(ours, theirs, levels)
    if by_work:
        return deciding.AT_MOST.get(rule, deciding.Verdict.SAME) is not deciding.Verdict.DIFFERENT
    return not rule


def balanced(sets: list[list[Example]]) -> list[Example]:
    """A set weighs by the root of its number of examples, so that the large ones do not decide alone."""
    made = []
    for found in sets:
        true = sum(one.weight for one in found if one.label) or 1.0
        false = sum(one.weight for one in found if not one.label) or 1.0
        for one in found:
            share = (true**0.6 / true) if one.label else (false**0.6 / false)
            made.append(one._replace(weight=one.weight * share))
    return made


# ------------------------------------------------------------------------------------------------ regression


def fit(
    found: list[Example], fields: tuple[str, ...], wanted: Mapping[str, Mapping[str, float]] = EXPECTED
) -> tuple[float, dict[str, dict[str, float]]]:
    """Prior and weights by field and level: ridge regression on the log-odds, by Newton's method."""
    known = [(field, level) for field in fields for level in wanted[field]]
    seen = {(comparing.FIELDS[place], level) for one in found for place, level in enumerate(one.levels) if level}
    known += sorted(pair for pair in seen if pair[0] in fields and pair not in known)
    column = {pair: number for number, pair in enumerate(known, 1)}
    matrix = np.zeros((len(found), len(column) + 1))
    matrix[:, 0] = 1
    for row, one in enumerate(found):
        for field, level in zip(comparing.FIELDS, one.levels, strict=True):
            pair = (field, TIED.get((field, level), level))
            if pair in column:
                matrix[row, column[pair]] = 1
    expected = np.array([-2.0, *(wanted[field].get(level, 0.0) for field, level in known)])
    labels, weight = np.array([one.label for one in found], float), np.array([one.weight for one in found])
    solved = with_signs(matrix, labels, weight, expected)
    table: dict[str, dict[str, float]] = {field: {} for field in fields}
    for field, level in sorted(known):
        table[field][level] = round(float(solved[column[field, TIED.get((field, level), level)]]), 2)
    return round(float(solved[0]), 2), table


def with_signs(matrix, labels, weight, expected):
    """The solution in which no weight has another sign than is expected: what agrees never speaks against a pair."""
    penalty = np.full(matrix.shape[1], RIDGE)
    penalty[0] = 0.01
    while True:
        solved = newton(matrix, labels, weight, expected, penalty)
        wrong = (np.sign(expected) * solved < -0.004) & (expected != 0)
        wrong[0] = False
        if not wrong.any():
            return solved
        expected, penalty = np.where(wrong, 0.0, expected), np.where(wrong, 1e6, penalty)


def newton(matrix, labels, weight, expected, penalty):
    solved = expected.copy()
    for _ in range(30):
        odds = 1 / (1 + np.exp(-np.clip(matrix @ solved, -30, 30)))
        gradient = matrix.T @ (weight * (labels - odds)) - penalty * (solved - expected)
        curve = (matrix * (weight * odds * (1 - odds))[:, None]).T @ matrix + np.diag(penalty)
        step = np.linalg.solve(curve, gradient)
        solved += np.clip(step, -4, 4)
        if np.abs(step).max() < 1e-5:
            break
    return solved


# ------------------------------------------------------------------------------------------------ scoring


def use(same: tuple[float, dict], work: tuple[float, dict]) -> None:
    """Let the matching decide by these weights."""
    deciding.PRIOR, deciding.WEIGHTS = same
    deciding.VERSION_PRIOR, deciding.VERSION_WEIGHTS = work
    deciding._evidence.cache_clear()


def score(one: Set) -> tuple[float, float, float]:
    found = clusters.match(one.records)
    groups = found.clusters
    if one.name in WORK_SETS:
        groups = [[place for number in work for place in found.clusters[number]] for work in found.works]
    said = links([sorted(group) for group in groups])
    if one.known is not None:
        said &= one.known
    hit = len(said & one.true)
    precision = hit / len(said) if said else 1.0
    recall = hit / len(one.true)
    return precision, recall, 2 * precision * recall / (precision + recall) if hit else 0.0


def table(name: str, value: dict[str, dict[str, float]]) -> str:
    rows = []
    for field, levels in value.items():
        pairs = " ".join(f'"{level}": {weight + 0.0:g},'.replace(" ", "\xa0") for level, weight in levels.items())
        begun = f'"{field}": {{'.replace(" ", "\xa0")
        made = textwrap.fill(f"{begun}{pairs[:-1]}}},", 116, initial_indent=" " * 4, subsequent_indent=" " * 8)
        rows.append(made.replace("\xa0", " "))
    return f"{name}: Mapping[str, Mapping[str, float]] = {{\n" + "\n".join(rows) + "\n}  # fmt: skip"


HEAD = '''"""The weights of the matching, as log-odds in nats, and the thresholds.

Written by `python tests/benchmarks/fit_dedupe.py FOLDER`, not by hand: a ridge regression on the proposed pairs of
labelled sets, each pair also with fields removed, drawn towards what is expected of each level. The thresholds are
where no wrong join is left on the systematic reviews among them. The sets:
{sets}.
"""

from __future__ import annotations

from collections.abc import Mapping
'''


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--validate", action="store_true")
    args = parser.parse_args()
    sets = [read_set(path) for path in sorted(args.folder.iterdir()) if (path / "records.csv").exists()]
    same_sets = [one for one in sets if one.name not in WORK_SETS and one.name not in CASES]
    same = {one.name: examples(one, False) for one in same_sets}
    work = [examples(one, True) for one in sets if one.name in WORK_SETS]
    fitted_work = fit(balanced(work), WORK_FIELDS, EXPECTED_OF_WORKS)
    if args.validate:
        validate(sets, same, fitted_work)
    fitted = fit(balanced(list(same.values())), SAME_FIELDS)
    use(fitted, fitted_work)
    for one in sets:
        print(f"# {one.name:20} P {{:.4f}} R {{:.4f}} F1 {{:.4f}}".format(*score(one)), file=sys.stderr)
    print(HEAD.format(sets=textwrap.fill(", ".join(one.name for one in sets if one.name not in CASES), 118)))
    for threshold in (
        "SAME_AT",
        "MAYBE_AT",
        "NAMED_MAYBE_AT",
        "APART_AT",
        "ELSEWHERE_AT",
        "TOGETHER_AT",
        "VERSION_AT",
        "VERSION_MAYBE_AT",
        "WORKS_APART_AT",
    ):
        print(f"{threshold} = {getattr(weights, threshold)}")
    print(f"PRIOR = {fitted[0]}\n{table('WEIGHTS', fitted[1])}\n")
    print(f"VERSION_PRIOR = {fitted_work[0]}\n{table('VERSION_WEIGHTS', fitted_work[1])}")


def validate(sets: list[Set], same: Mapping[str, list[Example]], work: tuple[float, dict]) -> None:
    for one in sets:
        if one.name in same:
            others = [found for name, found in same.items() if name != one.name]
            use(fit(balanced(others), SAME_FIELDS), work)
            print(f"# left out {one.name:20} P {{:.4f}} R {{:.4f}} F1 {{:.4f}}".format(*score(one)), file=sys.stderr)


if __name__ == "__main__":
    main()
