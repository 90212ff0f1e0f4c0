"""What a mix of leads gives others, and how much of a difference to believe: what a score is measured against."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pacemark.engine.errors import EngineError
from pacemark.engine.mix import LeadMix, fit_mix

FloatArray = NDArray[np.float64]

# Bounds of the strength, in expected successes: never no trust in others at all, never blind to a person.
MIN_STRENGTH, MAX_STRENGTH = 1.0, 10_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """Actual against expected successes of one measure.

    Parameters
    ----------
    actual : ndarray of shape (n_people,), float64
        Successes.
    expected : ndarray of shape (n_people,), float64
        What the same leads give others; sums to the same as ``actual``.
    strength : float
        Expected successes that others' record weighs as much as, 1 to 10,000.
    """

    actual: FloatArray
    expected: FloatArray
    strength: float

    @property
    def ratio(self) -> FloatArray:
        """Actual against expected, shrunk towards 1."""
        return (self.actual + self.strength) / (self.expected + self.strength)


def expectation_of(mix: LeadMix, n_people: int) -> Expectation:
    """Work out what each person's (or team's) leads give others.

    Parameters
    ----------
    mix : LeadMix
        Trials and successes by person and kind of lead; persons are places from 0.
    n_people : int
        People (or teams) compared.

    Returns
    -------
    Expectation
        In the order of places.

    Raises
    ------
    EngineError
        ``resources.bad_scores`` for counts that are negative or infinite, more successes than trials, or a place beyond
        n_people.

    Notes
    -----
    1. How easy each kind of lead is for anybody is fitted together with how good each person is (`fit_mix`), so that
    good people's leads do not look easy, and neither does the score prove itself where good people get good leads.
    2. expected_i = sum over the leads of trials x ease, scaled so that expected and actual agree in total. 3. Ratios
    are shrunk as the mean of a Poisson rate with a gamma prior of mean 1 and strength k; 1 / k, the variance of the
    true ratios, is estimated by moments: sum((actual - expected)² - expected) / sum(expected²). Where people differ no
    more than chance, k is large and everyone's ratio is near 1.

    References
    ----------
    .. [1] D. Clayton and J. Kaldor, "Empirical Bayes estimates of age-standardized relative risks for use in disease
       mapping", Biometrics 43, 1987.

    Examples
    --------
    >>> mix = LeadMix(person=np.array([0, 1]), kinds={}, exposed=np.array([500.0, 500.0]), won=np.array([150.0, 50.0]))
    >>> expectation_of(mix, 2).ratio.round(2).tolist()
    [1.48, 0.52]
    """
    _check(mix, n_people)
    actual = np.bincount(mix.person, mix.won, minlength=n_people).astype(np.float64)
    eased = mix.exposed * (fit_mix(mix).ease(mix.kinds) if mix.kinds else 1.0)
    expected = np.bincount(mix.person, eased, minlength=n_people).astype(np.float64)
    total = float(expected.sum())
    expected = expected * (float(actual.sum()) / total) if total > 0 else expected
    return Expectation(actual=actual, expected=expected, strength=_strength(actual, expected))


def _strength(actual: FloatArray, expected: FloatArray) -> float:
    squares = float(np.sum(expected**2))
    beyond_chance = float(np.sum((actual - expected) ** 2 - expected)) / squares if squares > 0 else 0.0
    return float(np.clip(1 / beyond_chance, MIN_STRENGTH, MAX_STRENGTH)) if beyond_chance > 0 else MAX_STRENGTH


def _check(mix: LeadMix, n_people: int) -> None:
    usable = np.isfinite(mix.exposed).all() and bool((mix.won >= 0).all()) and bool((mix.won <= mix.exposed).all())
    if not usable or not bool(((mix.person >= 0) & (mix.person < n_people)).all()):
        message = "Successes must lie between 0 and the trials, for people who are scored."
        raise EngineError("resources.bad_scores", message, "mix")
