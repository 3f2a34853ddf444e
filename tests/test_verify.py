"""`bibkit verify`: other programs read the same file, and what they see otherwise is found and said."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from command import COMMAND, bibkit
from conftest import ROOT, require
from hypothesis import given
from hypothesis import strategies as st

from bibkit.problems import NothingRead, Report, UsageError
from bibkit.verify import compare, python_readers
from bibkit.verify.model import Ours, Person, Reading, Seen, Skill
from bibkit.verify.run import verify
from bibkit.verify.running import Failed, folder, run
from bibkit.verify.witnesses import WITNESSES, chosen

PROGRAMS = ("biber", "bibtex", "pandoc")
EXAMPLES = Path("/usr/share/texlive/texmf-dist/bibtex/bib/biblatex/biblatex/biblatex-examples.bib")

ENTRY = """@article{lovelace1843notes,
  author = {Lovelace, Ada},
  title = {Notes on the Analytical Engine},
  journal = {Taylor's Scientific Memoirs},
  year = {1843},
}
"""

# bibtexparser 1.4 takes a list of names apart within braces too.
COMPANY = """@book{
  firm,
  author = {{Smith and Sons} and Jones, Mary},
  title = {Catalogue},
  year = {1901},
}
"""


# ------------------------------------------------------------------------------------------------ comparing


CLASSIC = Skill()


def ours(*people: Person, title: str = "T", year: str = "2001", key: str = "k", cut: bool = False) -> Ours:
    return Ours(Seen(key, people, title, year, cut), "a.bib", 7, frozenset(compare.FIELDS))


def fields(mine: Ours, theirs: Seen, skill: Skill = CLASSIC) -> list[str]:
    """What differs between one entry and one answer."""
    return [one.field for one in compare.compare([mine], {"w": Reading((theirs,))}, {"w": skill})]


KNUTH = Person("Knuth", "Donald E.")
STYLES = {
    "dots of initials": (Person("Knuth", "D. E."), Person("Knuth", "D E")),
    "blanks": (Person("van der Hoeven", "D. J."), Person("van  der Hoeven", "D.J.")),
    "apostrophes": (Person("D’Arcy", "W."), Person("D'Arcy", "W.")),
    "dot under an accent": (Person("Garci\u0301a", "A."), Person("Garcı\u0301a", "A.")),
    "composed letters": (Person("Özgür", "A."), Person("O\u0308zgu\u0308r", "A.")),
    "suffix": (Person("King", "M.", "Jr."), Person("King", "M.", "Jr")),
    "particle behind": (Person("Beethoven", "Ludwig van"), Person("van Beethoven", "Ludwig")),
}


@pytest.mark.parametrize("case", STYLES)
def test_a_matter_of_style_is_no_difference_of_names(case: str) -> None:
    one, other = STYLES[case]
    assert fields(ours(one), Seen("k", (other,), "T", "2001", False)) == []


OTHERWISE = {
    "diacritic": (Person("Özgür", "A."), Person("Ozgur", "A.")),
    "split elsewhere": (Person("Garcia Lopez", "Ana"), Person("Lopez", "Ana Garcia")),
    "letters": (KNUTH, Person("Knuth", "D. E.")),
    "suffix": (Person("King", "M.", "Jr."), Person("King", "M.")),
    "case": (Person("De Gaulle", "C."), Person("de Gaulle", "C.")),
}


@pytest.mark.parametrize("case", OTHERWISE)
def test_a_name_that_differs(case: str) -> None:
    one, other = OTHERWISE[case]
    assert fields(ours(one), Seen("k", (other,), "T", "2001", False)) == ["author"]


@pytest.mark.parametrize(
    ("mine", "theirs", "found"),
    [
        ("On the Origin of DNA", "On the origin of dna", []),
        ("A “quoted” word — and more", "A ``quoted'' word---and more", []),
        ("Of $x^2$", "Of x^2", []),
        ("A title.", "A title", []),
        ("50% of all", "50 of all", ["title"]),
        ("Café", "Cafe", ["title"]),
        ("Who?", "Who", ["title"]),
        ("", "A title", ["title"]),
    ],
)
def test_titles(mine: str, theirs: str, found: list[str]) -> None:
    assert fields(ours(title=mine), Seen("k", (), theirs, "2001")) == found


@pytest.mark.parametrize(
    ("mine", "theirs", "found"),
    [
        ("2001", "2001-05-06", []),
        ("2001", "May 2001", []),
        ("-44", "-0044-03", []),
        ("in press", "In press", []),
        ("in press", "", []),
        ("2001", "", ["year"]),
        ("", "2001", ["year"]),
        ("2001", "2002", ["year"]),
        ("99", "1999", ["year"]),
    ],
)
def test_years(mine: str, theirs: str, found: list[str]) -> None:
    assert fields(ours(year=mine), Seen("k", (), "T", theirs)) == found


def test_whether_a_list_goes_on_counts_where_the_witness_can_tell() -> None:
    assert fields(ours(KNUTH, cut=True), Seen("k", (KNUTH,), "T", "2001", None)) == []
    assert fields(ours(KNUTH, cut=True), Seen("k", (KNUTH,), "T", "2001", False)) == ["author"]


def test_entries_that_only_one_side_sees() -> None:
    readings = {"w": Reading((Seen("only theirs"), Seen("Both")))}
    found = compare.compare([ours(key="both", title="", year=""), ours(key="only ours")], readings, {"w": Skill()})
    assert [(one.field, one.key) for one in found] == [("key", "both"), ("key", "only ours"), ("key", "only theirs")]


def test_a_second_entry_of_one_key_may_be_missing_but_not_differ() -> None:
    twice = [ours(title="one"), ours(title="two")]
    once, other = Reading((Seen("k", (), "one", "2001"),)), Reading(tuple(Seen("k", (), t, "2001") for t in "ab"))
    assert compare.compare(twice, {"w": once}, {"w": Skill()}) == ()
    assert len(compare.compare(twice, {"w": other}, {"w": Skill()})) == 2


def test_what_is_inherited_counts_for_those_who_inherit() -> None:
    child = Ours(Seen("k", (KNUTH,), "T", "2001", False), "a.bib", 7, frozenset({"title"}))
    assert fields(child, Seen("k", (), "T", "", False)) == []
    assert fields(child, Seen("k", (), "T", "", False), Skill(inherits=True)) == ["author", "year"]


def test_a_title_with_what_stands_behind_it() -> None:
    """Pandoc makes `titleaddon` a part of the title."""
    mine = Ours(Seen("k", (), "Why", "2001"), "a.bib", 7, frozenset(compare.FIELDS), addon="Special issue")
    assert fields(mine, Seen("k", (), "Why. Special issue", "2001")) == []
    assert fields(mine, Seen("k", (), "Why. Special thing", "2001")) == ["title"]


def test_the_same_seen_by_several_is_one_difference() -> None:
    wrong, right = Reading((Seen("k", (), "Other", "2001"),)), Reading((Seen("k", (), "T", "2001"),))
    readings = {"biber": wrong, "bibtex": right, "pandoc": wrong}
    (found,) = compare.compare([ours()], readings, dict.fromkeys(readings, Skill()))
    assert str(found.problem()) == (
        'a.bib:7: warning: k: title: bibkit has "T"; biber, pandoc have "Other"; '
        "bibtex agrees with bibkit [verify-title]"
    )


SEEN = st.builds(
    Seen,
    key=st.sampled_from(["a", "A", "b"]),
    authors=st.lists(st.builds(Person, st.text(), st.text(), st.text()), max_size=3).map(tuple),
    title=st.text(),
    year=st.text(),
    cut=st.booleans(),
)


@given(st.lists(SEEN, max_size=4), st.lists(SEEN, max_size=4))
def test_any_two_readings_can_be_compared(mine: list[Seen], theirs: list[Seen]) -> None:
    known = [Ours(seen, "a.bib", 1, frozenset(compare.FIELDS)) for seen in mine]
    skills = {"same": CLASSIC, "other": Skill(inherits=True)}
    found = compare.compare(known, {"same": Reading(tuple(mine)), "other": Reading(tuple(theirs))}, skills)
    assert not any("same" in one.witnesses for one in found)
    assert all(str(one.problem()).isprintable() for one in found)


# ------------------------------------------------------------------------------------------------ real programs


def asked(path: Path, name: str, **options: object) -> tuple[int, list[str]]:
    """How many entries a witness read, and what differs."""
    (verdict,) = verify([str(path)], chosen([name]), Report(), **options)  # type: ignore[arg-type]
    (how,) = verdict.asked
    assert not how.why, how.why
    return how.entries, [str(one.problem()) for one in verdict.differences]


@pytest.mark.parametrize("file", ["references.bib", "references.biblatex.bib"])
@pytest.mark.parametrize("name", WITNESSES)
def test_the_exports_are_read_alike(name: str, file: str) -> None:
    require(*({name} & {*PROGRAMS}))
    assert asked(ROOT / "exports" / file, name) == (37, [])


@pytest.mark.parametrize("file", ["references.json", "references.ris"])
def test_another_format_is_written_as_bibtex_first(file: str) -> None:
    (verdict,) = verify([str(ROOT / "exports" / file)], chosen(["pybtex"]), Report())
    assert (verdict.dialect, verdict.entries, verdict.differences) == ("bibtex", 37, ())
    assert verdict.written in ("csl-json", "ris")


@pytest.mark.parametrize("name", WITNESSES)
def test_a_dialect_that_is_asked_for(name: str) -> None:
    require(*({name} & {*PROGRAMS}))
    assert asked(ROOT / "exports" / "references.bib", name, to="biblatex") == (37, [])


@pytest.mark.parametrize("name", WITNESSES)
def test_the_examples_of_biblatex(name: str) -> None:
    """Pandoc takes the title of an issue for the title of the periodical; nothing else differs."""
    require(*({name} & {*PROGRAMS}))
    if not EXAMPLES.is_file():
        pytest.skip("the examples of biblatex are not here")
    count, found = asked(EXAMPLES, name)
    assert count == 92
    assert [line.split(": ")[2:4] for line in found] == ([["jcg", "title"]] if name == "pandoc" else [])


HARD = r"""@string{press = "Oxford University Press"}
@comment{nothing}
@book{hard:1,
  author = "de la Vall{\'e}e Poussin, Jr., Charles and {The Big Company} and \O{}ystein {\AA}s and Beethoven, Ludwig van
     and others",
  title = {On $x^2$ and {DNA}: {\"U}ber ``alles''},
  publisher = press, year = {19} # {99}, month = jan }
"""


@pytest.mark.parametrize("name", WITNESSES)
def test_names_in_every_form(name: str, tmp_path: Path) -> None:
    require(*({name} & {*PROGRAMS}))
    if name == "bibtexparser" and not bibtexparser_is_of_version_1():
        pytest.skip("bibtexparser 2 joins no values, and loses the letter of a command before empty braces")
    (tmp_path / "hard.bib").write_text(HARD, encoding="utf-8")
    assert asked(tmp_path / "hard.bib", name) == (1, [])


@pytest.mark.parametrize("name", WITNESSES)
def test_a_wrong_reading_is_found_by_everyone(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Our reader is broken on purpose: the family name is taken for the given one, the year for the next."""
    require(*({name} & {*PROGRAMS}))
    from bibkit.verify import ours as reading

    right = reading.seen

    def wrong(record: object) -> Seen:
        seen = right(record)  # type: ignore[arg-type]
        (person,) = seen.authors
        return Seen(seen.key, (Person(person.given, person.family),), f"{seen.title}!", "1844", False)

    monkeypatch.setattr(reading, "seen", wrong)
    (tmp_path / "a.bib").write_text(ENTRY, encoding="utf-8")
    _, found = asked(tmp_path / "a.bib", name)
    assert [line.split(": ")[3] for line in found] == ["author", "title", "year"]


def test_a_witness_that_splits_names_otherwise(tmp_path: Path) -> None:
    (tmp_path / "firm.bib").write_text(COMPANY, encoding="utf-8")
    done = bibkit("verify", "firm.bib", "--with", "bibtexparser", "--with", "pybtex", cwd=tmp_path)
    if not bibtexparser_is_of_version_1():
        pytest.skip("bibtexparser 2 knows braces")
    assert done.code == 1
    assert done.out == (
        'firm.bib:1: warning: firm: author: bibkit has 2 authors "Smith and Sons; Jones, Mary"; '
        'bibtexparser has 3 authors "Smith; Sons; Jones, Mary"; pybtex agrees with bibkit [verify-author]\n'
    )


def bibtexparser_is_of_version_1() -> bool:
    import bibtexparser

    return not hasattr(bibtexparser, "Library")


def test_a_witness_that_cannot_read_the_file(tmp_path: Path) -> None:
    require("pandoc")
    (tmp_path / "a.bib").write_text("@book{k, title = {Open, year = 2000}\n@book{l, title = {T}}\n", encoding="utf-8")
    done = bibkit("verify", "a.bib", "--with", "pandoc", cwd=tmp_path)
    assert done.code == 1
    assert done.err.startswith('a.bib: error: pandoc gave no answer: Error at "verify.bib"')


# ------------------------------------------------------------------------------------------------ the command


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "a.bib").write_text(ENTRY, encoding="utf-8")
    return tmp_path


def test_agreement(desk: Path) -> None:
    done = bibkit("verify", "a.bib", "--with", "pybtex", cwd=desk)
    assert (done.code, done.out) == (0, "")
    assert done.err.splitlines()[0] == "a.bib: 1 entry in bibtex"
    assert done.err.splitlines()[1].split() == ["witness", "version", "entries", "differences"]
    assert done.err.splitlines()[2].split()[::2] == ["pybtex", "1"]


def test_quiet(desk: Path) -> None:
    assert bibkit("verify", "-q", "a.bib", "--with", "pybtex", cwd=desk) == (0, "", "")


def test_quiet_still_says_who_failed(desk: Path) -> None:
    (desk / "open.bib").write_text("@book{k, title = {Open, year = 2000}\n@book{l, title = {T}}\n", encoding="utf-8")
    require("pandoc")
    done = bibkit("verify", "-q", "open.bib", "--with", "pandoc", cwd=desk)
    assert done.code == 1
    assert "[verify-failed]" in done.err
    assert "witness" not in done.err


def test_json(desk: Path) -> None:
    (desk / "firm.bib").write_text(COMPANY, encoding="utf-8")
    done = bibkit("verify", "a.bib", "firm.bib", "--with", "pybtex", "--format", "json", cwd=desk)
    first, second = json.loads(done.out)
    assert (first["file"], first["entries"], first["differences"]) == ("a.bib", 1, [])
    assert second["asked"][0]["name"] == "pybtex"


def test_standard_input(desk: Path) -> None:
    done = bibkit("verify", "-", "--with", "pybtex", cwd=desk, given=ENTRY.encode())
    assert (done.code, done.err.splitlines()[0]) == (0, "<stdin>: 1 entry in bibtex")


def test_an_unknown_witness(desk: Path) -> None:
    done = bibkit("verify", "a.bib", "--with", "bibr", cwd=desk)
    assert done.code == UsageError.exit_code
    assert done.err == "bibkit: error: unknown witness 'bibr'; did you mean biber?\n"


def test_the_help_names_every_witness(desk: Path) -> None:
    help_text = " ".join(bibkit("verify", "--help", cwd=desk).out.split())
    assert f"again for several: {', '.join(WITNESSES)}." in help_text


def test_what_is_not_installed_is_not_asked(desk: Path) -> None:
    done = bibkit("verify", "a.bib", cwd=desk, PATH="")
    assert done.code == 0
    for program in PROGRAMS:
        assert any(
            line.split()[0] == program and line.endswith("not installed: not asked") for line in done.err.splitlines()
        )


def test_nobody_to_ask(desk: Path) -> None:
    done = bibkit("verify", "a.bib", "--with", "biber", cwd=desk, PATH="")
    assert done.code == NothingRead.exit_code
    assert done.err == "bibkit: error: nobody can be asked: not installed: biber\n"


@pytest.mark.parametrize("content", [b"", b"\n\n", b"% nothing but a comment\n"])
def test_an_empty_file(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "empty.bib").write_bytes(content)
    done = bibkit("verify", "empty.bib", cwd=tmp_path)
    assert (done.code, done.out) == (0, "")
    assert "failed" not in done.err


@pytest.mark.parametrize("name", ["no.bib", "binary.bib"])
def test_nothing_that_can_be_read(name: str, tmp_path: Path) -> None:
    (tmp_path / "binary.bib").write_bytes(bytes(range(256)) * 40)
    done = bibkit("verify", name, cwd=tmp_path)
    assert (done.code, done.out) == (NothingRead.exit_code, "")
    assert "error" in done.err


# ------------------------------------------------------------------------------------------------ programs gone wrong

Pretend = Callable[[str, str], Path]


@pytest.fixture
def pretend(desk: Path) -> Pretend:
    """Put a program of this name, which runs this Python text, where it is found first; the folder for PATH."""

    def make(name: str, text: str) -> Path:
        (desk / "bin").mkdir(exist_ok=True)
        program = desk / "bin" / name
        program.write_text(f"#!{sys.executable}\nimport sys, time, os\n{text}\n", encoding="utf-8")
        program.chmod(0o755)
        return desk / "bin"

    return make


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("time.sleep(600)", "it was stopped after 0.7 s; --limit gives it more time"),
        ("os.kill(os.getpid(), 9)", "it was ended by signal 9"),
        ("sys.exit(7)", "it ended with code 7"),
        ("sys.exit('no such letter\\nin line 2')", "no such letter / in line 2"),
        ("print('[{')", "what it wrote is not CSL-JSON"),
        ("print('5')", "what it wrote is not CSL-JSON"),
        ("print('[[]]')", "what it wrote is not CSL-JSON"),
        ("print('[' * 100000)", "what it wrote is not CSL-JSON"),
    ],
)
def test_a_witness_that_fails_stops_nobody_else(text: str, why: str, pretend: Pretend, desk: Path) -> None:
    path = pretend("pandoc", text if "sleep" not in text else f"'version' in str(sys.argv) or {text}")
    done = bibkit(
        "verify", "a.bib", "--with", "pandoc", "--with", "pybtex", "--limit", "0.7" if "sleep" in text else "60",
        cwd=desk, PATH=str(path),
    )  # fmt: skip
    assert done.code == 1
    said, *table = done.err.splitlines()
    assert said == f"a.bib: error: pandoc gave no answer: {why} [verify-failed]"
    assert table[2].split()[-3:] == ["-", "-", "failed"]
    assert "sleep" in text or table[3].split()[0::2] == ["pybtex", "1"]


@pytest.mark.parametrize("text", ["print('nonsense')", "open('answer.xml', 'w').write('<a')", "print()"])
def test_biber_that_writes_nonsense(text: str, pretend: Pretend, desk: Path) -> None:
    done = bibkit("verify", "a.bib", "--with", "biber", cwd=desk, PATH=str(pretend("biber", text)))
    assert done.code == 1
    assert "biber gave no answer: " in done.err


@pytest.mark.parametrize("text", ["F stray", "x", "T"])
def test_bibtex_that_writes_nonsense(text: str, pretend: Pretend, desk: Path) -> None:
    path = pretend("bibtex", f"open('verify.bbl', 'w').write({text!r})")
    done = bibkit("verify", "a.bib", "--with", "bibtex", cwd=desk, PATH=str(path))
    assert done.code == 1
    assert "bibtex gave no answer: what it wrote is not what our style prints" in done.err


def test_a_program_that_writes_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bibkit.verify.running.MOST_WRITTEN", 1 << 20)
    with folder() as place:
        done = run(["/bin/sh", "-c", "exec cat /dev/zero"], place, 30.0)
        assert (place / "printed.out").stat().st_size == 1 << 20
    assert done.code != 0
    assert not place.exists()


def test_children_of_a_program_that_is_stopped_end_with_it(tmp_path: Path) -> None:
    with folder() as place, pytest.raises(Failed, match="stopped after"):
        run(["/bin/sh", "-c", f"(sleep 2; touch {tmp_path}/late) & sleep 60"], place, 0.3)
    time.sleep(2.2)
    assert not (tmp_path / "late").exists()


def test_an_interrupted_run_leaves_nothing(pretend: Pretend, desk: Path) -> None:
    path = pretend("pandoc", f"open({str(desk / 'started')!r}, 'w').close(); time.sleep(600)")
    temporary = desk / "temporary"
    temporary.mkdir()
    running = subprocess.Popen(
        [*COMMAND, "verify", "a.bib", "--with", "pandoc"],
        cwd=desk,
        stderr=subprocess.PIPE,
        env={**os.environ, "PATH": str(path), "TMPDIR": str(temporary)},
    )
    while not (desk / "started").exists():
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=30)
    assert running.returncode == 130
    assert b"Traceback" not in said
    assert list(temporary.iterdir()) == []


def test_nothing_of_the_readers_needs_bibkit() -> None:
    """The script runs by itself: what it reads with is not ours."""
    text = Path(python_readers.__file__).read_text(encoding="utf-8")
    assert "import bibkit" not in text
    assert "from bibkit" not in text


def test_no_temporary_folder_stays(desk: Path) -> None:
    temporary = desk / "temporary"
    temporary.mkdir()
    assert bibkit("verify", "a.bib", cwd=desk, TMPDIR=str(temporary)).code == 0
    assert list(temporary.iterdir()) == []
