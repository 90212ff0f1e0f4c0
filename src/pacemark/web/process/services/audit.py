"""The monthly audit of metrics, and operations' word on which of them are watched."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from pacemark.engine.errors import EngineError as Refused
from pacemark.engine.periods import Period
from pacemark.web.accounts.models import User
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.queries import organization
from pacemark.web.pipeline.queries import last_call_date
from pacemark.web.pipeline.queries.corrections import flagged_share
from pacemark.web.pipeline.queries.weekly_panel import DAYS_IN_WEEK, weekly_panel
from pacemark.web.process.bridge.audit import METRICS, audited, panel_of_weeks
from pacemark.web.process.models import MetricAudit, MonitoredMetric
from pacemark.web.process.queries.audit import targets_since
from pacemark.web.process.services.quality_checks import months_up_to
from pacemark.web.trail.services import record

WEEKS = 26
# So many months are audited where none was yet, so that a fall of validity can be seen from the first day.
MONTHS_BACK = 6


def audit_months(*, at: datetime | None = None) -> int:
    """Audit the months that are over and were not audited yet, and return how many; a month needs 26 weeks before it.

    Run twice it does nothing the second time.
    """
    last = last_call_date()
    if last is None:
        return 0
    months = months_up_to(last, MONTHS_BACK + 1)[:-1]
    done = set(MetricAudit.objects.values_list("month_start", flat=True).distinct())
    missing = [month for month in months if month.first not in done]
    for month in missing:
        audit_month(actor=None, month=month, at=at)
    return len(missing)


@transaction.atomic
def audit_month(*, actor: User | None, month: Period, at: datetime | None = None) -> int:
    """Judge every metric on the 26 whole weeks up to a month's end, and keep the verdicts in place of older ones."""
    sunday = month.last - timedelta(days=month.last.isoweekday() % DAYS_IN_WEEK)
    monday = sunday - timedelta(days=WEEKS * DAYS_IN_WEEK - 1)
    panel = panel_of_weeks(weekly_panel(monday, WEEKS))
    targets = {
        name: (since - monday).days // DAYS_IN_WEEK
        for name, since in targets_since(month.last).items()
        if monday < since <= sunday
    }
    found = audited(panel, flagged_share(month.last), targets)
    MetricAudit.objects.filter(month_start=month.first).delete()
    rows = MetricAudit.objects.bulk_create(
        [
            MetricAudit(
                month_start=month.first, metric=name, verdict=numbers.pop("verdict"), counted_at=at or timezone.now(),
                numbers={**numbers, "people": len(panel.deals), "weeks": WEEKS},
            )
            for name, numbers in found.items()
        ]
    )  # fmt: skip
    record(actor=actor, action="process.metrics_audited", subject=("process.metricaudit", month.label))
    return len(rows)


@transaction.atomic
def set_watched(*, actor: User, metric: str, is_watched: bool, reason: str) -> MonitoredMetric:
    """Retire a metric from today on, or watch it again; pages follow at once, and nothing that was counted is lost."""
    if metric not in METRICS:
        raise Refused("process.unknown_metric", "metric is not one of the panel's metrics.", "metric")
    if not reason.strip():
        raise Refused("process.decision_needs_reason", "Say why.", "reason")
    return _set(actor, metric, is_watched=is_watched, reason=reason.strip()[:500])


@transaction.atomic
def set_target(*, actor: User, metric: str, is_target: bool) -> MonitoredMetric:
    """Note that a metric is a target from today on, or is one no more: from then on a fall of its validity shows."""
    if metric not in METRICS:
        raise Refused("process.unknown_metric", "metric is not one of the panel's metrics.", "metric")
    return _set(actor, metric, is_target=is_target)


def _set(actor: User, metric: str, **values: Any) -> MonitoredMetric:
    today: date = local_today(organization().time_zone)
    last = MonitoredMetric.objects.filter(metric=metric, valid_from__lte=today).order_by("-valid_from").first()
    kept = {"is_watched": last.is_watched, "is_target": last.is_target} if last else {"is_watched": True}
    row, _made = MonitoredMetric.objects.update_or_create(
        metric=metric, valid_from=today, defaults={**kept, **values, "set_by": actor}
    )
    record(actor=actor, action="process.metric_monitored", subject=row, changes={"metric": metric, **values})
    return row
