"""The chance over the whole chain, against exact laws and against draws."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from pacemark.engine.least import least_work
from pacemark.engine.odds import Sources, deal_weights, factorial_moments
from pacemark.engine.parts import Parts, deal_chances
from pacemark.engine.scenarios import mixture_of
from pacemark.engine.sums import sum_chance
from tests.support.chain_simulation import ChainCase, odds_of, random_case, simulate

# 100,000 draws tell a chance to within .005 in 998 of 1,000 cases.
DRAWS, NOISE = 100_000, 0.005
FULL = ChainCase(
    stages=((400.0, 600.0), (100.0, 400.0), (30.0, 90.0)), work=1200, need=4.0, sigma=0.4, doubt=0.1, closing_share=0.6
)
SETTER = ChainCase(stages=((400.0, 600.0), (100.0, 400.0), (30.0, 90.0)), win=None, work=2500, need=45.0, direct=4.0)


def _chances(cases: list[ChainCase]) -> np.ndarray:
    odds, work = odds_of(cases)
    return mixture_of(odds).chance(np.arange(len(cases)), work)


@given(st.integers(1, 300), st.floats(1, 200), st.floats(1, 200), st.floats(0.1, 2))
def test_a_closer_with_one_price_has_the_beta_binomial_tail(n: int, a: float, b: float, aim: float) -> None:
    need = max(round(aim * n * a / (a + b)), 1)
    found = _chances([ChainCase(win=(a, b), work=n, need=float(need))])[0]

    # A rate that is hardly known is told apart into 16 or 48 values.
    tolerance = 2e-3 if a >= 5 else 0.02
    assert found == pytest.approx(stats.betabinom.sf(need - 1, n, a, b), abs=tolerance)


def test_the_known_rate_of_the_textbook_gives_the_worked_numbers() -> None:
    sure = (2e8, 8e8)
    found = _chances([ChainCase(win=sure, work=work, need=10.0) for work in (50, 61, 69)])

    assert found == pytest.approx([0.5563, 0.8041, 0.9066], abs=5e-5)


def test_the_same_plan_carried_to_dials_is_less_sure() -> None:
    # Design 3.4: 61 opportunities are .80 at a known win rate, about .71 from dials with uncertain rates.
    chain = ChainCase(stages=((400.0, 600.0), (200.0, 800.0), (50.0, 150.0)), win=(20.0, 80.0), work=3050, need=10.0)

    assert 0.66 < _chances([chain])[0] < 0.76


CASES = [
    FULL,
    replace(FULL, direct=6.0),
    replace(FULL, open_count=15, open_chance=0.12),
    replace(FULL, open_count=3, open_chance=0.55),
    replace(FULL, open_count=2, open_chance=0.3, open_size=2.5),
    replace(FULL, work=150, need=1.0, sigma=0.7),
    replace(FULL, work=40_000, need=120.0),
    replace(FULL, sigma=0.0, doubt=0.0, need=6.0),
    replace(FULL, win=(1.5, 8.0), doubt=0.3),
    SETTER,
    replace(SETTER, work=30_000, need=600.0),
    replace(SETTER, work=300, direct=0.0, need=5.0),
    ChainCase(win=(12.0, 60.0), work=8, need=1.3, sigma=0.9, closing_share=0.4),
    ChainCase(win=(12.0, 60.0), work=1, need=1.0),
    ChainCase(win=(12.0, 60.0), work=0, open_count=12, open_chance=0.25, need=3.0, sigma=0.3),
    ChainCase(
        win=(30.0, 90.0), work=60, open_count=20, open_chance=0.1, open_size=0.6, need=20.0, sigma=1.0, doubt=0.2
    ),
    ChainCase(win=(300.0, 900.0), work=6, open_count=24, open_chance=0.9, need=22.0, sigma=0.05),
]


@pytest.mark.parametrize("place", range(len(CASES)))
def test_chances_agree_with_draws(place: int) -> None:
    assert _chances([CASES[place]])[0] == pytest.approx(simulate(CASES[place], DRAWS, seed=place), abs=0.005 + NOISE)


def test_chances_agree_with_draws_over_random_chains() -> None:
    rng = np.random.default_rng(20)
    cases = [random_case(rng) for _ in range(60)]
    drawn = np.array([simulate(case, 40_000, seed) for seed, case in enumerate(cases)])
    off = np.abs(_chances(cases) - drawn)

    assert off.mean() < 0.004
    assert off.max() < 0.02


def test_what_others_do_does_not_change_the_chance() -> None:
    together = _chances(CASES)
    alone = [_chances([case])[0] for case in CASES]

    assert together == pytest.approx(alone, abs=1e-12)
    assert _chances(CASES[::-1]) == pytest.approx(together[::-1], abs=1e-12)


@pytest.mark.parametrize("case", [FULL, SETTER, CASES[3], CASES[4], CASES[15]])
def test_more_work_is_never_a_smaller_chance(case: ChainCase) -> None:
    chances = _chances([replace(case, work=int(work)) for work in np.linspace(0, 3 * case.work, 40)])

    assert (np.diff(chances) > -1e-4).all()
    assert chances[-1] > chances[0]


def test_doubt_costs_chance_where_the_plan_is_ample() -> None:
    sure = replace(FULL, stages=((4e6, 6e6), (1e6, 4e6), (3e5, 9e5)), win=(2e6, 8e6), doubt=0.0, work=3000)
    unsure = replace(FULL, work=3000)

    assert _chances([sure])[0] > _chances([unsure])[0] + 0.02


def test_nothing_needed_is_certain_and_nothing_done_is_hopeless() -> None:
    assert _chances([replace(FULL, need=0.0), replace(FULL, need=-5.0), replace(FULL, work=0)]).tolist() == [1, 1, 0]


@settings(max_examples=25)
@given(st.integers(0, 200), st.floats(0.5, 50), st.floats(0.5, 50), st.floats(0, 20), st.integers(0, 8))
def test_factorial_moments_are_exact(work: int, a: float, b: float, direct: float, opened: int) -> None:
    win = np.array([[1.0], [a / (a + b)], [a * (a + 1) / (a + b) / (a + b + 1)], [0.0]])
    win[3] = win[2] * (a + 2) / (a + b + 2)
    one = np.ones((4, 1))
    sources = Sources(
        work_moments=one,
        win_moments=win,
        direct=np.array([direct]),
        open_count=np.array([float(opened)]),
        open_floor=np.array([0.1]),
        open_slope=np.array([0.5]),
    )
    found = factorial_moments(sources, np.array([float(work)]))[:, 0]
    nodes, weights = np.polynomial.legendre.leggauss(200)
    rate = stats.beta.ppf((nodes + 1) / 2, a, b)
    mean = (work + direct) * rate + opened * (0.1 + 0.5 * rate)
    variance = work * rate * (1 - rate) + direct * rate + opened * (0.1 + 0.5 * rate) * (0.9 - 0.5 * rate)

    assert found[1] == pytest.approx((weights * mean).sum() / 2, rel=1e-3, abs=1e-4)
    assert found[2] == pytest.approx((weights * (variance + mean**2 - mean)).sum() / 2, rel=1e-3, abs=1e-6)


def test_binomial_poisson_and_beta_binomial_counts_are_exact() -> None:
    counts = np.arange(60.0)[None, :]
    for law, moments in (
        (stats.binom(40, 0.3), [1, 12, 40 * 39 * 0.09, 40 * 39 * 38 * 0.027]),
        (stats.poisson(7), [1, 7, 49, 343]),
    ):
        weights = deal_weights(np.array(moments, dtype=float)[:, None], counts, np.ones((1, 1)))[0]

        assert weights / weights.sum() == pytest.approx(law.pmf(counts[0]), abs=1e-9)


def test_part_by_part_agrees_with_draws() -> None:
    rng = np.random.default_rng(6)
    win, through = rng.beta(1.2, 1.1, 400_000), rng.beta(2.0, 30.0, 400_000)
    drawn = rng.binomial(300, through * win) + rng.poisson(3 * win) + rng.binomial(9, 0.3 + 0.7 * win)
    moments = [np.array([(sample**power).mean() for power in range(4)]) for sample in (through, win)]
    parts = Parts(
        work=300.0,
        work_moments=moments[0],
        win_moments=moments[1],
        direct=3.0,
        open_count=9.0,
        open_floor=0.3,
        open_slope=0.7,
    )
    found = deal_chances(parts, 200)
    exact = np.bincount(drawn, minlength=200)[:200] / len(drawn)

    assert np.abs(np.cumsum(found) - np.cumsum(exact)).max() < 0.01


@pytest.mark.parametrize("sigma", [0.05, 0.4, 0.8, 1.2])
@pytest.mark.parametrize("n_values", [1, 2, 5, 30])
def test_sums_of_deal_values_agree_with_draws(sigma: float, n_values: int) -> None:
    rng = np.random.default_rng(1)
    total = np.log(np.exp(sigma * rng.standard_normal((40_000, n_values))).sum(axis=1)) + 0.1 * rng.standard_normal(
        40_000
    )
    needs = np.quantile(total, [0.05, 0.25, 0.5, 0.75, 0.95])
    found = sum_chance(needs[None, :], np.array([[sigma]]), np.array([[0.1]]), np.full((1, 5), float(n_values)))[0]

    assert found == pytest.approx([0.95, 0.75, 0.5, 0.25, 0.05], abs=0.012)


@given(st.floats(0.01, 0.5), st.integers(1, 30), st.floats(0.05, 0.95), st.floats(0, 1e5))
def test_the_least_work_is_the_least(rate: float, needed: int, confidence: float, guess: float) -> None:
    def chance(people: np.ndarray, work: np.ndarray) -> np.ndarray:
        return np.asarray(stats.binom.sf(needed - 1, work, rate))

    work, reached = least_work(chance, confidence, np.array([guess]), 1e6)

    assert stats.binom.sf(needed - 1, work[0], rate) == reached[0] >= confidence
    assert stats.binom.sf(needed - 1, work[0] - 1, rate) < confidence


def test_what_no_work_reaches_is_infinite() -> None:
    work, reached = least_work(lambda people, work: np.full(len(people), 0.6), 0.8, np.zeros(2), 1e6)

    assert work.tolist() == [np.inf] * 2
    assert reached.tolist() == [0.6] * 2
