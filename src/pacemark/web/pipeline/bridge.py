"""Between our tables and the facts package, which knows only a connection and table names."""

from __future__ import annotations

from django.db import connection

from pacemark.facts.definitions import Definitions
from pacemark.facts.relations import Relations, Tables, of_month, relations_in
from pacemark.web.organization.choices import RevenueBasis
from pacemark.web.organization.models import Organization

FACT_PREFIX = "fact_"
TABLES = Tables(
    calls="pipeline_call",
    opportunities="pipeline_opportunity",
    leads="pipeline_lead",
    deals="pipeline_deal",
    refunds="pipeline_refund",
    memberships="organization_membership",
)


def definitions_of(organization: Organization) -> Definitions:
    """Return the organisation's thresholds, revenue basis and sales month as the facts want them."""
    return Definitions(
        connect_seconds=organization.connect_seconds,
        effective_seconds=organization.effective_seconds,
        deep_talk_seconds=organization.deep_talk_seconds,
        revenue_column="cash_minor" if organization.revenue_basis == RevenueBasis.CASH else "amount_minor",
        month_start_day=organization.sales_month_start_day,
    )


def relations() -> Relations:
    """Return where events and facts are in our database."""
    return relations_in(TABLES)


def month_relations(months: str, month: str, start_day: int) -> tuple[Relations, Relations]:
    """Return one month's calls of the reps that a table names with it; only SQLite has an index of months."""
    return of_month(relations(), months, month, start_day, by_index=connection.vendor == "sqlite")
