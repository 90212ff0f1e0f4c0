"""Matching by value against trying everything, and against another solver."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from pacemark.engine.errors import EngineError
from pacemark.engine.resources.allocation import allocate
from pacemark.engine.resources.arrivals import Arrivals, Desk
from pacemark.engine.resources.eligibility import Rep
from pacemark.engine.resources.matching import best_fit
from pacemark.engine.resources.policy import Policy

pytest.importorskip("ortools", reason="needs the extra: solver")


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[list[float]], list[int]]:
    counts = draw(st.lists(st.integers(0, 3), min_size=1, max_size=3).filter(lambda found: 0 < sum(found) <= 6))
    row = st.lists(st.integers(-20, 20).map(float), min_size=len(counts), max_size=len(counts))
    return draw(st.lists(row, min_size=sum(counts), max_size=sum(counts))), counts


def _worth(values: list[list[float]], chosen: tuple[int, ...]) -> float:
    return sum(values[lead][rep] for lead, rep in enumerate(chosen))


@settings(max_examples=60, deadline=None)
@given(tables())
def test_no_other_matching_is_worth_more(table: tuple[list[list[float]], list[int]]) -> None:
    values, counts = table
    chosen = best_fit(values, counts)
    slots = [rep for rep, count in enumerate(counts) for _ in range(count)]

    assert sorted(chosen) == slots
    assert _worth(values, chosen) == max(_worth(values, every) for every in set(permutations(slots)))


def test_a_larger_table_is_as_good_as_another_solver_finds() -> None:
    rng = np.random.default_rng(4)
    values, counts = rng.random((120, 6)), [40, 30, 20, 15, 10, 5]
    slots = np.repeat(np.arange(6), counts)
    lead, slot = linear_sum_assignment(values[:, slots], maximize=True)

    assert _worth(values.tolist(), best_fit(values.tolist(), counts)) == pytest.approx(
        values[lead, slots[slot]].sum(), abs=120e-6
    )


def test_the_order_best_fit_gives_each_lead_to_whom_it_suits_and_keeps_counts() -> None:
    leads = Arrivals(
        ids=["1", "2", "3", "4"],
        grades=["A"] * 4,
        values=[{"a": 9.0, "b": 1.0}, {"a": 8.0, "b": 9.0}, {"a": 1.0, "b": 2.0}, {"a": 5.0}],
    )
    run = allocate(leads, Desk(reps=[Rep(id="a"), Rep(id="b")], policy=Policy(order="best_fit")))

    assert list(run.owners) == ["a", "b", "b", "a"]
    assert [decision.rep for decision in run.decisions] == list(run.owners)


@pytest.mark.parametrize(("values", "counts"), [([[1.0]], [2]), ([[1.0, 2.0]], [1]), ([[float("nan")]], [1])])
def test_what_does_not_fit_is_refused(values: list[list[float]], counts: list[int]) -> None:
    with pytest.raises(EngineError, match="value") as refused:
        best_fit(values, counts)
    assert refused.value.code == "resources.bad_match"
