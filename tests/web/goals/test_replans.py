"""The rest of a month for real rows: by hand, against the calculator, night after night, and at the edges."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from pacemark.engine.errors import EngineError
from pacemark.engine.goals.plan_batch import WORK
from pacemark.engine.goals.replan import replan
from pacemark.engine.periods import sales_month
from pacemark.web.goals.bridge.stored import chain_of, span_of
from pacemark.web.goals.models import PlanBasis, Replan, RepPlan
from pacemark.web.goals.queries.replans import last_replans, latest_replan, latest_replans
from pacemark.web.goals.services.plans import plan_period
from pacemark.web.goals.services.replans import replan_period, work_out_rest
from pacemark.web.organization.models import Leave, Rep
from pacemark.web.trail.models import TrailEntry
from tests.support.query_counts import counted_queries
from tests.web.goals.floor import Floor, steady_months, weekdays

MARCH = sales_month("2024-03")
AS_OF = date(2024, 3, 18)
DAYS = weekdays(MARCH.first, MARCH.last)
DONE, LEFT = len([day for day in DAYS if day < AS_OF]), len([day for day in DAYS if day >= AS_OF])


@pytest.fixture
def floor(db: None) -> Floor:
    return Floor()


@pytest.fixture
def reps(floor: Floor) -> dict[str, Rep]:
    """A full-cycle rep, a setter and a closer with three months behind them, and March's plans."""
    full, setter, closer = (floor.rep(name, name) for name in ("full_cycle", "setter", "closer"))
    days = weekdays(date(2023, 12, 1), date(2024, 2, 29))
    steady_months(floor, [full], days)
    steady_months(floor, [setter], days, [closer])
    floor.count()
    plan_period(actor=None, period=MARCH, as_of=MARCH.first)
    return {"full_cycle": full, "setter": setter, "closer": closer}


def _replan(floor: Floor, as_of: date = AS_OF) -> dict[int, Replan]:
    floor.count()
    replan_period(actor=None, period=MARCH, as_of=as_of)
    return {row.rep_id: row for row in Replan.objects.filter(as_of=as_of)}


def test_what_is_left_is_the_calculators_answer(floor: Floor, reps: dict[str, Rep]) -> None:
    """The stored even-odds chain is the engine's `replan` of the stored inputs, to the last digit that floats keep."""
    floor.deal(reps["full_cycle"], date(2024, 3, 6), 500)
    floor.opportunity(reps["full_cycle"], date(2024, 3, 12), expected=900)
    found = _replan(floor)[reps["full_cycle"].pk]
    content = found.content
    chain, span = chain_of(content), span_of(content)
    assert (content["days"], content["day"], content["days_all"]) == (LEFT, DONE, len(DAYS))
    # The calculator takes the whole month's days, and counts what the pipeline will bring as booked here.
    whole = replan(chain, span.__class__(days=Fraction(len(DAYS))), Fraction(DONE))

    for stage in ("dials", "connects", "deep_talks", "opportunities"):
        assert content["plans"]["0.5"][stage] == pytest.approx(float(whole.remaining.chain.values[stage] or 0))
    assert content["booked"] == 500
    assert content["pro_rata"] == pytest.approx(content["target"] * DONE / len(DAYS))
    assert content["pace"] == pytest.approx(500 / content["pro_rata"])
    assert found.status == "at_risk"
    assert found.booked_minor == 50_000


def test_who_is_booked_out_needs_nothing_and_is_on_track(floor: Floor, reps: dict[str, Rep]) -> None:
    floor.deal(reps["full_cycle"], date(2024, 3, 6), 900_000)
    found = _replan(floor)[reps["full_cycle"].pk]

    assert (found.status, found.chance, found.is_feasible) == ("on_track", 1.0, True)
    assert {found.content["plans"][key]["dials"] for key in ("0.5", "0.8", "0.9")} == {0.0}
    assert found.projection_low_minor >= 90_000_000


def test_a_setter_counts_opportunities(floor: Floor, reps: dict[str, Rep]) -> None:
    setter = reps["setter"]
    talks = floor.dials(setter, date(2024, 3, 5), 30, 20, 5)
    for talk in talks[:3]:
        floor.opportunity(reps["closer"], date(2024, 3, 5), talk=talk)
    found = _replan(floor)[setter.pk]
    needed = RepPlan.objects.get(rep=setter).content["plans"]["0.5"]["opportunities"]

    assert found.content["sourced"] == 3
    assert found.content["opportunities_target"] == needed
    assert found.content["plans"]["0.5"]["opportunities"] == pytest.approx(max(needed - 3, 0))
    assert found.booked_minor == pytest.approx(3 / needed * found.target_minor, abs=1)


def test_before_the_first_day_it_is_the_plan(floor: Floor, reps: dict[str, Rep]) -> None:
    for rep_id, found in _replan(floor, MARCH.first).items():
        plan = RepPlan.objects.get(rep_id=rep_id).content
        for key in ("0.5", "0.8", "0.9"):
            for stage in WORK:
                mine, planned = found.content["plans"][key][stage], plan["plans"][key][stage]
                assert mine == (planned if planned is None else pytest.approx(planned, rel=1e-4, abs=1.01)), stage
        assert (found.status, found.content["pace"], found.booked_minor) == ("on_track", None, 0)


