"""How much of a ranking is real, and how much of it chance would have made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, chdtrc

from pacemark.engine.errors import EngineError
from pacemark.engine.fields import Fields, fields_of
from pacemark.engine.priors import fit_prior
from pacemark.engine.rates import Estimates, shrink

FloatArray = NDArray[np.float64]
Display = Literal["ranking", "groups", "names"]

_AREA = "process"
MOST_P = 0.05
LEAST_RELIABILITY = 0.5
# Where nothing but luck is seen, everyone's estimate is the group's.
_ALL_LUCK = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class LuckShare:
    """How much of the differences between people is luck. Variances are those of rates.

    Parameters
    ----------
    mean : float
        The group's rate, 0–1.
    observed_variance : float or None
        Between people, n − 1 in the denominator; None for a single person.
    luck_variance : float
        What chance alone makes, p(1 − p) / n.
    skill_variance : float or None
        The rest, never negative.
    reliability : float or None
        Skill / observed, 0–1; None where nothing differs or nothing is known.
    half_point : float or None
        Trials at which half of a difference is real, p(1 − p) / skill; None where no skill is seen.
    p : float or None
        Chance of at least such differences if all are equal; None where it cannot be told.
    estimates : Estimates or None
        Everyone's rate with the luck taken out.
    """

    mean: float
    observed_variance: float | None
    luck_variance: float
    skill_variance: float | None
    reliability: float | None
    half_point: float | None
    p: float | None
    estimates: Estimates | None = None

    @property
    def display(self) -> Display:
        """How people may be shown: as a ranking, in groups, or as names with intervals."""
        if self.p is None or not self.p < MOST_P:
            return "names"
        return "ranking" if (self.reliability or 0.0) >= LEAST_RELIABILITY else "groups"


def luck_share(won: FloatArray, tried: FloatArray) -> LuckShare:
    """Tell skill from luck in a group's rates.

    Parameters
    ----------
    won : ndarray of shape (n_people,), float64
        Successes, 0 to ``tried``.
    tried : ndarray of shape (n_people,), float64
        Trials, ``>= 0``.

    Returns
    -------
    LuckShare
        With an estimate for everyone.

    Raises
    ------
    EngineError
        ``process.no_data`` when nobody has a trial.

    Notes
    -----
    Equal numbers of trials n: luck = p(1 − p) / n, skill = observed − luck, and an estimate is p + reliability ×
    (own rate − p). Unequal ones: the beta prior fitted by `pacemark.engine.priors.fit_prior` gives
    skill = p(1 − p) / (k + 1) and the estimates; luck is p(1 − p) / n at the harmonic mean of n; reliability is
    skill / (skill + luck). People without trials take part in neither. p is that of the chi-square test of equal
    rates, Σ (x − np)² / np(1 − p) with one degree of freedom less than there are people.

    References
    ----------
    .. [1] B. Efron and C. Morris, "Stein's paradox in statistics", Scientific American 236, 1977.

    Examples
    --------
    >>> found = luck_share(np.array([5.0, 15.0, 10.0]), np.array([50.0, 50.0, 50.0]))
    >>> round(found.observed_variance, 4), round(found.luck_variance, 4), round(found.reliability, 2)
    (0.01, 0.0032, 0.68)
    """
    active = tried > 0
    if not active.any():
        raise EngineError("process.no_data", "At least one person must have a trial.", "people")
    x, n = won[active], tried[active]
    mean = float(x.sum() / n.sum())
    observed = float((x / n).var(ddof=1)) if len(n) > 1 else None
    if (n == n[0]).all():
        found = summary_share(mean, observed, float(n[0]))
        strength = found.half_point or _ALL_LUCK
        centre, possible = mean, np.array([strength])
    else:
        prior = fit_prior(x, n)
        centre, strength, possible = prior.mean, prior.strength, np.array(prior.strengths)
        found = _fitted_share(centre, strength, observed, n)
    # Nobody's rate is known better than the group's own, which rests on the trials there are.
    known = np.minimum(possible, n.sum())[:, None]
    return LuckShare(
        mean=mean,
        observed_variance=observed,
        luck_variance=found.luck_variance,
        skill_variance=found.skill_variance,
        reliability=found.reliability,
        half_point=found.half_point,
        p=_over_dispersion(x, n, mean),
        estimates=_never_certain(shrink(won, tried, centre, strength, known), float(x.sum()), float(n.sum())),
    )


def _never_certain(found: Estimates, won: float, tried: float) -> Estimates:
    """Give a group of which nobody, or everybody, succeeded the interval its trials allow (Jeffreys')."""
    if 0 < won < tried:
        return found
    low, high = betaincinv(won + 0.5, tried - won + 0.5, [0.1, 0.9])
    ends = (low, 1.0) if won else (0.0, high)
    return replace(found, low=np.full(len(found.mean), ends[0]), high=np.full(len(found.mean), ends[1]))


def summary_share(mean: float, observed_variance: float | None, tried: float) -> LuckShare:
    """Tell skill from luck from a summary of a group.

    Parameters
    ----------
    mean : float
        The group's rate, 0–1.
    observed_variance : float or None
        Variance of rates between people; None for a single person.
    tried : float
        Trials each, ``> 0``.

    Returns
    -------
    LuckShare
        Without ``p``, which needs the people.

    Examples
    --------
    >>> found = summary_share(0.2, 0.0040, 50)
    >>> round(found.luck_variance, 4), round(found.reliability, 2), round(found.half_point)
    (0.0032, 0.2, 200)
    """
    spread = mean * (1 - mean)
    luck = spread / tried
    skill = None if observed_variance is None else max(observed_variance - luck, 0.0)
    return LuckShare(
        mean=mean,
        observed_variance=observed_variance,
        luck_variance=luck,
        skill_variance=skill,
        reliability=skill / observed_variance if skill is not None and observed_variance else None,
        half_point=spread / skill if skill else None,
        p=None,
    )


def luck_json(payload: dict[str, Any]) -> dict[str, Any]:
    """Answer the calculator's ``luck``.

    Parameters
    ----------
    payload : dict
        ``{"people": [{"won", "tried"}, …]}``, or ``{"mean", "observed_variance", "tried"}`` with an optional
        ``observed_rate`` to take the luck out of.

    Returns
    -------
    dict
        ``observed_variance``, ``luck_variance``, ``skill_variance``, ``reliability``, ``half_point``, ``p``,
        ``rankable`` (null where it cannot be told), ``display``; ``people`` or ``estimate``.

    Raises
    ------
    EngineError
        ``process.…`` for bad input; ``process.won_above_tried``, ``process.no_data``.

    Examples
    --------
    >>> luck_json({"mean": 0.2, "observed_variance": 0.004, "tried": 50, "observed_rate": 0.3})["estimate"]
    0.22
    """
    if "people" in payload:
        return _people_answer(fields_of(payload, _AREA, required=["people"]))
    fields = fields_of(payload, _AREA, required=["mean", "observed_variance", "tried"], optional=["observed_rate"])
    mean, observed = fields.rate("mean"), fields.amount("observed_variance")
    if observed > 1:
        message = "A variance of rates lies between 0 and 1."
        raise EngineError("process.rate_out_of_range", message, "observed_variance")
    tried = fields.positive("tried")
    answer = _shown(summary_share(float(mean), float(observed), float(tried)))
    # Exact, so that .2 + .2 × (.3 − .2) is .22.
    luck = mean * (1 - mean) / tried
    reliability = max(observed - luck, Fraction(0)) / observed if observed else Fraction(0)
    # A ranking needs p as well; without the people only its refusal is sure.
    answer["rankable"] = None if reliability >= Fraction(1, 2) else False
    answer["display"] = None
    if fields.has("observed_rate"):
        rate = fields.rate("observed_rate")
        answer["estimate"] = round(float(mean + reliability * (rate - mean)), 6)
    return answer


def _people_answer(fields: Fields) -> dict[str, Any]:
    pairs = []
    for place, item in enumerate(fields.items("people")):
        person = fields_of(item, _AREA, path=f"people.{place}", required=["won", "tried"])
        won, tried = person.amount("won"), person.amount("tried")
        if won > tried:
            message = "won must not be above tried."
            raise EngineError("process.won_above_tried", message, person.field("won"))
        pairs.append((float(won), float(tried)))
    found = luck_share(*np.array(pairs, dtype=np.float64).reshape(-1, 2).T)
    answer = _shown(found)
    estimates = found.estimates
    if estimates is not None:
        answer["people"] = [
            {
                "estimate": round(float(estimates.mean[place]), 6),
                "interval": [round(float(estimates.low[place]), 6), round(float(estimates.high[place]), 6)],
            }
            for place in range(len(pairs))
        ]
    return answer


def _shown(found: LuckShare) -> dict[str, Any]:
    def rounded(value: float | None, places: int) -> float | None:
        return None if value is None else round(value, places)

    return {
        "observed_variance": rounded(found.observed_variance, 8),
        "luck_variance": rounded(found.luck_variance, 8),
        "skill_variance": rounded(found.skill_variance, 8),
        "reliability": rounded(found.reliability, 4),
        "half_point": rounded(found.half_point, 2),
        "p": rounded(found.p, 6),
        "rankable": found.display == "ranking",
        "display": found.display,
    }


def _fitted_share(mean: float, strength: float, observed: float | None, tried: FloatArray) -> LuckShare:
    spread = mean * (1 - mean)
    luck, skill = spread * float((1 / tried).mean()), spread / (strength + 1)
    return LuckShare(
        mean=mean,
        observed_variance=observed,
        luck_variance=luck,
        skill_variance=skill,
        reliability=skill / (skill + luck) if skill + luck > 0 else None,
        half_point=strength + 1,
        p=None,
    )


def _over_dispersion(won: FloatArray, tried: FloatArray, mean: float) -> float | None:
    if len(tried) < 2:
        return None
    spread = mean * (1 - mean)
    if spread <= 0:
        return 1.0  # all have won everything, or nothing: nobody differs
    distance = ((won - tried * mean) ** 2 / (tried * spread)).sum()
    return float(chdtrc(len(tried) - 1, distance))
