"""Which metrics deserve to be watched: those that tell people apart, last, add something, and move the result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from pacemark.engine.errors import EngineError
from pacemark.engine.multiplicity import benjamini_hochberg
from pacemark.engine.process.validity import Correlation, ranks, validity_between, validity_within

FloatArray = NDArray[np.float64]
Verdict = Literal["keep", "watch", "drop", "not_enough_data"]

LEAST_PEOPLE, LEAST_WEEKS = 20, 8
# Of the metrics that are kept, one in fifty may owe it to chance.
MOST_Q = 0.02
# A metric that others foretell so well adds nothing beside a better one.
LEAST_INDEPENDENCE = 0.1
MOST_GAMED = 0.05
_ALIKE = 0.9
_RIDGE = 1e-9
_DECAY_P = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Metrics and deals by person and week, oldest week first; NaN where unknown.

    Parameters
    ----------
    names : tuple of str, length n_metrics
        Metrics.
    metrics : ndarray of shape (n_metrics, n_people, n_weeks), float64
        Their values.
    deals : ndarray of shape (n_people, n_weeks), float64
        Deals of the week; NaN for a week in which the person was not there.
    """

    names: tuple[str, ...]
    metrics: FloatArray
    deals: FloatArray

    def __post_init__(self) -> None:
        """Refuse tables that do not fit together."""
        if self.metrics.ndim != 3 or self.metrics.shape != (len(self.names), *self.deals.shape):
            raise EngineError("process.bad_panel", "Every metric needs a value for each person and week.", "panel")


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricAudit:
    """What is known of every metric; arrays of shape (n_metrics,), NaN for what cannot be told.

    Parameters
    ----------
    names : tuple of str
        Metrics.
    verdicts : tuple of {"keep", "watch", "drop", "not_enough_data"}
        Keep: it moves the result. Watch: it does, but a better metric says the same, or it is gamed. Drop: nothing
        shows that it moves the result (a vanity metric).
    reasons : tuple of str
        Code of why: ``moves_result``, ``redundant``, ``gamed``, ``no_validity``, ``constant``, ``too_little``.
    discrimination : ndarray
        Share of the variance of people's means that is between people and not sampling, 0–1.
    stability : ndarray
        Rank correlation of people's means in the first and the second half of the weeks.
    independence : ndarray
        1 − R² on the other metrics.
    between, within : Correlation
        With later deals.
    q : ndarray
        Chance of so much validity without any connection, with all metrics in mind.
    """

    names: tuple[str, ...]
    verdicts: tuple[Verdict, ...]
    reasons: tuple[str, ...]
    discrimination: FloatArray
    stability: FloatArray
    independence: FloatArray
    between: Correlation
    within: Correlation
    q: FloatArray

    @property
    def n_kept(self) -> int:
        """Return how many metrics a person is watched by when those to be dropped are gone."""
        return sum(verdict != "drop" for verdict in self.verdicts)


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidityDecay:
    """Whether a metric says less since it became a target.

    Parameters
    ----------
    before, after : ndarray of shape (n_metrics,), float64
        Validity before and after.
    p : ndarray of shape (n_metrics,), float64
        One-sided chance of such a fall if nothing changed.
    is_decayed : ndarray of shape (n_metrics,), bool
        The Goodhart signal: p below .05.
    """

    before: FloatArray
    after: FloatArray
    p: FloatArray
    is_decayed: NDArray[np.bool_]


def audit_metrics(panel: Panel, gamed_share: FloatArray | None = None) -> MetricAudit:
    """Judge every metric.

    Parameters
    ----------
    panel : Panel
        At least 20 people with 8 weeks, else "not_enough_data".
    gamed_share : ndarray of shape (n_metrics,), float64, optional
        Share of people whose numbers ask to be reviewed (`pacemark.engine.padding`), 0–1; NaN for unknown.

    Returns
    -------
    MetricAudit
        One entry per metric.

    Notes
    -----
    Discrimination: (MSB − MSW) / MSB of the analysis of variance by person. Independence: 1 / (C⁻¹)_jj, C being the
    correlations of all metrics over persons and weeks. Validity: see `pacemark.engine.process.validity`; a metric's p
    is twice the smaller of both, q over all metrics by Benjamini and Hochberg. Drop unless q < .02. Watch: more than
    5 % of people gamed it, or its independence is below .1 and a metric that moves with it (|r| ≥ .9, or else any) is
    more valid.

    References
    ----------
    .. [1] A. M. Franks et al., "Meta-analytics: tools for understanding the statistical properties of sports metrics",
       J. Quantitative Analysis in Sports 12, 2016.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> talks = rng.poisson(np.linspace(5, 25, 40)[:, None], (40, 12)).astype(float)
    >>> panel = Panel(names=("deep_talks", "minutes"), metrics=np.stack([talks, rng.normal(0, 1, (40, 12))]),
    ...     deals=rng.poisson(talks / 5).astype(float))
    >>> audit_metrics(panel).verdicts
    ('keep', 'drop')
    """
    between, within = validity_between(panel.metrics, panel.deals), validity_within(panel.metrics, panel.deals)
    smaller = np.fmin(between.p, within.p)
    q = benjamini_hochberg(np.minimum(2 * smaller, 1.0))
    independence, alike = _independence(panel.metrics)
    gamed = np.full(len(panel.names), np.nan) if gamed_share is None else gamed_share
    strongest = np.nan_to_num(np.fmax(between.value, within.value), nan=-1.0)
    enough = is_enough(panel)
    judged = [
        ("not_enough_data", "too_little") if not enough else _judge(place, q, independence, gamed, (alike, strongest))
        for place in range(len(panel.names))
    ]
    return MetricAudit(
        names=panel.names,
        verdicts=tuple(verdict for verdict, _ in judged),  # type: ignore[misc]
        reasons=tuple(reason for _, reason in judged),
        discrimination=_discrimination(panel.metrics),
        stability=_stability(panel.metrics),
        independence=independence,
        between=between,
        within=within,
        q=q,
    )


