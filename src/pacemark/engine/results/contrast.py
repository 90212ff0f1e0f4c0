"""Two shares held against each other: exactly, also within strata of leads, and with an interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, ndtr, ndtri

from pacemark.engine.errors import EngineError

FloatArray = NDArray[np.float64]

# Tables whose chances differ by rounding are equally likely.
_SAME = 1e-7
# More of the rarer side than this is judged by the normal law, which then is exact to the digits shown.
_MAX_TABLE = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Successes of trials.

    Parameters
    ----------
    won, tried : int
        ``0 <= won <= tried``.

    Raises
    ------
    EngineError
        ``results.negative`` or ``results.won_above_tried``.
    """

    won: int
    tried: int

    def __post_init__(self) -> None:
        """Refuse counts that are none."""
        if self.won < 0 or self.tried < 0:
            raise EngineError("results.negative", "won and tried must not be negative.", "won")
        if self.won > self.tried:
            raise EngineError("results.won_above_tried", "won must not be above tried.", "won")

    @property
    def rate(self) -> float | None:
        """Return won / tried; None without trials."""
        return self.won / self.tried if self.tried else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """One kind of lead: how often one side succeeded with it, and how often the other.

    Parameters
    ----------
    ours, theirs : Tally
        The star (or the adopters), and the peers (or the others).
    """

    ours: Tally
    theirs: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Exact:
    """The exact test of no difference in any stratum.

    Parameters
    ----------
    p_two_sided : float
        Chance of a table as unlikely as this one or more, 0–1.
    p_better : float
        Chance of at least so many successes on our side, 0–1.
    """

    p_two_sided: float
    p_better: float


def exact_test(strata: Sequence[Stratum]) -> Exact:
    """Test whether one side succeeds as often as the other with the same kinds of leads.

    Parameters
    ----------
    strata : sequence of Stratum
        Each kind of lead apart; one stratum is Fisher's exact test.

    Returns
    -------
    Exact
        Both 1 where nothing can be told (no trials, or on one side only).

    Notes
    -----
    Given each stratum's margins our successes are hypergeometric; their sum over the strata is the convolution, exact
    (Mantel–Haenszel's test without its approximation). Two-sided: the chances of all sums no likelier than the one
    seen. More than 20,000 possible sums give way to the normal law with continuity correction. The order of the strata
    does not matter.

    References
    ----------
    .. [1] R. A. Fisher, "Statistical Methods for Research Workers", 5th ed., 1934.
    .. [2] N. Mantel and W. Haenszel, "Statistical aspects of the analysis of data from retrospective studies of
       disease", J. Natl. Cancer Inst. 22, 1959.

    Examples
    --------
    >>> one = Stratum(ours=Tally(won=96, tried=300), theirs=Tally(won=750, tried=3000))
    >>> round(exact_test([one]).p_two_sided, 4)
    0.0102
    """
    spans = [_span(one) for one in strata]
    if sum(high - low for low, high in spans) > _MAX_TABLE:
        return _normal(strata)
    chances, first = np.ones(1), 0
    for stratum, (low, high) in sorted(zip(strata, spans, strict=True), key=lambda one: one[1][1] - one[1][0]):
        chances = np.convolve(chances, _hypergeometric(stratum, low, high))
        first += low
    chances /= chances.sum()
    seen = sum(one.ours.won for one in strata) - first
    likely = chances <= chances[seen] * (1 + _SAME)
    return Exact(p_two_sided=min(float(chances[likely].sum()), 1.0), p_better=min(float(chances[seen:].sum()), 1.0))


