"""Lets the running month have run: what was left on its Mondays, the last working day and today, and a draft or two."""

from __future__ import annotations

from datetime import date, timedelta

from pacemark.engine.periods import Period, sales_month_of
from pacemark.web.accounts.models import User
from pacemark.web.goals.bridge.what_if import typed_of
from pacemark.web.goals.models import PlanDraft, Replan
from pacemark.web.goals.pages.what_if_page import answer_to
from pacemark.web.goals.queries.agreements import standing_plan
from pacemark.web.goals.queries.replans import has_plans, latest_replan
from pacemark.web.goals.services.drafts import keep_draft
from pacemark.web.goals.services.replans import replan_period
from pacemark.web.goals.what_if_forms import WhatIfForm
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.queries import organization, rep_of

FRIDAY = 4


def write_replans() -> int:
    """Work out the nights of the running month that pages look back at; return how many were missing."""
    settings = organization()
    today = local_today(settings.time_zone)
    period = sales_month_of(today, settings.sales_month_start_day)
    if not has_plans(period.first):
        return 0
    there = set(Replan.objects.filter(period_start=period.first).values_list("as_of", flat=True).distinct())
    missing = sorted({*_nights(period, today), today} - there)
    for night in missing:
        replan_period(actor=None, period=period, as_of=night)
    _keep_drafts(period, today)
    return len(missing)


def _nights(period: Period, today: date) -> list[date]:
    """Return the Mondays of the month up to today, its first day, and the weekday before today."""
    days = [period.first + timedelta(days=place) for place in range((today - period.first).days)]
    before = [day for day in days if day.weekday() <= FRIDAY][-1:]
    return [*days[:1], *(day for day in days if day.weekday() == 0), *before]


def _keep_drafts(period: Period, today: date) -> None:
    """Keep a draft for every rep who signs in: one more deal in a hundred talks, and somewhat fewer dials for it."""
    for user in User.objects.filter(rep__isnull=False, is_active=True).order_by("pk"):
        rep = rep_of(user)
        if rep is None or PlanDraft.objects.filter(kept_by=user, period_start=period.first).exists():
            continue
        plan, replan = standing_plan(rep.pk, period.first), latest_replan(rep.pk, period.first, today)
        if plan is None or not plan.content["rates"].get("deep_talk_per_connect"):
            continue
        content = {**(replan or plan).content, "carried": plan.content.get("carried")}
        typed = typed_of(content)
        moved = {**typed, "deep_talk_per_connect": f"{float(typed['deep_talk_per_connect']) * 1.1:.1f}"}
        form = WhatIfForm(moved)
        answer = answer_to(form, content["role"], content, typed)
        if form.is_valid() and not answer.error:
            keep_draft(
                actor=user, rep_id=rep.pk, period_start=period.first, name="深沟多一成",
                assumptions=form.cleaned_data, answer=answer.kept,
            )  # fmt: skip
