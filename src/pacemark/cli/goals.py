"""`pacemark goals`: what the goals were worth, looking back, and what is left of them."""

from __future__ import annotations

import json
import sys
from datetime import date, timedelta
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from pacemark.cli.start import UserMistake, date_of, output
from pacemark.engine.goals.backtest import CalibrationBin, RuleScore
from pacemark.engine.goals.stated import RULES
from pacemark.engine.periods import Period, sales_month, sales_month_of
from pacemark.web.goals.bridge.targets import MIN_MONTHS
from pacemark.web.goals.queries.backtest import Backtest
from pacemark.web.goals.queries.backtest import backtest as go_back
from pacemark.web.goals.queries.periods import day_after_records, default_as_of
from pacemark.web.goals.queries.replans import has_plans, replans_on
from pacemark.web.goals.services.plans import plan_period
from pacemark.web.goals.services.replans import replan_period
from pacemark.web.organization.queries import organization

app = typer.Typer(no_args_is_help=True, help="Goals: looking back, and what is left.")

NOTHING = "—"
WORDS = {
    "pacemark": "Pacemark",
    "last_month_x_1.2": "last month × 1.2",
    "group_averages": "group averages",
    "raw_own_rates": "raw own rates",
}


@app.callback()
def _goals() -> None:
    """Goals: looking back, and what is left."""


