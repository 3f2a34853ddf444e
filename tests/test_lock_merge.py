"""Two branches, one lock: by a driver for git, by git alone, and by `bibkit keys check --fix`."""

from __future__ import annotations

import os
import shutil
import subprocess
from itertools import product
from pathlib import Path

import pytest
from command import bibkit
from hypothesis import given, settings
from hypothesis import strategies as st

from bibkit import key_history
from bibkit import lock as locks
from bibkit.identity import is_text
from bibkit.keys import assign, caseless, dumps, loads
from bibkit.lock import Lock, Pin
from bibkit.problems import StateError
from bibkit.record import Date, Name, Record

CI = os.environ.get("HYPOTHESIS_PROFILE") == "ci"
property_test = settings(max_examples=2000 if CI else 200, derandomize=True, deadline=None)
git_test = settings(max_examples=30 if CI else 4, derandomize=True, deadline=None)
needs_git = pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")

# ------------------------------------------------------------------------------------------------ branches to draw from

TITLES, AUTHORS, YEARS = ["Graphs", "Graphs at Night", "Trees"], ["Liu", "Müller"], [2019, 2020]
DOIS, KEYS, DAYS = ["", "10.1000/a", "10.1000/b"], ["", "", "k", "K", "liu2019graphs"], ["2026-11-20", "2026-11-21", ""]


def record(title: str, author: str, year: int, doi: str = "", key: str = "") -> Record:
    texts = {"title": title, "DOI": doi} if doi else {"title": title}
    return Record(key=key, texts=texts, names={"author": (Name(author),)}, dates={"issued": Date((year,))})


RECORDS = st.builds(lambda drawn: record(*drawn), st.sampled_from(list(product(TITLES, AUTHORS, YEARS, DOIS, KEYS))))
CHANGES = st.lists(st.tuples(st.sampled_from(["rename", "alias", "join", "drop"]), st.integers(0, 9)), max_size=2)


def edited(lock: Lock, works: list[Record], changes: list[tuple[str, int]], day: str) -> Lock:
    """A lock after a build of these works and some changes by hand."""
    lock = assign(works, lock, day=day).lock
    for what, place in changes:
        if lock.pins:
            lock = CHANGE[what](lock, lock.pins[place % len(lock.pins)], place)
    return lock


def free(lock: Lock, base: str) -> str:
    return locks.edits.names_of(lock.pins).unique(base)


CHANGE = {
    "rename": lambda lock, pin, place: locks.rename(lock, pin.key, free(lock, f"new{place % 3}"), day="2026-11-22"),
    "alias": lambda lock, pin, place: locks.add_alias(lock, pin.key, free(lock, f"also{place % 3}")),
    "join": lambda lock, pin, place: locks.join(lock, pin.key, lock.pins[0].key),
    "drop": lambda lock, pin, place: Lock(tuple(one for one in lock.pins if one is not pin)),
}
SIDE = st.tuples(st.lists(RECORDS, max_size=4), CHANGES, st.sampled_from(DAYS))


@st.composite
def branches(draw: st.DrawFn) -> tuple[Lock, Lock, Lock]:
    works, changes, day = draw(SIDE)
    base = edited(Lock(), works, changes, day)
    ours, theirs = (edited(base, works + more, hand, when) for more, hand, when in (draw(SIDE), draw(SIDE)))
    return base, ours, theirs


def check_sound(lock: Lock) -> None:
    assert loads(dumps(lock)) == lock
    names = [caseless(name) for pin in lock.pins for name in pin.names]
    owned = [identity for pin in lock.pins for identity in pin.identities]
    assert len(set(names)) == len(names)
    assert len(set(owned)) == len(owned)


# ------------------------------------------------------------------------------------------------ the three-way merge


@property_test
@given(branches())
def test_any_two_branches_merge_to_a_lock_that_loads(sides: tuple[Lock, Lock, Lock]) -> None:
    base, ours, theirs = sides
    merged = locks.merge(base, ours, theirs).lock
    check_sound(merged)
    assert dumps(locks.merge(base, theirs, ours).lock) == dumps(merged), "whose branch it is does not matter"


