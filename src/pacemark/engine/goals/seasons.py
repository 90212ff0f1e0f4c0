"""Season weights: how strong a working day of each month of the year is, learned from the months seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from pacemark.engine.errors import EngineError

MONTHS_IN_YEAR = 12
MIN_HISTORY_MONTHS = 24
# Weights are shown in a table a person may edit: four decimals, and exact from there on.
WEIGHT_DENOMINATOR = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthTotal:
    """What one sales month brought.

    Parameters
    ----------
    year : int
        Calendar year of the month's label.
    month : int
        1 to 12.
    amount : float
        Revenue net of refunds, any one unit throughout.
    active_reps : float
        People who sold in that month; months without any are left out.
    workdays : float
        Working days of that month, as `pacemark.engine.goals.quantify.quantify` will count them; months without any
        are left out.
    """

    year: int
    month: int
    amount: float
    active_reps: float
    workdays: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonWeights:
    """Season weight of each month of the year.

    Parameters
    ----------
    weights : tuple of Fraction, length 12
        January to December, ``>= 0``, about 1 on average: how strong a working day of that month is.
    n_months : int
        Months of history used.
    trust : float
        How much of what was seen is believed, 0 (flat) to below 1.
    reason : str or None
        Why the weights are flat: ``goals.season_history_short`` or ``goals.season_no_revenue``; None otherwise.
    """

    weights: tuple[Fraction, ...]
    n_months: int
    trust: float
    reason: str | None


def season_weights(history: Sequence[MonthTotal]) -> SeasonWeights:
    """Learn season weights from month totals, shrunk towards flat by how few years were seen.

    Parameters
    ----------
    history : sequence of MonthTotal
        In any order, each month at most once.

    Returns
    -------
    SeasonWeights
        Flat, with the reason, under 24 months of history.

    Raises
    ------
    EngineError
        ``goals.month_twice`` or ``goals.bad_month``.

    Notes
    -----
    1. value = amount / (active reps × working days) of the month, so that hiring is not taken for a season, and
    holidays, which `quantify` counts by working days, are not counted twice. 2. A level per month of
    the year and one straight line of growth are fitted together by least squares; with a single year the two cannot
    be told apart, hence the 24 months. 3. raw weight = level / mean level. 4. weight = 1 + trust x (raw - 1) with
    trust = years / (years + 1), years = months / 12: two years are believed by two thirds. 5. A month of the year
    never seen keeps weight 1; a negative weight becomes 0.

    References
    ----------
    .. [1] R. J. Hyndman and G. Athanasopoulos, "Forecasting: Principles and Practice", 3rd ed., 2021, 7.4
       (seasonal dummies with trend).

    Examples
    --------
    >>> season_weights([]).reason
    'goals.season_history_short'
    """
    seen = {(total.year, total.month): total for total in history}
    if len(seen) != len(history):
        raise EngineError("goals.month_twice", "A month stands in the history twice.", "history")
    if any(not 1 <= month <= MONTHS_IN_YEAR for _, month in seen):
        raise EngineError("goals.bad_month", "A month must be 1 to 12.", "history")
    used = [seen[key] for key in sorted(seen) if seen[key].active_reps > 0 and seen[key].workdays > 0]
    if len(used) < MIN_HISTORY_MONTHS:
        return _flat(len(used), "goals.season_history_short")
    levels = _month_levels(used)
    mean_level = float(np.nanmean(levels))
    if mean_level <= 0:
        return _flat(len(used), "goals.season_no_revenue")
    years = len(used) / MONTHS_IN_YEAR
    trust = years / (years + 1)
    raw = np.where(np.isnan(levels), 1.0, levels / mean_level)
    weights = np.maximum(1 + trust * (raw - 1), 0.0)
    exact = tuple(Fraction(round(float(weight) * WEIGHT_DENOMINATOR), WEIGHT_DENOMINATOR) for weight in weights)
    return SeasonWeights(weights=exact, n_months=len(used), trust=trust, reason=None)


def _month_levels(used: Sequence[MonthTotal]) -> NDArray[np.float64]:
    """Level of each month of the year at the middle of the history; NaN for months never seen."""
    values = np.array([total.amount / (total.active_reps * total.workdays) for total in used])
    months = np.array([total.month - 1 for total in used])
    time = np.array([total.year * MONTHS_IN_YEAR + total.month for total in used], dtype=np.float64)
    # value = level[month] + growth x (time - middle): twelve dummies and one slope.
    design = np.zeros((len(used), MONTHS_IN_YEAR + 1))
    design[np.arange(len(used)), months] = 1.0
    design[:, MONTHS_IN_YEAR] = time - time.mean()
    fitted, *_ = np.linalg.lstsq(design, values, rcond=None)
    levels: NDArray[np.float64] = fitted[:MONTHS_IN_YEAR]
    levels[np.bincount(months, minlength=MONTHS_IN_YEAR) == 0] = np.nan
    return levels


def _flat(n_months: int, reason: str) -> SeasonWeights:
    return SeasonWeights(weights=(Fraction(1),) * MONTHS_IN_YEAR, n_months=n_months, trust=0.0, reason=reason)
