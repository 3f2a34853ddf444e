"""What all tests share: the accept option, Hypothesis profiles, and how a test asks for an outside program."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"

settings.register_profile(
    "default", deadline=None, max_examples=100, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("ci", settings.get_profile("default"), max_examples=500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="rewrite the expected output in tests/cases")


@pytest.fixture
def shared() -> Path:
    """The folder of corpora and truth files, which is not part of the repository."""
    if not SHARED.is_dir():
        pytest.skip("the corpora beside the repository are not here")
    return SHARED


def require(*programs: str) -> None:
    """Skip where an outside program is missing; in CI nothing of the kind may be missing."""
    missing = [program for program in programs if shutil.which(program) is None]
    if missing and os.environ.get("CI"):
        pytest.fail(f"CI lacks {', '.join(missing)}")
    if missing:
        pytest.skip(f"{', '.join(missing)} not installed")
