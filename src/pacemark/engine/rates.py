"""One's own rate, leaning on peers where one's own record is thin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from pacemark.engine.errors import EngineError
from pacemark.engine.fields import Fields, fields_of
from pacemark.engine.priors import FloatArray, Prior, fit_prior

IntArray = NDArray[np.int64]

_LOW, _HIGH = 0.1, 0.9
# A group must be able to speak for itself before anyone leans on it.
MIN_GROUP_PEOPLE = 8
MIN_GROUP_TRIED = 200.0
# How far, in ln k, a group's strength may wander from the organisation's without evidence of its own.
_GROUP_STRENGTH_SPREAD = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimates:
    """Each person's rate, as a Beta(a, b) distribution and its summary.

    Parameters
    ----------
    mean : ndarray of shape (n_people,), float64
        Estimated rate, between the person's own and the peers'.
    a, b : ndarray of shape (n_people,), float64
        Parameters of the Beta distribution, both ``> 0``.
    low, high : ndarray of shape (n_people,), float64
        Central 80 % interval.
    from_peers : ndarray of shape (n_people,), float64
        Share of the estimate borrowed from peers, 0–1; 1 without own trials.
    raw : ndarray of shape (n_people,), float64
        Won over tried; NaN, and only here, where nothing was tried.
    tried : ndarray of shape (n_people,), float64
        Effective trials.
    """

    mean: FloatArray
    a: FloatArray
    b: FloatArray
    low: FloatArray
    high: FloatArray
    from_peers: FloatArray
    raw: FloatArray
    tried: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupedEstimates:
    """Each person's rate, and which group it leans on.

    Parameters
    ----------
    estimates : Estimates
        One entry per person.
    priors : tuple of Prior
        Every prior that somebody leans on; the organisation's is the last.
    prior_of : ndarray of shape (n_people,), int64
        Index into ``priors`` per person.
    level_of : ndarray of shape (n_people,), int64
        Which level of ``levels`` that group belongs to; ``len(levels)`` is the organisation.
    """

    estimates: Estimates
    priors: tuple[Prior, ...]
    prior_of: IntArray
    level_of: IntArray


def shrink(
    won: FloatArray,
    tried: FloatArray,
    prior_mean: float | FloatArray,
    prior_strength: float | FloatArray,
    strengths: FloatArray | None = None,
) -> Estimates:
    """Estimate rates as own record and peers together.

    Parameters
    ----------
    won : ndarray of shape (n_people,), float64
        Effective successes, 0 to ``tried``.
    tried : ndarray of shape (n_people,), float64
        Effective trials, ``>= 0``; decayed and ripened counts are no whole numbers.
    prior_mean : float or ndarray of shape (n_people,)
        The peers' rate μ, strictly between 0 and 1.
    prior_strength : float or ndarray of shape (n_people,)
        The peers' weight k in trials, ``> 0``.
    strengths : ndarray of shape (n_strengths, n_people) or (n_strengths, 1), float64, optional
        Equally likely weights where k is itself a guess (`Prior.strengths`); the distribution is then widened.

    Returns
    -------
    Estimates
        mean = (won + μk) / (tried + k), its distribution and interval.

    Notes
    -----
    The posterior of a rate with prior Beta(μk, (1 − μ)k). With ``strengths``, a + b is lowered until the variance is
    the mean squared distance from the estimate over all of them: a few dozen people do not tell k well, and intervals
    that take it for known promise too much. Guaranteed: the mean lies between own rate
    and peers'; more trials of one's own always borrow less.

    References
    ----------
    .. [1] B. Efron and C. Morris, "Data analysis using Stein's estimator", JASA 70, 1975.
    .. [2] C. N. Morris, "Parametric empirical Bayes inference: theory and applications", JASA 78, 1983.

    Examples
    --------
    >>> import numpy as np
    >>> found = shrink(np.array([3.0, 60.0]), np.array([5.0, 200.0]), 0.2, 100.0)
    >>> found.mean.round(6).tolist(), found.from_peers.round(3).tolist()
    ([0.219048, 0.266667], [0.952, 0.333])
    """
    mean, strength = np.broadcast_arrays(np.asarray(prior_mean, float), np.asarray(prior_strength, float))
    won = np.minimum(won, tried)
    certainty = tried + strength
    found = (won + mean * strength) / certainty
    if strengths is not None:
        certainty = np.minimum(certainty, _certainty(won, tried, mean, found, strengths))
    a, b = found * certainty, (1 - found) * certainty
    with np.errstate(invalid="ignore", divide="ignore"):
        raw = np.where(tried > 0, won / tried, np.nan)
    return Estimates(
        mean=found,
        a=a,
        b=b,
        low=_quantile(a, b, _LOW),
        high=_quantile(a, b, _HIGH),
        from_peers=strength / (tried + strength),
        raw=raw,
        tried=np.asarray(tried, dtype=np.float64),
    )


def shrink_in_groups(
    won: FloatArray,
    tried: FloatArray,
    levels: Sequence[IntArray],
    *,
    typed_in: Prior | None = None,
    trust: float = 1.0,
) -> GroupedEstimates:
    """Estimate everyone's rate, each leaning on the closest group that is large enough.

    Parameters
    ----------
    won : ndarray of shape (n_people,), float64
        Effective successes.
    tried : ndarray of shape (n_people,), float64
        Effective trials.
    levels : sequence of ndarray of shape (n_people,), int64
        Group of each person, from the closest kind of group to the widest, for example
        ``[grade × role × tenure band, role]``. The organisation as a whole always comes after them.
    typed_in : Prior, optional
        What an organisation without any trials starts from, and what one with few leans on.
    trust : float, default 1.0
        How much a past trial says about the coming period, 0–1, learned by `pacemark.engine.memory.learn_memory`.

    Returns
    -------
    GroupedEstimates
        Estimates in the order of people; nobody is left without.

    Raises
    ------
    EngineError
        As `fit_prior`; ``rates.no_data`` when nobody has a trial and nothing was typed in.

    Notes
    -----
    A group speaks for itself with at least 8 people and 200 trials; its strength k may differ from the
    organisation's only as far as its own people show it. Past trials enter with the weight ``trust`` (a power
    prior), which borrows as much from peers as a strength multiplied by 1/trust would and keeps the interval as wide
    as people truly differ. Guaranteed: the order of people does not matter.

    References
    ----------
    .. [1] J. G. Ibrahim and M.-H. Chen, "Power prior distributions for regression models", Statist. Sci. 15, 2000.

    Examples
    --------
    >>> import numpy as np
    >>> found = shrink_in_groups(np.array([5.0, 40.0]), np.array([50.0, 200.0]), [np.array([0, 0])])
    >>> found.level_of.tolist()
    [1, 1]
    """
    everyone = fit_prior(won, tried, lean_on=typed_in)
    prior_of = np.full(len(tried), -1, dtype=np.int64)
    level_of = np.full(len(tried), len(levels), dtype=np.int64)
    priors: list[Prior] = []
    for level, codes in enumerate(levels):
        for members in _members(codes):
            open_still = members[prior_of[members] < 0]
            if not len(open_still) or not _speaks(tried[members]):
                continue
            lean = fit_prior(won[members], tried[members], lean_on=everyone, strength_spread=_GROUP_STRENGTH_SPREAD)
            prior_of[open_still], level_of[open_still] = len(priors), level
            priors.append(lean)
    priors.append(everyone)
    prior_of[prior_of < 0] = len(priors) - 1
    means = np.array([prior.mean for prior in priors])[prior_of]
    strengths = np.array([prior.strength for prior in priors])[prior_of]
    possible = np.array([prior.strengths for prior in priors]).T[:, prior_of]
    estimates = shrink(won * trust, tried * trust, means, strengths, possible)
    return GroupedEstimates(estimates=estimates, priors=tuple(priors), prior_of=prior_of, level_of=level_of)


def shrink_json(payload: dict[str, Any]) -> dict[str, Any]:
    """Answer the calculator's ``shrink``.

    Parameters
    ----------
    payload : dict
        ``{"won", "tried", "prior": {"mean", "strength"}}`` for one person, or
        ``{"people": [{"won", "tried"}, …]}`` for a group whose prior is to be fitted.

    Returns
    -------
    dict
        ``mean``, ``raw`` (null without trials), ``interval`` (central 80 %) and ``from_peers``; for a group ``prior``
        with ``mean``, ``strength`` and ``strength_interval``, and ``people``.

    Raises
    ------
    EngineError
        ``rates.…`` for unknown or missing keys, negative counts, won above tried, a prior outside its bounds.

    Examples
    --------
    >>> shrink_json({"won": 60, "tried": 200, "prior": {"mean": "0.2", "strength": 100}})["mean"]
    0.266667
    """
    if "people" in payload:
        fields = fields_of(payload, "rates", required=["people"])
        counts = [
            _counts(fields_of(item, "rates", path=f"people.{index}", required=["won", "tried"]))
            for index, item in enumerate(fields.items("people"))
        ]
        return _group_answer(counts)
    fields = fields_of(payload, "rates", required=["won", "tried", "prior"])
    prior = fields.child("prior", required=["mean", "strength"])
    return _answer(*_counts(fields), prior.rate("mean"), prior.positive("strength"))


def _counts(fields: Fields) -> tuple[Fraction, Fraction]:
    won, tried = fields.amount("won"), fields.amount("tried")
    if won > tried:
        raise EngineError("rates.won_above_tried", "won must not be above tried.", fields.field("won"))
    return won, tried


def _group_answer(counts: list[tuple[Fraction, Fraction]]) -> dict[str, Any]:
    if not any(tried for _, tried in counts):
        raise EngineError("rates.no_data", "At least one person must have a trial.", "people")
    won, tried = (np.array([float(pair[side]) for pair in counts]) for side in (0, 1))
    prior = fit_prior(won, tried)
    found = shrink(won, tried, prior.mean, prior.strength, np.array(prior.strengths)[:, None])
    return {
        "prior": {
            "mean": round(prior.mean, 6),
            "strength": round(prior.strength, 2),
            "strength_interval": [round(bound, 2) for bound in prior.strength_interval],
        },
        "people": [
            {
                "mean": round(float(found.mean[place]), 6),
                "raw": round(float(found.raw[place]), 6) if tried[place] else None,
                "interval": [round(float(found.low[place]), 6), round(float(found.high[place]), 6)],
                "from_peers": round(float(found.from_peers[place]), 3),
            }
            for place in range(len(counts))
        ],
    }


def _answer(won: Fraction, tried: Fraction, mean: Fraction, strength: Fraction) -> dict[str, Any]:
    a, b = won + mean * strength, tried - won + (1 - mean) * strength
    ends = (_quantile(np.array([float(a)]), np.array([float(b)]), level)[0] for level in (_LOW, _HIGH))
    return {
        "mean": round(float(a / (a + b)), 6),
        "raw": round(float(won / tried), 6) if tried else None,
        "interval": [round(float(end), 6) for end in ends],
        "from_peers": round(float(strength / (tried + strength)), 3),
    }


def _certainty(
    won: FloatArray, tried: FloatArray, prior_mean: FloatArray, found: FloatArray, strengths: FloatArray
) -> FloatArray:
    """Return the a + b whose Beta distribution around the estimate is as wide as all possible strengths make it."""
    each = (won + prior_mean * strengths) / (tried + strengths)
    variance = (each * (1 - each) / (tried + strengths + 1) + (each - found) ** 2).mean(axis=0)
    return np.asarray(np.maximum(found * (1 - found) / np.maximum(variance, 1e-18) - 1, 1.0), dtype=np.float64)


def _quantile(a: FloatArray, b: FloatArray, level: float) -> FloatArray:
    # A rate known to be 0 or 1 has no Beta distribution; its every quantile is itself.
    some = (a > 0) & (b > 0)
    found = np.where(b > 0, 0.0, 1.0)
    found[some] = betaincinv(a[some], b[some], level)
    return found


def _members(codes: IntArray) -> list[IntArray]:
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order])) + 1
    return [part for part in np.split(order, starts) if len(part)]


def _speaks(tried: FloatArray) -> bool:
    return int((tried > 0).sum()) >= MIN_GROUP_PEOPLE and float(tried.sum()) >= MIN_GROUP_TRIED
