"""Splits the credit of a few deals between owners and team mates, and lets those who were offered a tier answer."""

from __future__ import annotations

from decimal import Decimal

from pacemark.web.accounts.models import User
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.models import Rep
from pacemark.web.organization.queries import members_on, organization
from pacemark.web.pipeline.queries.sales import deals_touching
from pacemark.web.results.choices import OfferState
from pacemark.web.results.jobs import work_out_the_quarter
from pacemark.web.results.models import CreditShare, TierOffer
from pacemark.web.results.queries.spans import quarter_around
from pacemark.web.results.services.credit import split_credit
from pacemark.web.results.services.offers import decide_offer

# One deal in so many is worked by two; a dozen tell the story.
EVERY_SO_MANY, N_SPLITS = 25, 12
SPLITS = ((Decimal(50), Decimal(50)), (Decimal(70), Decimal(30)), (Decimal("66.67"), Decimal("33.33")))
OPERATIONS = "ops"


def write_results() -> None:
    """Write it once; a second run changes nothing."""
    today = local_today(organization().time_zone)
    span = quarter_around(today)
    if not CreditShare.objects.exists():
        _split(User.objects.filter(username=OPERATIONS).first())
    work_out_the_quarter()
    for place, offer in enumerate(TierOffer.objects.filter(quarter_start=span.first).order_by("pk")):
        user = Rep.objects.select_related("user").get(pk=offer.rep_id).user
        if user is not None and offer.state == OfferState.OFFERED:
            state = OfferState.DECLINED if place % 3 == 2 else OfferState.ACCEPTED
            decide_offer(actor=user, offer_id=offer.pk, state=state, today=today)


def _split(actor: User | None) -> None:
    today = local_today(organization().time_zone)
    team_of = {member.rep_id: member.team_id for member in members_on(today)}
    mates: dict[int, list[int]] = {}
    for rep_id, team_id in team_of.items():
        mates.setdefault(team_id, []).append(rep_id)
    deals = list(deals_touching(quarter_around(today).first, today).filter(owner__in=team_of).order_by("external_id"))
    for place, deal in enumerate(deals[::EVERY_SO_MANY][:N_SPLITS]):
        owner = deal.owner_id or 0
        others = [rep_id for rep_id in mates[team_of[owner]] if rep_id != owner]
        if others:
            own, theirs = SPLITS[place % len(SPLITS)]
            parts = [(owner, own), (others[place % len(others)], theirs)]
            split_credit(actor=actor, deal_id=deal.pk, parts=parts)
