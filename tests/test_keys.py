"""Keys: the default pattern, what a work is known by, the lock's text, and the rules of `assign`, one property each."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import Counter
from itertools import product
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bibkit import keys
from bibkit.identity import contradict, sight
from bibkit.keys import Lock, StateError, assign, caseless, default_key, dumps, fill, identities, loads, usable
from bibkit.record import Date, Name, Origin, Record, replace

EXAMPLES = 2000 if os.environ.get("HYPOTHESIS_PROFILE") == "ci" else 200
property_test = settings(max_examples=EXAMPLES, derandomize=True, deadline=None)


def record(title="", authors=(), year=None, **more):
    """A record; authors are family names, or Names."""
    names = tuple(Name(family=author) if isinstance(author, str) else author for author in authors)
    texts = {"title": title} if title else {}
    for variable in ("DOI", "URL", "number", "archive", "archive_location", "abstract", "page", "PMID"):
        if more.get(variable):
            texts[variable] = more.pop(variable)
        more.pop(variable, None)
    dates = {"issued": Date((year,) if isinstance(year, int) else year)} if year else {}
    return Record(texts=texts, names={"author": names} if names else {}, dates=dates, **more)


def seen_as(work):
    return sight(work, identities(work))


def keys_of(assignment):
    return [work.key for work in assignment.records]


def codes(assignment):
    return sorted(problem.code for problem in assignment.problems)


# ------------------------------------------------------------------------------------------------ the default pattern


@pytest.mark.parametrize(
    ("work", "key"),
    [
        (record("Learning Appearance-motion Normality", ["Liu", "Li"], 2022), "liu2022learning"),
        (record("The Art of Fugue", ["Bach"], 1751), "bach1751art"),
        (record("Spatio-Temporal Graphs", ["Wang"], 2021), "wang2021spatio"),
        (record("In-Context Learning", ["Wang"], 2021), "wang2021context"),
        (record("M2S2L: Mamba for Video", ["Zhao"], 2025), "zhao2025m2s2l"),
        (record("U-Net: Convolutional Networks", ["Ronneberger"], 2015), "ronneberger2015unet"),
        (record("A novel efficient scheme", ["Kim"], 2020), "kim2020novel"),
        (record("What's in a Name?", ["O'Hara"], 1999), "ohara1999whats"),
        (record("<i>In vitro</i> growth", ["Roe"], 2001), "roe2001vitro"),
        (record('<span class="nocase">NASA</span> and Mars', ["Roe"], 2001), "roe2001nasa"),
        (record(r"$\alpha$-Decay revisited", ["Gamow"], 1928), "gamow1928alpha"),
        (record("$5^i$ codes", ["Roe"], 2001), "roe20015i"),
        (record("H<sub>2</sub>O at night", ["Roe"], 2001), "roe2001h2o"),
        (record("3D Gaussian Splatting", ["Kerbl"], 2023), "kerbl20233d"),
        (record("2001: A Space Odyssey", ["Clarke"], 1968), "clarke1968space"),
        (record("1984", ["Orwell"], 1949), "orwell19491984"),
        (record("To", ["Roe"], 2001), "roe2001to"),
        (record("Über Grenzen", ["Müller"], 2001), "muller2001uber"),
        (record("Groß und klein", ["Groß"], 2001), "gross2001gross"),
        (record("Теория", ["Медведев"], 2002), "medvedev2002teoriya"),
        (record("Ørsted's law", ["Łukasz"], 1900), "lukasz1900orsteds"),
        (record("Graphs", [Name("Hoeven", "Dirk", non_dropping_particle="van der")], 2023), "vanderhoeven2023graphs"),
        (record("Fidelio", [Name("Beethoven", "Ludwig", dropping_particle="van")], 1805), "beethoven1805fidelio"),
        (record("Graphs", ["García Márquez"], 2023), "garciamarquez2023graphs"),
        (record("Graphs", ["Horst-Maus"], 2023), "horstmaus2023graphs"),
        (record("Health", [Name(literal="The World Health Organization")], 2019), "world2019health"),
        (record("Republic", [Name(given="Plato")], (-374,)), "plato375bcrepublic"),
        (record("Oxford Dictionary", [], 2003), "oxford2003dictionary"),
        (record("Encarta", [], 2003), "encarta2003"),
        (record("Graphs", ["Liu"]), "liundgraphs"),
        (record("", ["Liu"], 2022), "liu2022"),
        (record("", [], 2022), "anon2022"),
        (record(), "anonnd"),
        (record("???", ["…"], 2022), "anon2022"),
        (record("x" * 500, ["y" * 500], 2022), "y" * 40 + "2022" + "x" * 40),
    ],
)
def test_default_key(work, key):
    assert default_key(work) == key


def test_default_key_falls_back_to_the_editor():
    assert default_key(Record(names={"editor": (Name("Chen"),)}, texts={"title": "Notes"})) == "chenndnotes"


def test_an_open_range_gives_its_end():
    assert default_key(Record(dates={"issued": Date((), (1990,))})) == "anon1990"


@property_test
@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_the_default_key_can_always_be_a_key(title, family, literal):
    key = default_key(record(title, [Name(family=family, literal=literal)], 2020))
    assert key.isascii()
    assert key.isalnum()
    assert key == key.lower()


@pytest.mark.parametrize(
    "key", ["liu2022", "DBLP:conf/nips/Liu", "a-b_c.d+e", "O'Hara", "Kaur(2014)", "Müller10", "a&b", "@x", "10.1/a"]
)
def test_usable(key):
    assert usable(key)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "a b",
        "a,b",
        "a}b",
        "a{b",
        "a%b",
        "a#b",
        "a~b",
        "a\\b",
        "a\tb",
        "a\u00a0b",
        "a\u200bb",
        "\ud800",
        "*",
        "<<<<<<<a",
    ],
)
def test_not_usable(key):
    assert not usable(key)


# ------------------------------------------------------------------------------------------------ identities


def test_a_textual_identity_never_changes():
    """These stand in locks. If this fails, raise the lock's version and migrate; do not change what is expected."""
    work = record("Learning <i>Appearance</i>-motion Normality for Über-Videos", ["Müller-Liu"], 2022)
    assert identities(work) == ("text:learning-appearance-motion-normality-for|liu~a1816aa5cfc5cd3e",)


