"""The top of a smooth hill over two parameters."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Hill = Callable[[FloatArray], tuple[float, FloatArray]]

_N_STEPS = 60
_NUDGE = 1e-4
_LONGEST_STEP = 1.5
_FLAT = 1e-6


def climb(hill: Hill, start: tuple[float, float], low: tuple[float, float], high: tuple[float, float]) -> FloatArray:
    """Climb to the top by damped Newton steps inside a box.

    Parameters
    ----------
    hill : callable
        Takes a point of shape (2,), returns its height and slope (shape (2,)).
    start : tuple of float
        Where to begin, inside the box.
    low, high : tuple of float
        The box.

    Returns
    -------
    ndarray of shape (2,), float64
        A point in the box from which no step leads higher.

    Notes
    -----
    The curvature is the difference of slopes. Where it does not bend down, the step follows the slope. Steps that
    do not gain are halved. For two parameters this needs a dozen slopes, and no linear algebra library whose threads
    would wait for each other.

    Examples
    --------
    >>> def hill(at):
    ...     return -float(((at - 1) ** 2).sum()), -2 * (at - 1)
    >>> climb(hill, (0.0, 0.0), (-5.0, -5.0), (5.0, 0.5)).round(4).tolist()
    [1.0, 0.5]
    """
    floor, ceiling = np.array(low), np.array(high)
    at = np.clip(np.array(start, dtype=np.float64), floor, ceiling)
    height, slope = hill(at)
    for _ in range(_N_STEPS):
        # A parameter at its bound, with the hill rising outwards, stays there.
        free = ~(((at <= floor) & (slope < 0)) | ((at >= ceiling) & (slope > 0)))
        if not free.any() or np.abs(slope[free]).max() < _FLAT * (1 + abs(height) * 1e-3):
            break
        step = _newton_step(hill, at, slope, free)
        moved = False
        for halving in range(30):
            there = np.clip(at + step * 0.5**halving, floor, ceiling)
            new_height, new_slope = hill(there)
            if new_height > height:
                moved = bool(new_height - height > 1e-10 * (1 + abs(height)))
                at, height, slope = there, new_height, new_slope
                break
        if not moved:
            break
    return at


def _newton_step(hill: Hill, at: FloatArray, slope: FloatArray, free: NDArray[np.bool_]) -> FloatArray:
    bend = np.zeros((2, 2))
    for side in np.flatnonzero(free):
        nudged = at.copy()
        nudged[side] += _NUDGE
        bend[side] = (hill(nudged)[1] - slope) / _NUDGE
    own = np.diag(bend)
    step = np.where(free, np.where(own < 0, slope / np.maximum(-own, 1e-12), slope), 0.0)
    if free.all():
        cross = (bend[0, 1] + bend[1, 0]) / 2
        determinant = own[0] * own[1] - cross**2
        if own[0] < 0 and determinant > 1e-12:
            step = np.array([cross * slope[1] - own[1] * slope[0], cross * slope[0] - own[0] * slope[1]]) / determinant
    longest = float(np.abs(step).max())
    return np.asarray(step * min(1.0, _LONGEST_STEP / longest) if longest > 0 else step, dtype=np.float64)
