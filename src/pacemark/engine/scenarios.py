"""A chain's law where one plain law is too smooth: a mixture over what may be."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, gammaln

from pacemark.engine.odds import DealLaw, Sources, beta_moments, chance_of_target
from pacemark.engine.reach import Reward, tabulate
from pacemark.engine.sums import MAX_SIGMA

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

# A lump is felt where it differs from an ordinary deal by more than this share of the spread of all deals needed; where
# few deals are needed, or values are certain, any difference is.
_FELT, _FEW_NEEDED, _DIFFERENT, _SAME = 0.17, 4.0, 0.02, 1e-6
_MAX_ALIKE = 0.9
# More open opportunities than this are no lumps any more.
_MAX_LUMPS = 200
# A few open opportunities likelier than this make numbers of deals too regular for a smooth law.
_LIKELY, _FEW = 0.4, 12
_N_OUTCOMES, _RARE = 25, 1e-4
_N_WINS, _BATCH_SIZE = 32, 1_000_000
# A rate whose relative variance exceeds this is known so badly that its shape shows in the result.
_DOUBTFUL, _VERY_DOUBTFUL = 0.25, 0.45
_DOUBTFUL_CHAIN = 0.3
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
    """Plain laws before they are computed, and what each takes for known."""

    person: IntArray
    weight: FloatArray  # how likely, 1 in all per person
    known: FloatArray  # (4, n_cases): the value of a rate; NaN where it has its distribution
    won: FloatArray  # open ones won; -1 where they are not told apart
    win_moments: FloatArray  # (4, n_cases): of the win rate, given the above


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
    it is χ w / μ where χ ≤ μ, and 1 − (1 − χ)(1 − w)/(1 − μ) above. What the number won
    says about w is reckoned over 32 equally likely values of w. Open ones that are not told apart count as ordinary
    deals, as many and with such a chance that mean and variance of their money at μ are the same.
    """
    cases = _by_outcome(odds, _by_doubt(odds))
    person = cases.person
    apart = cases.won >= 0
    moments = [_moments(odds, cases.person, cases.known, stage) for stage in range(3)]
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
        win_moments=cases.win_moments,
        direct=odds.direct[person] * share,
        open_count=np.where(apart, 0.0, alike_count[person]),
        open_floor=alike_floor[person],
        open_slope=alike_slope[person],
    )
    law = DealLaw(sources=sources, table=table, index=np.arange(len(person)))
    count = np.bincount(person, minlength=len(odds.need))
    return Mixture(law=law, first=np.cumsum(count) - count, count=count, weight=cases.weight)


def _moments(odds: ChainOdds, person: IntArray, known: FloatArray, stage: int) -> FloatArray:
    a, b, value = odds.rate_a[stage, person], odds.rate_b[stage, person], known[stage]
    value = np.where(np.isinf(a), 1.0, value)
    uncertain = beta_moments(np.where(np.isinf(a), 1.0, a), b)
    return np.where(np.isnan(value), uncertain, value ** np.arange(4)[:, None])


def _line(chance: FloatArray, mean: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return floor and slope of an open opportunity's chance over the win rate."""
    likely = chance > mean
    slope = np.where(likely, (1 - chance) / np.maximum(1 - mean, 1e-12), chance / mean)
    return np.where(likely, chance - slope * mean, 0.0), slope


def _alike(odds: ChainOdds) -> tuple[FloatArray, FloatArray, FloatArray]:
    chance = np.minimum(_alike_chance(odds), np.maximum(odds.open_chance, _MAX_ALIKE))
    expected = odds.open_size * odds.open_count * odds.open_chance
    count = expected / chance
    # A binomial count needs whole trials; the mean stays, the variance nearly.
    count = np.where(chance > 0, np.ceil(count - 1e-9), count)
    each = np.divide(odds.open_size * odds.open_count, count, out=np.zeros_like(expected), where=count != 0)
    floor, slope = _line(odds.open_chance, odds.rate_means[3])
    return count, each * floor, each * slope


def _alike_chance(odds: ChainOdds) -> FloatArray:
    # m' χ' = ρ m χ, and m' χ'(1 + c² − χ') = ρ² m χ(1 + c² − χ) with c² the relative variance of one deal's value.
    # χ' < 0 makes it a negative binomial count.
    raw = np.exp(np.minimum(odds.sigma, MAX_SIGMA) ** 2)
    chance = raw - odds.open_size * (raw - odds.open_chance)
    return np.where(np.abs(chance) < 1e-6, 1e-6, chance)


def _by_doubt(odds: ChainOdds) -> _Cases:
    """Tell apart the values of a person's least known rate, where it is hardly known at all."""
    relative = _relative_variance(odds.rate_a, odds.rate_b)
    doubtful = (relative.max(axis=0) > _DOUBTFUL) | (np.prod(1 + relative, axis=0) - 1 > _DOUBTFUL_CHAIN)
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
        known=known,
        won=np.full(len(person), -1.0),
        win_moments=_moments(odds, person, known, 3),
    )


