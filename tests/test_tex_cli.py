"""`bibkit tex check` and `bibkit tex rewrite` as whole programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command import bibkit, standing

MAIN = "\\input{one}\n\\cite{a,nobody}\n\\bibliography{refs}\n"
REFS = "@book{a, title={A}}\n@book{moreau1998, title={B}}\n@book{c, title={C}}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {"x.tex": MAIN, "one.tex": "\\cite{moraeu1998} % \\cite{a}\r\n", "refs.bib": REFS}.items():
        (tmp_path / name).write_bytes(text.encode())
    return tmp_path


def test_check_as_text(folder: Path) -> None:
    done = bibkit("tex", "check", "x.tex", cwd=folder)
    assert done.code == 1
    assert done.out.splitlines() == [
        "one.tex:1:7: error: no bibliography has 'moraeu1998'; did you mean 'moreau1998'? [cite-undefined]",
        "refs.bib:2: warning: nobody cites 'moreau1998' [cite-unused]",
        "refs.bib:3: warning: nobody cites 'c' [cite-unused]",
        "x.tex:2:9: error: no bibliography has 'nobody' [cite-undefined]",
    ]
    assert done.err == "2 undefined, 2 unused; 3 keys cited in 2 files\n"
    assert bibkit("tex", "check", "x.tex", "--no-unused", "-q", cwd=folder).err == ""


def test_check_as_json_and_annotations(folder: Path) -> None:
    shown = json.loads(bibkit("tex", "check", "x.tex", "--format", "json", cwd=folder).out)
    assert shown["documents"] == [{"root": "x.tex", "files": ["x.tex", "one.tex"], "citations": 3, "keys": 3}]
    assert shown["findings"][0] == {
        "code": "cite-undefined",
        "severity": "error",
        "message": "no bibliography has 'moraeu1998'",
        "file": "one.tex",
        "line": 1,
        "column": 7,
        "key": "moraeu1998",
        "hint": "did you mean 'moreau1998'?",
    }
    lines = bibkit("tex", "check", "x.tex", "--format", "github", cwd=folder).out.splitlines()
    assert lines[1] == "::warning file=refs.bib,line=2,title=cite-unused::nobody cites 'moreau1998'"
    assert lines[3].startswith("::error file=x.tex,line=2,col=9,title=cite-undefined::no bibliography has 'nobody'")


def test_check_of_a_sound_document(folder: Path) -> None:
    (folder / "y.md").write_text("---\nbibliography: refs.bib\n---\n@a @moreau1998 [@c]\n")
    done = bibkit("tex", "check", "y.md", cwd=folder)
    assert (done.code, done.out, done.err) == (0, "", "nothing wrong; 3 keys cited in 1 file\n")


def test_check_of_standard_input_and_of_nothing(folder: Path) -> None:
    done = bibkit("tex", "check", "-", "--kind", "markdown", "--bib", "refs.bib", cwd=folder, given=b"@a @b")
    assert "<stdin>:1:5: error: no bibliography has 'b'" in done.out
    assert bibkit("tex", "check", "-", cwd=folder, given=b"").code == 2
    assert bibkit("tex", "check", "gone.tex", cwd=folder).code == 3
    assert bibkit("tex", "check", "x.pdf", cwd=folder).code == 2
    assert bibkit("tex", "check", "x.tex", "--library", ".", cwd=folder).code == 2
    assert bibkit("tex", "check", "x.tex", "--bib", "gone.bib", "--no-unused", cwd=folder).code == 1


def test_many_unused_entries_are_counted(folder: Path) -> None:
    (folder / "refs.bib").write_text("".join(f"@book{{k{number}, title={{T}}}}\n" for number in range(50)))
    lines = bibkit("tex", "check", "x.tex", cwd=folder).out.splitlines()
    assert lines[-1] == "refs.bib: 30 more entries are not cited; --format json lists them"


def test_further_commands(folder: Path) -> None:
    (folder / "y.tex").write_text("\\zit[3]{b}")
    done = bibkit("tex", "check", "y.tex", "--bib", "refs.bib", "--command", "zit", "--no-unused", cwd=folder)
    assert "y.tex:1:9: error: no bibliography has 'b'" in done.out


def test_rewrite(folder: Path) -> None:
    before = standing(folder)
    command = ("tex", "rewrite", "x.tex", "--map", "a=new", "--map", "moraeu1998=moreau1998")
    shown = bibkit(*command, "--diff", cwd=folder)
    assert "+\\cite{new,nobody}" in shown.out.splitlines()
    assert shown.err == "would change 2 citations in one.tex, x.tex\n"
    assert bibkit(*command, "--dry-run", cwd=folder).out == ""
    assert standing(folder) == before
    done = bibkit(*command, cwd=folder)
    assert (done.code, done.err) == (0, "changed 2 citations in one.tex, x.tex\n")
    assert (folder / "one.tex").read_bytes() == b"\\cite{moreau1998} % \\cite{a}\r\n"
    assert (folder / "x.tex").read_bytes() == MAIN.replace("{a,", "{new,").encode()
    assert bibkit(*command, cwd=folder).err == "no document cites these keys\n"


def test_rewrite_by_a_map_and_by_aliases(folder: Path) -> None:
    (folder / "map").write_text("a=b\nb=a\n")
    assert bibkit("tex", "rewrite", "x.tex", "--map", "map", cwd=folder).code == 0
    assert "\\cite{b,nobody}" in (folder / "x.tex").read_text()
    assert bibkit("tex", "rewrite", "x.tex", "--aliases", cwd=folder).code == 2
    (folder / "seeds").mkdir()
    (folder / "seeds/keys.lock").write_text("# bibkit keys.lock 1\npresent doi:10.1/a alias:b seen:-\n")
    assert bibkit("tex", "rewrite", "x.tex", "--aliases", cwd=folder).err == "changed 1 citation in x.tex\n"
    assert "\\cite{present,nobody}" in (folder / "x.tex").read_text()


def test_rewrite_of_standard_input(folder: Path) -> None:
    done = bibkit("tex", "rewrite", "-", "--kind", "latex", "--map", "a=b", cwd=folder, given=b"\\cite{a}\r\n")
    assert done.out == "\\cite{b}\r\n"
    same = bibkit("tex", "rewrite", "-", "--kind", "latex", "--map", "x=b", cwd=folder, given=b"\\cite{a}\r\n")
    assert same.out == "\\cite{a}\r\n"


def test_all_files_are_written_or_none(folder: Path) -> None:
    (folder / "one.tex").chmod(0o444)
    before = standing(folder)
    done = bibkit("tex", "rewrite", "x.tex", "--map", "a=b", "--map", "moraeu1998=c d", cwd=folder)
    assert (done.code, standing(folder)) == (2, before)
    assert "cannot be a citation key" in done.err


@pytest.mark.parametrize("words", [(), ("--map", "a"), ("--map", "=b"), ("--map", "a=b", "--map", "a=c")])
def test_wrong_usage(folder: Path, words: tuple[str, ...]) -> None:
    assert bibkit("tex", "rewrite", "x.tex", *words, cwd=folder).code == 2
