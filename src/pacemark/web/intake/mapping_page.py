"""The mapping as the Data page shows it: for each kind of record its fields, the columns to choose from, a sample."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from pacemark.web.intake.planning import ImportPlan
from pacemark.web.intake.profiles import KindProfile, Profile
from pacemark.web.intake.profiles.fields import FIELDS
from pacemark.web.intake.readers import SourceTable

SAMPLE_ROWS = 4
# So many talks in the sample, and not one of a minute: nobody's floor is like that.
LEAST_TALKS, SECONDS_IN_MINUTE = 20, 60
_BARE_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRow:
    """One field and the column chosen for it."""

    key: str
    label: str
    is_required: bool
    column: str
    sample: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KindCard:
    """One kind of record: the files it comes from, its fields, and its first rows."""

    label: str
    files: tuple[str, ...]
    fields: tuple[FieldRow, ...]
    columns: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]
    may_be_minutes: bool


def kind_cards(plan: ImportPlan) -> tuple[KindCard, ...]:
    """Return a card per part of the profile that a file was found for."""
    cards = []
    for number, part in enumerate(plan.profile.kinds):
        tables = [found.table for found in plan.tables if found.profile == part]
        if tables:
            cards.append(_card(number, part, tables))
    return tuple(cards)


def _card(number: int, part: KindProfile, tables: list[SourceTable]) -> KindCard:
    first = tables[0]
    rows = tuple(
        FieldRow(
            key=f"{number}.{field.name}",
            label=str(field.label),
            is_required=field.is_required,
            column=part.columns.get(field.name, ""),
            sample=_sample(first, part.columns.get(field.name, "")),
        )
        for field in FIELDS[part.kind]
    )
    return KindCard(
        label=str(part.kind.label),
        files=tuple(table.name for table in tables),
        fields=rows,
        columns=first.columns,
        sample=first.sample[:SAMPLE_ROWS],
        may_be_minutes=part.duration == "seconds" and _may_be_minutes(first, part.columns.get("duration", "")),
    )


def _may_be_minutes(table: SourceTable, column: str) -> bool:
    """Tell whether bare numbers that are taken for seconds look like minutes: many talks, and none of a minute."""
    cells = table.sample_of(column) if column in table.columns else []
    talks = [float(cell.replace(",", ".")) for cell in cells if _BARE_NUMBER.fullmatch(cell.strip())]
    talks = [talk for talk in talks if talk > 0]
    return len(talks) >= LEAST_TALKS and max(talks) < SECONDS_IN_MINUTE


def _sample(table: SourceTable, column: str) -> tuple[str, ...]:
    return tuple(table.sample_of(column)[:SAMPLE_ROWS]) if column in table.columns else ()


def mapping_chosen(profile: Profile, data: Mapping[str, str]) -> Profile:
    """Return the profile with the columns that were chosen; a field left empty is not mapped."""
    kinds = []
    for number, part in enumerate(profile.kinds):
        columns = dict(part.columns)
        for field in FIELDS[part.kind]:
            key = f"{number}.{field.name}"
            if key not in data:
                continue
            columns.pop(field.name, None)
            if data[key]:
                columns[field.name] = data[key]
        kinds.append(replace(part, columns=columns))
    return replace(profile, kinds=tuple(kinds))
