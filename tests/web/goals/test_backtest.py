"""Looking back: what was stated at a month's start knew nothing of the month, and was judged by what it brought."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from typer.testing import CliRunner

from pacemark.cli.goals import app
from pacemark.engine.goals.stated import RULES
from pacemark.engine.periods import sales_month
from pacemark.web.goals.bridge.backtesting import MonthStatements
from pacemark.web.goals.bridge.planning import prepare
from pacemark.web.goals.queries.backtest import backtest, load_month, statements_at, whole_months_of_records
from pacemark.web.goals.queries.ground import load_ground
from pacemark.web.organization.models import CalendarDay, Leave, Membership, Organization, Rep
from pacemark.web.pipeline.models import Deal, Opportunity
from tests.web.goals.floor import Floor, steady_months, weekdays

BEFORE = [sales_month(f"2024-0{month}") for month in range(1, 5)]
MAY = sales_month("2024-05")
START = MAY.first
DAY = timedelta(days=1)


def _every_third(first: date, last: date) -> list[date]:
    """Return every third weekday, the last among them."""
    return weekdays(first, last)[::-3][::-1]


@pytest.fixture
def floor(db: None) -> Floor:
    return Floor()


@pytest.fixture
def reps(floor: Floor) -> list[Rep]:
    """Three people with four months behind them, working every third day."""
    found = [floor.rep(f"R{number}", "full_cycle") for number in range(3)]
    steady_months(floor, found, _every_third(date(2024, 1, 1), date(2024, 4, 30)))
    return found


def _stated(floor: Floor) -> MonthStatements:
    floor.count()
    found = statements_at(MAY, load_month(MAY).days, [load_month(month) for month in BEFORE])
    assert found is not None
    return found


def _as_told(stated: MonthStatements) -> dict[str, Any]:
    # PostgreSQL gives rows as they lie, so that sums of them differ in the fifteenth digit.
    chances = {rule: values.round(12).tolist() for rule, values in stated.chances.items()}
    return {"rep_ids": stated.rep_ids, "target": stated.target_minor.tolist(), **chances}


# --- no peeking -------------------------------------------------------------------------------------------------------


def _work_and_win(floor: Floor, rep: Rep) -> None:
    for day in (START, START + 20 * DAY, START + 60 * DAY):
        talks = floor.dials(rep, day, 80, 60, 40)
        floor.opportunity(rep, day, talk=talks[0], won=90_000, expected=9_000)
        floor.refund(floor.deal(rep, day, 700), day, 700)


def _win_what_was_open(floor: Floor, rep: Rep) -> None:
    opportunity = Opportunity.objects.get(owner=rep, state="open")
    opportunity.state, opportunity.closed_on = "won", START + 9 * DAY
    opportunity.save()
    floor.deal(rep, START + 9 * DAY, 5_000, opportunity=opportunity)


def _give_back_an_old_deal(floor: Floor, rep: Rep) -> None:
    floor.refund(Deal.objects.filter(owner=rep).earliest("signed_on"), START, 1_000)


def _fall_ill(floor: Floor, rep: Rep) -> None:
    Leave.objects.create(rep=rep, first_day=START, last_day=START + 25 * DAY)


def _leave_the_firm(floor: Floor, rep: Rep) -> None:
    Rep.objects.filter(pk=rep.pk).update(left_on=START + 3 * DAY)


def _become_a_setter(floor: Floor, rep: Rep) -> None:
    Membership.objects.filter(rep=rep).update(valid_to=START + DAY)
    Membership.objects.create(rep=rep, role="setter", team=floor.team, valid_from=START + DAY)


@pytest.mark.parametrize(
    "happens",
    [_work_and_win, _win_what_was_open, _give_back_an_old_deal, _fall_ill, _leave_the_firm, _become_a_setter],
)
def test_nothing_of_the_month_or_later_changes_what_is_stated(
    floor: Floor, reps: list[Rep], happens: Callable[[Floor, Rep], None]
) -> None:
    floor.opportunity(reps[0], START - 12 * DAY, expected=2_000)
    before = _as_told(_stated(floor))
    happens(floor, reps[0])

    assert _as_told(_stated(floor)) == before
    assert before["rep_ids"] == tuple(rep.pk for rep in reps)


def test_what_is_dated_the_day_before_does_change_it(floor: Floor, reps: list[Rep]) -> None:
    before = _as_told(_stated(floor))
    floor.opportunity(reps[0], START - DAY, won=4_000)
    after = _as_told(_stated(floor))

    for rule in RULES:
        assert after[rule][0] != before[rule][0], rule


# --- who is spoken of, and what counts --------------------------------------------------------------------------------


def test_left_out_are_setters_the_idle_those_without_a_median_and_those_who_left(floor: Floor) -> None:
    usual, idle, unlucky, gone, newcomer = (floor.rep(name, "full_cycle") for name in "UIXGN")
    setter = floor.rep("S", "setter")
    closer = floor.rep("C", "closer")
    steady_months(floor, [usual, gone, setter], _every_third(date(2024, 1, 1), date(2024, 4, 30)))
    steady_months(floor, [idle], _every_third(date(2024, 1, 1), date(2024, 3, 29)))
    steady_months(floor, [newcomer], _every_third(date(2024, 3, 1), date(2024, 4, 30)))
    for month in range(1, 5):
        floor.dials(unlucky, date(2024, month, 10), 50, 20, 5)
        floor.opportunity(closer, date(2024, month, 10), won=2_000)
        floor.deal(setter, date(2024, month, 10), 3_000)
    Rep.objects.filter(pk=gone.pk).update(left_on=START)

    assert set(_stated(floor).rep_ids) == {usual.pk, closer.pk}


@pytest.mark.parametrize(("earned", "given_back", "reached"), [(1000, 0, True), (999, 0, False), (1500, 501, False)])
def test_reached_is_revenue_net_of_refunds_of_at_least_the_median(
    floor: Floor, earned: int, given_back: int, reached: bool
) -> None:
    rep = floor.rep("R", "closer")
    for month, amount in enumerate([500, 1000, 4000], start=1):
        floor.opportunity(rep, date(2024, month, 8), won=amount)
    floor.opportunity(rep, date(2024, 4, 30))
    deal = floor.deal(rep, date(2024, 4, 2), earned)
    if given_back:
        floor.refund(deal, date(2024, 4, 25), given_back)
    floor.count()
    (judged,) = backtest().months

    assert judged.stated.period.label == "2024-04"
    assert judged.stated.target_minor.tolist() == [100_000]
    assert judged.happened.tolist() == [reached]


def test_a_win_without_a_day_counts_like_one_won_on_the_opening_day(floor: Floor, reps: list[Rep]) -> None:
    def closing_share() -> float:
        floor.count()
        return float(prepare(load_ground(MAY, START)).inputs.closing_share[0])

    for number in range(30):
        day = date(2024, 1, 2) + number * DAY
        floor.opportunity(reps[0], day, won=1_000, closed_on=day + 40 * DAY)
    dated = closing_share()
    on_the_spot = Deal.objects.filter(
        signed_on=F("opportunity__opened_on"), opportunity__opened_on__lt=date(2024, 3, 1)
    )
    assert on_the_spot.update(is_undated=True) > 5

    assert closing_share() == pytest.approx(dated)


# --- which months -----------------------------------------------------------------------------------------------------


def _labels() -> list[str]:
    return [month.label for month in whole_months_of_records()]


def test_only_months_worked_to_their_end_are_judged(floor: Floor) -> None:
    rep = floor.rep("R")
    for day in (date(2024, 1, 17), date(2024, 3, 28)):
        floor.dials(rep, day, 10)
    floor.count()

    assert _labels() == ["2024-01", "2024-02"], "a working day of March, the 29th, is not known"
    CalendarDay.objects.create(date=date(2024, 3, 29), kind="holiday", name="Good Friday")
    assert _labels() == ["2024-01", "2024-02", "2024-03"]
    Organization.objects.update(sales_month_start_day=26)
    assert _labels() == ["2024-01", "2024-02", "2024-03"], "until 25 March"


def test_only_the_last_months_when_asked(floor: Floor, reps: list[Rep]) -> None:
    steady_months(floor, reps, _every_third(date(2024, 5, 1), date(2024, 5, 31)))
    floor.count()
    labels = {n: [month.stated.period.label for month in backtest(n).months] for n in (None, 1, 9)}

    assert labels == {None: ["2024-04", "2024-05"], 1: ["2024-05"], 9: ["2024-04", "2024-05"]}
    assert backtest(1).scores[0].n == 3


def test_the_number_of_queries_does_not_grow_with_people(floor: Floor, reps: list[Rep]) -> None:
    def queries() -> int:
        floor.count()
        with CaptureQueriesContext(connection) as caught:
            assert backtest().months
        return len(caught)

    few = queries()
    more = [floor.rep(f"M{number}", "full_cycle") for number in range(9)]
    steady_months(floor, more, _every_third(date(2024, 3, 1), date(2024, 4, 30)))
    assert queries() == few


# --- the command ------------------------------------------------------------------------------------------------------


def _run(*words: str) -> str:
    return CliRunner().invoke(app, ["backtest", *words], env={"COLUMNS": "200"}, catch_exceptions=False).stdout


def test_the_command_prints_four_rules_and_their_calibration(floor: Floor, reps: list[Rep]) -> None:
    floor.count()
    answer = json.loads(_run("--json"))

    assert answer["months"] == ["2024-04"]
    assert [row["rule"] for row in answer["rows"]] == list(RULES)
    for row in answer["rows"]:
        assert 0 <= row["brier"] <= 1
        assert row["n"] == sum(one["n"] for one in row["calibration"]) == 3
        assert {"low", "high", "n", "stated", "observed", "interval"} <= set(row["calibration"][0])
    assert answer["rows"][0]["worse_by"] is None
    assert set(answer["rows"][1]["worse_by"]) == {"mean", "error", "interval"}
    drawn = _run()
    assert "last month × 1.2" in drawn
    assert f"{answer['rows'][0]['brier']:.4f}" in drawn


def test_without_enough_history_there_is_nothing_to_look_back_on(floor: Floor) -> None:
    assert json.loads(_run("--json")) == {
        "rows": [{"rule": rule, "brier": None, "calibration": [], "n": 0} for rule in RULES],
        "months": [],
    }
    assert "Nothing to look back on yet" in _run()
    floor.dials(floor.rep("R"), date(2024, 1, 31), 10)
    floor.count()
    assert "Nothing to look back on yet" in _run()
