"""Lists about a span of time, page by page, of whom the caller may see."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, Generic, TypeVar

import pydantic
from django.db.models import Model, QuerySet
from ninja import Schema
from pydantic import Field

from pacemark.web.accounts.http import PageRequest
from pacemark.web.api.failures import Failure
from pacemark.web.api.services import EngineError
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.queries import organization, visible_rep_ids

REFUSALS = {401: Failure, 403: Failure, 404: Failure, 422: Failure}
# What a row is known by, so that a list may grow between two pages.
_IDS = ("id", "rep_id", "team_id", "lead", "lead_id", "review_id", "level", "unit_id", "deal_id", "metric", "name",
        "rule", "channel", "first", "first_day", "at", "number", "cause", "stage")  # fmt: skip
_MOST_ROWS = 10**9
Row = TypeVar("Row", bound=Model)
Item = TypeVar("Item")


class Paged(Schema):
    """Which page of a list: ``cursor`` is ``next`` of the page before; empty: the first."""

    cursor: str = Field("", max_length=200)
    page_size: int = Field(100, ge=1, le=500)


class Asked(Paged):
    """Which sales month (``2024-03``; empty: the one that pages show), and which page of the list."""

    period: str = ""


class Page(Schema):
    """What every list says: how many there are in all, and the cursor of the next page; null: this is the last."""

    count: int
    next: str | None


class ListOf(Page, Generic[Item]):
    """One page of a list about a span; money in minor units unless a row says ``minor_units``."""

    period: str
    items: list[Item]


Listed = ListOf[dict[str, Any]]


def answers(shape: Any) -> dict[int, Any]:
    """Return what an operation answers: something of this shape, or a refusal."""
    return {200: shape, **REFUSALS}


def list_of(item: Any, name: str = "") -> Any:
    """Return the shape of a list of what was made from a value or a table; of documents that were kept, by a name."""
    return pydantic.create_model(name, __base__=ListOf[item]) if name else ListOf[item]


@dataclass(frozen=True, slots=True)
class _Place:
    """After how many rows a page begins, and what the last row before it is known by."""

    offset: int
    known_by: str


def listed(label: str, asked: Paged, rows: Sequence[Any]) -> dict[str, Any]:
    """Return the page that was asked for of rows in hand: mappings, values, or rows of a table."""
    place = _place(asked.cursor)
    first = _first(place, [_known_by(row) for row in rows]) if place else 0
    items = rows[first : first + asked.page_size]
    after = _after(first + len(items), _known_by(items[-1])) if items and first + len(items) < len(rows) else None
    return {"period": label, "count": len(rows), "next": after, "items": items}


def listed_rows(
    label: str, asked: Paged, rows: QuerySet[Row], told: Callable[[list[Row]], Sequence[Any]]
) -> dict[str, Any]:
    """Return the page that was asked for of rows in the database; ``told`` gives an item for each row."""
    place, count, first = _place(asked.cursor), rows.count(), 0
    if place:
        before = rows.values_list("pk", flat=True)[max(place.offset - 1, 0) : place.offset]
        is_there = [str(pk) for pk in before] == [place.known_by]
        first = place.offset if is_there else _first(place, [str(pk) for pk in rows.values_list("pk", flat=True)])
    found = list(rows[first : first + asked.page_size])
    after = _after(first + len(found), str(found[-1].pk)) if found and first + len(found) < count else None
    return {"period": label, "count": count, "next": after, "items": told(found)}


def _first(place: _Place, known: Sequence[str]) -> int:
    """Return where a page begins: after the row that was last, wherever it stands now; else where it stood."""
    if known[place.offset - 1 : place.offset] != [place.known_by] and place.known_by in known:
        return known.index(place.known_by) + 1
    return place.offset


def _known_by(row: Any) -> str:
    ids: Any = row.pk if isinstance(row, Model) else _ids_of(row) or row
    return sha256(json.dumps(ids, default=str, sort_keys=True).encode()).hexdigest()[:16]


def _ids_of(row: Any) -> dict[str, Any]:
    if isinstance(row, Mapping):
        return {name: row[name] for name in _IDS if name in row}
    return {name: getattr(row, name) for name in _IDS if hasattr(row, name)}


def _after(offset: int, known_by: str) -> str:
    return base64.urlsafe_b64encode(f"{offset}.{known_by}".encode()).decode("ascii").rstrip("=")


def _place(cursor: str) -> _Place | None:
    if not cursor:
        return None
    try:
        text = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)).decode("ascii")
        offset, _dot, known_by = text.partition(".")
        place = _Place(int(offset), known_by)
    except (ValueError, binascii.Error) as error:
        raise _bad_cursor() from error
    if not 0 < place.offset <= _MOST_ROWS:
        raise _bad_cursor()
    return place


def _bad_cursor() -> EngineError:
    return EngineError("request.bad_cursor", "Send the cursor exactly as 'next' gave it.", "cursor")


def today_here() -> date:
    """Return the day it is where the organisation works."""
    return local_today(organization().time_zone)


def visible_to(request: PageRequest) -> frozenset[int] | None:
    """Return whom the caller may see; None for everyone."""
    return visible_rep_ids(request.user, today_here())
