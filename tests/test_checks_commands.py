"""Checks of what does not belong into data: commands, scripts, active HTML."""

from __future__ import annotations

import json

import pytest

from bibkit import checks
from bibkit.checks.model import Terms

NOTE = "@misc{{a,\n  {} = {{{}}},\n}}\n"


def found(code: str, text: str, form: str = "bibtex") -> list[str]:
    """What is found, as it stands in the text."""
    return [text[one.start : one.end] for one in checks.check_text(text, "a.bib", form, Terms(select=(code,)))]


DANGEROUS = [
    r"\input{/etc/passwd}",
    r"see \include{x}",
    r"\immediate\write18{rm -rf /}",
    r"\write 18{ls}",
    r"\openin5=/etc/passwd",
    r"\newread\file \openout3=x",
    r"\catcode`\%=12",
    r"\csname input\endcsname{x}",
    r"{\def\x{y}}",
    r"\let\a\b",
    r"\newcommand{\x}{y}",
    r"\directlua{os.execute('ls')}",
    r"\special{ps: x}",
    r"\loop\iftrue\repeat",
    r"^^5cinput{x}",
    r"\ShellEscape{ls}",
    r"\begin{filecontents}{x}",
    r"\end{document}",
    r"a \\\input{x}",
]


@pytest.mark.parametrize("value", DANGEROUS)
def test_commands_that_act_are_found(value: str) -> None:
    assert len(found("command-dangerous", NOTE.format("note", value))) == 1


@pytest.mark.parametrize(
    "value",
    [
        r"The \texttt{\textbackslash input} command",
        r"\verb|\input| explained",
        r"\string\input explained",
        r"\detokenize{\input} explained",
        r"\url{http://a/\input}",
        r"line\\input",
        r"\inputenc, \letter, \definition, \defined, \writer, \specials",
        r"\emph{x} \textsc{y} \noopsort{1} \LaTeX",
        r"\ifmmode \check{S}\else \v{S}\fi{}",
        "x^^2",
    ],
)
def test_other_commands_are_not(value: str) -> None:
    assert not found("command-dangerous", NOTE.format("note", value))


def test_a_path_is_no_command() -> None:
    assert not found("command-dangerous", NOTE.format("file", r"C:\input\def\a.pdf"))


def test_a_preamble_may_define_but_not_read() -> None:
    assert not found("command-dangerous", '@preamble{"\\newcommand{\\x}{y} \\def\\cprime{$\'$} \\let\\a=b"}\n')
    for value, columns in (
        ("\\input bibnames.sty", [12]),
        ("\\immediate\\write18{x}", [12, 22]),
        ("\\catcode`@=11", [12]),
    ):
        text = f'@preamble{{"{value}"}}\n'
        findings = checks.check_text(text, "a.bib", "bibtex", Terms(select=("command-dangerous",)))
        assert [one.problem.column for one in findings] == columns


def test_a_macro_is_named_once_where_it_is_defined() -> None:
    text = '@string{x = "\\input{a}"}\n@misc{a, note = x}\n@misc{b, note = x # {, 1}}\n'
    findings = checks.check_text(text, "a.bib", "bibtex", Terms(select=("command-dangerous",)))
    assert [(one.problem.line, one.problem.column, one.problem.key) for one in findings] == [(1, 14, "")]


SCRIPTS = [
    ("url", "javascript:alert(1)"),
    ("url", " JavaScript:alert(1)"),
    ("url", "java\n\tscript:alert(1)"),
    ("url", "javascript&colon;alert(1)"),
    ("url", "&#106;avascript:alert(1)"),
    ("url", "data:text/html,<script>alert(1)</script>"),
    ("url", "vbscript:msgbox(1)"),
    ("note", r"\href{javascript:alert(1)}{x}"),
    ("note", r"\url{ data:text/html;base64,AAAA}"),
    ("howpublished", "javascript:alert(document.cookie)"),
    ("abstract", '<a href="javascript:alert(1)">x</a>'),
    ("abstract", "[x](javascript:alert(1))"),
]


@pytest.mark.parametrize(("field", "value"), SCRIPTS)
def test_addresses_that_are_scripts_are_found(field: str, value: str) -> None:
    assert len(found("url-script", NOTE.format(field, value))) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("url", "https://example.org/javascript:x"),
        ("title", "JavaScript: The Good Parts"),
        ("title", "Data: a love story"),
        ("title", "JavaScript:The Definitive Guide"),
        ("note", "Database: data: metadata"),
        ("abstract", "We study javascript: and data: URLs (see 2)"),
        ("url", "datasets/1"),
        ("note", r"\href{https://a.org/?q=javascript:}{x}"),
    ],
)
def test_words_are_no_scripts(field: str, value: str) -> None:
    assert not found("url-script", NOTE.format(field, value))


ACTIVE = [
    "a<script>alert(1)</script>",
    "a<SCRIPT SRC=//x.org/a.js>",
    "<img src=x onerror=alert(1)>",
    '<img alt=">" src="x" onerror="alert(1)">',
    "<svg/onload=alert(1)>",
    "<iframe src=//x.org>",
    "<b onmouseover = alert(1)>x</b>",
    "<object data=x.swf>",
    "<img src=x onerror=alert(1)",
]


@pytest.mark.parametrize("value", ACTIVE)
def test_html_that_runs_is_found_in_every_format(value: str) -> None:
    assert len(found("markup-active", NOTE.format("title", value))) == 1
    item = [{"id": "a", "type": "book", "title": value}]
    assert len(found("markup-active", json.dumps(item), "csl-json")) == 1
    assert len(found("markup-active", f"TY  - BOOK\nTI  - {value}\nER  - \n", "ris")) == 1


def test_escaped_html_is_html_again_on_a_page() -> None:
    assert found("markup-active", NOTE.format("title", r"\textless{}script\textgreater{} in pages"))


@pytest.mark.parametrize(
    "value",
    ["<i>E. coli</i>", "x < y on = z", "The <object> model", "if a<b, one=two", "H<sub>2</sub>O", "<on>", "a <b> on=1"],
)
def test_other_html_does_not_run(value: str) -> None:
    assert not found("markup-active", NOTE.format("title", value))
