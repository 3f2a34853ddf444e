"""What is wrong with a bibliography, and the fix: `check_text` finds, `mend` puts right.

A check is one function from the entries of a source to remarks; see `Check`. The table of our own stands in
`checks.table`; a distribution adds one as an entry point of the group `bibkit.checks`.
"""

from bibkit.checks.examples import explanation
from bibkit.checks.fixing import Mended, mend
from bibkit.checks.model import (
    Bibliography,
    Change,
    Check,
    Finding,
    Fix,
    Mend,
    Remark,
    Terms,
    covers,
    putting,
    replacing,
)
from bibkit.checks.registry import available, require_known
from bibkit.checks.run import Look, Watch, check_text, look

__all__ = [
    "Bibliography",
    "Change",
    "Check",
    "Finding",
    "Fix",
    "Look",
    "Mend",
    "Mended",
    "Remark",
    "Terms",
    "Watch",
    "available",
    "check_text",
    "covers",
    "explanation",
    "look",
    "mend",
    "putting",
    "replacing",
    "require_known",
]
