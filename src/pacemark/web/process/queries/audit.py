"""Reading the audit of metrics: the last verdicts, how validity went, and since when a metric is a target."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from pacemark.web.process.models import MetricAudit, MonitoredMetric


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricState:
    """How a metric stands on a day, and since when it is a target."""

    is_watched: bool = True
    is_target: bool = False
    target_since: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditedMetric:
    """One metric's last verdict with its numbers, its state, and the audits before, oldest first."""

    metric: str
    verdict: str
    numbers: dict[str, Any]
    state: MetricState
    past: tuple[MetricAudit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """The last audited month, and every metric of it: kept ones first, the most valid first among equals."""

    month_start: date
    metrics: tuple[AuditedMetric, ...]


VERDICT_ORDER = ("keep", "watch", "drop", "not_enough_data")


def metric_states(day: date) -> dict[str, MetricState]:
    """Return how every metric that anybody has set stands on a day; all others are watched, and no target."""
    found: dict[str, MetricState] = {}
    for row in MonitoredMetric.objects.filter(valid_from__lte=day).order_by("valid_from"):
        before = found.get(row.metric, MetricState())
        since = (before.target_since or row.valid_from) if row.is_target else None
        found[row.metric] = MetricState(
            is_watched=row.is_watched, is_target=row.is_target, target_since=since, reason=row.reason
        )
    return found


def targets_since(day: date) -> dict[str, date]:
    """Return the metrics that are targets on a day, and since when."""
    return {name: one.target_since for name, one in metric_states(day).items() if one.target_since}


def last_audit(day: date) -> Audited | None:
    """Return the last audited month with everything known of its metrics; two queries."""
    rows = list(MetricAudit.objects.order_by("month_start"))
    if not rows:
        return None
    states = metric_states(day)
    month_start = rows[-1].month_start
    past: dict[str, list[MetricAudit]] = {}
    for row in rows:
        past.setdefault(row.metric, []).append(row)
    metrics = [
        AuditedMetric(
            metric=row.metric, verdict=row.verdict, numbers=row.numbers,
            state=states.get(row.metric, MetricState()), past=tuple(past[row.metric]),
        )
        for row in rows
        if row.month_start == month_start
    ]  # fmt: skip
    return Audited(month_start=month_start, metrics=tuple(sorted(metrics, key=_place)))


def _place(one: AuditedMetric) -> tuple[int, float, str]:
    return VERDICT_ORDER.index(one.verdict), -validity_of(one.numbers), one.metric


def validity_of(numbers: dict[str, Any]) -> float:
    """Return the stronger of both validities; −1 where neither is known."""
    return max((side[0] for side in (numbers["between"], numbers["within"]) if side[0] is not None), default=-1.0)
