"""The lock's text: what is written, what is read, and what is said of a lock that cannot be used."""

from __future__ import annotations

import contextlib
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bibkit import lock as locks
from bibkit.keys import Lock, Pin, StateError, dumps, loads

EXAMPLES = 2000 if os.environ.get("HYPOTHESIS_PROFILE") == "ci" else 200
property_test = settings(max_examples=EXAMPLES, derandomize=True, deadline=None)

HEAD = (
    "# bibkit keys.lock 2\n"
    "# One work a line: its citation key, then all that it was known by. Written by bibkit; keep it in git.\n"
)
SEEN = "seen:0123456789abcdef"
OTHER = "seen:fedcba9876543210"


def test_dumps():
    lock = Lock(
        (
            Pin("Zoe", ("doi:10.1/a", "text:b|c~d"), ("old", "older"), "incoming", "0123456789abcdef"),
            Pin("abe", ("doi:10.1/b",)),
            Pin("bea", (), (), "hand", "", "2026-11-22", "seeds/my%20list.txt", ("abe",), ("doi:10.1/b", "doi:10.1/c")),
        )
    )
    text = (
        f"{HEAD}Zoe doi:10.1/a text:b|c~d alias:old alias:older made:incoming {SEEN}\n"
        "abe doi:10.1/b seen:-\n"
        "bea was:abe with:doi:10.1/b with:doi:10.1/c made:hand given:2026-11-22 from:seeds/my%20list.txt seen:-\n"
    )
    assert dumps(lock) == text
    assert loads(text) == lock


def test_the_empty_lock():
    assert dumps(Lock()) == HEAD
    assert loads(HEAD) == Lock()


@pytest.mark.parametrize(
    "text",
    [
        f"{HEAD}b doi:10.1/b {SEEN}\na doi:10.1/a {SEEN}\n",  # in another order
        f"a doi:10.1/a {SEEN}\nb doi:10.1/b {SEEN}\n{HEAD}",  # the header elsewhere
        f"{HEAD}a doi:10.1/a {SEEN}\nb doi:10.1/b {SEEN}\na doi:10.1/a {SEEN}\n",  # twice
        f"{HEAD}a doi:10.1/a {SEEN}\nb doi:10.1/b {SEEN}",  # no newline at the end
        f"\ufeff{HEAD}a doi:10.1/a {SEEN}\nb doi:10.1/b {SEEN}\n".replace("\n", "\r\n"),
        f"{HEAD}\n# a remark\na doi:10.1/a {SEEN}\n\nb doi:10.1/b {SEEN}\n",
        f"{HEAD}{HEAD}a doi:10.1/a doi:10.1/a {SEEN}\nb doi:10.1/b {SEEN}\n",
    ],
)
def test_what_git_and_editors_do_to_a_lock(text):
    assert loads(text) == loads(f"{HEAD}a doi:10.1/a {SEEN}\nb doi:10.1/b {SEEN}\n")


def test_two_lines_of_one_work_are_one_pin():
    text = f"{HEAD}a doi:10.1/a text:t|u~v seen:-\na arxiv:1 text:t|u~v alias:b {SEEN}\n"
    assert loads(text).pins == (Pin("a", ("arxiv:1", "doi:10.1/a", "text:t|u~v"), ("b",), "", "0123456789abcdef"),)


