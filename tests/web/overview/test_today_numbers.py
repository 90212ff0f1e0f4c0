"""Today's arithmetic: days dealt from the month, what is required by now, and what is left."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

import pytest
from django.utils import translation

from pacemark.engine.periods import sales_month
from pacemark.web.goals.models import Replan, RepPlan
from pacemark.web.goals.services.plans import plan_period
from pacemark.web.goals.services.replans import replan_period
from pacemark.web.organization.queries import Member
from pacemark.web.overview.queries import share_of_day
from pacemark.web.overview.today_page import TodayFacts, TodayPage, greeting, today_page
from pacemark.web.pipeline.queries import DayCounts
from tests.web.goals.floor import Floor, steady_months, weekdays

MARCH = sales_month("2024-03")
WORKDAYS = weekdays(MARCH.first, MARCH.last)
NOTHING = DayCounts()
STAGES = ("dials", "connects", "deep_talks", "opportunities_from_talks")


@pytest.fixture
def plans(db: None) -> dict[str, RepPlan]:
    """March's plans of a full-cycle rep, a setter and a closer who did the same all winter."""
    floor = Floor()
    full, setter, closer = (floor.rep(name, name) for name in ("full_cycle", "setter", "closer"))
    days = weekdays(date(2023, 12, 1), date(2024, 2, 29))
    steady_months(floor, [full], days)
    steady_months(floor, [setter], days, [closer])
    floor.count()
    plan_period(actor=None, period=MARCH, as_of=MARCH.first)
    return {plan.role: plan for plan in RepPlan.objects.select_related("rep")}


def _page(plan: RepPlan, day: date, *, today: DayCounts = NOTHING, share: float = 0.5, **changed: Any) -> TodayPage:
    facts = TodayFacts(
        today=today,
        month=changed.pop("month", today),
        share_of_day=share,
        workdays=tuple(changed.pop("workdays", WORKDAYS)),
        replans=tuple(changed.pop("replans", ())),
    )
    given: dict[str, Any] = {"confidence": "0.5", "url": "?", **changed}
    with translation.override("en"):
        return today_page(plan=plan, facts=facts, now=datetime.combine(day, time(14, 30)), **given)


def _required(plan: RepPlan, days: Sequence[date], **changed: Any) -> dict[str, list[float]]:
    """Return what each stage requires on each day, by its English label."""
    pages = [_page(plan, day, **changed) for day in days]
    return {
        page.label: [{stage.label: stage.required for stage in (each.ring, *each.bars)}[page.label] for each in pages]
        for page in (pages[0].ring, *pages[0].bars)
    }


@pytest.mark.parametrize("confidence", ["0.5", "0.8", "0.9"])
def test_the_days_add_up_to_the_month_and_never_lag_behind_it(plans: dict[str, RepPlan], confidence: str) -> None:
    plan = plans["full_cycle"]
    chosen = plan.content["plans"][confidence]
    found = _required(plan, WORKDAYS, confidence=confidence)

    assert list(found) == ["Dials", "Connects", "Deep talks", "Opportunities"]
    for stage, parts in zip(STAGES, found.values(), strict=True):
        assert sum(parts) == math.ceil(chosen[stage] - 1e-9)
        for n_done, so_far in enumerate(_running(parts), start=1):
            assert so_far - chosen[stage] * n_done / len(WORKDAYS) > -1e-6, "who keeps up is never behind"
            assert so_far - chosen[stage] * n_done / len(WORKDAYS) < 1 + 1e-6


def _running(parts: Sequence[float]) -> list[float]:
    return [sum(parts[: place + 1]) for place in range(len(parts))]


def test_three_a_day_is_not_66_a_month(plans: dict[str, RepPlan]) -> None:
    """The calculator's 2.27 a day, dealt over 22 days: 50 in all."""
    plan = plans["full_cycle"]
    plan.content["plans"]["0.5"]["opportunities_from_talks"] = 50.0
    days = [*WORKDAYS, date(2024, 4, 1)]
    parts = _required(plan, days, workdays=days)["Opportunities"]

    assert len(days) == 22
    assert sum(parts) == 50
    assert set(parts) == {2, 3}


