"""The checks of types and fields: what must be found, what must not, and what BibTeX, biblatex and biber say to it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from conftest import require
from witnesses import output

from bibkit import checks
from bibkit.checks import model_tables as tables
from bibkit.checks.model import Terms

ARTICLE = "author = {Moreau, Ada}, title = {On waiting}, journal = {Journal of Rail}, year = {1998}"
BOOK = "author = {Moreau, Ada}, title = {On waiting}, publisher = {Gleis}, year = {1998}"


def said(text: str, code: str, form: str = "bibtex", **terms: object) -> list[str]:
    """What one check says of a text."""
    found = checks.check_text(text, "test", form, Terms(select=(code,), **terms))  # type: ignore[arg-type]
    return [one.problem.message for one in found]


def mended(text: str, code: str, form: str = "bibtex", *, unsafe: bool = True, **terms: object) -> str:
    chosen = Terms(select=(code,), **terms)  # type: ignore[arg-type]
    made = checks.mend(text, "test", form, chosen, unsafe=unsafe)
    assert not made.refused
    assert checks.mend(made.text, "test", form, chosen, unsafe=unsafe).text == made.text
    return made.text


# ------------------------------------------------------------------------------------------------ types


@pytest.mark.parametrize(
    ("kind", "meant"),
    [
        ("artcile", "article"),
        ("inproceeding", "inproceedings"),
        ("INPROCEEDING", "inproceedings"),
        ("mscthesis", "mastersthesis"),
        ("jurnal", ""),
        ("talk", ""),
        ("boo", ""),
    ],
)
def test_an_unknown_type_and_the_one_that_is_meant(kind: str, meant: str) -> None:
    text = f"@{kind}{{a, {ARTICLE}}}\n"
    assert said(text, "type-unknown") == [f"neither BibTeX nor BibLaTeX has an entry type @{kind.lower()}"]
    new = mended(text, "type-unknown")
    assert new.lower() == (text.replace(kind, meant) if meant else text).lower()


@pytest.mark.parametrize(
    "kind", ["xdata", "customa", "IEEEtranBSTCTL", "electronic", "www", "artwork", "softwareversion"]
)
def test_types_of_either_dialect_and_of_styles_are_known(kind: str) -> None:
    found = checks.check_text(
        f"@{kind}{{a, title = {{T}}}}\n", "test", "bibtex", Terms(ignore=("field", "type-dialect"))
    )
    assert not found


def test_what_the_reader_says_of_types_is_not_said_twice() -> None:
    found = checks.check_text(f"@talk{{a, {ARTICLE}}}\n", "test", "bibtex")
    assert [one.problem.code for one in found] == ["type-unknown"]


# ------------------------------------------------------------------------------------------------ what is needed


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("@article{a, title = {T}}", "author, journal and year"),
        ("@article{a, author = {A}, title = {T}, journaltitle = {J}, date = {1998-05}}", ""),
        ("@article{a, key = {anon}, title = {T}, journal = {J}, year = {1998}}", ""),
        ("@article{a, author = {A}, title = {T}, jounral = {J}, year = {1998}}", ""),  # field-misspelt says so
        ("@article{a, author = {A}, title = {}, journal = {J}, year = {1998}}", "title"),
        ("@article{a, author = {A}, title = { }, journal = {J}, year = {1998}}", "title"),
        ("@article{a, author = {A}, title = {{}}, journal = {J}, year = {1998}}", ""),
        ("@book{a, editor = {E}, title = {T}, publisher = {P}, year = {1998}}", ""),
        ("@book{a, title = {T}, year = {1998}}", "author or editor and publisher"),
        ("@conference{a, author = {A}, title = {T}, year = {1998}}", "booktitle"),
        ("@phdthesis{a, author = {A}, title = {T}, institution = {I}, year = {1998}}", ""),
        ("@techreport{a, author = {A}, title = {T}, year = {1998}}", "institution"),
        ("@inproceedings{a, author = {A}, booktitle = {T}, year = {1998}}", "title"),
        ("@misc{a, note = {N}}", ""),
        ("@misc{a, keywords = {N}}", "title, author or note"),
        ("@manual{a, title = {T}}", ""),
        ("@booklet{a, title = {T}}", ""),
        ("@unpublished{a, author = {A}, title = {T}, year = {1998}}", "note"),
        ("@talk{a, title = {T}}", ""),
        ("@ieeetranbstctl{a, ctluse_paper = {yes}}", ""),
        ("@comment{a, title = {T}}", ""),
        # What a parent has is there, under the names of biblatex's appendix B; and a parent elsewhere may have it.
        ("@inbook{a, author = {A}, title = {T}, pages = {1}, crossref = {b}}\n@book{b, " + BOOK + "}", ""),
        ("@article{a, author = {A}, title = {T}, xdata = {b}}\n@xdata{b, journal = {J}, year = {1998}}", ""),
        ("@article{a, author = {A}, title = {T}, crossref = {elsewhere}}", ""),
        ("@article{a, author = {A}, xdata = {b}}\n@xdata{b, journal = {J}}", "title and year"),
    ],
)
def test_required_in_bibtex(text: str, missing: str) -> None:
    needed = [message.partition(" needs ")[2] for message in said(text + "\n", "field-required")]
    assert needed == ([missing] if missing else [])


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("@article{a, title = {T}}", "author, journal and year"),
        ("@article{a, title = {T}, titleaddon = {Editorial}, journaltitle = {J}, date = {1998}}", ""),
        ("@article{a, author = {A}, title = {T}, journaltitle = {J}, pubstate = {forthcoming}}", ""),
        ("@book{a, author = {A}, title = {T}, date = {1998}}", ""),
        ("@thesis{a, author = {A}, title = {T}, institution = {I}, date = {1998}}", "type"),
        ("@phdthesis{a, author = {A}, title = {T}, school = {I}, year = {1998}}", ""),
        ("@techreport{a, author = {A}, title = {T}, institution = {I}, date = {1998}}", ""),
        ("@online{a, title = {T}, eprint = {2107.05580}}", ""),
        ("@online{a, title = {T}}", "url, doi or eprint"),
        ("@www{a, title = {T}}", "url"),
        ("@set{a, entryset = {b}}\n@misc{b, title = {T}}", ""),
        ("@book{a, title = {T}, options = {skipbib}}\n@misc{b, title = {T}, related = {a}}", ""),
        ("@inreference{a, title = {T}, booktitle = {B}, year = {1998}}", ""),
        ("@xdata{a, publisher = {P}}", ""),
    ],
)
def test_required_in_biblatex(text: str, missing: str) -> None:
    needed = [message.partition(" needs ")[2] for message in said(text + "\n", "field-required", "biblatex")]
    assert needed == ([missing] if missing else [])


def test_what_bibtex_misses_is_what_the_check_misses(tmp_path: Path) -> None:
    """Of an entry with nothing but a keyword, plain.bst warns of the same fields, by the same names."""
    require("bibtex")
    kinds = sorted(tables.CLASSIC_TYPES - {"misc"})
    text = "".join(f"@{kind}{{{kind}, keywords = {{K}}}}\n" for kind in kinds)
    (tmp_path / "a.bib").write_text(text, encoding="utf-8")
    cited = "".join(f"\\citation{{{kind}}}\n" for kind in kinds)
    (tmp_path / "a.aux").write_text(f"{cited}\\bibstyle{{plain}}\n\\bibdata{{a}}\n", encoding="utf-8")
    log = subprocess.run(["bibtex", "a"], cwd=tmp_path, capture_output=True, check=False, encoding="utf-8").stdout
    theirs = {
        (kind, name.replace(" and ", " or "))
        for name, kind in re.findall(r"^Warning--empty ([a-z ]+) in (\w+)$", log, re.MULTILINE)
    }
    ours = {
        (message.split()[0][1:], name)
        for message in said(text, "field-required")
        for name in re.split(r", | and ", message.partition(" needs ")[2])
    }
    assert theirs
    assert ours == theirs


def test_nothing_is_asked_for_that_biber_does_not_ask_for(tmp_path: Path) -> None:
    """Of an entry with nothing but a keyword, biblatex's data model misses all that the check misses, and more."""
    require("biber")
    kinds = sorted(tables.NEEDS["biblatex"].keys() - tables.TYPE_ALIASES.keys() - _LATE)
    text = "".join(f"@{kind}{{{kind}, keywords = {{K}}}}\n" for kind in kinds)
    (tmp_path / "a.bib").write_text(text, encoding="utf-8")
    log = output("biber", "--tool", "--validate-datamodel", f"--output-file={tmp_path / 'b.bib'}", tmp_path / "a.bib")
    theirs = set()
    for kind, names in re.findall(r"Entry '(\w+)'.*Missing mandatory field(?: - one of)? '([^']+)'", log):
        theirs |= {(kind, name) for name in names.split(", ")}
    assert theirs
    for message in said(text, "field-required", "biblatex"):
        kind, _, names = message[1:].partition(" needs ")
        for name in re.findall(r"\w+", names):
            if name not in ("and", "or"):
                assert {(kind, name), (kind, f"{name}title"), (kind, _OTHER.get((kind, name), ""))} & theirs, message


