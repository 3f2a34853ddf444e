"""Checks of DOIs, arXiv ids, PubMed ids, ORCID iDs, ISBN, ISSN and URLs: what triggers them, what does not, mends."""

from __future__ import annotations

import pytest
from checking import codes_of, mended

from bibkit import checks
from bibkit.checks import Terms

SAID = [
    # text, codes of these families
    ("doi = {10.1000/182}", ""),
    ("doi = {10.1002/(SICI)1097-0258(19980815/30)17:15/16<1661::AID-SIM968>3.0.CO;2-2}", ""),
    ("doi = {10.1007/978-3-540-75520-3\\_47}", ""),  # right where a classic style prints it
    ("doi = {10.1016/0306-4379(88)90014-2}", ""),
    ("doi = {{10.1000/182}}", ""),
    ("doi = {10.1007/3-540-44464-5{\\_}7}", ""),
    ("doi = {10.1000/182.}", "doi-form"),
    ("doi = { 10.1000/182}", "doi-form"),
    ("doi = {10.1000/182, 10.1000/183}", "doi-form"),
    ("doi = {forthcoming}", "doi-form"),
    ("doi = {1234/5678.90}", "doi-form"),
    ("doi = {http://link.example.org/10.1000/182}", "doi-form"),
    ("doi = {http://dx.doi.org/10.1000/182}", "doi-url"),
    ("doi = {http://doi.acm.org/10.1145/1281192.1281230}", "doi-url"),
    ("doi = {DOI: 10.1000/182}", "doi-url"),
    ("doi = {\\url{https://doi.org/10.1000/182}}", "doi-url"),
    ("doi = {doi.org/10.1000/182}", "doi-url"),
    ("url = {https://doi.org/10.1000/182}", "doi-elsewhere"),
    ("ee = {http://dx.doi.org/10.1000/182}", "doi-elsewhere"),
    ("note = {doi:10.1000/182}", "doi-elsewhere"),
    ("note = {A reply to doi:10.1000/182}", ""),
    ("url = {https://example.org/doi/10.1000/182}", ""),
    ("url = {https://doi.org/10.48550/arXiv.2107.05580},\n archiveprefix = {arXiv},\n eprint = {2107.05580}", ""),
    ("doi = {10.1000/182},\n url = {https://doi.org/10.1000/281}", "identifier-contradiction"),
    ("doi = {10.1000/ABC},\n url = {https://doi.org/10.1000/abc}", ""),
    ("doi = {10.1000/182},\n url = {https://doi.org/10.5281/zenodo.281}", ""),
    ("doi = {10.1000/182},\n url = {https://example.org/?doi=10.1000/281}", ""),
    (
        "doi = {10.48550/arXiv.2107.05581},\n archiveprefix = {arXiv},\n eprint = {2107.05580v2}",
        "identifier-contradiction",
    ),
    ("doi = {10.48550/arXiv.2107.05580},\n archiveprefix = {arXiv},\n eprint = {2107.05580v2}", ""),
    ("archiveprefix = {arXiv},\n eprint = {hep-th/9711200v3}", ""),
    ("archiveprefix = {arXiv},\n eprint = {math.GT/0309136}", ""),
    ("archiveprefix = {arXiv},\n eprint = {https://arxiv.org/abs/2107.05580}", "arxiv-form"),
    ("archiveprefix = {arXiv},\n eprint = {2107.05580 [cs.CV]}", "arxiv-form"),
    ("archiveprefix = {arXiv},\n eprint = {2107.0558}", "arxiv-form"),
    ("archiveprefix = {arXiv},\n eprint = {1413.0558}", "arxiv-form"),
    ("archiveprefix = {arXiv},\n eprint = {9711200},\n primaryclass = {hep-th}", "arxiv-form"),
    ("eprinttype = {hdl},\n eprint = {2027/umn.31951}", ""),
    ("pmid = {12345678}", ""),
    ("pmid = {PMID 12345678}", "pmid-form"),
    ("pmid = {PMC3531190}", "pmid-form"),
    ("pmcid = {PMC3531190}", ""),
    ("pmcid = {3531190}", "pmid-form"),
    ("orcid = {0000-0002-1825-0097}", ""),
    ("orcid = {https://orcid.org/0000-0002-1825-0097}", ""),
    ("orcid = {https://orcid.org/0000-0002-1825-0079}", "orcid-check"),
    ("orcid = {none}", "orcid-check"),
    ('author+an:orcid = {1="0000-0002-1825-0099"}', "orcid-check"),
    ("orcid-numbers = {Moreau, Ada/0000-0002-1825-0097}", ""),
    ("orcid-numbers = {Moreau, Ada/0000-0002-1825-0090}", "orcid-check"),
    ("isbn = {978-3-16-148410-0}", ""),
    ("isbn = {316148410X}", ""),
    ("isbn = {3 16 148410 X}", ""),
    ("isbn = {978-3-16-148410-0 (hbk.), 3-16-148410-X}", ""),
    ("isbn = {9783161484100 316148410X}", ""),
    ("isbn = {ISBN-13: 978-3-16-148410-0}", ""),
    ("isbn = {13 978-3-16-148410-0}", ""),
    ("isbn = {978‐3‐16‐148410‐0}", ""),
    ("isbn = {978-3-16-148410-0 paperback}", ""),
    ("isbn = {unknown}", "isbn-check"),
    ("issn = {n/a}", "issn-check"),
    ("isbn = {ISBN 978-3-16-148410-0}", ""),
    (
        "title = {T}, eprint = {2101.01239}, archiveprefix = {arXiv}, doi = {10.48550/arXiv.2101.01230}",
        "identifier-contradiction",
    ),
    ("isbn = {3-16-148410-1}", "isbn-check"),
    ("isbn = {978-3-16-148410-0; 3-16-148410-1}", "isbn-check"),
    ("isbn = {0-13-820432}", "isbn-check"),
    ("isbn = {977-3-16-148410-0}", "isbn-check"),
    ("isbn = {0018-9448}", "isbn-check"),
    ("issn = {0018-9448}", ""),
    ("issn = {0169-023X, 0018-9448}", ""),
    ("issn = {0942-5616 (print), 1521-3870 (online)}", ""),
    ("issn = {0018-9449}", "issn-check"),
    ("issn = {189448}", "issn-check"),
    ("issn = {978-3-16-148410-0}", "issn-check"),
    ("issn = {00189448}", "issn-form"),
    ("issn = {0169-023x}", "issn-form"),
    ("url = {https://example.org/~moreau/a_b?x=1&y=%20#z}", ""),
    ("url = {http://localhost:8080/}", ""),
    ("url = {{http://example.org/}}", ""),
    ("url = {ftp://ftp.example.org/pub}", ""),
    ("url = {urn:nbn:de:101:1-2009100500}", ""),
    ("url = {https://web.archive.org/web/2001/http://example.org/}", ""),
    ("url = {https://[2001:db8::1]/}", ""),
    ("url = {www.example.org/a}", "url-form"),
    ("url = {example.org}", "url-form"),
    ("url = {http://http://example.org/}", "url-form"),
    ("url = {http:/example.org/}", "url-form"),
    ("url = {http//example.org/}", "url-form"),
    ("url = {htp://example.org/}", "url-form"),
    ("url = {<http://example.org/>}", "url-form"),
    ("url = {http://example.org/a http://example.org/b}", "url-form"),
    ("url = {http://example.org/a (visited in 2010)}", "url-form"),
    ("url = {10.1000/182}", "url-form"),
    ("url = {papers/moreau.pdf}", "url-form"),
    ("url = {C:\\papers\\moreau.pdf}", "url-form"),
]