def is_enough(panel: Panel) -> bool:
    """Tell whether there are enough people and weeks to judge any metric.

    Parameters
    ----------
    panel : Panel
        Any.

    Returns
    -------
    bool
        At least 20 people with at least 8 weeks each.

    Examples
    --------
    >>> is_enough(Panel(names=(), metrics=np.zeros((0, 20, 8)), deals=np.zeros((20, 8))))
    True
    """
    return int(((~np.isnan(panel.deals)).sum(axis=1) >= LEAST_WEEKS).sum()) >= LEAST_PEOPLE


def validity_decay(before: Correlation, after: Correlation) -> ValidityDecay:
    """Compare validity before and after metrics became targets.

    Parameters
    ----------
    before, after : Correlation
        The same kind of correlation of the same metrics, from weeks that do not overlap.

    Returns
    -------
    ValidityDecay
        One entry per metric.

    Notes
    -----
    z = (artanh ρ_before − artanh ρ_after) / √(both spreads squared); p is its upper normal tail.

    References
    ----------
    .. [1] C. A. E. Goodhart, "Problems of monetary management: the UK experience", 1975.

    Examples
    --------
    >>> def with_value(value):
    ...     one = np.array([value])
    ...     return Correlation(value=one, low=one, high=one, spread=np.array([0.1]), p=one)
    >>> validity_decay(with_value(0.5), with_value(0.1)).is_decayed.tolist()
    [True]
    """
    old, new = (np.arctanh(np.clip(side.value, -0.999999, 0.999999)) for side in (before, after))
    z = (old - new) / np.hypot(before.spread, after.spread)
    p = np.asarray(ndtr(-z), dtype=np.float64)
    return ValidityDecay(before=before.value, after=after.value, p=p, is_decayed=np.asarray(p < _DECAY_P))


def decay_since(panel: Panel, metric: int, week: int) -> ValidityDecay | None:
    """Tell whether one metric says less since a week.

    Parameters
    ----------
    panel : Panel
        Weeks before and from that week on.
    metric : int
        Place of the metric.
    week : int
        Place of the week from which on it was a target.

    Returns
    -------
    ValidityDecay or None
        One entry, of the validity (between or within people) that was stronger before; None where one side has under
        two weeks or cannot be told.

    Examples
    --------
    >>> panel = Panel(names=("a",), metrics=np.ones((1, 3, 4)), deals=np.ones((3, 4)))
    >>> decay_since(panel, 0, 1) is None
    True
    """
    sides = []
    for some in (slice(None, week), slice(week, None)):
        metrics, deals = panel.metrics[metric : metric + 1, :, some], panel.deals[:, some]
        if deals.shape[1] < 2:
            return None
        sides.append((validity_between(metrics, deals), validity_within(metrics, deals)))
    old_between, old_within = (float(side.value[0]) for side in sides[0])
    kind = 1 if np.isnan(old_between) or old_within > old_between else 0
    found = validity_decay(sides[0][kind], sides[1][kind])
    return None if np.isnan(found.p[0]) else found


def _judge(
    place: int,
    q: FloatArray,
    independence: FloatArray,
    gamed: FloatArray,
    others: tuple[FloatArray, FloatArray],
) -> tuple[str, str]:
    alike, strongest = others
    if np.isnan(independence[place]):
        return "drop", "constant"
    if not q[place] < MOST_Q:
        return "drop", "no_validity"
    if gamed[place] > MOST_GAMED:
        return "watch", "gamed"
    if independence[place] < LEAST_INDEPENDENCE:
        beside = np.abs(alike[place]) >= _ALIKE
        beside[place] = False
        rivals = np.flatnonzero(beside if beside.any() else np.arange(len(q)) != place)
        # Of two that say the same at the same strength, the first stays.
        better = (strongest[rivals] > strongest[place]) | ((strongest[rivals] == strongest[place]) & (rivals < place))
        if better.any():
            return "watch", "redundant"
    return "keep", "moves_result"


