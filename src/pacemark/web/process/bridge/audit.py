"""Weekly sums to the engine's panel of metrics, and its verdicts to what is kept."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pacemark.engine.process.audit import MetricAudit, Panel, audit_metrics, decay_since
from pacemark.engine.process.audit_json import metric_told
from pacemark.web.pipeline.queries.weekly_panel import WeeklyPanel

FloatArray = NDArray[np.float64]

# What a share of a week is made of: share → (part, whole).
SHARES = {
    "connect_rate": ("connects", "dials"),
    "effective_rate": ("effective_dials", "connects"),
    "deep_talk_rate": ("deep_talks", "connects"),
    "opportunity_rate": ("opportunities_sourced", "deep_talks"),
    "talk_seconds_per_connect": ("talk_seconds", "connects"),
    "leads_per_dial": ("distinct_leads_dialled", "dials"),
}
METRICS = (
    "dials", "distinct_leads_dialled", "connects", "effective_dials", "talk_seconds", "deep_talks",
    "opportunities_sourced", "opportunities", "pipeline_minor", *SHARES, "dials_per_day",
)  # fmt: skip
VALIDITIES = (("validity_between", "interval"), ("validity_within", "interval_within"))
# What a padded talk moves.
GAMED_BY_PADDING = ("deep_talks", "deep_talk_rate")


def panel_of_weeks(weeks: WeeklyPanel) -> Panel:
    """Return every metric by person and week; NaN where a person does not do that kind of work at all."""
    return Panel(names=METRICS, metrics=np.stack([_metric(weeks, name) for name in METRICS]), deals=weeks.deals)


def _metric(weeks: WeeklyPanel, name: str) -> FloatArray:
    if name in SHARES:
        part, whole = (weeks.sums[one] for one in SHARES[name])
        return _ratio(part, whole)
    if name == "dials_per_day":
        return _ratio(weeks.sums["dials"], weeks.active_days)
    values = weeks.sums[name]
    does_it = np.nansum(values, axis=1, keepdims=True) > 0
    return np.where(does_it, values, np.nan)


def _ratio(part: FloatArray, whole: FloatArray) -> FloatArray:
    return np.asarray(np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0))


def audited(panel: Panel, gamed_share: float, targets: dict[str, int]) -> dict[str, dict[str, Any]]:
    """Return each metric's verdict and numbers; ``targets`` names the week from which on a metric was a target."""
    gamed = np.array([gamed_share if name in GAMED_BY_PADDING else np.nan for name in panel.names])
    found = audit_metrics(panel, gamed)
    answer = {name: _numbers(found, place, float(gamed[place])) for place, name in enumerate(panel.names)}
    for name, week in targets.items():
        if name in answer:
            answer[name]["decay"] = _decay(panel, panel.names.index(name), week)
    return answer


def _numbers(found: MetricAudit, place: int, gamed: float) -> dict[str, Any]:
    told = metric_told(found, place)
    between, within = ([told.pop(value), *told.pop(interval)] for value, interval in VALIDITIES)
    return {**told, "between": between, "within": within, "gamed": None if np.isnan(gamed) else round(gamed, 4)}


def _decay(panel: Panel, metric: int, week: int) -> dict[str, Any] | None:
    """Return the validity before and after the week; nothing where a side is too short."""
    found = decay_since(panel, metric, week)
    if found is None:
        return None
    return {
        "before": round(float(found.before[0]), 4),
        "after": round(float(found.after[0]), 4),
        "p": round(float(found.p[0]), 6),
        "is_decayed": bool(found.is_decayed[0]),
    }
