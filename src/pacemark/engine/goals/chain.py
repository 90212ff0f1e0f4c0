"""The values of a chain: what it is worked back from, its numbers, its steps, and why one is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

Role = Literal["full_cycle", "setter", "closer"]
ROLES: tuple[Role, ...] = ("full_cycle", "setter", "closer")
WORK_STAGES = ("opportunities", "deep_talks", "connects", "dials")
# Each rate with the stage it leads from and the stage it leads to, from the result backwards.
WORK_RATES = {
    "opportunity_per_deep_talk": ("deep_talks", "opportunities"),
    "deep_talk_per_connect": ("connects", "deep_talks"),
    "connect_per_dial": ("dials", "connects"),
}
AMOUNTS = frozenset({"deal_value", "expected_amount", "open_pipeline"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a number is not there.

    Parameters
    ----------
    code : str
        Stable: ``goals.rate_is_zero``, ``goals.rate_unknown``, ``goals.amount_is_zero``, ``goals.amount_unknown``,
        ``goals.not_in_role``, ``goals.no_days_left``, ``goals.no_day_completed``.
    message : str
        One plain English sentence.
    field : str or None
        The input that caused it.
    """

    code: str
    message: str
    field: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of "see the maths".

    Parameters
    ----------
    stage : str
        What is computed.
    code : str
        Stable code of the formula, ``goals.step.STAGE`` or a variant of it; the web words it.
    formula : str
        The formula in identifiers, for example ``pipeline / expected_amount``.
    inputs : mapping of str to Fraction or None
        The numbers that stand in it.
    result : Fraction or None
        Exact; None when it cannot be computed.
    """

    stage: str
    code: str
    formula: str
    inputs: Mapping[str, Fraction | None]
    result: Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainInputs:
    """What a chain is worked back from. Money is in one unit throughout; None means unknown.

    Parameters
    ----------
    role : {"full_cycle", "setter", "closer"}
        A setter's chain ends at opportunities sourced, a closer's starts at opportunities owned.
    target : Fraction or None
        Money to reach; None for a setter whose target is a number of opportunities.
    opportunities_target : Fraction or None
        For a setter: opportunities to source, in place of ``target``.
    booked : Fraction
        What is there already, in the unit of the target.
    pipeline_conversion : Fraction or None
        Won amount / pipeline created, 0 to 1. None with a ``win_rate``: computed by the identity.
    win_rate : Fraction or None
        Opportunities won / opportunities, 0 to 1.
    deal_value, expected_amount : Fraction or None
        Mean won amount per deal; mean expected amount per opportunity.
    closing_share : Fraction
        Part of the conversion of new pipeline that lands inside the period, 0 to 1.
    open_pipeline : Fraction
        Pipeline open at the start, in money.
    open_closing_share : Fraction
        Part of the conversion of the open pipeline that lands inside the period, 0 to 1.
    direct_opportunities : Fraction
        Opportunities expected without a deep talk before them.
    rates : mapping of str to Fraction or None
        The three rates of ``WORK_RATES``, 0 to 1; empty for a closer.
    """

    role: Role = "full_cycle"
    target: Fraction | None = None
    opportunities_target: Fraction | None = None
    booked: Fraction = Fraction(0)
    pipeline_conversion: Fraction | None = None
    win_rate: Fraction | None = None
    deal_value: Fraction | None = None
    expected_amount: Fraction | None = None
    closing_share: Fraction = Fraction(1)
    open_pipeline: Fraction = Fraction(0)
    open_closing_share: Fraction = Fraction(1)
    direct_opportunities: Fraction = Fraction(0)
    rates: Mapping[str, Fraction | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkSpan:
    """The time there is for the work.

    Parameters
    ----------
    days : Fraction
        Working days left, ``>= 0``; half days count as halves.
    days_per_week : Fraction
        Working days in an ordinary week, above 0.
    capacity_dials_per_day : Fraction or None
        Dials that fit into one working day; None for unknown.
    """

    days: Fraction
    days_per_week: Fraction = Fraction(5)
    capacity_dials_per_day: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The chain for what is still missing; every number exact.

    Parameters
    ----------
    values : mapping of str to Fraction or None
        ``pipeline_conversion``, ``expected_from_pipeline``, ``gap``, ``pipeline``, ``deals`` and the ``WORK_STAGES``.
    reasons : mapping of str to Reason
        One for every None among the values.
    steps : tuple of Step
        In the order they were computed.
    """

    values: Mapping[str, Fraction | None]
    reasons: Mapping[str, Reason]
    steps: tuple[Step, ...]


def lacking(name: str, value: Fraction | None) -> Reason:
    """Say why nothing can be divided by an input.

    Parameters
    ----------
    name : str
        The input: a rate or an amount.
    value : Fraction or None
        Zero, or None for unknown.

    Returns
    -------
    Reason
        ``goals.rate_is_zero``, ``goals.rate_unknown``, ``goals.amount_is_zero`` or ``goals.amount_unknown``.
    """
    kind = "amount" if name in AMOUNTS else "rate"
    path = f"rates.{name}" if name in WORK_RATES else name
    if value is None:
        message = f"{path} is not known, so this cannot be computed."
        return Reason(code=f"goals.{kind}_unknown", message=message, field=path)
    message = f"{path} is zero, so no number of attempts would be enough."
    return Reason(code=f"goals.{kind}_is_zero", message=message, field=path)
