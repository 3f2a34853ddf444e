"""The check finds what it is for, and nothing else."""

from __future__ import annotations

import pytest
from bibkit_retracted import CHECK

from bibkit.testing import check_check, find


def test_check() -> None:
    check_check(CHECK)


@pytest.mark.parametrize(("kind", "number"), [("Retracted Publication", 1), ("Retraction of Publication", 0)])
def test_in_its_own_format(kind: str, number: int) -> None:
    text = f"PMID- 123\nTI  - A title.\nPT  - Journal Article\nPT  - {kind}\n"
    assert len(find(CHECK, text, "nbib")) == number
