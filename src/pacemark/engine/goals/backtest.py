"""Stated chances against what happened: calibration, Brier scores, and how sure their differences are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, chdtrc, ndtr

from pacemark.engine.errors import EngineError
from pacemark.engine.goals.stated import PACEMARK

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

BIN_EDGES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
N_RESAMPLES, _SEED = 2000, 20_240_101
# Numbers drawn at a time, so that long histories do not fill the memory.
_DRAWN_AT_ONCE = 1_000_000
_LEVELS = (0.025, 0.975)
# A bin in which next to nothing is uncertain cannot be tested.
_MIN_VARIANCE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationBin:
    """The statements between two chances, and how many of them came true.

    Parameters
    ----------
    low, high : float
        Stated chances from ``low`` to below ``high``; the last bin holds 1 too.
    n : int
        Statements.
    stated, observed : float
        Mean stated chance, and the share that came true.
    interval : tuple of float, length 2
        95 % interval (Jeffreys) of the share.
    """

    low: float
    high: float
    n: int
    stated: float
    observed: float
    interval: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class BrierDifference:
    """How much worse a rule is than Pacemark on the same statements; above 0 is worse.

    Parameters
    ----------
    mean : float
        The rule's Brier score less Pacemark's.
    error : float
        Paired standard error.
    interval : tuple of float, length 2
        95 % interval by resampling person-months.
    """

    mean: float
    error: float
    interval: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleScore:
    """How well one rule foretold.

    Parameters
    ----------
    rule : str
        One of `pacemark.engine.goals.stated.RULES`.
    n : int
        Statements, one per person and month.
    brier : float
        Mean squared difference between chance and outcome, 0 (foresight) to 1; .25 is a coin.
    brier_interval : tuple of float, length 2
        95 % interval by resampling person-months.
    stated, observed : float
        Mean stated chance, and the share that came true.
    large_p : float or None
        p of calibration in the large: that the two differ so much by chance. None without uncertainty.
    bins_p : float or None
        p of the chi-square over the bins.
    calibration : tuple of CalibrationBin
        Bins that hold a statement.
    worse_by : BrierDifference or None
        Against Pacemark; None for Pacemark itself.
    """

    rule: str
    n: int
    brier: float
    brier_interval: tuple[float, float]
    stated: float
    observed: float
    large_p: float | None
    bins_p: float | None
    calibration: tuple[CalibrationBin, ...]
    worse_by: BrierDifference | None


def score_rules(chances: Mapping[str, FloatArray], happened: BoolArray) -> tuple[RuleScore, ...]:
    """Score every rule on the same statements.

    Parameters
    ----------
    chances : mapping of str to ndarray of shape (n_statements,), float64
        Stated chances by rule, 0–1; ``"pacemark"`` must be among them.
    happened : ndarray of shape (n_statements,), bool
        Whether the amount was reached.

    Returns
    -------
    tuple of RuleScore
        In the order of ``chances``; empty without statements.

    Raises
    ------
    EngineError
        ``goals.bad_statements`` for chances outside 0–1, lengths that differ, or Pacemark's missing.

    Notes
    -----
    Brier score: mean of (chance − outcome)². Intervals: 2,000 seeded resamples of person-months. Calibration in the
    large: z = Σ (outcome − chance) / √ Σ chance (1 − chance). Bins: Σ z² over the bins against chi-square with as many
    degrees of freedom as bins, since nothing was fitted to the outcomes.
    Not guaranteed: that person-months are independent. What a whole floor shares in a month, and a person in several,
    makes intervals narrower and p smaller than they should be.

    References
    ----------
    .. [1] G. W. Brier, "Verification of forecasts expressed in terms of probability", Mon. Weather Rev. 78, 1950.
    .. [2] D. W. Hosmer and S. Lemeshow, "Applied Logistic Regression", 1989, section 5.2.2.

    Examples
    --------
    >>> import numpy as np
    >>> came = np.array([True, True, False, False])
    >>> ours, coin = score_rules({"pacemark": np.array([0.9, 0.7, 0.3, 0.1]), "coin": np.full(4, 0.5)}, came)
    >>> round(ours.brier, 3), coin.brier, round(coin.worse_by.mean, 3)
    (0.05, 0.25, 0.2)
    """
    _check(chances, happened)
    if not len(happened):
        return ()
    squares = {rule: (stated - happened) ** 2 for rule, stated in chances.items()}
    columns = np.stack(list(squares.values()) + [square - squares[PACEMARK] for square in squares.values()])
    intervals = _resampled(columns)
    return tuple(
        RuleScore(
            rule=rule,
            n=len(happened),
            brier=float(squares[rule].mean()),
            brier_interval=intervals[place],
            stated=float(stated.mean()),
            observed=float(happened.mean()),
            large_p=_large_p(stated, happened),
            bins_p=_bins_p(stated, happened),
            calibration=calibrate(stated, happened),
            worse_by=_difference(squares[rule] - squares[PACEMARK], intervals[len(chances) + place], rule),
        )
        for place, (rule, stated) in enumerate(chances.items())
    )


def calibrate(stated: FloatArray, happened: BoolArray) -> tuple[CalibrationBin, ...]:
    """Compare stated chances with the shares that came true, bin by bin.

    Parameters
    ----------
    stated : ndarray of shape (n_statements,), float64
        Chances, 0–1.
    happened : ndarray of shape (n_statements,), bool
        Outcomes.

    Returns
    -------
    tuple of CalibrationBin
        Fifths of the scale that hold a statement.

    Examples
    --------
    >>> import numpy as np
    >>> (one,) = calibrate(np.full(10, 0.7), np.arange(10) < 7)
    >>> one.low, one.n, round(one.stated, 3), one.observed, [round(end, 2) for end in one.interval]
    (0.6, 10, 0.7, 0.7, [0.39, 0.91])
    """
    place = _bin_of(stated)
    found = []
    for index in np.unique(place):
        mine = place == index
        n, came = int(mine.sum()), int(happened[mine].sum())
        low, high = betaincinv(came + 0.5, n - came + 0.5, _LEVELS)
        found.append(
            CalibrationBin(
                low=BIN_EDGES[index],
                high=BIN_EDGES[index + 1],
                n=n,
                stated=float(stated[mine].mean()),
                observed=came / n,
                interval=(0.0 if came == 0 else float(low), 1.0 if came == n else float(high)),
            )
        )
    return tuple(found)


def _check(chances: Mapping[str, FloatArray], happened: BoolArray) -> None:
    if PACEMARK not in chances:
        raise EngineError("goals.bad_statements", "Pacemark's own statements are missing.", "chances")
    for rule, stated in chances.items():
        if stated.shape != happened.shape or not ((stated >= 0) & (stated <= 1)).all():
            message = f"{rule} must state one chance from 0 to 1 for every outcome."
            raise EngineError("goals.bad_statements", message, "chances")


def _difference(worse: FloatArray, interval: tuple[float, float], rule: str) -> BrierDifference | None:
    if rule == PACEMARK:
        return None
    error = float(worse.std(ddof=1) / np.sqrt(len(worse))) if len(worse) > 1 else 0.0
    return BrierDifference(mean=float(worse.mean()), error=error, interval=interval)


def _bin_of(stated: FloatArray) -> NDArray[np.int64]:
    return np.clip(np.searchsorted(BIN_EDGES, stated, side="right") - 1, 0, len(BIN_EDGES) - 2)


def _resampled(columns: FloatArray) -> list[tuple[float, float]]:
    """Return the 95 % interval of the mean of every row, the same resamples for all of them."""
    rng = np.random.default_rng(_SEED)
    n = columns.shape[1]
    at_once = max(1, min(N_RESAMPLES, _DRAWN_AT_ONCE // n))
    means = []
    for first in range(0, N_RESAMPLES, at_once):
        # How often each person-month is drawn says the same as which ones are drawn.
        times = rng.multinomial(n, np.full(n, 1 / n), size=min(at_once, N_RESAMPLES - first))
        means.append(columns @ times.T / n)
    low, high = np.quantile(np.concatenate(means, axis=1), _LEVELS, axis=1)
    return [(float(one), float(other)) for one, other in zip(low, high, strict=True)]


def _large_p(stated: FloatArray, happened: BoolArray) -> float | None:
    variance = float((stated * (1 - stated)).sum())
    if variance < _MIN_VARIANCE:
        return None
    return float(2 * ndtr(-abs(float((happened - stated).sum())) / np.sqrt(variance)))


def _bins_p(stated: FloatArray, happened: BoolArray) -> float | None:
    place, n_bins = _bin_of(stated), len(BIN_EDGES) - 1
    missed = np.bincount(place, happened - stated, minlength=n_bins)
    variance = np.bincount(place, stated * (1 - stated), minlength=n_bins)
    some = variance > _MIN_VARIANCE
    if not some.any():
        return None
    return float(chdtrc(int(some.sum()), (missed[some] ** 2 / variance[some]).sum()))
