"""What a group's own rates look like: the peers a thin record leans on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, digamma, expit, gammaln, logit

from pacemark.engine.climb import climb
from pacemark.engine.errors import EngineError

FloatArray = NDArray[np.float64]

# Bounds of the strength k. Below 2 a group says nothing; above 100,000 nobody's own record could ever speak.
MIN_STRENGTH = 2.0
MAX_STRENGTH = 100_000.0
# The weak prior on ln k: centred on 150 trials, and wide enough (a factor of 7 either way is one standard
# deviation) that any few dozen people with some trials decide for themselves.
USUAL_STRENGTH = 150.0
STRENGTH_SPREAD = 2.0
# Half a success and half a failure hold the group's mean off 0 and 1 where nobody has succeeded, or failed, yet.
# A fitted mean is leaned on as lightly; a typed-in one (行业经验值) as on the trials that its people said it is worth.
_MEAN_WEIGHT = 1.0
_MEAN_RANGE = 14.0
_GRID_POINTS = 33
_N_STRENGTHS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """The rates of a peer group, as a Beta(mean × strength, (1 − mean) × strength) distribution.

    Parameters
    ----------
    mean : float
        The group's rate, strictly between 0 and 1.
    strength : float
        How many trials of one's own weigh as much as the group, ``> 0``.
    strength_interval : tuple of float
        Central 80 % of what the records leave open about ``strength``; equal to it twice where it was typed in.
    strengths : tuple of float, length 8
        Equally likely strengths, given the records; all alike where it was typed in.
    n_people : int
        People with trials behind it.
    tried : float
        Their (effective) trials.
    basis : {"fitted", "typed_in"}
        Whether it was learned from records or typed in by a person.
    """

    mean: float
    strength: float
    strength_interval: tuple[float, float]
    strengths: tuple[float, ...]
    n_people: int = 0
    tried: float = 0.0
    basis: Literal["fitted", "typed_in"] = "fitted"


def typed_in_prior(mean: float, strength: float) -> Prior:
    """Make the prior of a firm without history from what its people hold to be usual.

    Parameters
    ----------
    mean : float
        Rate, strictly between 0 and 1.
    strength : float
        Trials it is worth, ``> 0``.

    Returns
    -------
    Prior
        Marked ``typed_in``.

    Raises
    ------
    EngineError
        ``rates.bad_prior`` outside these bounds.

    Examples
    --------
    >>> typed_in_prior(0.2, 100.0).basis
    'typed_in'
    """
    if not (0.0 < mean < 1.0 and 0.0 < strength < math.inf):
        raise EngineError("rates.bad_prior", "A prior needs a mean between 0 and 1 and a strength above 0.", "prior")
    return Prior(
        mean=mean,
        strength=strength,
        strength_interval=(strength, strength),
        strengths=(strength,) * _N_STRENGTHS,
        basis="typed_in",
    )


def fit_prior(
    won: FloatArray,
    tried: FloatArray,
    *,
    lean_on: Prior | None = None,
    strength_spread: float = STRENGTH_SPREAD,
) -> Prior:
    """Fit a group's mean rate and how much its people differ.

    Parameters
    ----------
    won : ndarray of shape (n_people,), float64
        Effective successes, each from 0 to ``tried``.
    tried : ndarray of shape (n_people,), float64
        Effective trials, ``>= 0``; people with 0 are left out.
    lean_on : Prior, optional
        A wider group's prior: this group's mean leans on it as if it were one more trial (a typed-in one: as many as
        its strength), and its strength is the centre of the weak prior on k. Default: a mean of one half, 150 trials.
    strength_spread : float, default 2.0
        Standard deviation of the weak prior on ln k, ``> 0``.

    Returns
    -------
    Prior
        Mean, strength within 2 to 100,000, and the strength's central 80 % interval. Without any trials it is
        ``lean_on`` itself.

    Raises
    ------
    EngineError
        ``rates.won_above_tried``; ``rates.bad_counts`` for negative or non-finite counts or unequal lengths;
        ``rates.no_data`` without any trials and without ``lean_on``.

    Notes
    -----
    Maximises over (μ, k) the beta-binomial marginal likelihood
    Σ ln B(x + μk, n − x + (1 − μ)k) − ln B(μk, (1 − μ)k), plus w (m ln μ + (1 − m) ln(1 − μ)) for w trials at the
    leaned-on mean m, less (ln k − ln k₀)² / 2s² for the weak prior on k. Guaranteed: the order of people does not
    matter; where people differ no more than chance, k is large and everyone gets the group's rate. The interval
    is read off the posterior of ln k at the fitted mean, on a grid. Cost is O(n_people).

    References
    ----------
    .. [1] B. Efron and C. Morris, "Stein's paradox in statistics", Scientific American 236, 1977.
    .. [2] A. Gelman et al., "Bayesian Data Analysis", 3rd ed., 2013, section 5.3.

    Examples
    --------
    >>> import numpy as np
    >>> prior = fit_prior(np.array([1.0, 9.0, 5.0, 2.0, 8.0]), np.array([10.0, 10.0, 10.0, 10.0, 10.0]))
    >>> 0.45 < prior.mean < 0.55 and prior.strength < 20
    True
    """
    won, tried = _checked(won, tried)
    if not len(tried):
        if lean_on is None:
            raise EngineError("rates.no_data", "Nobody has a trial yet; type in a prior to start from.", "people")
        return lean_on
    group = _Group(
        won=won,
        tried=tried,
        centre=lean_on.mean if lean_on else 0.5,
        weight=lean_on.strength if lean_on and lean_on.basis == "typed_in" else _MEAN_WEIGHT,
        usual=math.log(lean_on.strength if lean_on else USUAL_STRENGTH),
        spread=strength_spread,
    )
    mean, log_strength = _most_likely(group)
    low, high, *between = _quantiles(group, mean, log_strength)
    return Prior(
        mean=mean,
        strength=math.exp(log_strength),
        # The most likely value may lie outside the middle 80 % of a lopsided posterior; the interval then reaches it.
        strength_interval=(math.exp(min(low, log_strength)), math.exp(max(high, log_strength))),
        strengths=tuple(math.exp(one) for one in between),
        n_people=len(tried),
        tried=float(tried.sum()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    won: FloatArray
    tried: FloatArray
    centre: float
    weight: float
    usual: float
    spread: float


def _checked(won: FloatArray, tried: FloatArray) -> tuple[FloatArray, FloatArray]:
    won, tried = np.asarray(won, dtype=np.float64), np.asarray(tried, dtype=np.float64)
    if won.shape != tried.shape or won.ndim != 1:
        raise EngineError("rates.bad_counts", "Successes and trials must be two lists of equal length.", "people")
    if not (np.isfinite(won).all() and np.isfinite(tried).all()) or (won < 0).any() or (tried < 0).any():
        raise EngineError("rates.bad_counts", "Successes and trials must be finite and not negative.", "people")
    # Effective counts are sums of floats: a hair above is rounding, not a fault.
    if (won > tried * (1 + 1e-9) + 1e-9).any():
        raise EngineError("rates.won_above_tried", "Nobody can have won more often than tried.", "people")
    some = tried > 0
    return np.minimum(won, tried)[some], tried[some]


def _log_posterior(group: _Group, mean: float, log_strengths: FloatArray) -> FloatArray:
    strength = np.exp(log_strengths)[:, None]
    a, b = mean * strength, (1 - mean) * strength
    each = gammaln(group.won + a) + gammaln(group.tried - group.won + b) - gammaln(group.tried + strength)
    likelihood = each.sum(axis=1) - len(group.tried) * betaln(a, b)[:, 0]
    weak = ((log_strengths - group.usual) / group.spread) ** 2 / 2
    return np.asarray(likelihood - weak, dtype=np.float64)


def _most_likely(group: _Group) -> tuple[float, float]:
    pooled = (group.won.sum() + group.weight * group.centre) / (group.tried.sum() + group.weight)
    start = float(np.clip(logit(pooled), -_MEAN_RANGE, _MEAN_RANGE))
    grid = np.linspace(math.log(MIN_STRENGTH), math.log(MAX_STRENGTH), 12)
    # The best of a coarse grid starts the climb on the right slope.
    log_strength = float(grid[np.argmax(_log_posterior(group, float(expit(start)), grid))])
    found = climb(
        lambda at: _height_and_slope(at, group),
        (start, log_strength),
        (-_MEAN_RANGE, float(grid[0])),
        (_MEAN_RANGE, float(grid[-1])),
    )
    return float(expit(found[0])), float(found[1])


def _height_and_slope(at: FloatArray, group: _Group) -> tuple[float, FloatArray]:
    """Return the log posterior and its gradient at (logit mean, ln strength)."""
    mean, strength = float(expit(at[0])), math.exp(at[1])
    a, b = mean * strength, (1 - mean) * strength
    value = float(_log_posterior(group, mean, np.array([at[1]]))[0])
    value += group.weight * (group.centre * math.log(mean) + (1 - group.centre) * math.log1p(-mean))
    n = len(group.tried)
    by_a = float(digamma(group.won + a).sum() - n * digamma(a))
    by_b = float(digamma(group.tried - group.won + b).sum() - n * digamma(b))
    by_k = float(n * digamma(strength) - digamma(group.tried + strength).sum())
    slope_mean = strength * mean * (1 - mean) * (by_a - by_b) + group.weight * (group.centre - mean)
    slope_strength = strength * (mean * by_a + (1 - mean) * by_b + by_k) - (at[1] - group.usual) / group.spread**2
    return value, np.array([slope_mean, slope_strength])


def _quantiles(group: _Group, mean: float, log_strength: float) -> list[float]:
    """Return the ends of the middle 80 % of ln k, then eight equally likely values of it."""
    grid = np.linspace(math.log(MIN_STRENGTH), math.log(MAX_STRENGTH), _GRID_POINTS)
    grid = np.union1d(grid, np.clip(log_strength + np.linspace(-0.6, 0.6, 13), grid[0], grid[-1]))
    height = _log_posterior(group, mean, grid)
    height = np.exp(height - height.max())
    area = np.concatenate(([0.0], np.cumsum(np.diff(grid) * (height[1:] + height[:-1]) / 2)))
    wanted = [0.1, 0.9, *((np.arange(_N_STRENGTHS) + 0.5) / _N_STRENGTHS)]
    return [float(found) for found in np.interp(wanted, area / area[-1], grid)]