def test_done_required_and_the_tick(plans: dict[str, RepPlan]) -> None:
    plan = plans["full_cycle"]
    plan.content["plans"]["0.5"].update(
        dials=2100.0, connects=210.0, deep_talks=105.0, opportunities_from_talks=21.0, opportunities=900.0
    )
    today = DayCounts(dials=40, connects=5, deep_talks=4, opportunities_sourced=1, opportunities=9, talk_seconds=3_661)
    page = _page(plan, date(2024, 3, 15), today=today, share=0.45)

    shown = {stage.label: (stage.done, stage.required, stage.expected, stage.tone) for stage in (page.ring, *page.bars)}
    assert shown == {
        "Dials": (40, 100, 45.0, "warn"),
        "Connects": (5, 10, 4.5, "ok"),  # half a piece ahead is on pace
        "Deep talks": (4, 5, 2.25, "ok"),
        "Opportunities": (1, 1, 0.45, "ok"),  # those that followed one's own talks, not those one owns
    }
    assert page.left == 60
    assert (page.talk_seconds, page.connects) == (3_661, 5)
    assert (page.workday, page.n_workdays, page.is_working_day) == (11, 21, True)
    assert page.ring.word == "5 behind"
    assert page.bars[1].word == "1 ahead"


@pytest.mark.parametrize(
    ("done", "tone", "word"),
    [(0, "risk", "50 behind"), (40, "risk", "10 behind"), (41, "warn", "9 behind"), (49, "warn", "1 behind"),
     (50, "ok", "on pace"), (51, "ok", "1 ahead"), (100, "ok", "50 ahead")],
)  # fmt: skip
def test_tones_follow_the_goal_of_the_moment(plans: dict[str, RepPlan], done: int, tone: str, word: str) -> None:
    plan = plans["full_cycle"]
    plan.content["plans"]["0.5"]["dials"] = 2100.0
    ring = _page(plan, date(2024, 3, 15), today=DayCounts(dials=done), share=0.5).ring

    assert (ring.required, ring.tone, ring.word) == (100, tone, word)


def test_what_is_done_can_be_more_than_asked(plans: dict[str, RepPlan]) -> None:
    plan = plans["full_cycle"]
    plan.content["plans"]["0.5"]["dials"] = 2100.0
    page = _page(plan, date(2024, 3, 15), today=DayCounts(dials=130), share=1.0)
    assert (page.left, page.ring.tone) == (0, "ok")


def test_a_day_off_asks_for_nothing(plans: dict[str, RepPlan]) -> None:
    page = _page(plans["full_cycle"], date(2024, 3, 16))

    assert not page.is_working_day
    assert (page.ring.required, page.left, page.workday) == (0, 0, 11)
    assert {stage.required for stage in page.bars} == {0}
    assert page.slowest is None


def test_a_plan_without_days_or_numbers_asks_for_nothing(plans: dict[str, RepPlan]) -> None:
    plan = plans["full_cycle"]
    nobody = _page(plan, date(2024, 3, 15), workdays=[])
    assert (nobody.ring.required, nobody.bars, nobody.n_workdays) == (0, (), 0)
    for stage in (*STAGES, "opportunities", "deals"):
        plan.content["plans"]["0.5"][stage] = None
    unknown = _page(plan, date(2024, 3, 15), today=DayCounts(dials=7))
    assert (unknown.ring.done, unknown.ring.required) == (7, 0)


def test_leave_moves_the_work_to_the_other_days(plans: dict[str, RepPlan]) -> None:
    plan = plans["full_cycle"]
    plan.content["plans"]["0.5"]["dials"] = 2000.0
    left = [day for day in WORKDAYS if day.day != 15]
    page = _page(plan, date(2024, 3, 14), workdays=left)

    assert (page.ring.required, page.n_workdays) == (100, 20)
    assert sum(_required(plan, left, workdays=left)["Dials"]) == 2000


