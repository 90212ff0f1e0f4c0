"""What a period came to: the share of the target, the tier, the grade, and what is still to be expected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincc, gammaincinv, ndtri

from pacemark.engine.errors import EngineError
from pacemark.engine.results.ladder import check_tiers

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

GradeOutcome = Literal["promoted", "kept", "missed", "open", "no_quota"]
GRADE_OUTCOMES: tuple[GradeOutcome, ...] = ("promoted", "kept", "missed", "open", "no_quota")
_LOW, _HIGH = 0.1, 0.9
# Standard deviations between the tenth and the ninetieth percentile.
_BAND_WIDTH = 2 * float(ndtri(_HIGH))


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecasts:
    """Where each group's period will end.

    Parameters
    ----------
    expected : ndarray of shape (n_groups,), float64
        Booked and still to come.
    low, high : ndarray of shape (n_groups,), float64
        One in ten ends below, one in ten above.
    odds : ndarray of shape (n_groups,), float64
        Chance of the target, 0–1; NaN where there is none.
    """

    expected: FloatArray
    low: FloatArray
    high: FloatArray
    odds: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Remaining:
    """What is booked of each person, and what their period still brings (`pacemark.engine.goals.outlook.Outlook`).

    Parameters
    ----------
    group : ndarray of shape (n_people,), int64
        Team, region or organisation: 0 to ``n_groups`` − 1.
    booked : ndarray of shape (n_people,), float64
        Net of refunds; may be negative.
    mean : ndarray of shape (n_people,), float64
        Expected still to come, ``>= 0``.
    low, high : ndarray of shape (n_people,), float64
        Of what is still to come: one in ten below, one in ten above.

    Raises
    ------
    EngineError
        ``results.bad_remaining`` for lengths that differ, numbers that are not finite, a band upside down.
    """

    group: IntArray
    booked: FloatArray
    mean: FloatArray
    low: FloatArray
    high: FloatArray

    def __post_init__(self) -> None:
        """Refuse what no forecast can be made from."""
        columns = (self.booked, self.mean, self.low, self.high)
        if any(column.shape != self.group.shape or not np.isfinite(column).all() for column in columns):
            raise EngineError("results.bad_remaining", "Every person needs one finite number of each.", "remaining")
        if (self.mean < 0).any() or (self.low < 0).any() or (self.high < self.low).any():
            message = "What is still to come must not be negative, and its band not upside down."
            raise EngineError("results.bad_remaining", message, "remaining")


def attained_share(net_minor: int, target_minor: int | None) -> Fraction | None:
    """Give the share of a target that is there.

    Parameters
    ----------
    net_minor : int
        Won amount net of refunds, minor units.
    target_minor : int or None
        Target of the same period, minor units.

    Returns
    -------
    Fraction or None
        None without a target, or with one of 0 or less: a share of nothing says nothing.

    Examples
    --------
    >>> attained_share(2_700_000, 3_000_000)
    Fraction(9, 10)
    """
    return Fraction(net_minor, target_minor) if target_minor is not None and target_minor > 0 else None


def tiers_reached(net_minor: int, tiers_minor: Sequence[int]) -> int:
    """Count the tiers that are reached.

    Parameters
    ----------
    net_minor : int
        Won amount net of refunds, minor units.
    tiers_minor : sequence of int
        Rising amounts, minor units.

    Returns
    -------
    int
        0 to the number of tiers; exactly the amount counts.

    Raises
    ------
    EngineError
        ``results.no_tiers`` or ``results.tiers_not_rising``.

    Examples
    --------
    >>> tiers_reached(3_600_000, [3_000_000, 3_600_000, 4_500_000])
    2
    """
    check_tiers([Fraction(tier) for tier in tiers_minor])
    return sum(net_minor >= tier for tier in tiers_minor)


def grade_outcome(net_minor: int, keep_minor: int | None, reach_minor: int | None, *, is_over: bool) -> GradeOutcome:
    """Say what a period did to a person's grade.

    Parameters
    ----------
    net_minor : int
        Won amount net of refunds, minor units.
    keep_minor : int or None
        What keeping the grade takes (`pacemark.engine.results.attribution.quota_of_stays`).
    reach_minor : int or None
        What the next grade takes; None for the highest.
    is_over : bool
        Whether the period has ended: before that nothing is lost and, with refunds to come, nothing won.

    Returns
    -------
    {"promoted", "kept", "missed", "open", "no_quota"}
        Exactly the quota counts as reached.

    Examples
    --------
    >>> [grade_outcome(net, 90_000, 120_000, is_over=True) for net in (120_000, 90_000, 89_999)]
    ['promoted', 'kept', 'missed']
    """
    if keep_minor is None:
        return "no_quota"
    if not is_over:
        return "open"
    if reach_minor is not None and net_minor >= max(reach_minor, keep_minor):
        return "promoted"
    return "kept" if net_minor >= keep_minor else "missed"


def forecast_groups(remaining: Remaining, target: FloatArray, shared_spread: float = 0.0) -> Forecasts:
    """Add up people's outlooks to teams', regions' and the organisation's.

    Parameters
    ----------
    remaining : Remaining
        Everyone, in any order.
    target : ndarray of shape (n_groups,), float64
        Each group's target in the same money; NaN for none.
    shared_spread : float, default 0
        Standard deviation, as a share of what is still to come, of what moves everyone of a group together.

    Returns
    -------
    Forecasts
        Per group; a group of nobody expects 0.

    Raises
    ------
    EngineError
        ``results.bad_remaining`` for a group beyond the targets or a negative spread.

    Notes
    -----
    Means add up; variances too, as people's luck is their own: a band of a team is narrower than its people's bands
    laid end to end. A person's standard deviation is read off their band and mean. What is still to come of a group is
    a gamma variable with these two moments, (shared_spread × mean)² added; a group of one keeps its own band.

    Examples
    --------
    >>> import numpy as np
    >>> ones = np.ones(4)
    >>> four = Remaining(group=np.zeros(4, int), booked=ones, mean=10 * ones, low=4 * ones, high=17 * ones)
    >>> found = forecast_groups(four, np.array([44.0]))
    >>> found.expected.tolist(), found.low.round(1).tolist(), found.high.round(1).tolist(), found.odds.round(2).tolist()
    ([44.0], [31.5], [57.6], [0.47])
    """
    n_groups = len(target)
    inside = not len(remaining.group) or (remaining.group.min() >= 0 and remaining.group.max() < n_groups)
    if not inside or not shared_spread >= 0:
        raise EngineError("results.bad_remaining", "Every person belongs to one of the groups.", "group")

    def summed(values: FloatArray) -> FloatArray:
        return np.bincount(remaining.group, values, minlength=n_groups).astype(np.float64)

    booked, mean = summed(remaining.booked), summed(remaining.mean)
    deviation = _deviation(remaining)
    variance = summed(deviation**2) + (shared_spread * mean) ** 2
    low, high = (_quantile(mean, variance, share) for share in (_LOW, _HIGH))
    if shared_spread == 0:
        alone = summed(np.ones(len(remaining.group))) == 1
        low, high = np.where(alone, summed(remaining.low), low), np.where(alone, summed(remaining.high), high)
    return Forecasts(
        expected=booked + mean,
        low=booked + low,
        high=booked + high,
        odds=np.where(np.isnan(target), np.nan, _chance(mean, variance, np.nan_to_num(target) - booked)),
    )


def _deviation(remaining: Remaining) -> FloatArray:
    """Return a standard deviation between those that a normal (2/3) and a gamma variable (1/3) with these bands have.

    With few deals to come the one is too small and the other too large; from three on they agree.
    """
    width = remaining.high - remaining.low
    plain = width / _BAND_WIDTH
    shapes = np.exp(np.linspace(np.log(0.2), np.log(5000.0), 400))
    widths = (gammaincinv(shapes, _HIGH) - gammaincinv(shapes, _LOW)) / shapes
    relative = np.divide(width, remaining.mean, out=np.zeros_like(width), where=remaining.mean > 0)
    skewed = remaining.mean / np.sqrt(np.interp(-relative, -widths, shapes))
    return np.where(relative > widths[-1], (2 * plain + skewed) / 3, plain)


def _is_certain(mean: FloatArray, variance: FloatArray) -> NDArray[np.bool_]:
    return np.asarray((mean <= 0) | (variance <= 1e-18 * mean**2), dtype=np.bool_)


def _quantile(mean: FloatArray, variance: FloatArray, share: float) -> FloatArray:
    certain = _is_certain(mean, variance)
    safe_mean, safe = np.where(certain, 1.0, mean), np.where(certain, 1.0, variance)
    found = gammaincinv(safe_mean**2 / safe, share) * safe / safe_mean
    return np.where(certain, mean, found)


def _chance(mean: FloatArray, variance: FloatArray, need: FloatArray) -> FloatArray:
    certain = _is_certain(mean, variance)
    safe_mean, safe = np.where(certain, 1.0, mean), np.where(certain, 1.0, variance)
    found = gammaincc(safe_mean**2 / safe, np.maximum(need, 0.0) * safe_mean / safe)
    # A sum of floats that should be the target is the target.
    reached = mean >= need - 1e-9 * np.abs(need)
    return np.where(need <= 0, 1.0, np.where(certain, reached.astype(np.float64), found))
