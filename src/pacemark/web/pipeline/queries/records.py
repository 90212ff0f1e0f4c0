"""Single records by their keys, as they are listed for somebody to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pacemark.web.pipeline.models import Call, Deal, Opportunity


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRow:
    """One record: ``seconds`` of a call's talk, ``minor`` of a deal's amount."""

    external_id: str
    lead: str
    at: datetime | None
    day: date
    seconds: int | None = None
    minor: int | None = None


def calls_by_id(ids: Sequence[int]) -> dict[int, RecordRow]:
    """Return calls with the seconds talked."""
    rows = Call.objects.filter(pk__in=ids).values_list(
        "pk", "external_id", "lead__external_id", "occurred_at", "business_date", "talk_seconds"
    )
    return {
        pk: RecordRow(external_id=key, lead=lead or "", at=at, day=day, seconds=seconds)
        for pk, key, lead, at, day, seconds in rows
    }


def opportunities_by_id(ids: Sequence[int]) -> dict[int, RecordRow]:
    """Return opportunities with when they opened."""
    rows = Opportunity.objects.filter(pk__in=ids).values_list(
        "pk", "external_id", "lead__external_id", "opened_at", "opened_on"
    )
    return {pk: RecordRow(external_id=key, lead=lead or "", at=at, day=day) for pk, key, lead, at, day in rows}


def deals_by_id(ids: Sequence[int]) -> dict[int, RecordRow]:
    """Return deals with the day they were signed and their amount."""
    rows = Deal.objects.filter(pk__in=ids).values_list(
        "pk", "external_id", "lead__external_id", "signed_on", "amount_minor"
    )
    return {
        pk: RecordRow(external_id=key, lead=lead or "", at=None, day=day, minor=minor)
        for pk, key, lead, day, minor in rows
    }
