from __future__ import annotations

import itertools
import random
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bibkit import names
from bibkit.record import Name


def raw(text: str) -> str:
    """Leaves LaTeX as it is."""
    return text


def person(given="", von="", family="", suffix=""):
    return Name(given=given, dropping_particle=von, family=family, suffix=suffix)


# ------------------------------------------------------------------------------------------------ BibTeX, by table

LISTS = [
    ("", []),
    ("  \n ", []),
    ("Ada Lovelace", ["Ada Lovelace"]),
    ("Ada Lovelace AND Charles Babbage", ["Ada Lovelace", "Charles Babbage"]),
    ("Ada\n  Lovelace\n  and\tCharles Babbage", ["Ada Lovelace", "Charles Babbage"]),
    ("{Faber and Faber} and Foo", ["{Faber and Faber}", "Foo"]),
    ("Sandy Band and Andy Andrews", ["Sandy Band", "Andy Andrews"]),
    ("and Ada Lovelace", ["and Ada Lovelace"]),
    ("Ada Lovelace and", ["Ada Lovelace and"]),
    ("Ada and and Charles", ["Ada", "", "Charles"]),
    ("Ada~and Charles", ["Ada~and Charles"]),
    ("Ada\\and Charles", ["Ada\\and Charles"]),
    ("{Ada}and Charles and{B} C", ["{Ada}and Charles and{B} C"]),
    ("Ada} and {B and C", ["Ada}", "{B and C"]),
]


@pytest.mark.parametrize(("text", "expected"), LISTS)
def test_lists_are_split_as_bibtex_does(text, expected):
    assert names.split_bibtex_list(text) == expected


# name, first, von, last, jr: what BibTeX's program answers
PARTS = [
    ("Ada Lovelace", "Ada", "", "Lovelace", ""),
    ("Lovelace, Ada", "Ada", "", "Lovelace", ""),
    ("Ludwig van Beethoven", "Ludwig", "van", "Beethoven", ""),
    ("van Beethoven, Ludwig", "Ludwig", "van", "Beethoven", ""),
    ("van der Hoeven Bakker, Dirk", "Dirk", "van der", "Hoeven Bakker", ""),
    ("Dirk van der Hoeven Bakker", "Dirk", "van der", "Hoeven Bakker", ""),
    ("Maria de Jong van der Velde", "Maria", "de Jong van der", "Velde", ""),
    ("King, Jr., Martin Luther", "Martin Luther", "", "King", "Jr."),
    ("de la Cruz, III, Juan", "Juan", "de la", "Cruz", "III"),
    ("Plato", "", "", "Plato", ""),
    ("plato", "", "", "plato", ""),
    ("von Neumann", "", "von", "Neumann", ""),
    ("Knuth, D.~E.", "D. E.", "", "Knuth", ""),
    ("Donald~Ervin   Knuth", "Donald Ervin", "", "Knuth", ""),
    ("Jean-Pierre Serre", "Jean-Pierre", "", "Serre", ""),
    ("{\\'E}va Tardos", "{\\'E}va", "", "Tardos", ""),
    ("Paul {\\'e}mile Victor", "Paul", "{\\'e}mile", "Victor", ""),
    ("Paul \\'emile Victor", "Paul", "\\'emile", "Victor", ""),
    ("A {\\oe}x B", "A", "{\\oe}x", "B", ""),
    ("A {\\OE}x B", "A {\\OE}x", "", "B", ""),
    ("A {\\relax Ch}ristoph B", "A {\\relax Ch}ristoph", "", "B", ""),
    ("A {de la} B", "A {de la}", "", "B", ""),
    ("A 1de B", "A", "1de", "B", ""),
    ("{de la Cruz}, Juan", "Juan", "", "{de la Cruz}", ""),
    ("Foo, {Bar, Baz}", "{Bar, Baz}", "", "Foo", ""),
    ("Foo,", "", "", "Foo", ""),
    ("Foo Bar , ~,", "Foo", "", "Bar", ""),
    (",Foo", "Foo", "", "", ""),
    ("Foo, Jr, ", "Jr", "", "Foo", ""),
    ("A, B, C, D", "C, D", "", "A", "B"),
    ("", "", "", "", ""),
    (" ~, ~", "", "", "", ""),
    ("Christina A. L.\\ Thiele", "Christina A. L.", "", "Thiele", ""),
    # not BibTeX's: accents and thin spaces without braces, hyphens
    ("Brand\\~ao, F.", "F.", "", "Brand\\~ao", ""),
    ("Knuth, D.\\,E.", "D.\\,E.", "", "Knuth", ""),
    ("Min-jun Kim", "Min-jun", "", "Kim", ""),
    ("al-Khwarizmi, Muhammad", "Muhammad", "", "al-Khwarizmi", ""),
    # letters of all alphabets
    ("Émile Øst ørsted Å", "Émile Øst", "ørsted", "Å", ""),
    ("Лев Николаевич фон Толстой", "Лев Николаевич", "фон", "Толстой", ""),
    ("王 军 李", "王 军", "", "李", ""),
]


