"""Reading what the ladder asks of one rep in a quarter, for each thing they may be after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from pacemark.engine.periods import Period
from pacemark.web.goals.bridge.ladder import Climber, asked_by_ladder, quotas_on, ramp_percent, tenure_months
from pacemark.web.goals.choices import IntentionKind
from pacemark.web.goals.queries.ladder import dated_quotas, ladder_months, next_grades
from pacemark.web.goals.queries.seasons import quarter_months
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.models import Grade, Membership, Rep
from pacemark.web.organization.queries import organization


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedInQuarter:
    """What the ladder asks of a rep in a quarter: per thing they may be after, the whole and each month, minor units.

    ``ramp_percent`` is each month's share of the grade's quota that is asked of a newcomer.
    """

    months: tuple[Period, ...]
    is_closed: tuple[bool, ...]
    grade_name: str
    next_grade_name: str
    amounts_minor: Mapping[IntentionKind, int]
    months_minor: Mapping[IntentionKind, tuple[int, ...]]
    ramp_percent: tuple[int, ...]


def asked_in_quarter(rep_id: int, quarter_start: date) -> AskedInQuarter:
    """Return what keeping the grade and reaching the next ask of a rep."""
    settings = organization()
    start_day, today = settings.sales_month_start_day, local_today(settings.time_zone)
    months = quarter_months(quarter_start, start_day)
    climber = _climber_on(rep_id, max(months[0].first, min(today, months[-1].last)))
    ladders = ladder_months(months, settings)
    names = dict(Grade.objects.values_list("pk", "name"))
    above = next_grades().get(climber.grade_id, 0)
    asked: dict[IntentionKind, tuple[int, ...]] = {}
    for kind in IntentionKind:
        wishing = [replace(ladders[month.first], intentions={rep_id: kind}) for month in months]
        found = [asked_by_ladder(ladder, climber) for ladder in wishing]
        amounts = tuple(one[0] for one in found if one)
        if len(amounts) == len(months) and (kind == IntentionKind.KEEP or above in wishing[0].parts):
            asked[kind] = amounts
    whole = {kind: sum(amounts) for kind, amounts in asked.items()}
    if IntentionKind.PROMOTE in whole:
        # The next grade is given for its whole quota as it stands at the quarter's end.
        whole[IntentionKind.PROMOTE] = quotas_on(dated_quotas(), months[-1].first)[above]
    first = ladders[months[0].first]
    return AskedInQuarter(
        months=months,
        is_closed=tuple(month.last < today for month in months),
        grade_name=names.get(climber.grade_id, ""),
        next_grade_name=names.get(above, ""),
        amounts_minor=whole,
        months_minor=asked,
        ramp_percent=tuple(
            ramp_percent(first.ramp, tenure_months(climber.hired_on, month, start_day)) for month in months
        ),
    )


def _climber_on(rep_id: int, day: date) -> Climber:
    """Return a rep with the grade of a day; who joins later stands as they will on joining."""
    rows = Membership.objects.filter(rep_id=rep_id).order_by("valid_from").values_list("valid_from", "grade_id")
    standing = [grade for valid_from, grade in rows if valid_from <= day] or [grade for _, grade in rows][:1]
    hired_on = Rep.objects.filter(pk=rep_id).values_list("hired_on", flat=True).first()
    return Climber(rep_id=rep_id, grade_id=(standing[-1] if standing else 0) or 0, hired_on=hired_on)
