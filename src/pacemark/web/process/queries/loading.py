"""Gathering what findings are counted from, for everybody at once and in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from pacemark.engine.goals.roles import tell_roles
from pacemark.engine.periods import Period, sales_month_of
from pacemark.web.goals.bridge.planning import minor_units_of
from pacemark.web.goals.queries.agreements import standing_query
from pacemark.web.organization.queries import Member, members_on, organization
from pacemark.web.organization.working_time import working_days_of
from pacemark.web.pipeline import queries as pipeline
from pacemark.web.pipeline.queries.stage_windows import (
    SegmentDials,
    Stretches,
    opened_by_day,
    segment_dials,
    segment_trials,
    stretches,
)
from pacemark.web.process.bridge.ground import (
    STRETCH_DAYS,
    STRETCHES_BEFORE,
    Done,
    MoneyGround,
    Span,
    StageGround,
)
from pacemark.web.process.choices import ActionState
from pacemark.web.process.models import CoachingAction
from pacemark.web.process.queries.watched import tolerance

# What leads somebody usually has is told by the half year before.
DAYS_BEFORE = 182


def load_stages(span: Span, members: Sequence[Member] | None = None) -> StageGround:
    """Gather everybody's stages in a window; people are those employed on its last day, unless they are given."""
    after = span.last + timedelta(days=1)
    members = tuple(members_on(span.last) if members is None else members)
    sums = stretches(span.first, span.last, n_before=STRETCHES_BEFORE, days=STRETCH_DAYS)
    return StageGround(
        span=span,
        members=members,
        roles=tuple(_roles(members, sums)),
        segments=pipeline.segment_names(),
        dials=segment_dials(span.first, span.last),
        dials_before=_dials_before(span.first),
        trials=segment_trials(span.first, span.last),
        stretches=sums,
        open_before=pipeline.open_opportunities(span.first, None),
        wins=pipeline.win_lags(after),
        losses=pipeline.loss_lags(after),
        opened_by_day=opened_by_day(span.last),
        deal_value_minor=_deal_value(after, span.first),
        least_money_minor=tolerance().min_money_minor,
    )


def load_money(month: Period, last: date, members: Sequence[Member]) -> MoneyGround:
    """Gather what a sales month asked up to a day, and what it brought."""
    plans = standing_query(month.first).values_list("rep_id", "target_minor", "content")
    rows = {rep_id: (target, content) for rep_id, target, content in plans}
    days = working_days_of(members, month.first, month.last)
    return MoneyGround(
        period=Span(first=month.first, last=last),
        plans={rep_id: content for rep_id, (_target, content) in rows.items()},
        target_minor={rep_id: target for rep_id, (target, _content) in rows.items()},
        shares={rep_id: sum(day <= last for day in own) / len(own) if own else 0.0 for rep_id, own in days.items()},
        n_days={rep_id: len(own) for rep_id, own in days.items()},
        done=done_in(Span(first=month.first, last=last)),
        missed=_missed(Span(first=month.first, last=last)),
        minor_units=minor_units_of(organization().currency),
    )


def _dials_before(first: date) -> SegmentDials:
    """Return the dials of about half a year before a day, by segment: whole sales months, which the facts count."""
    start_day = organization().sales_month_start_day
    begin = sales_month_of(first - timedelta(days=DAYS_BEFORE), start_day).first
    return segment_dials(begin, sales_month_of(first, start_day).first - timedelta(days=1))


def done_in(span: Span) -> dict[int, Done]:
    """Return everybody's sums over some days by rep id."""
    return {
        row.rep_id: Done(
            dials=row.dials, connects=row.connects, deep_talks=row.deep_talks, opportunities=row.opportunities,
            opportunities_sourced=row.opportunities_sourced, deals=row.deals, net_revenue_minor=row.net_revenue_minor,
        )
        for row in pipeline.rep_day_totals(span.first, span.last, None)
    }  # fmt: skip


def _missed(span: Span) -> frozenset[tuple[int, str]]:
    """Return whose coaching of which stage was due and not done: then it is execution, not ability."""
    open_ones = CoachingAction.objects.filter(state=ActionState.OPEN, due_on__range=(span.first, span.last))
    return frozenset(open_ones.exclude(stage="").values_list("rep_id", "stage"))


def _roles(members: Sequence[Member], sums: Stretches) -> list[str]:
    """Return everyone's role: as the organisation states it, else told from the last year's records."""
    place = {member.rep_id: index for index, member in enumerate(members)}
    at = np.array([place.get(rep_id, -1) for rep_id in sums.rep_id.tolist()], dtype=np.int64)
    mine = at >= 0
    columns = (sums.dials, sums.opportunities_sourced, sums.opportunities, sums.deals)
    told = tell_roles(
        *(
            np.bincount(at[mine], column[mine], minlength=len(members)).astype(np.int64)
            for column in columns
        )
    )  # fmt: skip
    return [member.role or found for member, found in zip(members, told, strict=True)]


def _deal_value(after: date, first: date) -> float:
    """Return the mean deal of the window; of all time where the window has none; 0 where nothing was ever sold."""
    known = pipeline.deal_values(after)
    inside = known.amount_minor[known.signed_on >= first.toordinal()]
    amounts = inside if len(inside) else known.amount_minor
    return float(amounts.mean()) if len(amounts) else 0.0