def test_what_was_seen_is_known_again_for_ever():
    """As above: a work that shares title and author with others is known by this alone."""
    work = record("Über Graphs", ["Müller", "Liu"], (2022, 5), page="1–9", abstract="It is so.")
    assert seen_as(work) == "d485aa6e8e3f3f02"
    assert seen_as(replace(work, keywords=("a",), origins=(Origin("x"),), key="k")) == seen_as(work)
    assert seen_as(record("Über Graphs", ["Müller"], (2022, 5), page="1–9")) != seen_as(work)


@pytest.mark.parametrize(
    ("work", "strong"),
    [
        (record(DOI="https://doi.org/10.1000/ABC"), ("doi:10.1000/abc",)),
        (record(DOI="10.1000/a%2B b"), ("doi:10.1000/a%252b",)),
        (record(DOI="10.48550/arXiv.2207.12345"), ("arxiv:2207.12345",)),
        (record(number="arXiv:2207.12345v3"), ("arxiv:2207.12345",)),
        (record(archive="arXiv", archive_location="2207.12345v1"), ("arxiv:2207.12345",)),
        (record(archive="arXiv", archive_location="hep-th/9901001"), ("arxiv:hep-th/9901001",)),
        (record(number="2207.12345"), ()),
        (record(URL="https://arxiv.org/abs/2207.12345v2"), ("arxiv:2207.12345",)),
        (record(PMID="012345"), ("pmid:12345",)),
        (record(extra={"zotero:key": "ABCD2345"}), ("zotero:ABCD2345",)),
        (record(extra={"zotero:key": "ABCD2345", "zotero:library": "groups/7"}), ("zotero:groups/7/ABCD2345",)),
        (record(extra={"zotero:key": ""}), ()),
        (record(), ()),
    ],
)
def test_strong_identities(work, strong):
    assert identities(work) == strong


@pytest.mark.parametrize(
    "other",
    [
        record("Graph Nets", ["Liu"], 1999),
        record("Graph Nets", ["Liu", "Chen"], 2022),
        record("graph   nets.", ["LIU"], 2022),
        record("<b>Graph</b> Nets", [Name("Liu", "Yang")], 2022),
        record("Graph Nets", [Name("Liu", "Yang", dropping_particle="van")], 2022),
        record("Graph Nets", ["van Liu"], 2022),
        record("Graph Nets", ["Liú"], 2022),
    ],
)
def test_the_text_is_known_again(other):
    assert identities(other) == identities(record("Graph Nets", ["Liu"], 2022))


