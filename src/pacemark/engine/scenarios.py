"""A chain's law where one plain law is too smooth: a mixture over what may be."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from pacemark.engine.odds import DealLaw, Sources, beta_moments, chance_of_target, deal_weights, factorial_moments
from pacemark.engine.reach import Reward, tabulate

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

# A lump is felt where it differs from an ordinary deal by more than this share of the spread of all deals needed.
_FELT = 0.25
# More open opportunities than this are no lumps any more.
_MAX_LUMPS = 200
# A few open opportunities likelier than this make numbers of deals too regular for a smooth law.
_LIKELY, _FEW = 0.4, 12
_N_OUTCOMES = 25
# A rate whose relative variance exceeds this is known so badly that its shape shows in the result.
_DOUBTFUL = 0.25
_N_VALUES = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainOdds:
    """Everything the chance of a target depends on but the work, one entry per person.

    Parameters
    ----------
    rate_a, rate_b : ndarray of shape (4, n_people), float64
        Beta distributions of connect_per_dial, deep_talk_per_connect, opportunity_per_deep_talk and win rate; infinite
        ``rate_a`` for a rate that is no part of the chain and counts as 1.
    closing_share : ndarray of shape (n_people,), float64
        Share of new opportunities that close in time, 0–1.
    direct : ndarray of shape (n_people,), float64
        Opportunities expected without work, ``>= 0``.
    open_count, open_chance : ndarray of shape (n_people,), float64
        Opportunities open at the start (a whole number), and the mean chance of one of them.
    open_size : ndarray of shape (n_people,), float64
        Value of an open one if won, in ordinary deal values, ``> 0``.
    need, sigma, doubt : ndarray of shape (n_people,), float64
        As `pacemark.engine.reach.Reward`.
    """

    rate_a: FloatArray
    rate_b: FloatArray
    closing_share: FloatArray
    direct: FloatArray
    open_count: FloatArray
    open_chance: FloatArray
    open_size: FloatArray
    need: FloatArray
    sigma: FloatArray
    doubt: FloatArray

    def take(self, index: IntArray) -> ChainOdds:
        """Return the entries of some people, in that order."""
        return ChainOdds(**{field.name: getattr(self, field.name)[..., index] for field in fields(self)})

    @property
    def rate_means(self) -> FloatArray:
        """Return the mean rates, shape (4, n_people); 1 for a rate that is no part of the chain."""
        certain = np.isinf(self.rate_a)
        a = np.where(certain, 1.0, self.rate_a)
        return np.where(certain, 1.0, a / (a + self.rate_b))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """A chain's law as weighted plain laws.

    Parameters
    ----------
    law : DealLaw
        All plain laws, each person's side by side.
    first, count : ndarray of shape (n_people,), int64
        Where a person's laws begin, and how many they are.
    weight : ndarray of shape (n_laws,), float64
        Their probabilities, 1 in all per person.
    """

    law: DealLaw
    first: IntArray
    count: IntArray
    weight: FloatArray

    def chance(self, people: IntArray, work: FloatArray) -> FloatArray:
        """Return the chance of the target for some people, each with their work."""
        if len(self.weight) == len(self.first):
            law = self.law if len(people) == len(self.first) else self.law.take(people)
            return chance_of_target(law, work)
        count = self.count[people]
        asked = np.repeat(np.arange(len(people)), count)
        within = np.arange(len(asked)) - np.repeat(np.cumsum(count) - count, count)
        entries = self.first[people][asked] + within
        each = chance_of_target(self.law.take(entries), work[asked]) * self.weight[entries]
        return np.minimum(np.bincount(asked, each, minlength=len(people)), 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cases:
    """Plain laws before they are computed: whose, how likely, open ones won (-1: not told apart), rates."""

    person: IntArray
    weight: FloatArray
    won: FloatArray
    rate_a: FloatArray
    rate_b: FloatArray
    known: FloatArray


def mixture_of(odds: ChainOdds) -> Mixture:
    """Prepare the chances of a target for any amount of work.

    Parameters
    ----------
    odds : ChainOdds
        Entries of ``n_people``.

    Returns
    -------
    Mixture
        One plain law for most people; several for a person whose open opportunities are lumps beside an ordinary
        deal, or few and likely (one law for each number of them that may be won, up to 25 groups of numbers), or whose
        least known rate is hardly known at all (one law for each of 48 equally likely values).

    Notes
    -----
    An open opportunity's chance rises and falls with the person's win rate w: with χ = open_chance at the mean μ of w
    it is χ w / μ where χ ≤ μ, and 1 − (1 − χ)(1 − w)/(1 − μ) above. Given z of m won, w is taken as
    Beta(a + z βμ/χ, b + (m − z) g), β the slope of that line and g = β (1 − μ)/(1 − χ), which has the score of the true
    likelihood at the mean. Open ones that are not told apart count as ordinary deals, as many and with such a chance
    that mean and variance of their money at μ are the same.
    """
    cases = _by_doubt(_by_outcome(odds))
    person = cases.person
    apart = cases.won >= 0
    moments = np.stack([_moments(cases, stage) for stage in range(4)])
    share = odds.closing_share[person]
    alike_count, alike_floor, alike_slope = _alike(odds)
    table = tabulate(
        Reward(
            need=odds.need[person],
            sigma=odds.sigma[person],
            doubt=odds.doubt[person],
            given=np.maximum(cases.won, 0.0),
            given_size=odds.open_size[person],
        )
    )
    sources = Sources(
        work_moments=moments[0] * moments[1] * moments[2] * share ** np.arange(4)[:, None],
        win_moments=moments[3],
        direct=odds.direct[person] * share,
        open_count=np.where(apart, 0.0, alike_count[person]),
        open_floor=alike_floor[person],
        open_slope=alike_slope[person],
    )
    law = DealLaw(sources=sources, table=table, index=np.arange(len(person)))
    count = np.bincount(person, minlength=len(odds.need))
    return Mixture(law=law, first=np.cumsum(count) - count, count=count, weight=cases.weight)


def _moments(cases: _Cases, stage: int) -> FloatArray:
    certain = np.isinf(cases.rate_a[stage])
    uncertain = beta_moments(np.where(certain, 1.0, cases.rate_a[stage]), cases.rate_b[stage])
    value = np.where(np.isnan(cases.known[stage]), 1.0, cases.known[stage])
    return np.where(certain | ~np.isnan(cases.known[stage]), value ** np.arange(4)[:, None], uncertain)


def _line(chance: FloatArray, mean: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return floor and slope of an open opportunity's chance over the win rate."""
    likely = chance > mean
    slope = np.where(likely, (1 - chance) / np.maximum(1 - mean, 1e-12), chance / mean)
    return np.where(likely, chance - slope * mean, 0.0), slope


