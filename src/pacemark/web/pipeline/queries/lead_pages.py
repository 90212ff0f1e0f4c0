"""Reading single leads: their history, a search, and which of a rep's to call next."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When

from pacemark.web.pipeline.choices import OpportunityState
from pacemark.web.pipeline.holding_models import ClaimDay, Holding, PoolEntry
from pacemark.web.pipeline.models import Call, Deal, Lead, Opportunity, Touch
from pacemark.web.pipeline.phones import last4_hash, normalized_phone, phone_hash

MAX_HISTORY, MAX_FOUND, LAST_DIGITS = 200, 50, 4
# A number with fewer digits than a land line has is no number anybody could know somebody by.
WHOLE_NUMBER_DIGITS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One line of a lead's history: when, of what kind, whose, and its value (seconds, a state, an amount)."""

    at: datetime | None
    on: date
    kind: str
    rep_id: int | None
    value: str


def lead_in_full(lead_id: int) -> Lead | None:
    """Return a lead with what its page shows of it."""
    return Lead.objects.select_related("segment", "source", "owner", "duplicate_of").filter(pk=lead_id).first()


def open_holding(lead_id: int) -> Holding | None:
    """Return who holds a lead and until when."""
    return Holding.objects.select_related("rep").filter(lead_id=lead_id, ended_at__isnull=True).first()


def pool_of(lead_id: int) -> PoolEntry | None:
    """Return where a lead lies that nobody holds."""
    return PoolEntry.objects.select_related("pool").filter(lead_id=lead_id, left_at__isnull=True).first()


def history_of_lead(lead_id: int) -> list[Moment]:
    """Return touches, calls, holdings, opportunities and deals of a lead, the latest first."""
    found = [
        *_calls(lead_id),
        *(
            Moment(at=at, on=at.date(), kind="touch", rep_id=rep, value=kind)
            for at, rep, kind in Touch.objects.filter(lead_id=lead_id).values_list("occurred_at", "rep_id", "kind")
        ),
        *_holdings(lead_id),
        *(
            Moment(at=at, on=at.date(), kind="opportunity", rep_id=rep, value=state)
            for at, rep, state in Opportunity.objects.filter(lead_id=lead_id)
            .exclude(state=OpportunityState.UNQUALIFIED)
            .values_list("opened_at", "owner_id", "state")
        ),
        *(
            Moment(at=None, on=day, kind="deal", rep_id=rep, value=str(minor) if minor is not None else "")
            for day, rep, minor in Deal.objects.filter(lead_id=lead_id).values_list(
                "signed_on", "owner_id", "amount_minor"
            )
        ),
    ]
    return sorted(found, key=_when, reverse=True)[:MAX_HISTORY]


def _when(moment: Moment) -> tuple[date, float]:
    return moment.on, moment.at.timestamp() if moment.at else float("inf")


def _calls(lead_id: int) -> list[Moment]:
    rows = Call.objects.filter(lead_id=lead_id).order_by("-occurred_at")
    columns = ("occurred_at", "business_date", "rep_id", "talk_seconds")
    return [
        Moment(at=at, on=day, kind="call", rep_id=rep, value=str(seconds))
        for at, day, rep, seconds in rows.values_list(*columns)[:MAX_HISTORY]
    ]


def _holdings(lead_id: int) -> list[Moment]:
    found = []
    columns = ("began_at", "began_on", "rep_id", "began_how", "ended_at", "ended_how")
    for began_at, began_on, rep, how, ended_at, ended_how in Holding.objects.filter(lead_id=lead_id).values_list(
        *columns
    ):
        found.append(Moment(at=began_at, on=began_on, kind="began", rep_id=rep, value=how))
        if ended_at is not None:
            found.append(Moment(at=ended_at, on=ended_at.date(), kind="ended", rep_id=rep, value=ended_how))
    return found


def find_leads(sought: str, rep_ids: frozenset[int] | None) -> list[Lead]:
    """Return live leads of the people in sight: by the last four digits, a whole number, a name, or an id."""
    words = sought.strip()
    if not words:
        return []
    # Said as a negation, SQLite reads names in the order of the table, not of the index of arrivals: half the time.
    rows = Lead.objects.select_related("segment", "owner").exclude(duplicate_of__isnull=False)
    if rep_ids is not None:
        rows = rows.filter(owner_id__in=rep_ids)
    matches = Q(external_id=words) | Q(name__icontains=words)
    if words.isdigit() and len(words) == LAST_DIGITS:
        matches |= Q(phone_last4_hash=last4_hash(words))
    if words.lstrip("#").isdigit() and len(words) < WHOLE_NUMBER_DIGITS + LAST_DIGITS:
        matches |= Q(pk=int(words.lstrip("#")))
    return list(rows.filter(matches).order_by(F("arrived_at").desc(nulls_last=True), "pk")[:MAX_FOUND])


def leads_of_number(sought: str, region: str) -> list[Lead]:
    """Return the live leads of a whole telephone number, whoever holds them: only who knows the number finds them."""
    number = normalized_phone(sought, region) if sum(map(str.isdigit, sought)) >= WHOLE_NUMBER_DIGITS else ""
    if not number:
        return []
    rows = Lead.objects.select_related("segment", "owner").filter(phone_hash=phone_hash(number))
    return list(rows.filter(duplicate_of__isnull=True).order_by("pk")[:MAX_FOUND])


def to_call_next(rep_id: int, now: datetime, today: date) -> QuerySet[Holding]:
    """Return a rep's leads by what to call first: what was promised for by now, those not reached yet, then by clock.

    What was promised for a later day comes last.
    """
    rows = Holding.objects.filter(rep_id=rep_id, ended_at__isnull=True).exclude(
        lead__opportunity__state=OpportunityState.WON
    )
    turn = Case(
        When(lead__next_contact_at__lte=now + timedelta(hours=1), then=Value(0)),
        When(lead__next_contact_at__gt=now, then=Value(3)),
        When(last_activity_on__isnull=True, is_locked=False, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    ordered = rows.annotate(turn=turn).order_by(
        "turn", "lead__next_contact_at", "is_locked", F("due_on").asc(nulls_last=True), "pk"
    )
    return ordered.select_related("lead", "lead__segment")


def claims_of(rep_ids: Collection[int] | None, today: date) -> list[tuple[int, int, int]]:
    """Return (rep, claims, looks) of everybody in sight who has been at the pool today."""
    rows = ClaimDay.objects.filter(day=today)
    if rep_ids is not None:
        rows = rows.filter(rep_id__in=rep_ids)
    return list(rows.order_by("-claims", "rep_id").values_list("rep_id", "claims", "views"))
