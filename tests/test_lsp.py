"""What an editor is told, function by function: no server, no pygls, no protocol."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import building
import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from bibkit import checks, library, lock
from bibkit.cv import engine_refkit, engines
from bibkit.edits import apply_edits
from bibkit.lsp import actions, completion, context, definition, diagnostics, hover, rename, scope
from bibkit.lsp.desk import Desk
from bibkit.lsp.positions import Change, Place, Places, changed
from bibkit.problems import Report, UsageError

BIB = """\
@string{tcs = {Theoretical Computer Science}}
@article{moreau2020trains,
  author = {Moreau, Ada and M{\\"u}ller, Jörg},
  title = {Waiting for the Second Train},
  journal = tcs,
  year = 2020,
}
@incollection{ito2021,
  author = {Ito, Kenji},
  title = {A Chapter 🚆 on Rails},
  crossref = {rails2021},
}
@book{rails2021,
  editor = {Lee, Sun},
  booktitle = {The Book of Rails},
  title = {The Book of Rails},
  publisher = {Press},
  year = 2021,
}
"""
TEX = """\
\\documentclass{article}
\\begin{document}
Trains 🚆 wait \\cite{moreau2020trains}, see \\citep[p.~3]{ito2021, nobody}.
\\bibliography{refs}
\\end{document}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "refs.bib").write_text(BIB, encoding="utf-8")
    (tmp_path / "main.tex").write_text(TEX, encoding="utf-8")
    return tmp_path


@pytest.fixture
def desk(folder: Path) -> Desk:
    return Desk([str(folder)])


def at(folder: Path, name: str, word: str, plus: int = 1) -> tuple[str, int]:
    """A path, and the offset just within a word of its file."""
    path = folder / name
    return str(path), path.read_text(encoding="utf-8").index(word) + plus


def applied(desk: Desk, changes: rename.Changes) -> dict[str, str]:
    """The texts after a rename, by their names."""
    return {Path(path).name: apply_edits(desk.source(path).text, edits) for path, edits in changes.items()}


# ------------------------------------------------------------------------------------------------ positions


@pytest.mark.parametrize(("encoding", "character"), [("utf-16", 9), ("utf-8", 11), ("utf-32", 8), ("unheard-of", 9)])
def test_a_letter_beyond_the_first_plane_counts_as_the_encoding_has_it(encoding: str, character: int) -> None:
    places = Places("one\nTrains 🚆x", encoding)
    assert places.at(4 + 8) == Place(1, character)
    assert places.offset((1, character)) == 12


@given(st.text(alphabet="a🚆é\r\n\u2028\x0c", max_size=30), st.sampled_from(["utf-8", "utf-16", "utf-32"]))
def test_every_offset_has_a_place_that_leads_back_to_it(text: str, encoding: str) -> None:
    places = Places(text, encoding)
    for offset in range(len(text) + 1):
        back = places.offset(places.at(offset))
        assert back == offset or text[back:offset] in ("\r", "\n", "\r\n")  # between CR and LF is no place


@given(st.text(alphabet="a🚆\n", max_size=20), st.integers(-1, 30), st.integers(-1, 30))
def test_no_place_is_outside_of_the_text(text: str, line: int, character: int) -> None:
    assert 0 <= Places(text).offset((line, character)) <= len(text)


def test_what_is_no_end_of_a_line_for_the_protocol_is_none_here() -> None:
    text = "a\u2028b\x0cc\x85d\nnext"
    assert Places(text).at(text.index("next")) == (1, 0)


def test_a_change_replaces_a_stretch_or_everything() -> None:
    assert changed("one\n🚆 two\n", Change("2", (1, 3), (1, 6))) == "one\n🚆 2\n"
    assert changed("one\n", Change("two")) == "two"
    assert changed("one\n", Change("!", (7, 0), (9, 0))) == "one\n!"


# ------------------------------------------------------------------------------------------------ diagnostics


def test_a_bib_file_has_what_the_checks_find_each_with_a_place_that_can_be_seen(tmp_path: Path) -> None:
    desk, path = Desk(), str(tmp_path / "x.bib")
    text = "@article{a,\n  title = {One},,\n  year 2020,\n}\n@book{a}\n"
    desk.open(path, 1, text)
    found = diagnostics.findings(desk, path)
    shown = [(each.problem.code, text[each.start : each.end]) for each in found]
    assert [each for each in shown if each[0].startswith("bibtex-")] == [
        ("bibtex-extra-comma", ","),
        ("bibtex-unexpected", "year"),
        ("bibtex-duplicate-key", "@"),
    ]
    desk.change(path, 2, [Change("")])
    assert diagnostics.findings(desk, path) == []


def test_a_document_has_what_tex_check_says_at_the_very_citation(desk: Desk, folder: Path) -> None:
    (finding,) = diagnostics.findings(desk, str(folder / "main.tex"))
    assert finding.problem.code == "cite-undefined"
    assert TEX[finding.start : finding.end] == "nobody"


def test_unsaved_text_of_bibliography_and_document_counts(desk: Desk, folder: Path) -> None:
    desk.open(str(folder / "refs.bib"), 1, BIB.replace("rails2021,", "nobody,"))
    assert [each.problem.code for each in diagnostics.findings(desk, str(folder / "main.tex"))] == []
    desk.open(str(folder / "main.tex"), 1, TEX.replace("ito2021", "itto2021"))
    (finding,) = diagnostics.findings(desk, str(folder / "main.tex"))
    assert "itto2021" in finding.problem.message
    desk.close(str(folder / "refs.bib"))
    assert len(diagnostics.findings(desk, str(folder / "main.tex"))) == 2


def test_a_chapter_is_checked_as_part_of_the_document_that_includes_it(desk: Desk, folder: Path) -> None:
    chapter = folder / "chapter.tex"
    chapter.write_text("\\mycite{nobody2} \\cite{ito2021}", encoding="utf-8")
    desk.open(str(folder / "main.tex"), 1, "\\newcommand\\mycite[1]{\\cite{#1}}\n\\input{chapter}\n" + TEX)
    assert [each.problem.key for each in diagnostics.findings(desk, str(chapter))] == ["nobody2"]


def test_a_chapter_names_its_document_where_that_is_in_no_folder_of_the_workspace(folder: Path) -> None:
    (folder / "chapters").mkdir()
    chapter = folder / "chapters" / "one.tex"
    chapter.write_text("% !TeX root = ../main.tex\n\\cite{nobody2}", encoding="utf-8")
    (folder / "main.tex").write_text("\\input{chapters/one}\n" + TEX, encoding="utf-8")
    desk = Desk([str(folder / "chapters")])
    assert [each.problem.code for each in diagnostics.findings(desk, str(chapter))] == ["cite-undefined"]


def test_a_bibliography_that_comes_later_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "main.tex").write_text(TEX, encoding="utf-8")
    desk = Desk([str(tmp_path)])
    assert [each.problem.code for each in diagnostics.findings(desk, str(tmp_path / "main.tex"))] == [
        "document-no-bibliography"
    ]
    (tmp_path / "refs.bib").write_text(BIB, encoding="utf-8")
    assert [each.problem.code for each in diagnostics.findings(desk, str(tmp_path / "main.tex"))] == ["cite-undefined"]


