"""Every planted truth is truly in the events, whatever the seed."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest

from pacemark.demo.spec import DemoSpec
from tests.demo.measure import Measured, measure_spec
from tests.demo.truth_checks import CHECKS

ENDS = {101: date(2026, 11, 23), 202: date(2025, 3, 31), 303: date(2026, 6, 1)}


@cache
def measured(seed: int) -> Measured:
    return measure_spec(DemoSpec(seed=seed, end=ENDS[seed]))


@pytest.mark.parametrize("seed", ENDS)
@pytest.mark.parametrize("name", CHECKS)
def test_truth_holds(name: str, seed: int) -> None:
    assert CHECKS[name](measured(seed)) is None
