"""`.bcf`: what biblatex tells Biber, in all its sections. It is written by a machine and read by its few tags.

Source: the control file that biblatex 3.x writes (versions 3.x and 2.x of the format have the same tags).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from bibkit.documents.sources import Draft, Include, SourceText

_TAG = re.compile(r"<!--|<bcf:(controlfile|options|key|value|datasource|citekey|section)(?![\w-])([^<>]*+)>([^<]*+)")
_ATTRIBUTE = re.compile(r'([\w:]++)\s*+=\s*+"([^"]*+)"')


def scan(source: SourceText, draft: Draft, _folder: str = "") -> Iterator[Include]:
    """Nothing more to read: a control file includes no other."""
    yield from ()
    draft.dialect, draft.backend = "biblatex", "biber"
    whose = key = ""
    is_control_file = False
    for found in _tags(source.text):
        attributes, content = dict(_ATTRIBUTE.findall(found[2])), unescape(found[3]).strip()
        is_control_file = is_control_file or found[1] == "controlfile"
        if found[1] == "options":
            whose = f"{attributes.get('component')} {attributes.get('type')}"
        elif found[1] == "key":
            key = content
        elif found[1] == "value" and whose == "biber global":
            draft.options[key] = content
        elif found[1] == "datasource":
            _add_datasource(source, draft, attributes, content, found.start(3))
        elif found[1] == "citekey":
            _add_key(source, draft, attributes, found)
    if not is_control_file:
        draft.say(source.problem("document-other-job", "this is no control file of biblatex", 0, "error"))


def _tags(text: str) -> Iterator[re.Match[str]]:
    """The tags of interest outside comments."""
    pos = 0
    while found := _TAG.search(text, pos):
        pos = found.end()
        if found[1]:
            yield found
        else:
            pos = text.find("-->", pos)
            if pos < 0:
                return


def _add_datasource(source: SourceText, draft: Draft, attributes: dict[str, str], name: str, at: int) -> None:
    if attributes.get("type", "file") == "file" and attributes.get("datatype", "bibtex") in ("bibtex", "biblatexml"):
        draft.add_bibliography(source, name, at, "")
    elif name:
        draft.bibliographies[name] = None


def _add_key(source: SourceText, draft: Draft, attributes: dict[str, str], found: re.Match[str]) -> None:
    raw = found[3]
    key, start = unescape(raw.strip()), found.start(3) + len(raw) - len(raw.lstrip())
    end = start + len(raw.strip())
    if key == "*":
        draft.everything = True
    elif attributes.get("type") == "set":
        members = tuple(filter(None, map(str.strip, attributes.get("members", "").split(","))))
        draft.sets[key] = members
        draft.mentioned.extend(source.citation(member, start, end, "set") for member in members)
    elif key:
        draft.citations.append(source.citation(key, start, end, "nocite" if attributes.get("nocite") else "cite"))