@pytest.mark.parametrize(("text", "first", "von", "last", "jr"), PARTS)
def test_names_are_divided_as_bibtex_does(text, first, von, last, jr):
    assert names.parse_bibtex(text, decode=raw) == person(first, von, last, jr)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{Barnes and Noble}", Name(literal="Barnes and Noble")),
        ("{{World Health} Organization}", Name(literal="World Health Organization")),
        ("{Foo}", Name(literal="Foo")),
        ("{Foo} {Bar}", Name(family="Bar", given="Foo")),
        ("{Foo}{Bar}", Name(family="FooBar")),
        ("{Foo}, Bar", Name(family="Foo", given="Bar")),
        ("{}", Name()),
        ("family=Hoeven, given=Dirk, prefix=van der", person("Dirk", "van der", "Hoeven")),
        ("given=A, prefix=de, useprefix=true, family=B, given-i=A", Name("B", "A", non_dropping_particle="de")),
        ("family={Sons, Inc.}, given={{A} B}", Name(family="Sons, Inc.", given="A B")),
        ('"family=Sons", suffix="Jr."', Name(family="Sons", suffix="Jr.")),
        ('family=Foo, given=Robert "Bob"', Name(family="Foo", given='Robert "Bob"')),
        ("family=Sons, Inc., given=A", Name(family="Sons, Inc.", given="A")),
    ],
)
def test_literals_and_the_extended_form(text, expected):
    assert names.parse_bibtex(text) == expected


def test_useprefix_makes_the_particle_non_dropping():
    expected = Name(family="Hoeven", given="Dirk", non_dropping_particle="van der")
    assert names.parse_bibtex("Dirk van der Hoeven", useprefix=True) == expected
    assert names.parse_bibtex_list("useprefix=true and Dirk van der Hoeven") == ((expected,), False)


def test_parts_are_decoded_one_by_one():
    seen = []
    names.parse_bibtex("de la Cruz, III, Juan", decode=lambda part: seen.append(part) or part.upper())
    assert sorted(seen) == ["Cruz", "III", "Juan", "de la"]


@pytest.mark.parametrize(
    ("text", "families", "cut"),
    [
        ("Foo, A. and Bar, B.", ["Foo", "Bar"], False),
        ("Foo, A. and others", ["Foo"], True),
        ("others", [], True),
        ("Foo, A. and Others, B.", ["Foo", "Others"], False),
        ("Foo, A. and et al.", ["Foo"], True),
        ("Foo, A. and {et al.}", ["Foo"], True),
        ("A. Foo et al.", ["Foo"], True),
        ("Foo, A., et~al", ["Foo"], True),
        ("Foo, Metal", ["Foo"], False),
        ("Foo, A. and and Bar, B.", ["Foo", "Bar"], False),
        ("", [], False),
    ],
)
def test_a_list_says_whether_it_is_cut(text, families, cut):
    people, is_cut = names.parse_bibtex_list(text)
    assert ([name.family for name in people], is_cut) == (families, cut)


# ------------------------------------------------------------------------------------------------ BibTeX, written


