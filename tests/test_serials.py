from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bibkit import ltwa
from bibkit.serials import LONGEST, abbreviate, significant

# By ISO 4 and the ISSN Manual, 7.1; the words as in the List of Title Word Abbreviations.
TITLES = [
    ("Journal of Machine Learning Research", "J. Mach. Learn. Res."),
    ("Physical Review Letters", "Phys. Rev. Lett."),
    ("Communications of the ACM", "Commun. ACM"),
    ("IEEE Transactions on Pattern Analysis and Machine Intelligence", "IEEE Trans. Pattern Anal. Mach. Intell."),
    ("The New England Journal of Medicine", "N. Engl. J. Med."),
    ("Academy of Sciences of the United States of America", "Acad. Sci. U. S. A."),
    ("Monthly Notices of the Royal Astronomical Society", "Mon. Not. R. Astron. Soc."),
    ("Discrete & Computational Geometry", "Discrete Comput. Geom."),
    ("Annual Review of Psychology", "Annu. Rev. Psychol."),
    ("American Journal of Psychiatry", "Am. J. Psychiatry"),
    ("Journal of Clinical Oncology", "J. Clin. Oncol."),
    ("Archives of Physical Medicine and Rehabilitation", "Arch. Phys. Med. Rehabil."),
    ("Quarterly Journal of Economics", "Q. J. Econ."),
    ("Journal of Roman Studies", "J. Rom. Stud."),
    ("South African Journal of Botany", "S. Afr. J. Bot."),
    # one word stays, whatever goes with it
    ("Nature", "Nature"),
    ("The Lancet", "Lancet"),
    ("Nature (London)", "Nature (London)"),
    ("Nature Physics", "Nat. Phys."),
    # parts
    ("Physical Review A", "Phys. Rev. A"),
    ("Physics Letters, Section B", "Phys. Lett. Sect. B"),
    ("Journal of Combinatorial Theory, Series A", "J. Comb. Theory Ser. A"),
    ("Journal of Physics A: Mathematical and General", "J. Phys. A: Math. Gen."),
    ("Journal of Polymer Science. Part A, Polymer Chemistry", "J. Polym. Sci. Part A Polym. Chem."),
    # small words that stay: the first one, and those of set phrases
    ("In Practice", "In Pract."),
    ("Toxicology in Vitro", "Toxicol. in Vitro"),
    ("A Journal of Law", "J. Law"),
    # apostrophes and hyphens
    ("Children's Health Care", "Child. Health Care"),
    ("Women’s Studies International Forum", "Women’s Stud. Int. Forum"),
    ("Comptes Rendus de l'Académie des Sciences", "C. R. Acad. Sci."),
    ("Giornale dell’Istituto Italiano degli Attuari", "G. Ist. Ital. Attuari"),
    ("Neuro-Oncology", "Neuro-Oncol."),
    ("Earth-Science Reviews", "Earth-Sci. Rev."),
    # other languages
    ("Zeitschrift für Physik", "Z. Phys."),
    ("Journal für die reine und angewandte Mathematik", "J. reine angew. Math."),
    ("Sitzungsberichte der Akademie der Wissenschaften", "Sitzungsber. Akad. Wiss."),
    ("Historische Sprachforschung", "Hist. Sprachforsch."),
    ("Bulletin de la Société Mathématique de France", "Bull. Soc. Math. Fr."),
    ("Revista Española de Cardiología", "Rev. Esp. Cardiol."),
    ("Química Nova", "Quím. Nova"),
    ("Anais da Academia Brasileira de Ciências", "An. Acad. Bras. Ciênc."),
    ("Rendiconti dell'Istituto di Matematica", "Rend. Ist. Mat."),
    ("Nederlands Tijdschrift voor Geneeskunde", "Ned. Tijdschr. Geneeskd."),
    ("Geochimica et Cosmochimica Acta", "Geochim. Cosmochim. Acta"),
    # case is kept
    ("PHYSICAL REVIEW LETTERS", "PHYS. REV. LETT."),
    ("Journal of clinical oncology", "J. clin. oncol."),
    # what is short already
    ("Phys. Rev. Lett.", "Phys. Rev. Lett."),
    ("Phys Rev Lett", "Phys. Rev. Lett."),
    ("J Am Coll Cardiol", "J. Am. Coll. Cardiol."),
    ("U.S. News", "U.S. News"),
    # marks, TeX and HTML
    ("Astronomy \\& Astrophysics", "Astron. Astrophys."),
    ("Astronomy &amp; Astrophysics", "Astron. Astrophys."),
    ('Computational <span class="nocase">L</span>inguistics', "Comput. Linguist."),
    ("{Physical} Review", "Phys. Rev."),
    # nothing to do
    ("", ""),
    ("A", "A"),
    (" & ", "&"),
    ("数学学报", "数学学报"),
]  # fmt: skip


