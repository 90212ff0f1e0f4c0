"""Who worked a lead first: the person its outcome is counted for, whoever has it now."""

from __future__ import annotations

from django.db.models import BigIntegerField, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from pacemark.web.pipeline.holding_models import Holding
from pacemark.web.pipeline.models import Call


def first_worker(lead: str = "") -> Coalesce:
    """Return the rep who held a lead first; of leads that came by import the first caller, else the owner.

    A lead that was recycled has another owner, or none: counted by owner, whoever lets go of what does not sell would
    have no failures left. ``lead`` is the way from the rows asked to the lead, such as ``lead__``.
    """
    at = OuterRef(f"{lead}pk")
    held = Holding.objects.filter(lead_id=at).order_by("began_at", "pk").values("rep_id")[:1]
    called = Call.objects.filter(lead_id=at, rep__isnull=False).order_by("occurred_at", "pk").values("rep_id")[:1]
    return Coalesce(Subquery(held), Subquery(called), F(f"{lead}owner_id"), output_field=BigIntegerField())


def came_of(opportunity: str, lead: str, worker: OuterRef | F) -> Q:
    """Return what picks opportunities that came of that person's work: not what a later owner made of the lead.

    ``opportunity`` and ``lead`` are the ways from the rows asked.
    """
    mine = Q(**{f"{opportunity}owner_id": worker}) | Q(**{f"{opportunity}sourced_by_id": worker})
    return mine | Q(**{f"{lead}owner_id": worker})
