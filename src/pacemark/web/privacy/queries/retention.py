"""How long what is personal is kept, and how much of it is older."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pacemark.web.intake.retention import refusals_before, uploads_before
from pacemark.web.notifications.queries import settled_before
from pacemark.web.organization.clock import local_date
from pacemark.web.organization.queries import organization
from pacemark.web.pipeline.retention import leads_without_news
from pacemark.web.privacy.models import RetentionRule

MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long each kind is kept; None without an end."""

    lead_months: int | None = None
    upload_days: int | None = None
    refusal_days: int | None = None
    message_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """How many are older than they are kept; None where they are kept without an end."""

    leads: int | None
    uploads: int | None
    refusals: int | None
    messages: int | None


def standing_retention() -> Retention:
    """Return what holds now; off where nobody has set it."""
    rule = RetentionRule.objects.order_by("-version").first()
    if rule is None:
        return Retention()
    return Retention(
        lead_months=rule.lead_months, upload_days=rule.upload_days, refusal_days=rule.refusal_days,
        message_days=rule.message_days,
    )  # fmt: skip


def leads_since(months: int, at: datetime) -> date:
    """Return the day before which a customer's last event must lie."""
    today = local_date(at, organization().time_zone)
    whole = today.year * MONTHS_A_YEAR + today.month - 1 - months
    year, month = whole // MONTHS_A_YEAR, whole % MONTHS_A_YEAR + 1
    return date(year, month, min(today.day, monthrange(year, month)[1]))


def days_before(days: int, at: datetime) -> datetime:
    """Return the moment so many days ago."""
    return at - timedelta(days=days)


def due(kept: Retention, at: datetime) -> Due:
    """Count what would go now; nothing is changed."""
    return Due(
        leads=None if kept.lead_months is None else leads_without_news(leads_since(kept.lead_months, at)).count(),
        uploads=None if kept.upload_days is None else len(uploads_before(days_before(kept.upload_days, at))),
        refusals=None if kept.refusal_days is None else len(refusals_before(days_before(kept.refusal_days, at))),
        messages=None if kept.message_days is None else settled_before(days_before(kept.message_days, at)).count(),
    )
