"""The hooks of `.pre-commit-hooks.yaml`, run by the real pre-commit in a repository of somebody who uses them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from conftest import ROOT, require

if not os.environ.get("CI"):  # there nothing may be missing
    pytest.importorskip("pre_commit")

SHIPPED = ("bibkit", ".pre-commit-hooks.yaml", "pyproject.toml", "README.md", "LICENSE")
OFFLINE = ("Temporary failure in name resolution", "NewConnectionError", "No matching distribution found")
NOBODY = {f"GIT_{who}_{what}": "nobody@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
CONFIGURATION = """repos:
- repo: {hooks}
  rev: {revision}
  hooks:
  - id: bibkit-fmt
  - id: bibkit-check
    args: [--select, page]
  - id: bibkit-tex-check
    args: [--bib, refs.bib]
"""
CHAPTER = "See \\cite{one}.\n"


class User(NamedTuple):
    """A repository with the hooks, and where pre-commit keeps what it installs."""

    folder: Path
    environment: dict[str, str]

    def run(self, hook: str) -> subprocess.CompletedProcess[str]:
        """Run one hook over all files that git knows."""
        git(self.folder, "add", ".")
        command = (sys.executable, "-m", "pre_commit", "run", hook, "--all-files")
        return subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, check=False, text=True
        )


def git(folder: Path, *words: str) -> str:
    """A git command that knows nothing of the settings of whoever runs the tests."""
    alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, **NOBODY}
    done = subprocess.run(
        ["git", "-c", "init.defaultBranch=main", *words],
        cwd=folder,
        env={**os.environ, **alone},
        capture_output=True,
        check=True,
        text=True,
    )
    return done.stdout.strip()


def committed(folder: Path) -> str:
    """Make a repository of a folder; its revision."""
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "all")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> User:
    """The hooks installed from a copy of this repository, by pip, as pre-commit does it."""
    require("git")
    hooks, folder = tmp_path_factory.mktemp("hooks"), tmp_path_factory.mktemp("user")
    for name in SHIPPED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, hooks / name)
    revision = committed(hooks)
    (folder / ".pre-commit-config.yaml").write_text(CONFIGURATION.format(hooks=hooks, revision=revision))
    (folder / "refs.bib").write_text("@misc{one, title = {One}}\n")
    (folder / "chapter.tex").write_text(CHAPTER)
    committed(folder)
    environment = {**os.environ, "PRE_COMMIT_HOME": str(tmp_path_factory.mktemp("home")), "PRE_COMMIT_COLOR": "never"}
    environment.pop("PYTHONPATH", None)
    command = (sys.executable, "-m", "pre_commit", "install-hooks")
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False, text=True)
    said = done.stdout + done.stderr
    if done.returncode and not os.environ.get("CI") and any(words in said for words in OFFLINE):
        pytest.skip("pip has no way to a package index, which pre-commit needs to install the hooks")
    assert done.returncode == 0, said
    return User(folder, environment)


def test_fmt_changes_a_file_and_then_passes(user: User) -> None:
    first = user.run("bibkit-fmt")
    assert first.returncode == 1
    assert "files were modified by this hook" in first.stdout
    assert (user.folder / "refs.bib").read_text() == "@misc{one,\n  title = {One},\n}\n"
    second = user.run("bibkit-fmt")
    assert (second.returncode, "Passed" in second.stdout) == (0, True)


def test_check_fails_on_a_finding(user: User) -> None:
    (user.folder / "refs.bib").write_text("@misc{one,\n  title = {One},\n  pages = {4-5},\n}\n")
    failed = user.run("bibkit-check")
    assert failed.returncode == 1
    assert "refs.bib:3:12: note: " in failed.stdout
    (user.folder / "refs.bib").write_text("@misc{one,\n  title = {One},\n}\n")
    assert user.run("bibkit-check").returncode == 0


def test_tex_check_fails_on_a_key_that_is_not_there(user: User) -> None:
    (user.folder / "chapter.tex").write_text(CHAPTER)
    assert user.run("bibkit-tex-check").returncode == 0
    (user.folder / "chapter.tex").write_text(CHAPTER + "And \\cite{two}.\n")
    failed = user.run("bibkit-tex-check")
    assert failed.returncode == 1
    assert "chapter.tex:2:11: error: " in failed.stdout
    assert "[cite-undefined]" in failed.stdout
