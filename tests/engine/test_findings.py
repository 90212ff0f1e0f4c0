"""Everyone diagnosed at once: nobody is accused where nobody differs, and a planted person is named."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from pacemark.engine.errors import EngineError
from pacemark.engine.mix import LeadMix
from pacemark.engine.process.evidence import more_trials, weigh
from pacemark.engine.process.findings import StageRecords, find_poor_leads, find_shortfalls
from pacemark.engine.process.peers import peer_rates
from pacemark.engine.tails import Baseline
from pacemark.engine.wobble import fit_wobble, wobble_of_window
from tests.support.diagnosed_people import Organisation, diagnosed, draw_organisation


def test_organisations_where_nobody_differs_are_accused_of_nothing() -> None:
    accused = sum(diagnosed(draw_organisation(seed, Organisation())).is_finding.any() for seed in range(30))

    assert accused <= 2


def test_a_closer_at_35_percent_is_named_for_closing_and_nobody_else() -> None:
    planted = Organisation(planted_rate=0.35)
    found = [diagnosed(draw_organisation(seed, planted)).is_finding for seed in range(30)]

    assert np.mean([one[0, 3] for one in found]) >= 0.6
    assert np.mean([one.sum() == one[0, 3] for one in found]) >= 0.95


def test_whoever_takes_estimates_for_known_accuses_the_innocent() -> None:
    """The reason for the beta-binomial tail and for the wobble, each left out in turn."""
    wobbling = Organisation(wobble=0.05)
    naive = [diagnosed(draw_organisation(seed, wobbling), allow_wobble=False).q for seed in range(10)]

    assert np.mean([np.nanmin(q) < 0.05 for q in naive]) > 0.5


def _records(won: list[float], tried: list[float], mean: float = 0.3, money: float = 1000.0) -> StageRecords:
    shape = (len(won), 1)
    return StageRecords(
        won=np.array(won).reshape(shape), tried=np.array(tried).reshape(shape),
        usual=Baseline(mean=np.full(shape, mean), certainty=np.full(shape, 1e4)),
        dispersion=np.array([0.03]), money_per_success=np.full(shape, money),
    )  # fmt: skip


def test_one_finding_by_hand() -> None:
    found = find_shortfalls(_records([30, 9, 45, 1], [100, 100, 100, 3]))
    variance = 0.21 / 10_001 + 0.03**2 * (0.09 + 0.21 / 10_001)
    certainty = 0.21 / variance - 1
    low = 2 * stats.betabinom.cdf(9, 100, 0.3 * certainty, 0.7 * certainty)

    assert found.p[1, 0] == pytest.approx(low)
    assert found.q[1, 0] == pytest.approx(3 * low)  # three people had enough trials
    assert found.money_minor.ravel().tolist() == [0, -21000, 15000, 100]
    assert found.is_finding.ravel().tolist() == [False, True, False, False]
    assert found.verdict.ravel().tolist() == [1, 0, 0, 2]
    assert 0.3 < found.lasting[1, 0] < 0.9


def test_a_finding_needs_the_stated_money() -> None:
    records = _records([30, 9, 45], [100, 100, 100])

    assert find_shortfalls(records, 21_000).is_finding[1, 0]
    assert not find_shortfalls(records, 21_001).is_finding[1, 0]


def test_people_without_a_baseline_are_left_out() -> None:
    records = _records([0, 9], [100, 100])
    records.usual.mean[0, 0] = np.nan
    found = find_shortfalls(records)

    assert (np.isnan(found.p[0, 0]), found.verdict[0, 0], found.money_minor[0, 0]) == (True, 2, 0)
    assert found.q[1, 0] == found.p[1, 0]


def test_the_trials_that_would_tell_do_tell() -> None:
    won, tried = np.array([6.0, 16.0, 1.0, 0.0]), np.array([52.0, 110.0, 18.0, 0.0])
    usual = Baseline(mean=np.full(4, 0.2), certainty=np.array([np.inf, 2000.0, 300.0, 300.0]))
    more = more_trials(won, tried, usual)

    assert np.isnan(more[3])
    for place in range(3):
        total = tried[place] + more[place]
        some = Baseline(mean=usual.mean[[place]], certainty=usual.certainty[[place]])
        floor = np.floor(won[[place]] / tried[place] * total)
        assert weigh(floor, np.array([total]), some).p[0] < 0.05 < weigh(won[[place]], tried[[place]], some).p[0]


def test_a_rate_inside_the_baselines_doubt_is_never_told() -> None:
    usual = Baseline(mean=np.array([0.2]), certainty=np.array([30.0]))

    assert more_trials(np.array([19.0]), np.array([100.0]), usual).tolist() == [np.inf]


def _poor_source(n_people: int = 24) -> LeadMix:
    """Return people of whom the first six get three quarters of their leads from a source at half the others' rate."""
    person, source = (part.ravel() for part in np.meshgrid(np.arange(n_people), [0, 1], indexing="ij"))
    share = np.where(person < 6, 0.75, 0.1)
    exposed = np.where(source == 1, 400 * share, 400 * (1 - share))
    return LeadMix(
        person=person, kinds={"source": source}, exposed=exposed, won=exposed * np.where(source == 1, 0.14, 0.28)
    )


