"""A success others can reuse: oracles for the tests and intervals, and what only a trial may say."""

from __future__ import annotations

from itertools import product
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta, fisher_exact

from pacemark.engine.calc import calculate
from pacemark.engine.errors import EngineError
from pacemark.engine.results.case import base_rate, gain_of, judge_trial, make_claim, status_of
from pacemark.engine.results.contrast import Stratum, Tally, difference_interval, exact_test, sidak
from tests.support.calc_inputs import GOOD

counts = st.integers(0, 40)


def _stratum(won: int, tried: int, their_won: int, their_tried: int) -> Stratum:
    return Stratum(ours=Tally(won=won, tried=tried), theirs=Tally(won=their_won, tried=their_tried))


@st.composite
def strata(draw: st.DrawFn, most: int = 40) -> Stratum:
    tried, their_tried = draw(st.integers(0, most)), draw(st.integers(0, most))
    return _stratum(draw(st.integers(0, tried)), tried, draw(st.integers(0, their_tried)), their_tried)


@settings(max_examples=200)
@given(strata(300))
def test_one_kind_of_lead_is_fishers_exact_test(one: Stratum) -> None:
    table = [[one.ours.won, one.ours.tried - one.ours.won], [one.theirs.won, one.theirs.tried - one.theirs.won]]
    found = exact_test([one])

    assert found.p_two_sided == pytest.approx(fisher_exact(table).pvalue, abs=1e-9)
    assert found.p_better == pytest.approx(fisher_exact(table, alternative="greater").pvalue, abs=1e-9)


@given(st.lists(strata(6), min_size=2, max_size=3))
def test_several_kinds_are_every_table_counted(several: list[Stratum]) -> None:
    """Brute force: every way in which the successes of each kind could have fallen."""
    ways: dict[int, int] = {}
    spans = []
    for one in several:
        won = one.ours.won + one.theirs.won
        spans.append(
            [(k, comb(one.ours.tried, k) * comb(one.theirs.tried, won - k)) for k in range(won + 1) if won - k >= 0]
        )
    for table in product(*spans):
        weight = int(np.prod([count for _, count in table], dtype=object))
        ours = sum(k for k, _ in table)
        ways[ours] = ways.get(ours, 0) + weight
    total, seen = sum(ways.values()), sum(one.ours.won for one in several)
    two_sided = sum(weight for weight in ways.values() if weight <= ways[seen]) / total
    found = exact_test(several)

    assert found.p_two_sided == pytest.approx(two_sided)
    assert found.p_better == pytest.approx(sum(weight for ours, weight in ways.items() if ours >= seen) / total)
    assert exact_test(several[::-1]) == pytest.approx(found) or exact_test(several[::-1]).p_better == pytest.approx(
        found.p_better
    )


def test_very_many_trials_give_way_to_the_normal_law() -> None:
    small, large = _stratum(5100, 50_000, 4900, 50_000), _stratum(25_300, 50_000, 24_700, 50_000)
    table = [[25_300, 24_700], [24_700, 25_300]]

    assert exact_test([small]).p_better == pytest.approx(
        fisher_exact([[5100, 44_900], [4900, 45_100]], alternative="greater").pvalue, rel=1e-6
    )
    assert exact_test([large]).p_two_sided == pytest.approx(fisher_exact(table).pvalue, rel=0.02)
    assert exact_test([_stratum(0, 0, 0, 0)]).p_two_sided == 1


@given(p=st.floats(0, 1), candidates=st.integers(1, 50))
def test_sidak_is_the_chance_of_one_among_many(p: float, candidates: int) -> None:
    assert sidak(p, candidates) == pytest.approx(1 - (1 - p) ** candidates, abs=1e-12)
    assert sidak(1e-18, 1000) == pytest.approx(1e-15)


def test_newcombes_own_table() -> None:
    """Newcombe 1998, table II, method 10."""
    published = {
        (56, 70, 48, 80): (0.0524, 0.3339), (9, 10, 3, 10): (0.1705, 0.8090), (6, 7, 2, 7): (0.0582, 0.8062),
        (5, 56, 0, 29): (-0.0381, 0.1926), (0, 10, 0, 20): (-0.1611, 0.2775), (10, 10, 0, 10): (0.6075, 1.0),
    }  # fmt: skip
    for (won, tried, their_won, their_tried), expected in published.items():
        interval = difference_interval(Tally(won=won, tried=tried), Tally(won=their_won, tried=their_tried), 0.95)

        assert interval == pytest.approx(expected, abs=6e-5)