def test_a_plan_made_in_the_middle_asks_only_for_the_rest(plans: dict[str, RepPlan]) -> None:
    plan = plans["full_cycle"]
    plan.as_of = date(2024, 3, 18)
    plan.content["plans"]["0.5"]["dials"] = 1000.0

    assert _page(plan, date(2024, 3, 15)).ring.required == 0
    rest = [day for day in WORKDAYS if day >= plan.as_of]
    assert _required(plan, rest)["Dials"] == [100] * 10


def test_the_month_so_far(plans: dict[str, RepPlan]) -> None:
    plan = plans["full_cycle"]
    plan.content["plans"]["0.5"]["dials"] = 2100.0
    stage = _page(plan, date(2024, 3, 15), month=DayCounts(dials=1000)).month[0]

    assert (stage.done, stage.required, stage.expected, stage.tone) == (1000, 2100, 1100, "warn")


def test_money_to_go(plans: dict[str, RepPlan]) -> None:
    plan = plans["full_cycle"]
    plan.content |= {"target": 10_000.0, "expected_from_open": 9_000.0}
    plan.content["deal_value"]["mean"] = 3_000.0
    page = _page(plan, date(2024, 3, 15), month=DayCounts(revenue_minor=400_000, refunds_minor=100_000))

    assert (page.booked, page.missing, page.deals_missing) == (3_000, 7_000, 3)
    assert page.expected == 7_000, "what is expected beyond the target is not needed"
    assert (page.booked_width, page.expected_width) == (30.0, 70.0)
    done = _page(plan, date(2024, 3, 15), month=DayCounts(revenue_minor=2_000_000))
    assert (done.missing, done.deals_missing, done.booked_width, done.expected_width) == (0, 0, 100.0, 0.0)


def test_a_closer_counts_what_they_own_and_close(plans: dict[str, RepPlan]) -> None:
    plan = plans["closer"]
    plan.content["plans"]["0.5"].update(opportunities=42.0, deals=10.5)
    page = _page(plan, date(2024, 3, 15), today=DayCounts(opportunities=3, opportunities_sourced=8, deals=1, dials=70))

    assert [(stage.label, stage.done, stage.required) for stage in (page.ring, *page.bars)] == [
        ("Opportunities", 3, 2), ("Deals", 1, 1),
    ]  # fmt: skip
    assert sum(_required(plan, WORKDAYS)["Deals"]) == 11


def test_a_setter_has_no_deals_to_close(plans: dict[str, RepPlan]) -> None:
    page = _page(plans["setter"], date(2024, 3, 15))
    assert [stage.label for stage in (page.ring, *page.bars)] == ["Dials", "Connects", "Deep talks", "Opportunities"]


# --- the clock --------------------------------------------------------------------------------------------------------

MEMBER = Member(
    rep_id=1, name="", employee_no="", team_id=0, team_name="", region_id=0, region_name="", pattern_id=0,
    grade_id=0, grade_name="", role="", hired_on=None, left_on=None,
)  # fmt: skip


@pytest.mark.parametrize(("at", "share"), [("08:00", 0), ("09:00", 0), ("11:15", 0.25), ("13:30", 0.5), ("20:00", 1)])
@pytest.mark.django_db
def test_without_a_past_the_day_passes_evenly_over_the_shift(at: str, share: float) -> None:
    now = datetime.combine(date(2024, 3, 15), time.fromisoformat(at))
    assert share_of_day(MEMBER, now, {}) == pytest.approx(share)


@pytest.mark.parametrize(
    ("at", "share"), [("08:59", 0), ("09:30", 0.15), ("10:00", 0.3), ("14:30", 0.5), ("19:15", 0.775), ("23:59", 1)]
)
@pytest.mark.django_db
def test_with_a_past_the_day_passes_as_it_usually_does(at: str, share: float) -> None:
    hours = {9: 0.3, 14: 0.4, 19: 0.3}
    now = datetime.combine(date(2024, 3, 15), time.fromisoformat(at))
    assert share_of_day(MEMBER, now, hours) == pytest.approx(share)


def test_greetings_change_at_noon_and_at_six() -> None:
    with translation.override("en"):
        said = [greeting(hour) for hour in (0, 11, 12, 17, 18, 23)]
    assert said == ["Good morning"] * 2 + ["Good afternoon"] * 2 + ["Good evening"] * 2


