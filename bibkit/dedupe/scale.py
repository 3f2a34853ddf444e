"""Preparing and weighing many records: in one process, or on all cores.

A worker gets a share of the positions and answers with three arrays; evidence of one kind is sent once. With
`fork` the prepared records are shared and nothing is copied; with `spawn` they are sent once.
"""

from __future__ import annotations

import gc
import os
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec

from bibkit.dedupe.blocking import Index, pairs
from bibkit.dedupe.deciding import decide, weigh
from bibkit.dedupe.evidence import Evidence, Verdict
from bibkit.dedupe.prepare import Prepared, prepare
from bibkit.record import Record

ALONE = 40_000  # records that one process does sooner than two would
SLICE = 2_000  # positions between two steps of the progress bar

Watch = Callable[[Iterable[Any], int], Iterable[Any]]  # what is done, step by step, and the number of steps


class Found(msgspec.Struct):
    """The pairs that are not DIFFERENT: `kinds[kind[n]]` is the evidence of the pair `ones[n]`, `others[n]`."""

    ones: array[int]
    others: array[int]
    kind: array[int]
    kinds: list[Evidence]

    def __iter__(self) -> Iterator[tuple[int, int, Evidence]]:
        for one, other, kind in zip(self.ones, self.others, self.kind, strict=True):
            yield one, other, self.kinds[kind]

    def __len__(self) -> int:
        return len(self.ones)


def unwatched(items: Iterable[Any], _steps: int) -> Iterable[Any]:
    """A `Watch` that shows nothing."""
    return items


@contextmanager
def without_collector() -> Iterator[None]:
    """The cycle collector rests: millions of small objects are made here and none of them in cycles."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def prepare_all(records: Sequence[Record], watch: Watch) -> list[Prepared]:
    """All records in the form that is compared."""
    return [prepare(record) for record in watch(records, len(records))]


def weigh_all(prepared: Sequence[Prepared], blocks: Index, watch: Watch, processes: int = 0) -> Found:
    """The proposed pairs that are not DIFFERENT; their order depends on the number of processes."""
    count = processes or (1 if len(prepared) < ALONE else os.cpu_count() or 1)
    if count == 1:
        return _weighed(prepared, blocks, watch(range(0, len(prepared), SLICE), -(-len(prepared) // SLICE)))
    return _in_parallel(prepared, blocks, watch, count)


def _weighed(prepared: Sequence[Prepared], blocks: Index, starts: Iterable[int]) -> Found:
    found = Found(array("I"), array("I"), array("I"), [])
    numbers: dict[int, int] = {}
    for start in starts:
        for one, other in pairs(prepared, blocks, range(start, min(start + SLICE, len(prepared)))):
            evidence = weigh(prepared[one], prepared[other])
            if decide(evidence) is not Verdict.DIFFERENT:
                _keep(found, numbers, one, other, evidence)
    return found


def _keep(found: Found, numbers: dict[int, int], one: int, other: int, evidence: Evidence) -> None:
    """`numbers` knows evidence by identity: `weigh` gives one object for one kind, and `found` keeps it alive."""
    number = numbers.setdefault(id(evidence), len(found.kinds))
    if number == len(found.kinds):
        found.kinds.append(evidence)
    found.ones.append(one)
    found.others.append(other)
    found.kind.append(number)


# ------------------------------------------------------------------------------------------------ several processes


def _in_parallel(prepared: Sequence[Prepared], blocks: Index, watch: Watch, count: int) -> Found:
    """The calling process does the first share and shows the progress; the others do theirs meanwhile."""
    import multiprocessing  # 6 ms that a small matching has no use for

    context: Any = multiprocessing.get_context("fork" if hasattr(os, "fork") else "spawn")
    shares = _shares(len(prepared), count)
    workers = []
    for share in shares[1:]:
        ours, theirs = context.Pipe(duplex=False)
        worker = context.Process(target=_work, args=(prepared, blocks, share, theirs), daemon=True)
        worker.start()
        theirs.close()
        workers.append((worker, ours))
    found = _weighed(prepared, blocks, watch(shares[0], len(shares[0])))
    for worker, ours in workers:
        _append(found, *ours.recv())
        worker.join()
    return found


def _shares(size: int, count: int) -> list[range]:
    """Slices in turn, because neighbours in canonical order cost alike."""
    return [range(number * SLICE, size, count * SLICE) for number in range(count)]


def _work(prepared: Sequence[Prepared], blocks: Index, share: Iterable[int], answer: Any) -> None:
    found = _weighed(prepared, blocks, share)
    answer.send((found.ones, found.others, found.kind, found.kinds))
    answer.close()


def _append(found: Found, ones: array[int], others: array[int], kind: array[int], kinds: list[Evidence]) -> None:
    base = len(found.kinds)
    found.kinds += kinds
    found.ones += ones
    found.others += others
    found.kind.extend(base + number for number in kind)
