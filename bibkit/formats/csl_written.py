"""CSL-JSON items as they stand in their file: members are variables, some under older names."""

from __future__ import annotations

from bibkit.formats.csl_tables import SYNONYMS
from bibkit.json_written import JsonWritten
from bibkit.record import DATE_VARIABLES, NAME_VARIABLES

_HEAD = {"id": ("key", "csl:id"), "citation-key": ("key", "csl:id")}
_OTHER_VALUES = NAME_VARIABLES | DATE_VARIABLES | {"custom", "categories", "type"}  # that are no texts


class CslWritten(JsonWritten):
    """An item of a CSL-JSON file. Names, dates and `custom` have places but cannot be changed."""

    __slots__ = ()

    def field_of(self, variable: str) -> str:
        """The member of this name, or of an older name for it; `custom` where it stands in that."""
        if variable == "key":
            return next((name for name in ("citation-key", "id") if self.fields.get(name)), "")
        names = (variable, *(name for name, ours in SYNONYMS.items() if ours == variable))
        own = next((name for name in names if name in self.fields or name in self.others), "")
        return own or ("custom" if "custom" in self.others and variable in self.record.variables() else "")

    def variables_of(self, field: str) -> tuple[str, ...]:
        """The variable, and what is only carried along where there is another name for it too."""
        ours = SYNONYMS.get(field, field)
        beside = [name for name, meant in SYNONYMS.items() if meant == ours and name in self.fields]
        names = dict.fromkeys((ours, field, *beside))
        return (*_HEAD.get(field, ()), *names, *(f"csl:{name}" for name in names))

    def may_add(self, field: str) -> bool:
        """Names and dates are no texts, and are not added as such."""
        return bool(field) and field not in _OTHER_VALUES