@pytest.mark.parametrize("other", [record("Graph Net", ["Liu"]), record("Graph Nets", ["Li"]), record("Graph Nets")])
def test_another_text(other):
    assert identities(other) != identities(record("Graph Nets", ["Liu"], 2022))


def test_a_merged_work_is_known_by_its_parts():
    parts = (record("Graph Net", ["Liu"], DOI="10.1000/b"), record("Graph Nets", ["Liu"], DOI="10.1000/a"))
    merged = replace(parts[1], parts=parts)
    assert set(identities(merged)) == {*identities(parts[0]), *identities(parts[1])}
    assert identities(merged)[:2] == ("doi:10.1000/a", "doi:10.1000/b")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (["doi:10.1/a"], ["doi:10.1/b"], True),
        (["doi:10.1/a"], ["doi:10.1/b", "doi:10.1/a"], False),
        (["doi:10.1/a"], ["arxiv:2207.1"], False),
        (["doi:10.1/a", "arxiv:1"], ["doi:10.1/b", "arxiv:1"], False),
        (["text:a|b~1"], ["text:a|c~2"], False),
        (["zotero:users/1/A"], ["zotero:users/1/B"], True),
        (["zotero:users/1/A"], ["zotero:groups/2/B"], False),
        (["zotero:A"], ["zotero:B"], True),
    ],
)
def test_contradict(one, other, expected):
    assert contradict(one, other) is expected
    assert contradict(other, one) is expected


# ------------------------------------------------------------------------------------------------ works to draw from

TITLES = ["On Graphs", "Graphs", "Graphs at Night", "Editorial"]
AUTHORS = [[], ["Liu"], ["Müller"], ["Liu", "Graphs"]]
YEARS = [None, 2019, (2020, 5)]
DOIS = ["", "10.1000/a", "10.1000/b", "10.1000/c"]
ARXIV = ["", "arXiv:2207.00001", "arXiv:2207.00002"]


def pool(dois=DOIS, numbers=ARXIV, pages=("", "1-9")):
    """Few possible records, so that most things collide."""
    drawn = product(TITLES, AUTHORS, YEARS, dois, numbers, pages)
    return [
        record(title, authors, year, DOI=doi, number=number, page=page)
        for title, authors, year, doi, number, page in drawn
    ]


RECORDS = st.sampled_from(pool())
NAMES = [("", ()), ("", ()), ("k", ()), ("K", ("old",)), ("liu2019graphs", ()), ("a b", ("k",)), ("ka", ("OLD", "%"))]
NAMED = st.builds(lambda work, names: replace(work, key=names[0], aliases=names[1]), RECORDS, st.sampled_from(NAMES))


distinct = st.lists(RECORDS, max_size=8, unique_by=seen_as)
anything = st.lists(NAMED, max_size=6)


def history(steps):
    """Assign each list in turn, handing on the lock."""
    lock = Lock()
    for step in steps:
        done = assign(step, lock)
        yield step, lock, done
        lock = done.lock


# ------------------------------------------------------------------------------------------------ the rules


@property_test
@given(st.lists(anything, max_size=4))
def test_an_identity_belongs_to_one_pin_for_ever(steps):
    for _, before, done in history(steps):
        owners = {}
        for pin in done.lock.pins:
            for identity in pin.identities:
                assert owners.setdefault(identity, pin.key) == pin.key
        for pin in before.pins:
            assert all(owners[identity] == pin.key for identity in pin.identities)


@property_test
@given(
    st.lists(
        st.lists(
            st.sampled_from(pool(numbers=[""])), max_size=5, unique_by=lambda work: work.texts.get("DOI", object())
        ),
        max_size=5,
    )
)
def test_a_strong_identifier_decides(steps):
    """A work with a DOI keeps its key, whatever else is said of it, and whatever works come and go beside it."""
    given_keys = {}
    for _, _, done in history(steps):
        for work in done.records:
            if doi := work.texts.get("DOI"):
                assert given_keys.setdefault(doi, work.key) == work.key
    assert len(set(given_keys.values())) == len(given_keys)


def test_equal_text_with_another_identifier_is_another_work():
    lock = assign([record("Graphs", ["Liu"], 2020, DOI="10.1000/a")], Lock()).lock
    assert keys_of(assign([record("Graphs", ["Liu"], 2020, DOI="10.1000/b")], lock)) == ["liu2020graphsa"]


