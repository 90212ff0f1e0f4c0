"""Reading what is left: the ground that nights are worked out from, and the replans that stand."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from pacemark.engine.lags import LagCurve
from pacemark.engine.periods import Period
from pacemark.web.goals.bridge.carried import curve_of
from pacemark.web.goals.bridge.estimating import fit_loss_lag, fit_win_lag
from pacemark.web.goals.bridge.replanning import ReplanGround, Standing
from pacemark.web.goals.models import PlanBasis, Replan, RepPlan
from pacemark.web.goals.queries.agreements import standing_query
from pacemark.web.organization.queries import members_on
from pacemark.web.organization.working_time import working_days_of
from pacemark.web.pipeline import queries as pipeline

NOTHING_DONE = pipeline.RepTotals(rep_id=0, active_days=0)


def load_replan_ground(period: Period, as_of: date, rep_ids: Collection[int] | None = None) -> ReplanGround:
    """Gather what was known when a day of the period began, in a fixed number of queries.

    Everyone is in it who has a plan for the period and has not left; the rates are those of the plans.
    """
    plans = standing_query(period.first, rep_ids).values_list("rep_id", "pk", "version", "content")
    members = {member.rep_id: member for member in members_on(min(as_of, period.last))}
    known = [row for row in plans.order_by("rep_id") if row[0] in members]
    days = working_days_of([members[row[0]] for row in known], period.first, period.last)
    done = {row.rep_id: row for row in pipeline.rep_day_totals(period.first, as_of - timedelta(days=1), rep_ids)}
    left = _left(as_of, days)
    win_lag, loss_lag = _curves(period, as_of)
    return ReplanGround(
        period=period,
        as_of=as_of,
        people=[
            Standing(
                rep_id=rep_id,
                plan_id=plan_id,
                version=version,
                content=content,
                days_left=left[rep_id],
                n_days=len(days[rep_id]),
                booked_minor=done.get(rep_id, NOTHING_DONE).net_revenue_minor,
                sourced=done.get(rep_id, NOTHING_DONE).opportunities_sourced,
                work=_work(content["role"], done.get(rep_id, NOTHING_DONE)),
            )
            for rep_id, plan_id, version, content in known
        ],
        opportunities=pipeline.open_opportunities(as_of, rep_ids),
        win_lag=win_lag,
        loss_lag=loss_lag,
    )


def _left(as_of: date, days: Mapping[int, tuple[date, ...]]) -> dict[int, tuple[date, ...]]:
    """Return the days that are left; people with the same days share them."""
    known: dict[int, tuple[date, ...]] = {}
    for each in days.values():
        if id(each) not in known:
            known[id(each)] = tuple(day for day in each if day >= as_of)
    return {rep_id: known[id(each)] for rep_id, each in days.items()}


def _work(role: str, done: pipeline.RepTotals) -> int:
    return done.opportunities if role == "closer" else done.dials


def _curves(period: Period, as_of: date) -> tuple[LagCurve, LagCurve | None]:
    """Return how long wins and losses take: as kept with the plans, else learned now."""
    kept = PlanBasis.objects.filter(period_start=period.first, as_of__lte=as_of).order_by("-as_of").first()
    win_lag = curve_of(kept.win_lag) if kept else None
    if kept is not None and win_lag is not None:
        return win_lag, curve_of(kept.loss_lag)
    past = pipeline.rep_day_arrays(as_of)
    cohorts = pipeline.cohort_arrays(as_of, None, days=past)
    win_lag = fit_win_lag(cohorts, pipeline.win_lags(as_of), as_of)
    return win_lag, fit_loss_lag(cohorts, pipeline.loss_lags(as_of), as_of)


def has_plans(period_start: date, rep_ids: Collection[int] | None = None) -> bool:
    """Tell whether anybody has a plan for a period."""
    plans = RepPlan.objects.filter(period_start=period_start, is_current=True)
    return (plans if rep_ids is None else plans.filter(rep_id__in=rep_ids)).exists()


def latest_replan(rep_id: int, period_start: date, on: date) -> Replan | None:
    """Return what was left of a rep's plan when a day began, or the last day before it that was worked out."""
    return next(iter(last_replans(rep_id, period_start, on, 1)), None)


def last_replans(rep_id: int, period_start: date, on: date, n_days: int) -> list[Replan]:
    """Return a rep's last replans up to a day, newest first, in one query."""
    found = Replan.objects.filter(rep_id=rep_id, period_start=period_start, as_of__lte=on)
    return list(found.order_by("-as_of")[:n_days])


def latest_replans(period_start: date, rep_ids: Collection[int] | None, on: date) -> dict[int, Replan]:
    """Return everyone's last replan up to a day by rep id, without their documents; ``None`` asks for everyone."""
    return {replan.rep_id: replan for replan in _latest(period_start, rep_ids, on).defer("content")}


def latest_replans_in_full(period_start: date, rep_ids: Collection[int] | None, on: date) -> dict[int, Replan]:
    """Return everyone's last replan up to a day with its document, by rep id."""
    return {replan.rep_id: replan for replan in _latest(period_start, rep_ids, on)}


def replans_on(period_start: date, as_of: date) -> list[dict[str, Any]]:
    """Return everyone's replan of a day as documents with names, as the command line and the API give them."""
    rows = Replan.objects.filter(period_start=period_start, as_of=as_of).order_by("rep__name", "rep_id")
    return [
        {"rep": name, "employee_no": number, **content}
        for name, number, content in rows.values_list("rep__name", "rep__employee_no", "content")
    ]


def _latest(period_start: date, rep_ids: Collection[int] | None, on: date) -> QuerySet[Replan]:
    found = Replan.objects.filter(period_start=period_start, as_of__lte=on)
    if rep_ids is not None:
        found = found.filter(rep_id__in=rep_ids)
    same = found.filter(rep_id=OuterRef("rep_id")).order_by("-as_of")
    return found.filter(as_of=Subquery(same.values("as_of")[:1])).order_by("rep_id")
