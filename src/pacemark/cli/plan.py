"""`pacemark plan`: each person's numbers for a sales month."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from django.utils import translation
from rich.table import Table

from pacemark.cli.start import UserMistake, date_of, output
from pacemark.engine.periods import Period, sales_month
from pacemark.web.accounts.exports import XLSX, Export, command_line_mark, note_export
from pacemark.web.goals.bridge.planning import minor_units_of
from pacemark.web.goals.queries.periods import default_as_of, default_period
from pacemark.web.goals.services.plans import work_out
from pacemark.web.goals.workbook import plans_workbook
from pacemark.web.intake.values.amounts import parse_amount
from pacemark.web.organization.queries import Member, members_on, organization
from pacemark.web.shared.currency import minor_digits

NOTHING = "—"


def plan(
    period: Annotated[
        str | None, typer.Option(help="Sales month such as 2024-01; default: after the last call.")
    ] = None,
    as_of: Annotated[str | None, typer.Option(help="First day not yet known; default: the month's first day.")] = None,
    target: Annotated[float | None, typer.Option(help="The same amount for everyone, in major units.")] = None,
    targets: Annotated[Path | None, typer.Option(help="CSV with the columns rep and target.")] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    xlsx: Annotated[Path | None, typer.Option(help="Write a workbook.")] = None,
) -> None:
    """Show what each person's target takes a day and a week, at three confidences."""
    settings = organization()
    month = sales_month(period, settings.sales_month_start_day) if period else default_period()
    known_until = date_of(as_of, "--as-of") or default_as_of(month)
    if known_until > month.last:
        raise UserMistake(f"--as-of {known_until} lies after the month {month.label}, which ends on {month.last}")
    documents = work_out(month, known_until, _typed(month, target, targets))
    if xlsx:
        _write_workbook(xlsx, documents)
    if json_:
        answer = {
            "period": month.label,
            "as_of": known_until.isoformat(),
            "people": [_shown(document) for document in documents],
        }
        sys.stdout.write(json.dumps(answer, ensure_ascii=False, allow_nan=False) + "\n")
        return
    output().print(_table(month, documents) if documents else "Nobody to plan for: import records first.")


def _shown(document: dict[str, Any]) -> dict[str, Any]:
    """Return a document without what it carries for the nights of the month."""
    return {name: value for name, value in document.items() if name != "carried"}


def _write_workbook(path: Path, documents: list[dict[str, Any]]) -> None:
    with translation.override("en"):
        book = plans_workbook(documents, command_line_mark())
    try:
        path.write_bytes(book)
    except OSError as error:
        raise UserMistake(f"the workbook cannot be written to {path}: {error.strerror}") from error
    note_export(None, Export(kind="goals.plans", name=path.name, content_type=XLSX, rows=len(documents)))


def _typed(month: Period, target: float | None, targets: Path | None) -> dict[int, int]:
    """Return the targets given with the command, minor units by rep id."""
    scale = minor_units_of(organization().currency)
    people = members_on(month.first)
    if target is not None and targets is not None:
        raise UserMistake("give either --target or --targets, not both")
    if target is not None:
        if not 0 <= target <= 10**12:
            raise UserMistake("--target must be an amount of 0 or more")
        return {person.rep_id: round(target * scale) for person in people}
    return _from_file(targets, people) if targets else {}


def _from_file(path: Path, people: list[Member]) -> dict[int, int]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UserMistake(f"{path} cannot be read as a UTF-8 CSV file") from error
    known = _known(people)
    found: dict[int, int] = {}
    for line, row in enumerate(rows, start=2):
        where, who = f"{path}, line {line}", (row.get("rep") or "").strip()
        reps = known.get(who, ())
        if not reps:
            raise UserMistake(f"{where}: there is nobody named {who!r}; use a name or an employee number")
        if len(reps) > 1:
            raise UserMistake(f"{where}: {len(reps)} people are named {who!r}; use the employee number")
        if reps[0] in found:
            raise UserMistake(f"{where}: {who!r} already has a target further up")
        found[reps[0]] = _amount(row.get("target") or "", where)
    return found


def _known(people: list[Member]) -> dict[str, list[int]]:
    """Return who is meant by a name or an employee number; a number goes before a name."""
    known: dict[str, list[int]] = {}
    for person in people:
        known.setdefault(person.name, []).append(person.rep_id)
    return known | {person.employee_no: [person.rep_id] for person in people if person.employee_no}


def _amount(text: str, where: str) -> int:
    try:
        with translation.override("en"):
            amount = parse_amount(text, digits=minor_digits(organization().currency))
    except ValueError as error:
        raise UserMistake(f"{where}: {text[:40]!r} {error}") from error
    if amount is None or amount < 0:
        raise UserMistake(f"{where}: the target is missing or negative")
    return amount


def _table(month: Period, documents: list[dict[str, Any]]) -> Table:
    table = Table(title=f"{month.label}: {month.first} to {month.last}")
    for head in ("rep", "role"):
        table.add_column(head)
    heads = ("target", "even odds", "opps/week", "talks/day", "connects/day", "dials/day", "80 %", "90 %", "own share")
    for head in heads:
        table.add_column(head, justify="right")
    for document in documents:
        table.add_row(document["rep"], document["role"], *_cells(document))
    return table


def _cells(document: dict[str, Any]) -> list[str]:
    even = document["plans"]["0.5"]
    stage = "opportunities" if document["role"] == "closer" else "dials"
    pace = "per_week" if stage == "opportunities" else "per_day"
    borrowed = [rate["from_peers"] for rate in document["rates"].values()]
    return [
        f"{document['target']:,.0f}",
        NOTHING if even["odds"] is None else f"{even['odds']:.0%}" + ("" if even["feasible"] is not False else " !"),
        _pace(even["per_week"]["opportunities"]),
        *(_pace(even["per_day"][name]) for name in ("deep_talks", "connects", "dials")),
        *(_pace(document["plans"][key][pace][stage]) for key in ("0.8", "0.9")),
        f"{1 - sum(borrowed) / len(borrowed):.0%}",
    ]


def _pace(pace: dict[str, float] | None) -> str:
    return NOTHING if pace is None else f"{pace['rounded']:,}"
