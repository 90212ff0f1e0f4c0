"""The next tier: offered once the target is there, rung by rung, decided by the rep alone, and no base moves."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pacemark.engine.periods import sales_month
from pacemark.engine.results.climbing import ladder_json
from pacemark.web.accounts.models import User
from pacemark.web.goals.choices import Tier
from pacemark.web.goals.queries.quarters import quarter_board
from pacemark.web.goals.services.ladder import set_tiers
from pacemark.web.goals.services.plans import plan_period
from pacemark.web.organization.models import Grade, GradeQuota, Rep
from pacemark.web.pipeline.facts_services import rebuild_facts
from pacemark.web.results.bridge.climbing import Climber, Rung, climb_from, rungs_of
from pacemark.web.results.choices import OfferState
from pacemark.web.results.jobs import work_out_the_quarter
from pacemark.web.results.models import QuarterOutlook, TierOffer
from pacemark.web.results.queries.offers import ladder_view
from pacemark.web.results.queries.spans import quarter_span
from pacemark.web.results.refusals import Refused
from pacemark.web.results.services.offers import decide_offer
from pacemark.web.trail.models import TrailEntry
from tests.web.goals.floor import Floor, steady_months, weekdays

TODAY = date(2024, 3, 15)
JANUARY, APRIL = date(2024, 1, 1), date(2024, 4, 1)


@pytest.fixture
def floor(db: None, settings: Any) -> Floor:
    """A floor with one graded rep, half a year of steady work, and a plan for March."""
    settings.PACEMARK_TODAY = TODAY.isoformat()
    floor = Floor()
    grade = Grade.objects.create(name="P1", ordinal=1)
    GradeQuota.objects.create(grade=grade, valid_from=date(2020, 1, 1), quota_minor=2_000_000)
    user = User.objects.create(username="climber", access_role="rep")
    rep = floor.rep("Climber", "full_cycle", grade=grade, hired_on=date(2020, 1, 1), user=user)
    steady_months(floor, [rep], weekdays(date(2023, 9, 1), date(2023, 12, 29)))
    floor.count()
    amounts = {Tier.CORE: 1_800_000, Tier.HIGH: 2_500_000, Tier.BENCHMARK: 3_000_000}
    set_tiers(actor=None, grade_id=grade.pk, valid_from=JANUARY, amounts_minor=amounts)
    plan_period(actor=None, period=sales_month("2024-03"), as_of=date(2024, 3, 1))
    return floor


def _rep() -> Rep:
    return Rep.objects.get(name="Climber")


def _book(floor: Floor, amount: int) -> None:
    floor.deal(_rep(), date(2024, 3, 11), amount)
    rebuild_facts(actor=None)
    work_out_the_quarter()


def test_rung_by_rung_each_once(floor: Floor) -> None:
    _book(floor, 19_999)
    assert not TierOffer.objects.exists(), "the target of 20,000 is not there yet"

    _book(floor, 1)
    work_out_the_quarter()
    first = TierOffer.objects.get()
    assert (first.tier, first.amount_minor, first.booked_minor, first.state) == (
        "high",
        2_500_000,
        2_000_000,
        "offered",
    )

    _book(floor, 4_999)
    assert TierOffer.objects.count() == 1
    _book(floor, 1)
    assert [offer.tier for offer in TierOffer.objects.order_by("pk")] == ["high", "benchmark"]
    _book(floor, 10_000)
    assert TierOffer.objects.count() == 2, "past the last tier nothing is left to offer"


def test_the_offer_is_the_calculators_answer(floor: Floor) -> None:
    _book(floor, 20_000)
    offer, outlook = TierOffer.objects.get(), QuarterOutlook.objects.get(rep=_rep())
    climber = outlook.ladder["climber"]

    said = ladder_json({
        "tiers": [20000, 25000, 30000], "booked": 20000, "open_opportunities": climber["open_opportunities"],
        "rate": {"a": str(climber["win_a"]), "b": str(climber["win_b"])}, "deal_value": str(climber["deal_value"]),
        "day": 0, "days": climber["days_left"], "closing_share": str(climber["new_share"]),
        "opportunity_per_deep_talk": str(climber["opportunity_per_deep_talk"]),
        "expected_amount": str(climber["expected_amount"]),
    })  # fmt: skip

    assert climber["open_opportunities"] == 0
    assert 0 < climber["new_share"] <= 1
    for name in ("deals_needed", "probability"):
        assert offer.content[name] == said[name]
    for name in ("opportunities", "deep_talks", "new_pipeline"):
        assert offer.content[name] == pytest.approx(float(said[name]), rel=1e-4)
    assert offer.content["deep_talks_per_day"]["rounded"] == said["deep_talks_per_day"]["rounded"]


def test_next_quarters_base_does_not_move_and_the_trail_says_so(floor: Floor) -> None:
    _book(floor, 20_000)
    rep, offer = _rep(), TierOffer.objects.get()
    before = quarter_board([APRIL], [rep.pk]).quarters[rep.pk, APRIL].sum_minor
    assert rep.user is not None

    decide_offer(actor=rep.user, offer_id=offer.pk, state=OfferState.ACCEPTED, today=TODAY)

    assert quarter_board([APRIL], [rep.pk]).quarters[rep.pk, APRIL].sum_minor == before == 2_000_000
    told = TrailEntry.objects.get(action="results.offer_accepted").changes
    assert (told["next_quarter"], told["next_base_minor"], told["next_base_moves"]) == ("2024-Q2", 2_000_000, False)
    assert TrailEntry.objects.get(action="results.tier_offered").changes["next_base_moves"] is False


def test_only_the_rep_decides_and_only_in_the_quarter(floor: Floor) -> None:
    _book(floor, 20_000)
    rep, offer, other = _rep(), TierOffer.objects.get(), User.objects.create(username="boss", access_role="operations")
    assert rep.user is not None

    for actor, today, code in ((other, TODAY, "offer_not_yours"), (rep.user, APRIL, "offer_over")):
        with pytest.raises(Refused) as refused:
            decide_offer(actor=actor, offer_id=offer.pk, state=OfferState.ACCEPTED, today=today)
        assert refused.value.code == f"results.{code}"
    decide_offer(actor=rep.user, offer_id=offer.pk, state=OfferState.DECLINED, today=TODAY)
    assert decide_offer(actor=rep.user, offer_id=offer.pk, state=OfferState.ACCEPTED, today=TODAY).state == "accepted"


def test_the_ladder_that_is_shown_begins_with_the_target(floor: Floor) -> None:
    _book(floor, 21_000)

    view = ladder_view(quarter_span("2024-Q1"), _rep().pk, 2_100_000, "Target")

    assert view is not None
    assert [(rung.label, rung.is_reached, rung.is_next) for rung in view.rungs][:2] == [
        ("Target", True, False), (view.next_label, False, True),
    ]  # fmt: skip
    assert view.offer == TierOffer.objects.get()


def test_tiers_at_or_below_the_target_are_no_rungs() -> None:
    tiers = {Tier.CORE: 100, Tier.HIGH: 200, Tier.BENCHMARK: 300}

    assert [rung.name for rung in rungs_of(200, tiers)] == ["target", "benchmark"]
    assert [rung.name for rung in rungs_of(50, tiers)] == ["target", "core", "high", "benchmark"]
    assert [rung.name for rung in rungs_of(None, tiers)] == ["core", "high", "benchmark"]
    assert rungs_of(None, {}) == ()


def test_given_back_more_than_won_the_way_is_longer() -> None:
    rungs = (Rung(name="target", amount_minor=600_000),)
    climber = Climber(
        open_opportunities=0, win_a=20, win_b=80, deal_value=3000, expected_amount=3000,
        opportunity_per_deep_talk=0.25, open_share=0, new_share=1, days_left=7,
    )  # fmt: skip

    found = climb_from(rungs, -300_000, climber, 100)

    assert found is not None
    assert (found["deals_needed"], found["opportunities"], found["deep_talks"]) == (3, 15, 60)
    assert climb_from(rungs, 600_000, climber, 100) is None
