"""bibkit.toml: what it may say, and what is said when it is wrong."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from bibkit import settings
from bibkit.problems import UsageError


def load(folder: Path, text: str) -> settings.Settings:
    (folder / "bibkit.toml").write_text(text, encoding="utf-8")
    return settings.load(folder)


def test_nothing_is_needed(tmp_path: Path) -> None:
    assert settings.load(tmp_path) == settings.Settings()


def test_a_preprint_is_an_article_in_csl(tmp_path: Path) -> None:
    project = load(tmp_path, '[sources."a.txt"]\ntype = "preprint"\nas-of = 2026-05-01\n')
    assert project.source("a.txt") == settings.Source(type="article", as_of=datetime.date(2026, 5, 1))
    assert project.source("b.txt") == settings.Source()


def test_a_star_stands_for_all_other_sources(tmp_path: Path) -> None:
    project = load(tmp_path, '[sources."*"]\ntype = "book"\n[sources."a.txt"]\ntype = "thesis"\n')
    assert [project.source(name).type for name in ("a.txt", "b.txt")] == ["thesis", "book"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[sources]\nx = \n", "bibkit.toml: .*line 2"),
        ('[sorces."a.txt"]\n', "unknown field `sorces`.*did you mean 'sources'"),
        ('[sources."a.txt"]\nasof = "2026-01-01"\n', "unknown field `asof`.*did you mean 'as-of'"),
        ('[sources."a.txt"]\ntype = "preprnt"\n', "unknown type 'preprnt'; did you mean 'preprint'"),
        ('[sources."a.txt"]\nas-of = "May 2026"\n', "date.*as-of"),
        ("sources = 3\n", "Expected `object`"),
        ("[fmt]\ntrailing_comma = true\n", "did you mean 'trailing-comma'"),
        ('[fmt]\ndelimiter = "brackets"\n', "it is one of brace, quote"),
        ('[fmt]\nindent = "tabs"\n', "it is one of a number, tab"),
        ("[fmt]\nindent = -1\n", "Expected `int` >= 0"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        load(tmp_path, text)
