from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bibkit import spellings
from bibkit.spellings import Spellings, journals, publishers

ONE_JOURNAL = [
    ["Physical Review Letters", "Phys. Rev. Lett.", "Phys Rev Lett", "PHYSICAL REVIEW LETTERS"],
    ["Communications of the ACM", "Commun. ACM", "Comm. ACM", "CACM"],
    ["The Annals of Statistics", "Annals of Statistics", "Ann. Statist.", "Ann. Stat."],
    ["Health & Place", "Health and Place", "Health \\& Place", "Health &amp; Place"],
    ["Environment, Development and Sustainability", "ENVIRONMENT DEVELOPMENT AND SUSTAINABILITY"],
    ["Neuro-Oncology", "Neurooncology", "Neuro Oncology"],
    ["Journal of the American Mathematical Society", "J. Amer. Math. Soc.", "J. Am. Math. Soc."],
    ["International Journal of Computer Vision", "Intl. J. Comp. Vision", "Int. J. Comput. Vis.", "Int J Comput Vis"],
    ["Zeitschrift für Physik", "Z. Phys.", "Zeitschrift fur Physik"],
    ["Revista Española de Cardiología", "Rev Esp Cardiol", "Revista Espanola de Cardiologia"],
    ["Proceedings of the National Academy of Sciences of the United States of America", "PNAS",
     "Proceedings of the National Academy of Sciences", "Proc. Natl. Acad. Sci. U.S.A.", "Proc Natl Acad Sci U S A"],
    ["JAMA", "JAMA: The Journal of the American Medical Association", "Journal of the American Medical Association"],
    ["Journal of Clinical Oncology", "J Clin Oncol",
     "Journal of clinical oncology : official journal of the American Society of Clinical Oncology"],
    ["Journal of Magnetic Resonance Imaging", "Journal of magnetic resonance imaging : JMRI"],
    ["ACM Transactions on Database Systems (TODS)", "ACM Transactions on Database Systems", "ACM Trans Database Syst"],
    ["PLoS ONE", "PLOS ONE", "PloS one", "PLoS ONE [Electronic Resource]"],
    ["Journal of Physics A: Mathematical and General", "JOURNAL OF PHYSICS A-MATHEMATICAL AND GENERAL"],
    ["Proc. 25th ACM Symp. Theory of Computing", "In Proceedings of the 25th ACM Symposium on the Theory of Computing"],
    ['<span class="nocase">IEEE</span> Trans. Inform. Theory', "IEEE Transactions on Information Theory"],
    ["Best Practice: A Journal", "Best Practice: a journal", "Best Practice. Journal"],
    ["Frontiers of Physics", "FRONTIERS OF PHYSICS"],
]  # fmt: skip

MANY_JOURNALS = [
    ["Physical Review A", "Physical Review B", "Physical Review", "Physical Review E"],
    ["Journal of Physics", "Journal of Physiology", "J. Phys."],  # ambiguous: it joins neither
    ["Journal of Physiology", "J. Phys."],  # by ISO 4 that is physics
    ["Nature", "Nature Physics", "Nat. Phys. Sci."],
    ["Proc. Conf. X 2004", "Proc. Conf. X 2005", "Proc. Conf. X"],
    ["Proc. 3rd Conf. X", "Proc. 4th Conf. X", "Proc. Third Conf. X"],
    ["Advances in Neural Information Processing Systems 5", "Advances in Neural Information Processing Systems 6"],
    ["Lecture Notes in Computer Science", "Lecture Notes in Computer Science 1234", "Lecture Notes in Mathematics"],
    ["Science", "Sciences", "Sci."],
    ["Journal of Computer Science", "Journal of Computational Science", "J. Comput. Sci."],
    ["Environmental Research", "Environmental Reviews"],
    ["Frontiers in Physics", "Frontiers of Physics"],
    ["Cell", "Cells"],
    ["PRL", "Physical Review Letters"],
    ["J. Chem. Phys.", "J. Phys. Chem."],
    ["Journal of Combinatorial Theory, Series A", "Journal of Combinatorial Theory, Series B"],
    ["Surgery", "Surgery (Oxford)"],
    ["European Respiratory Journal", "European Respiratory Journal Supplement"],
    ["Annals of Science", "Annals of Sciences"],
    ["Report 1 12", "Report 11 2"],
    ["A", "B", "", "&", "1999", "..."],
]  # fmt: skip

