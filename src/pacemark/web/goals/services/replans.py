"""Writing what is left of everyone's plan when a day begins. Atomic, with a trail; worked out as often as asked."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from pacemark.engine.errors import EngineError
from pacemark.engine.periods import Period
from pacemark.web.accounts.models import User
from pacemark.web.goals.bridge.replan_documents import in_minor, replan_documents
from pacemark.web.goals.bridge.replanning import ReplanGround, replan_people
from pacemark.web.goals.models import Replan
from pacemark.web.goals.queries.replans import load_replan_ground
from pacemark.web.trail.services import record

_ROWS_AT_ONCE = 1000
_WRITTEN_ANEW = (
    "plan", "computed_at", "status", "target_minor", "booked_minor", "projection_minor", "projection_low_minor",
    "projection_high_minor", "chance", "is_feasible", "content",
)  # fmt: skip


def work_out_rest(period: Period, as_of: date, rep_ids: Collection[int] | None = None) -> list[dict[str, Any]]:
    """Return what is left for everyone who has a plan, as documents; nothing is written."""
    return _worked_out(period, as_of, rep_ids)[1]


def replan_period(*, actor: User | None, period: Period, as_of: date, rep_ids: Collection[int] | None = None) -> int:
    """Work out what was left when a day began, and keep it; return for how many people.

    Each is measured against the plan that stands: the agreed one, else the current one. A second replan of the same
    day replaces the first, since later records of earlier days are known by then.
    """
    ground, documents = _worked_out(period, as_of, rep_ids)
    if documents:
        _keep(actor=actor, ground=ground, documents=documents)
    return len(documents)


def _worked_out(
    period: Period, as_of: date, rep_ids: Collection[int] | None
) -> tuple[ReplanGround, list[dict[str, Any]]]:
    if not period.first <= as_of <= period.last + timedelta(days=1):
        message = "A period is planned anew on one of its days, or on the day after its last."
        raise EngineError("goals.day_out_of_range", message, "as_of")
    ground = load_replan_ground(period, as_of, rep_ids)
    return ground, replan_documents(replan_people(ground)) if ground.people else []


@transaction.atomic
def _keep(*, actor: User | None, ground: ReplanGround, documents: list[dict[str, Any]]) -> None:
    now = timezone.now()
    rows = [
        Replan(
            rep_id=person.rep_id,
            period_start=ground.period.first,
            as_of=ground.as_of,
            plan_id=person.plan_id,
            computed_at=now,
            **_columns(document),
            content=document,
        )
        for person, document in zip(ground.people, documents, strict=True)
    ]
    Replan.objects.bulk_create(
        rows,
        batch_size=_ROWS_AT_ONCE,
        update_conflicts=True,
        unique_fields=["rep", "period_start", "as_of"],
        update_fields=_WRITTEN_ANEW,
    )
    record(
        actor=actor,
        action="goals.period_replanned",
        subject=("period", ground.period.label),
        changes={"people": len(rows), "as_of": ground.as_of.isoformat()},
    )


def _columns(document: dict[str, Any]) -> dict[str, Any]:
    ends, even = document["projection"], document["plans"]["0.5"]
    done = document["booked"] if document["sourced"] is None else document["sourced"]
    return {
        "status": document["status"],
        "target_minor": round(document["target"] * document["minor_units"]),
        "booked_minor": in_minor(document, done),
        "projection_minor": in_minor(document, ends["mean"]),
        "projection_low_minor": in_minor(document, ends["low"]),
        "projection_high_minor": in_minor(document, ends["high"]),
        "chance": document["chance"],
        "is_feasible": even["feasible"] is not False and not even["reason"],
    }