def test_poor_leads_do_not_make_a_poor_person() -> None:
    mix, everyone = _poor_source(), np.zeros(24, dtype=np.int64)
    found = peer_rates(mix, [everyone])
    raw = found.won / found.tried

    assert raw[0] == pytest.approx(0.175)
    assert found.baseline.mean == pytest.approx(raw, rel=0.03)
    assert found.ease[0] == pytest.approx(0.625 / 0.95 * found.ease[23], rel=0.03)


def test_a_team_is_told_that_its_leads_are_poor() -> None:
    mix = _poor_source()
    teams = LeadMix(person=mix.person // 6, kinds=mix.kinds, exposed=mix.exposed, won=mix.won)
    found = peer_rates(teams, [np.zeros(4, dtype=np.int64)])
    columns = [side[:, None] for side in (found.ease, found.ease_sd, found.tried * found.usual)]
    poor = find_poor_leads(*columns, np.full((4, 1), 100.0))

    assert poor.is_finding.ravel().tolist() == [True, False, False, False]
    assert poor.money_minor[0, 0] == pytest.approx((found.ease[0] - 1) * 2400 * found.usual[0] * 100, abs=1)


def test_ones_own_record_is_no_part_of_the_baseline() -> None:
    people = np.arange(12)
    won = np.full(12, 20.0)
    group = np.zeros(12, dtype=np.int64)
    means = []
    for own in (0.0, 50.0):
        won[0] = own
        mix = LeadMix(person=people, kinds={}, exposed=np.full(12, 100.0), won=won.copy())
        means.append(peer_rates(mix, [group]).baseline.mean)

    assert means[0][0] == means[1][0] == pytest.approx(0.2, abs=0.001)
    assert means[0][1] < means[1][1]


def test_small_groups_lean_on_the_next_and_newcomers_are_nobodys_peers() -> None:
    rates = np.array([0.1] * 8 + [0.3] * 8)
    mix = LeadMix(person=np.arange(16), kinds={}, exposed=np.full(16, 100.0), won=100 * rates)
    halves, pairs = np.arange(16) // 8, np.arange(16) // 2
    newcomer = np.where(np.arange(16) == 15, -1, halves)

    assert peer_rates(mix, [pairs, halves]).baseline.mean == pytest.approx(rates, abs=0.003)
    with_newcomer = peer_rates(mix, [newcomer]).baseline.mean
    assert with_newcomer[15] == pytest.approx((80 + 210 + 1) / 1502)


@pytest.mark.parametrize("wobble", [0.05, 0.1])
def test_the_wobble_is_recovered_from_people_who_differ(wobble: float) -> None:
    rng = np.random.default_rng(4)
    rates = 0.4 * (1 + 0.12 * rng.standard_normal((80, 1)))
    tried = rng.poisson(1400, (80, 9)).astype(float)
    won = rng.binomial(tried.astype(int), rates * (1 + wobble * rng.standard_normal((80, 9)))).astype(float)

    assert fit_wobble(won, tried).dispersion == pytest.approx(wobble, rel=0.12)


def test_the_wobble_is_recovered_where_months_are_few_and_uneven() -> None:
    rng = np.random.default_rng(6)
    tried = np.tile([300.0, 3000.0, 900.0], (4000, 1))
    won = rng.binomial(tried.astype(int), 0.4 * (1 + 0.08 * rng.standard_normal(tried.shape))).astype(float)

    assert fit_wobble(won, tried).raw == pytest.approx(0.08**2, rel=0.05)


def test_without_records_the_usual_wobble_stands_and_over_months_it_cancels() -> None:
    assert fit_wobble(np.zeros((3, 4)), np.zeros((3, 4))).dispersion == 0.05
    drawn = 1 + 0.06 * np.random.default_rng(1).standard_normal((200_000, 3))
    weights = np.array([[100.0, 50.0, 50.0]])
    assert wobble_of_window(0.06, weights)[0] == pytest.approx((drawn @ weights[0] / 200).std(), rel=0.01)
    with pytest.raises(EngineError):
        fit_wobble(np.ones((2, 2)), np.zeros((2, 2)))
