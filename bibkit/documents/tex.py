r"""LaTeX: the citations of a document, read as LaTeX reads it but for what only running it would tell.

Comments, verbatim text and what stands in `\iffalse ... \fi` are left alone; `\input`, `\include`, `\subfile`,
`\import` and their like are followed, and so are packages and classes that lie beside the document. Chapters that
`\includeonly` leaves out count: LaTeX keeps their citations too. One pass from front to back, and no argument is looked
for further than `tex_arguments.REACH`: the time is linear in the text, whatever it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial

from bibkit.documents import tex_macros as macros
from bibkit.documents import tex_tables as tables
from bibkit.documents.sources import Include, folder_of, joined
from bibkit.documents.tex_arguments import REACH, gap, keys, spans
from bibkit.documents.tex_macros import Signature
from bibkit.documents.tex_scanner import TOKEN, Action, LaTeX, Scanner

_NAME = re.compile(r"\s*+\{([^{}\r\n]*+)\}")
_BARE_FILE = re.compile(r"[ \t]*+\"?([^\s{}\\%\"]++)")
_BRANCH = re.compile(r"\\(?:newif\s*+\\[A-Za-z@]++|(if[A-Za-z@]*+|fi|else)(?![A-Za-z@{]))|%[^\r\n]*+")
_INLINE = re.compile(r"\{(?:[^{}\r\n\\]|\\.|\{[^{}\r\n]*+\})*+\}")


def latex(commands: Iterable[str] = ()) -> LaTeX:
    """A scanner for one document; `commands` are further ones that cite."""
    return LaTeX(ACTIONS, commands)


# ------------------------------------------------------------------------------------------------ what commands do


def _new_cites(scanner: Scanner, _name: str, _start: int, pos: int) -> int:
    r"""`\newcites{own,other}{...}` of multibib: `\citeown`, `\bibliographyown`, ..."""
    suffixes, _, end = scanner.group(pos)
    for suffix in map(str.strip, suffixes.split(",")):
        for name in tables.SUFFIXED:
            scanner.state.define(name + suffix, Signature(tables.ONE))
        scanner.state.actions[f"bibliography{suffix}"] = _bibliography
    return end


def _bibitem(scanner: Scanner, name: str, _start: int, pos: int) -> int:
    key, at, end = scanner.group(pos, "[{")
    if key.strip() and "#" not in key:
        at += len(key) - len(key.lstrip())
        scanner.draft.defined.append(scanner.source.citation(key.strip(), at, at + len(key.strip()), name))
    return end


def _set(scanner: Scanner, name: str, _start: int, pos: int) -> int:
    r"""`\defbibentryset{set}{one,two}` (biblatex manual 3.14.5)."""
    key, _, end = scanner.group(pos)
    found, after = spans(scanner.text, end, "k")
    if key and found and "#" not in key:
        scanner.keys(found[0][1], name)
        scanner.draft.sets[key.strip()] = tuple(word.text for word in keys(scanner.text, found[0][1]).keys)
    return after


def _define(read: Callable[[str, int], macros.Definition], scanner: Scanner, _name: str, _start: int, pos: int) -> int:
    return scanner.define(read(scanner.text, pos))


def _let(scanner: Scanner, _name: str, _start: int, pos: int) -> int:
    r"""`\let\mine\cite`, `\let\mine=\cite`."""
    mine, end = macros.target(scanner.text, pos)
    theirs, after = macros.target(scanner.text, end + scanner.text.startswith("=", gap(scanner.text, end)))
    if mine and theirs:
        scanner.state.define(mine, scanner.state.signature(theirs))
    return max(end, after) if theirs else end


def _define_cite(scanner: Scanner, name: str, _start: int, pos: int) -> int:
    mine, end = macros.target(scanner.text, pos)
    if mine:
        many = tables.CITE_DEFINERS[name]
        scanner.state.define(mine, Signature(tables.MANY, "[[k") if many else Signature(tables.ONE))
    return end


def _define_verbatim(scanner: Scanner, name: str, _start: int, pos: int) -> int:
    made, _, end = scanner.group(pos, "[{")
    if made:
        scanner.state.verbatim.add(tables.VERBATIM_DEFINERS[name].format(made.strip()))
    return end


def _skip_word(scanner: Scanner, _name: str, _start: int, pos: int) -> int:
    r"""`\string\cite` shows a command."""
    found = TOKEN.match(scanner.text, gap(scanner.text, pos))
    return found.end() if found else pos


# ------------------------------------------------------------------------------------------------ what is left alone


def _begin(scanner: Scanner, _name: str, start: int, pos: int) -> int:
    found = _NAME.match(scanner.text, pos, pos + REACH)
    name = found[1].strip() if found else ""
    if not found:
        return pos
    if name in scanner.state.verbatim:
        return _verbatim_end(scanner, name, start, found.end())
    if name == "document" and scanner.source.name in scanner.state.preambles:
        return len(scanner.text)
    if name in tables.REFSECTIONS:
        _refsection(scanner, name, start, found.end())
    return found.end()


def _verbatim_end(scanner: Scanner, name: str, start: int, pos: int) -> int:
    if name not in scanner.unclosed:
        end = scanner.text.find(f"\\end{{{name}}}", pos)
        if end >= 0:
            return end
        scanner.unclosed.add(name)
        scanner.say("document-unclosed", f"\\end{{{name}}} is missing; what follows is read as text", start)
    return pos


def _end(scanner: Scanner, _name: str, _start: int, pos: int) -> int:
    found = _NAME.match(scanner.text, pos, pos + REACH)
    if found and found[1].strip() == "document":
        return len(scanner.text)
    return found.end() if found else pos


def _end_of_input(scanner: Scanner, _name: str, _start: int, _pos: int) -> int:
    return len(scanner.text)


def _inline(scanner: Scanner, name: str, _start: int, pos: int) -> int:
    r"""Past `\verb|...|`, `\url{...}` and their like; it ends on its line."""
    letters = tables.INLINE_VERBATIM[name]
    if letters:
        _, pos = spans(scanner.text, pos, letters)
    sign = scanner.text[pos : pos + 1]
    if sign == "{":
        found = _INLINE.match(scanner.text, pos, pos + REACH)
        return found.end() if found else pos
    if not sign or sign.isspace() or sign.isalnum() or sign in "}\\%":
        return pos
    end = scanner.text.find(sign, pos + 1, pos + REACH)
    return end + 1 if end >= 0 and scanner.text.find("\n", pos, end) < 0 else pos


def _false(scanner: Scanner, name: str, start: int, pos: int) -> int:
    r"""Past `\iffalse ...` to its `\else` or `\fi`; where there is none, nothing is skipped."""
    if name in scanner.unclosed or scanner.text.startswith("}", pos):
        return pos
    depth = 0
    for found in _BRANCH.finditer(scanner.text, pos):
        word = found[1] or ""
        if word.startswith("if") and word not in tables.NO_CONDITIONALS:
            depth += 1
        elif word == "fi" or (word == "else" and not depth):
            if not depth:
                return found.end()
            depth -= 1
    scanner.unclosed.add(name)
    scanner.say("document-unclosed", "\\iffalse without \\fi; what follows is read as text", start)
    return pos


# ------------------------------------------------------------------------------------------------ files and settings


def _input(scanner: Scanner, name: str, start: int, pos: int) -> int:
    written, _, end = scanner.group(pos)
    if not written and (bare := _BARE_FILE.match(scanner.text, pos)):
        written, end = bare[1], bare.end()
    if name.startswith("subfile"):
        folders = [folder_of(scanner.source.name), *scanner.folders()]
    else:
        folders = scanner.folders()
    scanner.include(written, start, folders, optional=name in tables.OPTIONAL_INPUTS)
    return end


def _import(scanner: Scanner, name: str, start: int, pos: int) -> int:
    r"""`\import{folder}{file}`: what that file includes is looked for in the folder first."""
    pos += scanner.text.startswith("*", pos)
    below, _, middle = scanner.group(pos)
    written, _, end = scanner.group(middle)
    base = scanner.folder if tables.IMPORTS[name] == "here" and scanner.folder else scanner.draft.folder
    folder = joined(base, below.strip())
    scanner.include(written, start, [folder, *scanner.folders()], to=folder)
    return end


def _bibliography(scanner: Scanner, name: str, _start: int, pos: int) -> int:
    letters, guess = tables.RESOURCES.get(name, ("", True))
    written, at, end = scanner.group(pos, letters + "{")
    for each in written.split(","):
        if (bare := each.strip().strip('"')) and "#" not in bare and "\\" not in bare:
            scanner.draft.add_bibliography(scanner.source, bare, at, ".bib" if guess else "")
    if written:
        _mark_dialect(scanner, name)
    return end


def _mark_dialect(scanner: Scanner, name: str) -> None:
    draft = scanner.draft
    if name in tables.BIBLATEX_MARKS:
        draft.dialect, draft.backend = "biblatex", draft.backend or "biber"
    elif not draft.dialect:
        draft.dialect = draft.backend = "bibtex"


def _style(scanner: Scanner, name: str, _start: int, pos: int) -> int:
    written, _, end = scanner.group(pos)
    if written and "#" not in written:
        _mark_dialect(scanner, name)
        scanner.draft.style = scanner.draft.style or written.strip()
    return end


def _mark(scanner: Scanner, name: str, _start: int, pos: int) -> int:
    _mark_dialect(scanner, name)
    return pos


def _biblatex_options(scanner: Scanner, name: str, _start: int, pos: int) -> int:
    written, _, end = scanner.group(pos, "[{")
    scanner.set_options(written)
    _mark_dialect(scanner, name)
    return end


def _refsection(scanner: Scanner, _name: str, _start: int, pos: int) -> int:
    r"""`\begin{refsection}[one.bib]`."""
    found, end = spans(scanner.text, pos, "[")
    for span in found:
        for each in filter(None, map(str.strip, scanner.content(span).split(","))):
            scanner.draft.add_bibliography(scanner.source, each, span[1])
    _mark_dialect(scanner, "newrefsection")
    return end


def _package(scanner: Scanner, name: str, start: int, pos: int) -> int:
    """What biblatex and natbib are told; a package that lies beside the document is read."""
    found, end = spans(scanner.text, pos, "{{" if name.startswith("Pass") else "[{")
    if not found or found[-1][0] != "{":
        return pos
    options = scanner.content(found[0]) if len(found) > 1 else ""
    for package in filter(None, map(str.strip, scanner.content(found[-1]).split(","))):
        _load(scanner, package, options)
        if "\\" not in package and "#" not in package and not name.startswith("Pass"):
            _wish_beside(scanner, f"{package}.sty", start)
    return end


def _load(scanner: Scanner, package: str, options: str) -> None:
    draft = scanner.draft
    if package in ("biblatex", "biblatex-chicago"):
        scanner.set_options(options)
        backend = draft.options.get("backend", "biber")
        draft.dialect, draft.backend = "biblatex", "bibtex" if backend.startswith("bibtex") else "biber"
        draft.style = draft.options.get("style", draft.style)
    elif package in tables.BIBTEX_PACKAGES and draft.dialect != "biblatex":
        draft.dialect = draft.backend = "bibtex"
        if package == "natbib":
            scanner.set_options(options)


def _class(scanner: Scanner, _name: str, start: int, pos: int) -> int:
    found, end = spans(scanner.text, pos, "[{")
    if not found or found[-1][0] != "{":
        return pos
    name = scanner.content(found[-1]).strip()
    if name == "subfiles":
        _main_of_subfile(scanner, scanner.content(found[0]), start)
    elif "\\" not in name and "#" not in name:
        _wish_beside(scanner, f"{name}.cls", start)
    return end


def _wish_beside(scanner: Scanner, name: str, at: int) -> None:
    paths = (joined(scanner.draft.folder, name), joined(folder_of(scanner.source.name), name))
    scanner.wishes.append(Include(paths, name, at, optional=True, folder=scanner.folder))


def _main_of_subfile(scanner: Scanner, written: str, at: int) -> None:
    """A subfile that is read alone has the preamble of its main file, and so its bibliographies."""
    if scanner.is_root and written:
        scanner.include(written, at, [folder_of(scanner.source.name)], optional=True)
        scanner.state.preambles.update(*(wish.paths for wish in scanner.wishes))


ACTIONS: dict[str, Action | None] = {
    **dict.fromkeys(tables.INPUTS, _input),
    **dict.fromkeys(tables.IMPORTS, _import),
    **dict.fromkeys(tables.RESOURCES, _bibliography),
    **dict.fromkeys(tables.PACKAGES, _package),
    **dict.fromkeys(tables.CLASSES, _class),
    **dict.fromkeys(tables.NEW_COMMANDS, partial(_define, macros.new_command)),
    **dict.fromkeys(tables.DOCUMENT_COMMANDS, partial(_define, macros.document_command)),
    **dict.fromkeys(tables.PLAIN_DEFINITIONS, partial(_define, macros.plain_definition)),
    **dict.fromkeys(tables.CITE_DEFINERS, _define_cite),
    **dict.fromkeys(tables.VERBATIM_DEFINERS, _define_verbatim),
    **dict.fromkeys(tables.INLINE_VERBATIM, _inline),
    "begin": _begin,
    "end": _end,
    "endinput": _end_of_input,
    "iffalse": _false,
    "string": _skip_word,
    "let": _let,
    "newcites": _new_cites,
    "bibitem": _bibitem,
    "defbibentryset": _set,
    "bibliographystyle": _style,
    "defaultbibliographystyle": _style,
    "printbibliography": _mark,
    "newrefsection": _refsection,
    "ExecuteBibliographyOptions": _biblatex_options,
}