ONE_PUBLISHER = [
    ["Springer", "Springer-Verlag", "Springer Verlag", "Springer, Berlin", "Springer-Verlag New York, Inc."],
    ["Cambridge University Press", "Cambridge Univ. Press", "CUP", "Cambridge University Press, Cambridge, UK"],
    ["MIT Press", "The MIT Press", "M.I.T. Press", "MIT Press, Cambridge, MA"],
    ["Wiley", "John Wiley & Sons", "John Wiley \\& Sons, Inc.", "John Wiley and Sons Ltd."],
    ["ACM", "ACM Press", "Association for Computing Machinery", "New York: ACM", "ACM, New York, NY, USA"],
    ["Kluwer", "Kluwer Academic Publishers", "Kluwer Academic"],
    ["North-Holland", "North Holland Publishing Co."],
    ["Taylor & Francis", "Taylor and Francis, Ltd"],
    ["American Mathematical Society", "Amer. Math. Soc."],
    ["Birkhäuser", "Birkhauser Verlag", "Birkhäuser, Boston"],
]  # fmt: skip

MANY_PUBLISHERS = [
    ["MIT", "MIT Press"],
    ["Oxford University Press", "Oxford University"],
    ["University of California, Berkeley", "University of California, Santa Cruz", "University of California"],
    ["Wiley", "Wiley-Blackwell", "Wiley-VCH"],
    ["Chapman & Hall", "Chapman & Hall/CRC"],
    ["Berlin", "Berlin, Germany", "[Berlin]"],  # no publishers at all
    ["Berlin : Springer, 1999", "Berlin ; Springer, 1999"],
    ["IEEE", "IEEE Computer Society"],
    ["Academic Press", "Academic"],
]


def groups(found: list[Spellings]) -> list[set[str]]:
    return [{one.preferred, *one.others} for one in found]


@pytest.mark.parametrize("names", ONE_JOURNAL)
def test_spellings_of_one_journal(names: list[str]) -> None:
    assert groups(journals(Counter(names))) == [set(names)]


@pytest.mark.parametrize("names", MANY_JOURNALS)
def test_different_journals(names: list[str]) -> None:
    assert journals(Counter(names)) == []


@pytest.mark.parametrize("names", ONE_PUBLISHER)
def test_spellings_of_one_publisher(names: list[str]) -> None:
    assert groups(publishers(Counter(names))) == [set(names)]


@pytest.mark.parametrize("names", MANY_PUBLISHERS)
def test_different_publishers(names: list[str]) -> None:
    assert publishers(Counter(names)) == []


def test_all_at_once_are_the_same_groups() -> None:
    """No journal is drawn to another one's names, but for those that are in two tables."""
    names = [name for group in ONE_JOURNAL for name in group]
    found = groups(journals(Counter(names)))
    assert len(found) == len(ONE_JOURNAL)
    assert all(set(group) in found for group in ONE_JOURNAL)


def test_what_is_used_most_is_preferred() -> None:
    counts = {"Phys. Rev. Lett.": 3, "Physical Review Letters": 2, "PHYSICAL REVIEW LETTERS": 2}
    assert journals(counts) == [
        Spellings("Phys. Rev. Lett.", ("Physical Review Letters", "PHYSICAL REVIEW LETTERS"), "Phys. Rev. Lett.")
    ]


def test_of_equals_the_fullest_is_preferred() -> None:
    counts = {"Phys. Rev. Lett.": 1, "PHYSICAL REVIEW LETTERS": 1, "Physical Review Letters": 1}
    (found,) = journals(counts)
    assert found.preferred == "Physical Review Letters"


