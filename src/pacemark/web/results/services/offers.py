"""The next tier: offered to whoever is done early, taken or left by them alone. Next quarter's base never moves."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from pacemark.web.accounts.models import User
from pacemark.web.goals.queries.quarters import quarter_board
from pacemark.web.jobs.registry import TIER_OFFERED
from pacemark.web.jobs.services import enqueue_on_commit
from pacemark.web.organization.choices import Role
from pacemark.web.results.bridge.climbing import climb_from
from pacemark.web.results.choices import OfferState
from pacemark.web.results.models import QuarterOutlook, TierOffer
from pacemark.web.results.queries.money import takings
from pacemark.web.results.queries.offers import Ladder, ladder_of
from pacemark.web.results.queries.spans import Span, neighbours, quarter_around, quarter_span
from pacemark.web.results.refusals import refuse
from pacemark.web.trail.services import record


@transaction.atomic
def offer_tiers(*, actor: User | None, span: Span) -> list[TierOffer]:
    """Offer the next rung to everyone who has reached the one they were asked, once for each rung.

    Only the lowest rung not reached is ever offered, and only while a working day is left to climb it.
    """
    if not span.is_running:
        return []
    net: dict[int, int] = {}
    for part in takings(span.first, span.last).placed:
        net[part.rep_id or 0] = net.get(part.rep_id or 0, 0) + part.net_minor
    made = set(TierOffer.objects.filter(quarter_start=span.first).values_list("rep_id", "tier"))
    offers = []
    for outlook in QuarterOutlook.objects.filter(quarter_start=span.first).order_by("rep_id"):
        found = _next(ladder_of(outlook), net.get(outlook.rep_id, 0))
        if found is None or (outlook.rep_id, found[0]) in made:
            continue
        offers.append(_offer(actor, outlook, found, net.get(outlook.rep_id, 0)))
    return offers


def _next(ladder: Ladder, net_minor: int) -> tuple[str, int] | None:
    """Return the name and amount of the rung to offer."""
    if ladder.role == Role.SETTER or not ladder.climber.days_left or not ladder.rungs:
        return None
    if net_minor < ladder.rungs[0].amount_minor:
        return None
    return next(((rung.name, rung.amount_minor) for rung in ladder.rungs if net_minor < rung.amount_minor), None)


def _offer(actor: User | None, outlook: QuarterOutlook, found: tuple[str, int], net_minor: int) -> TierOffer:
    ladder = ladder_of(outlook)
    offer = TierOffer.objects.create(
        rep_id=outlook.rep_id, quarter_start=outlook.quarter_start, tier=found[0], amount_minor=found[1],
        booked_minor=net_minor, offered_at=timezone.now(),
        content=climb_from(ladder.rungs, net_minor, ladder.climber, ladder.scale) or {},
    )  # fmt: skip
    changes = {"rep": offer.rep_id, "tier": offer.tier, "amount_minor": offer.amount_minor, **_base(offer)}
    record(actor=actor, action="results.tier_offered", subject=offer, changes=changes)
    enqueue_on_commit(TIER_OFFERED, offer_id=offer.pk)
    return offer


@transaction.atomic
def decide_offer(*, actor: User, offer_id: int, state: OfferState, today: date) -> TierOffer:
    """Take or leave an offer; one may think again while the quarter runs. The trail says that no base moves."""
    offer = TierOffer.objects.select_for_update().select_related("rep").get(pk=offer_id)
    if offer.rep.user_id != actor.pk:
        raise refuse("offer_not_yours", "Nobody takes or leaves an offer on somebody else's behalf.")
    if state not in {OfferState.ACCEPTED, OfferState.DECLINED}:
        raise refuse("offer_needs_answer", "An offer is accepted or declined.", "state")
    if not quarter_around(offer.quarter_start).first <= today <= quarter_around(offer.quarter_start).last:
        raise refuse("offer_over", "The quarter of this offer is over.")
    if offer.state == state:
        return offer
    changes = {"rep": offer.rep_id, "state": [offer.state, str(state)], "tier": offer.tier, **_base(offer)}
    offer.state, offer.decided_at = state, timezone.now()
    offer.save(update_fields=["state", "decided_at"])
    record(actor=actor, action=f"results.offer_{state}", subject=offer, changes=changes)
    return offer


def _base(offer: TierOffer) -> dict[str, object]:
    """Return what the trail says of the next quarter: what it asks stands as it stood, whatever is answered."""
    after = neighbours(quarter_around(offer.quarter_start))
    if after is None:
        return {}
    following = quarter_span(after[1])
    quarter = quarter_board([following.first], [offer.rep_id]).quarters[offer.rep_id, following.first]
    asked = quarter.sum_minor if quarter.amount_minor is None else quarter.amount_minor
    return {"next_quarter": following.label, "next_base_minor": asked, "next_base_moves": False}
