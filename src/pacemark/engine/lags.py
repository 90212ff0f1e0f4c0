"""How long success takes: the lag curve, and what it says about a period that ends soon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from pacemark.engine.errors import EngineError

FloatArray = NDArray[np.float64]

# The curve ends where fewer trials than this are still watched: beyond, one success would move it too far.
_MIN_WATCHED = 20.0
# The typed-in curve speaks as if it were so many successes.
_TYPED_IN_WINS = 10.0
_USUAL_MEDIAN_DAYS = 14.0
_USUAL_SPREAD = 1.0
_USUAL_HORIZON_DAYS = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class LagCurve:
    """The share of eventual successes that have come within so many days of their trial.

    Parameters
    ----------
    shares : ndarray of shape (n_days,), float64
        Entry d is the share within d days, rising to 1 at the last; entry 0 is the same day.
    n_wins : float
        Successes it was learned from; 0 for a typed-in curve.
    basis : {"fitted", "typed_in"}
        Where it comes from.
    """

    shares: FloatArray
    n_wins: float = 0.0
    basis: Literal["fitted", "typed_in"] = "fitted"

    def within(self, days: FloatArray) -> FloatArray:
        """Return the shares within so many whole days; 0 for negative days, 1 beyond the curve."""
        place = np.floor(np.asarray(days, dtype=np.float64))
        found = self.shares[np.clip(place, 0, len(self.shares) - 1).astype(np.int64)]
        return np.where(place < 0, 0.0, found)

    @property
    def median_days(self) -> int:
        """Return the days within which half of the eventual successes have come."""
        return int(np.searchsorted(self.shares, 0.5))


def typed_in_curve(
    median_days: float = _USUAL_MEDIAN_DAYS,
    spread: float = _USUAL_SPREAD,
    horizon_days: int = _USUAL_HORIZON_DAYS,
) -> LagCurve:
    """Make the lag curve of a firm without history: a log-normal time to success.

    Parameters
    ----------
    median_days : float, default 14
        Half of the successes come within this many days, ``> 0``.
    spread : float, default 1.0
        Standard deviation of the log of the days, ``> 0``.
    horizon_days : int, default 180
        No success comes later, ``>= 0``; 0 for stages that succeed on the spot.

    Returns
    -------
    LagCurve
        Marked ``typed_in``.

    Raises
    ------
    EngineError
        ``lags.bad_curve`` for numbers outside these bounds.

    Examples
    --------
    >>> typed_in_curve(14.0).median_days
    14
    """
    if not (median_days > 0 and spread > 0 and horizon_days >= 0):
        raise EngineError("lags.bad_curve", "A lag curve needs a median and a spread above 0.", "median_days")
    # A success "on day d" came anywhere between d - 1/2 and d + 1/2 days after its trial.
    days = np.arange(horizon_days + 1) + 0.5
    shares = ndtr(np.log(days / median_days) / spread)
    return LagCurve(shares=shares / shares[-1], basis="typed_in")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trials:
    """Trials of one stage, as cohorts: how old they are, and how long those that succeeded took.

    Parameters
    ----------
    age_days : ndarray of shape (n_cohorts,), float64
        Days from the trials to ``as_of``, ``>= 0``.
    tried : ndarray of shape (n_cohorts,), float64
        Trials, ``>= 0``, won ones included.
    win_lag_days : ndarray of shape (n_wins,), float64
        Days from trial to success of every known success; negative ones count as the same day.
    win_age_days : ndarray of shape (n_wins,), float64
        Days from that success's trial to ``as_of``.
    """

    age_days: FloatArray
    tried: FloatArray
    win_lag_days: FloatArray
    win_age_days: FloatArray


def fit_lag_curve(trials: Trials, typed_in: LagCurve | None = None) -> LagCurve:
    """Learn the lag curve from successes, most of whose young trials have not had their time.

    Parameters
    ----------
    trials : Trials
        All trials of the stage that ``as_of`` knows of.
    typed_in : LagCurve, optional
        What to lean on while successes are few; default `typed_in_curve` with its defaults.

    Returns
    -------
    LagCurve
        Fitted; the typed-in one itself where there is no success.

    Notes
    -----
    Product limit (Kaplan–Meier): every trial is watched from day 0 to its age; h(d) = successes after d days / trials
    at least d days old that had not succeeded before; S(d) = Π (1 − h). Those that never succeed are watched to the
    end like the rest, so S levels off at 1 − rate, and the curve is (1 − S(d)) / (1 − S(H)). H is the last day on which
    at least 20 trials are watched: rates are "within H days". Successes later than ``as_of`` are not known and
    must not be given. The result leans on the typed-in curve as if that were 10 successes. It supposes that the rate
    and the lag do not depend on the cohort's age.

    References
    ----------
    .. [1] E. L. Kaplan and P. Meier, "Nonparametric estimation from incomplete observations", JASA 53, 1958.
    .. [2] R. A. Maller and X. Zhou, "Survival Analysis with Long-Term Survivors", 1996.

    Examples
    --------
    >>> import numpy as np
    >>> old = np.full(4, 100.0)
    >>> found = fit_lag_curve(Trials(age_days=old, tried=old, win_lag_days=old / 10, win_age_days=old))
    >>> found.n_wins
    4.0
    """
    lean = typed_in if typed_in is not None else typed_in_curve()
    known = trials.win_lag_days <= trials.win_age_days
    lag = np.clip(np.floor(trials.win_lag_days[known]), 0, None).astype(np.int64)
    age = np.clip(np.floor(trials.win_age_days[known]), 0, None).astype(np.int64)
    if not len(lag):
        return lean
    n_days = int(max(lag.max(), age.max(), trials.age_days.max(initial=0.0))) + 1
    watched = _at_least(np.floor(np.clip(trials.age_days, 0, None)).astype(np.int64), trials.tried, n_days)
    # A success is watched up to its own day; later days see it neither as a trial nor as a loss.
    ones = np.ones(len(lag))
    watched -= _at_least(age, ones, n_days) - _at_least(np.minimum(lag, age), ones, n_days)
    wins = np.bincount(lag, minlength=n_days).astype(np.float64)
    horizon = int(np.flatnonzero(watched >= min(_MIN_WATCHED, watched.max()))[-1])
    hazard = np.divide(wins, watched, out=np.zeros(n_days), where=watched > 0)[: horizon + 1]
    come = 1 - np.cumprod(1 - np.clip(hazard, 0.0, 1.0))
    if come[-1] <= 0:
        return lean
    n_wins = float(wins[: horizon + 1].sum())
    return LagCurve(shares=_blend(come / come[-1], n_wins, lean), n_wins=n_wins)


def closing_share(curve: LagCurve, days_left: FloatArray) -> float:
    """Give the share of successes that come inside the period, for trials made evenly over its days.

    Parameters
    ----------
    curve : LagCurve
        The stage's lag curve.
    days_left : ndarray of shape (n_days,), float64
        For each remaining working day, calendar days from it to the period's last day, which counts 0.

    Returns
    -------
    float
        Mean of the curve over these days, 0–1; 0 without days.

    Examples
    --------
    >>> import numpy as np
    >>> round(closing_share(typed_in_curve(14.0), np.arange(30.0)), 2)
    0.47
    """
    days = np.asarray(days_left, dtype=np.float64)
    return float(curve.within(days).mean()) if len(days) else 0.0


def chance_if_open(
    rate: FloatArray, curve: LagCurve, age_days: FloatArray, days_left: FloatArray, lost: LagCurve | None = None
) -> FloatArray:
    """Give the chance that what is still open succeeds inside the period.

    Parameters
    ----------
    rate : ndarray, float64
        Rate of eventual success at the start, 0–1; broadcast with the rest.
    curve : LagCurve
        Time to success.
    age_days : ndarray, float64
        Days it has been open, ``>= 0``.
    days_left : ndarray, float64
        Days to the period's last day from now, ``>= 0``.
    lost : LagCurve, optional
        Time to being marked lost, where losses are recorded as they happen: what is still open is then the likelier to
        succeed. Without it everything unsuccessful stays open.

    Returns
    -------
    ndarray, float64
        p (F(a + D) − F(a)) / (1 − p F(a) − (1 − p) G(a)), 0–1; 0 beyond the curve's end.

    Examples
    --------
    >>> import numpy as np
    >>> ages, left = np.array([0.0, 200.0]), np.array([30.0])
    >>> chance_if_open(np.array([0.2]), typed_in_curve(14.0), ages, left).round(3).tolist()
    [0.157, 0.0]
    """
    come = curve.within(age_days)
    ahead = rate * (curve.within(np.asarray(age_days) + days_left) - come)
    gone = np.zeros_like(come) if lost is None else lost.within(age_days)
    still_open = 1 - rate * come - (1 - rate) * gone
    found = np.divide(ahead, still_open, out=np.zeros(np.shape(ahead)), where=still_open > 1e-12)
    return np.clip(found, 0.0, 1.0)


def _at_least(day: NDArray[np.int64], count: FloatArray, n_days: int) -> FloatArray:
    """Return for every day how many last at least until it."""
    per_day = np.bincount(np.minimum(day, n_days - 1), count, minlength=n_days)
    return np.asarray(per_day[::-1].cumsum()[::-1], dtype=np.float64)


def _blend(shares: FloatArray, n_wins: float, lean: LagCurve) -> FloatArray:
    # Both curves count within the watched horizon: nothing is known of later, so nothing is promised.
    days = np.arange(len(shares), dtype=np.float64)
    other = lean.within(days)
    other = other / other[-1] if other[-1] > 0 else shares
    return np.asarray((n_wins * shares + _TYPED_IN_WINS * other) / (n_wins + _TYPED_IN_WINS), dtype=np.float64)