_LATE = {"mvproceedings", "mvreference", "software", "misc"}  # the manual asks for their year, not the data model
_OTHER = {
    **dict.fromkeys((("book", "editor"), ("mvbook", "editor"), ("inbook", "editor")), "author"),
    **dict.fromkeys((("collection", "author"), ("mvcollection", "author")), "editor"),
}


# ------------------------------------------------------------------------------------------------ names of fields


@pytest.mark.parametrize(
    ("fields", "meant"),
    [
        ("volumn = {12}", "volume"),
        ("vol = {12}", "volume"),
        ("page = {1--9}", "pages"),
        ("Numbr = {1}", "number"),
        ("vol = {12}, volume = {12}", ""),
        ("ttile = {On waiting}", ""),  # there is a title
        ("jounraltitle = {J}", ""),  # there is a journal
        ("xvolume = {12}", ""),  # taken out of use
        ("OPTvolume = {12}", ""),
        ("volume2 = {12}", ""),
        ("notes = {mine}", ""),
        ("keyword = {a}", ""),
        ("schol = {Lyon}", ""),  # no field of an article
        ("mendeley-groups = {a}", ""),
        ("bdsk-url-1 = {a}", ""),
        ("abc = {a}", ""),
    ],
)
def test_misspelt(fields: str, meant: str) -> None:
    text = f"@article{{a, {ARTICLE}, {fields}}}\n"
    found = said(text, "field-misspelt")
    assert bool(found) == bool(meant)
    if meant:
        name = fields.partition(" ")[0]
        assert f"{meant} = {{" in mended(text, "field-misspelt").lower()
        assert f" {name} =" not in mended(text, "field-misspelt")


