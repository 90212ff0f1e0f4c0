"""Splitting a deal's credit. Atomic, attributed, with a trail; the deal itself and its facts stay as they are."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction

from pacemark.web.accounts.models import User
from pacemark.web.jobs.registry import RESULTS_CHANGED
from pacemark.web.jobs.services import enqueue_unless_waiting
from pacemark.web.organization.models import Rep
from pacemark.web.pipeline.models import Deal
from pacemark.web.results.bridge.credit import WHOLE_BP
from pacemark.web.results.models import CreditShare
from pacemark.web.results.refusals import refuse
from pacemark.web.trail.services import record

MOST_SHARERS = 20
_BP_PER_PERCENT = 100


@transaction.atomic
def split_credit(*, actor: User | None, deal_id: int, parts: Sequence[tuple[int, Decimal]]) -> list[CreditShare]:
    """Credit reps with parts of a deal, in percent, that make exactly 100 together; no parts give it to its owner.

    The last split holds; what stood before is on the trail. Splitting as it stands already changes nothing.
    """
    deal = Deal.objects.select_for_update().get(pk=deal_id)
    wanted = _checked(parts)
    standing = dict(CreditShare.objects.filter(deal=deal).values_list("rep_id", "share_bp"))
    if wanted == standing:
        return list(CreditShare.objects.filter(deal=deal).order_by("rep_id"))
    CreditShare.objects.filter(deal=deal).delete()
    rows = CreditShare.objects.bulk_create(
        [
            CreditShare(deal=deal, rep_id=rep_id, share_bp=share, set_by=actor)
            for rep_id, share in sorted(wanted.items())
        ]
    )
    changes = {"owner": deal.owner_id, "before_bp": _ids(standing), "after_bp": _ids(wanted)}
    record(actor=actor, action="results.credit_split", subject=deal, changes=changes)
    enqueue_unless_waiting(RESULTS_CHANGED)
    return rows


def _checked(parts: Sequence[tuple[int, Decimal]]) -> dict[int, int]:
    wanted: dict[int, int] = {}
    for rep_id, percent in parts:
        share = percent * _BP_PER_PERCENT
        if percent <= 0:
            raise refuse("negative", "Every part must be above zero.", "share")
        if share != share.to_integral_value():
            raise refuse("credit_too_fine", "A part has at most two decimal places.", "share")
        if rep_id in wanted:
            raise refuse("credited_twice", "A person stands in a deal's credit twice.", "rep")
        wanted[rep_id] = int(share)
    if wanted and sum(wanted.values()) != WHOLE_BP:
        raise refuse("credit_not_whole", "The shares of a deal's credit must be exactly 100 % in all.", "share")
    if len(wanted) > MOST_SHARERS:
        raise refuse("too_many_sharers", f"A deal is shared by at most {MOST_SHARERS} people.", "rep")
    if Rep.objects.filter(pk__in=wanted).count() != len(wanted):
        raise refuse("unknown_rep", "One of the people is not known.", "rep")
    return wanted


def _ids(shares: dict[int, int]) -> dict[str, int]:
    return {str(rep_id): share for rep_id, share in sorted(shares.items())}
