"""Who among those arriving is known: by the same record, or by the same phone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet, Subquery

from pacemark.web.pipeline.erased_numbers import erased_leads
from pacemark.web.pipeline.models import Lead, Segment, Source, Touch
from pacemark.web.resources.bridge.arrivals import Arrival
from pacemark.web.shared.compiled import Compiled

Record = tuple[str, str]
_Row = tuple[Any, ...]


class Known:
    """Live leads by record and by phone; what arrives in the same request is noted as it is read."""

    def __init__(self, by_record: dict[Record, Lead], by_phone: dict[str, Lead], touched: set[Record]) -> None:
        self._by_record = by_record
        self._by_phone = by_phone
        self._touched = touched

    def lead_of(self, arrival: Arrival) -> Lead | None:
        """Return the live lead of an arrival."""
        return self._by_record.get(_record(arrival)) or self._by_phone.get(arrival.phone.digest)

    def has_come(self, arrival: Arrival) -> bool:
        """Return whether this very record has been told of before."""
        return _record(arrival) in self._touched

    def note_phone(self, arrival: Arrival, lead: Lead) -> None:
        """Say whose an arrival's number is; what its record says may be another's."""
        self._by_record[_record(arrival)] = self._by_phone[arrival.phone.digest] = lead

    def note(self, arrival: Arrival, lead: Lead) -> None:
        """Remember an arrival for the rest of the request."""
        self._touched.add(_record(arrival))
        self._by_record.setdefault(_record(arrival), lead)
        if arrival.phone.digest:
            self._by_phone.setdefault(arrival.phone.digest, lead)


def known_arrivals(arrivals: Sequence[Arrival], sources: Mapping[str, Source]) -> Known:
    """Return the live leads that arrivals belong to, in two queries; of a lead only whose it is is loaded."""
    names = {source.pk: name for name, source in sources.items()}
    ids = {arrival.external_id for arrival in arrivals}
    touches, leads = _of_one(arrivals[0], sources) if len(arrivals) == 1 else _of_many(arrivals, names)
    told = {(names[source], record): _live(*lead) for source, record, *lead in touches}
    found = [(source, record, digest, lead[2], _live(*lead)) for source, record, digest, *lead in leads]
    recorded = {
        (names[source], record): lead
        for source, record, _digest, _duplicate, lead in found
        if source in names and record in ids
    }
    # The one with an owner last, so that it is the one found; among equals the eldest.
    owned_last = sorted(found, key=lambda row: row[4].owner_id is not None)
    by_phone = {
        digest: lead for _source, _record, digest, duplicate, lead in owned_last if digest and duplicate is None
    }
    return Known(told | recorded, by_phone, set(told))


def _of_many(arrivals: Sequence[Arrival], names: Mapping[int, str]) -> tuple[list[_Row], list[_Row]]:
    ids = {arrival.external_id for arrival in arrivals}
    digests = {arrival.phone.digest for arrival in arrivals if arrival.phone.digest}
    recorded = Q(source_id__in=names, external_id__in=ids)
    return list(_touches(recorded)), list(_leads(recorded | Q(phone_hash__in=digests)))


def _of_one(arrival: Arrival, sources: Mapping[str, Source]) -> tuple[list[_Row], list[_Row]]:
    record = {"source": sources[arrival.source].pk, "record": arrival.external_id}
    # No number is nobody's: NULL equals nothing.
    return _TOUCHES_OF_ONE.rows(**record), _LEADS_OF_ONE.rows(**record, digest=arrival.phone.digest or None)


def _touches(which: Q) -> QuerySet[Touch, _Row]:
    columns = ("source_id", "external_id", "lead_id", "lead__owner_id", "lead__duplicate_of_id")
    return Touch.objects.filter(which).values_list(*columns, "lead__duplicate_of__owner_id")


def _leads(which: Q) -> QuerySet[Lead, _Row]:
    columns = ("source_id", "external_id", "phone_hash", "pk", "owner_id", "duplicate_of_id", "duplicate_of__owner_id")
    return Lead.objects.filter(which).order_by("-pk").values_list(*columns)


_TOUCHES_OF_ONE = Compiled(lambda source, record: _touches(Q(source_id=source, external_id=record)))
_LEADS_OF_ONE = Compiled(
    lambda source, record, digest: _leads(Q(source_id=source, external_id=record) | Q(phone_hash=digest))
)


def place_of(channel: str, grade: str) -> tuple[Segment, Source] | None:
    """Return the segment and the source of a channel where both have been seen before."""
    found = _PLACE.first(channel=channel, grade=grade)
    if found is None or found[1] is None:
        return None
    return Segment(pk=found[0], channel=channel, lead_grade=grade), Source(pk=found[1], name=channel)


def _place(channel: str, grade: str) -> QuerySet[Segment, _Row]:
    source = Source.objects.filter(name=channel).values("pk")[:1]
    rows = Segment.objects.filter(channel=channel, lead_grade=grade)
    return rows.annotate(source_id=Subquery(source)).values_list("pk", "source_id")


_PLACE = Compiled(_place)


def note_erased(known: Known, arrivals: Sequence[Arrival]) -> frozenset[int]:
    """Let arrivals of erased numbers meet the lead that stands for each, so that nothing of theirs is kept again."""
    phones = {arrival.phone.digest: arrival.phone.encrypted for arrival in arrivals if arrival.phone.digest}
    erased = erased_leads(phones)
    leads = Lead.objects.in_bulk(erased.values()) if erased else {}
    for arrival in arrivals:
        if arrival.phone.digest in erased:
            known.note_phone(arrival, leads[erased[arrival.phone.digest]])
    return frozenset(erased.values())


def _live(lead: int, owner: int | None, duplicate_of: int | None, its_owner: int | None) -> Lead:
    """Return the lead, or the one it is a duplicate of, knowing no more of it than whose it is."""
    row = (lead, owner) if duplicate_of is None else (duplicate_of, its_owner)
    return Lead.from_db(connection.alias, ("id", "owner_id"), row)


def _record(arrival: Arrival) -> Record:
    return arrival.source, arrival.external_id
