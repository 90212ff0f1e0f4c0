"""A chain's law where one plain law is too smooth: a mixture over what may be."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from pacemark.engine.odds import DealLaw, Sources, beta_moments, chance_of_target, deal_weights, factorial_moments
from pacemark.engine.reach import Reward, tabulate
from pacemark.engine.sums import MAX_SIGMA

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

# A lump is felt where it differs from an ordinary deal by more than this share of the spread of all deals needed; where
# few deals are needed, or all are alike, any difference is.
_FELT, _FEW_NEEDED, _DIFFERENT = 0.2, 4.0, 0.02
# More open opportunities than this are no lumps any more.
_MAX_LUMPS = 200
# A few open opportunities likelier than this make numbers of deals too regular for a smooth law.
_LIKELY, _FEW = 0.4, 12
_N_OUTCOMES, _RARE = 25, 1e-4
# A rate whose relative variance exceeds this is known so badly that its shape shows in the result.
_DOUBTFUL, _VERY_DOUBTFUL = 0.25, 0.45
_N_VALUES, _N_MANY_VALUES = 16, 48


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
        least known rate is hardly known at all (one law for each of 16 or 48 equally likely values).

    Notes
    -----
    An open opportunity's chance rises and falls with the person's win rate w: with χ = open_chance at the mean μ of w
    it is χ w / μ where χ ≤ μ, and 1 − (1 − χ)(1 − w)/(1 − μ) above. Given z of m won, w is taken as
    Beta(a + z βμ/χ, b + (m − z) g), β the slope of that line and g = β (1 − μ)/(1 − χ), which has the score of the true
    likelihood at the mean. Open ones that are not told apart count as ordinary deals, as many and with such a chance
    that mean and variance of their money at μ are the same.
    """
    cases = _by_outcome(odds, _by_doubt(odds))
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
    # m' χ' = ρ m χ, and m' χ'(1 + c² − χ') = ρ² m χ(1 + c² − χ) with c² the relative variance of one deal's value.
    # χ' < 0 makes it a negative binomial count.
    raw = np.exp(np.minimum(odds.sigma, MAX_SIGMA) ** 2)
    chance = raw - odds.open_size * (raw - odds.open_chance)
    chance = np.minimum(np.where(np.abs(chance) < 1e-6, 1e-6, chance), np.maximum(odds.open_chance, 0.9))
    expected = odds.open_size * odds.open_count * odds.open_chance
    count = expected / chance
    # A binomial count needs whole trials; the mean stays, the variance nearly.
    count = np.where(chance > 0, np.ceil(count - 1e-9), count)
    each = np.divide(odds.open_size * odds.open_count, count, out=np.zeros_like(expected), where=count != 0)
    floor, slope = _line(odds.open_chance, odds.rate_means[3])
    return count, each * floor, each * slope


def _by_doubt(odds: ChainOdds) -> _Cases:
    """Tell apart the values of a person's least known rate, where it is hardly known at all."""
    relative = _relative_variance(odds.rate_a, odds.rate_b)
    doubtful = relative.max(axis=0) > _DOUBTFUL
    very = relative.max(axis=0) > _VERY_DOUBTFUL
    times = np.where(very, _N_MANY_VALUES, np.where(doubtful, _N_VALUES, 1))
    person = np.repeat(np.arange(len(times)), times)
    known = np.full((4, len(person)), np.nan)
    rows = np.flatnonzero(doubtful[person])
    stage = relative.argmax(axis=0)[person[rows]]
    within = np.arange(len(person)) - (np.cumsum(times) - times)[person]
    place = ((within + 0.5) / times[person])[rows]
    known[stage, rows] = betaincinv(odds.rate_a[stage, person[rows]], odds.rate_b[stage, person[rows]], place)
    return _Cases(
        person=person,
        weight=1.0 / times[person],
        won=np.full(len(person), -1.0),
        rate_a=odds.rate_a[:, person],
        rate_b=odds.rate_b[:, person],
        known=known,
    )


