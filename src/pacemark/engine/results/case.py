"""A success others can reuse: what it is worth once luck is taken off, and whether a trial bears it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from scipy.special import betaincinv

from pacemark.engine.errors import EngineError
from pacemark.engine.results.contrast import Stratum, Tally, difference_interval, exact_test, sidak

Status = Literal["noise", "candidate", "tried", "verified", "refuted"]
STATUSES: tuple[Status, ...] = ("noise", "candidate", "tried", "verified", "refuted")
NOISE_ABOVE = 0.5
VERIFIED_BELOW = 0.05
REFUTED_SHARE = 0.5
INTERVAL = 0.9
_LOW, _HIGH = 0.1, 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a star does better than peers with the same kinds of leads.

    Parameters
    ----------
    base : float
        The peers' rate, at the star's mix of leads, 0–1.
    raw : float or None
        The star's own rate; None without trials.
    estimate : float
        The star's rate leaning on the base, 0–1.
    uplift : float
        estimate − base.
    low, high : float
        Central 80 % interval of the uplift, the base taken for known.
    p : float
        Two-sided exact p, within kinds of leads.
    p_adjusted : float
        The same after Šidák over the candidates.
    """

    base: float
    raw: float | None
    estimate: float
    uplift: float
    low: float
    high: float
    p: float
    p_adjusted: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a trial says about a claim.

    Parameters
    ----------
    status : {"tried", "verified", "refuted"}
        Undecided, borne out, or not.
    difference : float or None
        Adopters' rate less the others'; None while one side has no trials.
    low, high : float or None
        Its 90 % interval.
    p : float
        One-sided exact p that adopters are better.
    """

    status: Status
    difference: float | None
    low: float | None
    high: float | None
    p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """What a number of trials would bring more.

    Parameters
    ----------
    successes : float
        Trials × uplift.
    deals : float or None
        Times the win rate; None where that is unknown.
    money : float or None
        Times the deal value, in its unit; None where that is unknown.
    """

    successes: float
    deals: float | None
    money: float | None


def make_claim(strata: Sequence[Stratum], strength: float, candidates: int) -> Claim:
    """Estimate what a star's success is worth to others.

    Parameters
    ----------
    strata : sequence of Stratum
        The star (``ours``) and peers (``theirs``) by kind of lead; one stratum where leads are alike.
    strength : float
        The peers' weight k in trials, ``> 0`` (`pacemark.engine.rates`).
    candidates : int
        People and practices among which this one stood out, ``>= 1``.

    Returns
    -------
    Claim
        Shrunk and adjusted.

    Raises
    ------
    EngineError
        ``results.no_trials`` when the peers have none; ``results.no_candidates``; ``results.not_positive`` for k.

    Notes
    -----
    base μ = Σ star's trials × peers' rate of that kind / star's trials: the peers' success with the star's leads (with
    kinds that peers never had at the peers' mean). estimate = (won + μk) / (tried + k). The best of many shows
    mostly luck: both the leaning and the adjustment are for that.

    References
    ----------
    .. [1] B. Efron, "Tweedie's formula and selection bias", JASA 106, 2011.

    Examples
    --------
    >>> star = Stratum(ours=Tally(won=96, tried=300), theirs=Tally(won=750, tried=3000))
    >>> claim = make_claim([star], strength=200.0, candidates=20)
    >>> round(claim.estimate, 3), round(claim.uplift, 3), round(claim.p_adjusted, 3)
    (0.292, 0.042, 0.185)
    """
    if not strength > 0:
        raise EngineError("results.not_positive", "strength must be above zero.", "strength")
    base = base_rate(strata)
    won, tried = sum(one.ours.won for one in strata), sum(one.ours.tried for one in strata)
    a, b = won + base * strength, tried - won + (1 - base) * strength
    estimate = a / (a + b)
    ends = (estimate, estimate) if min(a, b) <= 0 else (float(betaincinv(a, b, q)) for q in (_LOW, _HIGH))
    low, high = ends
    p = exact_test(strata).p_two_sided
    return Claim(
        base=base,
        raw=won / tried if tried else None,
        estimate=estimate,
        uplift=estimate - base,
        low=low - base,
        high=high - base,
        p=p,
        p_adjusted=sidak(p, candidates),
    )


def base_rate(strata: Sequence[Stratum]) -> float:
    """Give the peers' rate at our mix of leads.

    Parameters
    ----------
    strata : sequence of Stratum
        By kind of lead.

    Returns
    -------
    float
        0–1; the peers' plain mean where our side has no trials.

    Raises
    ------
    EngineError
        ``results.no_trials`` when the peers have none.
    """
    total = Tally(won=sum(one.theirs.won for one in strata), tried=sum(one.theirs.tried for one in strata))
    plain = total.rate
    if plain is None:
        raise EngineError("results.no_trials", "The peers need at least one trial.", "peers")
    tried = sum(one.ours.tried for one in strata)
    if not tried:
        return plain
    rates = (plain if one.theirs.rate is None else one.theirs.rate for one in strata)
    return sum(one.ours.tried * rate for one, rate in zip(strata, rates, strict=True)) / tried


def judge_trial(strata: Sequence[Stratum], claimed_uplift: float) -> Verdict:
    """Let new data, and nothing else, decide about a claim.

    Parameters
    ----------
    strata : sequence of Stratum
        Adopters (``ours``) and others (``theirs``) during the trial, by kind of lead.
    claimed_uplift : float
        The uplift that was claimed before the trial.

    Returns
    -------
    Verdict
        ``verified`` when adopters are better at one-sided p < .05; else ``refuted`` when the 90 % interval of the
        difference stays below half of the claimed uplift; else ``tried``.

    Notes
    -----
    The difference compares the adopters with the others' rate at the adopters' mix of leads; its interval takes that
    rate as known from as many trials as the others had. A claim of no uplift can only be verified or stay tried.

    Examples
    --------
    >>> new = Stratum(ours=Tally(won=260, tried=800), theirs=Tally(won=500, tried=2000))
    >>> judge_trial([new], 0.042).status
    'verified'
    """
    p = exact_test(strata).p_better
    ours = Tally(won=sum(one.ours.won for one in strata), tried=sum(one.ours.tried for one in strata))
    theirs_tried = sum(one.theirs.tried for one in strata)
    if not (ours.tried and theirs_tried):
        return Verdict(status="tried", difference=None, low=None, high=None, p=1.0)
    base = base_rate(strata)
    shown = Tally(won=min(round(base * theirs_tried), theirs_tried), tried=theirs_tried)
    low, high = difference_interval(ours, shown, INTERVAL)
    status: Status = "tried"
    if p < VERIFIED_BELOW:
        status = "verified"
    elif claimed_uplift > 0 and high < REFUTED_SHARE * claimed_uplift:
        status = "refuted"
    return Verdict(status=status, difference=ours.won / ours.tried - base, low=low, high=high, p=p)


def status_of(claim: Claim, verdict: Verdict | None) -> Status:
    """Say where a case stands.

    Parameters
    ----------
    claim : Claim
        What was found.
    verdict : Verdict, optional
        What a trial says; None where none is under way.

    Returns
    -------
    {"noise", "candidate", "tried", "verified", "refuted"}
        A trial alone verifies or refutes; without one the claim is noise (adjusted p above .5) or a candidate.
    """
    if verdict is not None:
        return verdict.status
    return "noise" if claim.p_adjusted > NOISE_ABOVE else "candidate"


def gain_of(uplift: float, trials: float, win_rate: float | None = None, deal_value: float | None = None) -> Gain:
    """Say what a number of trials would bring more with an uplift: expected deals if adopted by a team.

    Parameters
    ----------
    uplift : float
        Successes more per trial.
    trials : float
        Trials of those who would adopt it, in a period of theirs; ``>= 0``.
    win_rate : float, optional
        Deals per success, 0–1; 1 where the success is the deal.
    deal_value : float, optional
        Money per deal.

    Returns
    -------
    Gain
        Expected, not promised.

    Examples
    --------
    >>> gain = gain_of(0.042, 200, 0.2, 3000)
    >>> round(gain.successes, 2), round(gain.deals, 2), round(gain.money)
    (8.4, 1.68, 5040)
    """
    successes = uplift * trials
    deals = None if win_rate is None else successes * win_rate
    return Gain(
        successes=successes, deals=deals, money=None if deals is None or deal_value is None else deals * deal_value
    )