def test_a_work_known_by_its_text_gains_an_identifier():
    lock = assign([record("Graphs", ["Liu"], 2020)], Lock()).lock
    done = assign([record("Graphs", ["Liu"], 2020, DOI="10.1000/a")], lock)
    assert keys_of(done) == ["liu2020graphs"]
    assert "doi:10.1000/a" in done.lock.pins[0].identities
    corrected = assign([record("Graphs by Night", ["Liu"], 2020, DOI="10.1000/a")], done.lock)
    assert keys_of(corrected) == ["liu2020graphs"]
    assert keys_of(assign([record("Graphs by Night", ["Liu"], 2020)], corrected.lock)) == ["liu2020graphs"]


def test_a_text_alone_gives_the_pin_back_to_its_identifier():
    """Seen last by its text alone, the pin still is that of the DOI; the text becomes another work beside it."""
    known, bare = record("Graphs", ["Liu"], 2020, DOI="10.1000/a"), record("Graphs", ["Liu", "Chen"], 2020)
    lock = Lock()
    for step, expected in (
        ([known], ["liu2020graphs"]),
        ([bare], ["liu2020graphs"]),
        ([known, bare], ["liu2020graphs", "liu2020graphsa"]),
        ([bare, known], ["liu2020graphsa", "liu2020graphs"]),
    ):
        done = assign(step, lock)
        assert keys_of(done) == expected
        lock = done.lock


def test_an_unchanged_work_is_not_displaced_by_one_that_has_its_identifier():
    book, chapter = (record(title, ["Liu"], 2020, DOI="10.1000/a") for title in ("Graphs", "A Chapter"))
    lock = assign([book], Lock()).lock
    assert keys_of(assign([chapter, book], lock)) == ["liu2020chapter", "liu2020graphs"]


def test_a_changed_identifier_under_the_same_key_and_text_is_the_same_work():
    lock = assign([record("Graphs", ["Liu"], 2020, DOI="10.1000/preprint", key="mine")], Lock()).lock
    assert keys_of(assign([record("Graphs", ["Liu"], 2020, DOI="10.1000/journal", key="mine")], lock)) == ["mine"]


@property_test
@given(st.lists(anything, max_size=3))
def test_keys_differ_ignoring_case_aliases_included(steps):
    for _, _, done in history(steps):
        for named in (done.records, done.lock.pins):
            names = [caseless(name) for one in named for name in (one.key, *one.aliases)]
            assert len(set(names)) == len(names)
            assert all(map(usable, names))


@property_test
@given(st.lists(anything, max_size=2), anything, st.randoms(use_true_random=False))
def test_the_order_of_the_records_does_not_matter(steps, last, chance):
    lock = Lock()
    for _, _, done in history(steps):
        lock = done.lock
    shuffled = chance.sample(last, len(last))
    one, other = assign(last, lock), assign(shuffled, lock)
    assert dumps(one.lock) == dumps(other.lock)
    assert Counter(map(repr, one.records)) == Counter(map(repr, other.records))
    assert codes(one) == codes(other)


@property_test
@given(st.lists(anything, max_size=4))
def test_a_pin_stays_when_its_work_goes(steps):
    for _, before, done in history(steps):
        after = {pin.key: pin for pin in done.lock.pins}
        for pin in before.pins:
            assert set(pin.identities) <= set(after[pin.key].identities)
            assert set(pin.aliases) <= set(after[pin.key].aliases)


@property_test
@given(distinct)
def test_a_work_that_returns_gets_its_key_back(library):
    first = assign(library, Lock())
    gone = assign([], first.lock)
    assert gone.lock == first.lock
    assert keys_of(assign(library, gone.lock)) == keys_of(first)


def test_nobody_else_gets_the_key_of_a_work_that_went():
    lock = assign([record("Graphs", ["Liu"], 2020)], Lock()).lock
    assert keys_of(assign([record("Graphs at Night", ["Liu"], 2020)], lock)) == ["liu2020graphsa"]
    assert keys_of(assign([record("Trees", ["Chen"], 2020, key="liu2020graphs")], lock)) == ["liu2020graphsa"]


@property_test
@given(anything)
def test_uniqueness_is_the_last_thing_done_to_a_key(library):
    """Whatever a pattern makes, even one that always makes the same."""
    for pattern in (lambda _: "Same", lambda _: "", lambda _: "a b,c", lambda work: work.title + "%"):
        done = assign(library, Lock(), pattern=pattern)
        assert len({caseless(key) for key in keys_of(done)}) == len(library)
        assert all(map(usable, keys_of(done)))