def _alike(odds: ChainOdds) -> tuple[FloatArray, FloatArray, FloatArray]:
    # m' χ' = ρ m χ and m' χ'(1 − χ') = ρ² m χ(1 − χ); χ' < 0 makes it a negative binomial count.
    chance = 1 - odds.open_size * (1 - odds.open_chance)
    chance = np.where(np.abs(chance) < 1e-6, 1e-6, chance)
    expected = odds.open_size * odds.open_count * odds.open_chance
    count = expected / chance
    # A binomial count needs whole trials; the mean stays, the variance nearly.
    count = np.where(chance > 0, np.ceil(count - 1e-9), count)
    chance = np.divide(expected, count, out=np.zeros_like(expected), where=count != 0)
    floor, slope = _line(chance, odds.rate_means[3])
    return count, floor, slope


def _by_outcome(odds: ChainOdds) -> _Cases:
    """Tell apart how many of the open ones are won, where that matters."""
    some = (odds.open_count > 0) & (odds.open_count <= _MAX_LUMPS) & (odds.open_chance > 0)
    lumpy = np.abs(odds.open_size - 1) > _FELT * np.sqrt(np.maximum(odds.need, 1.0))
    likely = (odds.open_chance > _LIKELY) & (odds.open_count <= _FEW)
    # Where the win rate's values are told apart, they tell enough of the open ones.
    known_enough = _relative_variance(odds.rate_a[3], odds.rate_b[3]) <= _DOUBTFUL
    told = np.flatnonzero(some & (lumpy | likely) & known_enough & ~np.isinf(odds.rate_a[3]))
    plain = np.setdiff1d(np.arange(len(odds.need)), told)
    person, won, weight = _outcomes(odds.take(told), told)
    persons = np.concatenate([plain, person])
    order = np.argsort(persons, kind="stable")
    persons = persons[order]
    wons = np.concatenate([np.full(len(plain), -1.0), won])[order]
    rate_a, rate_b = odds.rate_a[:, persons].copy(), odds.rate_b[:, persons].copy()
    mean, apart = odds.rate_means[3], wons >= 0
    _, slope = _line(odds.open_chance, mean)
    a_per_win = (slope * mean / np.maximum(odds.open_chance, 1e-12))[persons]
    b_per_loss = (slope * (1 - mean) / np.maximum(1 - odds.open_chance, 1e-12))[persons]
    rate_a[3] += np.where(apart, wons * a_per_win, 0.0)
    rate_b[3] += np.where(apart, (odds.open_count[persons] - wons) * b_per_loss, 0.0)
    return _Cases(
        person=persons,
        weight=np.concatenate([np.ones(len(plain)), weight])[order],
        won=wons,
        rate_a=rate_a,
        rate_b=rate_b,
        known=np.full_like(rate_a, np.nan),
    )