@property_test
@given(branches())
def test_what_only_one_branch_changed_is_as_it_made_it(sides: tuple[Lock, Lock, Lock]) -> None:
    base, ours, _ = sides
    assert locks.merge(base, base, ours).lock == locks.merge(base, ours, base).lock == ours
    assert locks.merge(base, ours, ours).lock == ours


@property_test
@given(st.lists(RECORDS, max_size=4), st.lists(RECORDS, max_size=4), st.lists(RECORDS, max_size=4))
def test_no_key_is_lost(base_works: list[Record], more: list[Record], others: list[Record]) -> None:
    """Every key of both branches is a name of some work after the merge, or a note that it was one."""
    base = assign(base_works, Lock()).lock
    ours, theirs = assign(base_works + more, base).lock, assign(base_works + others, base).lock
    merged = locks.merge(base, ours, theirs).lock
    for pin in (*base.pins, *ours.pins, *theirs.pins):
        strong = {identity for identity in pin.identities if not is_text(identity)}
        kept = [one for one in merged.pins if strong.intersection(one.identities)]
        names = {caseless(name) for one in kept for name in (*one.names, *one.was)}
        assert locks.find(merged, pin.key)
        assert not kept or set(map(caseless, pin.names)) <= names


@property_test
@given(branches())
def test_a_union_of_lines_loads_or_is_mended(sides: tuple[Lock, Lock, Lock]) -> None:
    """What git makes of `merge=union`. Only a key of two works is left to a person, and `mend` has an answer to it."""
    _, ours, theirs = sides
    lines = list(dict.fromkeys((dumps(ours) + dumps(theirs)).splitlines(keepends=True)))
    readings = [locks.mend("".join(some)) for some in (lines, sorted(lines), lines[::-1])]
    assert len({dumps(reading.lock) for reading in readings}) == 1, "the order of the lines does not matter"
    check_sound(readings[0].lock)
    assert all(map(locks.mendable, readings[0].problems))
    if readings[0].sound:
        assert locks.loads("".join(lines)) == readings[0].lock
    else:
        with pytest.raises(StateError, match=r"to two works.*`bibkit keys check --fix`"):
            locks.loads("".join(lines))


# ------------------------------------------------------------------------------------------------ cases

SEEN, OTHER = "0123456789abcdef", "fedcba9876543210"


def pin(key: str, identity: str, *aliases: str, day: str = "", seen: str = SEEN, **more: object) -> Pin:
    return Pin(key, (identity,) if identity else (), aliases, given=day, seen=seen, **more)


def merged(base: list[Pin], ours: list[Pin], theirs: list[Pin]) -> locks.Settled:
    settled = locks.merge(*(locks.in_order(side) for side in (base, ours, theirs)))
    check_sound(settled.lock)
    return settled


K, L = pin("k", "doi:1"), pin("l", "doi:2")


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "names"),
    [
        ([], [K], [L], ["k", "l"]),
        ([K], [K, L], [K], ["k", "l"]),
        ([K, L], [K], [K, L], ["k"]),  # deleted by a person
        ([K], [], [pin("k", "doi:1", "x")], ["k x"]),  # deleted, and changed
        ([K], [pin("n", "doi:1", "k")], [K], ["n k"]),  # renamed
        ([K], [pin("n", "doi:1", "k")], [pin("k", "doi:1", "x")], ["n k x"]),
        ([K], [pin("m", "doi:1", "k", day="2026-02-01")], [pin("n", "doi:1", "k", day="2026-01-01")], ["n k m"]),
        ([pin("k", "doi:1", "x")], [K], [pin("k", "doi:1", "x")], ["k"]),  # an alias taken away
        ([K, L], [pin("k", "doi:1", "l")], [K, L], ["k l"]),  # joined by a person
        ([], [K], [pin("q", "doi:1", seen=OTHER)], ["k q"]),  # one work, two keys
        ([], [pin("k", "doi:1", day="2026-02-01")], [pin("q", "doi:1", day="2026-01-01")], ["q k"]),
        ([], [pin("k", "doi:1", day="2026-02-01")], [pin("k", "doi:2", day="2026-01-01")], ["k", "ka"]),
        ([], [pin("k", "doi:2")], [pin("K", "doi:1")], ["K", "ka"]),
        ([K], [K, pin("z", "doi:3")], [K, pin("Z", "doi:4")], ["Za", "k", "z"]),
        ([], [pin("k", "doi:1", "ka")], [pin("k", "doi:2")], ["k ka", "kb"]),
        ([], [K], [pin("l", "doi:2", "k")], ["k", "l"]),  # a key goes before an alias
    ],
)
def test_cases(base: list[Pin], ours: list[Pin], theirs: list[Pin], names: list[str]) -> None:
    for sides in ((ours, theirs), (theirs, ours)):
        found = merged(base, *sides)
        assert [" ".join(one.names) for one in found.lock.pins] == names