@property_test
@given(distinct)
def test_the_same_works_give_the_same_bytes(library):
    assert dumps(assign(library, Lock()).lock) == dumps(assign(list(library), Lock()).lock)


@property_test
@given(st.lists(anything, max_size=3))
def test_assigning_once_more_changes_nothing(steps):
    for _, _, done in history(steps):
        again = assign(done.records, done.lock)
        assert again.records == done.records
        assert dumps(again.lock) == dumps(done.lock)


@property_test
@given(st.lists(st.lists(NAMED, max_size=6, unique_by=seen_as), max_size=3))
def test_building_once_more_changes_nothing(steps):
    """The sources as they are, without the keys that they were given."""
    for step, _, done in history(steps):
        again = assign(step, done.lock)
        assert keys_of(again) == keys_of(done)
        assert dumps(again.lock) == dumps(done.lock)


@property_test
@given(distinct, st.data())
def test_adding_and_removing_works_changes_no_other_key(library, data):
    kept = data.draw(st.integers(0, len(library)))
    first = assign(library[:kept], Lock())
    more = assign(library, first.lock)
    assert keys_of(more)[:kept] == keys_of(first)
    fewer = data.draw(st.lists(st.sampled_from(range(len(library))), unique=True)) if library else []
    assert keys_of(assign([library[i] for i in fewer], more.lock)) == [keys_of(more)[i] for i in fewer]


def states(number, names, dois):
    """What one work may look like after edits."""
    drawn = product(names, [[], ["Graphs"]], [None, 2019, 2020], dois, ["", "1-9"])
    return [
        (number, record(title, [author, *others], year, DOI=doi, page=page))
        for (title, author), others, year, doi, page in drawn
    ]


OWN_TEXTS = [("Graphs", "Liu"), ("Graphs", "Müller"), ("Graphs at Night", "Liu"), ("On Graphs II", "Liu")]
KNOWN_BY_TEXT = [states(n, [name], ["", f"10.1000/{n}"]) for n, name in enumerate(OWN_TEXTS)]
KNOWN_BY_DOI = [states(n, [name, ("Trees", "Liu")], [f"10.1000/{n}"]) for n, name in enumerate(OWN_TEXTS)]


def lives(world):
    """Steps in which works come, go and are edited; each has a text, or a DOI, that no other has."""
    return st.lists(
        st.lists(st.one_of(*map(st.sampled_from, world)), max_size=4, unique_by=lambda one: one[0]), max_size=5
    )


@property_test
@given(st.one_of(lives(KNOWN_BY_TEXT), lives(KNOWN_BY_DOI)))
def test_no_edit_changes_a_key(steps):
    given_keys = {}
    lock = Lock()
    for step in steps:
        done = assign([work for _, work in step], lock)
        for (number, _), key in zip(step, keys_of(done), strict=True):
            assert given_keys.setdefault(number, key) == key
        lock = done.lock
    assert len(set(given_keys.values())) == len(given_keys)


@property_test
@given(st.lists(anything, max_size=3))
def test_text_and_back(steps):
    for _, _, done in history(steps):
        text = dumps(done.lock)
        assert loads(text) == done.lock
        assert dumps(loads(text)) == text
        shuffled = "".join(reversed(text.splitlines(keepends=True)))
        assert loads(shuffled) == done.lock