def test_a_misspelt_field_is_mended_in_the_case_of_the_file() -> None:
    assert "VOLUME = {12}" in mended(f"@article{{a, {ARTICLE}, VOLUMN = {{12}}}}\n", "field-misspelt")


@pytest.mark.parametrize(
    ("members", "said_of"),
    [
        ('"pubisher": "P"', "field-misspelt"),
        ('"pubisher": "P", "publisher": "P"', "field-unknown"),
        ('"colour": "green"', "field-unknown"),
        ('"custom": {"colour": "green"}', ""),
        ('"is-referenced-by-count": 3', ""),
        ('"titles": [], "creators": [], "types": {}, "colour": "green"', ""),  # of DataCite, and no CSL
    ],
)
def test_members_of_csl(members: str, said_of: str) -> None:
    text = f'[{{"id": "a", "type": "book", "title": "T", {members}}}]'
    found = checks.check_text(text, "test", "csl-json", Terms(select=("field",)))
    assert [one.problem.code for one in found] == ([said_of] if said_of else [])


def test_fields_of_programs_are_known_and_own_ones_are_a_note_once_in_a_file() -> None:
    exports = "owner = {me}, adsurl = {u}, mrclass = {x}, biburl = {u}, x-color = {r}, acmid = {1}, times-cited = {2}"
    assert not said(f"@article{{a, {ARTICLE}, {exports}}}\n", "field-unknown")
    own = f"@article{{a, {ARTICLE}, colour = {{green}}}}\n"
    found = checks.check_text(own + own.replace("{a,", "{b,").replace("waiting", "leaving"), "test", "bibtex")
    assert [(one.problem.code, one.problem.severity, one.problem.key) for one in found] == [
        ("field-unknown", "note", "a")
    ]
    assert "1 more entries have it" in found[0].problem.message