def _by_outcome(odds: ChainOdds, cases: _Cases) -> _Cases:
    """Tell apart how many of the open ones are won, where that matters."""
    some = (odds.open_count > 0) & (odds.open_count <= _MAX_LUMPS) & (odds.open_chance > 0) & ~np.isinf(odds.rate_a[3])
    exposed = (odds.need < _FEW_NEEDED) | (np.hypot(odds.sigma, odds.doubt) < _DIFFERENT)
    lumpy = np.abs(odds.open_size - 1) > np.where(exposed, _DIFFERENT, _FELT * np.sqrt(np.maximum(odds.need, 1.0)))
    likely = (odds.open_chance > _LIKELY) & (odds.open_count <= _FEW)
    told = np.flatnonzero((some & (lumpy | likely))[cases.person])
    if not len(told):
        return cases
    plain = np.setdiff1d(np.arange(len(cases.person)), told)
    entry, won, weight = _outcomes(odds, cases, told)
    entries = np.concatenate([plain, entry])
    order = np.argsort(entries, kind="stable")
    entries = entries[order]
    wons = np.concatenate([np.full(len(plain), -1.0), won])[order]
    person = cases.person[entries]
    mean, chance = odds.rate_means[3][person], odds.open_chance[person]
    _, slope = _line(chance, mean)
    rate_a, rate_b = cases.rate_a[:, entries], cases.rate_b[:, entries]
    rate_a[3] += np.where(wons >= 0, wons * slope * mean / np.maximum(chance, 1e-12), 0.0)
    lost = odds.open_count[person] - wons
    rate_b[3] += np.where(wons >= 0, lost * slope * (1 - mean) / np.maximum(1 - chance, 1e-12), 0.0)
    return _Cases(
        person=person,
        weight=cases.weight[entries] * np.concatenate([np.ones(len(plain)), weight])[order],
        won=wons,
        rate_a=rate_a,
        rate_b=rate_b,
        known=cases.known[:, entries],
    )


def _outcomes(odds: ChainOdds, cases: _Cases, told: IntArray) -> tuple[IntArray, FloatArray, FloatArray]:
    """Return (entry, open ones won, probability) for every group of outcomes of some entries."""
    n_told = len(told)
    open_count = odds.open_count[cases.person[told]]
    floor, slope = _line(odds.open_chance, odds.rate_means[3])
    sources = Sources(
        work_moments=np.ones((4, n_told)),
        win_moments=_moments(cases, 3)[:, told],
        direct=np.zeros(n_told),
        open_count=open_count,
        open_floor=floor[cases.person[told]],
        open_slope=slope[cases.person[told]],
    )
    count = open_count[:, None]
    won = np.broadcast_to(np.arange(count.max() + 1), (n_told, int(count.max()) + 1))
    chance = deal_weights(factorial_moments(sources, np.zeros(n_told)), won, np.ones((n_told, 1))) * (won <= count)
    chance /= chance.sum(axis=1, keepdims=True)
    # Few enough groups: where the likely numbers are many, neighbours share one.
    mean = (chance * won).sum(axis=1, keepdims=True)
    deviation = np.sqrt((chance * (won - mean) ** 2).sum(axis=1, keepdims=True))
    lowest = np.maximum(np.floor(mean - 4 * deviation), 0.0)
    width = np.ceil((np.minimum(mean + 6 * deviation + 1, count) - lowest + 1) / _N_OUTCOMES)
    cell = np.clip((won - lowest) // width, 0, _N_OUTCOMES - 1)
    group = (np.arange(n_told)[:, None] * _N_OUTCOMES + cell).astype(np.int64).ravel()
    mass = np.bincount(group, chance.ravel(), minlength=n_told * _N_OUTCOMES).astype(np.float64)
    total = np.bincount(group, (chance * won).ravel(), minlength=n_told * _N_OUTCOMES)
    some = np.flatnonzero(mass > _RARE)
    owner = some // _N_OUTCOMES
    kept = np.bincount(owner, mass[some])
    return told[owner], total[some] / mass[some], mass[some] / kept[owner]


def _relative_variance(a: FloatArray, b: FloatArray) -> FloatArray:
    certain = np.isinf(a)
    safe = np.where(certain, 1.0, a)
    return np.where(certain, 0.0, b / (safe * (safe + b + 1)))