@property_test
@given(
    st.lists(st.sampled_from(pool([""], [""], [""])), max_size=9, unique_by=lambda work: identities(work)[0]), st.data()
)
def test_branches_that_added_works_merge_line_by_line(library, data):
    base, ours, theirs = [], [], []
    for work in library:
        data.draw(st.sampled_from([base, ours, theirs])).append(work)
    lock = assign(base, Lock()).lock
    mine, yours = assign(base + ours, lock), assign(base + theirs, lock)
    lines = sorted({*dumps(mine.lock).splitlines(), *dumps(yours.lock).splitlines()})
    merged = "\n".join(lines) + "\n"
    clash = {*keys_of(mine)[len(base) :]} & {*keys_of(yours)[len(base) :]}
    if clash:
        with pytest.raises(
            StateError, match=rf"^keys.lock:\d+: this line and line \d+ give the key '({'|'.join(clash)})'"
        ):
            loads(merged)
    else:
        done = assign(library, loads(merged))
        given_keys = dict(zip(map(repr, base + ours), keys_of(mine), strict=True))
        given_keys |= dict(zip(map(repr, base + theirs), keys_of(yours), strict=True))
        assert keys_of(done) == [given_keys[repr(work)] for work in library]


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
def test_git_merges_two_branches(tmp_path: Path):
    base = [record(f"Graphs {letter * 3}", ["Liu"], 2020) for letter in "cmx"]
    lock = assign(base, Lock()).lock
    sides = {"base": lock}
    for side, family in (("ours", "Abe"), ("theirs", "Zoe")):
        sides[side] = assign([*base, record("Trees", [family], 2021)], lock).lock
    for side, held in sides.items():
        (tmp_path / side).write_text(dumps(held), encoding="utf-8")
    command = ["git", "merge-file", "-p", "ours", "base", "theirs"]
    merged = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True, encoding="utf-8").stdout
    assert {pin.key for pin in loads(merged).pins} == {
        *(pin.key for pin in lock.pins), "abe2021trees", "zoe2021trees"
    }  # fmt: skip


# ------------------------------------------------------------------------------------------------ cases of assign


def test_the_oldest_work_gets_the_bare_key_then_suffixes_go_on():
    library = [record(f"Graphs {number:02}", ["Liu"], (2020, 12 - number % 12, 1 + number)) for number in range(30)]
    done = assign(library, Lock())
    by_date = [work.key for work in sorted(done.records, key=lambda work: work.issued.start)]
    assert by_date[:3] == ["liu2020graphs", "liu2020graphsa", "liu2020graphsb"]
    assert by_date[-4:] == ["liu2020graphsz", "liu2020graphsaa", "liu2020graphsab", "liu2020graphsac"]


def test_the_result_is_in_the_order_of_the_input_and_nothing_else_changed():
    library = [record("Trees", ["Liu"], 2021, abstract="a"), record("Graphs", ["Liu"], 2020)]
    done = assign(library, Lock())
    assert done.records == [replace(library[0], key="liu2021trees"), replace(library[1], key="liu2020graphs")]


def test_a_lock_is_readable():
    work = record("Learning of Graphs", ["Liu"], 2022, DOI="10.1000/A")
    line = dumps(assign([work], Lock()).lock).splitlines()[-1]
    assert line.startswith("liu2022learning doi:10.1000/a text:learning-of-graphs|liu~")


def test_editorials_of_several_years_keep_their_keys_when_edited():
    years = [record("Editorial", ["Liu"], year) for year in (2019, 2020, 2021)]
    lock = assign(years, Lock()).lock
    longer = [record("Editorial", ["Liu", "Chen"], year) for year in (2019, 2020, 2021)]
    done = assign(longer, lock)
    assert keys_of(done) == ["liu2019editorial", "liu2020editorial", "liu2021editorial"]
    assert done.problems == []
    again = assign(years[2:], done.lock)
    assert keys_of(again) == ["liu2021editorial"]


@pytest.mark.parametrize("first", [0, 1])
def test_the_owner_of_a_text_owns_it_with_the_year_too(first):
    twins = [record("Editorial", ["Liu"], 2019, page=page) for page in ("1", "2")]
    done = assign(twins, assign([twins[first]], Lock()).lock)
    (owner,) = (pin for pin in done.lock.pins if pin.identities)
    assert owner.key == keys_of(done)[first] == "liu2019editorial"
    assert [identity.rpartition("~")[2][16:] for identity in owner.identities] == ["", "@2019"]


def test_frozen_gives_no_new_key():
    library = [record("Graphs", ["Liu"], 2020)]
    lock = assign(library, Lock()).lock
    changed = [record("Graphs", ["Liu", "Chen"], 2021, DOI="10.1000/a")]
    done = assign(changed, lock, frozen=True)
    assert keys_of(done) == ["liu2020graphs"]
    assert done.lock is lock


def test_frozen_names_the_works_that_have_no_key():
    lock = assign([record("Graphs", ["Liu"], 2020)], Lock()).lock
    new = [
        record(f"<i>Trees</i> {number}", ["Liu"], 2021, origins=(Origin("a.txt", line=number + 1),))
        for number in range(5)
    ]
    with pytest.raises(StateError) as error:
        assign(new, lock, frozen=True)
    message = str(error.value)
    assert message.startswith("5 works have no key in keys.lock yet: 'Trees 0' (a.txt:1), 'Trees 1' (a.txt:2), ")
    assert message.endswith(" and 2 more; build without --frozen and commit keys.lock")
    with pytest.raises(StateError, match=r"^1 work has no key .*'Trees 0' \(a.txt:1\); build without"):
        assign(new[:1], lock, frozen=True)


