"""Calls: when, by whom, to whom, answered or not, and for how long."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from pacemark.web.intake.mapping.cells import Mapped, TableReader, without_refused
from pacemark.web.intake.mapping.content_keys import content_keys, numbers
from pacemark.web.intake.mapping.parties import lead_refs_of, people_of
from pacemark.web.intake.readers import Chunk
from pacemark.web.intake.values.durations import read_durations
from pacemark.web.intake.values.refusals import ChunkRefusals
from pacemark.web.pipeline.choices import Direction
from pacemark.web.pipeline.staging import Cell

_DIRECTIONS = (("outbound", Direction.OUTBOUND), ("inbound", Direction.INBOUND), ("missed", Direction.MISSED))


def map_calls(reader: TableReader, chunk: Chunk) -> Mapped:
    """Map one chunk of a table of calls."""
    refusals = ChunkRefusals()
    count = len(chunk.lines)
    ids = reader.ids(chunk, "id", refusals, is_required=True)
    moments = reader.moments(chunk, "at", refusals, required=_("the call has no date"))
    directions = _directions(reader, chunk, refusals)
    answered = _answered(reader, chunk)
    talk = _talk_seconds(reader, chunk, refusals, answered)
    people = people_of(reader, chunk)
    refs, phones = lead_refs_of(reader, chunk, refusals)
    keys = content_keys(
        [
            moments.utc_seconds,
            reader.context.people.content(people),
            refs,
            numbers(directions),
            numbers(answered),
            numbers(talk),
        ]
    )
    file_nos = [reader.plan.file_no] * count
    columns: list[Sequence[Cell]] = [
        file_nos, chunk.lines, ids, keys, people, refs, moments.utc, moments.dates, moments.hours, directions,
        answered, talk,
    ]  # fmt: skip
    return Mapped(
        columns=without_refused(columns, refusals),
        lines=list(chunk.lines),
        refusals=refusals,
        phones=phones,
        people=people,
        days=(moments.dates,),
    )


def _directions(reader: TableReader, chunk: Chunk, refusals: ChunkRefusals) -> list[int]:
    """Without a rule every call is a dial; where a rule for dials is given, a call that no rule knows is refused."""
    given = [(name, direction) for name, direction in _DIRECTIONS if name in reader.plan.profile.rules]
    if not given:
        return [Direction.OUTBOUND.value] * len(chunk.lines)
    has_outbound = given[0][0] == "outbound"
    otherwise = Direction.OUTBOUND if not has_outbound else Direction.INBOUND if len(given) == 1 else None
    places = reader.rules.first(chunk, [name for name, _direction in given])
    if otherwise is None and -1 in places:
        column, cells = reader.rules.cells(chunk, "outbound")
        for at, place in enumerate(places):
            if place < 0:
                refusals.refuse(at, column, _("is no direction that the profile knows"), cells[at])
    # The last one answers for place -1.
    values = [*(direction.value for _name, direction in given), (otherwise or Direction.OUTBOUND).value]
    return [values[place] for place in places]


def _answered(reader: TableReader, chunk: Chunk) -> list[bool | None]:
    """With one rule, what it does not cover is its opposite; with both, what neither covers is unknown."""
    yes, no = reader.rules.verdicts(chunk, "answered"), reader.rules.verdicts(chunk, "not_answered")
    if yes is not None and no is None:
        return list(yes)
    if yes is None and no is not None:
        return [not is_no for is_no in no]
    if yes is None or no is None:
        return [None] * len(chunk.lines)
    return [True if is_yes else False if is_no else None for is_yes, is_no in zip(yes, no, strict=True)]


def _talk_seconds(reader: TableReader, chunk: Chunk, refusals: ChunkRefusals, answered: list[bool | None]) -> list[int]:
    """A call that nobody answered may lack its duration; an answered one without it is refused."""
    cells = reader.cells(chunk, "duration") or ()
    column = reader.column("duration")
    seconds = read_durations(cells, column, refusals, unit=reader.plan.profile.duration, known=reader.known_durations())
    if None in seconds:
        for at, value in enumerate(seconds):
            if value is None and answered[at]:
                refusals.refuse(at, column, _("the call was answered but has no duration"), cells[at])
    return [value or 0 for value in seconds]
