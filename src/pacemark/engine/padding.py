"""Talks stretched just past the threshold: how many there are beyond a smooth curve, and whether chance explains it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammainc

from pacemark.engine.checks import count_of, list_of
from pacemark.engine.errors import EngineError
from pacemark.engine.fields import Fields, fields_of
from pacemark.engine.multiplicity import benjamini_hochberg
from pacemark.engine.talks import (
    GAP_FIRST_SECONDS,
    JUST_PAST_SECONDS,
    TalkHistograms,
    bin_starts,
    smooth_counts,
    talk_histograms,
)

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Status = Literal["flag", "ok", "too_few"]

_AREA = "padding"
# A flag is a request to look, so it needs more than a small p: it must be rare among all who are looked at, and matter.
MOST_Q = 0.05
LEAST_EXCESS = 10.0
_ROUNDING = 1e-6
LEAST_NEAR = 30
NEAR_SECONDS = 30
# A month of 1,320 talks has about so many near the threshold; then three in ten stretched talks are found.
WANTED_NEAR = 120
DEFAULT_THRESHOLD_SECONDS = 180
MOST_SECONDS = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class PaddingChecks:
    """What was found, one entry per row of the histograms.

    Parameters
    ----------
    status : tuple of {"flag", "ok", "too_few"}
        "flag" asks somebody to look; it is never an accusation.
    observed : ndarray of shape (n_rows,), int64
        Talks within 10 s past the threshold.
    fitted, excess : ndarray of shape (n_rows,), float64
        What the smooth curve expects there, and what is beyond it; NaN where there are too few.
    p, q : ndarray of shape (n_rows,), float64
        Chance of at least as many if talks follow the curve; the same with all rows in mind. NaN for too few.
    adjusted : ndarray of shape (n_rows,), float64
        Deep talks, less the excess where flagged.
    deep_talks : ndarray of shape (n_rows,), int64
        Deep talks as counted.
    curve : ndarray of shape (n_rows, n_bins), float64
        The smooth curve, for the picture.
    """

    status: tuple[Status, ...]
    observed: IntArray
    fitted: FloatArray
    excess: FloatArray
    p: FloatArray
    q: FloatArray
    adjusted: FloatArray
    deep_talks: IntArray
    curve: FloatArray


def check_padding(histograms: TalkHistograms, least_excess: float = LEAST_EXCESS) -> PaddingChecks:
    """Look for talks stretched past the threshold.

    Parameters
    ----------
    histograms : TalkHistograms
        Everyone who is looked at together, one row each.
    least_excess : float, default 10
        Talks beyond the curve from which on it matters.

    Returns
    -------
    PaddingChecks
        One entry per row.

    Notes
    -----
    A log-quadratic curve is fitted to the bins from 90 s before to 60 s after the threshold, without those from 30 s
    before to 10 s after it. p is the chance of a Poisson count of at least ``observed`` with the curve's sum over the
    10 s past the threshold. Flagged: q < .05 (Benjamini–Hochberg over all rows with enough talks), an excess of at
    least ``least_excess``, and, where outcomes are known, talks just past the threshold that convert worse than those
    from 10 to 60 s past it. Under 30 talks within 30 s of the threshold: "too_few". About .1 s for 2,000 rows.

    Examples
    --------
    >>> seconds = np.repeat(np.arange(90, 240), 4)
    >>> honest = talk_histograms(np.zeros(len(seconds), int), seconds, 1, 180)
    >>> check_padding(honest).status
    ('ok',)
    """
    past = bin_starts(histograms.threshold_seconds) - histograms.threshold_seconds
    just_past = (past >= 0) & (past < JUST_PAST_SECONDS)
    counts = histograms.counts
    curve = smooth_counts(counts, (past < GAP_FIRST_SECONDS) | (past >= JUST_PAST_SECONDS))
    observed = counts[:, just_past].sum(axis=1)
    enough = near_threshold(histograms) >= LEAST_NEAR
    fitted = np.where(enough, curve[:, just_past].sum(axis=1), np.nan)
    excess = observed - fitted
    p = np.where(enough, _at_least(observed, fitted), np.nan)
    q = benjamini_hochberg(p)
    flagged = enough & (q < MOST_Q) & (excess >= least_excess - _ROUNDING) & _converts_worse(histograms, past)
    return PaddingChecks(
        status=tuple(
            "too_few" if not some else "flag" if flag else "ok" for some, flag in zip(enough, flagged, strict=True)
        ),
        observed=observed,
        fitted=fitted,
        excess=excess,
        p=p,
        q=q,
        adjusted=np.where(flagged, histograms.deep_talks - np.nan_to_num(excess), histograms.deep_talks),
        deep_talks=histograms.deep_talks,
        curve=curve,
    )


def near_threshold(histograms: TalkHistograms) -> IntArray:
    """Count talks within 30 s of the threshold, on either side.

    Parameters
    ----------
    histograms : TalkHistograms
        Talks by length.

    Returns
    -------
    ndarray of shape (n_rows,), int64
        From these it is told whether there are enough.

    Examples
    --------
    >>> near_threshold(talk_histograms(np.zeros(3, int), np.array([149, 150, 209]), 1, 180)).tolist()
    [2]
    """
    past = bin_starts(histograms.threshold_seconds) - histograms.threshold_seconds
    return np.asarray(histograms.counts[:, (past >= -NEAR_SECONDS) & (past < NEAR_SECONDS)].sum(axis=1))


def months_to_pool(near: IntArray, wanted: int = WANTED_NEAR) -> IntArray:
    """Say how many of the last months to look at together.

    Parameters
    ----------
    near : ndarray of shape (n_people, n_months), int64
        Talks near the threshold (`near_threshold`), oldest month first.
    wanted : int, default 120
        Talks near the threshold at which looking pays; 30 is the least the check accepts.

    Returns
    -------
    ndarray of shape (n_people,), int64
        The fewest last months with so many, at least 1; all of them where even they have fewer.

    Examples
    --------
    >>> months_to_pool(np.array([[200, 50, 80], [10, 10, 10], [0, 0, 120]])).tolist()
    [2, 3, 1]
    """
    backwards = np.cumsum(near[:, ::-1], axis=1)
    return np.asarray(np.minimum((backwards < wanted).sum(axis=1) + 1, near.shape[1]), dtype=np.int64)


def padding_json(payload: dict[str, Any]) -> dict[str, Any]:
    """Answer the calculator's ``padding``.

    Parameters
    ----------
    payload : dict
        ``durations`` of connected talks in whole seconds, optionally ``outcomes`` (1 or 0 per talk) and ``threshold``
        (180); or ``{"people": [{"id", "durations", "outcomes"?}, …], "threshold"?}``.

    Returns
    -------
    dict
        ``status``, ``observed``, ``fitted``, ``excess``, ``p``, ``adjusted``; for people each with ``id`` and ``q``.
        ``fitted``, ``excess``, ``p`` and ``q`` are null where there are too few talks.

    Raises
    ------
    EngineError
        ``padding.…`` for bad input; ``padding.length_mismatch``, ``padding.threshold_too_low``.

    Examples
    --------
    >>> padding_json({"durations": [100, 200, 181], "threshold": 180})["status"]
    'too_few'
    """
    if "people" not in payload:
        fields = fields_of(payload, _AREA, required=["durations"], optional=["outcomes", "threshold"])
        return _answers([fields], _threshold(fields))[0]
    fields = fields_of(payload, _AREA, required=["people"], optional=["threshold"])
    people = [
        fields_of(item, _AREA, path=f"people.{place}", required=["id", "durations"], optional=["outcomes"])
        for place, item in enumerate(fields.items("people"))
    ]
    answers = _answers(people, _threshold(fields), with_q=True)
    return {"people": [{"id": _id(person), **answer} for person, answer in zip(people, answers, strict=True)]}


def _threshold(fields: Fields) -> int:
    threshold = fields.count("threshold", DEFAULT_THRESHOLD_SECONDS)
    if threshold > MOST_SECONDS:
        raise EngineError("padding.number_too_large", "threshold is larger than can be meant.", "threshold")
    bin_starts(threshold)
    return threshold


def _id(person: Fields) -> Any:
    value = person.values["id"]
    if isinstance(value, bool) or not isinstance(value, str | int) or (isinstance(value, int) and abs(value) > 10**18):
        raise EngineError("padding.bad_id", f"{person.field('id')} must be text or a whole number.", person.field("id"))
    return value


def _answers(people: list[Fields], threshold: int, *, with_q: bool = False) -> list[dict[str, Any]]:
    read = [_talks(person) for person in people]
    row = np.repeat(np.arange(len(read)), [len(seconds) for seconds, _ in read])
    seconds = np.concatenate([np.zeros(0, dtype=np.int64), *(seconds for seconds, _ in read)])
    won = np.concatenate([np.zeros(0), *(won for _, won in read)])
    found = check_padding(talk_histograms(row, seconds, len(read), threshold, won))
    return [_answer(found, place, with_q=with_q) for place in range(len(read))]


def _talks(person: Fields) -> tuple[IntArray, FloatArray]:
    path = person.field("durations")
    seconds = [count_of(value, f"{path}.{place}", _AREA) for place, value in enumerate(person.items("durations"))]
    too_long = next((place for place, value in enumerate(seconds) if value > MOST_SECONDS), None)
    if too_long is not None:
        raise EngineError("padding.number_too_large", "A talk is longer than can be meant.", f"{path}.{too_long}")
    if not person.has("outcomes"):
        return np.array(seconds, dtype=np.int64), np.full(len(seconds), np.nan)
    path = person.field("outcomes")
    won = [
        count_of(value, f"{path}.{place}", _AREA)
        for place, value in enumerate(list_of(person.values["outcomes"], path, _AREA))
    ]
    if len(won) != len(seconds):
        raise EngineError("padding.length_mismatch", f"{path} must have one entry for each talk.", path)
    if any(value > 1 for value in won):
        raise EngineError("padding.not_one_of", f"{path} must hold 1 for a success and 0 for none.", path)
    return np.array(seconds, dtype=np.int64), np.array(won, dtype=np.float64)


def _answer(found: PaddingChecks, place: int, *, with_q: bool) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "status": found.status[place],
        "observed": int(found.observed[place]),
        "fitted": _shown(found.fitted[place], 2),
        "excess": _shown(found.excess[place], 2),
        "p": _shown(found.p[place], 6),
        "adjusted": _shown(found.adjusted[place], 2),
    }
    return {**answer, "q": _shown(found.q[place], 6)} if with_q else answer


def _shown(value: float, places: int) -> float | None:
    return None if np.isnan(value) else round(float(value), places)


def _at_least(observed: IntArray, expected: FloatArray) -> FloatArray:
    """Return P(Poisson ≥ observed), by the incomplete gamma function."""
    safe = np.where(np.isnan(expected), 0.0, expected)
    return np.where(observed > 0, gammainc(np.maximum(observed, 1), safe), 1.0)


def _converts_worse(histograms: TalkHistograms, past: IntArray) -> NDArray[np.bool_]:
    """Compare shares without dividing; unknown outcomes, or nothing to compare with, do not acquit."""
    just_past = histograms.counts[:, (past >= 0) & (past < JUST_PAST_SECONDS)].sum(axis=1)
    beyond = histograms.counts[:, past >= JUST_PAST_SECONDS].sum(axis=1)
    known = ~np.isnan(histograms.just_past_won) & ~np.isnan(histograms.beyond_won) & (just_past > 0) & (beyond > 0)
    worse = histograms.just_past_won * beyond < histograms.beyond_won * just_past
    return np.asarray(~known | worse)
