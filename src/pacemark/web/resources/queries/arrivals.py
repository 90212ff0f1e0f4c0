"""Who among those arriving is known: by the same record, or by the same phone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import Q

from pacemark.web.pipeline.erased_numbers import erased_leads
from pacemark.web.pipeline.models import Lead, Source, Touch
from pacemark.web.resources.bridge.arrivals import Arrival

Record = tuple[str, str]


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
    digests = {arrival.phone.digest for arrival in arrivals if arrival.phone.digest}
    touches = Touch.objects.filter(source_id__in=names, external_id__in=ids).select_related("lead__duplicate_of")
    told = {
        (names[touch.source_id], touch.external_id): _live(touch.lead)
        for touch in touches.only("source_id", "external_id", "lead__owner", "lead__duplicate_of__owner")
    }
    leads = Lead.objects.filter(Q(source_id__in=names, external_id__in=ids) | Q(phone_hash__in=digests))
    columns = ("source_id", "external_id", "phone_hash", "owner", "duplicate_of__owner")
    found = list(leads.select_related("duplicate_of").only(*columns).order_by("-pk"))
    recorded = {
        (names[lead.source_id], lead.external_id): _live(lead)
        for lead in found
        if lead.source_id in names and lead.external_id in ids
    }
    # The one with an owner last, so that it is the one found; among equals the eldest.
    owned_last = sorted(found, key=lambda lead: lead.owner_id is not None)
    by_phone = {lead.phone_hash: lead for lead in owned_last if lead.duplicate_of_id is None and lead.phone_hash}
    return Known(told | recorded, by_phone, set(told))


def note_erased(known: Known, arrivals: Sequence[Arrival]) -> frozenset[int]:
    """Let arrivals of erased numbers meet the lead that stands for each, so that nothing of theirs is kept again."""
    phones = {arrival.phone.digest: arrival.phone.encrypted for arrival in arrivals if arrival.phone.digest}
    erased = erased_leads(phones)
    leads = Lead.objects.in_bulk(erased.values()) if erased else {}
    for arrival in arrivals:
        if arrival.phone.digest in erased:
            known.note_phone(arrival, leads[erased[arrival.phone.digest]])
    return frozenset(erased.values())


def _live(lead: Lead) -> Lead:
    return lead.duplicate_of or lead


def _record(arrival: Arrival) -> Record:
    return arrival.source, arrival.external_id