# --- what is left when the day begins ---------------------------------------------------------------------------------


def _replans(as_of: Sequence[date]) -> list[Replan]:
    for day in as_of:
        replan_period(actor=None, period=MARCH, as_of=day)
    return list(Replan.objects.filter(rep__name="full_cycle").order_by("-as_of"))


def test_today_asks_for_what_is_left_and_says_why_it_changed(plans: dict[str, RepPlan]) -> None:
    plan = plans["full_cycle"]
    plan.content["capacity_dials_per_day"] = None
    plan.save()
    replans = _replans([date(2024, 3, 14), date(2024, 3, 15)])
    page = _page(plan, date(2024, 3, 15), replans=replans)
    rest = replans[0].content["plans"]["0.5"]["dials"]

    assert page.ring.required == math.ceil(rest / 11), "eleven working days are left"
    assert page.rest is not None
    assert page.rest.change is not None
    assert (page.rest.change.before_day, page.rest.change.now) == (date(2024, 3, 14), page.ring.required)
    assert page.rest.change.because == "fewer days are left, and less time to close"
    assert page.month[0].required == math.ceil(plan.content["plans"]["0.5"]["dials"] - 1e-9), "the month's plan stands"
    assert page.rest.chance == replans[0].chance
    assert page.rest.low <= page.rest.mean <= page.rest.high


def test_nobody_is_asked_for_more_than_a_day_holds(plans: dict[str, RepPlan]) -> None:
    """Two days before the end most is missing: the day asks for what it holds, and says what that brings."""
    plan = plans["full_cycle"]
    day = date(2024, 3, 28)
    replans = _replans([day])
    content = replans[0].content
    page = _page(plan, day, replans=replans)

    assert content["plans"]["0.5"]["dials"] > 2 * content["capacity_dials_per_day"]
    assert page.ring.required == content["capacity_dials_per_day"]
    assert page.rest is not None
    assert "The most that can still be" in page.rest.most
    assert "What fits into a day" in [line.label for line in page.sums]


def test_weekdays_weigh_as_they_usually_do(plans: dict[str, RepPlan]) -> None:
    plan = plans["full_cycle"]
    plan.content["carried"]["weekdays"] = [2.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0]
    plan.content["plans"]["0.5"]["dials"] = 600.0
    plan.content["capacity_dials_per_day"] = None
    found = _required(plan, WORKDAYS)["Dials"]
    assert sum(found) == 600
    assert {round(part / 24) for part, day in zip(found, WORKDAYS, strict=True) if day.weekday() == 0} == {2}


@pytest.mark.parametrize("role", ["setter", "closer"])
def test_every_role_has_a_day_from_what_is_left(plans: dict[str, RepPlan], role: str) -> None:
    replan_period(actor=None, period=MARCH, as_of=date(2024, 3, 15))
    page = _page(plans[role], date(2024, 3, 15), replans=list(Replan.objects.filter(rep__name=role)))
    assert page.sums
    assert page.rest is not None
    assert page.rest.is_money == (role == "closer")


def test_what_was_signed_since_the_night_stands_in_what_is_left(plans: dict[str, RepPlan]) -> None:
    """The count of what is left is the night's; a deal of this morning is in the money at once, and in its odds."""
    plan = plans["full_cycle"]
    replans = _replans([date(2024, 3, 15)])
    night = _page(plan, date(2024, 3, 15), replans=replans).rest
    target = plan.content["target"]
    part, whole = (
        _page(plan, date(2024, 3, 15), replans=replans, month=DayCounts(revenue_minor=int(share * target * 100))).rest
        for share in (0.9, 3)
    )
    assert night is not None and part is not None and whole is not None
    assert night.low < 0.9 * target <= part.low <= part.mean <= part.high
    assert (part.is_reached, part.chance) == (False, night.chance)
    assert (whole.is_reached, whole.chance, whole.tone) == (True, 1.0, "ok")
    assert whole.low == pytest.approx(3 * target)
