"""The facts once more, in plain loops over the events, one event at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date

from pacemark.engine.periods import sales_month_of
from pacemark.facts.statements import FACTS, REP_DAY, Fact
from pacemark.web.organization.models import Membership, Organization
from pacemark.web.pipeline.models import Call, Deal, Opportunity, Refund

Rows = dict[str, list[tuple[object, ...]]]


def stored_in(fact: Fact) -> str:
    return f"fact_{fact.name}"


def is_connect(call: Call, organization: Organization) -> bool:
    return call.direction == 1 and call.answered is not False and call.talk_seconds >= organization.connect_seconds


def is_deep(call: Call, organization: Organization) -> bool:
    return is_connect(call, organization) and call.talk_seconds >= organization.deep_talk_seconds


def team_on(rep_id: int, day: date) -> int:
    began = [row for row in Membership.objects.filter(rep_id=rep_id).order_by("valid_from") if row.valid_from <= day]
    last = began[-1] if began else None
    return last.team_id or 0 if last and (last.valid_to is None or day < last.valid_to) else 0


def expected_facts() -> Rows:
    """Return the rows of every fact, sorted, in the order of its columns."""
    organization = Organization.objects.get()
    calls = list(Call.objects.all())
    opportunities = [row for row in Opportunity.objects.select_related("lead") if row.state != "unqualified"]
    return {
        "rep_day": _rep_days(calls, opportunities, organization),
        "opportunity_cohort": _opportunity_cohorts(calls, opportunities, organization),
        "win_lag": _win_lags(opportunities),
        "dial_cohort": _dial_cohorts(calls, organization),
    }


def _rep_days(calls: list[Call], opportunities: list[Opportunity], organization: Organization) -> list[tuple]:
    days: dict[tuple[int, date], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    leads: dict[tuple[int, date], set[int]] = defaultdict(set)
    for call in calls:
        if call.direction != 1:
            continue
        key = (call.rep_id or 0, call.business_date)
        days[key]["dials"] += 1
        if call.lead_id:
            leads[key].add(call.lead_id)
        if is_connect(call, organization):
            days[key]["connects"] += 1
            days[key]["talk_seconds"] += call.talk_seconds
            days[key]["effective_dials"] += call.talk_seconds >= organization.effective_seconds
            days[key]["deep_talks"] += call.talk_seconds >= organization.deep_talk_seconds
    for row in opportunities:
        owned = days[row.owner_id or 0, row.opened_on]
        owned["opportunities"] += 1
        owned["pipeline_minor"] += row.expected_minor or 0
        if row.sourced_on:
            days[row.sourced_by_id or 0, row.sourced_on]["opportunities_sourced"] += 1
    for deal in Deal.objects.all():
        signed = days[deal.owner_id or 0, deal.signed_on]
        signed["deals"] += 1
        signed["revenue_minor"] += (deal.cash_minor if organization.revenue_basis == "cash" else deal.amount_minor) or 0
    for refund in Refund.objects.select_related("deal"):
        days[refund.deal.owner_id or 0, refund.refunded_on]["refunds_minor"] += refund.amount_minor
    for key, found in leads.items():
        days[key]["distinct_leads_dialled"] = len(found)
    names = REP_DAY.counts[1:]
    return sorted((*key, team_on(*key), *(counts[name] for name in names)) for key, counts in days.items())


def _counted(events: Iterable[tuple[tuple, Iterable[bool]]], n_columns: int) -> list[tuple]:
    """Add flags up by key."""
    sums: dict[tuple, list[int]] = defaultdict(lambda: [0] * n_columns)
    for key, flags in events:
        for place, flag in enumerate(flags):
            sums[key][place] += int(flag)
    return sorted((*key, *counts) for key, counts in sums.items())


def month_label(day: date, start_day: int) -> str:
    """The calendar month; with a plus from the day on which a sales month starts in its middle."""
    starts_here = sales_month_of(day, start_day).first
    is_later_part = start_day > 1 and (starts_here.year, starts_here.month) == (day.year, day.month)
    return f"{day:%Y-%m}" + "+" * is_later_part


def _dial_cohorts(calls: list[Call], organization: Organization) -> list[tuple]:
    def trial(call: Call) -> tuple[tuple, tuple]:
        month = month_label(call.business_date, organization.sales_month_start_day)
        key = (call.rep_id or 0, month, call.segment_id or 0, call.local_hour)
        connects = is_connect(call, organization)
        return key, (1, connects, call.talk_seconds * connects, is_deep(call, organization))

    return _counted((trial(call) for call in calls if call.direction == 1), 4)


def _opportunity_cohorts(
    calls: list[Call], opportunities: list[Opportunity], organization: Organization
) -> list[tuple]:
    sourced = {row.sourced_call_id for row in opportunities if row.sourced_call_id}
    converted = [
        ((call.rep_id or 0, call.business_date, call.segment_id or 0), (True, False, False))
        for call in calls
        if call.pk in sourced and is_deep(call, organization)
    ]
    owned = [
        ((row.owner_id or 0, row.opened_on, _segment(row)), (False, True, row.state == "won")) for row in opportunities
    ]
    return _counted([*converted, *owned], 3)


def _segment(row: Opportunity) -> int:
    return (row.lead.segment_id or 0) if row.lead else 0


def _win_lags(opportunities: list[Opportunity]) -> list[tuple]:
    undated = {deal.opportunity_id for deal in Deal.objects.filter(is_undated=True)}
    wins: list[tuple] = []
    for row in opportunities:
        if row.state == "won":
            is_undated = row.closed_on is None or row.pk in undated
            key = (row.owner_id or 0, row.opened_on, row.closed_on or row.opened_on, _segment(row), int(is_undated))
            wins.append((key, (True,)))
    return _counted(wins, 1)


def stored_facts(fetch: Callable[[str], list[tuple]], source: Callable[[Fact], str] = stored_in) -> Rows:
    """Return the rows of every fact as an engine holds them; ``fetch`` runs a query, ``source`` names a relation."""
    rows = {}
    for fact in FACTS:
        found = fetch(f"SELECT {', '.join(fact.columns)} FROM {source(fact)}")
        rows[fact.name] = sorted(tuple(_plain(value) for value in row) for row in found)
    return rows


def _plain(value: object) -> object:
    if isinstance(value, str) and len(value) == 10:
        return date.fromisoformat(value)
    return value if isinstance(value, date | str) else int(value)  # type: ignore[call-overload]