def test_the_tables_have_all_types_and_fields_of_biblatex() -> None:
    require("kpsewhich")
    path = output("kpsewhich", "blx-dm.def").strip()
    if not path:
        pytest.skip("no biblatex to compare with")
    model = re.sub(r"%.*", "", Path(path).read_text(encoding="utf-8")).partition("DeclareDatamodelEntrytypes{\n")[2]
    types, _, rest = model.partition("}")
    assert {name.strip() for name in types.split(",")} <= tables.BIBLATEX_TYPES
    declared = re.findall(r"DeclareDatamodelFields\[[^]]*\]\{([^}]*)\}", rest)
    fields = {name.strip() for names in declared for name in names.split(",")}
    assert len(fields) > 100
    assert fields <= tables.BIBLATEX_FIELDS


# ------------------------------------------------------------------------------------------------ empty, dialects


@pytest.mark.parametrize(
    ("fields", "left"),
    [
        ("volume = {}", ""),
        ('volume = ""', ""),
        ("volume = { }", ""),
        ("volume = {},\n note = {N}", "note = {N}"),
        ("volume = {{}}", "volume = {{}}"),  # how people tell BibTeX that there is none
        ("volume = {~}", "volume = {~}"),
    ],
)
def test_empty_fields_are_taken_away(fields: str, left: str) -> None:
    text = mended(f"@article{{a, {ARTICLE}, {fields}}}\n", "field-empty", unsafe=False)
    assert ("volume" in text) == ("volume" in left)
    assert left in text


def test_an_empty_field_that_hides_a_parents_is_left_unless_asked() -> None:
    text = "@inbook{a, title = {T}, editor = {}, crossref = {b}}\n@book{b, editor = {E}, title = {B}}\n"
    assert mended(text, "field-empty", unsafe=False) == text
    assert "editor = {}" not in mended(text, "field-empty")


CLASSIC = "@techreport{z, author = {R}, title = {P}, institution = {I}, year = {2001}, address = {Lyon}, key = {Z}}\n"


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("@phdthesis{a, institution = {Lyon}, year = {1998}}", "@phdthesis{a, school = {Lyon}, year = {1998}}"),
        ("@techreport{a, school = {Lyon}, year = {1998}}", "@techreport{a, institution = {Lyon}, year = {1998}}"),
        ("@article{a, journaltitle = {J}, year = {1998}}", "@article{a, journal = {J}, year = {1998}}"),
        ("@article{a, journal = {J}, date = {1998}}", "@article{a, journal = {J}, year = {1998}}"),
        ("@book{a, location = {Lyon, France}}", "@book{a, address = {Lyon, France}}"),
        ("@book{a, location = {my office}}", ""),
        ("@inproceedings{a, location = {Lyon, France}}", ""),  # where it was held, most often
        ("@article{a, journal = {J}, journaltitle = {J}, year = {1998}}", ""),
        ("@online{a, date = {1998}}", ""),
    ],
)
def test_fields_of_biblatex_in_a_file_for_bibtex(text: str, new: str) -> None:
    assert bool(said(CLASSIC + text + "\n", "field-dialect")) == bool(new)
    assert mended(CLASSIC + text + "\n", "field-dialect") == CLASSIC + (new or text) + "\n"


def test_a_file_with_fields_of_both_is_for_biblatex() -> None:
    mixed = "@article{a, journal = {J}, date = {1998}, langid = {french}}\n@article{b, journal = {J}, year = {1999}}\n"
    assert not said(mixed, "field-dialect")
    assert said(mixed, "field-dialect", target="bibtex")
    assert not said(mixed, "field-dialect", target="biblatex")
    assert not said(mixed, "field-dialect", "biblatex")


