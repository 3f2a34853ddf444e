"""What every format of a CV must show: one table for the repository's listings, one for a made-up person's works.

The table of the listings was written by hand from the listings themselves: year, place by date (the newest first, works
of one day by title), place of Liang Song among the authors that are listed, whether the list ends in "et al.".
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from conftest import ROOT

from bibkit import cv, decisions, library, settings
from bibkit.cv import CV
from bibkit.problems import Report
from bibkit.record import Record

ME = "Liang Song"


class Row(NamedTuple):
    """A work of the CV: its group, its number, its key, which author the person is (0: not listed), the list cut."""

    group: str
    number: int
    key: str
    own: int
    cut: bool


SEEDS = (
    Row("2026", 1, "guo2026robust", 0, True),
    Row("2026", 2, "liu2026collaborative", 0, True),
    Row("2026", 3, "liu2026diffusion", 0, True),
    Row("2026", 4, "gong2026embracing", 0, True),
    Row("2026", 5, "zhu2026robust", 0, True),
    Row("2025", 6, "wen2025splatbright", 2, False),
    Row("2025", 7, "liu2025m2s2l", 0, True),
    Row("2025", 8, "zhu2025causal", 0, True),
    Row("2025", 9, "yan2025xintelligence", 0, True),
    Row("2025", 10, "hankache2025evaluating", 3, True),
    Row("2025", 11, "shi2025korgym", 0, True),
    Row("2025", 12, "wen2025freedriverf", 2, True),
    Row("2025", 13, "guo2025adaptive", 0, True),
    Row("2025", 14, "guo2025calfuse", 0, True),
    Row("2025", 15, "liu2025crcl", 0, True),
    Row("2025", 16, "wang2025baichuan", 0, True),
    Row("2025", 17, "gong2025survey", 0, True),
    Row("2025", 18, "liu2025survey", 0, True),
    Row("2024", 19, "zhang2024dsrc", 0, True),
    Row("2024", 20, "liu2024privacy", 0, True),
    Row("2024", 21, "teng2024end", 0, True),
    Row("2024", 22, "zhou2024metagpt", 2, True),
    Row("2024", 23, "liu2024networking", 0, True),
    Row("2023", 24, "yang2023baichuan", 0, True),
    Row("2023", 25, "song2023sc", 1, True),
    Row("2023", 26, "yang2023spatio", 0, True),
    Row("2023", 27, "ning2023multi", 0, True),
    Row("2023", 28, "yang2023novel", 0, True),
    Row("2023", 29, "liu2023generalized", 0, True),
    Row("2022", 30, "liu2022learning", 0, True),
    Row("2022", 31, "wang2022rethinking", 0, True),
    Row("2022", 32, "zhao2022supplementing", 0, True),
    Row("2022", 33, "zheng2022learning", 0, True),
    Row("2022", 34, "zhu2022skeleton", 0, True),
    Row("2020", 35, "liu2020biopt", 2, False),
    Row("2019", 36, "song2019generalized", 1, False),
    Row("2019", 37, "liu2019prototype", 2, False),
)

# A person with every kind of work, in four scripts, with a title that would like to be a program.
SAMPLE_ME = "Ada Moreau"
SAMPLE = r"""
@article{moreau2024waiting, title = {Waiting for the Second {Train}},
  author = {Moreau, Ada and Ito, Kenji and van der Berg, Jan},
  author+an = {1=equal; 2=equal; 3=corresponding}, journal = {Journal of Waiting}, year = {2024}, volume = {7},
  number = {2}, pages = {11--29}, doi = {10.5555/wait.24}, keywords = {trains, patience}}
@article{moreau2021trains, title = {On <script>alert("x")</script> and \& Trains}, author = {Ito, K. and Moreau, A.},
  journal = {Transit}, year = {2021}, month = {3}, keywords = {trains}, url = {https://example.org/trains.pdf}}
@inproceedings{ito2023queue, title = {A Queue Theory}, author = {Ito, Kenji and others}, booktitle = {Proc. of Queues},
  year = {2023}, pages = {1--9}, keywords = {patience}}
@misc{moreau2025preprint, title = {Slow Trains}, author = {Moreau, Ada B. and Alami, Noor}, eprint = {2501.00001},
  eprinttype = {arxiv}, year = {2025}, note = {Code: https://github.com/example/slow}, keywords = {trains}}
@book{moreau2019book, title = {The Platform}, editor = {Moreau, Ada and Lund, Per}, publisher = {Station Press},
  year = {2019}, address = {Lyon}}
@unpublished{moreau_soon, title = {Later}, author = {Moreau, Ada}, pubstate = {submitted}}
@misc{nobody_undated, title = {Notes of the Club}, author = {{Waiting Club} and Moreau, Ada}}
@article{other2020, title = {Not Hers}, author = {Lund, Per}, journal = {Transit}, year = {2020}}
@phdthesis{moreau2016thesis, title = {Standing Still}, author = {Moreau, Ada}, year = {2016},
  school = {University of Lyon}}
@article{song2022han, title = {候车的艺术}, author = {宋, 亮 and Moreau, Ada}, journal = {铁路学报}, year = {2022}}
@article{alami2018rtl, title = {انتظار القطار}, author = {العلمي, نور and Moreau, Ada},
  journal = {مجلة القطار}, year = {2018}}
"""
SAMPLE_SETTINGS = settings.Cv(
    group="type",
    number="type",
    prefix=True,
    descending=True,
    selected=("moreau2024waiting",),
    orcid="0000-0002-1825-0097",
)
# Group, number, key, place of the person, list cut; the label is the prefix of the type with the number.
SAMPLE_ROWS = (
    Row("selected", 4, "moreau2024waiting", 1, False),
    Row("book", 1, "moreau2019book", 1, False),
    Row("article-journal", 3, "song2022han", 2, False),
    Row("article-journal", 2, "moreau2021trains", 2, False),
    Row("article-journal", 1, "alami2018rtl", 2, False),
    Row("paper-conference", 1, "ito2023queue", 0, True),
    Row("article", 1, "moreau2025preprint", 1, False),
    Row("thesis", 1, "moreau2016thesis", 1, False),
    Row("manuscript", 1, "moreau_soon", 1, False),
    Row("other", 1, "nobody_undated", 2, False),
)
SAMPLE_LABELS = ("[J4]", "[B1]", "[J3]", "[J2]", "[J1]", "[C1]", "[P1]", "[T1]", "[U1]", "[O1]")


@cache
def seeds_works() -> tuple[Record, ...]:
    """The works of the repository."""
    return library.build(ROOT, Report()).works


def seeds_cv(**said: object) -> CV:
    """The CV of the repository's listings."""
    return cv.make(seeds_works(), settings.Cv(**said), me=ME)  # type: ignore[arg-type]


@cache
def sample_works() -> tuple[Record, ...]:
    """The made-up works."""
    found = library.formats.get("biblatex").read
    assert found
    return tuple(Report().sift(found(SAMPLE, "sample.bib", library.ReadOptions())))


def sample_cv(said: settings.Cv = SAMPLE_SETTINGS, decided: str = "") -> CV:
    """The CV of the made-up person."""
    return cv.make(sample_works(), said, decisions.loads(decided), me=SAMPLE_ME)