@pytest.mark.parametrize(
    ("name", "bibtex", "biblatex"),
    [
        (Name(), "", ""),
        (Name(family="Knuth", given="Donald E."), "Knuth, Donald E.", None),
        (Name(family="King", given="Martin Luther", suffix="Jr."), "King, Jr., Martin Luther", None),
        (Name(family="King", suffix="Jr."), "King, Jr., {}", None),
        (person("Ludwig", "van", "Beethoven"), "van Beethoven, Ludwig", None),
        (person("", "van", "Beethoven"), "van Beethoven", None),
        (Name(literal="Barnes and Noble"), "{Barnes and Noble}", None),
        (Name(family="Plato"), "Plato", None),
        (Name(family="Ka Ho"), "{Ka Ho}{}", None),
        (Name(family="others"), "{others}{}", None),
        (Name(given="Ada"), ", Ada", None),
        (Name(family="Ortega y Gasset", given="José"), "{Ortega y Gasset}, José", None),
        (Name(family="Sons, Inc.", given="A"), "{Sons, Inc.}, A", None),
        (Name(family="Band And", given="A and B"), "{Band And}, {A and B}", None),
        (Name(family="al-Khwarizmi", given="M."), "{al-Khwarizmi}, M.", "al-Khwarizmi, M."),
        (Name(family="Ormesson", given="Jean", dropping_particle="d'"), "d'Ormesson, Jean", None),
        (
            Name(family="Hoeven", given="Dirk", non_dropping_particle="van der"),
            "van der Hoeven, Dirk",
            "family=Hoeven, given=Dirk, prefix=van der, useprefix=true",
        ),
        (
            Name(family="Gaulle", given="Charles", dropping_particle="De"),
            "De Gaulle, Charles",
            "family=Gaulle, given=Charles, prefix=De, useprefix=false",
        ),
    ],
)
def test_names_are_written(name, bibtex, biblatex):
    assert names.format_bibtex(name) == bibtex
    if biblatex is not None:
        assert names.format_bibtex(name, biblatex=True) == biblatex


def test_lists_are_written():
    people = (Name(family="Foo", given="A."), Name(literal="Bar"))
    assert names.format_bibtex_list(people, True) == "Foo, A. and {Bar} and others"
    assert names.format_bibtex_list((), True) == "others"


def encode(text: str) -> str:
    """A little of LaTeX: accents and braces."""
    return text.translate({123: "{\\textbraceleft}", 125: "{\\textbraceright}", 233: "{\\'e}"})


def decode(text: str) -> str:
    plain = names.strip_braces(text.replace("{\\'e}", "é"))
    return plain.replace("\\textbraceleft", "{").replace("\\textbraceright", "}")


WORDS = st.sampled_from(
    """A. Ada Bb and AND And others et al. al de van der d' Foo-Bar al-Foo foo-Bar é Éa éa 1a X,Y , ~ a~b = family=x {x
    useprefix=true et~al. 王 y } " . - 'x Jr.""".split()
)
PART = st.lists(WORDS, max_size=3).map(" ".join)
VON = st.lists(st.sampled_from("van der de la Van 1x éa".split()), max_size=2).map(" ".join)


@settings(derandomize=True, max_examples=400, deadline=None)
@given(PART, PART, PART, VON)
def test_what_is_written_is_read_back(family, given_name, suffix, von):
    assume(family or not von)
    assume(not von or names.is_von(von.split()[-1]))
    name = person(given_name, von, family, suffix)
    text = names.format_bibtex(name, encode=encode)
    assert names.parse_bibtex(text, decode=decode) == name


@settings(derandomize=True, max_examples=400, deadline=None)
@given(PART, PART, PART, VON, st.booleans())
def test_biblatex_holds_every_particle(family, given_name, suffix, von, dropping):
    particle = {"dropping_particle" if dropping else "non_dropping_particle": von}
    name = Name(family=family, given=given_name, suffix=suffix, **particle)
    text = names.format_bibtex(name, biblatex=True, encode=encode)
    assert names.parse_bibtex(text, decode=decode) == name


@settings(derandomize=True, max_examples=500, deadline=None)
@given(st.lists(st.tuples(PART, PART, PART) | PART, max_size=4), st.booleans())
def test_lists_are_read_back(parts, cut):
    people = tuple(
        Name(literal=part) if isinstance(part, str) else person(part[1], "", part[0], part[2]) for part in parts
    )
    people = tuple(name for name in people if name != Name())
    assume(not any(name.literal.lower().rstrip(".") == "et al" for name in people))
    text = names.format_bibtex_list(people, cut, encode=encode)
    assert names.parse_bibtex_list(text, decode=decode) == (people, cut)


