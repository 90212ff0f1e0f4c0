"""Rows that a program posts in its own words: flattened, read by a profile's columns, as a file's rows would be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pacemark.engine.errors import EngineError
from pacemark.web.intake.mapping.cells import TablePlan
from pacemark.web.intake.posting.rows import PostedRows, RowRefusal
from pacemark.web.intake.profiles import KindProfile
from pacemark.web.intake.profiles.fields import AMOUNT_FIELDS, DATE_FIELDS
from pacemark.web.intake.readers import Chunk, FileFormat, SourceTable
from pacemark.web.intake.values.amounts import decimal_style
from pacemark.web.intake.values.dates import Order, numeric_order, order_of
from pacemark.web.intake.values.text import folded

_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")  # no database keeps these
_DEEPEST = 8


def read_mapped_rows(rows: Sequence[object], profile: KindProfile) -> PostedRows:
    """Read rows by a profile. What a row holds beyond the profile's columns is none of ours; what it lacks is empty."""
    columns = [folded(name) for name in profile.named_columns()]
    lines: list[int] = []
    cells: list[list[str]] = []
    refusals: list[RowRefusal] = []
    for index, row in enumerate(rows):
        if not isinstance(row, dict):
            refusals.append(RowRefusal(index=index, field="", reason="is not an object with fields"))
            continue
        flat = {folded(name): text for name, text in _flattened(row, "", 0)}
        cells.append([flat.get(name, "") for name in columns])
        lines.append(index)
    found = tuple(zip(*cells, strict=True)) if cells else tuple(() for _name in columns)
    return PostedRows(chunk=Chunk(lines=lines, cells=found, malformed=(), share=1.0), refusals=refusals)


def mapped_plan(rows: PostedRows, profile: KindProfile) -> TablePlan:
    """Return how the rows are to be read. Raises ``intake.dates_unclear`` where neither profile nor rows tell."""
    table = SourceTable(
        path=Path(profile.kind.value), name=profile.kind.value, format=FileFormat.TEXT,
        columns=tuple(profile.named_columns()), sample=tuple(zip(*rows.chunk.cells, strict=True)),
    )  # fmt: skip
    orders = {name: _order(table, profile, name) for name in profile.columns if name in DATE_FIELDS}
    decimals = {
        name: decimal_style(table.sample_of(column)) if profile.decimal == "auto" else profile.decimal
        for name, column in profile.columns.items()
        if name in AMOUNT_FIELDS
    }
    return TablePlan(table=table, profile=profile, file_no=1, orders=orders, decimals=decimals)


def _order(table: SourceTable, profile: KindProfile, name: str) -> Order:
    if profile.dates != "auto":
        return profile.dates
    cells = [cell for cell in table.sample_of(profile.columns[name]) if cell]
    found = numeric_order(cells) or order_of(cells) if cells else "ymd"
    if found is None:
        raise EngineError("intake.dates_unclear", "Say in the mapping how dates are written.", name)
    return found


def _flattened(value: dict[Any, Any], above: str, depth: int) -> Iterator[tuple[str, str]]:
    """Give each value with its names joined by dots, as text; lists are nobody's column."""
    for key, inner in value.items():
        name = f"{above}{key}"
        if isinstance(inner, dict) and depth < _DEEPEST:
            yield from _flattened(inner, f"{name}.", depth + 1)
        elif isinstance(inner, bool):
            yield name, "true" if inner else "false"
        elif isinstance(inner, str | int | float):
            yield name, _UNWRITABLE.sub("?", str(inner))
