"""Documents that cite: what they cite and where, what is wrong with that, and other keys put into them.

`scan` reads LaTeX, `.aux`, `.bcf`, Typst, Markdown (Pandoc, Quarto, R Markdown) and Org, with all files that they
include. What is found is a `Document`; it can be checked (`check`) and rewritten (`rewrite`).
"""

from __future__ import annotations

from bibkit.documents.check import Terms, check
from bibkit.documents.listed import LISTERS, summary
from bibkit.documents.model import Citation, Document
from bibkit.documents.rewrite import Rewritten, aliases, mapping, rewrite, save
from bibkit.documents.scan import KINDS, NAMES, kind_of, open_source, scan, scan_source
from bibkit.documents.sources import SourceText

__all__ = [
    "KINDS", "LISTERS", "NAMES", "Citation", "Document", "Rewritten", "SourceText", "Terms", "aliases", "check",
    "kind_of", "mapping", "open_source", "rewrite", "save", "scan", "scan_source", "summary",
]  # fmt: skip
