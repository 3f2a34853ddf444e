"""`bibkit tex export`: exactly the entries that a document cites, for the program that reads them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from command import Run, bibkit
from conftest import ROOT, require
from hypothesis import given, settings
from hypothesis import strategies as st

from bibkit.cited import PROGRAMS, Blocks, Catalog, Wanted, choose
from bibkit.excerpt import HEADER, text
from bibkit.formats.bibtex_syntax import parse
from bibkit.problems import Problem

LIBRARY = r"""% A library with all that an excerpt must look after.
@preamble{"\newcommand{\noop}[1]{}" # rest}
@string{rest = " "}
@string{jml = "Journal of " # machines}
@STRING{machines = {Machine Learning}}
@string{jex = "Journal of " # machines}
@string{unused = "Never"}

@Article{ moreau1998 ,
    author = "Ada Moreau", title={On {DNA}}, journal = jex, year = 1998, month = jan }

@inproceedings{child, author = {C. Child}, title = {A Child}, crossref = {parent}}

@article{accents, author = {Žofie Nováková and Ö. Çelik}, title = {Über $α$ and naïve}, journal = {J}, year = 2001,
  url = {http://example.org/é}}

@article{renamed, ids = {old-name, older}, author = {R. Named}, title = {Renamed}, journal = {J}, year = 2002}
@proceedings{parent, title = {Proceedings}, year = 1999, editor = {E. Ditor}}
@online{nobody, title = {Cited by nobody}, year = 2020}
"""


def document(kind: str = "bibtex", *keys: str, library: str = "library") -> str:
    cited = "\n".join(rf"See \cite{{{key}}}." for key in keys)
    if kind == "bibtex":
        last = rf"\bibliographystyle{{plain}}\bibliography{{{library}}}"
        return f"\\documentclass{{article}}\n\\begin{{document}}\n{cited}\n{last}\n\\end{{document}}\n"
    head = rf"\usepackage[backend={kind}]{{biblatex}}\addbibresource{{{library}.bib}}"
    return f"\\documentclass{{article}}{head}\n\\begin{{document}}\n{cited}\n\\printbibliography\n\\end{{document}}\n"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "library.bib").write_text(LIBRARY, encoding="utf-8")
    return tmp_path


def export(desk: Path, kind: str, *keys: str, options: tuple[str, ...] = ()) -> Run:
    (desk / "paper.tex").write_text(document(kind, *keys), encoding="utf-8")
    return bibkit("tex", "export", "paper.tex", *options, cwd=desk)


def keys_of(text: str) -> list[str]:
    return [entry.key for entry in parse(text).entries()]


# ------------------------------------------------------------------------------------------------ what is in it


def test_entries_macros_and_preamble_are_copied_as_they_stand(desk: Path) -> None:
    run = export(desk, "bibtex", "moreau1998")
    entry = LIBRARY[LIBRARY.index("@Article") : LIBRARY.index("@inproceedings")].strip()
    blocks = (
        HEADER,
        '@string{rest = " "}\n',
        "@STRING{machines = {Machine Learning}}\n",
        '@string{jex = "Journal of " # machines}\n',
        '@preamble{"\\newcommand{\\noop}[1]{}" # rest}\n',
        entry + "\n",
    )
    assert run == Run(0, "\n".join(blocks), "")


@pytest.mark.parametrize(
    ("kind", "cited", "expected"),
    [
        ("bibtex", ["child"], ["child", "parent"]),
        ("bibtex", ["parent", "child", "accents"], ["accents", "child", "parent"]),
        ("bibtex", ["MOREAU1998"], ["moreau1998"]),
        ("bibtex", ["renamed"], ["renamed"]),
        ("bibtex", ["old-name"], ["old-name"]),
        ("bibtex", ["old-name", "renamed"], ["old-name", "renamed"]),
        ("biber", ["child"], ["child", "parent"]),
        ("biber", ["old-name", "accents"], ["accents", "renamed"]),
        ("biber", ["older", "renamed"], ["renamed"]),
        ("bibtex", ["moreau1998,nobody"], ["moreau1998", "nobody"]),
    ],
)
def test_which_entries_there_are(desk: Path, kind: str, cited: list[str], expected: list[str]) -> None:
    assert keys_of(export(desk, kind, *cited).out) == expected


def test_nocite_of_everything(desk: Path) -> None:
    (desk / "paper.tex").write_text(document("bibtex", "child").replace("See", r"\nocite{*} See"), encoding="utf-8")
    run = bibkit("tex", "export", "paper.tex", cwd=desk)
    assert sorted(keys_of(run.out)) == sorted(keys_of(LIBRARY))
    assert keys_of(run.out)[-1] == "parent"


def test_as_cited(desk: Path) -> None:
    run = export(desk, "biber", "renamed", "child", "accents", options=("--sort", "cited"))
    assert keys_of(run.out) == ["renamed", "child", "accents", "parent"]


RELATED = """
@article{a, title = {A}, related = {b, c}, xref = {d}}
@article{b, title = {B}, xdata = {e}}
@article{c, title = {C}, author = {xdata=names-with-dash-author-1}, date = {2001}}
@book{d, title = {D}, related = {a}}
@xdata{e, publisher = {E}}
@xdata{names-with-dash, author = {N. N.}}
@set{s, entryset = {b, f}}
@article{f, title = {F}}
@article{g, title = {G}}
"""


@pytest.mark.parametrize(
    ("kind", "cited", "expected"),
    [
        ("biber", "a", ["a", "b", "c", "d", "e", "names-with-dash"]),
        ("biber", "b", ["b", "e"]),
        ("biber", "s", ["b", "e", "f", "s"]),
        ("bibtex", "a", ["a"]),  # BibTeX knows none of these fields
        ("bibtex", "b", ["b"]),
    ],
)
def test_what_entries_refer_to(desk: Path, kind: str, cited: str, expected: list[str]) -> None:
    (desk / "library.bib").write_text(RELATED, encoding="utf-8")
    assert keys_of(export(desk, kind, cited, options=("--to", kind.replace("biber", "biblatex"))).out) == expected


def test_bibtex_knows_no_xdata(desk: Path) -> None:
    (desk / "library.bib").write_text(RELATED, encoding="utf-8")
    run = export(desk, "bibtex", "b", "c", options=("--to", "bibtex"))
    assert keys_of(run.out) == ["b", "c"]
    assert "publisher = {E}" in run.out
    assert "year = {2001}" in run.out


def test_bibtex_gets_ascii_and_biber_unicode(desk: Path) -> None:
    run = export(desk, "bibtex", "accents")
    assert r"{{\v{Z}}ofie Nov{\'a}kov{\'a} and {\"O}. {\c{C}}elik}" in run.out
    assert r"{{\"U}ber $α$ and na{\"\i}ve}" in run.out.replace(r"{\"{\i}}", r"{\"\i}")
    assert "{http://example.org/é}" in run.out
    entry = LIBRARY[LIBRARY.index("@article{accents") : LIBRARY.index("@article{renamed")].strip()
    assert entry in export(desk, "biber", "accents").out
    assert r"{\v{Z}}ofie" in export(desk, "bibtex8", "accents").out


# ------------------------------------------------------------------------------------------------ what is said


def test_a_missing_key_is_said_with_its_place(desk: Path) -> None:
    run = export(desk, "biber", "moreau1998", "Child", "lost")
    assert keys_of(run.out) == ["moreau1998"]
    assert run.code == 0
    assert "paper.tex:4:11: error: Child is cited, and the library has no such entry; it has child," in run.err
    assert "paper.tex:5:11: error: lost is cited, and the library has no such entry [cite-undefined]" in run.err
    assert export(desk, "biber", "lost", options=("--strict", "-o", "out.bib")).code == 3
    assert not (desk / "out.bib").exists()


def test_an_alias_that_bibtex_does_not_know_is_said(desk: Path) -> None:
    run = export(desk, "bibtex", "renamed", "old-name", options=("-o", "refs.bib"))
    assert "paper.tex:4:11: warning: old-name is an alias of renamed; bibtex knows no aliases, so it gets an" in run.err
    assert "warning: old-name and renamed are cited, which are one work [cite-twice]" in run.err
    assert parse((desk / "refs.bib").read_text()).problems == []


def test_what_is_wrong_with_a_picked_entry_is_said_and_nothing_else(desk: Path) -> None:
    broken = "@article{twice, title = {A}, title = {B}}\n@article{other, title = {A}, title = {B}}\n"
    (desk / "library.bib").write_text(LIBRARY + broken + "@article{twice, title = {C}}", encoding="utf-8")
    run = export(desk, "bibtex", "twice")
    assert "[bibtex-repeated-field]" in run.err
    assert "the key twice is there before" in run.err
    assert "other" not in run.err
    assert run.out.count("@article") == 1


def test_an_entry_that_is_never_closed_swallows_no_other(desk: Path) -> None:
    broken = "@article{broken, title = {Never closed, author = {B. Roken}, year = 2001\n\n@misc{last, title = {Last}}\n"
    (desk / "library.bib").write_text(broken, encoding="utf-8")
    run = export(desk, "bibtex", "broken", "last")
    assert keys_of(run.out) == ["broken", "last"]
    assert parse(run.out).problems == []
    assert "error: this @article is never closed" in run.err


def test_what_could_not_be_read_is_said_where_a_key_is_missing(desk: Path) -> None:
    (desk / "library.bib").write_text("@article{\n\n@misc{last, title = {Last}}\n", encoding="utf-8")
    assert "[bibtex-unreadable]" in export(desk, "bibtex", "last", "lost").err
    assert export(desk, "bibtex", "last").err == ""


def test_macros_that_mean_two_things_are_put_in_place(desk: Path) -> None:
    for name, journal in (("one", "Journal One"), ("two", "Journal Two")):
        source = f"@string{{j = {{{journal}}}}}\n@article{{{name}, title = {{T}}, journal = j, year = 2000}}\n"
        (desk / f"{name}.bib").write_text(source, encoding="utf-8")
    run = export(desk, "bibtex", "one", "two", options=("--bib", "one.bib", "--bib", "two.bib"))
    assert "journal = {Journal One}" in run.out
    assert "journal = {Journal Two}" in run.out
    assert "@string" not in run.out


def test_the_rest_of_a_broken_document_is_exported(desk: Path) -> None:
    source = document("bibtex", "child").replace("See", "\\input{paper}\\input{gone}{{{ See")
    (desk / "paper.tex").write_text(source, encoding="utf-8")
    run = bibkit("tex", "export", "paper.tex", cwd=desk)
    assert (run.code, keys_of(run.out)) == (0, ["child", "parent"])
    assert "there is no file gone" in run.err
    assert "includes itself" in run.err


def test_near_keys_are_suggested(desk: Path) -> None:
    assert "did you mean moreau1998?" in export(desk, "bibtex", "moreau1989").err


def test_the_members_of_a_set_that_the_document_makes(desk: Path) -> None:
    source = document("biber", "both").replace(r"\begin", r"\defbibentryset{both}{renamed,accents}\begin")
    (desk / "paper.tex").write_text(source, encoding="utf-8")
    run = bibkit("tex", "export", "paper.tex", cwd=desk)
    assert (keys_of(run.out), run.err) == (["accents", "renamed"], "")


# ------------------------------------------------------------------------------------------------ other formats


def test_an_old_file_in_latin_1_with_windows_newlines(desk: Path) -> None:
    old = "% Encoding: ISO8859_1\n@misc{old, title = {Über},\n year = 1998}\n".replace("\n", "\r\n")
    (desk / "library.bib").write_bytes(old.encode("latin-1"))
    export(desk, "biber", "old", options=("-o", "refs.bib"))
    expected = f"{HEADER}\n@misc{{old, title = {{Über}},\n year = 1998}}\n".replace("\n", "\r\n")
    assert (desk / "refs.bib").read_bytes().decode() == expected


def test_an_ending_that_says_nothing(desk: Path) -> None:
    run = export(desk, "biber", "child", options=("-o", "refs.yml"))
    assert (run.code, "refs.yml: no format has this ending; say which to write, with --to" in run.err) == (2, True)
    assert export(desk, "biber", "child", options=("-o", "refs.yml", "--to", "csl-json")).code == 0


def test_the_document_tells_the_dialect(desk: Path) -> None:
    modern = "@article{a, author = {A. B.}, title = {T}, journaltitle = {J}, date = {2001-02}, doi = {10.1/x}}\n"
    (desk / "library.bib").write_text(modern, encoding="utf-8")
    assert modern.strip() in export(desk, "biber", "a").out
    classic = export(desk, "bibtex", "a").out
    assert "journal = {J}" in classic
    assert "month = feb" in classic
    assert "journaltitle = {J}" in export(desk, "bibtex", "a", options=("--to", "biblatex")).out


def test_markdown_gets_csl_json(desk: Path) -> None:
    (desk / "paper.md").write_text("---\nbibliography: refs.json\n---\n\nSee [@child; @old-name].\n", encoding="utf-8")
    run = bibkit("tex", "export", "paper.md", "--bib", "library.bib", "-o", "refs.json", cwd=desk)
    assert run.code == 0
    assert run.err.startswith("wrote refs.json: 2 cited entries\n")
    items = json.loads((desk / "refs.json").read_text(encoding="utf-8"))
    assert [item["id"] for item in items] == ["child", "old-name"]
    assert items[0]["container-title"] == "Proceedings"


def test_markdown_and_typst_get_biblatex_in_unicode(desk: Path) -> None:
    (desk / "paper.typ").write_text('#bibliography("refs.bib")\nSee @accents.\n', encoding="utf-8")
    (desk / "paper.md").write_text("See @accents.\n", encoding="utf-8")
    for name in ("paper.typ", "paper.md"):
        assert "Žofie Nováková" in bibkit("tex", "export", name, "--bib", "library.bib", cwd=desk).out


def test_a_library_in_another_format(desk: Path) -> None:
    ris = "TY  - JOUR\nID  - ris1\nAU  - Müller, A.\nTI  - Title\nJO  - J\nPY  - 2001\nER  - \n"
    (desk / "library.ris").write_text(ris, encoding="utf-8")
    run = export(desk, "bibtex", "ris1", "child", options=("--bib", "library.ris", "--bib", "library.bib"))
    assert keys_of(run.out) == ["child", "ris1", "parent"]
    assert r"author = {M{\"u}ller, A.}" in run.out


# ------------------------------------------------------------------------------------------------ the library


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("seeds", "exports"):
        shutil.copytree(ROOT / name, tmp_path / name, copy_function=shutil.copyfile)
    (tmp_path / "papers").mkdir()
    return tmp_path


@pytest.mark.parametrize("current", [True, False])
def test_the_project_around_the_document(project: Path, current: bool) -> None:
    assert bibkit("build", cwd=project).code == 0
    os.utime(project / "exports/references.bib", (2e9, 2e9) if current else (1e9, 1e9))
    (project / "papers/paper.tex").write_text(document("bibtex", "liu2022learning", library="refs"))
    run = bibkit("tex", "export", "paper.tex", "-o", "refs.bib", cwd=project / "papers")
    assert (run.code, run.err) == (0, "wrote refs.bib: 1 cited entry\n")
    entry = (project / "papers/refs.bib").read_text().removeprefix(HEADER).strip()
    assert entry in (project / "exports/references.bib").read_text()


def test_a_new_work_of_the_project_has_no_lasting_key_yet(project: Path) -> None:
    (project / "seeds/new.bib").write_text("@misc{new2020, author = {N. Ew}, title = {Newer}, year = 2020}\n")
    (project / "papers/paper.tex").write_text(document("bibtex", "new2020", library="refs"))
    run = bibkit("tex", "export", "paper.tex", cwd=project / "papers")
    assert keys_of(run.out) == ["new2020"]
    assert "run `bibkit build`, so that new works keep their keys" in run.err


def test_a_key_of_another_bibliography_that_the_document_reads_is_not_missing(desk: Path) -> None:
    (desk / "own.bib").write_text("@misc{mine, title = {Mine}}\n", encoding="utf-8")
    (desk / "paper.tex").write_text(document("bibtex", "child", "mine", library="refs,own"), encoding="utf-8")
    run = bibkit("tex", "export", "paper.tex", "--bib", "library.bib", "-o", "refs.bib", cwd=desk)
    assert (run.code, run.err) == (0, "wrote refs.bib: 1 cited entry and 1 that they refer to\n")


def test_no_library(tmp_path: Path) -> None:
    (tmp_path / "paper.tex").write_text(document("bibtex", "a", library="refs"), encoding="utf-8")
    run = bibkit("tex", "export", "paper.tex", "-o", "refs.bib", cwd=tmp_path)
    assert run.code == 2
    assert "paper.tex: there is no library to take entries from; say which, with --bib" in run.err


def test_a_document_elsewhere_that_has_no_bibliography_yet(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "library.bib").write_text(LIBRARY, encoding="utf-8")
    (tmp_path / "sub/paper.tex").write_text(document("bibtex", "renamed", library="refs"), encoding="utf-8")
    command = ("tex", "export", "sub/paper.tex", "-o", "sub/refs.bib")
    assert "there is no library to take entries from; say which" in bibkit(*command, cwd=tmp_path).err
    run = bibkit(*command, "--bib", "library.bib", cwd=tmp_path)
    assert (run.code, run.err) == (0, "wrote sub/refs.bib: 1 cited entry\n")


def test_a_document_that_is_not_there(desk: Path) -> None:
    run = bibkit("tex", "export", "none.tex", "--bib", "library.bib", "-o", "refs.bib", cwd=desk)
    assert (run.code, run.out) == (3, "")
    assert "none.tex: cannot read it" in run.err
    assert not (desk / "refs.bib").exists()


def test_a_library_that_is_not_there(desk: Path) -> None:
    run = export(desk, "bibtex", "child", options=("--bib", "none.bib", "-o", "refs.bib"))
    assert run.code == 3
    assert not (desk / "refs.bib").exists()


# ------------------------------------------------------------------------------------------------ the file


def test_nothing_of_the_user_is_written_over(desk: Path) -> None:
    run = export(desk, "bibtex", "child", options=("--bib", "library.bib", "-o", "library.bib"))
    assert (run.code, "cannot be written over" in run.err) == (2, True)
    (desk / "hand.bib").write_text("@misc{only-here, title = {Mine}}\n", encoding="utf-8")
    run = export(desk, "bibtex", "child", options=("-o", "hand.bib"))
    assert run.code == 2
    assert "hand.bib: bibkit did not write it, and it holds entries that the library has not: only-here;" in run.err
    assert (desk / "hand.bib").read_text() == "@misc{only-here, title = {Mine}}\n"


def test_saying_what_is_done(desk: Path) -> None:
    options = ("-o", "refs.bib")
    dry = export(desk, "bibtex", "child", options=(*options, "--dry-run"))
    assert dry == Run(0, "", "refs.bib: would write 1 cited entry and 1 that they refer to\n")
    assert not (desk / "refs.bib").exists()
    assert export(desk, "bibtex", "child", options=options).err.startswith("wrote refs.bib: ")
    made = (desk / "refs.bib").stat()
    assert export(desk, "bibtex", "child", options=options).err.startswith("refs.bib was current: ")
    assert (desk / "refs.bib").stat().st_mtime_ns == made.st_mtime_ns
    assert export(desk, "bibtex", "accents", options=(*options, "-q")).err == ""
    assert keys_of((desk / "refs.bib").read_text()) == ["accents"]


# ------------------------------------------------------------------------------------------------ witnesses

PLENTY = LIBRARY.replace(
    "@proceedings", "@inproceedings{second, author = {S. Econd}, title = {T}, crossref = {parent}}\n@proceedings"
)


def bibliography(desk: Path, kind: str, library: str) -> str:
    """What the real program makes of a library for the document; LaTeX has been run."""
    shutil.copy(desk / library, desk / "refs.bib")
    subprocess.run([kind, "paper"], cwd=desk, capture_output=True, check=False)
    made = (desk / "paper.bbl").read_text(encoding="utf-8")
    return re.sub(r"(?m)^%.*$", "", made)


@pytest.mark.parametrize("kind", ["bibtex", "bibtex8", "biber"])
@pytest.mark.parametrize("cited", [["child"], ["second", "child", "accents", "moreau1998"]])
def test_the_program_makes_the_same_of_the_excerpt(desk: Path, kind: str, cited: list[str]) -> None:
    """Whether a parent is printed with its children (min-crossrefs), in which order, and how accents are set."""
    require(kind, "pdflatex")
    (desk / "library.bib").write_text(PLENTY.replace("$α$", "a").replace("/é", ""), encoding="utf-8")
    source = document(kind, *cited, library="refs")
    (desk / "paper.tex").write_text(source, encoding="utf-8")
    subprocess.run(["pdflatex", "-interaction=batchmode", "paper"], cwd=desk, capture_output=True, check=False)
    program = "paper.bcf" if kind == "biber" else "paper.aux"
    assert bibkit("tex", "export", program, "--bib", "library.bib", "-o", "excerpt.bib", cwd=desk).code == 0
    (desk / "all.tex").write_text(source.replace("See", r"\nocite{*} See", 1), encoding="utf-8")
    bibkit("tex", "export", "all.tex", "--bib", "library.bib", "-o", "all.bib", cwd=desk)
    whole = bibliography(desk, kind, "all.bib")
    assert "Child" in whole
    assert bibliography(desk, kind, "excerpt.bib") == whole


@pytest.mark.parametrize("output", ["refs.bib", "refs.json"])
def test_pandoc_finds_every_key(desk: Path, output: str) -> None:
    require("pandoc")
    (desk / "paper.md").write_text("See [@child; @old-name; @renamed; @accents].\n", encoding="utf-8")
    assert bibkit("tex", "export", "paper.md", "--bib", "library.bib", "-o", output, cwd=desk).code == 0
    command = ["pandoc", "--citeproc", "--bibliography", output, "--to", "plain", "paper.md"]
    done = subprocess.run(command, cwd=desk, capture_output=True, check=True, text=True)
    assert done.stderr == ""
    for word in ("Child", "Proceedings", "Renamed", "Nováková"):
        assert word in done.stdout


# ------------------------------------------------------------------------------------------------ properties

NAMES = [f"k{number}" for number in range(8)]
entries = st.fixed_dictionaries({name: st.lists(st.sampled_from(NAMES), max_size=2, unique=True) for name in NAMES})


def written(links: dict[str, list[str]]) -> str:
    shapes = [f"@book{{{key}, title = {{{key}}}, crossref = {{{','.join(to)}}}}}" for key, to in links.items()]
    return "\n\n".join(shape.replace(", crossref = {}", "") for shape in shapes)


def excerpt(library: str, cited: list[str], name: str) -> str:
    holding = Blocks(library, "library", "bibtex")
    reader = PROGRAMS[name]
    chosen = choose(map(Wanted, cited), Catalog([holding], caseless=reader.caseless), reader)
    return "".join(
        piece for piece in text(chosen.picked, "bibtex", reader, [holding]) if not isinstance(piece, Problem)
    )


@settings(derandomize=True)
@given(links=entries, cited=st.lists(st.sampled_from(NAMES), min_size=1), order=st.permutations(NAMES))
@pytest.mark.parametrize("name", ["bibtex", "biber"])
def test_an_excerpt_is_closed_stable_and_ordered(
    name: str, links: dict[str, list[str]], cited: list[str], order: list[str]
) -> None:
    made = excerpt(written(links), cited, name)
    keys = keys_of(made)
    reached, todo = set(cited), list(cited)
    while todo:
        todo = [up for key in todo for up in links[key] if up not in reached]
        reached |= set(todo)
    assert set(keys) == reached
    assert len(keys) == len(reached)
    assert excerpt(made, cited, name) == made
    assert excerpt(written({key: links[key] for key in order}), cited, name) == made
    if name == "biber":
        assert keys == sorted(keys)


@given(parents=st.permutations(NAMES), cited=st.lists(st.sampled_from(NAMES), min_size=1))
def test_parents_follow_their_children_for_bibtex(parents: list[str], cited: list[str]) -> None:
    links = {key: parents[place + 1 : place + 2] for place, key in enumerate(parents)}
    keys = keys_of(excerpt(written(links), cited, "bibtex"))
    assert keys == sorted(keys, key=parents.index)
