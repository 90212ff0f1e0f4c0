"""Writing plans. Atomic, attributed, with a trail; versions follow each other."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from pacemark.engine.periods import Period
from pacemark.web.accounts.models import User
from pacemark.web.goals.bridge.carried import curve_document
from pacemark.web.goals.bridge.documents import documents_of
from pacemark.web.goals.bridge.estimating import RateEstimates
from pacemark.web.goals.bridge.ground import PlanGround
from pacemark.web.goals.bridge.planning import make_plans
from pacemark.web.goals.models import PlanBasis, RepPlan
from pacemark.web.goals.queries.ground import load_ground
from pacemark.web.goals.services.replans import replan_running
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.queries import organization
from pacemark.web.trail.services import record


def work_out(period: Period, as_of: date, typed: Mapping[int, int] | None = None) -> list[dict[str, Any]]:
    """Return everyone's plan as documents; nothing is written."""
    return _made(load_ground(period, as_of, typed))[0]


def _made(ground: PlanGround) -> tuple[list[dict[str, Any]], RateEstimates | None]:
    """Return everyone's plan, and what they share; nothing where there is nobody."""
    if not ground.people:
        return [], None
    planned = make_plans(ground)
    return documents_of(planned), planned.rates


def plan_period(*, actor: User | None, period: Period, as_of: date, rep_ids: Collection[int] | None = None) -> int:
    """Plan a sales month and keep the plans; return how many are new or changed. What is left today follows them.

    Everyone is worked out, because everyone leans on everyone; ``rep_ids`` keeps only theirs.
    """
    documents, shared = _made(load_ground(period, as_of))
    if shared is not None:
        keep_basis(period=period, as_of=as_of, rates=shared)
    wanted = [document for document in documents if rep_ids is None or document["rep_id"] in rep_ids]
    count = _keep(actor=actor, period=period, as_of=as_of, documents=wanted)
    if count and period.holds(local_today(organization().time_zone)):
        replan_running(actor=actor, rep_ids=rep_ids)
    return count


def keep_basis(*, period: Period, as_of: date, rates: RateEstimates) -> None:
    """Keep what all plans share, for the nights of the month."""
    curves = {"win_lag": curve_document(rates.win_lag), "loss_lag": curve_document(rates.loss_lag)}
    PlanBasis.objects.update_or_create(period_start=period.first, as_of=as_of, defaults=curves)


@transaction.atomic
def _keep(*, actor: User | None, period: Period, as_of: date, documents: list[dict[str, Any]]) -> int:
    """Write a new version of every plan whose content is not what stands."""
    standing = {
        plan.rep_id: plan
        for plan in RepPlan.objects.select_for_update()
        .filter(period_start=period.first, is_current=True)
        .order_by("pk")  # rows are locked in one order by whoever comes
        .defer("content")
    }
    changed = [
        (document, standing.get(document["rep_id"]))
        for document in documents
        if (old := standing.get(document["rep_id"])) is None or old.content_key != key_of(document)
    ]
    RepPlan.objects.filter(pk__in=[old.pk for _, old in changed if old]).update(is_current=False)
    RepPlan.objects.bulk_create(
        [_row(document, period, as_of, (old.version if old else 0) + 1) for document, old in changed], batch_size=500
    )
    if changed:
        record(
            actor=actor,
            action="goals.period_planned",
            subject=("period", period.label),
            changes={"plans": len(changed), "as_of": as_of.isoformat()},
        )
    return len(changed)


def key_of(document: Mapping[str, Any]) -> str:
    """Return the key of a document's content; people's names are not part of it."""
    content = {name: value for name, value in document.items() if name not in {"rep", "employee_no"}}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _row(document: dict[str, Any], period: Period, as_of: date, version: int) -> RepPlan:
    return RepPlan(
        rep_id=document["rep_id"],
        period_start=period.first,
        period_end=period.last,
        as_of=as_of,
        version=version,
        computed_at=timezone.now(),
        team_id=document["team_id"],
        role=document["role"],
        target_minor=round(document["target"] * document["minor_units"]),
        target_basis=document["target_basis"],
        is_feasible=document["plans"]["0.5"]["feasible"] is not False and not document["plans"]["0.5"]["reason"],
        content_key=key_of(document),
        content=document,
    )
