"""How exactly a labelled pair of listings is read: python tests/benchmarks/exact_listing.py DIR

DIR holds glued.txt (compact layout), spaced.txt (profile page) and truth.json with the same papers in the same order.
A year that is not in the text is null in the truth: then month and day are compared, and the trace must say so.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from bibkit.formats import ReadOptions
from bibkit.formats.listing import read
from bibkit.formats.listing_header import full_class
from bibkit.names import format_display
from bibkit.problems import Problem
from bibkit.record import Record

FIELDS = ("title", "authors", "et_al", "affiliation", "abstract", "cat", "date", "code", "score")


def wanted(paper: dict[str, Any]) -> dict[str, Any]:
    day = (paper["month"], paper["day"])
    return {
        **{field: paper[field] for field in FIELDS if field != "date"},
        "affiliation": paper["affiliation"] or "",
        "cat": full_class(paper["cat"]) or paper["cat"],
        "date": (paper["year"], *day) if paper["year"] else ("inferred", *day),
        "score": "" if paper["score"] is None else str(paper["score"]),
    }


def found(record: Record) -> dict[str, Any]:
    issued, trace = record.dates["issued"].start, record.traces.get("issued")
    return {
        "title": record.title,
        "authors": [format_display(name) for name in record.authors],
        "et_al": "author" in record.cut,
        "affiliation": record.extra.get("listing:affiliation", ""),
        "abstract": record.texts.get("abstract", ""),
        "cat": ", ".join(record.keywords),
        "date": ("inferred", *issued[1:]) if trace and trace.inferred else issued,
        "code": record.extra.get("listing:code", False),
        "score": record.extra.get("listing:score", ""),
    }


def measure(text: str, papers: list[dict[str, Any]], options: ReadOptions = ReadOptions()) -> dict[str, float]:  # noqa: B008
    """Shares: of exact records, of each exact field, of wrong ones without a doubt, of doubtful ones."""
    items = list(read(text, "listing", options))
    records = [item for item in items if isinstance(item, Record)]
    doubtful = {item.line for item in items if isinstance(item, Problem) and item.code == "listing-doubtful-split"}
    counts: Counter[str] = Counter()
    for record, paper in zip(records, papers, strict=False):
        got, want = found(record), wanted(paper)
        exact = {field: got[field] == want[field] for field in FIELDS}
        split = exact["title"] and exact["authors"]
        doubt = any(line in doubtful for line in range(record.origins[0].line, record.origins[0].end_line + 1))
        counts.update(field for field in FIELDS if exact[field])
        counts.update({"all fields": all(exact.values()), "silently wrong": not split and not doubt, "doubtful": doubt})
    return {name: counts[name] / len(papers) for name in (*FIELDS, "all fields", "silently wrong", "doubtful")}


def main(folder: str) -> int:
    place = Path(folder)
    if not (place / "truth.json").is_file():
        print(f"skipped: there is no truth.json in {folder}")
        return 0
    truth = json.loads((place / "truth.json").read_text(encoding="utf-8"))
    for name in ("spaced", "glued"):
        figures = measure((place / f"{name}.txt").read_text(encoding="utf-8"), truth[name])
        print(f"{name}: {len(truth[name])} papers")
        for field, share in figures.items():
            print(f"  {field:15} {100 * share:6.2f} %")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
