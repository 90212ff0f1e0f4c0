"""How long talks last around the threshold: histograms per person, and the smooth curve through them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pacemark.engine.errors import EngineError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

BIN_SECONDS = 5
# Where bins begin and end, and which are left out of the curve, in seconds from the threshold.
FIRST_SECONDS, END_SECONDS = -90, 60
GAP_FIRST_SECONDS, JUST_PAST_SECONDS = -30, 10
# Below it too little of the left side would be left for a curve.
LEAST_THRESHOLD_SECONDS = 60
# The curve leans towards a flat one as weakly as this, so that a person with talks in one bin only has a curve too.
_LEAN = 1e-4
_STEEPEST = 30.0
_N_STEPS = 60
_CLOSE_ENOUGH = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkHistograms:
    """Talks around the threshold, one row per person (or per person and month).

    Parameters
    ----------
    threshold_seconds : int
        Talk seconds from which a talk is deep, ``>= 60``.
    counts : ndarray of shape (n_rows, n_bins), int64
        Talks per bin of 5 s, from 90 s before the threshold (never before 0 s) to 60 s after it.
    deep_talks : ndarray of shape (n_rows,), int64
        Talks of at least the threshold, however long.
    just_past_won, beyond_won : ndarray of shape (n_rows,), float64
        Successes of the talks within 10 s past the threshold, and of those from 10 to 60 s past it; NaN where
        outcomes are not known.
    """

    threshold_seconds: int
    counts: IntArray
    deep_talks: IntArray
    just_past_won: FloatArray
    beyond_won: FloatArray


def bin_starts(threshold_seconds: int) -> IntArray:
    """Return where each bin begins, in seconds.

    Parameters
    ----------
    threshold_seconds : int
        Talk seconds from which a talk is deep.

    Returns
    -------
    ndarray of shape (n_bins,), int64
        Every 5 s, the threshold among them.

    Raises
    ------
    EngineError
        ``padding.threshold_too_low`` below 60 s.

    Examples
    --------
    >>> bin_starts(180)[[0, 1, -1]].tolist()
    [90, 95, 235]
    """
    if threshold_seconds < LEAST_THRESHOLD_SECONDS:
        message = f"The threshold must be at least {LEAST_THRESHOLD_SECONDS} seconds for this test."
        raise EngineError("padding.threshold_too_low", message, "threshold")
    starts = np.arange(threshold_seconds + FIRST_SECONDS, threshold_seconds + END_SECONDS, BIN_SECONDS)
    return np.asarray(starts[starts >= 0], dtype=np.int64)


def talk_histograms(
    row: IntArray,
    talk_seconds: IntArray,
    n_rows: int,
    threshold_seconds: int,
    won: FloatArray | None = None,
) -> TalkHistograms:
    """Count talks by length.

    Parameters
    ----------
    row : ndarray of shape (n_talks,), int64
        Whose talk it is, 0 to ``n_rows`` − 1.
    talk_seconds : ndarray of shape (n_talks,), int64
        Whole seconds of connected talks, ``>= 0``.
    n_rows : int
        How many people (or people and months) there are.
    threshold_seconds : int
        Talk seconds from which a talk is deep.
    won : ndarray of shape (n_talks,), float64, optional
        1 where the talk led to an opportunity, else 0; NaN where nobody knows.

    Returns
    -------
    TalkHistograms
        One row each, also for those without a talk.

    Raises
    ------
    EngineError
        ``padding.negative_seconds``; ``padding.threshold_too_low``.

    Examples
    --------
    >>> found = talk_histograms(np.zeros(3, int), np.array([89, 180, 900]), 1, 180)
    >>> int(found.counts.sum()), found.deep_talks.tolist()
    (1, [2])
    """
    if (talk_seconds < 0).any():
        raise EngineError("padding.negative_seconds", "A talk cannot last less than no time.", "durations")
    starts = bin_starts(threshold_seconds)
    place = (talk_seconds - starts[0]) // BIN_SECONDS
    inside = (talk_seconds >= starts[0]) & (place < len(starts))
    counts = np.bincount(row[inside] * len(starts) + place[inside], minlength=n_rows * len(starts))
    past = talk_seconds - threshold_seconds
    just_past = (past >= 0) & (past < JUST_PAST_SECONDS)
    beyond = (past >= JUST_PAST_SECONDS) & (past < END_SECONDS)
    return TalkHistograms(
        threshold_seconds=threshold_seconds,
        counts=counts.reshape(n_rows, len(starts)).astype(np.int64),
        deep_talks=np.bincount(row[past >= 0], minlength=n_rows).astype(np.int64),
        just_past_won=_successes(row, won, just_past, n_rows),
        beyond_won=_successes(row, won, beyond, n_rows),
    )


def _successes(row: IntArray, won: FloatArray | None, chosen: NDArray[np.bool_], n_rows: int) -> FloatArray:
    """Add up; one talk that nobody knows the outcome of makes the person's sum unknown."""
    if won is None:
        return np.full(n_rows, np.nan)
    return np.bincount(row[chosen], won[chosen], minlength=n_rows).astype(np.float64)


