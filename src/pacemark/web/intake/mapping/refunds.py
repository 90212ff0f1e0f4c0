"""Refunds: of which deal, on which day, how much. A file may write the amount with or without a minus."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from pacemark.web.intake.mapping.cells import Mapped, TableReader, without_refused
from pacemark.web.intake.mapping.content_keys import content_keys, numbers
from pacemark.web.intake.readers import Chunk
from pacemark.web.intake.values.refusals import ChunkRefusals
from pacemark.web.pipeline.staging import Cell


def map_refunds(reader: TableReader, chunk: Chunk) -> Mapped:
    """Map one chunk of a table of refunds."""
    refusals = ChunkRefusals()
    count = len(chunk.lines)
    ids = reader.ids(chunk, "id", refusals, is_required=True)
    deals = reader.ids(chunk, "deal", refusals, is_required=True)
    days = reader.moments(chunk, "refunded_on", refusals, required=_("the refund has no date"))
    amounts = [None if amount is None else abs(amount) for amount in reader.amounts(chunk, "amount", refusals)]
    cells = reader.cells(chunk, "amount") or ()
    for at, amount in enumerate(amounts):
        if not amount:
            refusals.refuse(at, reader.column("amount"), _("the refund has no amount"), cells[at])
    keys = content_keys([deals, days.dates, numbers(amounts)])
    columns: list[Sequence[Cell]] = [[reader.plan.file_no] * count, chunk.lines, ids, keys, deals, days.dates, amounts]
    return Mapped(columns=without_refused(columns, refusals), lines=list(chunk.lines), refusals=refusals)