@pytest.mark.parametrize(("fields", "codes"), SAID)
def test_what_is_said(fields: str, codes: str) -> None:
    assert codes_of(fields) == set(codes.split())


def test_latex_in_a_verbatim_field_is_wrong_for_biblatex() -> None:
    assert codes_of("doi = {10.1000/a\\_b},\n  date = {1998}", target="biblatex") == {"doi-form"}
    text = mended("doi = {10.1000/a\\_b},\n  date = {1998}", target="biblatex")
    assert "doi = {10.1000/a_b}" in text
    text = mended("doi = {10.1002/3{\\textless}1::AID{\\textgreater}2-2},\n  date = {1998}", target="biblatex")
    assert "doi = {10.1002/3<1::AID>2-2}" in text


MENDED = [
    ("doi = {http://dx.doi.org/10.1371%2Fjournal.pbio.1000615}", "doi = {10.1371/journal.pbio.1000615}"),
    ("doi = {10.1000/182.}", "doi = {10.1000/182}"),
    ("doi = {10.1000/182, 10.1000/183}", "doi = {10.1000/182, 10.1000/183}"),
    ("url = {https://doi.org/10.1000/182}", "doi = {10.1000/182}"),
    ("archiveprefix = {arXiv},\n  eprint = {arXiv:2107.05580v2}", "eprint = {2107.05580v2}"),
    ("pmid = {PMID: 0012345}", "pmid = {12345}"),
    ("pmcid = {3531190}", "pmcid = {3531190}"),  # it may be a PMID
    ("issn = {00189448 (print)}", "issn = {0018-9448 (print)}"),
    (r"url = {\url{http://example.org/a}}", "url = {http://example.org/a}"),
    ("url = {https://https://example.org/a}", "url = {https://example.org/a}"),
    ("url = {http:/example.org/a}", "url = {http://example.org/a}"),
    ("url = {www.example.org/a}", "url = {www.example.org/a}"),  # only if asked for
]