def _outcomes(odds: ChainOdds, people: IntArray) -> tuple[IntArray, FloatArray, FloatArray]:
    """Return (person, open ones won, probability) for every group of outcomes."""
    n_people = len(people)
    if not n_people:
        return people, np.zeros(0), np.zeros(0)
    count = odds.open_count[:, None]
    won = np.broadcast_to(np.arange(count.max() + 1), (n_people, int(count.max()) + 1))
    zero = np.zeros(n_people)
    floor, slope = _line(odds.open_chance, odds.rate_means[3])
    sources = Sources(
        work_moments=np.ones((4, n_people)),
        win_moments=beta_moments(odds.rate_a[3], odds.rate_b[3]),
        direct=zero,
        open_count=odds.open_count,
        open_floor=floor,
        open_slope=slope,
    )
    chance = deal_weights(factorial_moments(sources, zero), won, np.ones((n_people, 1))) * (won <= count)
    chance /= chance.sum(axis=1, keepdims=True)
    # Few enough groups: neighbouring numbers share one.
    cell = np.minimum(won * _N_OUTCOMES // (count + 1), _N_OUTCOMES - 1)
    entry = (np.arange(n_people)[:, None] * _N_OUTCOMES + cell).astype(np.int64).ravel()
    mass = np.bincount(entry, chance.ravel(), minlength=n_people * _N_OUTCOMES).astype(np.float64)
    total = np.bincount(entry, (chance * won).ravel(), minlength=n_people * _N_OUTCOMES)
    some = np.flatnonzero(mass > 1e-9)
    return people[some // _N_OUTCOMES], total[some] / mass[some], mass[some]


def _by_doubt(cases: _Cases) -> _Cases:
    """Tell apart the values of a person's least known rate, where it is hardly known at all."""
    relative = _relative_variance(cases.rate_a, cases.rate_b)
    least = relative.argmax(axis=0)
    doubtful = np.flatnonzero(relative.max(axis=0) > _DOUBTFUL)
    if not len(doubtful):
        return cases
    times = np.ones(len(cases.person), dtype=np.int64)
    times[doubtful] = _N_VALUES
    entry = np.repeat(np.arange(len(cases.person)), times)
    known = cases.known[:, entry]
    stage = np.repeat(least[doubtful], _N_VALUES)
    place = np.tile((np.arange(_N_VALUES) + 0.5) / _N_VALUES, len(doubtful))
    rows = np.flatnonzero(times[entry] > 1)
    known[stage, rows] = betaincinv(cases.rate_a[stage, entry[rows]], cases.rate_b[stage, entry[rows]], place)
    return _Cases(
        person=cases.person[entry],
        weight=cases.weight[entry] / times[entry],
        won=cases.won[entry],
        rate_a=cases.rate_a[:, entry],
        rate_b=cases.rate_b[:, entry],
        known=known,
    )


def _relative_variance(a: FloatArray, b: FloatArray) -> FloatArray:
    certain = np.isinf(a)
    safe = np.where(certain, 1.0, a)
    return np.where(certain, 0.0, b / (safe * (safe + b + 1)))