@pytest.mark.parametrize(
    ("incoming", "key", "said"),
    [
        ("Liu:2020", "Liu:2020", []),
        ("liu2020graphs", "liu2020graphs", []),
        ("TAKEN", "TAKENa", ["key-taken"]),
        ("a b%c", "abc", ["key-unusable"]),
        ("%", "liu2020graphs", ["key-unusable"]),
    ],
)
def test_incoming_keys(incoming, key, said):
    lock = assign([record("Trees", ["Chen"], key="taken")], Lock()).lock
    done = assign([record("Graphs", ["Liu"], 2020, key=incoming)], lock)
    assert keys_of(done) == [key]
    assert codes(done) == said
    assert next(pin for pin in done.lock.pins if pin.key == key).made == ("" if incoming == "%" else "incoming")


def test_incoming_keys_come_before_made_ones():
    done = assign([record("Graphs", ["Liu"], 2019), record("Trees", ["Chen"], 2020, key="liu2019graphs")], Lock())
    assert keys_of(done) == ["liu2019graphsa", "liu2019graphs"]


def test_a_pinned_key_outlives_another_key_of_the_source():
    lock = assign([record("Graphs", ["Liu"], 2020)], Lock()).lock
    done = assign([record("Graphs", ["Liu"], 2020, key="mine", origins=(Origin("b.bib", line=3),))], lock)
    assert keys_of(done) == ["liu2020graphs"]
    assert done.records[0].aliases == ("mine",)
    assert done.lock.pins[0].aliases == ("mine",)
    (problem,) = done.problems
    assert str(problem).startswith("b.bib:3: note: this work keeps its key 'liu2020graphs'; 'mine' of the source is an")


def test_a_corrected_title_under_the_same_incoming_key_is_the_same_work():
    lock = assign([record("Grpahs at Night", ["Liu"], 2020, key="mine")], Lock()).lock
    assert keys_of(assign([record("Graphs at Night", ["Liu"], 2020, key="mine")], lock)) == ["mine"]


def test_another_work_under_the_same_incoming_key_is_another_work():
    lock = assign([record("Graphs", ["Liu"], 2020, key="mine")], Lock()).lock
    done = assign([record("Trees", ["Chen"], 2020, key="mine")], lock)
    assert keys_of(done) == ["minea"]
    assert codes(done) == ["key-taken"]


def test_a_merged_work_bears_the_names_of_its_parts_as_aliases():
    parts = (
        record("Graphs", ["Liu"], key="one", DOI="10.1000/a"),
        record("Graphs", ["Liu"], key="two", DOI="10.1000/b"),
    )
    apart = assign(parts, Lock())
    merged = assign([replace(parts[0], aliases=("two",), parts=parts)], apart.lock)
    assert [(work.key, work.aliases) for work in merged.records] == [("one", ("two",))]
    assert keys_of(assign(parts, merged.lock)) == ["one", "two"]
    other = record("Trees", ["Liu"], key="three", aliases=("two",), parts=(record("Trees", ["Liu"]),))
    both = assign([*merged.records, other], apart.lock)
    assert sorted((work.key, work.aliases) for work in both.records) == [("one", ("two",)), ("three", ())]


def test_an_alias_that_is_the_key_of_a_work_that_went_is_not_given_away():
    lock = assign([record("Graphs", ["Liu"], key="one")], Lock()).lock
    done = assign([record("Trees", ["Chen"], key="two", aliases=("one",))], lock)
    assert done.records[0].aliases == ()
    assert codes(done) == ["key-alias-dropped"]


def test_a_work_without_a_text_of_its_own_is_known_by_its_incoming_key():
    first, second = (record("Editorial", ["Liu"], 2019, page=page, key=f"ed{page}") for page in ("1", "2"))
    lock = assign([first, second], Lock()).lock
    assert keys_of(assign([first, replace(second, texts={**second.texts, "page": "2-3"})], lock)) == ["ed1", "ed2"]


