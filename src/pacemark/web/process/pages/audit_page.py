"""What the audit page says: metrics, verdicts and reasons in words, and how validity went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext as _

from pacemark.web.process.choices import AuditVerdict
from pacemark.web.process.queries.audit import Audited, AuditedMetric, validity_of
from pacemark.web.ui import formats

TONES: dict[str, Literal["ok", "warn", "risk", ""]] = {"keep": "ok", "watch": "warn", "drop": "risk"}
MOST_LINES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricLine:
    """One row of the table, in words."""

    found: AuditedMetric
    name: str
    verdict: str
    tone: Literal["ok", "warn", "risk", ""]
    reason: str
    between: str
    within: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallen:
    """A target whose validity fell, or did not, since it became one."""

    name: str
    since: Any
    before: float
    after: float
    is_decayed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """Everything that the page shows."""

    month_start: Any
    lines: tuple[MetricLine, ...]
    people: int
    weeks: int
    n_watched: int
    n_after: int
    fallen: tuple[Fallen, ...]
    months: tuple[Any, ...]
    validity: tuple[tuple[str, tuple[float | None, ...]], ...]
    chart: dict[str, Any]


def metric_words() -> dict[str, str]:
    """Return every audited metric in words."""
    return {
        "dials": _("Dials"),
        "distinct_leads_dialled": _("Leads dialled"),
        "connects": _("Connects"),
        "effective_dials": _("Effective dials"),
        "talk_seconds": _("Talk time"),
        "deep_talks": _("Deep talks"),
        "opportunities_sourced": _("Opportunities from talks"),
        "opportunities": _("Opportunities owned"),
        "pipeline_minor": _("Pipeline"),
        "connect_rate": _("Connects / dials"),
        "effective_rate": _("Effective dials / connects"),
        "deep_talk_rate": _("Deep talks / connects"),
        "opportunity_rate": _("Opportunities / deep talks"),
        "talk_seconds_per_connect": _("Talk time per connect"),
        "leads_per_dial": _("Leads / dials"),
        "dials_per_day": _("Dials a day worked"),
    }


def _reasons() -> dict[str, str]:
    return {
        "moves_result": _("who does more of it, or does more of it than usual, has more deals soon after"),
        "redundant": _("another metric says the same, and says it better"),
        "gamed": _("the numbers of too many people ask for a look"),
        "no_validity": _("it moves, but deals do not move with it: a vanity metric"),
        "constant": _("it is the same for everybody, so it tells nothing"),
        "too_little": _("it takes 20 people with 8 weeks each"),
    }


def audit_page(found: Audited) -> AuditPage:
    """Return the page of the last audit."""
    names = metric_words()
    lines = tuple(_line(one, names) for one in found.metrics)
    watched = [line.found for line in lines if line.found.state.is_watched]
    months = tuple(sorted({row.month_start for one in found.metrics for row in one.past}))
    shown = _shown(found.metrics)
    validity = tuple((names.get(one.metric, one.metric), _by_month(one, months)) for one in shown)
    first = found.metrics[0].numbers if found.metrics else {}
    return AuditPage(
        month_start=found.month_start,
        lines=lines,
        people=first.get("people", 0),
        weeks=first.get("weeks", 0),
        n_watched=len(watched),
        n_after=sum(one.verdict != "drop" for one in watched),
        fallen=tuple(_fallen(one, names) for one in found.metrics if one.numbers.get("decay")),
        months=months,
        validity=validity,
        chart=_chart(months, validity, shown),
    )


def _line(one: AuditedMetric, names: dict[str, str]) -> MetricLine:
    numbers = one.numbers
    return MetricLine(
        found=one,
        name=names.get(one.metric, one.metric),
        verdict=str(AuditVerdict(one.verdict).label),
        tone=TONES.get(one.verdict, ""),
        reason=_reasons().get(numbers["reason"], numbers["reason"]),
        between=_interval(numbers["between"]),
        within=_interval(numbers["within"]),
    )


def _interval(side: Sequence[float | None]) -> str:
    value, low, high = side
    if value is None:
        return formats.DASH
    return f"{formats.count(value, 2)} ({formats.count(low, 2)} – {formats.count(high, 2)})"


def _fallen(one: AuditedMetric, names: dict[str, str]) -> Fallen:
    decay = one.numbers["decay"]
    return Fallen(
        name=names.get(one.metric, one.metric), since=one.state.target_since, before=decay["before"],
        after=decay["after"], is_decayed=decay["is_decayed"],
    )  # fmt: skip


def _shown(metrics: Sequence[AuditedMetric]) -> list[AuditedMetric]:
    """Return whose validity is drawn: targets first, then the most valid; too many lines tell nothing."""
    judged = [one for one in metrics if validity_of(one.numbers) > -1]
    return sorted(judged, key=lambda one: (not one.state.is_target, -validity_of(one.numbers)))[:MOST_LINES]


def _by_month(one: AuditedMetric, months: Sequence[Any]) -> tuple[float | None, ...]:
    by_month = {row.month_start: validity_of(row.numbers) for row in one.past}
    return tuple(value if (value := by_month.get(month, -1.0)) > -1 else None for month in months)


def _chart(
    months: Sequence[Any], validity: Sequence[tuple[str, Sequence[float | None]]], shown: Sequence[AuditedMetric]
) -> dict[str, Any]:
    labels = [f"{month:%Y-%m}" for month in months]
    series: list[dict[str, Any]] = []
    for (name, values), one in zip(validity, shown, strict=True):
        line: dict[str, Any] = {"type": "line", "name": name, "data": list(values), "connectNulls": True}
        since = one.state.target_since
        if since is not None and f"{since:%Y-%m}" in labels:
            line["markLine"] = {
                "silent": True, "symbol": "none", "data": [{"xAxis": f"{since:%Y-%m}"}],
                "label": {"formatter": _("%(metric)s: a target from here") % {"metric": name}},
                "lineStyle": {"color": "var(--ink-3)"},
            }  # fmt: skip
        series.append(line)
    return {
        "grid": {"left": 44, "right": 16, "top": 40, "bottom": 28},
        "legend": {"top": 0, "type": "scroll", "textStyle": {"color": "var(--ink-2)"}},
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "data": labels},
        "yAxis": {"type": "value"},
        "series": series,
    }
