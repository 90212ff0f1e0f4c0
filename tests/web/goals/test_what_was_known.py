"""Which month is meant, and that a plan knows what was known before its day, and nothing later."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from pacemark.engine.periods import sales_month
from pacemark.web.goals.jobs import plan_missing_months
from pacemark.web.goals.models import RepPlan
from pacemark.web.goals.queries.periods import default_as_of, default_period, shown_period
from pacemark.web.goals.services.plans import plan_period, work_out
from pacemark.web.organization.models import Organization, Rep
from tests.web.goals.floor import Floor, steady_months, weekdays

FEBRUARY = sales_month("2024-02")
AS_OF = date(2024, 2, 1)


@pytest.fixture
def floor(db: None) -> Floor:
    return Floor()


@pytest.fixture
def known(floor: Floor) -> list[Rep]:
    """Three people with two months behind them."""
    reps = [floor.rep(f"R{number}", "full_cycle") for number in range(3)]
    steady_months(floor, reps, weekdays(date(2023, 12, 1), date(2024, 1, 31)))
    return reps


def _worked_out(floor: Floor, as_of: date = AS_OF) -> list[dict[str, Any]]:
    floor.count()
    return work_out(FEBRUARY, as_of)


# --- what is known ----------------------------------------------------------------------------------------------------


def test_what_happens_on_the_day_or_later_changes_nothing(floor: Floor, known: list[Rep]) -> None:
    before = _worked_out(floor)
    rep = known[0]
    for day in (AS_OF, AS_OF + timedelta(days=40)):
        talks = floor.dials(rep, day, 50, 40, 30)
        floor.opportunity(rep, day, talk=talks[0], won=9_000, expected=9_000)
        floor.refund(floor.deal(rep, day, 700), day, 700)

    assert _worked_out(floor) == before


def test_an_old_opportunity_that_is_won_later_is_still_open_then(floor: Floor, known: list[Rep]) -> None:
    """The same opportunity, won after the day or never: nobody could know."""
    opportunity = floor.opportunity(known[0], date(2024, 1, 20), expected=2_000)
    before = _worked_out(floor)
    opportunity.state, opportunity.closed_on = "won", date(2024, 2, 10)
    opportunity.save()
    floor.deal(known[0], date(2024, 2, 10), 1_000, opportunity=opportunity)

    assert _worked_out(floor) == before


def test_an_old_talk_whose_opportunity_is_reported_later_has_not_converted_yet(floor: Floor, known: list[Rep]) -> None:
    talks = floor.dials(known[0], date(2024, 1, 31), 10, 5, 4)
    before = _worked_out(floor)
    floor.opportunity(known[0], AS_OF, talk=talks[0])

    after = _worked_out(floor)
    assert after == before
    floor.opportunity(known[0], date(2024, 1, 31), talk=talks[1])
    assert _worked_out(floor) != before, "one that was reported in time has"


@pytest.mark.parametrize("what", ["win", "call", "refund", "opportunity"])
def test_what_an_import_brings_from_before_the_day_changes_the_plan(floor: Floor, known: list[Rep], what: str) -> None:
    deal = floor.deal(known[0], date(2024, 1, 10), 1_000)
    before = _worked_out(floor)
    day = AS_OF - timedelta(days=1)
    match what:
        case "win":
            floor.opportunity(known[0], day, won=1_000)
        case "call":
            floor.dials(known[0], day, 5, 1)
        case "refund":
            floor.refund(deal, day, 400)
        case "opportunity":
            floor.opportunity(known[0], day)

    assert _worked_out(floor) != before


# --- which month ------------------------------------------------------------------------------------------------------


def test_the_month_after_the_last_call_and_how_far_is_known(floor: Floor, settings: Any) -> None:
    settings.PACEMARK_TODAY = "2024-06-03"
    rep = floor.rep("R")
    floor.dials(rep, date(2023, 12, 29), 3)  # a Friday
    floor.count()

    assert default_period().label == "2024-01"
    assert default_as_of(sales_month("2024-01")) == date(2024, 1, 1), "a weekend without records is no gap"
    assert default_as_of(sales_month("2023-12")) == date(2023, 12, 1), "a month's plan knows nothing of that month"
    assert default_as_of(sales_month("2024-03")) == date(2023, 12, 30), "nothing is known of January and February"
    settings.PACEMARK_TODAY = "2023-12-30"
    assert default_as_of(sales_month("2024-01")) == date(2023, 12, 30), "tomorrow is not known yet"


def test_without_calls_the_last_opportunity_decides_and_without_both_today(floor: Floor, today: date) -> None:
    assert default_period().label == "2024-03", "today is in March 2024"
    assert default_as_of(sales_month("2024-03")) == date(2024, 3, 1)
    rep = floor.rep("R")
    floor.opportunity(rep, date(2023, 8, 31))
    floor.opportunity(rep, date(2023, 10, 31), state="unqualified")
    floor.count()

    assert default_period().label == "2023-09"


def test_sales_months_that_start_on_the_26th(floor: Floor, today: date) -> None:
    Organization.objects.update(sales_month_start_day=26)
    rep = floor.rep("R")
    floor.dials(rep, date(2024, 1, 26), 3)  # the first day of the sales month 2024-02
    floor.count()
    month = default_period()

    assert (month.label, month.first, month.last) == ("2024-03", date(2024, 2, 26), date(2024, 3, 25))
    (document,) = work_out(month, default_as_of(month))
    assert document["days"] == len(weekdays(date(2024, 2, 26), date(2024, 3, 25))) == 21


def test_a_page_shows_the_month_asked_for_else_the_present_else_the_last_planned(floor: Floor, today: date) -> None:
    assert shown_period("2023-07").label == "2023-07"
    for nonsense in ("", "2023-13", "July", "9999999-01", "2023-07-01"):
        assert shown_period(nonsense).label == "2024-03"
    floor.rep("R")
    for label in ("2023-05", "2023-11"):
        plan_period(actor=None, period=sales_month(label), as_of=date(2023, 5, 1))
    assert shown_period("").label == "2023-11"
    plan_period(actor=None, period=sales_month("2024-03"), as_of=date(2024, 3, 1))
    assert shown_period("").label == "2024-03"


def test_the_nightly_work_plans_what_is_missing_and_leaves_what_stands(floor: Floor, settings: Any) -> None:
    settings.PACEMARK_TODAY = "2024-01-31"
    rep = floor.rep("R")
    floor.dials(rep, date(2024, 1, 30), 30, 10)
    floor.count()

    assert plan_missing_months() == 2
    months = {plan.period_start: plan.as_of for plan in RepPlan.objects.all()}
    assert months == {date(2024, 1, 1): date(2024, 1, 1), date(2024, 2, 1): date(2024, 1, 31)}
    floor.dials(rep, date(2024, 1, 31), 300, 10)
    floor.count()
    assert plan_missing_months() == 0, "what stands at a month's start stands for the month"


def test_records_that_ended_long_ago_do_not_plan_the_present(floor: Floor, today: date) -> None:
    rep = floor.rep("R")
    floor.dials(rep, date(2022, 6, 3), 30, 10)
    floor.count()
    plan_missing_months()

    assert [plan.period_start for plan in RepPlan.objects.all()] == [date(2022, 7, 1)]
