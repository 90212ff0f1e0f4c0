"""The composite score: actual against what the same leads give others, shrunk, weighted; 1 is as others do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from pacemark.engine.errors import EngineError

TOTAL_WEIGHT = 100
STRENGTH = Fraction(5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One metric of a score.

    Parameters
    ----------
    code : str
        The metric.
    actual : int
        Successes.
    n : int
        Trials they came from.
    expected : Fraction
        Successes that the same mix of leads gives the average person.
    weight : int
        Weight, of a total of 100.
    strength : Fraction
        Expected successes that others' record weighs as much as (see `expectation_of`).
    """

    code: str
    actual: int
    n: int
    expected: Fraction
    weight: int
    strength: Fraction = STRENGTH

    @property
    def ratio(self) -> Fraction:
        """Actual against expected, shrunk to 1 as if ``strength`` expected successes had come as expected."""
        return (self.actual + self.strength) / (self.expected + self.strength)

    @property
    def points(self) -> Fraction:
        """What the metric adds to the score."""
        return self.weight * self.ratio / TOTAL_WEIGHT


def composite(parts: Sequence[Part], min_trials: int = 0) -> Fraction | None:
    """Return the composite score of one rep or team.

    Parameters
    ----------
    parts : sequence of Part
        Every metric with its weight.
    min_trials : int, default 0
        With fewer trials in all, nothing is said.

    Returns
    -------
    Fraction or None
        Weighted mean of the shrunk ratios, ``>= 0``, 1 for whoever does with these leads what others do with the same
        leads; None for a newcomer without enough data.

    Raises
    ------
    EngineError
        ``resources.weights_not_hundred``, ``resources.bad_scores`` where a count is negative.

    Notes
    -----
    Comparing with the same mix keeps good leads from proving their owner good: whoever is given better leads is also
    expected to win more. Shrinking is that of a gamma prior with mean 1 on a Poisson rate ratio.

    References
    ----------
    .. [1] D. Clayton and J. Kaldor, "Empirical Bayes estimates of age-standardized relative risks", 1987.

    Examples
    --------
    >>> composite([Part(code="win_rate", actual=10, n=50, expected=Fraction(5), weight=100)])
    Fraction(3, 2)
    """
    if sum(part.weight for part in parts) != TOTAL_WEIGHT:
        raise EngineError("resources.weights_not_hundred", "The weights of a score must total 100.", "weights")
    if any(min(part.actual, part.n, part.weight) < 0 or part.expected < 0 for part in parts):
        raise EngineError("resources.bad_scores", "Counts and weights must not be negative.", "parts")
    if sum(part.n for part in parts) < min_trials:
        return None
    return sum((part.points for part in parts), Fraction(0))
