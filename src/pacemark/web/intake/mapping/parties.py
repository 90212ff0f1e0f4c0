"""Who a row is about: its person, its segment, and its lead by id or by phone."""

from __future__ import annotations

from pacemark.web.intake.mapping.cells import TableReader
from pacemark.web.intake.mapping.rule_cells import remembered
from pacemark.web.intake.readers import Chunk
from pacemark.web.intake.values.refusals import ChunkRefusals
from pacemark.web.pipeline.phones import NO_PHONE, SealedPhone, seal_phone
from pacemark.web.pipeline.publishing.leads import PHONE_REF


def people_of(reader: TableReader, chunk: Chunk) -> list[int]:
    """Return each row's person number."""
    employee_nos, names = reader.cells(chunk, "employee_no"), reader.cells(chunk, "owner")
    return reader.context.people.numbers(employee_nos, names, len(chunk.lines))


def segments_of(reader: TableReader, chunk: Chunk) -> list[int]:
    """Return each row's segment number."""
    channels, grades = reader.words(chunk, "channel", 100), reader.words(chunk, "grade", 50)
    return reader.context.segments.numbers(channels, grades, len(chunk.lines))


def phones_of(reader: TableReader, chunk: Chunk) -> list[SealedPhone]:
    """Return each row's number, sealed."""
    cells = reader.cells(chunk, "phone")
    if cells is None:
        return [NO_PHONE] * len(chunk.lines)
    known = remembered(reader.known_phones)
    for cell in set(cells).difference(known):
        known[cell] = seal_phone(cell, reader.context.region) if cell.strip() else NO_PHONE
    return [known[cell] for cell in cells]


def lead_refs_of(
    reader: TableReader, chunk: Chunk, refusals: ChunkRefusals
) -> tuple[list[str], list[tuple[str, SealedPhone]]]:
    """Return each row's reference to a lead, by id or else by phone, and the numbers so referred to."""
    refs = reader.ids(chunk, "lead", refusals, is_required=False)
    if not reader.has("phone"):
        return refs, []
    used: dict[str, SealedPhone] = {}
    for at, phone in enumerate(phones_of(reader, chunk)):
        if not refs[at] and phone.digest:
            refs[at] = PHONE_REF + phone.digest
            used[refs[at]] = phone
    return refs, list(used.items())