def test_aliases_that_cannot_be_are_said():
    done = assign([record("Graphs", ["Liu"], key="k"), record("Trees", ["Liu"], aliases=("K", "a b", "old"))], Lock())
    assert done.records[1].aliases == ("old",)
    assert codes(done) == ["key-alias-dropped", "key-alias-dropped"]


def test_two_records_of_one_work_get_two_keys_and_a_problem():
    twins = [record("Graphs", ["Liu"], 2020, DOI="10.1000/a"), record("Trees", ["Liu"], 2021, DOI="10.1000/A")]
    done = assign(twins, Lock())
    assert keys_of(done) == ["liu2020graphs", "liu2021trees"]
    assert codes(done) == ["key-work-twice"]
    assert "'liu2020graphs' are both doi:10.1000/a" in done.problems[0].message
    assert keys_of(assign(twins[1:], done.lock)) == ["liu2021trees"]


def test_equal_records_get_keys_of_their_own():
    done = assign([record("Graphs", ["Liu"], 2020)] * 30, Lock())
    assert len(set(keys_of(done))) == 30
    assert keys_of(assign([record("Graphs", ["Liu"], 2020)] * 30, done.lock)) == keys_of(done)
    assert codes(done) == ["key-work-twice"] * 29


def test_another_pattern_is_named_in_the_lock():
    done = assign([record("Graphs", ["Liu"])], Lock(), pattern=lambda _: "Same", pattern_name="auth + year")
    assert dumps(done.lock).splitlines()[-1].split()[2] == "made:pattern:auth%20+%20year"
    assert loads(dumps(done.lock)) == done.lock


@pytest.mark.parametrize("odd", ["\ud800", "\0", "a\nb", "\u2028", "𝔊raphs", "%", "|~", " " * 9])
def test_odd_text_does_no_harm(odd):
    work = record(odd, [Name(family=odd, given=odd)], 2020, DOI=f"10.1000/{odd}x", extra={"zotero:key": odd}, key=odd)
    done = assign([work], Lock())
    assert loads(dumps(done.lock)) == done.lock
    assert keys_of(assign([work], done.lock)) == keys_of(done)


@example([])
@property_test
@given(anything)
def test_fill_keeps_keys_and_makes_the_missing_ones_unique(library):
    filled = list(fill(iter(library)))
    assert [replace(work, key="") for work in filled] == [replace(work, key="") for work in library]
    made = [new.key for old, new in zip(library, filled, strict=True) if not old.key]
    kept = {caseless(name) for work in library for name in (work.key, *work.aliases)}
    assert [new.key for old, new in zip(library, filled, strict=True) if old.key] == [w.key for w in library if w.key]
    assert len({*map(caseless, made)} - kept) == len(made)


def test_fill_gives_the_bare_key_to_the_first():
    assert [work.key for work in fill([record("Graphs", ["Liu"], 2020)] * 3)] == [
        "liu2020graphs", "liu2020graphsa", "liu2020graphsb"
    ]  # fmt: skip


def test_many_works_that_want_one_key_take_linear_time():
    """A hundred times slower than needed would still pass; trying each suffix anew would not."""
    library = [record(f"Graphs {number}", ["Liu"], 2020) for number in range(5_000)]
    assert len(set(keys_of(assign(library, Lock())))) == 5_000


def test_keys_offers_what_the_library_needs():
    assert {"assign", "dumps", "fill", "loads", "Lock"} <= set(keys.__all__)


def test_what_names_an_entry_follows_its_new_key():
    """In its own source first; a key that two works had elsewhere is left as it is."""
    child = record(
        "Leaf", ["Liu"], 2020, key="kid", extra={"bibtex:crossref": "PAR", "bibtex:related": "rel, par,gone"}
    )
    library = [
        replace(child, origins=(Origin("a.bib"),)),
        record("Trees", ["Liu"], 2020, key="par", origins=(Origin("a.bib"),)),
        record("Other Trees", ["Chen"], 2021, key="par", origins=(Origin("b.bib"),)),
        record("Roots", ["Liu"], 2020, key="rel", origins=(Origin("b.bib"),)),
    ]
    done = assign(library, Lock(), rekey=True)
    assert done.records[0].extra == {
        "bibtex:crossref": "liu2020trees", "bibtex:related": "liu2020roots, liu2020trees,gone"
    }  # fmt: skip
    assert assign(library, Lock()).records[0].extra == {"bibtex:crossref": "par", "bibtex:related": "rel, par,gone"}
