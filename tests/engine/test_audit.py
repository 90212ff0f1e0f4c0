"""Which metrics deserve to be watched: planted panels, and each figure by independent code."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from pacemark.engine.errors import EngineError
from pacemark.engine.process.audit import Panel, audit_metrics, is_enough, validity_decay
from pacemark.engine.process.audit_json import audit_json
from pacemark.engine.process.coaching_effect import coaching_effect
from pacemark.engine.process.validity import later_deals, ranks, validity_between, validity_within


def _planted(seed: int, n_people: int = 40, n_weeks: int = 12) -> Panel:
    """Deep talks drive deals; talk minutes go their own way."""
    rng = np.random.default_rng(seed)
    talks = rng.poisson(rng.gamma(9, 12 / 9, (n_people, 1)), (n_people, n_weeks)).astype(float)
    minutes = rng.normal(300, 60, (n_people, 1)) + rng.normal(0, 50, (n_people, n_weeks))
    return Panel(
        names=("talk_minutes", "deep_talks"), metrics=np.stack([minutes, talks]),
        deals=rng.poisson(0.1 * talks).astype(float),
    )  # fmt: skip


def _rows(panel: Panel) -> list[dict[str, Any]]:
    return [
        {"person": f"P{person}", "week": week + 1, "deals": int(panel.deals[person, week]),
         "metrics": {name: float(panel.metrics[place, person, week]) for place, name in enumerate(panel.names)}}
        for person in range(panel.deals.shape[0]) for week in range(panel.deals.shape[1])
    ]  # fmt: skip


def test_a_planted_panel_is_told_apart() -> None:
    audits = [audit_metrics(_planted(seed)) for seed in range(60)]

    assert np.mean([one.verdicts[0] == "drop" for one in audits]) >= 0.93
    assert np.mean([one.verdicts[1] == "keep" for one in audits]) >= 0.98


def test_the_calculator_says_the_same_in_any_order_of_rows() -> None:
    panel = _planted(3)
    rows = _rows(panel)
    answer = audit_json({"panel": rows})
    found = audit_metrics(panel)

    assert [answer["metrics"][name]["verdict"] for name in panel.names] == ["drop", "keep"] == list(found.verdicts)
    assert answer["cost"] == {"before": 2, "after": 1}
    shuffled = audit_json({"panel": rows[::-1]})["metrics"]
    for name, metric in answer["metrics"].items():
        low, high = metric["interval"]
        assert low <= metric["validity_between"] <= high
        assert shuffled[name] == metric


def test_validity_between_is_spearmans() -> None:
    panel = _planted(5)
    found = validity_between(panel.metrics, panel.deals)
    later = later_deals(panel.deals)
    for place in range(2):
        own, theirs = panel.metrics[place, :, :-1].mean(axis=1), later[:, :-1].mean(axis=1)
        assert found.value[place] == pytest.approx(stats.spearmanr(own, theirs).statistic)


def test_validity_within_is_the_correlation_of_ranks_freed_of_person_and_week() -> None:
    panel = _planted(6)
    later = later_deals(panel.deals)[:, :-1]
    for place in range(2):
        sides = []
        for values in (panel.metrics[place, :, :-1], later):
            ranked = np.apply_along_axis(stats.rankdata, 1, values)
            sides.append(ranked - ranked.mean(axis=1, keepdims=True) - ranked.mean(axis=0) + ranked.mean())
        expected = np.corrcoef(sides[0].ravel(), sides[1].ravel())[0, 1]
        assert validity_within(panel.metrics, panel.deals).value[place] == pytest.approx(expected)


def test_intervals_hold_what_they_promise_where_nothing_is_to_be_found() -> None:
    covered = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        # walks hang together from week to week, and so do windows of deals
        metrics = np.cumsum(rng.standard_normal((1, 40, 12)), axis=2)
        deals = np.abs(np.cumsum(rng.standard_normal((40, 12)), axis=1))
        both = (validity_between(metrics, deals), validity_within(metrics, deals))
        covered += [found.low[0] <= 0 <= found.high[0] for found in both]

    assert np.mean(covered) == pytest.approx(0.95, abs=0.03)


def test_discrimination_stability_and_independence_by_other_code() -> None:
    panel = _planted(7)
    found = audit_metrics(panel)
    values = panel.metrics[1]
    f_ratio = stats.f_oneway(*values).statistic
    halves = [values[:, :6].mean(axis=1), values[:, 6:].mean(axis=1)]
    r = np.corrcoef(panel.metrics[0].ravel(), values.ravel())[0, 1]

    assert found.discrimination[1] == pytest.approx(1 - 1 / f_ratio)
    assert found.stability[1] == pytest.approx(stats.spearmanr(*halves).statistic)
    assert found.independence == pytest.approx([1 - r**2] * 2)


def _with(panel: Panel, name: str, values: np.ndarray) -> Panel:
    return Panel(names=(*panel.names, name), metrics=np.concatenate([panel.metrics, values[None]]), deals=panel.deals)


def test_a_copy_is_watched_a_constant_dropped_and_a_gamed_metric_watched() -> None:
    rng = np.random.default_rng(1)
    panel = _planted(2)
    noisy = panel.metrics[1] + 0.2 * rng.standard_normal(panel.deals.shape)
    panel = _with(_with(panel, "almost", noisy), "constant", np.full(panel.deals.shape, 7.0))
    found = audit_metrics(panel)

    assert sorted(zip(found.verdicts[1:3], found.reasons[1:3], strict=True)) == [
        ("keep", "moves_result"), ("watch", "redundant"),
    ]  # fmt: skip
    assert (found.verdicts[3], found.reasons[3]) == ("drop", "constant")
    assert np.isnan(found.discrimination[3])
    gamed = audit_metrics(_planted(2), np.array([np.nan, 0.06]))
    assert (gamed.verdicts[1], gamed.reasons[1]) == ("watch", "gamed")


@pytest.mark.parametrize(("n_people", "n_weeks", "enough"), [(20, 8, True), (19, 8, False), (20, 7, False)])
def test_under_twenty_people_or_eight_weeks_nothing_is_judged(n_people: int, n_weeks: int, enough: bool) -> None:
    panel = _planted(1, n_people, n_weeks)
    answer = audit_json({"panel": _rows(panel)})

    assert is_enough(panel) is enough
    assert (answer["metrics"]["deep_talks"]["verdict"] == "not_enough_data") is not enough
    assert (answer["metrics"]["deep_talks"]["validity_between"] is None) is not enough


def test_gaps_in_the_panel_are_no_zeros() -> None:
    panel = _planted(4)
    rows = _rows(panel)
    whole, gappy = audit_json({"panel": rows}), audit_json({"panel": rows[::2] + rows[1::4]})
    unknown = [{**row, "metrics": {**row["metrics"], "talk_minutes": None}} for row in rows]

    assert gappy["metrics"]["deep_talks"]["verdict"] == "keep"
    assert gappy["metrics"]["deep_talks"] != whole["metrics"]["deep_talks"]
    assert audit_json({"panel": unknown})["metrics"]["talk_minutes"]["reason"] == "constant"


def test_a_metric_that_stopped_telling_is_a_goodhart_signal() -> None:
    rng = np.random.default_rng(9)
    panel = _planted(9, 200, 24)
    talks = panel.metrics[1].copy()
    talks[:, 12:] = rng.poisson(30, (200, 12))  # a target now: everyone reports the same thirty
    gone = Panel(names=panel.names, metrics=np.stack([panel.metrics[0], talks]), deals=panel.deals)
    decay = audit_json({"panel": _rows(gone), "targets": {"deep_talks": 13}})["metrics"]["deep_talks"]["decay"]
    steady = audit_json({"panel": _rows(panel), "targets": {"deep_talks": 13}})["metrics"]["deep_talks"]["decay"]

    assert (decay["decayed"], steady["decayed"]) == (True, False)
    assert decay["before"] > 0.5 > abs(decay["after"]) + 0.2
    sides = [validity_between(gone.metrics[1:, :, part], gone.deals[:, part]) for part in (slice(12), slice(12, 24))]
    assert decay["p"] == pytest.approx(validity_decay(*sides).p[0], abs=1e-6)


def test_ranks_are_those_of_scipy() -> None:
    values = np.random.default_rng(1).integers(0, 5, (30, 12)).astype(float)

    assert ranks(values) == pytest.approx(np.apply_along_axis(stats.rankdata, 1, values))


ROW = {"person": "A", "week": 1, "deals": 1, "metrics": {"dials": 1}}


@pytest.mark.parametrize(
    ("payload", "code", "field"),
    [
        ({"panel": [ROW, ROW]}, "process.row_twice", "panel"),
        ({"panel": [{**ROW, "deals": -1}]}, "process.negative", "panel.0.deals"),
        ({"panel": [{**ROW, "week": 1.5}]}, "process.bad_key", "panel.0.week"),
        ({"panel": [ROW, {**ROW, "week": "2"}]}, "process.bad_key", "panel.0.week"),
        ({"panel": [{**ROW, "metrics": []}]}, "process.not_an_object", "panel.0.metrics"),
        ({"panel": [{**ROW, "metrics": {"dials": "many"}}]}, "process.not_a_number", "panel.0.metrics.dials"),
        ({"panel": [ROW], "targets": {"dials": 9}}, "process.bad_key", "targets.dials"),
        ({"panel": [ROW], "gamed": {"talks": 0.1}}, "process.unknown_metric", "gamed.talks"),
        ({"panel": [ROW], "gamed": {"dials": 2}}, "process.rate_out_of_range", "gamed.dials"),
    ],
)
def test_bad_input_is_named(payload: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(EngineError) as caught:
        audit_json(payload)

    assert (caught.value.code, caught.value.field) == (code, field)


def test_an_empty_panel_has_an_empty_answer() -> None:
    assert audit_json({"panel": []}) == {"metrics": {}, "cost": {"before": 0, "after": 0}}


# --- coaching against similar people who had none ---------------------------------------------------------------------


def _coached(seed: int, effect: float) -> tuple[np.ndarray, ...]:
    """Coach half of those who were lowest in a window that is mostly luck."""
    rng = np.random.default_rng(seed)
    rates = 0.25 * (1 + 0.12 * rng.standard_normal(60))
    before = rng.binomial(60, rates) / 60
    coached = np.zeros(60, dtype=bool)
    coached[rng.permutation(np.argsort(before)[:25])[:12]] = True
    return before, rng.binomial(60, rates + effect * coached) / 60, coached, np.zeros(60, dtype=np.int64)


def test_a_rebound_is_no_effect_and_an_effect_is_found() -> None:
    for effect in (0.0, 0.05):
        found = [coaching_effect(*_coached(seed, effect)) for seed in range(150)]
        assert np.mean([one.effect for one in found]) == pytest.approx(effect, abs=0.008)
        assert np.mean([one.rebound for one in found]) > 0.03  # what a plain before and after would have claimed
        covered = np.mean([one.low <= effect <= one.high for one in found])  # type: ignore[operator]
        assert covered == pytest.approx(0.9, abs=0.06)


def test_distance_that_is_left_between_those_alike_is_taken_out() -> None:
    # a straight line with slope .5, and nobody alike exactly: coached people all lie above their matches
    others = np.linspace(0.1, 0.3, 11)
    before = np.concatenate([others, others[:-1] + 0.009])
    coached = np.arange(len(before)) >= len(others)
    found = coaching_effect(before, 0.1 + 0.5 * before + 0.03 * coached, coached, np.zeros(len(before), dtype=np.int64))

    assert found.effect == pytest.approx(0.03)


def test_without_people_alike_nothing_is_said() -> None:
    before, after, coached, group = _coached(1, 0.0)

    assert coaching_effect(before, after, coached, coached.astype(np.int64)).verdict == "not_enough_data"
    assert coaching_effect(before[:4], after[:4], coached[:4], group[:4]).effect is None
    with pytest.raises(EngineError):
        coaching_effect(before, after[:-1], coached, group)
