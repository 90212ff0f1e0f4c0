"""The calculator's ``audit``: which metrics deserve to be watched."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from pacemark.engine.checks import fraction_of
from pacemark.engine.errors import EngineError
from pacemark.engine.fields import Fields, fields_of
from pacemark.engine.process.audit import MetricAudit, Panel, audit_metrics, decay_since, panel_of

_AREA = "process"
_MOST_METRICS = 200
_MOST_CELLS = 20_000_000


def audit_json(payload: dict[str, Any]) -> dict[str, Any]:
    """Answer the calculator's ``audit``.

    Parameters
    ----------
    payload : dict
        ``panel``: rows of ``person``, ``week``, ``deals`` and ``metrics`` (by name a number, or null for unknown);
        optionally ``gamed`` (by metric the share of people whose numbers ask to be reviewed) and ``targets`` (by
        metric the week from which on it was a target).

    Returns
    -------
    dict
        ``metrics``: by name ``verdict``, ``reason``, ``discrimination``, ``stability``, ``independence``,
        ``validity_between`` with its ``interval``, ``validity_within`` with its ``interval_within``, and ``decay``
        where it became a target; ``cost``: how many metrics a person is watched by, before and after.

    Raises
    ------
    EngineError
        ``process.…`` for bad input; ``process.row_twice``, ``process.bad_key``, ``process.unknown_metric``.

    Examples
    --------
    >>> row = {"person": "A", "week": 1, "deals": 2, "metrics": {"dials": 40}}
    >>> audit_json({"panel": [row]})["metrics"]["dials"]["verdict"]
    'not_enough_data'
    """
    fields = fields_of(payload, _AREA, required=["panel"], optional=["gamed", "targets"])
    rows = [_row(item, place) for place, item in enumerate(fields.items("panel"))]
    people, weeks = _places([row[0] for row in rows], "person"), _places([row[1] for row in rows], "week")
    names = list(dict.fromkeys(name for row in rows for name in row[3]))
    if len(names) > _MOST_METRICS or len(names) * len(people) * len(weeks) > _MOST_CELLS:
        raise EngineError(
            "process.too_many", "The panel has more metrics, people and weeks than can be meant.", "panel"
        )
    seen = {(person, week) for person, week, _, _ in rows}
    if len(seen) < len(rows):
        raise EngineError("process.row_twice", "A person has two rows for one week.", "panel")
    panel = panel_of([(people[row[0]], weeks[row[1]], row[2], row[3]) for row in rows], names)
    found = audit_metrics(panel, _gamed(fields, names))
    answer = {name: metric_told(found, place) for place, name in enumerate(names)}
    for name, week in _targets(fields, names, weeks).items():
        answer[name]["decay"] = _decay(panel, names.index(name), week)
    return {"metrics": answer, "cost": {"before": len(names), "after": found.n_kept}}


def _row(item: object, place: int) -> tuple[str | int, str | int, float, dict[str, float]]:
    row = fields_of(item, _AREA, path=f"panel.{place}", required=["person", "week", "deals", "metrics"])
    metrics = row.values["metrics"]
    if not isinstance(metrics, Mapping):
        raise EngineError(
            "process.not_an_object", f"{row.field('metrics')} must be a JSON object.", row.field("metrics")
        )
    values = {}
    for name, value in metrics.items():
        path = f"{row.field('metrics')}.{str(name)[:60]}"
        values[str(name)] = math.nan if value is None else float(fraction_of(value, path, _AREA))
    return _key(row, "person"), _key(row, "week"), float(row.amount("deals")), values


def _key(row: Fields, name: str) -> str | int:
    value = row.values[name]
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise EngineError("process.bad_key", f"{row.field(name)} must be text or a whole number.", row.field(name))
    return value


def _places(keys: list[str | int], word: str) -> dict[str | int, int]:
    """Number the keys in their order: weeks by number, or by text such as 2024-W05."""
    if len({type(key) for key in keys}) > 1:
        raise EngineError("process.bad_key", f"Every {word} must be text, or every one a number.", f"panel.0.{word}")
    return {key: place for place, key in enumerate(sorted(set(keys), key=_order))}


def _order(key: str | int) -> tuple[int, str]:
    return (key, "") if isinstance(key, int) else (0, key)


def _gamed(fields: Fields, names: list[str]) -> np.ndarray[Any, np.dtype[np.float64]]:
    given = _by_metric(fields, "gamed", names)
    return np.array([float(given.rate(name)) if given and given.has(name) else math.nan for name in names])


def _targets(fields: Fields, names: list[str], weeks: Mapping[str | int, int]) -> dict[str, int]:
    given = _by_metric(fields, "targets", names)
    found = {}
    for name in names:
        if given is not None and given.has(name):
            week = given.values[name]
            if isinstance(week, bool) or not isinstance(week, str | int) or week not in weeks:
                message = f"{given.field(name)} must be one of the panel's weeks."
                raise EngineError("process.bad_key", message, given.field(name))
            found[name] = weeks[week]
    return found


def _by_metric(fields: Fields, key: str, names: list[str]) -> Fields | None:
    if not fields.has(key):
        return None
    value = fields.values[key]
    unknown = [name for name in value if name not in names] if isinstance(value, Mapping) else []
    if unknown:
        message = f"{str(unknown[0])[:60]} is no metric of the panel."
        raise EngineError("process.unknown_metric", message, f"{key}.{str(unknown[0])[:60]}")
    return fields.child(key, optional=names)


def metric_told(found: MetricAudit, place: int) -> dict[str, Any]:
    """Tell one metric's verdict and figures, none of them where there is too little to judge.

    Parameters
    ----------
    found : MetricAudit
        What is known of every metric.
    place : int
        Place of the metric.

    Returns
    -------
    dict
        As in the calculator's answer: ``verdict``, ``reason``, ``discrimination``, ``stability``, ``independence``,
        ``validity_between`` with ``interval``, ``validity_within`` with ``interval_within``.

    Examples
    --------
    >>> panel = panel_of([(0, 0, 1.0, {"a": 2.0})], ["a"])
    >>> metric_told(audit_metrics(panel), 0)["reason"]
    'too_little'
    """
    is_judged = found.verdicts[place] != "not_enough_data"

    def shown(value: float) -> float | None:
        return round(float(value), 4) if is_judged and math.isfinite(value) else None

    between, within = found.between, found.within
    return {
        "verdict": found.verdicts[place],
        "reason": found.reasons[place],
        "discrimination": shown(found.discrimination[place]),
        "stability": shown(found.stability[place]),
        "independence": shown(found.independence[place]),
        "validity_between": shown(between.value[place]),
        "interval": [shown(between.low[place]), shown(between.high[place])],
        "validity_within": shown(within.value[place]),
        "interval_within": [shown(within.low[place]), shown(within.high[place])],
    }


def _decay(panel: Panel, metric: int, week: int) -> dict[str, Any]:
    """Compare the validity that was stronger before, before and after the week."""
    found = decay_since(panel, metric, week)
    if found is None:
        return {"before": None, "after": None, "p": None, "decayed": None}
    before, after = (round(float(side[0]), 4) for side in (found.before, found.after))
    return {"before": before, "after": after, "p": round(float(found.p[0]), 6), "decayed": bool(found.is_decayed[0])}
