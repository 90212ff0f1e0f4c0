"""Leads: whose they are, when they arrived, how to reach them."""

from __future__ import annotations

from pacemark.web.intake.mapping.cells import Mapped, TableReader, content_keys, without_refused
from pacemark.web.intake.mapping.clock import StoredMoments
from pacemark.web.intake.readers import Chunk
from pacemark.web.intake.values.refusals import ChunkRefusals


def map_leads(reader: TableReader, chunk: Chunk) -> Mapped:
    """Map one chunk of a table of leads."""
    refusals = ChunkRefusals()
    count = len(chunk.lines)
    ids = reader.ids(chunk, "id", refusals, is_required=True)
    arrived = StoredMoments(utc=[None] * count, dates=[None] * count, hours=[])
    if reader.has("arrived_at"):
        arrived = reader.moments(chunk, "arrived_at", refusals)
    people, segments = reader.people(chunk), reader.segments(chunk)
    names, notes = reader.words(chunk, "name", 200), reader.words(chunk, "note", 200)
    phones = reader.phones(chunk)
    owners = [reader.context.people.key_text(number) for number in people]
    groups = ["|".join(reader.context.segments.segments.get(number, ("", ""))) for number in segments]
    digests = [phone.digest for phone in phones]
    keys = content_keys([owners, groups, names, notes, digests, arrived.utc])
    columns = [
        [reader.plan.file_no] * count, chunk.lines, ids, keys, people, segments, names, notes,
        [phone.encrypted for phone in phones], digests, [phone.last4_digest for phone in phones],
        arrived.utc, arrived.dates,
    ]  # fmt: skip
    return Mapped(columns=without_refused(columns, refusals), lines=list(chunk.lines), refusals=refusals)