@settings(derandomize=True, max_examples=500, deadline=None)
@given(st.text(alphabet=st.sampled_from("aA{}\\~,= and\"-é'")) | st.text())
def test_no_text_stops_the_reader(text):
    people, _ = names.parse_bibtex_list(text)
    names.parse_bibtex(text)
    names.format_bibtex_list(people)
    for parse, write in ((names.parse_display, names.format_display), (names.parse_sorted, names.format_sorted)):
        write(parse(text))


def test_long_texts_are_read_to_their_end():
    for piece in ("{", "}", " ", "a ", "a, ", "{a} ", "and ", "et al. ", "~", "\\", "x=", "{\\a"):
        text = piece * 20_000
        names.parse_bibtex_list(text)
        names.parse_display(text)
        names.parse_sorted(text)


# ------------------------------------------------------------------------------------------------ as printed


@pytest.mark.parametrize(
    ("text", "given_name", "particle", "family", "suffix"),
    [
        ("T. Anderson Keller", "T. Anderson", "", "Keller", ""),
        ("Dirk van der Hoeven", "Dirk", "van der", "Hoeven", ""),
        ("Ludwig  van Beethoven ", "Ludwig", "van", "Beethoven", ""),
        ("Rémi de Joannis de Verclos", "Rémi", "de", "Joannis de Verclos", ""),
        ("Maarten 't Hart", "Maarten", "'t", "Hart", ""),
        ("Jean d'Ormesson", "Jean", "", "d'Ormesson", ""),
        ("von Neumann", "", "von", "Neumann", ""),
        ("van der Hoeven", "", "van der", "Hoeven", ""),
        ("danah boyd", "danah", "", "boyd", ""),
        ("Frederick A. Matsen IV", "Frederick A.", "", "Matsen", "IV"),
        ("Martin Luther King, Jr.", "Martin Luther", "", "King", "Jr."),
        ("El Mahdi El Mhamdi", "El Mahdi", "", "El Mhamdi", ""),
        ("Jan Van den Bussche", "Jan", "", "Van den Bussche", ""),
        ("Van Morrison", "Van", "", "Morrison", ""),
        ("Quoc Van Nguyen", "Quoc Van", "", "Nguyen", ""),
        ("José Ortega y Gasset", "José", "", "Ortega y Gasset", ""),
        ("Madonna", "", "", "Madonna", ""),
        ("王军", "", "", "王军", ""),
        ("Jr.", "", "", "Jr.", ""),
    ],
)
def test_printed_names(text, given_name, particle, family, suffix):
    name = names.parse_display(text)
    assert (name.given, name.non_dropping_particle, name.family, name.suffix) == (given_name, particle, family, suffix)
    assert names.format_display(name) == " ".join(text.split())


def test_a_name_in_its_own_script_stays_in_its_order():
    name = names.parse_display("山田 太郎")
    assert name == Name(family="山田", given="太郎", static_ordering=True)
    assert names.format_display(name) == "山田 太郎"


@pytest.mark.parametrize(
    "text",
    ["ATLAS Collaboration", "University of Exeter", "Acme, Inc.", "Hoeven, Dirk", "Society for Names", "李 小 龙"],
)
def test_what_is_no_person_is_literal(text):
    assert names.parse_display(text) == Name(literal=text)


PRINTED = st.lists(
    st.sampled_from(
        "Ada van der Van 't d' Jr. Jr, IV II y e El Nguyen 王 军 , A. Group de la Kim-Il al- Foo, de,".split()
    )
)


@settings(derandomize=True, max_examples=400, deadline=None)
@given(PRINTED.map(" ".join) | st.text())
def test_printed_names_keep_their_text(text):
    assert names.format_display(names.parse_display(text)) == " ".join(text.split())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (Name(family="Beethoven", given="Ludwig", dropping_particle="van"), "Ludwig van Beethoven"),
        (Name("Fontaine", "Jean", dropping_particle="de", non_dropping_particle="la"), "Jean de la Fontaine"),
        (Name(family="Ormesson", given="Jean", non_dropping_particle="d'"), "Jean d'Ormesson"),
        (Name(family="Khwarizmi", given="M.", non_dropping_particle="al-"), "M. al-Khwarizmi"),
        (Name(family="King", given="Martin", suffix="Jr.", comma_suffix=True), "Martin King, Jr."),
        (Name(literal="WHO"), "WHO"),
        (Name(), ""),
    ],
)
def test_names_are_shown_in_full(name, text):
    assert names.format_display(name) == text


# ------------------------------------------------------------------------------------------------ sorted, particles

