"""How much one person's rate wobbles from month to month without meaning anything."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pacemark.engine.errors import EngineError

FloatArray = NDArray[np.float64]

# What is supposed before anything is known: 5 % of the rate, and the square of it known to so much.
USUAL_WOBBLE = 0.05
_USUAL_SD = 0.005
# Nobody is so steady that nothing needs to be allowed for.
_LEAST, _MOST = 0.02, 0.5
_LEAST_SUCCESSES = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wobble:
    """The month-to-month standard deviation of people's rates, as a part of the rate.

    Parameters
    ----------
    dispersion : float
        Standard deviation / rate, from .02 to .5, leaning on the usual 5 %.
    raw : float
        What these people alone show: the square of it, which chance may make negative.
    n_months : int
        Person-months behind it.
    """

    dispersion: float
    raw: float
    n_months: int


def fit_wobble(won: FloatArray, tried: FloatArray) -> Wobble:
    """Fit how much rates of one stage wobble within people.

    Parameters
    ----------
    won, tried : ndarray of shape (n_people, n_months), float64
        Successes and trials per month; months without trials are left out.

    Returns
    -------
    Wobble
        Of the stage.

    Raises
    ------
    EngineError
        ``rates.won_above_tried``; ``rates.bad_counts`` for unequal shapes.

    Notes
    -----
    With n_t trials and x_t successes in month t, N and X in all, f_t = n_t / N and r = X / N:
    E Σ (x_t − n_t r)² = Σ V_t (1 − 2 f_t + Σ f²), V_t = n_t r(1 − r) + n_t (n_t − 1) d² r². Each person's equation is
    divided by Σ n_t r(1 − r), so that all weigh alike, and solved for d² over all people with at least 5 successes
    and failures and two months. The result leans on .05² by precisions; a lasting trend inside the months counts as
    wobble, which accuses less.

    References
    ----------
    .. [1] D. A. Williams, "Extra-binomial variation in logistic linear models", Appl. Statist. 31, 1982.

    Examples
    --------
    >>> steady = np.full((50, 6), 40.0)
    >>> round(fit_wobble(steady, 10 * steady).dispersion, 3) <= 0.05
    True
    """
    won, tried = np.asarray(won, dtype=np.float64), np.asarray(tried, dtype=np.float64)
    if won.shape != tried.shape or won.ndim != 2:
        raise EngineError("rates.bad_counts", "Successes and trials must be two tables of equal shape.", "people")
    if (won > tried + 1e-9).any() or (won < 0).any():
        raise EngineError("rates.won_above_tried", "Nobody can have won more often than tried.", "won")
    total, successes = tried.sum(axis=1), won.sum(axis=1)
    usable = np.minimum(successes, total - successes) >= _LEAST_SUCCESSES
    usable &= (tried > 0).sum(axis=1) >= 2
    if not usable.any():
        return Wobble(dispersion=USUAL_WOBBLE, raw=0.0, n_months=0)
    won, tried = won[usable], tried[usable]
    excess, slope = _moments(won, tried)
    weight = (tried > 0).sum(axis=1) - 1.0
    # Excess and slope of the same person go together: a ratio of sums, and its spread over people.
    raw = float((weight * excess).sum() / (weight * slope).sum())
    residual = weight * (excess - raw * slope)
    noise = float(np.sqrt((residual**2).sum()) / (weight * slope).sum())
    square = _leaning(raw, max(noise, 1e-9))
    return Wobble(
        dispersion=float(np.clip(np.sqrt(max(square, 0.0)), _LEAST, _MOST)),
        raw=raw,
        n_months=int((tried > 0).sum()),
    )


def wobble_of_window(dispersion: FloatArray | float, tried: FloatArray) -> FloatArray:
    """Give the wobble of a sum over several months, in which single months' wobbles partly cancel.

    Parameters
    ----------
    dispersion : float or ndarray of shape (n_people,)
        Of one month.
    tried : ndarray of shape (n_people, n_months), float64
        Trials per month of the window.

    Returns
    -------
    ndarray of shape (n_people,), float64
        dispersion × √Σ f², f being each month's share of the trials; the month's own without trials.

    Examples
    --------
    >>> wobble_of_window(0.06, np.array([[100.0, 100.0, 100.0, 100.0], [0.0, 7.0, 0.0, 0.0]])).tolist()
    [0.03, 0.06]
    """
    total = tried.sum(axis=1, keepdims=True)
    share = np.divide(tried, total, out=np.zeros(tried.shape), where=total > 0)
    squares = np.where(total[:, 0] > 0, (share**2).sum(axis=1), 1.0)
    return np.asarray(dispersion * np.sqrt(squares), dtype=np.float64)


def _moments(won: FloatArray, tried: FloatArray) -> tuple[FloatArray, FloatArray]:
    total = tried.sum(axis=1, keepdims=True)
    rate, share = won.sum(axis=1, keepdims=True) / total, tried / total
    factor = 1 - 2 * share + (share**2).sum(axis=1, keepdims=True)
    # r(1 − r) is N / (N − 1) too small on average; r² is too large by the same.
    spread = rate * (1 - rate) * total / np.maximum(total - 1, 1)
    square = np.maximum(rate**2 - spread / total, 0.0)
    scale = (tried * spread).sum(axis=1)
    found = ((won - tried * rate) ** 2).sum(axis=1)
    by_chance = (tried * spread * factor).sum(axis=1)
    by_wobble = (tried * np.maximum(tried - 1, 0) * square * factor).sum(axis=1)
    return (found - by_chance) / scale, by_wobble / scale


def _leaning(raw: float, noise: float) -> float:
    own, usual = 1 / noise**2, 1 / _USUAL_SD**2
    return (own * raw + usual * USUAL_WOBBLE**2) / (own + usual)
