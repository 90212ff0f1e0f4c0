"""``pacemark allocate``: deal waiting and new leads by the active policy, once per key."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from pacemark.cli.start import UserMistake, date_of, output
from pacemark.web.organization.clock import local_now
from pacemark.web.organization.queries import organization
from pacemark.web.resources.queries.runs import answer_of
from pacemark.web.resources.services.imported import hold_imported
from pacemark.web.resources.services.runs import CHUNK_SIZE, allocate_ownerless


def allocate(
    key: Annotated[str, typer.Option(help="Names this run: the same key finishes it, or tells again what it did.")],
    as_of: Annotated[str | None, typer.Option(help="Deal as on this day, like 2024-01-31.")] = None,
    chunk_size: Annotated[int, typer.Option(min=1, help="Leads that are committed at a time.")] = CHUNK_SIZE,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole answer as JSON.")] = False,
) -> None:
    """Deal what waits and what is new and nobody's."""
    if not 0 < len(key.strip()) <= 200:
        raise UserMistake("--key must be a text of 1 to 200 characters")
    zone = organization().time_zone
    day = date_of(as_of, "--as-of")
    at = local_now(zone) if day is None else datetime.combine(day, time(12), ZoneInfo(zone))
    at = at.astimezone(UTC)
    hold_imported(actor=None, at=at)
    run = allocate_ownerless(actor=None, key=key.strip(), at=at, chunk_size=chunk_size)
    if as_json:
        typer.echo(json.dumps(answer_of(run), ensure_ascii=False))
        return
    dealt = sum(run.answer.get("counts", {}).values())
    output().print(f"{run.n_leads} leads: {dealt} dealt, {run.answer.get('waiting', 0)} wait.")