def _by_outcome(odds: ChainOdds, cases: _Cases) -> _Cases:
    """Tell apart how many of the open ones are won, where that matters."""
    told = np.flatnonzero(_is_told(odds)[cases.person])
    if not len(told):
        return cases
    plain = np.setdiff1d(np.arange(len(cases.person)), told)
    rows = max(_BATCH_SIZE // (_N_WINS * int(odds.open_count[cases.person[told]].max() + 1)), 1)
    parts = [_outcomes(odds, cases, told[start : start + rows]) for start in range(0, len(told), rows)]
    entries = np.concatenate([plain, *(part.entry for part in parts)])
    order = np.argsort(entries, kind="stable")
    entries = entries[order]
    weight = np.concatenate([np.ones(len(plain)), *(part.weight for part in parts)])[order]
    moments = np.concatenate([cases.win_moments[:, plain], *(part.win_moments for part in parts)], axis=1)
    return _Cases(
        person=cases.person[entries],
        weight=cases.weight[entries] * weight,
        known=cases.known[:, entries],
        won=np.concatenate([np.full(len(plain), -1.0), *(part.won for part in parts)])[order],
        win_moments=moments[:, order],
    )


def _is_told(odds: ChainOdds) -> BoolArray:
    some = (odds.open_count > 0) & (odds.open_count <= _MAX_LUMPS) & (odds.open_chance > 0) & ~np.isinf(odds.rate_a[3])
    unlike = np.abs(odds.open_size - 1)
    lumpy = unlike > _FELT * np.sqrt(np.maximum(odds.need, 1.0))
    lumpy |= (unlike > _DIFFERENT) & (odds.need < _FEW_NEEDED)
    # Where all values are certain, a target just missed is missed.
    lumpy |= (unlike > _SAME) & (np.hypot(odds.sigma, odds.doubt) < _DIFFERENT)
    likely = (odds.open_chance > _LIKELY) & (odds.open_count <= _FEW)
    return np.asarray(some & (lumpy | likely | (_alike_chance(odds) > _MAX_ALIKE)), dtype=np.bool_)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcomes:
    entry: IntArray
    won: FloatArray
    weight: FloatArray
    win_moments: FloatArray


def _outcomes(odds: ChainOdds, cases: _Cases, told: IntArray) -> _Outcomes:
    """Return every group of outcomes of some entries."""
    person = cases.person[told]
    place = (np.arange(_N_WINS) + 0.5) / _N_WINS
    wins = betaincinv(odds.rate_a[3, person, None], odds.rate_b[3, person, None], place)
    wins = np.where(np.isnan(cases.known[3, told])[:, None], wins, cases.known[3, told][:, None])
    floor, slope = _line(odds.open_chance[person], odds.rate_means[3][person])
    chance = np.clip(floor[:, None] + slope[:, None] * wins, 1e-12, 1 - 1e-12)[:, :, None]
    count = odds.open_count[person][:, None]
    won = np.arange(count.max() + 1)
    lost = np.maximum(count - won, 0.0)
    ways = np.where(won <= count, gammaln(count + 1) - gammaln(won + 1) - gammaln(lost + 1), -np.inf)
    chances = np.exp(ways[:, None, :] + won * np.log(chance) + lost[:, None, :] * np.log1p(-chance)) / _N_WINS
    cell, n_told = _grouped(chances.sum(axis=1), won, count), len(told)
    group = (np.arange(n_told)[:, None] * _N_OUTCOMES + cell).ravel()

    def summed(values: FloatArray) -> FloatArray:
        return np.bincount(group, values.ravel(), minlength=n_told * _N_OUTCOMES).astype(np.float64)

    moments = np.stack([summed((chances * (wins**power)[:, :, None]).sum(axis=1)) for power in range(4)])
    total = summed(chances.sum(axis=1) * won)
    some = np.flatnonzero(moments[0] > _RARE)
    owner = some // _N_OUTCOMES
    mass = moments[0, some]
    return _Outcomes(
        entry=told[owner],
        won=total[some] / mass,
        weight=mass / np.bincount(owner, mass)[owner],
        win_moments=moments[:, some] / mass,
    )


def _grouped(chance: FloatArray, won: FloatArray, count: FloatArray) -> IntArray:
    """Return the group of every number won: where the likely numbers are many, neighbours share one."""
    mean = (chance * won).sum(axis=1, keepdims=True)
    deviation = np.sqrt((chance * (won - mean) ** 2).sum(axis=1, keepdims=True))
    lowest = np.maximum(np.floor(mean - 4 * deviation), 0.0)
    width = np.ceil((np.minimum(mean + 6 * deviation + 1, count) - lowest + 1) / _N_OUTCOMES)
    return np.asarray(np.clip((won - lowest) // width, 0, _N_OUTCOMES - 1), dtype=np.int64)


def _relative_variance(a: FloatArray, b: FloatArray) -> FloatArray:
    certain = np.isinf(a)
    safe = np.where(certain, 1.0, a)
    return np.where(certain, 0.0, b / (safe * (safe + b + 1)))
