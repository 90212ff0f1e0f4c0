"""Reading what a batch of changes is checked against, and the batches that there are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from pacemark.engine.periods import Period, sales_month_of
from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.models import User
from pacemark.web.goals.models import TargetBatch
from pacemark.web.goals.queries.agreements import holding_versions
from pacemark.web.goals.queries.quarters import Cells, months_between, months_grid
from pacemark.web.goals.queries.seasons import quarter_months
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.models import Rep
from pacemark.web.organization.queries import Member, members_on, organization
from pacemark.web.pipeline.queries import booked_by_month

Key = tuple[int, date]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What some reps' months look like now: targets, bookings, agreements, and when each person is there."""

    cells: Cells
    booked_minor: Mapping[Key, int]
    agreed: frozenset[Key]
    employed: Mapping[int, tuple[date | None, date | None]]
    months: Mapping[date, Period]
    quarter_of: Mapping[date, date]
    today: date


def standing_of(first: date, last: date, rep_ids: Collection[int]) -> Standing:
    """Gather it for the months that start in a span; a fixed number of queries."""
    settings = organization()
    start_day = settings.sales_month_start_day
    months = months_between(first, last, start_day)
    booked = booked_by_month(months, rep_ids)
    agreed = {
        (rep, month.first)
        for month in months
        for rep in holding_versions(month.first, rep_ids).values_list("agreement__rep_id", flat=True)
    }
    reps = Rep.objects.filter(pk__in=rep_ids).values_list("pk", "hired_on", "left_on")
    return Standing(
        cells=months_grid(first, last, rep_ids),
        booked_minor={(rep, months[at].first): net for (rep, at), net in booked.items()},
        agreed=frozenset(agreed),
        employed={rep: (hired_on, left_on) for rep, hired_on, left_on in reps},
        months={month.first: month for month in months},
        quarter_of={
            month.first: quarter_months(month.first, settings.sales_month_start_day)[0].first for month in months
        },
        today=local_today(settings.time_zone),
    )


def batches_of(user: User) -> QuerySet[TargetBatch]:
    """Return the batches that a person may open, newest first: their own, and for operations everyone's."""
    batches = TargetBatch.objects.select_related("made_by").order_by("-pk")
    if user.access_role in {AccessRole.OPERATIONS, AccessRole.ADMIN}:
        return batches
    return batches.filter(made_by=user)


def people_of_batch(rep_ids: Collection[int]) -> dict[int, Member]:
    """Return who the rows are about, as they stand today; who has left by name alone."""
    day = local_today(organization().time_zone)
    found = {member.rep_id: member for member in members_on(day, frozenset(rep_ids))}
    rest = Rep.objects.filter(pk__in=set(rep_ids) - set(found))
    return found | {rep.pk: _alone(rep) for rep in rest}


def month_of(day: date) -> Period:
    """Return the sales month that a day lies in."""
    return sales_month_of(day, organization().sales_month_start_day)


def _alone(rep: Rep) -> Member:
    return Member(
        rep_id=rep.pk, name=rep.name, employee_no=rep.employee_no or "", team_id=0, team_name="", region_id=0,
        region_name="", pattern_id=0, grade_id=0, grade_name="", role="", hired_on=rep.hired_on, left_on=rep.left_on,
    )  # fmt: skip
