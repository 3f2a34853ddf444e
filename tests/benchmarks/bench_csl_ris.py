"""How fast CSL-JSON and RIS are read and written, against the floor: decoding the JSON alone, and rispy.

    python tests/benchmarks/bench_csl_ris.py [RECORDS]

Prints CPU seconds and MB/s. The library is made up: about 1 kB a record, names and titles of its own for each.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable

import msgspec

from bibkit.formats import Format, ReadOptions, WriteOptions, csl, ris, zotero
from bibkit.record import Date, Name, Record
from bibkit.written import Written

WORDS = "on the a of early late northern winter river stone paper light number theory model study survey growth".split()
SYLLABLES = "ba den fo gar hin jol ka lem mo nas or pel qui ros sta tur vo wen xi yar zo".split()


def made(count: int) -> list[Record]:
    """Journal articles with two to six authors each."""
    dice = random.Random(1)
    return [_one(dice, number) for number in range(count)]


def _one(dice: random.Random, number: int) -> Record:
    texts = {
        "title": " ".join(dice.choices(WORDS, k=10)).capitalize(),
        "container-title": "Journal of " + _name(dice),
        "volume": str(dice.randint(1, 90)),
        "issue": str(dice.randint(1, 12)),
        "page": f"{number}-{number + 9}",
        "DOI": f"10.1000/{_name(dice).lower()}.{number}",
        "ISSN": "1234-5679",
        "abstract": " ".join(dice.choices(WORDS, k=90)).capitalize() + ".",
        "URL": f"https://example.org/{number}",
    }
    people = tuple(Name(_name(dice), f"{_name(dice)} {dice.choice('ABCDE')}.") for _ in range(dice.randint(2, 6)))
    date = Date((dice.randint(1980, 2024), dice.randint(1, 12), dice.randint(1, 28)))
    return Record(
        "article-journal", f"key{number}", texts, {"author": people}, {"issued": date}, keywords=("one", "two")
    )


def _name(dice: random.Random) -> str:
    return "".join(dice.choices(SYLLABLES, k=dice.randint(2, 3))).capitalize()


def cpu(action: Callable[[], object], runs: int = 5) -> float:
    """The least of some runs."""
    taken = []
    for _ in range(runs):
        start = time.process_time()
        action()
        taken.append(time.process_time() - start)
    return min(taken)


def show(what: str, seconds: float, size: float, **floors: float) -> None:
    against = ", ".join(f"{seconds / floor:.2f} times {name}" for name, floor in floors.items())
    print(f"{what:<24}{seconds:8.3f} s {size / seconds:8.1f} MB/s   {against}")


def text_of(target: Format, records: list[Record]) -> str:
    assert target.write
    return "".join(piece for piece in target.write(records, WriteOptions()) if isinstance(piece, str))


def reading(source: Format, text: str) -> float:
    assert source.read
    reader = source.read
    return cpu(lambda: sum(1 for _ in reader(text, "made", ReadOptions())))


def standing(source: Format, text: str) -> tuple[float, float]:
    """Reading as entries that stand in their file, and asking each of them for its fields."""
    assert source.written
    reader = source.written
    items = [item for item in reader(text, "made", ReadOptions()) if isinstance(item, Written)]
    fields = cpu(lambda: sum(len(item.fields) for item in items), 1)
    return cpu(lambda: sum(1 for _ in reader(text, "made", ReadOptions()))), fields


def show_standing(source: Format, text: str, size: float) -> None:
    seconds, fields = standing(source, text)
    show(f"{source.name} as it stands", seconds, size)
    show(f"{source.name} fields of all", fields, size)


def writing(target: Format, records: list[Record]) -> float:
    assert target.write
    writer = target.write
    return cpu(lambda: sum(1 for _ in writer(records, WriteOptions())))


def main() -> None:
    records = made(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
    text = text_of(csl.FORMAT, records)
    data = text.encode()
    size = len(data) / 1e6
    floors = {"json": cpu(lambda: json.loads(data)), "msgspec": cpu(lambda: msgspec.json.decode(data))}
    for name, seconds in floors.items():
        show(f"{name} alone", seconds, size)
    show("CSL-JSON read", reading(csl.FORMAT, text), size, **floors)
    show_standing(csl.FORMAT, text, size)
    show("CSL-JSON written", writing(csl.FORMAT, records), size, **floors)
    text = text_of(zotero.FORMAT, records)
    show("Zotero JSON read", reading(zotero.FORMAT, text), len(text.encode()) / 1e6)
    show_standing(zotero.FORMAT, text, len(text.encode()) / 1e6)
    show("Zotero JSON written", writing(zotero.FORMAT, records), len(text.encode()) / 1e6)
    text = text_of(ris.FORMAT, records)
    size = len(text.encode()) / 1e6
    import rispy

    floors = {"rispy": cpu(lambda: rispy.loads(text))}
    show("rispy", floors["rispy"], size)
    show("RIS read", reading(ris.FORMAT, text), size, **floors)
    show_standing(ris.FORMAT, text, size)
    show("RIS written", writing(ris.FORMAT, records), size)


if __name__ == "__main__":
    main()
