"""`bibkit build` where something is wrong: state, disk, sources, settings. What stood on disk before still stands."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from building import COMPACT, RIVAL, SPACED, built_project, csl, made, new_project, rewrite
from command import Run, bibkit, standing

from bibkit import formats
from bibkit.formats import ReadOptions
from bibkit.record import Record


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return new_project(tmp_path)


@pytest.fixture
def built(tmp_path: Path) -> Path:
    return built_project(tmp_path)


# ------------------------------------------------------------------------------------------------ the lock is damaged


def _cut_short(lock: str) -> str:
    return lock[: lock.rindex(" seen:") - 3]


def _conflict(lock: str) -> str:
    title, head, *pins = lock.splitlines(keepends=True)
    return "".join([title, head, "<<<<<<< ours\n", pins[0], "=======\n", pins[1], ">>>>>>> theirs\n", *pins[2:]])


def _newer(lock: str) -> str:
    return re.sub(r"(?<=keys\.lock )\d+", "99", lock, count=1)


def _binary(_lock: str) -> str:
    return "\x00\x01\x02\x03" * 100


# How a lock is damaged, and the line that the message must name.
DAMAGES = {
    "cut short": (_cut_short, ":39: "),
    "conflict": (_conflict, ":3: "),
    "of a newer version": (_newer, ":1: "),
    "empty": (lambda _: "", ":1: "),
    "another file": (lambda _: "# Shopping\nmilk\n", ":1: "),
    "binary": (_binary, ":"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_lock_stops_the_build(damage: str, built: Path) -> None:
    change, line = DAMAGES[damage]
    lock = built / "seeds" / "keys.lock"
    lock.write_text(change(lock.read_text(encoding="utf-8")), encoding="utf-8")
    rewrite(built, COMPACT, lambda entries: entries[1:])
    before = standing(built)
    done = bibkit("build", cwd=built)
    assert done.code == 5
    assert f"seeds/keys.lock{line}" in done.err
    assert standing(built) == before


# ------------------------------------------------------------------------------------------------ it cannot be written


def test_exports_is_a_file(project: Path) -> None:
    (project / "exports").write_text("mine\n", encoding="utf-8")
    before = standing(project)
    done = bibkit("build", cwd=project)
    assert done.code == 2
    assert "exports" in done.err
    assert standing(project) == before


def test_an_export_is_a_folder(built: Path) -> None:
    (built / "exports" / "references.json").unlink()
    (built / "exports" / "references.json").mkdir()
    rewrite(built, COMPACT, lambda entries: entries[1:])
    before = standing(built)
    done = bibkit("build", cwd=built)
    assert done.code == 2
    assert "exports/references.json: cannot" in done.err
    assert standing(built) == before


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_exports_is_read_only(built: Path) -> None:
    rewrite(built, COMPACT, lambda entries: entries[1:])
    before = standing(built)
    (built / "exports").chmod(0o555)
    try:
        done = bibkit("build", cwd=built)
    finally:
        (built / "exports").chmod(0o755)
    assert done.code == 2
    assert "exports/" in done.err
    assert "permission denied" in done.err
    assert standing(built) == before


@pytest.mark.skipif(not Path("/sys/kernel").is_dir(), reason="there is no folder here that root cannot write to")
def test_exports_is_read_only_for_everyone(project: Path) -> None:
    (project / "exports").symlink_to("/sys/kernel")
    before = standing(project)
    done = bibkit("build", cwd=project)
    assert done.code == 2
    assert "exports/references.bib: cannot write it: " in done.err
    assert standing(project) == before


def _small_disk() -> None:
    """No file may grow beyond 30 kB: less than the bibliographies need, more than the lock does. As on a full disk."""
    import resource
    import signal

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))


@pytest.mark.skipif(os.name != "posix", reason="there is no limit to set")
def test_the_disk_is_full(built: Path) -> None:
    for name in ("references.bib", "references.ris"):
        (built / "exports" / name).write_text("old\n", encoding="utf-8")
    rewrite(built, COMPACT, lambda entries: [RIVAL[COMPACT], *entries])
    before = standing(built)
    done = bibkit("build", cwd=built, prepare=_small_disk)
    assert done.code == 2
    assert "cannot write it: file too large" in done.err
    assert standing(built) == before, "neither a file nor a temporary one is left behind"


# ------------------------------------------------------------------------------------------------ strange sources


def reencoded(encoding: str, newline: str = "\n") -> Callable[[bytes], bytes]:
    return lambda content: content.decode().replace("\n", newline).encode(encoding)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(reencoded("utf-8", "\r\n"), id="CRLF"),
        pytest.param(reencoded("utf-8", "\r"), id="CR"),
        pytest.param(reencoded("utf-8-sig"), id="BOM"),
        pytest.param(reencoded("utf-16"), id="UTF-16"),
        pytest.param(reencoded("utf-16-le", "\r\n"), id="UTF-16 without BOM, CRLF"),
        pytest.param(reencoded("utf-32"), id="UTF-32"),
    ],
)
def test_the_coding_of_a_source_changes_nothing(change: Callable[[bytes], bytes], project: Path) -> None:
    straight = made(project).outputs
    for name in (COMPACT, SPACED):
        path = project / "seeds" / name
        path.write_bytes(change(path.read_bytes()))
    outputs = made(project).outputs
    assert [name for name in straight if outputs[name] != straight[name]] == []


def beside(project: Path, content: bytes, name: str = "strange.txt") -> Run:
    """A build with one more source, which must not take anything from the others."""
    (project / "seeds" / name).write_bytes(content)
    done = bibkit("build", cwd=project)
    if (project / "exports").is_dir():
        assert {"liu2022learning", "song2019generalized"} <= {item["id"] for item in csl(project / "exports")}
        assert len(csl(project / "exports")) >= 37
    return done


ENTRY = "CVMay 3, 2021\nA Quiet Method for Loud RoomsAda Moreau, Jun Sato et al.\nWe listen."


def test_an_empty_source(project: Path) -> None:
    assert beside(project, b"").code == 0


def test_a_blank_source(project: Path) -> None:
    assert beside(project, b" \n\n\t\n").code == 0


def test_no_sources_at_all(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    assert bibkit("build", cwd=tmp_path).code == 0
    assert csl(tmp_path / "exports") == []
    assert (tmp_path / "exports" / "references.bib").read_bytes() == b""


def test_only_empty_sources(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "nothing.txt").write_bytes(b"")
    assert bibkit("build", cwd=tmp_path).code == 0
    assert csl(tmp_path / "exports") == []


def test_no_seeds_folder(tmp_path: Path) -> None:
    done = bibkit("build", cwd=tmp_path)
    assert done.code == 2
    assert "seeds: there is no such folder" in done.err
    assert standing(tmp_path) == {}


BINARY = bytes(range(256)) * 40


def test_a_binary_source_beside_good_ones(project: Path) -> None:
    done = beside(project, BINARY)
    assert done.code == 0
    assert "seeds/strange.txt: error: " in done.err
    assert len(csl(project / "exports")) == 37


@pytest.mark.parametrize(("content", "code"), [(BINARY, 3), (b"Dear Ada,\n\nthe train was late.\n", 4)])
def test_nothing_but_what_cannot_be_read(content: bytes, code: int, built: Path) -> None:
    for name in (COMPACT, SPACED):
        (built / "seeds" / name).unlink()
    (built / "seeds" / "strange.dat").write_bytes(content)
    before = standing(built)
    done = bibkit("build", cwd=built)
    assert done.code == code
    assert "seeds/strange.dat: error: " in done.err
    assert standing(built) == before


def test_a_source_in_no_known_layout(project: Path) -> None:
    done = beside(project, b"Dear Ada,\n\nthe train was late.\n\nYours\n")
    assert done.code == 0
    assert "seeds/strange.txt:" in done.err


def test_nul_bytes(project: Path) -> None:
    done = beside(project, f"{ENTRY}\n\0\0\0\n{ENTRY.replace('Quiet', 'Second')}\n".encode())
    assert done.code == 0
    titles = {item["title"] for item in csl(project / "exports")}
    assert {"A Quiet Method for Loud Rooms", "A Second Method for Loud Rooms"} <= titles


@pytest.mark.parametrize(
    ("end", "left"),
    [
        ("CVMay 3, 20", "CVMay 3, 20"),
        ("CVMay 3, 2021\n", "seeds/strange.txt:4: "),
        ("CVMay 3, 2021\nA Qui", "A Qui"),
        ("CVMay 3, 2021\nA Quiet Method for Loud RoomsAda M", "A Quiet Method for Loud Rooms"),
    ],
)
def test_a_listing_cut_in_the_middle_of_an_entry(end: str, left: str, project: Path) -> None:
    """What is there is read, or shown with its lines."""
    done = beside(project, f"{ENTRY.replace('Quiet', 'First')}\n{end}".encode())
    assert done.code == 0
    assert "A First Method for Loud Rooms" in {item["title"] for item in csl(project / "exports")}
    read = (project / "exports" / "references.json").read_text(encoding="utf-8")
    assert left in read or left in done.err


def test_a_profile_that_lost_its_end(built: Path) -> None:
    """27 papers are declared; that fewer could be read is said."""
    path = built / "seeds" / SPACED
    content = path.read_text(encoding="utf-8")
    path.write_text(content[: len(content) // 2], encoding="utf-8")
    done = bibkit("build", cwd=built)
    assert done.code == 0
    assert re.search(rf"seeds/{SPACED}:\d+: warning: 27 papers are declared", done.err)


@pytest.mark.parametrize("letter", ["x", "Ada Moreau, ", "2021 "])
def test_a_line_of_five_megabytes(letter: str, project: Path) -> None:
    long = letter * (5_000_000 // len(letter))
    done = beside(project, f"{ENTRY}\n{long}\n{ENTRY.replace('Quiet', 'Second')}\n".encode())
    assert done.code == 0
    assert "A Second Method for Loud Rooms" in {item["title"] for item in csl(project / "exports")}


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="there is no file here that even root cannot read")
def test_a_source_that_cannot_be_read(project: Path) -> None:
    (project / "seeds" / "strange.txt").symlink_to("/proc/self/mem")
    done = bibkit("build", cwd=project)
    assert done.code == 0
    assert "seeds/strange.txt: error: cannot read it" in done.err


def test_a_link_to_nowhere_is_not_passed_over(project: Path) -> None:
    (project / "seeds" / "strange.txt").symlink_to("gone.txt")
    done = bibkit("build", cwd=project)
    assert done.code == 0
    assert "seeds/strange.txt: error: cannot read it" in done.err


# ------------------------------------------------------------------------------------------------ settings


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('[sources."*"\n', "bibkit.toml: "),
        ('[sources."*"]\ntype = "preprnt"\n', "did you mean 'preprint'?"),
        ('[sources."*"]\nas_of = 2026-05-01\n', "did you mean 'as-of'?"),
        ('[sources."*"]\nas-of = "soon"\n', "as-of"),
        ("sources = 3\n", "bibkit.toml: "),
        ('[source."*"]\ntype = "preprint"\n', "did you mean 'sources'?"),
        ("\xff\xfe\x00", "bibkit.toml: "),
    ],
)
def test_bad_settings(content: str, said: str, built: Path) -> None:
    (built / "seeds" / "bibkit.toml").write_bytes(content.encode("latin-1"))
    before = standing(built)
    done = bibkit("build", cwd=built)
    assert done.code == 2
    assert "seeds/bibkit.toml" in done.err
    assert said in done.err
    assert standing(built) == before


def test_the_day_of_the_copy_decides_the_year(project: Path) -> None:
    settings = '[sources."*"]\ntype = "preprint"\nas-of = 2030-02-01\n'
    (project / "seeds" / "bibkit.toml").write_text(settings, encoding="utf-8")
    dated = [work for work in made(project).works if work.issued and "issued" in work.traces]
    inferred = {work.issued.start for work in dated if work.traces["issued"].inferred}
    assert inferred == {(2029, 3, 19), (2029, 4, 2), (2030, 1, 29)}


def test_half_a_surrogate_pair_becomes_a_replacement_character(project: Path) -> None:
    item = '{"id": "a", "type": "book", "title": "x\\ud800y", "author": [{"family": "D\\ud83d"}]}'
    (project / "seeds" / "odd.json").write_text(f"[{item}, {item}]", encoding="ascii")
    assert bibkit("build", cwd=project).code == 0
    assert bibkit("build", "--check", cwd=project).code == 0
    assert "x\ufffdy" in (project / "exports" / "references.biblatex.bib").read_text(encoding="utf-8")


@pytest.mark.parametrize("circle", [False, True])
def test_parents_of_parents_are_looked_at_once(circle: bool) -> None:
    """Two parents each, 25 levels: there are 33 million ways up."""
    pairs = [(side, level) for level in range(25) for side in "ab"]
    text = "".join(f"@book{{{side}{level}, xdata={{a{level + 1},b{level + 1}}}}}\n" for side, level in pairs)
    text += f"@book{{a25, note={{top}}{', xdata={a0}' if circle else ''}}}\n@book{{b25, year=2000}}\n"
    found = [item for item in formats.get("biblatex").read(text, "x.bib", ReadOptions()) if isinstance(item, Record)]
    assert len(found) == 52
    assert circle or found[0].texts["note"] == "top"
