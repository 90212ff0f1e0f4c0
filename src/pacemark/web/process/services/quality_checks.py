"""What is noticed in a sales month under given tolerances; reads only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from pacemark.engine.errors import EngineError
from pacemark.engine.periods import Period, sales_month, sales_month_of, shift_month
from pacemark.web.organization.queries import members_on, organization
from pacemark.web.organization.working_time import stated_shifts, working_days_of
from pacemark.web.pipeline.queries import call_patterns, late_deals
from pacemark.web.pipeline.queries.padding import TestedMonth, tested_months
from pacemark.web.process.bridge import quality as bridge
from pacemark.web.process.bridge.quality import Noticed
from pacemark.web.process.choices import QualityKind
from pacemark.web.process.models import Tolerance

# Ends of months over which somebody's habit shows.
ENDS_LOOKED_AT = 12


def months_up_to(day: date, n_months: int) -> list[Period]:
    """Return so many sales months, the last one holding the day, oldest first."""
    start_day = organization().sales_month_start_day
    last = sales_month_of(day, start_day)
    labels = [shift_month(last.label, -back) for back in range(n_months - 1, -1, -1)]
    return [sales_month(label, start_day) for label in labels]


def noticed_in(month: Period, allowed: Tolerance) -> list[Noticed]:
    """Return everything but padding that is noticed in a month; a few queries, however many people."""
    first, last = month.first, month.last
    again = call_patterns.redials(first, last, minutes=allowed.redial_minutes)
    runs = call_patterns.bursts(
        first, last, seconds=allowed.burst_seconds, gap_seconds=allowed.burst_gap_seconds,
        at_least=allowed.burst_dials,
    )  # fmt: skip
    without = late_deals.talkless_opportunities(first, last)
    return [
        *bridge.often_in_a_day(again, QualityKind.REDIAL, above=allowed.redials_a_day),
        *bridge.often_in_a_day(runs, QualityKind.BURST, above=0),
        *_off_roster(month, allowed),
        *bridge.talkless(without, above_percent=allowed.no_talk_percent),
        *_deferred(month, allowed),
    ]


def tested_windows(months: Sequence[Period], allowed: Tolerance, n_judged: int) -> list[TestedMonth]:
    """Return the padding test of the last months; of none where the threshold leaves no room for it."""
    try:
        return tested_months(months, n_judged=n_judged, least_excess=allowed.min_excess_talks)
    except EngineError as error:
        if error.code != "padding.threshold_too_low":
            raise
        return []


def _off_roster(month: Period, allowed: Tolerance) -> list[Noticed]:
    members = members_on(month.last)
    workdays = {
        rep_id: frozenset(day.toordinal() for day in days)
        for rep_id, days in working_days_of(members, month.first, month.last).items()
    }
    dials = call_patterns.dials_by_hour(month.first, month.last)
    outside = bridge.off_roster(dials, workdays, stated_shifts(members))
    return bridge.often_in_a_week(outside, QualityKind.OFF_ROSTER, above=allowed.off_roster_dials)


def _deferred(month: Period, allowed: Tolerance) -> list[Noticed]:
    months = months_up_to(month.first, ENDS_LOOKED_AT + 1)
    # Far enough beyond both ends for so many working days.
    margin = timedelta(days=2 * allowed.deferred_days + 14)
    first, last = months[0].first - margin, months[-1].first + margin
    worked = working_days_of(members_on(month.last), first, last)
    workdays = {rep_id: [day.toordinal() for day in days] for rep_id, days in worked.items()}
    signed = late_deals.signed_by_day(first, last)
    return bridge.deferred(signed, months, workdays, n_days=allowed.deferred_days)
