"""`pacemark trail`: who changed what, and whether that record is still what it was."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from pacemark.cli.start import output
from pacemark.web.trail.models import TrailEntry
from pacemark.web.trail.seals import TrailCheck, verify_trail

app = typer.Typer(no_args_is_help=True, help="Who changed what, and whether that record is still what it was.")

BROKEN = 1


@app.callback()
def _trail() -> None:
    """Who changed what, and whether that record is still what it was."""


@app.command("list")
def list_(
    subject: Annotated[str, typer.Option(help="Only this, written kind:id, such as goals.target:12.")] = "",
    action: Annotated[str, typer.Option(help="Only actions that begin so, such as goals.")] = "",
    last: Annotated[int, typer.Option(min=1, help="How many, the latest first.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the latest writes: ids and values, never a person's data."""
    entries = TrailEntry.objects.filter(action__startswith=action).order_by("-pk")
    if subject:
        kind, _, key = subject.partition(":")
        entries = entries.filter(subject_kind=kind, subject_id=key)
    rows = [_row(entry) for entry in entries[:last]]
    if as_json:
        sys.stdout.write(json.dumps({"entries": rows}, ensure_ascii=False) + "\n")
        return
    table = Table("id", "at (UTC)", "account", "action", "subject", "changes")
    for row in rows:
        table.add_row(
            str(row["id"]),
            row["at"][:19],
            "system" if row["actor"] is None else str(row["actor"]),
            row["action"],
            row["subject"],
            json.dumps(row["changes"], ensure_ascii=False),
        )
    output().print(table)


@app.command()
def verify(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Recompute the hash chain over the whole trail; exit 1 where an entry is not what it was when it was sealed.

    The digest printed is that of the last seal. Kept somewhere else, it shows later that the chain was not made anew.
    """
    found = verify_trail()
    if as_json:
        sys.stdout.write(json.dumps(_answer(found)) + "\n")
    else:
        _say(found)
    if found.broken:
        raise typer.Exit(BROKEN)


def _row(entry: TrailEntry) -> dict[str, Any]:
    return {
        "id": entry.pk,
        "at": entry.at.isoformat(),
        "actor": entry.actor_id,
        "action": entry.action,
        "subject": f"{entry.subject_kind}:{entry.subject_id}",
        "changes": entry.changes,
    }


def _answer(found: TrailCheck) -> dict[str, Any]:
    return {
        "intact": not found.broken,
        "seals": found.seals,
        "sealed_entries": found.sealed_entries,
        "unsealed_entries": found.unsealed_entries,
        "digest": found.digest,
        "broken": [{"first_id": seal.first_id, "last_id": seal.last_id} for seal in found.broken],
    }


def _say(found: TrailCheck) -> None:
    console = Console()
    for seal in found.broken:
        console.print(f"Entries {seal.first_id} to {seal.last_id} are not what they were when they were sealed.")
    if not found.broken:
        console.print(f"The trail is intact: {found.sealed_entries} entries under {found.seals} seals.")
    console.print(f"{found.unsealed_entries} entries are too young to be sealed.")
    if found.digest:
        console.print(f"Last digest: {found.digest}", soft_wrap=True)
