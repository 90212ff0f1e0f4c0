"""Lists about a span of time, page by page, of whom the caller may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from ninja import Schema
from pydantic import Field

from pacemark.web.accounts.http import PageRequest
from pacemark.web.api.failures import Failure
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.queries import organization, visible_rep_ids

REFUSALS = {401: Failure, 403: Failure, 404: Failure, 422: Failure}


class Paged(Schema):
    """Which page of a list."""

    page: int = Field(1, ge=1, le=100_000)
    page_size: int = Field(100, ge=1, le=500)


class Asked(Paged):
    """Which sales month (``2024-03``; empty: the one that pages show), and which page of the list."""

    period: str = ""


class Listed(Schema):
    """One page of a list about a span; money in minor units unless a row says ``minor_units``."""

    period: str
    count: int
    items: list[dict[str, Any]]


def listed(label: str, asked: Paged, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the page that was asked for."""
    first = (asked.page - 1) * asked.page_size
    return {"period": label, "count": len(rows), "items": rows[first : first + asked.page_size]}


def today_here() -> date:
    """Return the day it is where the organisation works."""
    return local_today(organization().time_zone)


def visible_to(request: PageRequest) -> frozenset[int] | None:
    """Return whom the caller may see; None for everyone."""
    return visible_rep_ids(request.user, today_here())
