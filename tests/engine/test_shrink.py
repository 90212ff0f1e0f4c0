"""One's own rate, leaning on peers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pacemark.engine.errors import EngineError
from pacemark.engine.priors import fit_prior, typed_in_prior
from pacemark.engine.rates import shrink, shrink_in_groups, shrink_json

# Efron and Morris 1970: hits in the first 45 at-bats, and averages over the rest of the season.
HITS = (18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7)
LATER = (0.346, 0.298, 0.276, 0.222, 0.273, 0.270, 0.263, 0.210, 0.269)
LATER += (0.230, 0.264, 0.256, 0.303, 0.264, 0.226, 0.285, 0.316, 0.200)


def _one(won: object, tried: object, mean: object = "0.2", strength: object = 100) -> dict[str, object]:
    return shrink_json({"won": won, "tried": tried, "prior": {"mean": mean, "strength": strength}})


@pytest.mark.parametrize(
    ("won", "tried", "mean", "raw", "from_peers"),
    [
        (3, 5, 0.219048, 0.6, 0.952),
        (60, 200, 0.266667, 0.3, 0.333),
        (0, 5, 0.190476, 0.0, 0.952),
        (0, 0, 0.2, None, 1.0),
    ],
)
def test_worked_numbers(won: int, tried: int, mean: float, raw: float | None, from_peers: float) -> None:
    found = _one(won, tried)

    assert (found["mean"], found["raw"], found["from_peers"]) == (mean, raw, from_peers)


def test_the_interval_is_the_middle_four_fifths_of_the_beta_distribution() -> None:
    assert _one(3, 5)["interval"] == pytest.approx(stats.beta(23, 82).ppf([0.1, 0.9]), abs=1e-6)


def test_a_prior_of_nought_or_one_is_no_fault() -> None:
    assert _one(0, 4, mean=0)["interval"] == [0, 0]
    assert _one(4, 4, mean=1)["mean"] == 1


def test_shrinking_beats_the_raw_averages_of_efron_and_morris() -> None:
    found = shrink_json({"people": [{"won": hits, "tried": 45} for hits in HITS]})

    assert sum((person["raw"] - later) ** 2 for person, later in zip(found["people"], LATER, strict=True)) == (
        pytest.approx(0.0753, abs=5e-5)
    )
    assert sum((person["mean"] - later) ** 2 for person, later in zip(found["people"], LATER, strict=True)) < 0.024
    assert found["prior"]["strength_interval"][0] < found["prior"]["strength"] < found["prior"]["strength_interval"][1]


@pytest.mark.parametrize(
    ("payload", "code", "field"),
    [
        ({"won": 6, "tried": 5, "prior": {"mean": 0.2, "strength": 1}}, "rates.won_above_tried", "won"),
        ({"won": -1, "tried": 5, "prior": {"mean": 0.2, "strength": 1}}, "rates.negative", "won"),
        ({"won": 1, "tried": 5, "prior": {"mean": 1.2, "strength": 1}}, "rates.rate_out_of_range", "prior.mean"),
        ({"won": 1, "tried": 5, "prior": {"mean": 0.2, "strength": 0}}, "rates.not_positive", "prior.strength"),
        ({"won": 1, "tried": 5}, "rates.missing_key", "prior"),
        ({"people": [{"won": 1, "tried": 5, "sold": 3}]}, "rates.unknown_key", "people.0.sold"),
        ({"people": [{"won": 0, "tried": 0}]}, "rates.no_data", "people"),
        ({"people": []}, "rates.no_data", "people"),
    ],
)
def test_bad_input_is_named(payload: dict[str, object], code: str, field: str) -> None:
    with pytest.raises(EngineError) as caught:
        shrink_json(payload)

    assert (caught.value.code, caught.value.field) == (code, field)


counts = st.integers(0, 400).flatmap(lambda tried: st.tuples(st.integers(0, tried), st.just(tried)))


@given(counts, st.floats(0.01, 0.99), st.floats(1, 5000))
def test_the_estimate_lies_between_oneself_and_the_peers(pair: tuple[int, int], mean: float, strength: float) -> None:
    won, tried = (np.array([float(count)]) for count in pair)
    found = shrink(won, tried, mean, strength)
    ends = sorted([mean, pair[0] / pair[1] if pair[1] else mean])

    assert ends[0] - 1e-12 <= found.mean[0] <= ends[1] + 1e-12
    assert found.low[0] <= found.high[0]
    assert found.mean[0] == pytest.approx(found.a[0] / (found.a[0] + found.b[0]))


@given(st.lists(counts.filter(lambda pair: pair[1] > 0), min_size=2, max_size=12), st.randoms())
def test_the_order_of_people_does_not_matter(pairs: list[tuple[int, int]], shuffler: object) -> None:
    shuffled = list(pairs)
    shuffler.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = (fit_prior(*np.array(some, dtype=float).T) for some in (pairs, shuffled))

    assert other.mean == pytest.approx(one.mean, rel=1e-3)
    assert other.strength == pytest.approx(one.strength, rel=1e-2)


def _organisation(seed: int, n_people: int, strength: float | None, tried: int = 150) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    trials = rng.integers(tried // 2, tried * 3 // 2, n_people)
    rates = np.full(n_people, 0.2) if strength is None else rng.beta(0.2 * strength, 0.8 * strength, n_people)
    return rng.binomial(trials, rates).astype(float), trials.astype(float), rates


def test_the_fit_recovers_how_much_people_differ() -> None:
    fits = [fit_prior(*_organisation(seed, 200, 80.0)[:2]) for seed in range(20)]

    assert np.median([fit.strength for fit in fits]) == pytest.approx(80, rel=0.15)
    assert np.mean([fit.strength_interval[0] <= 80 <= fit.strength_interval[1] for fit in fits]) >= 0.6
    assert all(fit.mean == pytest.approx(0.2, abs=0.015) for fit in fits)


def test_where_people_do_not_differ_everyone_gets_the_rate_of_the_group() -> None:
    priors = []
    for seed in range(10):
        won, tried, _ = _organisation(seed, 60, None)
        priors.append(fit_prior(won, tried))
        found = shrink(won, tried, priors[-1].mean, priors[-1].strength)

        assert found.mean.std() < 0.4 * found.raw.std()
    assert np.median([prior.strength for prior in priors]) > 6 * 150


def test_four_fifths_of_true_rates_lie_in_the_interval() -> None:
    hits, known = [], []
    for seed in range(20):
        won, tried, rates = _organisation(seed, 100, 100.0, tried=60)
        for some, found in (
            (hits, shrink_in_groups(won, tried, []).estimates),
            (known, shrink(won, tried, 0.2, 100.0)),
        ):
            some.append(((found.low <= rates) & (rates <= found.high)).mean())

    assert np.mean(known) == pytest.approx(0.8, abs=0.02)
    assert np.mean(hits) == pytest.approx(0.8, abs=0.06)


def test_not_knowing_the_strength_widens_the_interval() -> None:
    won, tried, _ = _organisation(4, 20, 100.0)
    prior = fit_prior(won, tried)
    sure = shrink(won, tried, prior.mean, prior.strength)
    unsure = shrink(won, tried, prior.mean, prior.strength, np.array(prior.strengths)[:, None])

    assert unsure.mean == pytest.approx(sure.mean)
    wider = (unsure.high - unsure.low) / (sure.high - sure.low)
    assert wider.min() >= 1 - 1e-9
    assert wider.max() > 1.05


def test_the_fit_is_at_the_top_of_the_likelihood() -> None:
    won, tried, _ = _organisation(3, 40, 50.0)
    prior = fit_prior(won, tried)

    def height(mean: float, strength: float) -> float:
        likelihood = stats.betabinom.logpmf(won.astype(int), tried.astype(int), mean * strength, (1 - mean) * strength)
        weak = (np.log(strength) - np.log(150)) ** 2 / 2 / 2.0**2
        return float(likelihood.sum() - weak + 0.5 * np.log(mean * (1 - mean)))

    best = height(prior.mean, prior.strength)
    for mean, strength in ((1.01, 1.0), (0.99, 1.0), (1.0, 1.05), (1.0, 0.95)):
        assert height(prior.mean * mean, prior.strength * strength) < best


def test_nobody_has_won_yet_and_the_rate_is_still_above_nought() -> None:
    prior = fit_prior(np.zeros(5), np.full(5, 10.0))

    assert 0 < prior.mean < 0.02


def test_without_trials_the_typed_in_prior_stands() -> None:
    typed_in = typed_in_prior(0.3, 50.0)
    found = shrink_in_groups(np.zeros(3), np.zeros(3), [np.array([0, 0, 1])], typed_in=typed_in)

    assert found.priors == (typed_in,)
    assert found.estimates.mean.tolist() == pytest.approx([0.3] * 3)
    assert np.isnan(found.estimates.raw).all()


def test_small_groups_lean_on_the_next_wider_one() -> None:
    won, tried, _ = _organisation(1, 40, 100.0)
    small = np.where(np.arange(40) < 30, 0, 1 + np.arange(40))  # thirty together, ten alone
    role = (np.arange(40) >= 20).astype(np.int64)
    found = shrink_in_groups(won, tried, [small, role])

    assert found.level_of.tolist() == [0] * 30 + [1] * 10
    assert found.priors[-1].tried == tried.sum()
    assert len(set(found.prior_of[30:])) == 1


def test_no_trust_in_the_past_leaves_the_peers() -> None:
    won, tried, _ = _organisation(1, 40, 100.0)
    alone = shrink_in_groups(won, tried, [], trust=0.0)
    half = shrink_in_groups(won, tried, [], trust=0.5)
    strength = half.priors[0].strength

    assert alone.estimates.mean == pytest.approx(np.full(40, alone.priors[0].mean))
    assert alone.estimates.from_peers.tolist() == [1.0] * 40
    assert half.estimates.from_peers == pytest.approx(2 * strength / (tried + 2 * strength))
