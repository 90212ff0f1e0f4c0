"""The next tier in sight: how far it is, what the chance is with what stands open, and the work it takes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from pacemark.engine.attain import MAX_OPPORTUNITIES, WinRate, chance_of_deals, opportunities_for
from pacemark.engine.errors import EngineError

DEFAULT_CONFIDENCE = Fraction(4, 5)
_NEEDED = ("deals_needed", "probability", "opportunities_needed", "probability_then")
_CHAIN = ("new_pipeline", "opportunities", "deep_talks", "deep_talks_per_day")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a person stands on the day of the offer.

    Parameters
    ----------
    booked : Fraction
        Revenue of the period so far, any one money unit, ``>= 0``.
    open_opportunities : int
        Opportunities open now, ``>= 0``.
    rate : WinRate
        Win rate, known or estimated, with the share of wins that land inside the period.
    deal_value : Fraction
        Expected value of a deal, ``>= 0``.
    expected_amount : Fraction
        Mean expected amount of an opportunity, ``>= 0``; the deal value where nothing else is known.
    opportunity_per_deep_talk : Fraction
        Rate, 0–1.
    exact_rate : Fraction
        The win rate's mean as it was given, so that a chain of tenths stays one.
    exact_share : Fraction
        The closing share as it was given.
    days_left : Fraction
        Working days left, ``>= 0``.
    """

    booked: Fraction
    open_opportunities: int
    rate: WinRate
    deal_value: Fraction
    expected_amount: Fraction
    opportunity_per_deep_talk: Fraction
    exact_rate: Fraction
    exact_share: Fraction
    days_left: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Climb:
    """What a tier takes from where a person stands; None for what there is not, with its reason.

    Parameters
    ----------
    next_tier : Fraction or None
        The lowest tier not reached yet; None past the last.
    aim : Fraction or None
        The tier that the numbers are for: the next, or a higher one that was asked for.
    is_offered : bool
        Whether the aim may be offered today: the first tier is reached, and the aim is the next one.
    numbers : mapping of str to Fraction, int, float or None
        ``deals_needed``; ``probability`` of them with what stands open; ``opportunities_needed`` in hand for the
        confidence and ``probability_then``; ``expected_from_open`` (money); ``new_pipeline``, ``opportunities``,
        ``deep_talks`` and ``deep_talks_per_day`` still to make.
    reasons : mapping of str to EngineError
        Why a number is None: code ``results.…`` and the input at fault.
    """

    next_tier: Fraction | None
    aim: Fraction | None
    is_offered: bool
    numbers: Mapping[str, Fraction | int | float | None]
    reasons: Mapping[str, EngineError] = field(default_factory=dict)


def check_tiers(tiers: Sequence[Fraction]) -> None:
    """Refuse tiers that are no ladder.

    Parameters
    ----------
    tiers : sequence of Fraction
        Amounts of the tiers.

    Raises
    ------
    EngineError
        ``results.no_tiers``, or ``results.tiers_not_rising`` with the place.
    """
    if not tiers:
        raise EngineError("results.no_tiers", "A ladder needs at least one tier.", "tiers")
    for place in range(1, len(tiers)):
        if tiers[place] <= tiers[place - 1]:
            message = "Every tier must be above the one before it."
            raise EngineError("results.tiers_not_rising", message, f"tiers.{place}")


def next_tier(tiers: Sequence[Fraction], booked: Fraction) -> Fraction | None:
    """Find the lowest tier that is not reached yet.

    Parameters
    ----------
    tiers : sequence of Fraction
        Rising amounts.
    booked : Fraction
        Revenue so far, in the same unit.

    Returns
    -------
    Fraction or None
        None past the last tier. A tier is reached at exactly its amount.

    Raises
    ------
    EngineError
        As `check_tiers`.

    Examples
    --------
    >>> next_tier([Fraction(30000), Fraction(36000), Fraction(45000)], Fraction(30000))
    Fraction(36000, 1)
    """
    check_tiers(tiers)
    return next((tier for tier in tiers if booked < tier), None)


def climb(
    tiers: Sequence[Fraction],
    standing: Standing,
    *,
    aim: Fraction | None = None,
    confidence: Fraction = DEFAULT_CONFIDENCE,
) -> Climb:
    """Say what the next tier takes, or a higher one that is asked about.

    Parameters
    ----------
    tiers : sequence of Fraction
        Rising amounts, in the unit of ``booked``.
    standing : Standing
        Where the person stands.
    aim : Fraction, optional
        One of ``tiers``; default the next. A tier above the next is answered, but never offered.
    confidence : Fraction, default 4/5
        For ``opportunities_needed``, strictly between 0 and 1.

    Returns
    -------
    Climb
        Exact but for the probabilities; nothing but None past the last tier.

    Raises
    ------
    EngineError
        As `check_tiers`; ``results.aim_is_no_tier``.

    Notes
    -----
    1. missing = aim − booked; deals = ⌈missing / deal value⌉. 2. probability = P(at least so many of the open
    opportunities are won and land inside the period), binomial, or beta-binomial for an estimated rate. 3. gap =
    max(0, missing − open × rate × closing share × deal value); opportunities = gap / (rate × closing share × deal
    value), new pipeline = opportunities × expected amount, deep talks = opportunities / opportunity per deep talk, per
    day over the days left: the mean chain, a coin flip by itself. 4. Beside it the fewest opportunities in hand
    that reach the deals with the confidence.

    References
    ----------
    .. [1] T. J. Steenburgh and M. Ahearne, "Motivating salespeople: what really works", Harvard Business Review, 2012.

    Examples
    --------
    >>> where = Standing(
    ...     booked=Fraction(30000), open_opportunities=25, rate=WinRate(mean=0.2), deal_value=Fraction(3000),
    ...     expected_amount=Fraction(3000), opportunity_per_deep_talk=Fraction(1, 4), exact_rate=Fraction(1, 5),
    ...     exact_share=Fraction(1), days_left=Fraction(7),
    ... )
    >>> found = climb([Fraction(30000), Fraction(36000)], where)
    >>> found.numbers["deals_needed"], round(found.numbers["probability"], 4)
    (2, 0.9726)
    """
    following = next_tier(tiers, standing.booked)
    if aim is not None and aim not in tiers:
        raise EngineError("results.aim_is_no_tier", "The aim must be one of the tiers.", "aim")
    target = following if aim is None else aim
    if target is None:
        message = "Every tier of this ladder has been reached."
        past = EngineError("results.past_last_tier", message, "booked")
        numbers = dict.fromkeys([*_NEEDED, "expected_from_open", *_CHAIN])
        return Climb(next_tier=None, aim=None, is_offered=False, numbers=numbers, reasons={"next": past})
    sheet = _Sheet()
    missing = max(target - standing.booked, Fraction(0))
    _odds(sheet, standing, missing, confidence)
    _work(sheet, standing, missing)
    is_offered = target == following and standing.booked >= tiers[0]
    return Climb(next_tier=following, aim=target, is_offered=is_offered, numbers=sheet.numbers, reasons=sheet.reasons)


