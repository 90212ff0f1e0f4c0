"""`pacemark doctor`: is everything as it should be, and how is it mended where not."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Annotated

import typer
from django.utils import timezone
from rich.table import Table

from pacemark.cli.start import output
from pacemark.web.config.doctor import State, examine

MARKS = {State.GOOD: "[green]good[/]", State.WORTH_A_LOOK: "[yellow]look[/]", State.WRONG: "[red]wrong[/]"}


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Look at settings, database, disk, keys, jobs, facts, trail and calendar; exit 1 when something is wrong."""
    found = examine(timezone.now())
    if as_json:
        sys.stdout.write(json.dumps({"findings": [asdict(finding) for finding in found]}) + "\n")
    else:
        table = Table("", "what", "finding", "to mend it")
        for finding in found:
            table.add_row(MARKS[finding.state], finding.what, finding.told, finding.remedy)
        output().print(table)
    if any(finding.state == State.WRONG for finding in found):
        raise typer.Exit(1)