@pytest.mark.parametrize(("title", "short"), TITLES)
def test_titles_in_short(title: str, short: str) -> None:
    assert abbreviate(title) == short


@pytest.mark.parametrize("title", [short for _, short in TITLES])
def test_what_is_short_stays(title: str) -> None:
    assert abbreviate(title) == title


@pytest.mark.parametrize(
    ("title", "language", "short"),
    [
        ("Die Casting Engineer", "", "Casting Eng."),  # nobody said that it is English
        ("Die Casting Engineer", "en", "Die Casting Eng."),
        ("Die Casting Engineer", "en-US", "Die Casting Eng."),
        ("Zeitschrift für die Chemie", "de", "Z. Chem."),
        ("Revista no Brasil", "pt", "Rev. Bras."),
        ("Physical Review", "tlh", "Phys. Rev."),
    ],
)
def test_the_language_says_which_small_words_go(title: str, language: str, short: str) -> None:
    assert abbreviate(title, language) == short


@pytest.mark.parametrize(
    ("word", "short"),
    [
        ("physics", "phys"),  # a beginning
        ("letters", "lett"),
        ("national", "natl"),  # not by cutting
        ("naturforschung", "naturforsch"),  # an ending
        ("physical", "phys"),
        ("physiology", "physiol"),  # the longest beginning wins
        ("action", ""),  # stays whole, `act-` or not
        ("allergy", ""),  # would lose one letter only
        ("allergies", "allerg"),
        ("quux", ""),
        ("", ""),
    ],
)
def test_words_in_short(word: str, short: str) -> None:
    assert ltwa.abbreviation(word) == short


def test_the_table_of_words_has_no_faults() -> None:
    rules = ltwa.rules()
    for table in (rules.whole, rules.beginnings, rules.endings):
        for word, short in table.items():
            assert word.isalpha(), word
            assert word.isascii(), word
            assert word == word.lower(), word
            assert short is None or (short.isalpha() and short[0] == word[0]), word
    assert max(map(len, (*rules.beginnings, *rules.endings))) <= ltwa.LONGEST
    rows = ltwa.ROWS.split()
    assert len(rows) == len(set(rows)) == sum(map(len, (rules.whole, rules.beginnings, rules.endings)))


def test_initials_are_one_word() -> None:
    assert [word.folded for word in significant("The M.I.T. Press of the U. S. and Children's Journal")] == [
        "mit", "press", "u", "s", "childrens", "journal",
    ]  # fmt: skip


@given(st.text(max_size=60), st.sampled_from(["", "en", "de", "zz", "-"]))
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_title(title: str, language: str) -> None:
    assert isinstance(abbreviate(title, language), str)
    assert all(word.folded for word in significant(title, language))


_SCRAPS = st.sampled_from(
    [
        "the ",
        "of",
        " & ",
        "Physics",
        "J.",
        "-",
        "'",
        "l'",
        "(",
        ")",
        "[",
        "A",
        ".",
        ",",
        ":",
        " ",
        "ß",
        "\\&",
        "{",
        "<i>",
        "U.S.",
    ]
)


@given(st.lists(_SCRAPS, max_size=30).map("".join))
@settings(max_examples=300, deadline=None)
def test_scraps_are_titles_too(title: str) -> None:
    assert isinstance(abbreviate(title), str)
    significant(title)


@pytest.mark.parametrize("scrap", ["the ", "A.", "physics-", "(", "l'", "&amp;", "<i>", "{\\&"])
def test_what_is_too_long_is_no_title(scrap: str) -> None:
    long = scrap * 25_000
    assert abbreviate(long) == long
    assert significant(long) == []
    assert isinstance(abbreviate(long[:LONGEST]), str)
