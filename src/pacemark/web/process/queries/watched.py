"""Reading the tolerances that hold and the metrics that are watched."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from pacemark.web.process.models import MonitoredMetric, Tolerance

# Whoever dials answers for the opportunities that followed their talks.
METRIC_OF_STAGE = {"opportunities_from_talks": "opportunities_sourced"}


def tolerance() -> Tolerance:
    """Return the tolerances that hold; the defaults where none are set."""
    return Tolerance.objects.order_by("-version").first() or Tolerance(version=0)


def retired_metrics(day: date) -> frozenset[str]:
    """Return the metrics that operations have retired: pages do not show them. One query."""
    rows = MonitoredMetric.objects.filter(valid_from__lte=day).order_by("valid_from")
    last = dict(rows.values_list("metric", "is_watched"))
    return frozenset(metric for metric, is_watched in last.items() if not is_watched)


def watched_metrics(names: Collection[str], retired: Collection[str]) -> tuple[str, ...]:
    """Return those of some metrics, or stages of a plan, that pages show, in their order: all that nobody retired."""
    return tuple(name for name in names if METRIC_OF_STAGE.get(name, name) not in retired)


def settings_mark(day: date) -> str:
    """Return a short text that changes with the tolerances and with what is watched; for conditional requests."""
    return "|".join(str(part) for part in (tolerance().version, *sorted(retired_metrics(day))))