class _Sheet:
    """Numbers as they are found, and why one is missing."""

    def __init__(self) -> None:
        self.numbers: dict[str, Fraction | int | float | None] = {}
        self.reasons: dict[str, EngineError] = {}

    def lack(self, names: Sequence[str], reason: EngineError) -> None:
        for name in names:
            self.numbers[name] = None
            self.reasons[name] = reason


def _odds(sheet: _Sheet, standing: Standing, missing: Fraction, confidence: Fraction) -> None:
    if missing > 0 and standing.deal_value == 0:
        sheet.lack(_NEEDED, _zero("amount_is_zero", "deal_value"))
        return
    needed = math.ceil(missing / standing.deal_value) if missing > 0 else 0
    if needed > MAX_OPPORTUNITIES:
        sheet.lack(_NEEDED, EngineError("results.out_of_reach", "More deals than anyone can make.", "deal_value"))
        return
    sheet.numbers["deals_needed"] = needed
    sheet.numbers["probability"] = chance_of_deals(needed, standing.open_opportunities, standing.rate)
    try:
        enough = opportunities_for(needed, float(confidence), standing.rate)
    except EngineError as error:
        code, where = f"results.{error.code.partition('.')[2]}", _zero_input(standing)
        sheet.lack(_NEEDED[2:], EngineError(code, error.message, where))
        return
    sheet.numbers["opportunities_needed"] = enough
    sheet.numbers["probability_then"] = chance_of_deals(needed, enough, standing.rate)


def _work(sheet: _Sheet, standing: Standing, missing: Fraction) -> None:
    worth = standing.exact_rate * standing.exact_share * standing.deal_value
    expected = standing.open_opportunities * worth
    sheet.numbers["expected_from_open"] = expected
    gap = max(missing - expected, Fraction(0))
    if gap and not worth:
        where = "deal_value" if standing.deal_value == 0 else _zero_input(standing)
        sheet.lack(_CHAIN, _zero("amount_is_zero" if where == "deal_value" else "rate_is_zero", where))
        return
    opportunities = gap / worth if gap else Fraction(0)
    sheet.numbers["new_pipeline"] = opportunities * standing.expected_amount
    sheet.numbers["opportunities"] = opportunities
    if opportunities and not standing.opportunity_per_deep_talk:
        sheet.lack(_CHAIN[2:], _zero("rate_is_zero", "opportunity_per_deep_talk"))
        return
    deep_talks = opportunities / standing.opportunity_per_deep_talk if opportunities else Fraction(0)
    sheet.numbers["deep_talks"] = deep_talks
    if deep_talks and not standing.days_left:
        sheet.lack(_CHAIN[3:], EngineError("results.no_days_left", "No working day is left.", "day"))
        return
    sheet.numbers["deep_talks_per_day"] = deep_talks / standing.days_left if deep_talks else Fraction(0)


def _zero_input(standing: Standing) -> str:
    return "rate" if standing.exact_rate == 0 else "closing_share" if standing.exact_share == 0 else "rate"


def _zero(code: str, where: str) -> EngineError:
    return EngineError(f"results.{code}", f"With {where} at 0 this cannot be computed.", where)


def climb_answer(found: Climb) -> dict[str, Any]:
    """Lay a climb out as the calculator answers it.

    Parameters
    ----------
    found : Climb
        From `climb`.

    Returns
    -------
    dict
        ``next``, ``aim``, ``offered``, the numbers (probabilities with four decimals; ``deep_talks_per_day`` as
        ``{"exact", "rounded"}``, rounded up), and ``reasons``.
    """
    numbers = dict(found.numbers)
    for name in ("probability", "probability_then"):
        chance = numbers[name]
        numbers[name] = None if chance is None else round(float(chance), 4)
    per_day = numbers.pop("deep_talks_per_day")
    exact = Fraction(per_day) if per_day is not None else None
    return {
        "next": found.next_tier,
        "aim": found.aim,
        "offered": found.is_offered,
        **numbers,
        "deep_talks_per_day": {"exact": exact, "rounded": None if exact is None else math.ceil(exact)},
        "reasons": {name: reason.as_dict() for name, reason in found.reasons.items()},
    }