SORTED = [
    ("Lovelace, Ada", Name(family="Lovelace", given="Ada")),
    ("Hoeven, Dirk van der", Name(family="Hoeven", given="Dirk", dropping_particle="van der")),
    ("van der Hoeven, Dirk", Name(family="Hoeven", given="Dirk", non_dropping_particle="van der")),
    ("King, Martin Luther, Jr.", Name(family="King", given="Martin Luther", suffix="Jr.")),
    ("la Fontaine, Jean de", Name("Fontaine", "Jean", "de", "la")),
    ("Min, jun", Name(family="Min", given="jun")),
    ("Kim, Min jun", Name(family="Kim", given="Min jun")),
    ("smith, j. a.", Name(family="smith", given="j. a.")),
    ("Plato,", Name(family="Plato")),
    ("World Health Organization", Name(literal="World Health Organization")),
    ("", Name()),
]


@pytest.mark.parametrize(("text", "name"), SORTED)
def test_sorted_names(text, name):
    assert names.parse_sorted(text) == name
    assert names.format_sorted(name) == text


def test_a_suffix_in_the_second_place_is_understood():
    assert names.parse_sorted("King, Jr., Martin") == Name(family="King", given="Martin", suffix="Jr.")
    assert names.parse_sorted(" A ,  B, C, D ") == Name(family="A", given="B", suffix="C, D")


SIMPLE = st.lists(st.sampled_from("Ada B. Foo-Bar É Ó'Baz Kim".split()), min_size=1, max_size=3).map(" ".join)
PARTICLE = st.sampled_from(("", "van", "van der", "de la", "'t", "von und zu"))


@settings(derandomize=True, max_examples=500, deadline=None)
@given(SIMPLE, SIMPLE | st.just(""), PARTICLE, PARTICLE, st.sampled_from(("", "Jr.", "III")))
def test_sorted_names_are_read_back(family, given_name, dropping, non_dropping, suffix):
    name = Name(family, given_name, dropping if given_name else "", non_dropping, suffix if given_name else "")
    assert names.parse_sorted(names.format_sorted(name)) == name
    assert names.split_particles(names.join_particles(name)) == name


@pytest.mark.parametrize(
    ("family", "given_name", "expected"),
    [
        ("van Gogh", "Vincent", Name(family="Gogh", given="Vincent", non_dropping_particle="van")),
        ("van 't Hoff", "J. H.", Name(family="Hoff", given="J. H.", non_dropping_particle="van 't")),
        ("d'Alembert", "Jean le Rond", Name(family="Alembert", given="Jean le Rond", non_dropping_particle="d'")),
        ("al-Khwarizmi", "M.", Name(family="Khwarizmi", given="M.", non_dropping_particle="al-")),
        ("Humboldt", "Alexander von", Name(family="Humboldt", given="Alexander", dropping_particle="von")),
        ("O'Brien", "Flann", Name(family="O'Brien", given="Flann")),
        ("de", "", Name(family="de")),
        ("bell hooks", "", Name(family="bell hooks")),
    ],
)
def test_particles_are_split_and_joined(family, given_name, expected):
    name = names.split_particles(Name(family=family, given=given_name))
    assert name == expected
    assert names.join_particles(name) == Name(family=family, given=given_name)


def test_quotation_marks_keep_a_family_name_whole():
    name = Name(family="van Gogh", given="V.")
    assert names.join_particles(name) == Name(family='"van Gogh"', given="V.")
    assert names.split_particles(names.join_particles(name)) == name


# ------------------------------------------------------------------------------------------------ BibTeX itself

STYLE = """ENTRY { author } {} { label }
INTEGERS { i n }
FUNCTION {show} {
  author num.names$ 'n :=
  n #9 > { #0 'n := } { skip$ } if$
  #1 'i :=
  { n #0 > } {
    "[" author i "{ff}" format.name$ * write$ newline$
    "/" author i "{vv}" format.name$ * write$ newline$
    "/" author i "{ll}" format.name$ * write$ newline$
    "/" author i "{jj}" format.name$ * write$ newline$
    i #1 + 'i :=
    n #1 - 'n :=
  } while$
  "]" write$ newline$
}
FUNCTION {misc} { show }
READ
ITERATE {call.type$}
"""