@pytest.mark.parametrize(
    ("names", "short"),
    [
        (["Journal of machine learning research", "Journal of Machine Learning Research"], "J. Mach. Learn. Res."),
        (["machine learning", "mach. learn."], "Mach. Learn."),
        (["PHYSICAL REVIEW A", "PHYS. REV. A"], "Phys. Rev. A"),
        (["IEEE SPECTRUM", "IEEE Spectrum"], "IEEE Spectr."),
        (["Journal für die reine und angewandte Mathematik", "J. Reine Angew. Math."], "J. reine angew. Math."),
        (["NATURE", "Nature"], "Nature"),
    ],
)
def test_the_answer_of_iso_4_is_in_capitals_of_a_title(names: list[str], short: str) -> None:
    (found,) = journals(Counter(names))
    assert found.abbreviation == short


def test_publishers_have_no_abbreviation() -> None:
    assert publishers({"Springer": 2, "Springer-Verlag": 1}) == [Spellings("Springer", ("Springer-Verlag",))]


def test_the_order_of_names_does_not_matter() -> None:
    names = [name for group in (*ONE_JOURNAL, *MANY_JOURNALS) for name in group]
    assert journals(Counter(names)) == journals(Counter(reversed(names)))


def test_a_crowd_is_not_compared_pair_by_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names of the same initials: beyond a hundred, only what ISO 4 abbreviates alike is compared."""
    steps = Counter[str]()
    match = spellings._match

    def counted(short: str, long: str) -> spellings.Match:
        steps["match"] += 1
        return match(short, long)

    monkeypatch.setattr(spellings, "_match", counted)
    some = {f"Journal of P{'a' * n} Q{'u' * m}": 1 for n, m in combinations(range(60), 2)}
    journals(some)
    assert steps["match"] < 10 * len(some)
    alike = {f"Journal of Academ{'a' * n} Theor{'i' * m}": 1 for n, m in combinations(range(60), 2)}
    journals(alike)
    assert steps["match"] < 500 * len(alike)


NAMES = st.text(st.sampled_from("aAbJ .&-:()'/1é{\\ßphysrev"), max_size=25)


@given(st.dictionaries(st.one_of(NAMES, st.text(max_size=30)), st.integers(1, 9), max_size=12))
@settings(max_examples=300, deadline=None)
def test_any_names_are_grouped(counts: dict[str, int]) -> None:
    for find in (journals, publishers):
        found = [name for one in find(counts) for name in (one.preferred, *one.others)]
        assert len(found) == len(set(found))
        assert set(found) <= counts.keys()


@pytest.mark.parametrize("scrap", ["the ", "A.", "Physics-", "(", "l'", "Verlag, ", ", New York", ":"])
def test_what_is_too_long_is_no_name(scrap: str) -> None:
    counts = {scrap * 25_000: 1, f"{scrap * 25_000}.": 1, scrap * 40: 1}
    assert journals(counts) == publishers(counts) == []


def records(shared: Path) -> Iterator[tuple[str, str]]:
    """The work and the journal of each record of the labelled sets."""
    csv.field_size_limit(1 << 24)
    for clusters in sorted((shared / "dedup").glob("*/clusters.csv")):
        with clusters.open(encoding="utf-8") as file:
            work = {row["id"]: f"{clusters.parent.name} {row['cluster_id']}" for row in csv.DictReader(file)}
        with (clusters.parent / "records.csv").open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                yield work.get(row["id"], row["id"]), row["journal"].strip()


def test_names_under_which_databases_know_the_journal_of_one_work(shared: Path) -> None:
    """Of 778 pairs 578 are joined; the others are conferences in journals, translations, places in brackets."""
    counts: Counter[str] = Counter()
    named: defaultdict[str, set[str]] = defaultdict(set)
    for work, journal in records(shared):
        if journal:
            counts[journal] += 1
            named[work].add(journal)
    group = {name: place for place, names in enumerate(groups(journals(counts))) for name in names}
    pairs = {pair for names in named.values() for pair in combinations(sorted(names), 2)}
    joined = {pair for pair in pairs if group.get(pair[0], -1) == group.get(pair[1], -2)}
    assert len(joined) >= len(pairs) * 0.74