def test_a_text_that_two_works_claim_stays_with_the_first():
    text = f"{HEAD}b doi:10.1/b text:t|u~v {SEEN}\na doi:10.1/a text:t|u~v {SEEN}\n"
    assert [pin.identities for pin in loads(text).pins] == [("doi:10.1/a", "text:t|u~v"), ("doi:10.1/b",)]


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("", 1, "the file is empty; restore it from git"),
        ("\n", 1, "the file is empty"),
        (f"a doi:10.1/a {SEEN}\n", 1, "the line '# bibkit keys.lock 2' is missing"),
        ("# bibkit keys.lock 3\n%%%\n", 1, "a newer bibkit wrote this lock (version 3, this bibkit reads 2); update"),
        ("# bibkit keys.lock x\n", 1, "no lock of version 'x'"),
        ("# bibkit keys.lock 0\n", 1, "no lock of version '0'"),
        (f"# bibkit keys.lock {'9' * 5000}\n", 1, "no lock of version"),
        (f"{HEAD}a doi:10.1/a\n", 3, "damaged or cut short"),
        (f"{HEAD}a doi:10.1/a seen:0123456789abcde", 3, "damaged or cut short"),
        (f"{HEAD}a\n", 3, "damaged"),
        (f"{HEAD}a doi: {SEEN}\n", 3, "damaged"),
        (f"{HEAD}a doi {SEEN}\n", 3, "damaged"),
        (f"{HEAD}a  doi:10.1/a {SEEN}\n", 3, "damaged"),
        (f"{HEAD}a doi:10.1/a\t {SEEN}\n", 3, "damaged"),
        (f"{HEAD}a doi:10.1/\0 {SEEN}\n", 3, "damaged"),
        (f"{HEAD} doi:10.1/a {SEEN}\n", 3, "damaged"),
        (f"{HEAD}a,b doi:10.1/a {SEEN}\n", 3, "damaged"),
        (f"{HEAD}a alias:b,c {SEEN}\n", 3, "damaged"),
        (f"{HEAD}a alias:b% {SEEN}\n", 3, "damaged"),
        (f"{HEAD}b doi:10.1/b {SEEN}\na doi:10.1/a {SEEN}\na doi:10.1/c {SEEN}\n", 5, "and line 4 give the key 'a' to"),
        (f"{HEAD}b doi:10.1/b {SEEN}\na doi:10.1/a {SEEN}\nA doi:10.1/c {SEEN}\n", 5, "and line 4 give the key 'a' to"),
        (f"{HEAD}b alias:a {SEEN}\nc doi:10.1/c {SEEN}\nA doi:10.1/a {OTHER}\n", 5, "and line 3 give the key 'a' to"),
        (f"{HEAD}b alias:x {SEEN}\na alias:X {OTHER}\n", 4, "and line 3 give the key 'x' to"),
        (f"{HEAD}a doi:10.1/a given:today {SEEN}\n", 3, "'today' is no day"),
        (f"{HEAD}a doi:10.1/a was:b% {SEEN}\n", 3, "'b%' cannot be a key"),
        (
            f"{HEAD}<<<<<<< HEAD\na doi:10.1/a {SEEN}\n=======\nb doi:10.1/b {SEEN}\n>>>>>>> other\n",
            3,
            "git left conflict marks on lines 3, 5, 7; run `bibkit keys check --fix`, or delete these and keep",
        ),
    ],
)
def test_loads_says_what_is_wrong_and_where(text, place, says):
    with pytest.raises(StateError) as error:
        loads(text, "seeds/keys.lock")
    message = str(error.value)
    assert message.startswith(f"seeds/keys.lock:{place}: ")
    assert says in message.replace("'A'", "'a'").replace("'X'", "'x'")
    assert "\n" not in message


LINES = st.lists(
    st.one_of(
        st.text(max_size=20),
        st.builds(
            "{} {} {}".format,
            st.sampled_from("aAbc"),
            st.sampled_from(["doi:1", "doi:2", "text:a|b~c", "alias:c", "alias:D", "made:incoming", "doi:"]),
            st.sampled_from([SEEN, "seen:-", "seen:", ""]),
        ),
    ),
    max_size=6,
)


@property_test
@given(LINES, st.sampled_from(["", HEAD]))
def test_loads_raises_nothing_but_state_errors(lines, head):
    with contextlib.suppress(StateError):
        lock = loads(head + "\n".join(lines))
        assert loads(dumps(lock)) == lock
    with contextlib.suppress(StateError):
        lock = locks.mend(head + "\n".join(lines)).lock
        assert loads(dumps(lock)) == lock


# ------------------------------------------------------------------------------------------------ earlier and merged

FIRST_VERSION = HEAD.replace("lock 2", "lock 1")


