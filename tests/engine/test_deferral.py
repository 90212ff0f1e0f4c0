"""Deals held back over a period's end: hand-counted chances, everybody's habit, silence where nothing is known."""

from __future__ import annotations

from itertools import product
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacemark.engine.errors import EngineError
from pacemark.engine.process.deferral import LEAST_OF_OTHERS, find_deferrals


def _by_hand(tried: list[int], share: list[float], seen: int) -> float:
    """Add up the chance of every outcome of every end."""
    total = 0.0
    for outcome in product(*(range(n + 1) for n in tried)):
        if sum(outcome) >= seen:
            chance = 1.0
            for n, p, k in zip(tried, share, outcome, strict=True):
                chance *= comb(n, k) * p**k * (1 - p) ** (n - k)
            total += chance
    return total


def test_p_is_the_chance_of_at_least_so_many_at_ends_of_different_habit() -> None:
    before = np.array([[0, 1], [8, 2], [9, 1]])
    after = np.array([[3, 2], [8, 7], [7, 9]])

    found = find_deferrals(before, after)

    # others: 15 of 32 just after the first end, 16 of 19 after the second, leaning to a half by one deal a side
    assert found.p[0] == pytest.approx(_by_hand([3, 3], [16 / 34, 17 / 21], 5))
    assert found.expected[0] == pytest.approx(3 * 16 / 34 + 3 * 17 / 21)
    assert (found.after[0], found.around[0]) == (5, 6)


def test_a_holiday_that_makes_everybody_sign_late_excuses_everybody() -> None:
    late = np.array([[0, 6]] * 6), np.array([[6, 14]] * 6)
    assert not find_deferrals(*late).is_noticed.any()


def test_who_holds_back_is_noticed_among_many_and_by_three_deals_at_least() -> None:
    before, after = np.full((30, 8), 2), np.full((30, 8), 2)
    before[4], after[4] = 0, 4
    assert find_deferrals(before, after).is_noticed.nonzero()[0].tolist() == [4]
    before[4], after[4] = 0, 0
    after[4, 0] = 2
    assert not find_deferrals(before, after).is_noticed.any(), "two deals are beyond nothing"


def test_nothing_is_said_of_one_alone_nor_where_others_have_too_few() -> None:
    alone = find_deferrals(np.array([[0, 0]]), np.array([[9, 9]]))
    assert np.isnan(alone.p[0]) and not alone.is_noticed[0]
    few = find_deferrals(np.array([[0], [3]]), np.array([[9], [LEAST_OF_OTHERS - 4]]))
    assert (few.around[0], np.isnan(few.p[0])) == (0, True)


def test_fewer_than_no_deals_are_refused() -> None:
    with pytest.raises(EngineError):
        find_deferrals(np.array([[-1]]), np.array([[1]]))


@given(
    st.lists(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=3, max_size=3), min_size=1, max_size=6),
    st.randoms(use_true_random=False),
)
def test_chances_are_chances_and_the_order_of_people_does_not_matter(
    rows: list[list[tuple[int, int]]], random: object
) -> None:
    table = np.array(rows)
    order = list(range(len(rows)))
    random.shuffle(order)  # type: ignore[attr-defined]

    found = find_deferrals(table[:, :, 0], table[:, :, 1])
    shuffled = find_deferrals(table[order][:, :, 0], table[order][:, :, 1])

    known = ~np.isnan(found.p)
    assert ((found.p[known] >= 0) & (found.p[known] <= 1)).all()
    assert (found.around == 0).tolist() == (~known).tolist()
    assert shuffled.p == pytest.approx(found.p[order], nan_ok=True)