def sidak(p: float, candidates: int) -> float:
    """Adjust a p value for having looked at several candidates.

    Parameters
    ----------
    p : float
        Chance of one such finding, 0–1.
    candidates : int
        How many could have been found, ``>= 1``.

    Returns
    -------
    float
        1 − (1 − p)^candidates.

    Raises
    ------
    EngineError
        ``results.no_candidates`` under 1.

    References
    ----------
    .. [1] Z. Šidák, "Rectangular confidence regions for the means of multivariate normal distributions", JASA 62, 1967.

    Examples
    --------
    >>> round(sidak(0.0102, 20), 3)
    0.185
    """
    if candidates < 1:
        raise EngineError("results.no_candidates", "At least one candidate must have been looked at.", "candidates")
    if p >= 1.0:
        return 1.0
    return float(-np.expm1(candidates * np.log1p(-p)))


def difference_interval(ours: Tally, theirs: Tally, confidence: float = 0.9) -> tuple[float, float]:
    """Give an interval for the difference of two rates.

    Parameters
    ----------
    ours, theirs : Tally
        Both with trials.
    confidence : float, default 0.9
        Strictly between 0 and 1.

    Returns
    -------
    low, high : float
        Of our rate less theirs, −1 to 1.

    Raises
    ------
    EngineError
        ``results.no_trials`` where one side has none.

    Notes
    -----
    Newcombe's hybrid of two Wilson intervals: it keeps its word also with few trials and rates near 0.

    References
    ----------
    .. [1] R. G. Newcombe, "Interval estimation for the difference between independent proportions", Statist. Med. 17,
       1998, method 10.

    Examples
    --------
    >>> low, high = difference_interval(Tally(won=56, tried=70), Tally(won=48, tried=80), 0.95)
    >>> round(low, 4), round(high, 4)
    (0.0524, 0.3339)
    """
    if not (ours.tried and theirs.tried):
        raise EngineError("results.no_trials", "Both sides need at least one trial.", "tried")
    mine, other = ours.won / ours.tried, theirs.won / theirs.tried
    mine_low, mine_high = _wilson(ours, confidence)
    other_low, other_high = _wilson(theirs, confidence)
    below = np.hypot(mine - mine_low, other_high - other)
    above = np.hypot(mine_high - mine, other - other_low)
    return max(float(mine - other - below), -1.0), min(float(mine - other + above), 1.0)


def _wilson(tally: Tally, confidence: float) -> tuple[float, float]:
    z, n = float(ndtri((1 + confidence) / 2)), tally.tried
    rate = tally.won / n
    centre = (rate + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * float(np.sqrt(rate * (1 - rate) / n + z * z / (4 * n * n)))
    return max(centre - half, 0.0), min(centre + half, 1.0)


def _span(stratum: Stratum) -> tuple[int, int]:
    """Return the fewest and the most successes that our side can have with these margins."""
    won = stratum.ours.won + stratum.theirs.won
    return max(won - stratum.theirs.tried, 0), min(won, stratum.ours.tried)


def _hypergeometric(stratum: Stratum, low: int, high: int) -> FloatArray:
    ours, theirs = stratum.ours, stratum.theirs
    k, won = np.arange(low, high + 1, dtype=np.float64), float(ours.won + theirs.won)
    log = _log_choose(float(ours.tried), k) + _log_choose(float(theirs.tried), won - k)
    weights = np.exp(log - log.max())
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def _log_choose(n: float, k: FloatArray) -> FloatArray:
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1), dtype=np.float64)


def _normal(strata: Sequence[Stratum]) -> Exact:
    from_mean, variance = 0.0, 0.0
    for one in strata:
        n, won = float(one.ours.tried + one.theirs.tried), float(one.ours.won + one.theirs.won)
        if n <= 1:
            continue
        from_mean += one.ours.won - one.ours.tried * won / n
        variance += one.ours.tried * one.theirs.tried * won * (n - won) / (n * n * (n - 1))
    if variance <= 0:
        return Exact(p_two_sided=1.0, p_better=1.0)
    better = float(ndtr(-(from_mean - 0.5) / np.sqrt(variance)))
    both = 2 * float(ndtr(-(abs(from_mean) - 0.5) / np.sqrt(variance)))
    return Exact(p_two_sided=min(both, 1.0), p_better=better)
