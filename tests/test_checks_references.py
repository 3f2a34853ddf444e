"""The checks of keys, references, macros, duplicates and preprints; BibTeX is asked where it has a say."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from conftest import require

from bibkit import checks
from bibkit.checks.eprints import paths
from bibkit.checks.model import Terms


def said(text: str, code: str, form: str = "bibtex", **terms: object) -> list[str]:
    """What one check says of a text, with the key of the entry."""
    found = checks.check_text(text, "test", form, Terms(select=(code,), **terms))  # type: ignore[arg-type]
    return [f"{one.problem.key}: {one.problem.message}" for one in found]


# ------------------------------------------------------------------------------------------------ keys, references


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("@misc{a, ids = {b}}\n@misc{b, note = {N}}", ["a: the alias b is the key of another entry"]),
        ("@misc{b, note = {N}}\n@misc{a, ids = {c, b}}", ["a: the alias b is the key of another entry"]),
        ("@misc{a, ids = {c}}\n@misc{b, ids = {c}}", ["b: the alias c is an alias of a"]),
        ("@misc{a, ids = {a}}", []),
        ("@misc{a, ids = {c, c}}", []),
        ("@misc{a, note = {N}}\n@misc{a, note = {N}}", []),  # the reader says so
    ],
)
def test_aliases(text: str, messages: list[str]) -> None:
    assert said(text + "\n", "key-duplicate", "biblatex") == messages


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("@misc{a, related = {b}}", ["a: related = {b}: there is no such entry in this file"]),
        ("@misc{a, xref = {b}}", ["a: xref = {b}: there is no such entry in this file"]),
        (
            "@set{a, entryset = {b, c}}\n@misc{c, note = {N}}",
            ["a: entryset = {b}: there is no such entry in this file"],
        ),
        ("@misc{a, related = {b}}\n@misc{c, ids = {b}}", []),
        ("@misc{a, xref = {Commentary: davis 1993.}}", []),  # somebody's own words
        ("@misc{a, related = {}}", []),
        ("@misc{a, crossref = {b}}", []),  # bibtex-no-parent
    ],
)
def test_references_to_nothing(text: str, messages: list[str]) -> None:
    assert said(text + "\n", "reference-missing", "biblatex") == messages


PARENT = "@proceedings{p, title = {Rail}, booktitle = {Rail}, year = {1998}}\n"
CHILD = "@inproceedings{c, author = {A}, title = {T}, crossref = {P}}\n"


@pytest.mark.parametrize("text", [PARENT + CHILD, CHILD + PARENT])
def test_the_order_of_parents_is_the_one_that_bibtex_can_read(text: str, tmp_path: Path) -> None:
    found = said(text, "reference-order")
    assert bool(found) == text.startswith(PARENT)
    assert not said(text, "reference-order", target="biblatex")
    require("bibtex")
    (tmp_path / "a.bib").write_text(text, encoding="utf-8")
    (tmp_path / "a.aux").write_text("\\citation{c}\n\\bibstyle{plain}\n\\bibdata{a}\n", encoding="utf-8")
    run = subprocess.run(["bibtex", "a"], cwd=tmp_path, capture_output=True, check=False, encoding="utf-8")
    assert ("A bad cross reference" in run.stdout) == bool(found)


@pytest.mark.parametrize(
    ("links", "messages"),
    [
        ({"a": "a"}, ["a: a inherits from itself"]),
        ({"a": "b", "b": "a"}, ["a: a inherits from itself by way of b"]),
        ({"x": "a", "a": "b", "b": "c", "c": "a"}, ["a: a inherits from itself by way of b, c"]),
        ({"a": "b", "b": "c", "c": ""}, []),
        ({"a": "b", "c": "b", "b": ""}, []),
        ({"a": "b", "b": "B"}, ["b: b inherits from itself"]),
        ({"a": "nowhere"}, []),
    ],
)
def test_circles(links: dict[str, str], messages: list[str]) -> None:
    text = "".join(f"@misc{{{key}, crossref = {{{to}}}}}\n" if to else f"@misc{{{key}}}\n" for key, to in links.items())
    assert sorted(said(text, "reference-circle")) == messages


def test_a_long_chain_is_no_burden() -> None:
    text = "".join(f"@misc{{k{n}, xdata = {{k{n + 1}}}}}\n" for n in range(3000)) + "@misc{k3000, xdata = {k2999}}\n"
    assert len(said(text, "reference-circle")) == 1


@pytest.mark.parametrize(
    ("text", "unused"),
    [
        ("@string{a = {A}}\n@misc{k, note = a}", []),
        ("@string{a = {A}}\n@misc{k, note = A # {b}}", []),
        ("@string{a = {A}}\n@misc{k, note = {b} # a}", []),
        ("@string{a = {A}}\n@string{b = a # {B}}\n@misc{k, note = b}", []),
        ("@string{a = {A}}\n@misc{k, note = {a}}", ["a"]),
        ("@string{jan = {January}}\n@misc{k, note = {a}}", []),
        ("@string{a = {A}}\n@string{b = {B}}", []),  # a file of macros
        ("".join(f"@string{{a{n} = {{A}}}}\n" for n in range(9)) + "@misc{k, note = a1}", []),  # a stock of them
    ],
)
def test_macros(text: str, unused: list[str]) -> None:
    assert said(text + "\n", "macro-unused") == [f"{name}: no entry uses the macro {name}" for name in unused]


def test_an_unused_macro_is_where_it_is_defined() -> None:
    text = "% a comment\n@string{a = {A}}\n@misc{k, note = {N}}\n"
    (found,) = checks.check_text(text, "test", "bibtex", Terms(select=("macro",)))
    assert (found.problem.line, found.item) == (2, -1)
    assert not checks.mend(text, "test", "bibtex", Terms(select=("macro",)), unsafe=True).made


# ------------------------------------------------------------------------------------------------ duplicates

WORK = (
    "author = {Moreau, Ada and Reis, Bo}, title = {On the waiting of trains in winter}, "
    "journal = {Journal of Rail}, year = {1998}"
)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (f"@article{{a, {WORK}, volume = {{3}}, pages = {{1--9}}}}", f"@article{{b, {WORK}}}", True),
        (f"@article{{a, {WORK}, doi = {{10.1/x}}}}", f"@article{{b, {WORK}, doi = {{10.1/X}}}}", True),
        (f"@article{{a, {WORK}, number = {{3}}}}", f"@article{{b, {WORK}, number = {{4}}}}", False),  # a column
        (f"@article{{a, {WORK}, pages = {{3}}}}", f"@article{{b, {WORK}, pages = {{40}}}}", False),
        (f"@article{{a, {WORK}}}", f"@article{{b, {WORK}, related = {{a}}}}", False),
        (f"@article{{a, {WORK}}}", f"@phdthesis{{b, {WORK}, school = {{Lyon}}}}", False),
        (f"@article{{a, {WORK}}}", f"@article{{a, {WORK}}}", True),  # letter for letter, under one key
        (f"@article{{a, {WORK}}}", f"@article{{a, {WORK}, volume = {{3}}}}", False),  # bibtex-duplicate-key
        (f"@article{{a, {WORK}}}", f"@article{{b, {WORK.replace('winter', 'summer')}}}", False),
        ("@article{a, title = {Editorial}}", "@article{b, title = {Editorial}}", False),
        ("@misc{a}", "@misc{b}", False),
        (f"@book{{a, {WORK}, volumes = {{15}}}}", f"@book{{b, {WORK}, volume = {{1}}}}", False),
    ],
)
def test_duplicates(one: str, other: str, same: bool) -> None:
    assert bool(said(f"{one}\n{other}\n", "entry-duplicate")) == same


def test_a_third_copy_is_named_once() -> None:
    text = "".join(f"@article{{k{n}, {WORK}}}\n" for n in range(3))
    assert said(text, "entry-duplicate") == [
        "k1: this is the same work as k0, in line 1",
        "k2: this is the same work as k0, in line 1",
    ]


def test_many_of_one_title_are_compared_with_few() -> None:
    """The work for n entries of one title grows with n and not with its square."""
    text = "".join(f"@article{{k{n}, {WORK}, number = {{{n}}}}}\n" for n in range(1, 1500))
    assert not said(text, "entry-duplicate")


PREPRINT = "@misc{p, author = {Moreau, Ada and Reis, Bo}, title = {On the waiting of trains in winter}, year = {1997}, "


@pytest.mark.parametrize(
    ("preprint", "named"),
    [
        (PREPRINT + "eprint = {physics/9701001}, archiveprefix = {arXiv}}", True),
        (PREPRINT + "url = {https://arxiv.org/abs/2107.05580}}", True),
        (PREPRINT + "eprint = {physics/9701001}, archiveprefix = {arXiv}, related = {a}}", False),
        (PREPRINT + "howpublished = {A letter}}", False),
        (PREPRINT.replace("winter", "January") + "eprint = {2107.05580v3}, archiveprefix = {arXiv}}", True),
        (PREPRINT.replace("winter", "summer") + "eprint = {physics/9701001}, archiveprefix = {arXiv}}", False),
    ],
)
def test_preprints(preprint: str, named: bool) -> None:
    paper = f"@article{{a, {WORK}, eprint = {{2107.05580}}, archiveprefix = {{arXiv}}}}"
    for text in (f"{preprint}\n{paper}\n", f"{paper}\n{preprint}\n"):
        assert [one[0] for one in said(text, "preprint-published")] == ["p"] * named


# ------------------------------------------------------------------------------------------------ eprints, files


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ("eprint = {2107.05580}, archiveprefix = {arXiv}, eprinttype = {arxiv}", False),
        ("eprint = {2107.05580}, archiveprefix = {arXiv}, eprinttype = {hal}", True),
        ("eprint = {2107.05580}, primaryclass = {cs.CL}, eprintclass = {cs.LG}", True),
        ("eprint = {2107.05580v1}, doi = {10.48550/arXiv.2107.05580}", False),
        ("eprint = {2107.05580}, doi = {10.48550/ARXIV.2107.05581}", False),  # that is identifier-contradiction's
        ("eprint = {2107.05580}, doi = {10.1145/3447548}", False),
        ("eprint = {2107.05580}, journal = {arXiv preprint arXiv:2107.05581}", True),
        ("eprint = {2107.05580}, journal = {CoRR}", False),
        ("eprint = {hal-01234}, archiveprefix = {HAL}, url = {https://arxiv.org/abs/2107.05581}", False),
        ("eprint = {hep-th/9901001}, archiveprefix = {arXiv}, primaryclass = {hep-th}", False),
        ("eprint = {hep-th/9901001}, archiveprefix = {arXiv}, primaryclass = {math.AG}", True),
        ("eprint = {math.AG/0309136}, archiveprefix = {arXiv}, primaryclass = {math.AG}", False),
        ("eprint = {alg-geom/9608001}, archiveprefix = {arXiv}, primaryclass = {math.AG}", False),
        ("eprint = {nonsense}, archiveprefix = {arXiv}, url = {https://arxiv.org/abs/2107.05581}", False),
    ],
)
def test_eprints(fields: str, wrong: bool) -> None:
    assert bool(said(f"@misc{{a, title = {{T}}, {fields}}}\n", "eprint-contradiction")) == wrong


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (":papers/a.pdf:PDF", ["papers/a.pdf"]),
        ("Full text:papers/a.pdf:application/pdf;Notes:papers/b.txt:text/plain", ["papers/a.pdf", "papers/b.txt"]),
        ("papers/a.pdf", ["papers/a.pdf"]),
        ("papers/a.pdf;papers/b.pdf", ["papers/a.pdf", "papers/b.pdf"]),
        (r":papers/a\;b\:c\_d.pdf:PDF", ["papers/a;b:c_d.pdf"]),
        (r":C$\backslash$:/Users/a.pdf:pdf", []),
        (r":C\:\\Users\\a.pdf:PDF", []),
        (r":http\://example.org/a.pdf:URL", []),
        ("", []),
        (";;:::", []),
        ("a" * 5000, []),
    ],
)
def test_the_paths_in_a_file_field(value: str, found: list[str]) -> None:
    assert list(paths(value)) == found


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    (tmp_path / "papers").mkdir()
    for name in ("papers/here.pdf", "beside.pdf", "papers/caf\u00e9.pdf"):
        (tmp_path / name).write_bytes(b"")
    return tmp_path


@pytest.mark.parametrize(
    ("files", "missing"),
    [
        (["papers/here.pdf"], []),
        (["papers/gone.pdf"], ["papers/gone.pdf"]),
        (["elsewhere/gone.pdf"], ["elsewhere/gone.pdf"]),
        (["gone.pdf"], ["gone.pdf"]),
        (["elsewhere/a.pdf", "elsewhere/b.pdf", "elsewhere/c.pdf", "elsewhere/d.pdf"], ["elsewhere/a.pdf"]),  # once
        (
            ["papers/a.pdf", "papers/b.pdf", "papers/c.pdf", "papers/here.pdf"],
            ["papers/a.pdf", "papers/b.pdf", "papers/c.pdf"],
        ),
        (["gone.pdf", "beside.pdf"], ["gone.pdf"]),
        (["papers/cafe\u0301.pdf"], []),
        (["home/moreau/gone.pdf"], []),  # as Mendeley writes /home/moreau
    ],
)
def test_missing_files(shelf: Path, files: list[str], missing: list[str]) -> None:
    text = "".join(f"@misc{{k{n}, file = {{:{path}:PDF}}}}\n" for n, path in enumerate(files))
    found = said(text, "file-missing", folder=shelf)
    assert [message.rpartition(" ")[2] for message in found] == missing
    absolute = text.replace("{:", "{:" + shelf.as_posix() + "/")
    assert len(said(absolute, "file-missing")) == len(missing) + (files == ["home/moreau/gone.pdf"])


def test_relative_paths_are_not_ours_to_follow_where_jabref_has_a_folder_for_them(shelf: Path) -> None:
    text = "@misc{k, file = {:papers/gone.pdf:PDF}}\n@comment{jabref-meta: fileDirectory:/data;}\n"
    assert not said(text, "file-missing", folder=shelf)


# ------------------------------------------------------------------------------------------------ mending


def test_a_mend_that_brings_a_duplicate_to_light_is_made() -> None:
    text = (
        f"@article{{a, {WORK}, pages = {{1-9}}}}\n@article{{b, {WORK.replace('title', 'titel')}, pages = {{1--9}}}}\n"
    )
    terms = Terms(select=("page", "field", "entry"))
    made = checks.mend(text, "test", "bibtex", terms, unsafe=True)
    assert {one.problem.code for one in made.made} == {"page-hyphen", "field-misspelt"}
    assert not made.refused
    assert [one.problem.code for one in made.left] == ["entry-duplicate"]


def test_a_mend_of_a_parent_changes_its_children() -> None:
    text = CHILD + PARENT.replace("year =", "pubisher = {Gleis}, number = {}, year =")
    made = checks.mend(text, "test", "bibtex", Terms(select=("field",)), unsafe=True)
    assert {one.problem.code for one in made.made} == {"field-misspelt", "field-empty"}
    assert not made.refused


def test_addresses_are_no_paths() -> None:
    assert not said("@misc{k, file = {http://example.org/a.pdf}}\n", "file-missing")
