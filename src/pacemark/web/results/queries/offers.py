"""Reading ladders and offers; whose is an argument."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from pacemark.web.goals.queries.ladder import tier_labels
from pacemark.web.organization.choices import Role
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.queries import organization
from pacemark.web.results.bridge.climbing import TARGET, Climber, Rung, climb_from
from pacemark.web.results.choices import OfferState
from pacemark.web.results.models import QuarterOutlook, TierOffer
from pacemark.web.results.queries.money import takings
from pacemark.web.results.queries.spans import Span, quarter_around


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """A rep's ladder of a quarter as it was stored; ``scale`` is minor units in a major one."""

    rungs: tuple[Rung, ...]
    climber: Climber
    role: str
    scale: int
    as_of: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RungView:
    """One rung with its name, and whether it is reached, the next, or beyond."""

    name: str
    label: str
    amount_minor: int
    is_reached: bool
    is_next: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderView:
    """Where a rep stands on their ladder now, what the next rung takes, and the offer that stands."""

    rep_id: int
    quarter_start: date
    label: str
    as_of: date
    net_minor: int
    rungs: tuple[RungView, ...]
    next_label: str
    next_minor: int | None
    answer: dict[str, Any] | None
    offer: TierOffer | None
    works_by_talks: bool
    days_left: int
    n_open: int
    scale: int
    win_rate: float
    deal_value_minor: int
    open_share: float
    new_share: float

    @property
    def pipeline_minor(self) -> int:
        """New pipeline still to make."""
        return round(float((self.answer or {}).get("new_pipeline") or 0) * self.scale)

    @property
    def opportunities(self) -> int:
        """New opportunities still to open, whole ones; the share of one counts as one."""
        return math.ceil(float((self.answer or {}).get("opportunities") or 0))


def ladder_of(outlook: QuarterOutlook) -> Ladder:
    """Return a stored ladder."""
    stored = outlook.ladder
    return Ladder(
        rungs=tuple(Rung(name=name, amount_minor=amount) for name, amount in stored["rungs"]),
        climber=Climber.from_json(stored["climber"]),
        role=stored["role"],
        scale=stored["scale"],
        as_of=outlook.as_of,
    )


def ladder_view(span: Span, rep_id: int, net_minor: int, target_label: str) -> LadderView | None:
    """Return one rep's ladder of a quarter; None for setters, and where it has not been worked out."""
    outlook = QuarterOutlook.objects.filter(rep_id=rep_id, quarter_start=span.first).first()
    if outlook is None or outlook.ladder.get("role") == Role.SETTER or not outlook.ladder.get("rungs"):
        return None
    ladder, labels = ladder_of(outlook), {**tier_labels(), TARGET: target_label}
    following = next((rung for rung in ladder.rungs if net_minor < rung.amount_minor), None)
    climber = ladder.climber
    return LadderView(
        rep_id=rep_id,
        quarter_start=span.first,
        label=span.label,
        as_of=ladder.as_of,
        net_minor=net_minor,
        rungs=tuple(
            RungView(
                name=rung.name, label=labels[rung.name], amount_minor=rung.amount_minor,
                is_reached=net_minor >= rung.amount_minor, is_next=rung is following,
            )
            for rung in ladder.rungs
        ),
        next_label=labels[following.name] if following else "",
        next_minor=following.amount_minor if following else None,
        answer=climb_from(ladder.rungs, net_minor, climber, ladder.scale),
        offer=_standing(span, rep_id, following.name if following else ""),
        works_by_talks=ladder.role != Role.CLOSER,
        days_left=climber.days_left,
        n_open=climber.open_opportunities,
        win_rate=climber.win_a / (climber.win_a + climber.win_b),
        deal_value_minor=round(climber.deal_value * ladder.scale),
        open_share=climber.open_share,
        new_share=climber.new_share,
        scale=ladder.scale,
    )  # fmt: skip


def ladder_now(rep_id: int, target_label: str) -> LadderView | None:
    """Return a rep's ladder of the running quarter with what is booked by this moment."""
    span = quarter_around(local_today(organization().time_zone))
    if not QuarterOutlook.objects.filter(rep_id=rep_id, quarter_start=span.first).exists():
        return None
    parts = takings(span.first, span.last, frozenset({rep_id})).placed
    return ladder_view(span, rep_id, sum(part.net_minor for part in parts), target_label)


def _standing(span: Span, rep_id: int, tier: str) -> TierOffer | None:
    return TierOffer.objects.filter(rep_id=rep_id, quarter_start=span.first, tier=tier).first()


def offers_of(span: Span, rep_ids: Collection[int] | None) -> list[TierOffer]:
    """Return the offers of a quarter, those that wait for an answer first."""
    rows = TierOffer.objects.filter(quarter_start=span.first).select_related("rep")
    if rep_ids is not None:
        rows = rows.filter(rep_id__in=rep_ids)
    return sorted(rows, key=lambda offer: (offer.state != OfferState.OFFERED, offer.offered_at, offer.pk))