def _discrimination(metrics: FloatArray) -> FloatArray:
    known = ~np.isnan(metrics)
    number = known.sum(axis=2).astype(np.float64)
    values = np.where(known, metrics, 0.0)
    mean = np.divide(values.sum(axis=2), number, out=np.zeros(number.shape), where=number > 0)
    inside = (np.where(known, metrics - mean[:, :, None], 0.0) ** 2).sum(axis=(1, 2))
    total = number.sum(axis=1)
    grand = values.sum(axis=(1, 2)) / np.maximum(total, 1)
    outside = (number * (mean - grand[:, None]) ** 2).sum(axis=1)
    n_people = (number > 0).sum(axis=1)
    within = inside / np.maximum(total - n_people, 1)
    between = outside / np.maximum(n_people - 1, 1)
    usable = (between > 1e-12 * np.maximum(grand**2, 1e-300)) & (n_people > 1)
    share = np.divide(between - within, between, out=np.full(len(metrics), np.nan), where=usable)
    return np.asarray(np.maximum(share, 0.0), dtype=np.float64)


def _stability(metrics: FloatArray) -> FloatArray:
    half = metrics.shape[2] // 2
    sides = []
    for part in (metrics[:, :, :half], metrics[:, :, half:]):
        known = ~np.isnan(part)
        number = known.sum(axis=2)
        total = np.where(known, part, 0.0).sum(axis=2)
        sides.append(np.divide(total, number, out=np.full(total.shape, np.nan), where=number > 0))
    both = ~np.isnan(sides[0]) & ~np.isnan(sides[1])
    x, y = (ranks(np.where(both, side, np.nan)) for side in sides)
    return np.array([_correlate(x[place][some], y[place][some]) for place, some in enumerate(both)], dtype=np.float64)


def _correlate(x: FloatArray, y: FloatArray) -> float:
    if len(x) < 3:
        return float("nan")
    x, y = x - x.mean(), y - y.mean()
    scale = float(np.sqrt((x**2).sum() * (y**2).sum()))
    return float((x * y).sum() / scale) if scale > 1e-9 else float("nan")


def _independence(metrics: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return 1 − R² of each metric on the others, and their correlations; NaN for a constant one."""
    n_metrics = len(metrics)
    flat = metrics.reshape(n_metrics, metrics.shape[1] * metrics.shape[2])
    known = ~np.isnan(flat)
    number = np.maximum(known.sum(axis=1), 1)
    mean = np.where(known, flat, 0.0).sum(axis=1) / number
    flat = np.where(known, flat - mean[:, None], 0.0)
    size = np.sqrt((flat**2).sum(axis=1))
    moves = np.flatnonzero(size > 1e-9 * np.maximum(np.abs(mean) * np.sqrt(number), 1e-300))
    found, alike = np.full(n_metrics, np.nan), np.zeros((n_metrics, n_metrics))
    if len(moves):
        scaled = flat[moves] / size[moves, None]
        table = scaled @ scaled.T
        alike[np.ix_(moves, moves)] = table
        # A copy of another metric makes the table singular; a hair on its diagonal keeps the answer at nearly 0.
        inverse = np.linalg.pinv(table + _RIDGE * np.eye(len(moves)), hermitian=True)
        found[moves] = np.clip(1 / np.diag(inverse), 0.0, 1.0)
    return found, alike


def panel_of(rows: Sequence[tuple[int, int, float, dict[str, float]]], names: Sequence[str]) -> Panel:
    """Lay rows out as a panel.

    Parameters
    ----------
    rows : sequence of tuple
        Place of the person, place of the week, deals, values by metric.
    names : sequence of str
        Metrics, in the order wanted.

    Returns
    -------
    Panel
        NaN where no row is.

    Examples
    --------
    >>> panel_of([(0, 1, 2.0, {"a": 3.0})], ["a"]).metrics.tolist()
    [[[nan, 3.0]]]
    """
    n_people = max((row[0] for row in rows), default=-1) + 1
    n_weeks = max((row[1] for row in rows), default=-1) + 1
    place_of = {name: place for place, name in enumerate(names)}
    metrics, deals = np.full((len(names), n_people, n_weeks), np.nan), np.full((n_people, n_weeks), np.nan)
    for person, week, won, values in rows:
        deals[person, week] = won
        for name, value in values.items():
            metrics[place_of[name], person, week] = value
    return Panel(names=tuple(names), metrics=metrics, deals=deals)