def test_a_date_of_more_than_a_year_is_not_renamed() -> None:
    text = CLASSIC + "@article{a, journal = {J}, date = {1998-05}}\n"
    assert said(text, "field-dialect")
    assert mended(text, "field-dialect") == text


@pytest.mark.parametrize(
    ("kind", "fields", "target", "new"),
    [
        ("report", "", "", "techreport"),
        ("thesis", "type = {phdthesis}", "", "phdthesis"),
        ("thesis", "type = {Habilitation}", "", ""),
        ("online", "", "bibtex", "misc"),
        ("online", "", "", "-"),
        ("patent", "", "", "-"),
        ("report", "", "biblatex", "-"),
        ("phdthesis", "", "bibtex", "-"),
    ],
)
def test_types_of_biblatex_in_a_file_for_bibtex(kind: str, fields: str, target: str, new: str) -> None:
    text = f"{CLASSIC}@{kind}{{a, title = {{T}}, {fields}}}\n"
    assert bool(said(text, "type-dialect", target=target)) == (new != "-")
    if new not in ("-", ""):
        assert f"@{new}{{a" in mended(text, "type-dialect", target=target)


def test_an_entry_of_biblatex_becomes_one_of_bibtex_whole() -> None:
    text = (
        "@thesis{a, author = {A}, title = {T}, type = {phdthesis}, institution = {I}, location = {L}, date = {1998}}\n"
    )
    terms = Terms(select=("type", "field"), target="bibtex")
    made = checks.mend(text, "test", "biblatex", terms, unsafe=True)
    assert not made.refused
    assert not made.left
    assert (
        made.text
        == "@phdthesis{a, author = {A}, title = {T}, type = {phdthesis}, school = {I}, address = {L}, year = {1998}}\n"
    )


def test_types_of_biblatex_alone_say_that_the_file_is_for_it() -> None:
    assert not said("@report{a, title = {T}, institution = {I}, year = {1998}}\n", "type-dialect")


# ------------------------------------------------------------------------------------------------ hostile


@pytest.mark.parametrize("form", ["bibtex", "biblatex", "csl-json", "ris"])
@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "@article{",
        "@{a, b = c}",
        "@article{a, = {x}, + = {y}, title}",
        "@é{a, título = {x}}",
        "@article{a, " + "x" * 5000 + " = {y}}",
        "@" + "a" * 5000 + "{a, b = {c}}",
        "[{}]",
        '[{"id": 1, "type": 5, "titel": null}]',
        "TY  - JOUR\nXX  - \nER  - \n",
    ],
)
def test_nothing_breaks_a_check(text: str, form: str) -> None:
    found = checks.check_text(text, "test", form, Terms(extend=("all",), target="bibtex"))
    assert not [one for one in found if one.problem.code == "check-broken"]


ITEM = '[{{"id": "a", "type": "article-journal", "title": "T", "container-title": "J"{more}}}]'


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (ITEM.format(more=""), set()),
        (ITEM.format(more=', "flubber": "x"'), {"field-unknown"}),
        (ITEM.format(more=', "volum": "3"'), {"field-misspelt"}),
        (ITEM.format(more=', "author": "Ada Lind"'), {"csl-shape"}),
        (ITEM.format(more=', "issued": "2001"'), {"csl-shape"}),
        (ITEM.format(more=', "issued": {"raw": "2001"}'), set()),
        (ITEM.format(more=', "custom": {"x": 1}, "flubber": "x"'), set()),
        ('[{"type": "book", "title": "T"}]', {"csl-required"}),
        ('[{"id": "a", "type": "book"}]', set()),  # nothing at all: what is that?
        ('[{"id": "a", "type": "book", "publisher": "P"}]', {"csl-required"}),
        ('[{"id": "a", "type": "legal_case", "publisher": "P"}]', set()),
        ('[{"id": "a", "title": "T"}]', {"csl-no-type"}),
        ('[{"id": "a", "title": "T", "type": "journal-article", "container-title": "J"}]', {"csl-type"}),
    ],
)
def test_items_of_csl(text: str, codes: set[str]) -> None:
    assert {one.problem.code for one in checks.check_text(text, "a.json", "csl-json")} == codes