@given(strata(200), st.floats(1, 1000), st.integers(1, 100))
def test_a_claim_lies_between_star_and_peers(one: Stratum, strength: float, candidates: int) -> None:
    if not one.theirs.tried:
        with pytest.raises(EngineError):
            make_claim([one], strength, candidates)
        return
    claim = make_claim([one], strength, candidates)
    raw = claim.base if claim.raw is None else claim.raw

    assert min(raw, claim.base) - 1e-12 <= claim.estimate <= max(raw, claim.base) + 1e-12
    assert claim.low - 1e-12 <= claim.uplift <= claim.high + 1e-12 or claim.base in (0, 1) or strength < 10
    assert claim.p <= claim.p_adjusted + 1e-12
    assert status_of(claim, None) == ("noise" if claim.p_adjusted > 0.5 else "candidate")


def test_the_interval_is_the_posteriors() -> None:
    claim = make_claim([_stratum(96, 300, 750, 3000)], 200, 20)

    assert claim.low == pytest.approx(beta(146, 354).ppf(0.1) - 0.25)
    assert claim.high == pytest.approx(beta(146, 354).ppf(0.9) - 0.25)


def test_easy_leads_are_no_merit() -> None:
    mixed = [_stratum(80, 200, 400, 1000), _stratum(10, 100, 200, 2000)]

    assert base_rate(mixed) == pytest.approx(0.3)
    assert make_claim(mixed, 200, 1).uplift == pytest.approx(0)
    # The same calls thrown together look like a star.
    assert make_claim([_stratum(90, 300, 600, 3000)], 200, 1).p < 0.001
    # Leads that nobody else had are held against the peers' mean.
    assert base_rate([_stratum(1, 10, 0, 0), _stratum(1, 10, 20, 100)]) == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("adopters", "others", "claimed", "status"),
    [
        ((240, 800), (500, 2000), 0.042, "verified"),
        ((1250, 5000), (2500, 10_000), 0.042, "refuted"),
        ((27, 100), (250, 1000), 0.042, "tried"),
        ((260, 1000), (2500, 10_000), 0.042, "tried"),  # the interval ends at .033: below the claim, not below half
        ((0, 0), (250, 1000), 0.042, "tried"),
        ((20, 100), (300, 1000), 0.042, "refuted"),
        ((1250, 5000), (2500, 10_000), 0.0, "tried"),
    ],
)
def test_only_a_trial_verifies_or_refutes(
    adopters: tuple[int, int], others: tuple[int, int], claimed: float, status: str
) -> None:
    verdict = judge_trial([_stratum(*adopters, *others)], claimed)

    assert verdict.status == status
    # However impressive, and however likely noise: without new data it stays what it is.
    assert status_of(make_claim([_stratum(290, 300, 30, 3000)], 200, 1), None) == "candidate"
    assert status_of(make_claim([_stratum(96, 300, 750, 3000)], 200, 10_000), verdict) == status


def test_a_team_that_adopts_it() -> None:
    trials = [180.0, 220.0, 90.0]
    each = [gain_of(0.042, count, 0.2, 3000) for count in trials]
    team = gain_of(0.042, sum(trials), 0.2, 3000)

    assert team.deals == pytest.approx(sum(one.deals or 0 for one in each)) == pytest.approx(4.116)
    assert gain_of(0.042, 200).deals is None and gain_of(0.042, 200, 0.2).money is None


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"star": {"won": 5, "tried": 4}}, "results.won_above_tried"),
        ({"peers": {"won": 0, "tried": 0}}, "results.no_trials"),
        ({"candidates": 0}, "results.no_candidates"),
        ({"candidates": 10**12}, "results.number_too_large"),
        ({"strength": 0}, "results.not_positive"),
        ({"strata": []}, "results.one_of_two"),
        ({"star": {"won": 5, "tried": 10**12}}, "results.number_too_large"),
        ({"trial": {"adopters": {"won": 1, "tried": 2}}}, "results.missing_key"),
        ({"trial": {"adopters": {"won": 1, "tried": 2}, "others": {"won": -1, "tried": 2}}}, "results.negative"),
        ({"win_rate": 2, "per_trials": 1}, "results.rate_out_of_range"),
    ],
)
def test_refused(change: dict[str, object], code: str) -> None:
    with pytest.raises(EngineError) as caught:
        calculate("case", {**GOOD["case"], **change})

    assert caught.value.code == code
