"""A chain with open opportunities of another size than usual, as a mixture of plain chains."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pacemark.engine.odds import DealLaw, beta_moments, chance_of_target, deal_weights, factorial_moments
from pacemark.engine.reach import Reward, tabulate

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

# A lump is felt where it differs from an ordinary deal by more than this share of the spread of all deals needed.
_FELT = 0.25
# More open opportunities than this are no lumps any more.
_MAX_LUMPS = 200
_N_SCENARIOS = 13


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainOdds:
    """Everything the chance of a target depends on but the work, one entry per person.

    Parameters
    ----------
    work_moments : ndarray of shape (4, n_people), float64
        As `DealLaw`.
    win_a, win_b : ndarray of shape (n_people,), float64
        The win rate's Beta distribution; infinite ``win_a`` where opportunities themselves are counted.
    direct : ndarray of shape (n_people,), float64
        Opportunities in time expected without work.
    open_count, open_chance : ndarray of shape (n_people,), float64
        Opportunities open at the start, and the mean chance of one of them.
    open_size : ndarray of shape (n_people,), float64
        Value of an open one if won, in ordinary deal values, ``> 0``.
    need, sigma, doubt : ndarray of shape (n_people,), float64
        As `pacemark.engine.reach.Reward`.
    """

    work_moments: FloatArray
    win_a: FloatArray
    win_b: FloatArray
    direct: FloatArray
    open_count: FloatArray
    open_chance: FloatArray
    open_size: FloatArray
    need: FloatArray
    sigma: FloatArray
    doubt: FloatArray


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


def mixture_of(odds: ChainOdds) -> Mixture:
    """Prepare the chances of a target for any amount of work.

    Parameters
    ----------
    odds : ChainOdds
        Entries of ``n_people``.

    Returns
    -------
    Mixture
        One plain law for most people; for a person whose open opportunities are lumps beside an ordinary deal, one for
        each number of them that may be won (up to 13 groups of numbers).

    Notes
    -----
    An open opportunity is won with the chance open_chance × w / mean(w): it rises and falls with the person's win rate
    w. Given z of m won, w is taken as Beta(a + z, b + (m − z) g) with g = s(1 − μ)/(1 − sμ), s = open_chance / μ, whose
    score at the mean μ is that of the true likelihood wᶻ(1 − s w)^(m − z). Open ones that are no lumps count as
    ordinary deals, as many and with such a chance that mean and variance of their money at μ are the same.
    """
    counted_win = np.isinf(odds.win_a)
    a = np.where(counted_win, 1.0, odds.win_a)
    mean = np.where(counted_win, 1.0, a / (a + odds.win_b))
    share = odds.open_chance / mean
    lumpy = _lumpy(odds)
    person, won, weight = _outcomes(odds, share, np.flatnonzero(lumpy))
    apart = lumpy[person]
    tilt = np.clip(share * (1 - mean) / np.maximum(1 - share * mean, 0.1), 0.0, 10.0)
    lost = np.where(apart, odds.open_count[person] - won, 0.0)
    win = beta_moments(a[person] + np.where(apart, won, 0.0), odds.win_b[person] + lost * tilt[person])
    alike_count, alike_share = _alike(odds, mean)
    table = tabulate(
        Reward(
            need=odds.need[person],
            sigma=odds.sigma[person],
            doubt=odds.doubt[person],
            given=np.where(apart, won, 0.0),
            given_size=odds.open_size[person],
        )
    )
    law = DealLaw(
        work_moments=odds.work_moments[:, person],
        win_moments=np.where(counted_win[person], 1.0, win),
        direct=odds.direct[person],
        open_count=np.where(apart, 0.0, alike_count[person]),
        open_share=alike_share[person],
        table=table,
        index=np.arange(len(person)),
    )
    count = np.bincount(person, minlength=len(odds.need))
    return Mixture(law=law, first=np.cumsum(count) - count, count=count, weight=weight)


def _lumpy(odds: ChainOdds) -> NDArray[np.bool_]:
    some = (odds.open_count > 0) & (odds.open_count <= _MAX_LUMPS) & (odds.open_chance > 0)
    return some & (np.abs(odds.open_size - 1) > _FELT * np.sqrt(np.maximum(odds.need, 1.0)))


def _alike(odds: ChainOdds, mean: FloatArray) -> tuple[FloatArray, FloatArray]:
    # m' χ' = ρ m χ and m' χ'(1 − χ') = ρ² m χ(1 − χ); χ' < 0 makes it a negative binomial count.
    chance = 1 - odds.open_size * (1 - odds.open_chance)
    chance = np.where(np.abs(chance) < 1e-6, 1e-6, chance)
    return odds.open_size * odds.open_count * odds.open_chance / chance, chance / mean


def _outcomes(odds: ChainOdds, share: FloatArray, lumpy: IntArray) -> tuple[IntArray, FloatArray, FloatArray]:
    """Return (person, open ones won, probability) of every law, in the order of people."""
    plain = np.setdiff1d(np.arange(len(odds.need)), lumpy)
    if not len(lumpy):
        return plain, np.zeros(len(plain)), np.ones(len(plain))
    count = np.rint(odds.open_count[lumpy])
    won = np.broadcast_to(np.arange(count.max() + 1), (len(lumpy), int(count.max()) + 1))
    zero = np.zeros(len(lumpy))
    moments = factorial_moments(
        work=zero,
        work_moments=np.ones((4, len(lumpy))),
        direct=zero,
        open_count=count,
        open_share=share[lumpy],
        win_moments=beta_moments(odds.win_a[lumpy], odds.win_b[lumpy]),
    )
    chance = deal_weights(moments, won, np.ones((len(lumpy), 1))) * (won <= count[:, None])
    chance /= chance.sum(axis=1, keepdims=True)
    # Few enough scenarios: neighbouring numbers share one.
    cell = np.minimum(won * _N_SCENARIOS // (count[:, None] + 1), _N_SCENARIOS - 1)
    entry = (np.arange(len(lumpy))[:, None] * _N_SCENARIOS + cell).astype(np.int64).ravel()
    mass = np.bincount(entry, chance.ravel(), minlength=len(lumpy) * _N_SCENARIOS)
    total = np.bincount(entry, (chance * won).ravel(), minlength=len(lumpy) * _N_SCENARIOS)
    some = np.flatnonzero(mass > 1e-9)
    person = np.concatenate([plain, lumpy[some // _N_SCENARIOS]])
    order = np.argsort(person, kind="stable")
    wons = np.concatenate([np.zeros(len(plain)), total[some] / mass[some]])
    return person[order], wons[order], np.concatenate([np.ones(len(plain)), mass[some]])[order]