@pytest.mark.parametrize(("fields", "expected"), MENDED)
def test_safe_mends(fields: str, expected: str) -> None:
    assert expected in mended(fields)


UNSAFE = [
    ("note = {doi:10.1000/182}", "doi = {10.1000/182}"),
    ("issn = {189448}", "issn = {0018-9448}"),
    ("url = {www.example.org/a}", "url = {http://www.example.org/a}"),
    ("url = {http://example.org/a/\n    b.html}", "url = {http://example.org/a/b.html}"),
    ("archiveprefix = {arXiv},\n  eprint = {9711200},\n  primaryclass = {hep-th}", "eprint = {hep-th/9711200}"),
]


@pytest.mark.parametrize(("fields", "expected"), UNSAFE)
def test_other_mends(fields: str, expected: str) -> None:
    assert expected not in mended(fields)
    assert expected in mended(fields, unsafe=True)


def test_other_formats_have_identifiers_too() -> None:
    item = '[{"id": "a", "type": "book", "title": "T", "DOI": "https://doi.org/10.1000/182", "ISBN": "3-16-148410-1"}]'
    assert codes_of(item) == {"doi-url", "isbn-check"}
    assert codes_of("TY  - JOUR\nTI  - T\nUR  - www.example.org/a\nER  - ") == {"url-form"}


def test_a_url_on_each_line_of_a_record_is_how_ris_has_several() -> None:
    text = "TY  - JOUR\nUR  - https://example.org/one\nhttps://example.org/two\nER  - \n"
    assert not checks.check_text(text, "x.ris", "ris", Terms(select=("url",)))
    text = text.replace("\nhttps", " https")
    assert [one.problem.code for one in checks.check_text(text, "x.ris", "ris", Terms(select=("url",)))] == ["url-form"]


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("url = {10.1000/182}", "doi = {10.1000/182}"),
        ("url = {doi.org/10.1000/182}", "doi = {10.1000/182}"),
        ("url = {\\url{https://doi.org/10.1000/182}}", "doi = {10.1000/182}"),
        ("doi = {10.1000/182},\n  url = {10.1000/182}", "url = {https://doi.org/10.1000/182}"),
    ],
)
def test_a_doi_in_the_field_of_the_url_gets_its_own(wrong: str, right: str) -> None:
    done = mended(wrong, unsafe=True)
    assert right in done
    assert done.count("doi = ") == 1
    assert not codes_of(done)
