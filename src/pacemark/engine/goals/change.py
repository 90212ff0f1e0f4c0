"""Why a day's number is not yesterday's: the difference shared among its causes, exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations
from math import comb
from typing import Any

from pacemark.engine.goals.chain import ChainInputs
from pacemark.engine.goals.work_back import work_back

# Each cause with the inputs that it is made of; the share of new wins that still close in time falls with the days.
CAUSES: Mapping[str, tuple[str, ...]] = {
    "target": ("target", "opportunities_target"),
    "booked": ("booked",),
    "pipeline": ("direct_opportunities",),
    "rates": ("pipeline_conversion", "win_rate", "deal_value", "expected_amount", "rates"),
    "days": ("closing_share",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DayNeed:
    """What one day's number was worked out from.

    Parameters
    ----------
    chain : ChainInputs
        Target, booked, conversion, values and rates of that day; ``open_pipeline`` left at 0.
    expected_from_open : Fraction
        Money that the open pipeline was expected to bring inside the period.
    share : Fraction
        The day's part of the work that was left, 0 to 1: 1 / days left, or by the weekday profile.
    """

    chain: ChainInputs
    expected_from_open: Fraction
    share: Fraction


def explain_change(before: DayNeed, after: DayNeed) -> Mapping[str, Fraction] | None:
    """Share the change of a day's number among its causes.

    Parameters
    ----------
    before, after : DayNeed
        Two days of the same person.

    Returns
    -------
    mapping of str to Fraction, or None
        By cause, in the order of ``CAUSES``; they add up exactly to the number after less the number before. The number
        is dials, for a closer opportunities. None where a rate of zero makes either impossible to compute.

    Notes
    -----
    Shapley: the mean effect of a cause over all orders in which the causes could have changed.

    References
    ----------
    .. [1] L. S. Shapley, "A value for n-person games", 1953.

    Examples
    --------
    >>> chain = ChainInputs(role="closer", target=Fraction(100), deal_value=Fraction(10), expected_amount=Fraction(10),
    ...     win_rate=Fraction(1, 2))
    >>> old = DayNeed(chain=chain, expected_from_open=Fraction(0), share=Fraction(1, 10))
    >>> new = replace(old, chain=replace(chain, booked=Fraction(50)), share=Fraction(1, 5))
    >>> {cause: str(part) for cause, part in (explain_change(old, new) or {}).items() if part}
    {'booked': '-3/2', 'days': '3/2'}
    """
    moved = [cause for cause in CAUSES if _part(before, cause) != _part(after, cause)]
    values = {
        some: _number(_mixed(before, after, some))
        for size in range(len(moved) + 1)
        for some in combinations(moved, size)
    }
    if any(value is None for value in values.values()):
        return None
    known = {some: value or Fraction(0) for some, value in values.items()}
    return {cause: _shapley(cause, moved, known) if cause in moved else Fraction(0) for cause in CAUSES}


def _shapley(cause: str, moved: list[str], values: Mapping[tuple[str, ...], Fraction]) -> Fraction:
    total = Fraction(0)
    for some, value in values.items():
        if cause not in some:
            weight = Fraction(1, len(moved) * comb(len(moved) - 1, len(some)))
            joined = tuple(name for name in moved if name in some or name == cause)
            total += weight * (values[joined] - value)
    return total


def _part(need: DayNeed, cause: str) -> tuple[Any, ...]:
    return (*(getattr(need.chain, name) for name in CAUSES[cause]), *(getattr(need, name) for name in _OWN[cause]))


_OWN: Mapping[str, tuple[str, ...]] = {
    "target": (),
    "booked": (),
    "pipeline": ("expected_from_open",),
    "rates": (),
    "days": ("share",),
}


def _mixed(before: DayNeed, after: DayNeed, causes: tuple[str, ...]) -> DayNeed:
    """Return the day before with some causes as they are after."""
    chain = {name: getattr(after.chain, name) for cause in causes for name in CAUSES[cause]}
    own = {name: getattr(after, name) for cause in causes for name in _OWN[cause]}
    return replace(before, chain=replace(before.chain, **chain), **own)


def _number(need: DayNeed) -> Fraction | None:
    there = need.chain.booked + (need.expected_from_open if need.chain.opportunities_target is None else 0)
    values = work_back(replace(need.chain, booked=there)).values
    work = values["opportunities" if need.chain.role == "closer" else "dials"]
    return None if work is None else work * need.share
