"""Leads as they arrive: one customer is one live lead with one owner, however often and from wherever they come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.db import transaction

from pacemark.web.accounts.models import User
from pacemark.web.organization.clock import date_of, local_date
from pacemark.web.organization.held import settings_held
from pacemark.web.organization.queries import organization, reps_who_left
from pacemark.web.pipeline.choices import ARRIVAL, HoldingEnded
from pacemark.web.pipeline.holding_services import let_go
from pacemark.web.pipeline.models import Lead, Segment, Source, Touch
from pacemark.web.resources.bridge.arrivals import Arrival, arrival_of
from pacemark.web.resources.choices import DecisionKind, RunKind
from pacemark.web.resources.models import Decision, Run
from pacemark.web.resources.queries.arrivals import Known, known_arrivals, note_erased, place_of
from pacemark.web.resources.queries.runs import Arrived, answer_to, decided_in
from pacemark.web.resources.refusals import Refused, other_content, refuse
from pacemark.web.resources.services.chunks import DEALT_FIELDS
from pacemark.web.resources.services.ledger import locked_state
from pacemark.web.resources.services.policies import ensure_active
from pacemark.web.resources.services.runs import Asking, content_key, deal_arrivals
from pacemark.web.shared.row_writing import insert_models, update_row

MAX_ROWS = 5_000
Answer = dict[str, Any]
# Lead → what was decided about it: the decision's id, and who has the lead.
Decided = dict[int, tuple[int, int | None]]


@dataclass(slots=True, kw_only=True)
class _Reception:
    """What becomes of the rows: each row's lead, who is new, who came again."""

    at: datetime
    known: Known
    sources: dict[str, Source]
    leads: list[Lead | None] = field(default_factory=list)
    new: list[Lead] = field(default_factory=list)
    again: set[int] = field(default_factory=set)  # places in the request
    touched: list[tuple[Arrival, Lead]] = field(default_factory=list)
    erased: frozenset[int] = frozenset()  # leads that stand for customers who were erased


@transaction.atomic
def receive(*, actor: User | None, key: str | None, rows: object, at: datetime) -> list[Answer]:
    """Take leads in and deal the new ones at once; return an answer per row, in order.

    The same key with the same rows returns what was answered then and writes nothing. Raises
    ``resources.key_reused`` for a key that came with other rows, ``resources.bad_rows`` for what is no list.
    """
    if not isinstance(rows, list) or not 0 < len(rows) <= MAX_ROWS:
        raise refuse("bad_rows", f"Send a list of 1 to {MAX_ROWS} leads.")
    with settings_held():
        return _receive(actor, key, rows, at)


def _receive(actor: User | None, key: str | None, rows: list[object], at: datetime) -> list[Answer]:
    asked = content_key(rows)
    # Whoever arrives takes turns here: one phone sent three times within a second must meet itself.
    version = ensure_active(actor=actor)
    state = locked_state(version.policy_id)
    before = answer_to(key) if key else None
    if before is not None:
        return _answered(before, asked)
    settings = organization()
    arrivals = [arrival_of(row, at, settings.time_zone, settings.default_region) for row in rows]
    reception = _received(arrivals, at, settings.time_zone)
    _free_from_left(actor, reception, local_date(at, settings.time_zone))
    _write(reception)
    asking = Asking(
        key=key or f"arrived-{uuid4()}", kind=RunKind.API, lead_ids=_to_deal(reception), at=at, content_key=asked
    )
    run = deal_arrivals(actor=actor, asking=asking, version=version, state=state, written=_written(reception))
    run.answer["rows"] = _answers(arrivals, reception, run)
    update_row(run, DEALT_FIELDS)
    answers: list[Answer] = run.answer["rows"]
    return answers


def _written(reception: _Reception) -> dict[int, Arrived]:
    """Return what the rule looks at of the new leads."""
    return {
        lead.pk: Arrived(
            lead_id=lead.pk, lead_grade=lead.segment.lead_grade, channel=lead.segment.channel,
            tags=frozenset(lead.tags), is_blocked=lead.is_blocked,
        )
        for lead in reception.new
        if lead.segment is not None
    }  # fmt: skip


def _answered(before: tuple[str, Answer], asked: str) -> list[Answer]:
    inputs_key, answer = before
    if inputs_key != asked:
        raise other_content()
    answers: list[Answer] = answer.get("rows", [])
    return answers


def _received(arrivals: Sequence[Arrival | Refused], at: datetime, time_zone: str) -> _Reception:
    good = [arrival for arrival in arrivals if isinstance(arrival, Arrival)]
    segments, sources = _places(good)
    known = known_arrivals(good, sources)
    reception = _Reception(at=at, known=known, sources=sources, erased=note_erased(known, good))
    for place, arrival in enumerate(arrivals):
        if isinstance(arrival, Refused):
            reception.leads.append(None)
            continue
        found = reception.known.lead_of(arrival)
        if found is None:
            found = _lead(arrival, sources[arrival.source], segments[arrival.source, arrival.lead_grade], time_zone)
            reception.new.append(found)
        else:
            reception.again.add(place)
        if not reception.known.has_come(arrival):
            reception.touched.append((arrival, found))
        reception.known.note(arrival, found)
        reception.leads.append(found)
    return reception


