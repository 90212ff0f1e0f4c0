"""Opportunities and deals: one row of a CRM may be the one, and when won the other too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from pacemark.web.intake.mapping.cells import Mapped, TableReader, without_refused
from pacemark.web.intake.mapping.clock import StoredMoments, no_moments
from pacemark.web.intake.mapping.content_keys import Column, content_keys, numbers
from pacemark.web.intake.mapping.parties import lead_refs_of, people_of, segments_of
from pacemark.web.intake.readers import Chunk
from pacemark.web.intake.values.refusals import ChunkRefusals
from pacemark.web.pipeline.choices import EventKind, OpportunityState
from pacemark.web.pipeline.staging import Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class _Times:
    """When records opened, were reported and closed."""

    opened: StoredMoments
    reported: StoredMoments
    closed: StoredMoments


def map_records(reader: TableReader, chunk: Chunk) -> Mapped:
    """Map one chunk of a table of opportunities or deals."""
    refusals = ChunkRefusals()
    count = len(chunk.lines)
    ids = reader.ids(chunk, "id", refusals, is_required=True)
    times = _times(reader, chunk, refusals)
    people, segments = people_of(reader, chunk), segments_of(reader, chunk)
    refs, phones = lead_refs_of(reader, chunk, refusals)
    states, is_deal = _states(reader, chunk)
    # An offer of 0 is no expectation: unknown. A contract of 0 stays a deal without revenue.
    expected = [amount or None for amount in _amounts(reader, chunk, refusals, "expected")]
    amounts, cash = _amounts(reader, chunk, refusals, "amount"), _amounts(reader, chunk, refusals, "cash")
    signed_on, is_undated = _signing_days(times, is_deal)
    closed_on = _closing_days(times, states)
    opportunity_refs = reader.ids(chunk, "opportunity", refusals, is_required=False)
    is_opportunity = [reader.plan.profile.opens_opportunities] * count
    currencies = [reader.context.currency] * count
    content: list[Column] = [
        reader.context.people.content(people), reader.context.segments.content(segments), refs, states,
        times.opened.utc_seconds, times.reported.utc_seconds, closed_on, numbers(expected), numbers(is_deal), signed_on,
        numbers(is_undated), numbers(amounts), numbers(cash), currencies, opportunity_refs, numbers(is_opportunity),
    ]  # fmt: skip
    columns: list[Sequence[Cell]] = [
        [reader.plan.file_no] * count, chunk.lines, ids, content_keys(content),
        [reader.plan.profile.kind.value] * count, people, refs, segments, is_opportunity, states, times.opened.utc,
        times.opened.dates, times.reported.utc, closed_on, expected, is_deal, signed_on, is_undated, amounts, cash,
        currencies, opportunity_refs,
    ]  # fmt: skip
    return Mapped(
        columns=without_refused(columns, refusals),
        lines=list(chunk.lines),
        refusals=refusals,
        phones=phones,
        people=people,
        days=(times.opened.dates, signed_on),
    )


def _times(reader: TableReader, chunk: Chunk, refusals: ChunkRefusals) -> _Times:
    count = len(chunk.lines)
    nothing = no_moments(count)
    needs_opening = reader.plan.profile.opens_opportunities
    closed = reader.moments(chunk, "closed_on", refusals) if reader.has("closed_on") else nothing
    if reader.has("opened_at"):
        opened = reader.moments(
            chunk, "opened_at", refusals, required=_("the record has no opening date") if needs_opening else ""
        )
    else:
        opened = reader.moments(chunk, "closed_on", refusals, required=_("the record has no date"))
    reported = reader.moments(chunk, "reported_at", refusals) if reader.has("reported_at") else nothing
    if not needs_opening and reader.has("opened_at"):
        for at, day in enumerate(closed.dates):
            if day is None and opened.dates[at] is None:
                refusals.refuse(at, reader.column("opened_at"), _("the record has no date"), "")
    return _Times(opened=opened, reported=reported, closed=closed)


def _states(reader: TableReader, chunk: Chunk) -> tuple[list[str], list[bool]]:
    """Return each record's state as an opportunity, and whether it is a deal.

    Won and lost are the rules'; a table of deals without a rule for won holds contracts, all of them won. What shows
    no buying intention by the rule is unqualified, whatever became of it: a win among them is a deal all the same.
    """
    count = len(chunk.lines)
    is_contract = reader.plan.profile.kind is EventKind.DEALS and "won" not in reader.plan.profile.rules
    won = reader.rules.verdicts(chunk, "won") or [is_contract] * count
    lost = reader.rules.verdicts(chunk, "lost") or [False] * count
    qualified = reader.rules.verdicts(chunk, "opportunity") or [True] * count
    states = []
    for at in range(count):
        if not qualified[at]:
            states.append(OpportunityState.UNQUALIFIED.value)
        elif won[at]:
            states.append(OpportunityState.WON.value)
        else:
            states.append((OpportunityState.LOST if lost[at] else OpportunityState.OPEN).value)
    is_deal = won if reader.plan.profile.kind is EventKind.DEALS else [False] * count
    return states, is_deal


def _amounts(reader: TableReader, chunk: Chunk, refusals: ChunkRefusals, name: str) -> list[int | None]:
    amounts = reader.amounts(chunk, name, refusals)
    cells = reader.cells(chunk, name) or ()
    for at, amount in enumerate(amounts):
        if amount is not None and amount < 0:
            refusals.refuse(at, reader.column(name), _("a negative amount"), cells[at])
    return amounts


def _signing_days(times: _Times, is_deal: list[bool]) -> tuple[list[str | None], list[bool]]:
    """A deal's day is its closing date; without one it is the day the record opened, and the deal is undated."""
    days: list[str | None] = []
    undated: list[bool] = []
    for at, is_won in enumerate(is_deal):
        closed = times.closed.dates[at]
        days.append((closed or times.opened.dates[at]) if is_won else None)
        undated.append(is_won and closed is None)
    return days, undated


def _closing_days(times: _Times, states: list[str]) -> list[str | None]:
    """An open record's closing date is a hope, not a day: it is left out. One lost without a date closed on nothing."""
    is_open = OpportunityState.OPEN.value
    return [None if state == is_open else day for state, day in zip(states, times.closed.dates, strict=True)]
