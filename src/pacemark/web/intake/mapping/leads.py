"""Leads: whose they are, when they arrived, how to reach them."""

from __future__ import annotations

from collections.abc import Sequence

from pacemark.web.intake.mapping.cells import Mapped, TableReader, without_refused
from pacemark.web.intake.mapping.clock import no_moments
from pacemark.web.intake.mapping.content_keys import content_keys
from pacemark.web.intake.mapping.parties import people_of, phones_of, segments_of
from pacemark.web.intake.readers import Chunk
from pacemark.web.intake.values.refusals import ChunkRefusals
from pacemark.web.pipeline.staging import Cell


def map_leads(reader: TableReader, chunk: Chunk) -> Mapped:
    """Map one chunk of a table of leads."""
    refusals = ChunkRefusals()
    count = len(chunk.lines)
    ids = reader.ids(chunk, "id", refusals, is_required=True)
    arrived = no_moments(count)
    if reader.has("arrived_at"):
        arrived = reader.moments(chunk, "arrived_at", refusals)
    people, segments = people_of(reader, chunk), segments_of(reader, chunk)
    names, notes = reader.words(chunk, "name", 200), reader.words(chunk, "note", 200)
    phones = phones_of(reader, chunk)
    digests = [phone.digest for phone in phones]
    keys = content_keys(
        [
            reader.context.people.content(people),
            reader.context.segments.content(segments),
            names,
            notes,
            digests,
            arrived.utc_seconds,
        ]
    )
    columns: list[Sequence[Cell]] = [
        [reader.plan.file_no] * count, chunk.lines, ids, keys, people, segments, names, notes,
        [phone.encrypted for phone in phones], digests, [phone.last4_digest for phone in phones],
        arrived.utc, arrived.dates,
    ]  # fmt: skip
    return Mapped(
        columns=without_refused(columns, refusals),
        lines=list(chunk.lines),
        refusals=refusals,
        people=people,
        days=(arrived.dates,),
    )
