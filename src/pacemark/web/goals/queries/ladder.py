"""Reading the ladder: quotas, tiers and what they are called, newcomers' ramp, and what reps are after."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from itertools import pairwise

from django.db.models import QuerySet

from pacemark.engine.periods import Period
from pacemark.web.goals.bridge.ladder import DEFAULT_RAMP, DatedQuota, LadderMonth, month_parts, quotas_on
from pacemark.web.goals.choices import IntentionKind, Tier
from pacemark.web.goals.models import Intention, RampMonth, TierLabel
from pacemark.web.goals.queries.seasons import quarter_months, quarter_shapes
from pacemark.web.organization.models import Grade, GradeQuota, Organization


def own_tier_labels() -> dict[str, str]:
    """Return the names that the organisation gave its tiers."""
    return dict(TierLabel.objects.values_list("tier", "label"))


def grades_in_full() -> QuerySet[Grade]:
    """Return every grade, the highest first."""
    return Grade.objects.order_by("-ordinal")


def quotas_in_full() -> QuerySet[GradeQuota]:
    """Return every quota ever set."""
    return GradeQuota.objects.order_by("-valid_from")


def tier_labels() -> dict[str, str]:
    """Return what the tiers are called here, core first: the organisation's own words, else ours."""
    own = own_tier_labels()
    return {tier.value: own.get(tier.value) or str(tier.label) for tier in Tier}


def ramp() -> dict[int, int]:
    """Return the share of the quota per month of tenure in percent; sensible ones where nobody set any."""
    own = dict(RampMonth.objects.order_by("month_no").values_list("month_no", "share_percent"))
    return own or dict(DEFAULT_RAMP)


def dated_quotas() -> list[DatedQuota]:
    """Return every quota ever set, oldest first."""
    rows = GradeQuota.objects.order_by("valid_from", "pk").values_list("grade_id", "valid_from", "quota_minor")
    return [DatedQuota(grade_id=grade, valid_from=day, quota_minor=quota) for grade, day, quota in rows]


def next_grades() -> dict[int, int]:
    """Return the grade above each, by id; the highest has none."""
    ordered = list(Grade.objects.order_by("ordinal").values_list("pk", flat=True))
    return dict(pairwise(ordered))


def intentions_of(
    quarter_firsts: Collection[date], rep_ids: Collection[int] | None = None
) -> dict[tuple[int, date], Intention]:
    """Return what each rep is after in the quarters, by rep id and first day; the highest version holds."""
    rows = Intention.objects.filter(quarter_start__in=quarter_firsts).order_by("version")
    if rep_ids is not None:
        rows = rows.filter(rep_id__in=rep_ids)
    return {(row.rep_id, row.quarter_start): row for row in rows}


def ladder_months(months: Sequence[Period], settings: Organization) -> Mapping[date, LadderMonth]:
    """Return what the ladder asks in each of the months, by first day, in a fixed number of queries."""
    quotas = dated_quotas()
    start_day = settings.sales_month_start_day
    if not quotas:
        return {month.first: LadderMonth(period=month, start_day=start_day) for month in months}
    starts = {month.first: quarter_months(month.first, start_day)[0].first for month in months}
    shapes = quarter_shapes(set(starts.values()), settings)
    intentions, above, shares = intentions_of(set(starts.values())), next_grades(), ramp()
    return {
        month.first: LadderMonth(
            period=month,
            start_day=start_day,
            step_minor=shapes[starts[month.first]].step_minor,
            parts=month_parts(quotas_on(quotas, month.first), shapes[starts[month.first]], month),
            next_grade=above,
            ramp=shares,
            intentions=_kinds_in(intentions, starts[month.first]),
        )
        for month in months
    }


def _kinds_in(intentions: Mapping[tuple[int, date], Intention], quarter_first: date) -> dict[int, IntentionKind]:
    return {rep: IntentionKind(row.kind) for (rep, first), row in intentions.items() if first == quarter_first}