def test_a_lock_of_the_first_version_is_read_as_it_is_and_written_anew():
    pins = f"a doi:10.1/a alias:b made:incoming {SEEN}\nc text:t|u~v seen:-\n"
    reading = locks.read(FIRST_VERSION + pins, "keys.lock")
    assert dumps(reading.lock) == HEAD + pins
    (problem,) = reading.problems
    assert str(problem).startswith("keys.lock:1: note: this lock is of version 1; it will be written as version 2")
    assert locks.read(dumps(reading.lock)).problems == []


def test_branches_of_both_versions_merge():
    text = f"{FIRST_VERSION}a doi:10.1/a {SEEN}\n{HEAD}b doi:10.1/b given:2026-11-22 {SEEN}\n"
    assert [pin.given for pin in loads(text).pins] == ["", "2026-11-22"]


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        ([f"b doi:10.1/a {SEEN}", f"a doi:10.1/a {OTHER}"], "a doi:10.1/a alias:b seen:fedcba9876543210"),
        (
            [f"b doi:10.1/a given:2026-01-01 {SEEN}", f"a doi:10.1/a given:2026-01-02 {SEEN}"],
            f"b doi:10.1/a alias:a given:2026-01-01 {SEEN}",
        ),
        ([f"a text:t|u~v {SEEN}", f"b text:t|u~v {SEEN}"], f"a text:t|u~v alias:b {SEEN}"),
        ([f"a text:t|u~v {SEEN}", f"b text:t|u~v alias:a {OTHER}"], f"b text:t|u~v alias:a {OTHER}"),
        ([f"b text:t|u~v alias:a {OTHER}", f"c text:t|u~v alias:a {OTHER}"], f"b text:t|u~v alias:a alias:c {OTHER}"),
    ],
)
def test_one_work_with_two_keys_has_one_and_an_alias(lines, kept):
    for some in (lines, lines[::-1]):
        reading = locks.read(HEAD + "\n".join(some) + "\n")
        assert dumps(reading.lock).removeprefix(HEAD).split() == kept.replace(OTHER, max(SEEN, OTHER)).split()
        assert {problem.severity for problem in reading.problems} <= {"warning"}


def test_works_of_one_text_stay_apart_where_nothing_else_makes_them_one():
    """Editorials of two years, each added on a branch of its own."""
    text = f"{HEAD}ed2019 text:t|u~v {SEEN}\ned2020 text:t|u~v {OTHER}\n"
    reading = locks.read(text)
    assert [(pin.key, pin.identities) for pin in reading.lock.pins] == [("ed2019", ("text:t|u~v",)), ("ed2020", ())]
    assert str(reading.problems[0]) == (
        "keys.lock:4: warning: this line and line 3 claim one text, text:t|u~v; 'ed2019' has it now; "
        "if they are one work: bibkit keys alias --join ed2019 ed2020 [lock-text-twice]"
    )


def test_what_can_be_mended_is_mended():
    conflict = f"{HEAD}<<<<<<< ours\na doi:10.1/a {SEEN}\n||||||| base\nold doi:10.1/z seen:-\n"
    conflict += f"=======\na doi:10.1/b {SEEN}\n>>>>>>> theirs\n"
    reading = locks.mend(conflict)
    assert [problem.code for problem in reading.problems] == ["lock-conflict", "lock-key-twice"]
    assert all(map(locks.mendable, reading.problems))
    assert [(pin.key, pin.identities, pin.was) for pin in reading.lock.pins] == [
        ("a", ("doi:10.1/a",), ()),
        ("aa", ("doi:10.1/b",), ("a",)),
    ]


def test_a_damaged_line_is_left_out_and_said():
    reading = locks.mend(f"{HEAD}a doi:10.1/a {SEEN}\nb doi:10.1/b se")
    assert [pin.key for pin in reading.lock.pins] == ["a"]
    assert [(problem.code, problem.line) for problem in reading.problems] == [("lock-line-damaged", 4)]
    assert not any(map(locks.mendable, reading.problems))
