"""The fields that each kind of record has, which of them it cannot do without, and the rules it understands."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pacemark.web.pipeline.choices import EventKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing a record may say. ``alternatives``: required, unless one of these is mapped."""

    name: str
    label: str | Promise
    is_required: bool = False
    alternatives: tuple[str, ...] = ()


_ID = Field(name="id", label=_("id of the record"), is_required=True)
_OWNER = Field(name="owner", label=_("person"), is_required=True, alternatives=("employee_no",))
_OWNER_IF_ANY = Field(name="owner", label=_("person"))
_EMPLOYEE_NO = Field(name="employee_no", label=_("employee number"))
_LEAD = Field(name="lead", label=_("id of the lead"))
_PHONE = Field(name="phone", label=_("phone number"))
_CHANNEL = Field(name="channel", label=_("lead source"))
_GRADE = Field(name="grade", label=_("lead grade"))

_RECORD = (
    _ID,
    Field(name="opened_at", label=_("opened at"), is_required=True, alternatives=("closed_on",)),
    _OWNER,
    _EMPLOYEE_NO,
    _LEAD,
    _PHONE,
    Field(name="reported_at", label=_("intention reported at")),
    Field(name="closed_on", label=_("closed on")),
    Field(name="expected", label=_("expected amount")),
    _CHANNEL,
    _GRADE,
)

FIELDS: dict[EventKind, tuple[Field, ...]] = {
    EventKind.LEADS: (
        _ID,
        _OWNER_IF_ANY,
        _EMPLOYEE_NO,
        Field(name="arrived_at", label=_("arrived at")),
        _PHONE,
        Field(name="name", label=_("name of the customer")),
        _CHANNEL,
        _GRADE,
        Field(name="note", label=_("note")),
    ),
    EventKind.CALLS: (
        _ID,
        Field(name="at", label=_("when the call began"), is_required=True),
        Field(name="time", label=_("time of day, where it has a column of its own")),
        _OWNER,
        _EMPLOYEE_NO,
        Field(name="duration", label=_("talk time"), is_required=True),
        _LEAD,
        _PHONE,
    ),
    EventKind.OPPORTUNITIES: _RECORD,
    EventKind.DEALS: (
        *_RECORD,
        Field(name="amount", label=_("contract value")),
        Field(name="cash", label=_("paid so far")),
        Field(name="opportunity", label=_("id of the opportunity")),
    ),
    EventKind.REFUNDS: (
        _ID,
        Field(name="deal", label=_("id of the deal"), is_required=True),
        Field(name="refunded_on", label=_("refunded on"), is_required=True),
        Field(name="amount", label=_("amount"), is_required=True),
    ),
}

RULES: dict[EventKind, tuple[str, ...]] = {
    EventKind.LEADS: (),
    EventKind.CALLS: ("outbound", "inbound", "missed", "answered", "not_answered"),
    EventKind.OPPORTUNITIES: ("opportunity", "won", "lost"),
    EventKind.DEALS: ("opportunity", "won", "lost"),
    EventKind.REFUNDS: (),
}

DATE_FIELDS = frozenset({"at", "arrived_at", "opened_at", "reported_at", "closed_on", "refunded_on"})
AMOUNT_FIELDS = frozenset({"expected", "amount", "cash"})


def missing_fields(kind: EventKind, mapped: set[str]) -> list[Field]:
    """Return the required fields that a mapping leaves out."""
    return [
        field
        for field in FIELDS[kind]
        if field.is_required and field.name not in mapped and not mapped.intersection(field.alternatives)
    ]