def test_the_oldest_keeps_a_key_and_the_other_is_found_by_it() -> None:
    found = merged([], [pin("k", "doi:1", day="2026-02-01")], [pin("k", "doi:2", day="2026-01-01")])
    assert [(one.key, one.identities, one.was) for one in found.lock.pins] == [
        ("k", ("doi:2",), ()),
        ("ka", ("doi:1",), ("k",)),
    ]
    assert [locks.told(finding) for finding in found.findings] == [
        "two works had the key 'k': 'k' keeps it, the other is 'ka' now"
    ]


def test_who_had_the_key_in_common_keeps_it() -> None:
    """Though the other has an earlier day: a clock was wrong."""
    old, new = pin("k", "doi:9", day="2026-05-01"), pin("k", "doi:1", day="2026-01-01")
    found = merged([old], [old], [pin("n", "doi:9", day="2026-05-01"), new])
    assert [one.key for one in found.lock.pins] == ["k", "n"]
    found = merged([pin("x", "doi:9", "k")], [old], [pin("x", "doi:9"), new])
    assert [(one.key, one.identities) for one in found.lock.pins] == [("k", ("doi:9",)), ("ka", ("doi:1",))]


# ------------------------------------------------------------------------------------------------ with git


def git(folder: Path, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "init.defaultBranch=main"]
    done = subprocess.run(["git", *who, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert not check or done.returncode == 0, done.stderr
    return done


def repository(folder: Path, attributes: str = "seeds/keys.lock merge=union\n") -> Path:
    (folder / "seeds").mkdir(parents=True)
    git(folder, "init", "--quiet")
    (folder / ".gitattributes").write_text(attributes, encoding="utf-8")
    return folder


def commit(folder: Path, lock: Lock, message: str) -> None:
    (folder / "seeds" / "keys.lock").write_text(dumps(lock), encoding="utf-8")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", message)


def merge_in(folder: Path, base: Lock, ours: Lock, theirs: Lock) -> subprocess.CompletedProcess[str]:
    commit(folder, base, "base")
    git(folder, "checkout", "--quiet", "-b", "theirs")
    commit(folder, theirs, "theirs")
    git(folder, "checkout", "--quiet", "-")
    commit(folder, ours, "ours")
    return git(folder, "merge", "--quiet", "--no-edit", "theirs", check=False)


def standing(folder: Path) -> str:
    return (folder / "seeds" / "keys.lock").read_text(encoding="utf-8")


@needs_git
@git_test
@given(branches())
def test_the_driver_merges_in_git(tmp_path_factory: pytest.TempPathFactory, sides: tuple[Lock, Lock, Lock]) -> None:
    folder = repository(tmp_path_factory.mktemp("driver"))
    commit(folder, sides[0], "first")
    assert bibkit("keys", "merge-driver", "--install", cwd=folder).code == 0
    done = merge_in(folder, *sides)
    assert done.returncode == 0, done.stderr
    assert loads(standing(folder)) == locks.merge(*sides).lock


@needs_git
@git_test
@given(branches())
def test_without_the_driver_git_and_check_do(
    tmp_path_factory: pytest.TempPathFactory, sides: tuple[Lock, Lock, Lock]
) -> None:
    for name, attributes in (("union", "seeds/keys.lock merge=union\n"), ("plain", "")):
        folder = repository(tmp_path_factory.mktemp(name), attributes)
        done = merge_in(folder, *sides)
        assert name == "plain" or done.returncode == 0, done.stderr
        reading = key_history.load_anyhow(folder)
        assert all(map(locks.mendable, reading.problems))
        key_history.save(folder, reading.lock)
        assert key_history.load_anyhow(folder) == locks.Reading(reading.lock, [])


@needs_git
def test_the_driver_says_what_it_decided(tmp_path: Path) -> None:
    folder = repository(tmp_path / "it")
    commit(folder, Lock(), "first")
    assert bibkit("keys", "merge-driver", "--install", cwd=folder).code == 0
    sides = [locks.in_order([pin("k", f"doi:{side}", day=f"2026-01-0{side}")]) for side in (2, 1)]
    done = merge_in(folder, Lock(), *sides)
    assert done.returncode == 0
    assert "seeds/keys.lock: two works had the key 'k': 'k' keeps it, the other is 'ka' now" in done.stderr
    attributes = (folder / ".git" / "info" / "attributes").read_text(encoding="utf-8")
    assert attributes == "/seeds/keys.lock merge=bibkit-keys\n"
    assert bibkit("keys", "merge-driver", "--install", cwd=folder).code == 0
    assert (folder / ".git" / "info" / "attributes").read_text(encoding="utf-8") == attributes, "once is enough"


@needs_git
def test_install_in_a_folder_below_the_top_and_its_dry_run(tmp_path: Path) -> None:
    top = repository(tmp_path / "it", "*.txt text")
    (top / "paper" / "seeds").mkdir(parents=True)
    (top / "paper" / "seeds" / "keys.lock").write_text(dumps(Lock()), encoding="utf-8")
    done = bibkit("keys", "merge-driver", "--install", "--dry-run", cwd=top / "paper")
    assert "merge.bibkit-keys.driver" in done.out
    assert not (top / ".git" / "info" / "attributes").exists() or "keys.lock" not in (
        top / ".git" / "info" / "attributes"
    ).read_text(encoding="utf-8")
    assert bibkit("keys", "merge-driver", "--install", "-C", "paper", cwd=top).code == 0
    assert "/paper/seeds/keys.lock merge=bibkit-keys\n" in (top / ".git/info/attributes").read_text(encoding="utf-8")
    assert (top / ".gitattributes").read_text(encoding="utf-8") == "*.txt text\npaper/seeds/keys.lock merge=union\n"


def test_install_where_there_is_no_repository(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    done = bibkit("keys", "merge-driver", "--install", cwd=tmp_path, GIT_CEILING_DIRECTORIES=str(tmp_path.parent))
    assert done.code == 2
    assert "git" in done.err


def driven(folder: Path, base: str, ours: str, theirs: str) -> tuple[int, str, str]:
    for name, text in (("base", base), ("ours", ours), ("theirs", theirs)):
        (folder / name).write_text(text, encoding="utf-8")
    done = bibkit("keys", "merge-driver", "base", "ours", "theirs", "seeds/keys.lock", cwd=folder)
    return done.code, (folder / "ours").read_text(encoding="utf-8"), done.err


def test_the_driver_leaves_out_what_is_damaged_and_says_so(tmp_path: Path) -> None:
    ours, theirs = dumps(locks.in_order([K])), dumps(locks.in_order([L]))
    code, text, err = driven(tmp_path, "", ours, theirs + "m doi:10.1/a se")
    assert code == 1
    assert [one.key for one in loads(text).pins] == ["k", "l"]
    assert "seeds/keys.lock (theirs):4: error: this line is damaged" in err


def test_the_driver_does_not_touch_the_lock_of_a_newer_bibkit(tmp_path: Path) -> None:
    ours = dumps(locks.in_order([K]))
    code, text, err = driven(tmp_path, "", ours, "# bibkit keys.lock 9\n")
    assert (code, text) == (5, ours)
    assert "seeds/keys.lock (theirs):1: a newer bibkit wrote this lock" in err


def test_the_driver_wants_three_files(tmp_path: Path) -> None:
    assert bibkit("keys", "merge-driver", "one", cwd=tmp_path).code == 2
    assert bibkit("keys", "merge-driver", "a", "b", "c", cwd=tmp_path).code == 2
