"""Posted rows as text cells, column by column, as a file's rows are; what has the wrong shape is refused here.

Words here are for programs, in English like all of the API's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pacemark.web.intake.posting.fields import PostedField
from pacemark.web.intake.readers import Chunk

_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")  # no database keeps these
_LARGEST = 10**17


@dataclass(frozen=True, slots=True, kw_only=True)
class RowRefusal:
    """Why one row stayed out; ``index`` counts from 0, an empty ``field`` is the row as a whole."""

    index: int
    field: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedRows:
    """The rows of the right shape as a chunk, whose lines are their indexes, and the others' refusals."""

    chunk: Chunk
    refusals: list[RowRefusal]


class _ShapeError(Exception):
    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field, self.reason = field, reason


def read_rows(rows: Sequence[object], fields: Sequence[PostedField]) -> PostedRows:
    """Read posted rows. A field that nobody knows refuses its row: a slip of the pen must not lose what it says."""
    known = {field.name for field in fields}
    lines: list[int] = []
    cells: list[list[str]] = []
    refusals: list[RowRefusal] = []
    for index, row in enumerate(rows):
        try:
            cells.append(_cells_of(row, fields, known))
            lines.append(index)
        except _ShapeError as error:
            refusals.append(RowRefusal(index=index, field=error.field, reason=error.reason))
    columns = tuple(zip(*cells, strict=True)) if cells else tuple(() for _field in fields)
    return PostedRows(chunk=Chunk(lines=lines, cells=columns, malformed=(), share=1.0), refusals=refusals)


def _cells_of(row: object, fields: Sequence[PostedField], known: set[str]) -> list[str]:
    if not isinstance(row, dict):
        raise _ShapeError("", "is not an object with fields")
    if not known.issuperset(row):
        stranger = next(name for name in row if name not in known)
        raise _ShapeError(_UNWRITABLE.sub("?", stranger[:64]), "is no field of this kind of record")
    return [_cell(field, row.get(field.name)) for field in fields]


def _cell(field: PostedField, value: Any) -> str:
    if value is None:
        if field.is_required:
            raise _ShapeError(field.name, "is missing")
        return ""
    if field.shape == "whole":
        return _whole(field, value)
    if field.shape == "flag":
        if not isinstance(value, bool):
            raise _ShapeError(field.name, "must be true or false")
        return "true" if value else "false"
    if not isinstance(value, str):
        raise _ShapeError(field.name, "must be text")
    if not value.isprintable() and _UNWRITABLE.search(value):
        raise _ShapeError(field.name, "holds characters that cannot be kept")
    if field.words and value not in field.words:
        raise _ShapeError(field.name, f"must be one of: {', '.join(field.words)}")
    return value


def _whole(field: PostedField, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _ShapeError(field.name, "must be a whole number")
    if not -_LARGEST <= value <= _LARGEST:
        raise _ShapeError(field.name, "is too large")
    return str(value)
