"""Zotero items as they stand in their file: members are the fields of the item type, of which many share a variable."""

from __future__ import annotations

from typing import Any

from bibkit import note_lines
from bibkit.fieldmap import TypeRule
from bibkit.formats.zotero_tables import FIELDS, TABLE, role
from bibkit.json_items import Item
from bibkit.json_written import JsonText, JsonWritten, members
from bibkit.record import Record

_PREFIX = "zotero:"


class ZoteroWritten(JsonWritten):
    """An item of a Zotero file; of one in the API's wrapper, the members of its `data`.

    Creators, tags and all that is no text have places but cannot be changed. What stands in a line of Extra has the
    place of `extra`. Notes and attachments have no place of their own.
    """

    __slots__ = ("wrapped",)

    TYPE = "itemType"

    def __init__(self, file: JsonText, item: Item, kind: Any, record: Record, *, wrapped: bool) -> None:
        super().__init__(file, item, kind, record)
        self.wrapped = wrapped

    def inner(self, found: Any) -> Any:
        """The item, or its `data`."""
        return found["data"] if self.wrapped else found

    def object_start(self) -> int:
        """Where the members begin."""
        if not self.wrapped:
            return self.start
        outer = members(self.text, self.start)[0]
        return next((member.start for member in reversed(outer) if member.name == "data"), self.end)

    def _rule(self) -> TypeRule:
        return TABLE.type_in(self.type) or TypeRule("document", "document")

    def _extra(self) -> str:
        return self.fields.get("extra", "")

    def field_of(self, variable: str) -> str:
        """The field of the item type for the variable; `creators`, `tags` or `extra` where it is said there."""
        rule = self._rule()
        for field, rules in TABLE.reading(rule.theirs, rule.ours).items():
            if rules[0].ours == variable and self.fields.get(field, "").strip():
                return field
        own = (
            (variable in self.fields or variable in self.others)
            and not self.record.texts.get(variable)
            and variable not in _OTHERWISE
        )
        return variable if own else self._said_elsewhere(variable)

    def _said_elsewhere(self, variable: str) -> str:
        if variable == "key" and self.fields.get("citationKey"):
            return "citationKey"
        if variable == "keyword" and self.record.keywords:
            return "tags"
        said = _IN_EXTRA.get(variable, variable) in note_lines.parse(self._extra()).variables()
        if variable in self.record.names and not (said and not self._has_creator(variable)):
            return "creators"
        return "extra" if said or self._is_note(variable) else ""

    def _has_creator(self, variable: str) -> bool:
        creators = self.value().get("creators")
        kind = self._rule().theirs
        return isinstance(creators, list) and any(
            isinstance(one, dict) and role(kind, str(one.get("creatorType"))) == variable for one in creators
        )

    def _is_note(self, variable: str) -> bool:
        return variable == "note" and "note" in self.record.texts

    def variables_of(self, field: str) -> tuple[str, ...]:
        """The variables of the field, what is only carried along, and what a line of Extra says beside it."""
        rule = self._rule()
        found = [one.ours for one in TABLE.reading(rule.theirs, rule.ours).get(field, ())]
        found += ["key"] if field == "citationKey" else []
        lines = note_lines.parse(self._extra()).variables()
        if field == "extra" or not lines.isdisjoint({*found, note_lines.KEY} if "key" in found else found):
            found += ["note", "key", "aliases", "type", *sorted(lines)]
        meant = TABLE.reading(rule.theirs, rule.ours).items()
        carried = [name for name, rules in meant if field == "extra" or rules[0].ours in found]
        names = dict.fromkeys((field, "extra", "itemType", *carried))  # an item type is kept where it fits
        return (*dict.fromkeys(found), *(f"{_PREFIX}{name}" for name in names))

    def may_add(self, field: str) -> bool:
        """Only what the item type has a field for."""
        return field in FIELDS[self._rule().theirs]


_IN_EXTRA = {"key": note_lines.KEY, "aliases": note_lines.ALIAS}
# Members that are something else than the variable of their name.
_OTHERWISE = frozenset({"version", "type", "note", "key"})
