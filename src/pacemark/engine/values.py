"""One's own deal value, leaning on peers where deals are few."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pacemark.engine.climb import climb
from pacemark.engine.errors import EngineError

FloatArray = NDArray[np.float64]

# Weak priors on the logs of sigma and tau, each as if seen with a factor of e either way.
_USUAL_SIGMA, _USUAL_TAU = 0.4, 0.15
_SIGMA_DOUBT, _TAU_DOUBT = 1.0, 1.0
_MIN_SPREAD, _MAX_SPREAD = 1e-4, 2.5
# So many deals that are kept hold the share of kept ones where deals are few.
_KEPT_MORE = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ValuePrior:
    """Deal values of a peer group: people's medians are log-normal, and so are one person's deals.

    Parameters
    ----------
    median : float
        The group's median deal value, in money, ``> 0``.
    tau : float
        Standard deviation of the log of people's medians, ``>= 0``.
    sigma : float
        Standard deviation of the log of one person's deals, ``>= 0``.
    n_people : int
        People with deals behind it.
    n_deals : float
        Their deals that have an amount.
    basis : {"fitted", "typed_in"}
        Whether it was learned or typed in.
    """

    median: float
    tau: float
    sigma: float
    n_people: int = 0
    n_deals: float = 0.0
    basis: Literal["fitted", "typed_in"] = "fitted"


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueEstimates:
    """Each person's deal value.

    Parameters
    ----------
    weight : ndarray of shape (n_people,), float64
        Share of the estimate that is one's own, 0–1.
    log_median : ndarray of shape (n_people,), float64
        Log of the estimated median.
    log_median_sd : ndarray of shape (n_people,), float64
        Standard deviation of that.
    median, mean : ndarray of shape (n_people,), float64
        The median, and the expected value of a deal, in money.
    sigma : ndarray of shape (n_people,), float64
        The group's standard deviation of the log of one deal.
    """

    weight: FloatArray
    log_median: FloatArray
    log_median_sd: FloatArray
    median: FloatArray
    mean: FloatArray
    sigma: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class DealLogs:
    """What is known of each person's deals.

    Parameters
    ----------
    n_deals : ndarray of shape (n_people,), float64
        Deals that have an amount above 0 net of refunds (decayed counts are no whole numbers).
    log_mean : ndarray of shape (n_people,), float64
        Mean of the log of their amounts; anything where there is none.
    log_square : ndarray of shape (n_people,), float64
        Sum of squared deviations of the logs from ``log_mean``.
    freedom : ndarray of shape (n_people,), float64
        What that sum is worth in single squared deviations: deals − 1, less for decayed ones.
    """

    n_deals: FloatArray
    log_mean: FloatArray
    log_square: FloatArray
    freedom: FloatArray


def deal_logs(
    person: NDArray[np.int64], amount: FloatArray, n_people: int, weight: FloatArray | None = None
) -> DealLogs:
    """Gather deals by person; those without an amount are left out.

    Parameters
    ----------
    person : ndarray of shape (n_deals,), int64
        Place of the person, 0 to ``n_people`` − 1.
    amount : ndarray of shape (n_deals,), float64
        Won amount net of refunds, in money; NaN, 0 and less are "no amount".
    n_people : int
        How many people there are.
    weight : ndarray of shape (n_deals,), float64, optional
        How much each deal still tells, ``>= 0``; default 1.

    Returns
    -------
    DealLogs
        Per person.

    Examples
    --------
    >>> import numpy as np
    >>> found = deal_logs(np.array([0, 0, 0]), np.array([100.0, 0.0, np.nan]), 2)
    >>> found.n_deals.tolist()
    [1.0, 0.0]
    """
    has = np.isfinite(amount) & (np.nan_to_num(amount) > 0)
    who, log = person[has], np.log(amount[has])
    weights = np.ones(len(log)) if weight is None else np.asarray(weight, dtype=np.float64)[has]

    def per_person(values: FloatArray) -> FloatArray:
        return np.bincount(who, values, minlength=n_people).astype(np.float64)

    count = per_person(weights)
    mean = np.divide(per_person(weights * log), count, out=np.zeros(n_people), where=count > 0)
    square = per_person(weights * (log - mean[who]) ** 2)
    lost = np.divide(per_person(weights**2), count, out=np.zeros(n_people), where=count > 0)
    return DealLogs(n_deals=count, log_mean=mean, log_square=square, freedom=np.maximum(count - lost, 0.0))


def fit_values(deals: DealLogs, lean_on: ValuePrior | None = None) -> ValuePrior:
    """Fit a group's median deal value, how much people differ (tau) and how much one's deals do (sigma).

    Parameters
    ----------
    deals : DealLogs
        Deals of ``n_people``; people without are left out.
    lean_on : ValuePrior, optional
        A wider group's values: this group's median leans on its median as on one more person with one deal, and its
        spreads are the centre of the weak priors. Without it these are .15 and .40.

    Returns
    -------
    ValuePrior
        Fitted; ``lean_on`` itself when nobody has a deal.

    Raises
    ------
    EngineError
        ``values.no_data`` when nobody has a deal and there is nothing to lean on.

    Notes
    -----
    Maximum of the exact likelihood of a one-way random-effects model on the logs: within a person,
    −ν ln σ − S / 2σ², ν degrees of freedom; between people, y ~ N(μ, τ² + σ²/n); weak priors ln σ ~ N(ln .40, 1) and
    ln τ ~ N(ln .15, 1). μ is the precision-weighted mean. The order of people does not matter.

    Examples
    --------
    >>> import numpy as np
    >>> prior = fit_values(deal_logs(np.array([0, 0, 1, 1]), np.array([2000.0, 4000.0, 3000.0, 2500.0]), 2))
    >>> 2500 < prior.median < 3000
    True
    """
    some = deals.n_deals > 0
    if not some.any():
        if lean_on is None:
            raise EngineError("values.no_data", "No deal has an amount yet; type in a usual deal value.", "deal_value")
        return lean_on
    group = DealLogs(**{field.name: getattr(deals, field.name)[some] for field in fields(deals)})
    usual_sigma, usual_tau = (lean_on.sigma, lean_on.tau) if lean_on else (_USUAL_SIGMA, _USUAL_TAU)
    usual = np.log(np.clip([usual_sigma, usual_tau], _MIN_SPREAD, _MAX_SPREAD))
    low, high = math.log(_MIN_SPREAD), math.log(_MAX_SPREAD)
    leaning = group if lean_on is None else _with_one_more(group, math.log(lean_on.median))
    found = climb(
        lambda at: _height_and_slope(at, leaning, usual), (float(usual[0]), float(usual[1])), (low, low), (high, high)
    )
    sigma, tau = math.exp(found[0]), math.exp(found[1])
    return ValuePrior(
        median=math.exp(_centre(leaning, sigma, tau)),
        tau=tau,
        sigma=sigma,
        n_people=int(some.sum()),
        n_deals=float(group.n_deals.sum()),
    )


def shrink_values(deals: DealLogs, prior: ValuePrior) -> ValueEstimates:
    """Estimate each person's deal value as own deals and peers together.

    Parameters
    ----------
    deals : DealLogs
        Deals of ``n_people``, also those without any.
    prior : ValuePrior
        The peer group.

    Returns
    -------
    ValueEstimates
        weight = τ² / (τ² + σ²/n); the log of the median moves that far from the group's to the own mean; mean =
        median × exp((σ² + τ² (1 − weight)) / 2).

    References
    ----------
    .. [1] A. Gelman and J. Hill, "Data Analysis Using Regression and Multilevel Models", 2007, chapter 12.

    Examples
    --------
    >>> import numpy as np
    >>> four = deal_logs(np.zeros(4, int), np.full(4, 4200.0), 1)
    >>> found = shrink_values(four, ValuePrior(median=3000.0, tau=0.15, sigma=0.40))
    >>> found.weight.round(2).tolist(), found.median.round(2).tolist(), found.mean.round(2).tolist()
    ([0.36], [3386.31], [3694.86])
    """
    between = prior.tau**2
    # tau² / (tau² + sigma²/n), written so that no deals mean no weight and sigma 0 means all.
    below = deals.n_deals * between + prior.sigma**2
    weight = np.divide(deals.n_deals * between, below, out=np.zeros_like(below), where=below > 0)
    centre = math.log(prior.median)
    log_median = centre + weight * np.where(deals.n_deals > 0, deals.log_mean - centre, 0.0)
    variance = between * (1 - weight)
    return ValueEstimates(
        weight=weight,
        log_median=log_median,
        log_median_sd=np.sqrt(variance),
        median=np.exp(log_median),
        mean=np.exp(log_median + (prior.sigma**2 + variance) / 2),
        sigma=np.full(len(weight), prior.sigma),
    )


def kept_share(amount: FloatArray, weight: FloatArray | None = None) -> float:
    """Give the share of deals that are not given back altogether.

    Parameters
    ----------
    amount : ndarray of shape (n_deals,), float64
        Won amount net of refunds, in money; 0 and less were given back altogether, NaN are without an amount and stay
        out.
    weight : ndarray of shape (n_deals,), float64, optional
        How much each deal still tells, ``>= 0``; default 1.

    Returns
    -------
    float
        (kept + 10) / (all + 10): above 0, at most 1, and 1 without deals.

    Notes
    -----
    Ten more deals that are kept hold the share where deals are few. Refunds still to come are not in it: with a month
    between deal and refund and half a year of memory that is an eighth of a small number.

    Examples
    --------
    >>> import numpy as np
    >>> kept_share(np.array([3000.0, 0.0, np.nan]))
    0.9166666666666666
    """
    has = np.isfinite(amount)
    weights = np.ones(int(has.sum())) if weight is None else np.asarray(weight, dtype=np.float64)[has]
    kept = float(weights[np.asarray(amount)[has] > 0].sum())
    return (kept + _KEPT_MORE) / (float(weights.sum()) + _KEPT_MORE)


def net_of_returns(values: ValueEstimates, kept: float) -> ValueEstimates:
    """Take deals that are given back altogether into the deal values, as deals of 0.

    Parameters
    ----------
    values : ValueEstimates
        What a deal brings that is kept.
    kept : float
        Share of deals that are kept, above 0, at most 1.

    Returns
    -------
    ValueEstimates
        Mean and median × kept; the spreads stay. Left out is what deals that come back add to the variance of one
        deal: with 3 % of them a relative variance of .03 beside the .17 of a sigma of .4.

    Raises
    ------
    EngineError
        ``values.bad_kept_share`` outside these bounds.

    Examples
    --------
    >>> import numpy as np
    >>> four = deal_logs(np.zeros(4, int), np.full(4, 4200.0), 1)
    >>> found = net_of_returns(shrink_values(four, ValuePrior(median=3000.0, tau=0.15, sigma=0.40)), 0.97)
    >>> found.mean.round(2).tolist()
    [3584.01]
    """
    if not 0 < kept <= 1:
        raise EngineError("values.bad_kept_share", "The share of deals kept must be above 0 and at most 1.", "kept")
    return replace(
        values,
        log_median=values.log_median + math.log(kept),
        median=values.median * kept,
        mean=values.mean * kept,
    )


def _with_one_more(group: DealLogs, log_median: float) -> DealLogs:
    return DealLogs(
        n_deals=np.append(group.n_deals, 1.0),
        log_mean=np.append(group.log_mean, log_median),
        log_square=np.append(group.log_square, 0.0),
        freedom=np.append(group.freedom, 0.0),
    )


def _centre(group: DealLogs, sigma: float, tau: float) -> float:
    precision = 1 / (tau**2 + sigma**2 / group.n_deals)
    return float((precision * group.log_mean).sum() / precision.sum())


def _height_and_slope(at: FloatArray, group: DealLogs, usual: FloatArray) -> tuple[float, FloatArray]:
    """Return the log posterior and its gradient at (ln sigma, ln tau)."""
    within, between = math.exp(2 * at[0]), math.exp(2 * at[1])
    variance = between + within / group.n_deals
    away = group.log_mean - _centre(group, math.sqrt(within), math.sqrt(between))
    freedom, square = float(group.freedom.sum()), float(group.log_square.sum())
    doubt = np.array([_SIGMA_DOUBT, _TAU_DOUBT])
    height = -freedom * at[0] - square / (2 * within) - float((np.log(variance) + away**2 / variance).sum()) / 2
    height -= float((((at - usual) / doubt) ** 2).sum()) / 2
    # The centre is the best one for these spreads, so that its own movement does not count.
    pull = away**2 / variance**2 - 1 / variance
    by_sigma = square / within - freedom + float((pull * within / group.n_deals).sum())
    slope = np.array([by_sigma, float((pull * between).sum())]) - (at - usual) / doubt**2
    return height, slope
