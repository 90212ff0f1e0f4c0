"""What a program sends about a lead → what is kept, or the sentence that refuses it. Only form; no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pacemark.web.pipeline.phones import NO_PHONE, SealedPhone, seal_phone
from pacemark.web.resources.refusals import Refused, refuse

_LENGTHS = {"external_id": 128, "source": 64, "name": 200, "grade": 50}
CLOCKS_DIFFER = timedelta(minutes=5)
_FEWEST_DIGITS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One arrival of a customer."""

    external_id: str
    source: str
    name: str
    lead_grade: str
    tags: tuple[str, ...]
    phone: SealedPhone
    occurred_at: datetime


def arrival_of(row: object, at: datetime, time_zone: str, region: str) -> Arrival | Refused:
    """Read one row; an error is returned, so that the good rows beside it go in."""
    try:
        return _read(row, at, time_zone, region)
    except Refused as refused:
        return refused


def _read(row: object, at: datetime, time_zone: str, region: str) -> Arrival:
    if not isinstance(row, Mapping):
        raise refuse("bad_row", "A lead must be a JSON object.")
    texts = {field: _text(row, field) for field in _LENGTHS}
    for field in ("external_id", "source"):
        if not texts[field]:
            raise refuse("missing_field", f"A lead needs {field}, a text that is not empty.", field)
    tags = row.get("tags") or []
    if not isinstance(tags, list) or not all(isinstance(tag, str) and 0 < len(tag) <= 100 for tag in tags):
        raise refuse("bad_tags", "tags must be a list of texts of at most 100 characters.", "tags")
    return Arrival(
        external_id=texts["external_id"],
        source=texts["source"],
        name=texts["name"],
        lead_grade=texts["grade"],
        tags=tuple(sorted(set(tags))),
        phone=_phone(row.get("phone"), region),
        occurred_at=_moment(row.get("occurred_at"), at, time_zone),
    )


def _text(row: Mapping[str, Any], field: str) -> str:
    value = row.get(field)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if value is not None and not isinstance(value, str):
        raise refuse("bad_text", f"{field} must be text.", field)
    text = (value or "").strip()
    if len(text) > _LENGTHS[field] or "\x00" in text:
        raise refuse("bad_text", f"{field} must be text of at most {_LENGTHS[field]} characters.", field)
    return text


def _phone(value: object, region: str) -> SealedPhone:
    """Seal a phone. Without one a lead can still be worked; with a wrong one nobody would ever reach it."""
    if value is None or value == "":
        return NO_PHONE
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or len(text) > 40 or sum(letter.isdigit() for letter in text) < _FEWEST_DIGITS:
        raise refuse("bad_phone", "The phone cannot be a number that somebody answers; send it whole or not.", "phone")
    sealed = seal_phone(text, region)
    if not sealed.digest:
        raise refuse("bad_phone", "The phone cannot be a number that somebody answers; send it whole or not.", "phone")
    return sealed


def _moment(value: object, at: datetime, time_zone: str) -> datetime:
    if value is None or value == "":
        return at
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None:
        raise refuse("bad_moment", "occurred_at must be a time such as 2024-03-15T09:30:00+08:00.", "occurred_at")
    whole = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(time_zone))
    # The sender's clock may be ahead of ours; nothing arrives before it has happened.
    return at if whole > at + CLOCKS_DIFFER else whole
