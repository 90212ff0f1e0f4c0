"""Writing what is left of everyone's plan when a day begins. Atomic, with a trail; worked out as often as asked."""

from __future__ import annotations

import gc
import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from pacemark.engine.errors import EngineError
from pacemark.engine.periods import Period, sales_month_of
from pacemark.web.accounts.models import User
from pacemark.web.goals.bridge.replan_documents import in_minor, replan_documents
from pacemark.web.goals.bridge.replanning import ReplanGround, replan_people
from pacemark.web.goals.models import Replan
from pacemark.web.goals.queries.replans import has_plans, load_replan_ground
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.queries import organization
from pacemark.web.trail.services import record

_KEY = ("rep_id", "period_start", "as_of")
_WRITTEN_ANEW = (
    "plan_id", "computed_at", "status", "target_minor", "booked_minor", "projection_minor", "projection_low_minor",
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
    with collector_at_rest():
        ground, documents = _worked_out(period, as_of, rep_ids)
        if documents:
            keep_replans(actor=actor, ground=ground, documents=documents)
    return len(documents)


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Let no rubbish be looked for meanwhile: among millions of living parts of documents there is hardly any."""
    was_at_work = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_at_work:
            gc.enable()


def replan_running(*, actor: User | None, rep_ids: Collection[int] | None = None) -> int:
    """Replan the month that is running, as of today; return for how many people. Nothing where nobody has a plan."""
    settings = organization()
    today = local_today(settings.time_zone)
    period = sales_month_of(today, settings.sales_month_start_day)
    if not has_plans(period.first, rep_ids):
        return 0
    return replan_period(actor=actor, period=period, as_of=today, rep_ids=rep_ids)


def _worked_out(
    period: Period, as_of: date, rep_ids: Collection[int] | None
) -> tuple[ReplanGround, list[dict[str, Any]]]:
    if not period.first <= as_of <= period.last + timedelta(days=1):
        message = "A period is planned anew on one of its days, or on the day after its last."
        raise EngineError("goals.day_out_of_range", message, "as_of")
    ground = load_replan_ground(period, as_of, rep_ids)
    return ground, replan_documents(replan_people(ground)) if ground.people else []


@transaction.atomic
def keep_replans(*, actor: User | None, ground: ReplanGround, documents: list[dict[str, Any]]) -> None:
    """Keep what was worked out for a day. In plain SQL: ten thousand documents as objects take three times as long."""
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    as_of = connection.ops.adapt_datefield_value(ground.as_of)
    first = connection.ops.adapt_datefield_value(ground.period.first)
    rows = [
        (person.rep_id, first, as_of, person.plan_id, now, *_columns(document), json.dumps(document, allow_nan=False))
        for person, document in zip(ground.people, documents, strict=True)
    ]
    table, marks = Replan._meta.db_table, ", ".join(["%s"] * (len(_KEY) + len(_WRITTEN_ANEW)))
    anew = ", ".join(f"{name} = excluded.{name}" for name in _WRITTEN_ANEW)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} ({', '.join((*_KEY, *_WRITTEN_ANEW))}) VALUES ({marks}) "
            f"ON CONFLICT ({', '.join(_KEY)}) DO UPDATE SET {anew}",
            rows,
        )
    record(
        actor=actor,
        action="goals.period_replanned",
        subject=("period", ground.period.label),
        changes={"people": len(rows), "as_of": ground.as_of.isoformat()},
    )


def _columns(document: dict[str, Any]) -> tuple[Any, ...]:
    """Return what is kept beside the document, in the order of the columns."""
    ends, even = document["projection"], document["plans"]["0.5"]
    done = document["booked"] if document["sourced"] is None else document["sourced"]
    return (
        document["status"],
        round(document["target"] * document["minor_units"]),
        in_minor(document, done),
        in_minor(document, ends["mean"]),
        in_minor(document, ends["low"]),
        in_minor(document, ends["high"]),
        document["chance"],
        even["feasible"] is not False and not even["reason"],
    )