def smooth_counts(counts: IntArray, fitted_on: NDArray[np.bool_]) -> FloatArray:
    """Draw everyone's smooth curve through some of the bins.

    Parameters
    ----------
    counts : ndarray of shape (n_rows, n_bins), int64
        Talks per bin of equal width.
    fitted_on : ndarray of shape (n_bins,), bool
        Which bins the curve is fitted on; it is drawn over all of them.

    Returns
    -------
    ndarray of shape (n_rows, n_bins), float64
        Expected talks; 0 for a row without talks in the bins fitted on.

    Notes
    -----
    Poisson counts with ln(expected) = β₀ + β₁z + β₂z², by maximum likelihood: Newton's method for all rows at once, a
    step that does not gain being halved. β₁ and β₂ lean towards 0 by a normal prior of standard deviation 100, which
    nobody with talks on both sides notices.

    References
    ----------
    .. [1] J. McCrary, "Manipulation of the running variable", J. Econometrics 142, 2008.
    .. [2] R. Chetty et al., "Adjustment costs, firm responses, and micro vs. macro labor supply elasticities",
       Q. J. Economics 126, 2011 (a polynomial through the bins, those near the kink left out).

    Examples
    --------
    >>> counts = np.array([[40, 30, 99, 20, 15]])
    >>> smooth_counts(counts, np.array([True, True, False, True, True])).round(1).tolist()
    [[39.6, 30.8, 24.2, 19.2, 15.4]]
    """
    n_rows, n_bins = counts.shape
    z = np.linspace(-1.0, 1.0, n_bins)
    design = np.stack([np.ones(n_bins), z, z**2], axis=1)
    used, seen = design[fitted_on], counts[:, fitted_on].astype(np.float64)
    total = seen.sum(axis=1)
    fitted = np.zeros((n_rows, n_bins))
    some = np.flatnonzero(total > 0)
    shape = _climb_all(used, seen[some])
    with np.errstate(over="ignore"):
        fitted[some] = np.exp(np.clip(shape @ design.T, -700.0, _STEEPEST))
    return fitted


def _climb_all(design: FloatArray, seen: FloatArray) -> FloatArray:
    """Return every row's (β₀, β₁, β₂)."""
    lean = np.array([0.0, _LEAN, _LEAN])
    shape = np.zeros((len(seen), 3))
    shape[:, 0] = np.log(seen.mean(axis=1))
    height = _height(shape, design, seen, lean)
    open_ = np.arange(len(seen))
    for _ in range(_N_STEPS):
        if not len(open_):
            break
        step = _newton_step(shape[open_], design, seen[open_], lean)
        there = shape[open_] + step
        new = _height(there, design, seen[open_], lean)
        for _halving in range(30):
            worse = ~(new >= height[open_] - 1e-12 * np.abs(height[open_]))
            if not worse.any():
                break
            step[worse] *= 0.5
            there[worse] = shape[open_[worse]] + step[worse]
            new[worse] = _height(there[worse], design, seen[open_[worse]], lean)
        shape[open_], height[open_] = there, new
        open_ = open_[np.abs(step).max(axis=1) > _CLOSE_ENOUGH]
    return shape


def _height(shape: FloatArray, design: FloatArray, seen: FloatArray, lean: FloatArray) -> FloatArray:
    log = np.minimum(shape @ design.T, 700.0)
    return np.asarray((seen * log - np.exp(log)).sum(axis=1) - (lean * shape**2).sum(axis=1) / 2, dtype=np.float64)


def _newton_step(shape: FloatArray, design: FloatArray, seen: FloatArray, lean: FloatArray) -> FloatArray:
    expected = np.exp(np.minimum(shape @ design.T, 700.0))
    slope = (seen - expected) @ design - lean * shape
    moments = expected @ np.stack([design[:, 1] ** power for power in range(5)], axis=1)
    bend = moments[:, [[0, 1, 2], [1, 2, 3], [2, 3, 4]]] + np.diag(lean + 1e-12)
    step = np.linalg.solve(bend, slope[:, :, None])[:, :, 0]
    longest = np.abs(step).max(axis=1, keepdims=True)
    return np.asarray(step * np.minimum(1.0, 5.0 / np.maximum(longest, 1e-300)), dtype=np.float64)
