"""Coaching done, missed, and closed in bulk."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacemark.engine.errors import EngineError
from pacemark.engine.process.execution import (
    OUTCOMES,
    CoachingActions,
    bulk_closings,
    count_outcomes,
    execution_json,
    outcomes_of,
)


@pytest.mark.parametrize(
    ("given_", "rate", "with_late", "passes"),
    [
        ({"due": 25, "on_time": 19, "late": 2, "excused": 1, "missed": 3}, 0.7917, 0.875, False),
        ({"due": 25, "on_time": 20, "late": 1, "excused": 1, "missed": 3}, 0.8333, 0.875, True),
        ({"due": 10, "on_time": 8}, 0.8, 0.8, True),  # exactly four in five
        ({"due": 0, "on_time": 0}, None, None, None),
        ({"due": 3, "on_time": 0, "excused": 3}, None, None, None),
        ({"due": 4, "on_time": 4}, 1, 1, None),  # shown, not judged
        ({"due": 5, "on_time": 5}, 1, 1, True),
        ({"due": 6, "on_time": 1, "excused": 2}, 0.25, 0.25, None),
    ],
)
def test_rates(given_: dict[str, int], rate: float | None, with_late: float | None, passes: bool | None) -> None:
    assert execution_json(given_) == {"rate": rate, "with_late": with_late, "passes": passes}


@pytest.mark.parametrize(
    ("given_", "code"),
    [
        ({"due": 2, "on_time": 2, "missed": 1}, "process.more_than_due"),
        ({"due": -1, "on_time": 0}, "process.negative"),
        ({"due": 1.5, "on_time": 0}, "process.not_whole"),
        ({"due": 1}, "process.missing_key"),
        ({"due": 1, "on_time": 1, "early": 1}, "process.unknown_key"),
    ],
)
def test_bad_input_is_named(given_: dict[str, Any], code: str) -> None:
    with pytest.raises(EngineError) as caught:
        execution_json(given_)

    assert caught.value.code == code


def test_outcomes_need_evidence_and_a_day() -> None:
    #        on time, late, no evidence, due today, tomorrow, excused, done tomorrow
    actions = CoachingActions(
        due_day=np.array([5, 5, 5, 9, 10, 5, 5]),
        done_day=np.array([5, 6, 5, -1, -1, 4, 10]),
        has_evidence=np.array([True, True, False, False, False, True, True]),
        is_excused=np.array([False, False, False, False, False, True, False]),
    )
    found = outcomes_of(actions, today=9)

    assert [OUTCOMES[code] for code in found] == [
        "on_time", "late", "missed", "not_due", "not_due", "excused", "missed",
    ]  # fmt: skip
    assert count_outcomes(np.array([0, 0, 0, 1, 1, 1, 1]), found, 2).tolist() == [[0, 1, 1, 0, 1], [2, 0, 0, 1, 1]]


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 40)), max_size=25),
    st.integers(2, 5),
    st.integers(0, 12),
)
def test_bulk_closings_are_those_of_every_window(actions: list[tuple[int, int]], at_least: int, within: int) -> None:
    manager, moment = (np.array([action[side] for action in actions], dtype=np.int64) for side in (0, 1))
    expected = [
        any(
            sum(m == other and 0 <= later - start <= within for other, later in actions) >= at_least
            and 0 <= s - start <= within
            for mm, start in actions
            if mm == m
        )
        for m, s in actions
    ]

    assert bulk_closings(manager, moment, at_least, within).tolist() == expected


def test_one_alone_is_no_bulk() -> None:
    with pytest.raises(EngineError):
        bulk_closings(np.zeros(1, int), np.zeros(1, int), at_least=1)
