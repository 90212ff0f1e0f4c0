"""From where a rep stands in a quarter to the ladder's answer: the target, then the tiers above it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from pacemark.engine.attain import WinRate
from pacemark.engine.goals.plan_inputs import PlanInputs
from pacemark.engine.results.ladder import Standing, climb, climb_answer
from pacemark.web.goals.choices import Tier

TARGET = "target"
# More digits than a rate is known to; a stored rate reads back as it was.
_RATE_DIGITS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One amount of a quarter's ladder; ``name`` is ``target`` or a tier."""

    name: str
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Climber:
    """What is known of a rep on a day of the quarter; amounts in major units.

    ``open_share`` is the share of wins among what stands open now that land inside the quarter, ``new_share`` among
    what is opened from now on.
    """

    open_opportunities: int
    win_a: float
    win_b: float
    deal_value: float
    expected_amount: float
    opportunity_per_deep_talk: float
    open_share: float
    new_share: float
    days_left: int

    def as_json(self) -> dict[str, float]:
        """Return what is stored."""
        return {name: round(value, _RATE_DIGITS) for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Climber:
        """Return what was stored."""
        return cls(**stored)


def rungs_of(target_minor: int | None, tiers_minor: Mapping[Tier, int]) -> tuple[Rung, ...]:
    """Return a rep's ladder: their target, then every tier above it; without a target the tiers alone.

    Nobody is offered a tier below what they were asked anyhow.
    """
    rungs = [Rung(name=TARGET, amount_minor=target_minor)] if target_minor else []
    for tier in Tier:
        amount = tiers_minor.get(tier)
        if amount and (not rungs or amount > rungs[-1].amount_minor):
            rungs.append(Rung(name=tier.value, amount_minor=amount))
    return tuple(rungs)


def climbers_of(inputs: PlanInputs, days_left: Sequence[int]) -> list[Climber]:
    """Return everyone's climber from what is left of the quarter."""
    win = inputs.win_rate.mean
    open_share = np.divide(inputs.open_chance, win, out=np.zeros(len(win)), where=win > 0)
    value = inputs.deal_value.mean
    talk = inputs.opportunity_per_deep_talk.mean
    return [
        Climber(
            open_opportunities=int(inputs.open_count[place]),
            win_a=float(inputs.win_rate.a[place]),
            win_b=float(inputs.win_rate.b[place]),
            deal_value=float(value[place]),
            expected_amount=float(inputs.expected_amount[place]),
            opportunity_per_deep_talk=float(talk[place]),
            open_share=float(min(open_share[place], 1.0)),
            new_share=float(inputs.closing_share[place]),
            days_left=days_left[place],
        )
        for place in range(len(win))
    ]


def climb_from(rungs: Sequence[Rung], booked_minor: int, climber: Climber, scale: int) -> dict[str, Any] | None:
    """Return what the next rung takes, as the calculator's ``ladder`` answers; None past the last or without a ladder.

    The odds are those of what stands open; the work is for what that is not expected to bring, by opportunities opened
    from now on, of which fewer close in time.
    """
    amounts, booked = [Fraction(rung.amount_minor, scale) for rung in rungs], Fraction(booked_minor, scale)
    if not amounts or booked >= amounts[-1]:
        return None
    odds = climb(amounts, _standing(climber, booked, climber.open_opportunities, climber.open_share))
    aim = odds.aim or amounts[-1]
    brought = min(booked + Fraction(odds.numbers["expected_from_open"] or 0), aim)
    work = climb(amounts, _standing(climber, brought, 0, climber.new_share), aim=aim)
    answer, of_work = climb_answer(odds), climb_answer(work)
    answer |= {name: of_work[name] for name in ("new_pipeline", "opportunities", "deep_talks", "deep_talks_per_day")}
    per_day = answer["deep_talks_per_day"]
    answer["deep_talks_per_day"] = {"exact": _number(per_day["exact"]), "rounded": per_day["rounded"]}
    del answer["reasons"]
    return {name: _number(value) if isinstance(value, Fraction) else value for name, value in answer.items()}


def _number(value: Fraction | None) -> float | None:
    return None if value is None else round(float(value), _RATE_DIGITS)


def _standing(climber: Climber, booked: Fraction, n_open: int, share: float) -> Standing:
    mean = climber.win_a / (climber.win_a + climber.win_b)
    return Standing(
        booked=booked,
        open_opportunities=n_open,
        rate=WinRate(mean=mean, a=climber.win_a, b=climber.win_b, closing_share=share),
        deal_value=_exact(climber.deal_value),
        expected_amount=_exact(climber.expected_amount),
        opportunity_per_deep_talk=_exact(climber.opportunity_per_deep_talk),
        exact_rate=_exact(mean),
        exact_share=_exact(share),
        days_left=Fraction(climber.days_left),
    )


def _exact(value: float) -> Fraction:
    return Fraction(str(round(value, _RATE_DIGITS)))
