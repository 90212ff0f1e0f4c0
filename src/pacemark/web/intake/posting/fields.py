"""What a posted row of each kind may say: the reader, the import's mapping and the API's schema follow this table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pacemark.web.intake.profiles import KindProfile, Rule
from pacemark.web.pipeline.choices import EventKind

MAX_ROWS = 5_000

# ``whole``: a whole number. ``moment``: ISO 8601; without an offset it is the organisation's time.
Shape = Literal["text", "moment", "whole", "flag"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedField:
    """One thing a row may say. ``mapped`` is the import's name for it; without one, rules read it."""

    name: str
    meaning: str
    mapped: str = ""
    shape: Shape = "text"
    is_required: bool = False
    words: tuple[str, ...] = ()


_ID = PostedField(name="external_id", meaning="the source's own id, as text", mapped="id", is_required=True)
_EMPLOYEE_NO = PostedField(name="employee_no", meaning="employee number of the rep", mapped="employee_no")
_PERSON = PostedField(name="person", meaning="name of the rep, where there is no number", mapped="owner")
_PHONE = PostedField(name="phone", meaning="the customer's number; kept encrypted", mapped="phone")
_LEAD = PostedField(name="lead", meaning="the source's id of the lead", mapped="lead")
_CHANNEL = PostedField(name="channel", meaning="lead source", mapped="channel")
_GRADE = PostedField(name="grade", meaning="lead grade", mapped="grade")


def _moment(name: str, mapped: str, meaning: str, *, is_required: bool = False) -> PostedField:
    return PostedField(name=name, mapped=mapped, meaning=meaning, shape="moment", is_required=is_required)


def _minor(name: str, mapped: str, meaning: str, *, is_required: bool = False) -> PostedField:
    told = f"{meaning}, in minor units of the organisation's currency"
    return PostedField(name=name, mapped=mapped, meaning=told, shape="whole", is_required=is_required)


FIELDS: dict[EventKind, tuple[PostedField, ...]] = {
    EventKind.LEADS: (
        _ID, _EMPLOYEE_NO, _PERSON, _moment("arrived_at", "arrived_at", "when it arrived"), _PHONE,
        PostedField(name="name", meaning="name of the customer", mapped="name"), _CHANNEL, _GRADE,
        PostedField(name="note", meaning="a note", mapped="note"),
    ),
    EventKind.CALLS: (
        _ID, _moment("occurred_at", "at", "when the call began", is_required=True), _EMPLOYEE_NO, _PERSON,
        PostedField(
            name="talk_seconds", meaning="seconds of talk; required of an answered call", mapped="duration",
            shape="whole",
        ),
        PostedField(name="answered", meaning="whether somebody answered; left out: unknown", shape="flag"),
        PostedField(
            name="direction", meaning="left out: outbound", words=("outbound", "inbound", "missed"),
        ),
        _LEAD, _PHONE,
    ),
    EventKind.OPPORTUNITIES: (
        _ID, _moment("opened_at", "opened_at", "when it was opened", is_required=True), _EMPLOYEE_NO, _PERSON, _LEAD,
        _PHONE,
        PostedField(
            name="state", meaning="left out: open; unqualified: no buying intention, it counts nowhere",
            words=("open", "won", "lost", "unqualified"),
        ),
        _moment("reported_at", "reported_at", "when the intention was reported"),
        _moment("closed_on", "closed_on", "the day it was won or lost"),
        _minor("expected_minor", "expected", "expected amount"), _CHANNEL, _GRADE,
    ),
    EventKind.DEALS: (
        _ID, _moment("signed_on", "closed_on", "the day of signing", is_required=True), _EMPLOYEE_NO, _PERSON, _LEAD,
        _PHONE, _minor("amount_minor", "amount", "contract value"), _minor("cash_minor", "cash", "paid so far"),
        PostedField(name="opportunity", meaning="the source's id of the opportunity", mapped="opportunity"),
    ),
    EventKind.REFUNDS: (
        _ID, PostedField(name="deal", meaning="the source's id of the deal", mapped="deal", is_required=True),
        _moment("refunded_on", "refunded_on", "the day of the refund", is_required=True),
        _minor("amount_minor", "amount", "amount", is_required=True),
    ),
}  # fmt: skip


def _is(column: str, *words: str) -> Rule:
    return Rule(column=column, operator="is", words=words)


_RULES: dict[EventKind, dict[str, Rule]] = {
    EventKind.CALLS: {
        "outbound": _is("direction", "", "outbound"), "inbound": _is("direction", "inbound"),
        "missed": _is("direction", "missed"), "answered": _is("answered", "true"),
        "not_answered": _is("answered", "false"),
    },
    EventKind.OPPORTUNITIES: {
        "opportunity": _is("state", "", "open", "won", "lost"), "won": _is("state", "won"),
        "lost": _is("state", "lost"),
    },
}  # fmt: skip


def profile_of(kind: EventKind) -> KindProfile:
    """Return the import's mapping of posted rows. A deal is a contract alone: opportunities are posted as such."""
    return KindProfile(
        kind=kind,
        columns={field.mapped: field.name for field in FIELDS[kind] if field.mapped},
        rules=_RULES.get(kind, {}),
        dates="ymd",
        decimal=".",
    )
