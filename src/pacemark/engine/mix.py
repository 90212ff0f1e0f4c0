"""How easy a lead is for anybody, by where it comes from and how it is graded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

# An effect leans towards 1 as if this many expected successes had shown no effect.
_EFFECT_WEIGHT = 10.0
# A person's own part leans on the group's alike, so that whoever has three leads explains nothing away.
_PERSON_WEIGHT = 5.0
_N_ROUNDS = 25
_CLOSE_ENOUGH = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadMix:
    """Trials of one stage by person and kind of lead.

    Parameters
    ----------
    person : ndarray of shape (n_cells,), int64
        Place of the person.
    kinds : mapping of str to ndarray of shape (n_cells,), int64
        For each covariate, such as ``source`` and ``grade``, the value's place.
    exposed : ndarray of shape (n_cells,), float64
        Trials, each counted by the share of the lag curve it has lived through (and decayed).
    won : ndarray of shape (n_cells,), float64
        Successes among them (decayed alike).
    """

    person: IntArray
    kinds: Mapping[str, IntArray]
    exposed: FloatArray
    won: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class MixEffects:
    """How many times the average rate each kind of lead gives anybody.

    Parameters
    ----------
    factors : mapping of str to ndarray of shape (n_values,), float64
        For each covariate one factor per value, ``> 0``; the average lead has 1.
    """

    factors: Mapping[str, FloatArray]

    def ease(self, kinds: Mapping[str, IntArray]) -> FloatArray:
        """Return the product of the factors of each lead; a value never seen has 1."""
        product = np.ones(len(next(iter(kinds.values()))) if kinds else 0)
        for name, codes in kinds.items():
            known = self.factors.get(name, np.ones(0))
            safe = np.clip(codes, 0, max(len(known) - 1, 0))
            seen = (codes >= 0) & (codes < len(known))
            product = product * np.where(seen, known[safe] if len(known) else 1.0, 1.0)
        return product


def fit_mix(mix: LeadMix) -> MixEffects:
    """Fit how easy each kind of lead is, apart from who worked it.

    Parameters
    ----------
    mix : LeadMix
        Trials of one stage.

    Returns
    -------
    MixEffects
        One factor per value of each covariate; all 1 without any success.

    Notes
    -----
    Model: expected successes of a cell = rate × person × source × grade × exposed. Iterative proportional fitting: in
    turn, each person's and each value's factor is set to (successes + c) / (successes the other factors expect + c),
    c = 10 for kinds of lead and 5 for people, until nothing moves. Persons are in the model so that a good
    person's leads do not look easy; poor leads spread over several people are told from poor people. The
    factors are scaled so that the average exposed lead has 1.

    References
    ----------
    .. [1] W. E. Deming and F. F. Stephan, "On a least squares adjustment of a sampled frequency table when the expected
       marginal totals are known", Ann. Math. Statist. 11, 1940.

    Examples
    --------
    >>> import numpy as np
    >>> two = np.array([0, 1])
    >>> mix = LeadMix(person=0 * two, kinds={"grade": two}, exposed=two * 0 + 5000.0, won=np.array([1500.0, 500.0]))
    >>> fit_mix(mix).factors["grade"].round(1).tolist()
    [1.5, 0.5]
    """
    sizes = {name: int(codes.max(initial=-1)) + 1 for name, codes in mix.kinds.items()}
    factors = {name: np.ones(size) for name, size in sizes.items()}
    total_won, total = float(mix.won.sum()), float(mix.exposed.sum())
    if total_won <= 0 or total <= 0:
        return MixEffects(factors=factors)
    base = mix.exposed * (total_won / total)
    persons = np.ones(int(mix.person.max()) + 1)
    for _ in range(_N_ROUNDS):
        before = {name: values.copy() for name, values in factors.items()}
        ease = MixEffects(factors=factors).ease(mix.kinds)
        persons = _ratio(mix.person, mix.won, base * ease, len(persons), _PERSON_WEIGHT)
        for name, codes in mix.kinds.items():
            others = base * persons[mix.person] * MixEffects(factors=factors).ease(mix.kinds) / factors[name][codes]
            fitted = _ratio(codes, mix.won, others, sizes[name], _EFFECT_WEIGHT)
            factors[name] = fitted / np.average(fitted[codes], weights=mix.exposed)
        moved = max((np.abs(factors[name] / before[name] - 1).max(initial=0.0) for name in factors), default=0.0)
        if moved < _CLOSE_ENOUGH:
            break
    return MixEffects(factors=factors)


def _ratio(codes: IntArray, won: FloatArray, expected: FloatArray, size: int, weight: float) -> FloatArray:
    top = np.bincount(codes, won, minlength=size) + weight
    return np.asarray(top / (np.bincount(codes, expected, minlength=size) + weight), dtype=np.float64)
