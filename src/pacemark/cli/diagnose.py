"""`pacemark diagnose`: what everybody's last quarter tells, whose leads were poor, and what is luck."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from typing import Annotated, Any

import typer
from rich.table import Table

from pacemark.cli.start import UserMistake, date_of, output
from pacemark.engine.errors import EngineError
from pacemark.engine.periods import sales_month
from pacemark.web.goals.queries.periods import day_after_records
from pacemark.web.organization.queries import organization
from pacemark.web.process.pages.answers import Whom, answers_of
from pacemark.web.process.services.findings import counted

NOTHING = "—"
HEADS = ("who", "stage", "money", "cause", "verdict", "p")


def diagnose(
    team: Annotated[str | None, typer.Option(help="Only this team, by name.")] = None,
    rep: Annotated[str | None, typer.Option(help="Only this person, by name or employee number.")] = None,
    period: Annotated[
        str | None, typer.Option(help="Sales month such as 2024-01, with the quarter up to its end.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option(help="First day not yet known; default: the day after the last record.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say where the money was lost, by which cause, and what may be luck; what cost most first.

    Rates are compared with what others make of such leads. Only what stands out among everybody is called a finding.
    """
    day = date_of(as_of, "--as-of") or day_after_records()
    month = None
    if period:
        try:
            month = sales_month(period, organization().sales_month_start_day)
        except EngineError as error:
            raise UserMistake(f"--period {period[:20]!r}: write a month such as 2024-01") from error
        if month.first >= day:
            raise UserMistake(f"nothing is known yet of {month.label}, which begins on {month.first}")
        day = min(day, month.last + timedelta(days=1))
    found = counted(day, month=month)
    whom = Whom(team=team or "", rep=rep or "")
    if not whom.is_known(found):
        raise UserMistake(f"there is nobody and no team called {(rep or team or '')[:40]!r} on {day}")
    answer = answers_of(found, whom)
    if as_json:
        sys.stdout.write(json.dumps(answer, ensure_ascii=False, allow_nan=False) + "\n")
    elif answer["findings"]:
        output().print(_table(answer))
    else:
        output().print("Nothing was found: nobody stands out beyond chance, or too little is known.")


def _table(answer: dict[str, Any]) -> Table:
    table = Table(title=f"{answer['first']} to {answer['last']}: {len(answer['findings'])} findings")
    for head in HEADS:
        table.add_column(head, justify="right" if head in {"money", "p"} else "left")
    for one in answer["findings"]:
        p = NOTHING if one["p"] is None else f"{one['p']:.4f}"
        words = [str(one[head]).replace("_", " ") for head in ("stage", "cause", "verdict")]
        table.add_row(one["who"], words[0] or NOTHING, f"{one['money']:,.0f}", words[1], words[2], p)
    return table
