"""One lead's page: the card, its history with people as the reader may know them, and what a reader may do with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from pacemark.web.organization.models import Rep
from pacemark.web.pipeline.holding_models import Holding, PoolEntry
from pacemark.web.pipeline.models import Lead
from pacemark.web.pipeline.phones import masked_phone, open_phone
from pacemark.web.pipeline.queries.lead_pages import Moment, history_of_lead, lead_in_full, open_holding, pool_of
from pacemark.web.resources.choices import ContestState
from pacemark.web.resources.models import Contest, WaitingLead
from pacemark.web.resources.queries.decisions import Names


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the history in plain values; ``who`` is a name, or a letter for somebody outside one's sight."""

    at: datetime | None
    on: date
    kind: str
    who: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadCard:
    """What a page shows of a lead in the reader's sight."""

    lead: Lead
    holding: Holding | None
    pool: PoolEntry | None
    waiting: WaitingLead | None
    contest: Contest | None
    phone: str
    owner: str
    is_mine: bool
    lines: tuple[Line, ...]


def card_of(lead_id: int, visible: frozenset[int] | None, me: int | None) -> LeadCard | None:
    """Return the card where the lead is of people in sight: held by one of them, or nobody's but once theirs."""
    lead, holding = lead_in_full(lead_id), open_holding(lead_id)
    if lead is None or not _is_in_sight(lead, holding, visible):
        return None
    moments = history_of_lead(lead_id)
    names = _names({one.rep_id for one in moments} | {holding.rep_id if holding else None}, visible)
    return LeadCard(
        lead=lead,
        holding=holding,
        pool=pool_of(lead_id) if holding is None else None,
        waiting=WaitingLead.objects.filter(pk=lead_id).first() if holding is None else None,
        contest=Contest.objects.filter(lead_id=lead_id, state=ContestState.OPEN).first(),
        phone=masked_phone(open_phone(lead.phone_encrypted)),
        owner=names.of(str(holding.rep_id)) if holding else "",
        is_mine=holding is not None and holding.rep_id == me,
        lines=tuple(_line(one, names) for one in moments),
    )


def _is_in_sight(lead: Lead, holding: Holding | None, visible: frozenset[int] | None) -> bool:
    """A colleague's customer is not one's own any more, whoever once held them; an ownerless one still is."""
    if visible is None:
        return True
    if holding is not None:
        return holding.rep_id in visible
    if lead.owner_id is not None:
        return lead.owner_id in visible
    return Holding.objects.filter(lead_id=lead.pk, rep_id__in=visible).exists()


def _names(rep_ids: set[int | None], visible: frozenset[int] | None) -> Names:
    known = Rep.objects.filter(pk__in=[rep for rep in rep_ids if rep is not None]).values_list("pk", "name")
    return Names({str(pk): name for pk, name in known}, visible)


def _line(moment: Moment, names: Names) -> Line:
    who = names.of(str(moment.rep_id)) if moment.rep_id is not None else ""
    return Line(at=moment.at, on=moment.on, kind=moment.kind, who=who, value=moment.value)
