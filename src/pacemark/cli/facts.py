"""`pacemark facts`: count facts anew, and add them up."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from pacemark.cli.start import UserMistake, date_of, output
from pacemark.web.organization.queries import organization
from pacemark.web.pipeline.facts_services import rebuild_facts, refresh_changed_days
from pacemark.web.pipeline.queries.corrections import TalksOff, talks_off
from pacemark.web.pipeline.queries.totals import Totals, TotalsBy, TotalsRow, TotalsTable, totals_over
from pacemark.web.shared.currency import minor_digits

app = typer.Typer(no_args_is_help=True, help="Daily facts: count them anew, add them up.")

UNASSIGNED = "unassigned"


@app.command()
def rebuild(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Count all facts anew from the events."""
    rebuilt = rebuild_facts(actor=None)
    if as_json:
        seconds = {name: round(value, 3) for name, value in rebuilt.seconds.items()}
        typer.echo(json.dumps({"rows": rebuilt.rows, "parts": seconds, "seconds": round(rebuilt.total_seconds, 3)}))
        return
    table = Table("fact", "rows", "seconds")
    for name in dict.fromkeys([*rebuilt.rows, *rebuilt.seconds]):
        rows = f"{rebuilt.rows[name]:,}" if name in rebuilt.rows else ""
        table.add_row(name, rows, f"{rebuilt.seconds.get(name, 0):.2f}")
    output().print(table)
    Console(stderr=True).print(f"Rebuilt {sum(rebuilt.rows.values()):,} rows in {rebuilt.total_seconds:.2f} s.")


@app.command()
def totals(
    from_: Annotated[str | None, typer.Option("--from", help="First day, like 2024-01-31.")] = None,
    to: Annotated[str | None, typer.Option("--to", help="Last day, included.")] = None,
    by: Annotated[TotalsBy, typer.Option(help="What each row stands for.")] = TotalsBy.REP,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Add facts up over a span of days; distinct leads are counted once over the whole span."""
    refresh_changed_days()
    first, last = _span(from_, to)
    table = totals_over(first, last, by)
    if as_json:
        rows = [{by.value: _label(row), **_numbers(row.totals)} for row in table.rows]
        typer.echo(json.dumps({"totals": _numbers(table.totals), "rows": rows}, ensure_ascii=False))
    else:
        output().print(_drawn(table, by))
        _say_adjusted(table, by, talks_off(first, last, None))


def _say_adjusted(table: TotalsTable, by: TotalsBy, off: TalksOff) -> None:
    """Say beneath the table whose deep talks have a bulge just past the threshold, and how many are left without it."""
    by_key: Mapping[Any, float] = {TotalsBy.REP: off.by_rep, TotalsBy.TEAM: off.by_team}.get(by, {})
    said = [(_label(row), row.totals.deep_talks, by_key[row.key]) for row in table.rows if row.key in by_key]
    if by is TotalsBy.MONTH and off.by_rep:
        said = [("total", table.totals.deep_talks, sum(off.by_rep.values()))]
    for name, talks, beyond in said:
        output().print(f"{name}: {talks:,} deep talks, adjusted {talks - beyond:,.1f}. Please review.")


def _span(from_: str | None, to: str | None) -> tuple[date | None, date | None]:
    first, last = date_of(from_, "--from"), date_of(to, "--to")
    if first and last and first > last:
        raise UserMistake(f"--from {first} is later than --to {last}")
    return first, last


def _label(row: TotalsRow) -> str:
    return UNASSIGNED if row.key == 0 else row.name


def _numbers(totals: Totals) -> dict[str, Any]:
    """Return the numbers with revenue in major units, whole where it is whole."""
    numbers = asdict(totals)
    revenue = Decimal(numbers.pop("net_revenue_minor")).scaleb(-minor_digits(organization().currency))
    return {**numbers, "revenue": int(revenue) if revenue == int(revenue) else float(revenue)}


def _drawn(table: TotalsTable, by: TotalsBy) -> Table:
    heads = list(_numbers(table.totals))
    drawn = Table(title=organization().name or None, show_footer=True)
    drawn.add_column(by.value, footer="total")
    for head in heads:
        drawn.add_column(head.replace("_", " "), justify="right", footer=f"{_numbers(table.totals)[head]:,}")
    for row in table.rows:
        drawn.add_row(_label(row), *(f"{_numbers(row.totals)[head]:,}" for head in heads))
    return drawn
