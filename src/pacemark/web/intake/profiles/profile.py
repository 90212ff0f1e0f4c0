"""A profile as values: per kind of record its columns, its rules, and how its cells are written."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Literal

from django.utils.translation import gettext as _

from pacemark.web.intake.errors import FileError
from pacemark.web.intake.profiles.fields import FIELDS, Field, missing_fields
from pacemark.web.intake.readers import SourceTable
from pacemark.web.intake.values.dates import Order
from pacemark.web.intake.values.text import folded
from pacemark.web.pipeline.choices import EventKind

Operator = Literal["is", "begins", "contains", "filled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When something holds: one column's text is one of these words, begins with them, contains them, or is there."""

    column: str
    operator: Operator
    words: tuple[str, ...] = ()

    def holds(self, cell: str) -> bool:
        """Say whether the rule holds for a cell; case, spaces and look-alike letters make no difference."""
        text = folded(cell)
        if self.operator == "filled":
            return bool(text)
        words = [folded(word) for word in self.words]
        if self.operator == "is":
            return text in words
        match: Callable[[str], bool] = text.startswith if self.operator == "begins" else text.__contains__
        return any(match(word) for word in words)


@dataclass(frozen=True, slots=True, kw_only=True)
class KindProfile:
    """How the tables of one kind are written. ``columns`` maps fields to column names."""

    kind: EventKind
    columns: dict[str, str]
    files: str = ""
    rules: dict[str, Rule] = field(default_factory=dict)
    dates: Order | Literal["auto"] = "auto"
    duration: str = "seconds"
    decimal: Literal[".", ",", "auto"] = "auto"
    gives_opportunity: bool | None = None

    def named_columns(self) -> list[str]:
        """Return every column that the profile reads, fields first."""
        names = [*self.columns.values(), *(rule.column for rule in self.rules.values())]
        return list(dict.fromkeys(names))

    def missing_in(self, table: SourceTable) -> list[str]:
        """Return the columns that a table lacks."""
        have = {folded(name) for name in table.columns}
        return [name for name in self.named_columns() if folded(name) not in have]

    def fits_name(self, table: SourceTable) -> bool:
        """Say whether the table's file name matches ``files``; the ending does not matter."""
        if not self.files:
            return False
        pattern, name = self.files.casefold(), table.name.casefold()
        stem = re.sub(r"\.[a-z0-9]+(?=#|$)", "", name)
        return any(fnmatchcase(candidate, pattern) for candidate in (name, stem, table.path.name.casefold()))

    @property
    def opens_opportunities(self) -> bool:
        """Say whether each record also stands for an opportunity: a contract alone (no stage, no opening) does not."""
        if self.gives_opportunity is not None:
            return self.gives_opportunity
        return self.kind is EventKind.OPPORTUNITIES or "opened_at" in self.columns


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A whole mapping. Empty ``time_zone``, ``currency`` and ``region`` are the organisation's."""

    kinds: tuple[KindProfile, ...]
    source: str = ""
    time_zone: str = ""
    currency: str = ""
    region: str = ""

    def kind_for(self, table: SourceTable) -> KindProfile | None:
        """Return the part of the profile that a table belongs to, or None when it fits none.

        Raises
        ------
        FileError
            If the table's name belongs to a part whose columns it lacks.
        """
        fitting = [kind for kind in self.kinds if not kind.missing_in(table)]
        if fitting:
            return max(fitting, key=lambda kind: (kind.fits_name(table), len(kind.named_columns())))
        named = next((kind for kind in self.kinds if kind.fits_name(table)), None)
        if named is None:
            return None
        missing = ", ".join(f"“{name}”" for name in named.missing_in(table))
        raise FileError(
            _("%(file)s lacks columns that the profile reads for %(kind)s: %(missing)s. It has: %(columns)s.")
            % {
                "file": table.name,
                "kind": named.kind.label,
                "missing": missing,
                "columns": ", ".join(table.columns[:40]),
            }
        )


def missing_sentence(kind: EventKind, missing: list[Field], table_name: str) -> str:
    """Say which required fields a mapping leaves out."""
    return _("%(file)s cannot be brought in as %(kind)s: no column gives %(fields)s.") % {
        "file": table_name,
        "kind": kind.label,
        "fields": ", ".join(str(field.label) for field in missing),
    }


def fields_missing(profile: KindProfile) -> list[Field]:
    """Return the required fields that a part of a profile does not map."""
    return missing_fields(profile.kind, set(profile.columns))


def known_fields(kind: EventKind) -> list[str]:
    """Return the names that ``columns`` may use."""
    return [field.name for field in FIELDS[kind]]