def test_more_days_gone_leave_less_chance(floor: Floor, reps: dict[str, Rep]) -> None:
    rep_id = reps["full_cycle"].pk
    nights = [date(2024, 3, day) for day in (1, 11, 21, 29)]
    chances = [_replan(floor, night)[rep_id].chance or 0 for night in nights]
    needs = [latest_replan(rep_id, MARCH.first, night).content["plans"]["0.5"]["per_day"]["dials"] for night in nights]  # type: ignore[union-attr]

    assert chances == sorted(chances, reverse=True)
    assert [need["exact"] for need in needs] == sorted(need["exact"] for need in needs)


def test_without_a_day_left_nothing_fits_and_the_most_is_said(floor: Floor, reps: dict[str, Rep]) -> None:
    full = reps["full_cycle"]
    floor.deal(full, date(2024, 3, 6), 500)
    floor.opportunity(full, date(2024, 3, 12), expected=900)
    Leave.objects.create(rep=full, first_day=AS_OF, last_day=MARCH.last)
    found = _replan(floor)[full.pk]
    even = found.content["plans"]["0.5"]

    assert found.content["days"] == 0
    assert not found.is_feasible
    assert even["per_day"]["dials"] is None
    assert 500 <= even["reachable"] == pytest.approx(500 + found.content["expected_from_open"], rel=0.05)
    assert 0 < even["reachable_odds"] < 1
    assert found.projection_minor == pytest.approx(even["reachable"] * 100, rel=0.05)


def test_nothing_known_later_than_the_day_matters(floor: Floor, reps: dict[str, Rep]) -> None:
    before = work_out_rest(MARCH, AS_OF)
    floor.deal(reps["full_cycle"], AS_OF, 10_000)
    floor.dials(reps["full_cycle"], AS_OF, 30, 10, 2)
    floor.count()
    assert work_out_rest(MARCH, AS_OF) == before


def test_a_second_replan_of_a_day_replaces_the_first(floor: Floor, reps: dict[str, Rep]) -> None:
    rep_id = reps["full_cycle"].pk
    first = _replan(floor)[rep_id]
    floor.deal(reps["full_cycle"], date(2024, 3, 4), 700)
    again = _replan(floor)[rep_id]
    assert (first.booked_minor, again.booked_minor) == (0, 70_000)

    _replan(floor, date(2024, 3, 19))
    assert [row.as_of.day for row in last_replans(rep_id, MARCH.first, date(2024, 3, 25), 5)] == [19, 18]
    assert latest_replan(rep_id, MARCH.first, date(2024, 3, 17)) is None
    assert latest_replans(MARCH.first, None, date(2024, 3, 18))[rep_id].as_of == AS_OF
    assert latest_replans(MARCH.first, [rep_id], date(2024, 3, 30))[rep_id].as_of.day == 19
    entry = TrailEntry.objects.filter(action="goals.period_replanned").latest("pk")
    assert entry.changes == {"people": 3, "as_of": "2024-03-19"}


def test_outside_the_month_is_refused_and_a_leaver_is_left_out(floor: Floor, reps: dict[str, Rep]) -> None:
    for day in (date(2024, 2, 29), date(2024, 4, 2)):
        with pytest.raises(EngineError) as refused:
            replan_period(actor=None, period=MARCH, as_of=day)
        assert refused.value.code == "goals.day_out_of_range"
    Rep.objects.filter(pk=reps["closer"].pk).update(left_on=date(2024, 3, 10))
    assert set(_replan(floor)) == {reps["full_cycle"].pk, reps["setter"].pk}


def test_the_number_of_queries_does_not_grow_with_people(floor: Floor, reps: dict[str, Rep]) -> None:
    with counted_queries() as few:
        replan_period(actor=None, period=MARCH, as_of=AS_OF)
    for number in range(30):
        floor.rep(f"N{number}", "full_cycle")
    plan_period(actor=None, period=MARCH, as_of=MARCH.first)
    with counted_queries() as many:
        assert replan_period(actor=None, period=MARCH, as_of=AS_OF) == 33

    assert len(few) == len(many), str(many)


def test_a_plan_that_carries_nothing_still_serves(floor: Floor, reps: dict[str, Rep]) -> None:
    """Plans of an older version: their rates are taken back from mean and interval, the lag curves learned anew."""
    usual = _replan(floor)[reps["full_cycle"].pk].content
    for plan in RepPlan.objects.all():
        del plan.content["carried"]
        plan.save(update_fields=["content"])
    PlanBasis.objects.all().delete()
    found = _replan(floor)[reps["full_cycle"].pk].content

    assert found["plans"]["0.5"]["dials"] == pytest.approx(usual["plans"]["0.5"]["dials"], rel=0.05)
    assert found["rates"]["win_rate"]["mean"] == pytest.approx(usual["rates"]["win_rate"]["mean"], rel=1e-4)