@app.command()
def backtest(
    months: Annotated[int | None, typer.Option(min=1, help="Only the last so many whole months.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compare the chances stated at each month's start with what happened.

    For every person who sold then: the chance to reach their own past median month, by Pacemark and by three rules of
    thumb, from what was known on the month's first day.
    """
    found = go_back(months)
    if as_json:
        sys.stdout.write(json.dumps(_answer(found), ensure_ascii=False, allow_nan=False) + "\n")
    elif found.scores:
        for table in (_rules_table(found), _calibration_table(found.scores[0])):
            Console().print(table)
    else:
        Console().print(
            f"Nothing to look back on yet: it takes {MIN_MONTHS} whole months of records and one more to judge, and "
            "somebody whose median month brought revenue."
        )


@app.command()
def replan(
    period: Annotated[
        str | None, typer.Option(help="Sales month such as 2024-01; default: the one of --as-of.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option(help="First day not yet known; default: the day after the last record.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Work out what is left of everyone's month on a day, keep it, and show it.

    Each person is measured against the plan that stands; where nobody has a plan for the month yet, it is made first,
    from what was known on the month's first day.
    """
    month, day = _asked(period, as_of)
    if not has_plans(month.first):
        plan_period(actor=None, period=month, as_of=default_as_of(month))
    replan_period(actor=None, period=month, as_of=day)
    people = replans_on(month.first, day)
    if as_json:
        answer = {"period": month.label, "as_of": day.isoformat(), "people": people}
        sys.stdout.write(json.dumps(answer, ensure_ascii=False, allow_nan=False) + "\n")
    elif people:
        output().print(_rest_table(month, day, people))
    else:
        output().print("Nobody to plan for: import records first.")


def _asked(period: str | None, as_of: str | None) -> tuple[Period, date]:
    """Return the month and the day that are meant."""
    start_day = organization().sales_month_start_day
    day = date_of(as_of, "--as-of") or day_after_records()
    month = sales_month(period, start_day) if period else sales_month_of(day, start_day)
    after = month.last + timedelta(days=1)
    if as_of and not month.first <= day <= after:
        raise UserMistake(f"--as-of {day} lies outside the month {month.label}, {month.first} to {month.last}")
    return month, min(max(day, month.first), after)


def _rest_table(month: Period, day: date, people: list[dict[str, Any]]) -> Table:
    table = Table(title=f"{month.label}: what was left on {day}")
    for head in ("rep", "role", "status"):
        table.add_column(head)
    heads = ("target", "booked", "pace", "ends at", "10 % to 90 %", "chance", "days left", "dials/day", "80 %", "90 %")
    for head in heads:
        table.add_column(head, justify="right")
    for one in people:
        ends, stage = one["projection"], "opportunities" if one["role"] == "closer" else "dials"
        target, done = one["target"], one["booked"]
        if one["sourced"] is not None and one["opportunities_target"] is not None:
            target, done = one["opportunities_target"], one["sourced"]
        table.add_row(
            one["rep"], one["role"], one["status"].replace("_", " "), f"{target:,.0f}", f"{done:,.0f}",
            NOTHING if one["pace"] is None else f"{one['pace']:.2f}", f"{ends['mean']:,.0f}",
            f"{ends['low']:,.0f} to {ends['high']:,.0f}", f"{one['chance']:.0%}", str(one["days"]),
            *(_per_day(one["plans"][key], stage) for key in ("0.5", "0.8", "0.9")),
        )  # fmt: skip
    return table


def _per_day(plan: dict[str, Any], stage: str) -> str:
    pace = plan["per_day"].get(stage)
    mark = " !" if plan["feasible"] is False else ""
    return NOTHING + mark if pace is None else f"{pace['rounded']:,}{mark}"


def _answer(found: Backtest) -> dict[str, Any]:
    rows = [_row(score) for score in found.scores]
    return {"rows": rows or [_nothing(rule) for rule in RULES], "months": _labels(found)}


def _labels(found: Backtest) -> list[str]:
    return [month.stated.period.label for month in found.months]


def _row(score: RuleScore) -> dict[str, Any]:
    worse_by = score.worse_by
    return {
        "rule": score.rule,
        "brier": score.brier,
        "brier_interval": list(score.brier_interval),
        "n": score.n,
        "stated": score.stated,
        "observed": score.observed,
        "large_p": score.large_p,
        "bins_p": score.bins_p,
        "calibration": [_bin(one) for one in score.calibration],
        "worse_by": worse_by and {"mean": worse_by.mean, "error": worse_by.error, "interval": list(worse_by.interval)},
    }


def _nothing(rule: str) -> dict[str, Any]:
    return {"rule": rule, "brier": None, "calibration": [], "n": 0}


def _bin(one: CalibrationBin) -> dict[str, Any]:
    return {
        "low": one.low,
        "high": one.high,
        "n": one.n,
        "stated": one.stated,
        "observed": one.observed,
        "interval": list(one.interval),
    }


def _rules_table(found: Backtest) -> Table:
    labels = _labels(found)
    table = Table(title=f"{labels[0]} to {labels[-1]}: {found.scores[0].n:,} statements, one per person and month")
    table.add_column("rule")
    for head in ("Brier", "95 % interval", "stated", "came true", "worse by", "95 % interval"):
        table.add_column(head, justify="right")
    for score in found.scores:
        worse_by = score.worse_by
        table.add_row(
            WORDS[score.rule],
            f"{score.brier:.4f}",
            _interval(score.brier_interval),
            f"{score.stated:.1%}",
            f"{score.observed:.1%}",
            f"{worse_by.mean:+.4f}" if worse_by else NOTHING,
            _interval(worse_by.interval) if worse_by else NOTHING,
        )
    return table


def _calibration_table(score: RuleScore) -> Table:
    p = NOTHING if score.bins_p is None else f"{score.bins_p:.2f}"
    table = Table(title=f"{WORDS[score.rule]}: stated and came true (chi-square over the bins: p = {p})")
    for head in ("chance", "n", "stated", "came true", "95 % interval"):
        table.add_column(head, justify="right")
    for one in score.calibration:
        low, high = one.interval
        table.add_row(
            f"{one.low:.0%}–{one.high:.0%}",
            f"{one.n:,}",
            f"{one.stated:.1%}",
            f"{one.observed:.1%}",
            f"{low:.0%} to {high:.0%}",
        )
    return table


def _interval(pair: tuple[float, float]) -> str:
    return f"{pair[0]:.4f} to {pair[1]:.4f}"