def _write(reception: _Reception) -> None:
    """Write new leads and everybody's touches. Each arrival is a touch, the first one too."""
    insert_models(reception.new)
    insert_models(
        [
            Touch(
                source=reception.sources[arrival.source], external_id=arrival.external_id, lead=lead,
                rep_id=lead.owner_id, occurred_at=arrival.occurred_at, kind=ARRIVAL,
            )
            for arrival, lead in reception.touched
        ]
    )  # fmt: skip


def _free_from_left(actor: User | None, reception: _Reception, today: date) -> None:
    """Let leads go whose owner has left the company: they come to somebody else now, like new ones."""
    owned = {lead.pk: lead for lead in reception.leads if lead is not None and lead.owner_id is not None}
    left = reps_who_left({lead.owner_id for lead in owned.values() if lead.owner_id}, today)
    freed = [lead for lead in owned.values() if lead.owner_id in left]
    if freed:
        let_go(actor=actor, lead_ids=[lead.pk for lead in freed], how=HoldingEnded.LEFT, at=reception.at)
    for lead in reception.leads:
        if lead is not None and lead.owner_id in left:
            lead.owner_id = None


def _to_deal(reception: _Reception) -> list[int]:
    """Return the leads to deal: the new ones, and those known that nobody has."""
    leads = [lead for lead in reception.leads if lead is not None and lead.owner_id is None]
    return list(dict.fromkeys(lead.pk for lead in leads if lead.pk not in reception.erased))


def _lead(arrival: Arrival, source: Source, segment: Segment, time_zone: str) -> Lead:
    return Lead(
        source=source,
        external_id=arrival.external_id,
        segment=segment,
        stated_segment=segment,
        name=arrival.name,
        phone_encrypted=arrival.phone.encrypted,
        phone_hash=arrival.phone.digest,
        phone_last4_hash=arrival.phone.last4_digest,
        arrived_at=arrival.occurred_at,
        arrived_on=date_of(arrival.occurred_at, time_zone),
        tags=list(arrival.tags),
    )


def _places(arrivals: Sequence[Arrival]) -> tuple[dict[tuple[str, str], Segment], dict[str, Source]]:
    """Return segments by channel and grade, and sources; a channel nobody has seen before is taken in as it is."""
    pairs = dict.fromkeys((arrival.source, arrival.lead_grade) for arrival in arrivals)
    if len(pairs) == 1:
        ((channel, grade),) = pairs
        known = place_of(channel, grade)
        if known is not None:
            return {(channel, grade): known[0]}, {channel: known[1]}
    channels = dict.fromkeys(channel for channel, _grade in pairs)
    sources = {channel: Source.objects.get_or_create(name=channel)[0] for channel in channels}
    return {
        (channel, grade): Segment.objects.get_or_create(channel=channel, lead_grade=grade)[0]
        for channel, grade in pairs
    }, sources


def _answers(arrivals: Sequence[Arrival | Refused], reception: _Reception, run: Run) -> list[Answer]:
    dealt: Decided = {lead: (decision, rep) for lead, decision, rep in decided_in(run)}
    sticky = _keep_sticky(reception, run, dealt)
    answers: list[Answer] = []
    for place, (arrival, lead) in enumerate(zip(arrivals, reception.leads, strict=True)):
        if isinstance(arrival, Refused) or lead is None:
            answers.append(_refusal(arrival))
            continue
        decision, owner = dealt.get(lead.pk) or sticky.get(lead.pk) or (None, lead.owner_id)
        status = "duplicate" if place in reception.again else "assigned" if owner is not None else "waiting"
        status = "erased" if lead.pk in reception.erased else status
        answers.append({"lead": lead.pk, "owner": owner, "status": status, "decision": decision, "error": None})
    return answers


def _refusal(refused: Arrival | Refused) -> Answer:
    told = refused if isinstance(refused, Refused) else refuse("bad_row", "This row could not be read.")
    error = {"code": told.code, "message": told.message, "field": told.field}
    return {"lead": None, "owner": None, "status": "refused", "decision": None, "error": error}


def _keep_sticky(reception: _Reception, run: Run, dealt: Decided) -> Decided:
    """Write why leads that had an owner stay with them, once per lead."""
    stay = {
        lead.pk: lead
        for place, lead in enumerate(reception.leads)
        if place in reception.again and lead is not None and lead.owner_id is not None
        and lead.pk not in dealt and lead.pk not in reception.erased
    }  # fmt: skip
    rows = [
        Decision(
            lead_id=lead.pk, run=run, kind=DecisionKind.STICKY, rep_id=lead.owner_id, place=place,
            decided_at=reception.at, evidence={"arrived_again": True},
        )
        for place, lead in enumerate(stay.values())
    ]  # fmt: skip
    Decision.objects.bulk_create(rows)
    return {row.lead_id: (row.pk, row.rep_id) for row in rows}
