"""Everyone's findings at once: whose rate is below what such leads give others, beyond chance and worth the money."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from pacemark.engine.multiplicity import benjamini_hochberg
from pacemark.engine.priors import fit_prior
from pacemark.engine.process.evidence import Verdict, more_trials, weigh
from pacemark.engine.tails import Baseline

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

# A word on somebody's ability is dear: among all that are found, three in four hundred may be chance. Over made-up
# organisations this names the bad closer and spares the unlucky person about equally often (bench/trials_diagnosis.py).
MOST_Q = 0.0075
# What is left of a shortfall when luck is taken out of it must be such a part of the rate, to be worth a talk.
LEAST_SHORTFALL = 0.1
_FAR_APART = 0.001
# However alike people seem, some are not: nobody's record is believed less than if people differed by about 8 %.
_MOST_STRENGTH = 300.0
# Leads are blamed from such a part of the chance on.
LEAST_LEAD_LOSS = 0.1
VERDICTS: tuple[Verdict, ...] = ("skill", "not_ruled_out", "not_enough_data")


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRecords:
    """Trials and successes of a window; axis 0 people, axis 1 stages.

    Parameters
    ----------
    won, tried : ndarray of shape (n_people, n_stages), float64
        Successes and trials, cohorts of the window.
    usual : Baseline
        Of the same shape: what others make of such leads (`pacemark.engine.process.peers`); NaN where unknown.
    dispersion : ndarray, float64
        Wobble of the window (`pacemark.engine.wobble`), of a shape that broadcasts to the same.
    money_per_success : ndarray of shape (n_people, n_stages), float64
        What one more success brings at the end of the chain, in minor units.
    planned : ndarray of shape (n_people, n_stages), float64, optional
        Trials that the plan expected.
    """

    won: FloatArray
    tried: FloatArray
    usual: Baseline
    dispersion: FloatArray
    money_per_success: FloatArray
    planned: FloatArray | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What was found, one entry per person and stage.

    Parameters
    ----------
    p, q : ndarray of shape (n_people, n_stages), float64
        Two-sided chance of such a distance from the baseline; the same with all people and stages in mind. NaN where
        there are too few trials.
    verdict : ndarray of shape (n_people, n_stages), int64
        Index into ``VERDICTS``.
    money_minor : ndarray of shape (n_people, n_stages), int64
        Successes beyond the baseline's, in money; negative for a shortfall.
    lasting : ndarray of shape (n_people, n_stages), float64
        Estimated true rate / baseline: what is left of the difference when luck is taken out; NaN without baseline.
    expected : ndarray of shape (n_people, n_stages), float64
        Successes that the baseline expects.
    is_finding : ndarray of shape (n_people, n_stages), bool
        Shortfalls told from chance, of which at least a tenth of the rate lasts and which cost the stated minimum.
    more_trials : ndarray of shape (n_people, n_stages), float64
        About how many more trials would tell; NaN where it was not asked (no shortfall worth the money, or told
        already), infinity where no number would.
    """

    p: FloatArray
    q: FloatArray
    verdict: IntArray
    money_minor: IntArray
    lasting: FloatArray
    expected: FloatArray
    is_finding: BoolArray
    more_trials: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadFindings:
    """What the leads themselves cost, one entry per group and stage.

    Parameters
    ----------
    ease : ndarray of shape (n_groups, n_stages), float64
        How many times the average chance the group's leads give anybody.
    q : ndarray of shape (n_groups, n_stages), float64
        Chance of such an ease if all leads were alike, with all groups and stages in mind.
    money_minor : ndarray of shape (n_groups, n_stages), int64
        What the ease made of the group's trials, in money; negative for a loss.
    is_finding : ndarray of shape (n_groups, n_stages), bool
        Losses beyond chance, of at least a tenth and of the stated minimum.
    """

    ease: FloatArray
    q: FloatArray
    money_minor: IntArray
    is_finding: BoolArray