def ask_bibtex(folder: Path, lists: list[str]) -> list[list[tuple[str, ...]]]:
    """First, von, last, jr of each name in each list, as BibTeX's program has them."""
    if not shutil.which("bibtex"):
        pytest.skip("the program bibtex is not installed")
    entries = (f"@misc{{k{number}, author = {{{text}}}}}\n" for number, text in enumerate(lists))
    (folder / "names.bib").write_text("".join(entries), encoding="utf-8")
    (folder / "names.bst").write_text(STYLE, encoding="utf-8")
    (folder / "names.aux").write_text("\\citation{*}\n\\bibdata{names}\n\\bibstyle{names}\n", encoding="utf-8")
    subprocess.run(["bibtex", "names"], cwd=folder, capture_output=True, timeout=20, check=False)
    answers = re.sub(r"\n  ", " ", (folder / "names.bbl").read_text(encoding="utf-8"))
    shown = [" ".join(line.replace("~", " ").split()) for line in answers.split("\n]\n")[:-1]]
    assert len(shown) == len(lists)
    return [[tuple(part.strip() for part in name.split("/")) for name in line.split("[")[1:]] for line in shown]


def parts_of(name: Name) -> tuple[str, ...]:
    family = name.family or (f"{{{name.literal}}}" if name.literal else "")
    return name.given, name.dropping_particle, family, name.suffix


VOCABULARY = (
    r"AA|Bb|bb|cc.|D.|{Ee}|{ee}|{\'E}e|{\'e}E|{\relax X}y|{\foo x}|{\foo}|{\oe}X|{\AA}x|{\i}X|{\ae y}Z|1a|1A|{F f}|"
    r"x{Y}|{}z|{}Z|\'e|\'E|\oe|d'Aa|Gg-Hh|J.-K.|{x}-{Y}|{\v{S}}a|{\v s}A|{{\'e}}A|{{\'e}A}b|{\'{\i}}A|Jr|III|and{x}|"
    r"{and}|andA|others|(x)|'x"
).split("|")


def generated_lists(count: int) -> list[str]:
    chance = random.Random(20240229)
    made = []
    for _ in range(count):
        words = chance.choices([*VOCABULARY, "and", "and"], k=chance.randint(1, 7))
        commas = chance.choice((0, 0, 1, 1, 2))
        gaps = [chance.choice((" ", " ", " ", "~", "  ", " ~")) for _ in words]
        for place in chance.sample(range(len(gaps)), min(commas, len(gaps))):
            gaps[place] = chance.choice((", ", ",", " , "))
        made.append("".join(itertools.chain(*zip(words, gaps, strict=True))).strip(" "))
    return made


def test_bibtex_divides_names_in_the_same_way(tmp_path):
    lists = [*generated_lists(1500), *(row[0] for row in PARTS[:25]), *(text for text, _ in LISTS[2:-1])]
    for text, answer in zip(lists, ask_bibtex(tmp_path, lists), strict=True):
        ours = [parts_of(names.parse_bibtex(name, decode=raw)) for name in names.split_bibtex_list(text)]
        assert ours == answer, text


def test_bibtex_reads_what_is_written(tmp_path):
    chance = random.Random(5)
    words = "A. Ada Bb and others al de van der Foo-Bar al-Foo foo-Bar y X,Y a~b Jr. III 1a".split()
    people = []
    for _ in range(800):
        given_name, family, suffix = (" ".join(chance.choices(words, k=chance.randint(0, 3))) for _ in range(3))
        von = " ".join(chance.choices("van der de la Van".split(), k=chance.choice((0, 0, 1, 2))))
        if family and (not von or names.is_von(von.split()[-1])):
            people.append(person(given_name, von, family, suffix if chance.random() < 0.3 else ""))
    answers = ask_bibtex(tmp_path, [names.format_bibtex(name) for name in people])
    for name, answer in zip(people, answers, strict=True):
        expected = [tuple(part.replace("~", " ") for part in parts_of(name))]
        assert [tuple(map(names.strip_braces, read)) for read in answer] == expected, names.format_bibtex(name)


@pytest.mark.parametrize("text", ["others", "and others", "Others.", "et al", "et al.", "et. al.", "et al. ..."])
def test_others_are_no_person(text):
    assert names.is_others(Name(literal=text))
    assert names.is_others(Name(family=text))
    assert not names.is_others(Name(family=text, given="A."))
    assert not names.is_others(Name(family="Otherson"))