def test_a_bibliography_that_is_deleted_is_noticed(desk: Desk, folder: Path) -> None:
    path = str(folder / "main.tex")
    assert [each.problem.code for each in diagnostics.findings(desk, path)] == ["cite-undefined"]
    (folder / "refs.bib").unlink()
    assert [each.problem.code for each in diagnostics.findings(desk, path)] == ["document-no-bibliography"]


def test_a_lock_that_cannot_be_used_is_said_and_nothing_breaks(folder: Path) -> None:
    (folder / "seeds").mkdir()
    (folder / "seeds" / "keys.lock").write_text("<<<<<<< ours\nwhat\n", encoding="utf-8")
    desk, path = Desk([str(folder)]), str(folder / "main.tex")
    assert [each.problem.code for each in diagnostics.findings(desk, path)] == ["lsp-project"]
    assert hover.hover(desk, *at(folder, "main.tex", "moreau")) is not None


def test_what_would_choke_an_editor_is_cut(tmp_path: Path) -> None:
    desk, path = Desk(), str(tmp_path / "x.bib")
    desk.open(path, 1, "@article{a,,}\n" * 1500)
    found = diagnostics.findings(desk, path)
    assert len(found) == diagnostics.MOST
    assert found[-1].problem.code == "lsp-more"


@pytest.mark.parametrize("text", ["", "@", "@article{", "\\cite{", "\x00", "\ud83d", "@article{a, title = {" * 50])
@pytest.mark.parametrize("name", ["x.bib", "x.tex", "x.md", "x.typ", "x.org", "x.qmd", "x.txt", "x.ris", "x.json"])
def test_whatever_is_typed_nothing_raises(tmp_path: Path, name: str, text: str) -> None:
    desk, path = Desk([str(tmp_path)]), str(tmp_path / name)
    desk.open(path, 1, text)
    diagnostics.findings(desk, path)
    for offset in (0, len(text) // 2, len(text)):
        hover.hover(desk, path, offset)
        completion.completions(desk, path, offset)
        definition.definitions(desk, path, offset)


def test_a_text_without_a_file_is_what_its_language_says() -> None:
    desk = Desk()
    desk.open("untitled:Untitled-1", 1, "@article{a,,}", "bibtex")
    assert "bibtex-extra-comma" in [each.problem.code for each in diagnostics.findings(desk, "untitled:Untitled-1")]


# ------------------------------------------------------------------------------------------------ hover, definition


@pytest.mark.skipif(find_spec("refkit") is None, reason="refkit is not installed")
def test_hover_shows_the_formatted_reference(desk: Desk, folder: Path) -> None:
    found = hover.hover(desk, *at(folder, "main.tex", "moreau"))
    assert found is not None
    assert found.text == (
        "Moreau, A., & Müller, J. (2020). Waiting for the Second Train. *Theoretical Computer Science*.\n\n"
        "`moreau2020trains` · @article · refs.bib:2"
    )
    assert TEX[found.start : found.end] == "moreau2020trains"


def test_without_an_engine_hover_is_a_plain_line(desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise engines.missing("refkit", "refkit")

    monkeypatch.setattr(engine_refkit, "_refkit", missing)
    engine_refkit._style.cache_clear()
    found = hover.hover(desk, *at(folder, "refs.bib", "ito2021"))
    assert found is not None
    assert found.text.startswith("Ito (2021). A Chapter 🚆 on Rails\n\n`ito2021` · @incollection")


@pytest.mark.skipif(find_spec("refkit") is None, reason="refkit is not installed")
def test_hover_is_in_the_style_of_the_project(project: Path) -> None:
    (project / "seeds" / "bibkit.toml").write_text('[cv]\nstyle = "ieee"\n', encoding="utf-8")
    found = hover.hover(Desk([str(project)]), *at(project, "paper/paper.tex", "moreau"))
    assert found is not None
    assert found.text.startswith("A. Moreau and J. Müller, “Waiting for the Second Train,”")


def test_hover_on_a_key_that_a_field_names_and_on_nothing(desk: Desk, folder: Path) -> None:
    found = hover.hover(desk, *at(folder, "refs.bib", "{rails2021}", 3))
    assert found is not None
    assert "`rails2021` · @book" in found.text
    assert hover.hover(desk, *at(folder, "refs.bib", "Waiting")) is None
    assert hover.hover(desk, *at(folder, "main.tex", "nobody")) is None


def test_definition_leads_to_the_key_in_the_bibliography(desk: Desk, folder: Path) -> None:
    (found,) = definition.definitions(desk, *at(folder, "main.tex", "ito2021"))
    assert found == (str(folder / "refs.bib"), BIB.index("ito2021"), BIB.index("ito2021") + 7)
    assert definition.definitions(desk, *at(folder, "main.tex", "nobody")) == []


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built project, with a document that cites its export, and one more source that has keys of its own."""
    folder = building.new_project(tmp_path_factory.mktemp("project"))
    (folder / "seeds" / "mine.bib").write_text(BIB, encoding="utf-8")
    building.made(folder).save()
    return folder


@pytest.fixture
def project(built: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    shutil.copytree(built, folder)
    text = "\\cite{song2023sc}\\cite{moreau2020trains}\\bibliography{../exports/references}"
    (folder / "paper").mkdir()
    (folder / "paper" / "paper.tex").write_text(text, encoding="utf-8")
    return folder


def test_definition_leads_past_an_export_to_the_seeds(project: Path) -> None:
    desk = Desk([str(project)])
    (found,) = definition.definitions(desk, *at(project, "paper/paper.tex", "moreau"))
    assert found[:2] == (str(project / "seeds" / "mine.bib"), BIB.index("moreau2020"))
    places = definition.definitions(desk, *at(project, "paper/paper.tex", "song2023sc"))
    assert {Path(each.path).name for each in places} == {building.SPACED}
    each = places[0]
    assert "SC-NeRF" in desk.source(each.path).text[each.start : each.start + 300]


# ------------------------------------------------------------------------------------------------ completion


@pytest.mark.parametrize(
    ("kind", "typed", "words"),
    [
        ("latex", "\\cite{mo", "mo"),
        ("latex", "\\cite{a, b,mo", "mo"),
        ("latex", "\\citep[see][p.~3 \\emph{x}]{mo", "mo"),
        ("latex", "\\parencites(see)[3]{a}[4]{mo", "mo"),
        ("latex", "\\volcite{2}{mo", "mo"),
        ("latex", "\\cite{second train", "second train"),
        ("latex", "\\cite{\n  mo", "mo"),
        ("latex", "\\mine{mo", "mo"),
        ("latex", "\\emph{mo", None),
        ("latex", "\\cite{a} and {mo", None),
        ("latex", "\\cite{a}", None),
        ("latex", "{\\bf mo", None),
        ("latex", "cite", None),
        ("markdown", "see [@a; @mo", "mo"),
        ("markdown", "see @{mo", "mo"),
        ("markdown", "see -@", ""),
        ("markdown", "\\citep{mo", "mo"),
        ("markdown", "me@mo", None),
        ("quarto", "@mo", "mo"),
        ("typst", "see @mo", "mo"),
        ("typst", "#cite(<mo", "mo"),
        ("typst", '#cite(label("mo', "mo"),
        ("org", "[cite:@a;@mo", "mo"),
        ("org", "[cite/text:see @mo", "mo"),
        ("org", "cite:a,mo", "mo"),
        ("org", "[[cite:&mo", "mo"),
        ("org", "a word", None),
        ("bib", "@mo", None),
    ],
)
def test_what_is_being_typed(kind: str, typed: str, words: str | None) -> None:
    found = context.partial(kind, f"{typed} and more", len(typed), ["mine"])
    assert (found and found.words) == words
    if found:
        assert typed[found.start :] == words


def offered(desk: Desk, path: Path, text: str) -> list[str]:
    desk.open(str(path), 1, text)
    found = completion.completions(desk, str(path), len(text))
    return [item.new for item in found.items] if found else []


def test_keys_are_offered_by_their_beginning_and_by_words_of_the_entry(desk: Desk, folder: Path) -> None:
    main = folder / "main.tex"
    head = "\\bibliography{refs}\n\\cite{"
    assert offered(desk, main, head) == ["ito2021", "moreau2020trains", "rails2021"]
    assert offered(desk, main, head + "mor") == ["moreau2020trains"]
    assert offered(desk, main, head + "muller wait") == ["moreau2020trains"]
    assert offered(desk, main, head + "RAILS") == ["rails2021", "ito2021"]
    assert offered(desk, main, head + "2021") == ["rails2021", "ito2021"]
    assert offered(desk, main, head + "zzz") == []
    assert completion.completions(desk, str(main), 3) is None


def test_what_is_offered_says_who_when_and_what(desk: Desk, folder: Path) -> None:
    text = "\\bibliography{refs}\\cite{ito"
    desk.open(str(folder / "main.tex"), 1, text)
    found = completion.completions(desk, str(folder / "main.tex"), len(text))
    assert found == completion.Completions(
        (completion.Item("ito2021", "Ito (2021)", "A Chapter 🚆 on Rails", "ito2021", len(text) - 3, len(text)),)
    )


def test_a_document_that_names_nothing_is_offered_what_the_workspace_has(desk: Desk, folder: Path) -> None:
    assert offered(desk, folder / "note.md", "see @mor") == ["moreau2020trains"]


def test_a_key_is_offered_as_it_can_stand_there(tmp_path: Path) -> None:
    (tmp_path / "refs.bib").write_text("@misc{odd+key.,\n}\n@misc{odd-key,\n}\n", encoding="utf-8")
    desk = Desk([str(tmp_path)])
    assert offered(desk, tmp_path / "n.md", "@odd") == ["{odd+key.}", "odd-key"]
    assert offered(desk, tmp_path / "n.typ", "@odd") == ["odd-key"]


def test_of_a_large_bibliography_the_best_are_offered_and_the_answer_says_that_there_are_more(tmp_path: Path) -> None:
    entries = "".join(f"@misc{{key{number:05},\n title = {{T{number}}}}}\n" for number in range(5000))
    (tmp_path / "refs.bib").write_text(entries, encoding="utf-8")
    desk, path = Desk([str(tmp_path)]), str(tmp_path / "n.md")
    desk.open(path, 1, "@key")
    found = completion.completions(desk, path, 4)
    assert found is not None
    assert [found.whole, len(found.items), found.items[0].key] == [False, completion.MOST, "key00000"]
    desk.open(path, 2, "@key0123")
    found = completion.completions(desk, path, 8)
    assert found is not None
    assert [found.whole, len(found.items)] == [True, 10]


# ------------------------------------------------------------------------------------------------ rename


@pytest.mark.parametrize("where", [("main.tex", "moreau"), ("refs.bib", "moreau")])
def test_rename_changes_the_entry_and_every_citation(desk: Desk, folder: Path, where: tuple[str, str]) -> None:
    (folder / "note.md").write_text("---\nbibliography: refs.bib\n---\n[@moreau2020trains, p. 3]\n", encoding="utf-8")
    (folder / "other.md").write_text("---\nbibliography: other.bib\n---\n[@moreau2020trains]\n", encoding="utf-8")
    (folder / "other.bib").write_text(BIB, encoding="utf-8")
    after = applied(desk, rename.plan(desk, *at(folder, *where), "trains"))
    assert after == {
        "refs.bib": BIB.replace("moreau2020trains", "trains"),
        "main.tex": TEX.replace("moreau2020trains", "trains"),
        "note.md": "---\nbibliography: refs.bib\n---\n[@trains, p. 3]\n",
    }


def test_rename_follows_the_fields_that_name_an_entry(desk: Desk, folder: Path) -> None:
    after = applied(desk, rename.plan(desk, *at(folder, "refs.bib", "{rails2021}", 3), "rails"))
    assert after == {"refs.bib": BIB.replace("rails2021", "rails")}


def test_rename_reaches_chapters_and_unsaved_text_but_no_chapter_of_another_document(desk: Desk, folder: Path) -> None:
    (folder / "chapter.tex").write_text("\\cite{ito2021}", encoding="utf-8")
    (folder / "elsewhere.tex").write_text("\\cite{ito2021}", encoding="utf-8")
    (folder / "other.tex").write_text("\\input{elsewhere}\\bibliography{other}", encoding="utf-8")
    (folder / "other.bib").write_text(BIB, encoding="utf-8")
    desk.open(str(folder / "main.tex"), 3, "\\input{chapter}\n" + TEX)
    after = applied(desk, rename.plan(desk, *at(folder, "chapter.tex", "ito"), "ito"))
    assert sorted(after) == ["chapter.tex", "main.tex", "refs.bib"]
    assert after["main.tex"] == "\\input{chapter}\n" + TEX.replace("ito2021", "ito")


def test_rename_changes_what_bibtex_takes_for_the_key_and_biber_does_not(desk: Desk, folder: Path) -> None:
    text = "\\cite{ITO2021}\\cite{ito2021}"
    (folder / "old.tex").write_text(f"{text}\\bibliography{{refs}}", encoding="utf-8")
    (folder / "new.tex").write_text(f"\\usepackage{{biblatex}}\\addbibresource{{refs.bib}}{text}", encoding="utf-8")
    for name in ("old.tex", "refs.bib"):
        after = applied(desk, rename.plan(desk, *at(folder, name, "ITO2021" if name == "old.tex" else "ito2021"), "x"))
        assert after["old.tex"] == "\\cite{x}\\cite{x}\\bibliography{refs}"
        assert "{x," in after["refs.bib"]
        assert after["new.tex"].endswith("\\cite{ITO2021}\\cite{x}")


def test_a_key_that_another_bibliography_of_the_document_has_is_refused(desk: Desk, folder: Path) -> None:
    (folder / "more.bib").write_text("@misc{lee1999,\n}\n", encoding="utf-8")
    desk.open(str(folder / "main.tex"), 1, TEX.replace("{refs}", "{refs,more}"))
    with pytest.raises(UsageError, match=r"in more\.bib:1"):
        rename.plan(desk, *at(folder, "refs.bib", "ito2021"), "lee1999")


@pytest.mark.parametrize(
    ("word", "new", "said"),
    [
        ("moreau", "ito2021", "is the key of another entry, in refs.bib:8"),
        ("moreau", "ITO2021", "is the key of another entry"),
        ("moreau", "a b", "cannot be a citation key"),
        ("moreau", "", "cannot be a citation key"),
        ("moreau", 'a"b', "cannot be the key of an entry"),
        ("nobody", "somebody", "no bibliography has 'nobody'"),
        ("Trains", "x", "no citation key here"),
    ],
)
def test_what_cannot_be_renamed_is_said(desk: Desk, folder: Path, word: str, new: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        rename.plan(desk, *at(folder, "main.tex", word), new)


def test_rename_to_the_same_key_changes_nothing_and_to_other_case_does(desk: Desk, folder: Path) -> None:
    assert rename.plan(desk, *at(folder, "main.tex", "ito2021"), "ito2021") == {}
    assert "{Ito2021," in applied(desk, rename.plan(desk, *at(folder, "main.tex", "ito2021"), "Ito2021"))["main.tex"]


def test_in_a_project_rename_goes_through_the_lock_and_the_next_build_keeps_it(project: Path) -> None:
    desk = Desk([str(project)])
    changes = rename.plan(desk, *at(project, "paper/paper.tex", "moreau"), "trains2020")
    names = {str(Path(path).relative_to(project)) for path in changes}
    assert names == {
        "seeds/keys.lock", "seeds/mine.bib", "exports/references.bib", "exports/references.biblatex.bib",
        "paper/paper.tex",
    }  # fmt: skip
    for path, edits in changes.items():
        Path(path).write_text(apply_edits(desk.source(path).text, edits), encoding="utf-8")
    pin = lock.get(library.load_lock(project / "seeds" / "keys.lock"), "moreau2020trains")
    assert (pin.key, pin.aliases, pin.made) == ("trains2020", ("moreau2020trains",), lock.BY_HAND)
    made = library.build(project, Report())
    (work,) = [work for work in made.works if "Second Train" in work.title]
    assert (work.key, work.aliases) == ("trains2020", ("moreau2020trains",))
    assert f"{library.SEEDS}/{library.LOCK}" not in made.stale()
    assert diagnostics.findings(desk, str(project / "paper" / "paper.tex")) == []


def test_in_a_project_a_key_of_another_work_is_refused(project: Path) -> None:
    desk = Desk([str(project)])
    with pytest.raises(UsageError, match="is the key of another"):
        rename.plan(desk, *at(project, "paper/paper.tex", "moreau"), "song2023sc")


@given(st.lists(st.sampled_from(["a\n", "b\n", "c\n"])), st.lists(st.sampled_from(["a\n", "b\n", "c\n"])))
def test_one_edit_makes_one_text_of_another(before: list[str], after: list[str]) -> None:
    old, new = "".join(before), "".join(after)
    assert apply_edits(old, rename.difference(old, new)) == new


# ------------------------------------------------------------------------------------------------ other formats

LINKED = """\
@article{a,
  author = {Moreau, Ada},
  title = {One},
  journal = {J},
  year = {2000},
  doi = {https://doi.org/10.1000/182},
}
"""


def codes(desk: Desk, path: Path) -> list[str]:
    """The codes of what is found in a text."""
    return [each.problem.code for each in diagnostics.findings(desk, str(path))]


@pytest.mark.parametrize("where", ["bibkit.toml", "seeds/bibkit.toml"])
def test_the_settings_around_a_file_say_what_is_looked_for(tmp_path: Path, where: str) -> None:
    paper = tmp_path / "paper" / "refs.bib"
    paper.parent.mkdir()
    (tmp_path / "seeds").mkdir()
    paper.write_text(LINKED, encoding="utf-8")
    assert codes(Desk(), paper) == ["doi-url"]
    for said, expected in (
        ('ignore = ["doi"]', []),
        ('entries = {a = ["doi-url"]}', []),
        ('files = {"*.bib" = ["doi-url"]}', []),
        ('ignore = ["date"]', ["doi-url"]),
        ('ignore = ["no-such-check"]', ["doi-url"]),
    ):
        (tmp_path / where).write_text(f"[check]\n{said}\n", encoding="utf-8")
        assert codes(Desk(), paper) == expected, said


RIS = "TY  - JOUR\nAU  - Moreau, Ada\nTI  - One\nJO  - J\nPY  - 2000\nDO  - https://doi.org/10.1000/182\nER  - \n"
CSL = '[{"id": "a", "type": "book", "title": "One", "issued": {"raw": "2000"}, "DOI": "https://doi.org/10.1000/182"}]'


@pytest.mark.parametrize(("name", "text"), [("x.ris", RIS), ("x.json", CSL)])
def test_bibliographies_in_other_formats_are_checked_too(tmp_path: Path, name: str, text: str) -> None:
    desk, path = Desk([str(tmp_path)]), str(tmp_path / name)
    desk.open(path, 1, text)
    found = diagnostics.findings(desk, path)
    assert "doi-url" in [each.problem.code for each in found]
    assert apply_edits(text, actions.safe_edits(found)) == text.replace("https://doi.org/", "")
    assert path not in desk.listing().documents
    assert hover.hover(desk, path, 20) is None
    assert completion.completions(desk, path, 20) is None


def test_of_other_files_nothing_is_said(tmp_path: Path) -> None:
    desk = Desk()
    for name, text in (("package.json", '{"name": "x"}'), ("x.json", "[]"), ("x.ris", "what is this"), ("x.py", RIS)):
        desk.open(str(tmp_path / name), 1, text)
        assert codes(desk, tmp_path / name) == []


# ------------------------------------------------------------------------------------------------ quick fixes


def commas(text: str, *_: object) -> list[checks.Finding]:
    """A check that finds each comma too many, and knows what to do about it."""
    return [
        checks.Finding(
            diagnostics.Problem("x", "x"), at, at + 1, checks.Fix("Remove the comma", True, ((at, at + 1, ""),))
        )
        for at in range(1, len(text))
        if text[at - 1 : at + 1] == ",,"
    ]


def test_the_fix_of_a_check_is_offered_where_it_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "check_text", commas)
    desk, path, text = Desk(), str(tmp_path / "x.bib"), "@article{a,\n  title = {One},,\n}\n@misc{b,,\n}\n"
    desk.open(path, 1, text)
    found = diagnostics.findings(desk, path)
    ((_, fix),) = actions.fixes(desk, path, found, text.index(",,"), text.index(",,") + 1)
    assert apply_edits(text, fix.edits) == text.replace(",,", ",", 1)
    assert apply_edits(text, actions.safe_edits(found)) == text.replace(",,", ",")


def test_of_two_fixes_of_one_place_the_first_is_made() -> None:
    problem = diagnostics.Problem("x", "x")
    found = [
        checks.Finding(problem, 0, 1, checks.Fix("x", safe, edits))
        for safe, edits in (
            (True, ((0, 2, "x"),)),
            (True, ((1, 3, "y"),)),
            (False, ((5, 6, ""),)),
            (True, ((8, 9, ""),)),
        )
    ]
    assert actions.safe_edits(found) == ((0, 2, "x"), (8, 9, ""))


@pytest.mark.parametrize(("cited", "meant"), [("Ito2021", "ito2021"), ("moreau2020train", "moreau2020trains")])
def test_a_citation_becomes_the_key_that_was_meant(desk: Desk, folder: Path, cited: str, meant: str) -> None:
    path = str(folder / "x.md")
    text = f"---\nbibliography: refs.bib\n---\n[@{cited}]\n"
    desk.open(path, 1, text)
    ((_, fix),) = actions.fixes(desk, path, diagnostics.findings(desk, path), text.index(cited), text.index(cited))
    assert (fix.title, apply_edits(text, fix.edits)) == (f"Cite {meant}", text.replace(cited, meant))


# ------------------------------------------------------------------------------------------------ kept per version


def test_what_is_parsed_is_kept_until_the_text_changes(desk: Desk, folder: Path) -> None:
    path = str(folder / "refs.bib")
    first: Callable[[], object] = lambda: desk.blocks(path)  # noqa: E731
    assert first() is first()
    kept = first()
    desk.open(path, 1, BIB)
    assert first() is not kept
    kept = first()
    desk.change(path, 2, [Change("% more\n", (0, 0), (0, 0))])
    assert first() is not kept
    document = desk.document(str(folder / "main.tex"))
    assert desk.document(str(folder / "main.tex")) is document
    assert scope.catalog(desk, str(folder / "main.tex")) is scope.catalog(desk, str(folder / "main.tex"))


def test_the_repository_itself_can_be_looked_at() -> None:
    desk = Desk([str(ROOT / "examples")])
    for path in (*desk.listing().documents, *desk.listing().bibliographies):
        diagnostics.findings(desk, path)