def find_shortfalls(records: StageRecords, least_money_minor: int = 0) -> Findings:
    """Judge everyone's rates together.

    Parameters
    ----------
    records : StageRecords
        The window.
    least_money_minor : int, default 0
        A finding must have cost at least this.

    Returns
    -------
    Findings
        Per person and stage.

    Notes
    -----
    The tail is beta-binomial with the baseline's certainty and the window's wobble; p is twice the tail on the side
    where the result lies, since whoever is better is found by the same test. q by Benjamini and Hochberg over all
    people and stages with enough trials (`evidence.weigh`); told from chance when q < .0075. What lasts is
    (won + m k) / (tried + k) / m, k being fitted per stage to how much people differ. Guaranteed: the order of
    people does not matter; a person with few trials gets "not_enough_data".

    Examples
    --------
    >>> rates = Baseline(mean=np.array([[0.3], [0.3]]), certainty=np.array([[900.0], [900.0]]))
    >>> records = StageRecords(won=np.array([[9.0], [30.0]]), tried=np.array([[100.0], [100.0]]), usual=rates,
    ...     dispersion=np.array([0.03]), money_per_success=np.array([[300000.0], [300000.0]]))
    >>> find_shortfalls(records).is_finding.ravel().tolist()
    [True, False]
    """
    usual = records.usual.wobbling(np.broadcast_to(records.dispersion, records.won.shape))
    weighed = weigh(records.won, records.tried, usual, records.planned)
    p = np.where(weighed.is_enough, np.minimum(2 * weighed.p, 1.0), np.nan)
    q = benjamini_hochberg(p)
    told = q < MOST_Q
    money = np.nan_to_num((records.won - weighed.expected) * records.money_per_success)
    lasting = _lasting(records, weighed.expected, p)
    is_short = (records.won < weighed.expected) & (money <= -float(least_money_minor)) & (money < 0)
    asked = weighed.is_enough & is_short & ~told
    more = np.full(p.shape, np.nan)
    # One-sided, and as small as one of all these questions must be at first to stand out.
    some = Baseline(mean=usual.mean[asked], certainty=usual.certainty[asked])
    more[asked] = more_trials(records.won[asked], records.tried[asked], some, MOST_Q / 2)
    verdict = np.where(told, 0, np.where(weighed.is_enough, 1, 2))
    return Findings(
        p=p,
        q=q,
        verdict=np.asarray(verdict, dtype=np.int64),
        money_minor=np.rint(money).astype(np.int64),
        lasting=lasting,
        expected=weighed.expected,
        is_finding=np.asarray(told & is_short & (lasting <= 1 - LEAST_SHORTFALL)),
        more_trials=more,
    )


def find_poor_leads(
    ease: FloatArray,
    ease_sd: FloatArray,
    expected: FloatArray,
    money_per_success: FloatArray,
    least_money_minor: int = 0,
) -> LeadFindings:
    """Judge the leads of groups of people.

    Parameters
    ----------
    ease, ease_sd : ndarray of shape (n_groups, n_stages), float64
        How easy the group's leads are for anybody, and how well that is known (`pacemark.engine.process.peers`, with
        the group in the place of the person).
    expected : ndarray of shape (n_groups, n_stages), float64
        Successes that average leads would have brought.
    money_per_success : ndarray of shape (n_groups, n_stages), float64
        What one more success brings at the end of the chain, in minor units.
    least_money_minor : int, default 0
        A finding must have cost at least this.

    Returns
    -------
    LeadFindings
        Per group and stage.

    Notes
    -----
    p is the normal tail of (1 − ease) / sd; q by Benjamini and Hochberg over groups and stages.

    Examples
    --------
    >>> one = np.ones((1, 1))
    >>> find_poor_leads(0.7 * one, 0.05 * one, 100 * one, 1000 * one).money_minor.tolist()
    [[-30000]]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(ease_sd > 0, (1 - ease) / ease_sd, 0.0)
    q = benjamini_hochberg(np.asarray(ndtr(-z), dtype=np.float64))
    money = (ease - 1) * expected * money_per_success
    is_poor = (q < MOST_Q) & (ease <= 1 - LEAST_LEAD_LOSS) & (money < 0) & (money <= -float(least_money_minor))
    return LeadFindings(ease=ease, q=q, money_minor=np.rint(money).astype(np.int64), is_finding=np.asarray(is_poor))


def _lasting(records: StageRecords, expected: FloatArray, p: FloatArray) -> FloatArray:
    """Take the luck out: how much people usually differ at a stage says how far a single record may be believed."""
    found = np.full(records.won.shape, np.nan)
    for stage in range(records.won.shape[1]):
        known = ~np.isnan(expected[:, stage]) & (expected[:, stage] > 0)
        # The few who stand far apart must not make everyone's luck look like ability.
        usual = known & ~(p[:, stage] < _FAR_APART)
        if not usual.any():
            continue
        mean = records.usual.mean[:, stage]
        # Trials of average leads: so many as would have brought the same successes.
        eased = np.maximum(expected[usual, stage] / mean[usual].mean(), records.won[usual, stage])
        strength = min(fit_prior(records.won[usual, stage], eased).strength, _MOST_STRENGTH)
        own = records.won[known, stage] / mean[known]
        found[known, stage] = (own + strength) / (records.tried[known, stage] + strength)
    return found
