"""What a window sees of trials made in it and before it, against simulation."""

from __future__ import annotations

import numpy as np
import pytest

from pacemark.engine.errors import EngineError
from pacemark.engine.lags import typed_in_curve
from pacemark.engine.process.exposure import exposure_in_window


def test_expected_successes_in_a_window_are_those_that_come() -> None:
    rng = np.random.default_rng(1)
    window_days, n_trials, rate = 91, 400_000, 0.3
    curve = typed_in_curve(14.0)
    age = rng.integers(0, 240, n_trials)
    lag = np.searchsorted(curve.shares, rng.random(n_trials))
    wins = rng.random(n_trials) < rate
    before = age - window_days
    was_open = (before < 0) | ~(wins & (lag <= before))
    came = wins & was_open & (lag <= age)
    exposed = exposure_in_window(curve, age[was_open].astype(float), window_days, rate)
    for some in (before < 0, before >= 0, (before >= 0) & (before < 10)):
        expected = rate * exposed[some[was_open]].sum()
        assert came[some].sum() == pytest.approx(expected, abs=4 * np.sqrt(expected))


@pytest.mark.parametrize(("age", "rate"), [(-1.0, 0.3), (3.0, 0.0), (3.0, 1.0)])
def test_what_cannot_be_is_refused(age: float, rate: float) -> None:
    with pytest.raises(EngineError):
        exposure_in_window(typed_in_curve(14.0), np.array([age]), 91, rate)
