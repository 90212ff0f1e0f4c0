"""Scores from records, and withholding from its proposal to its end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from pacemark.engine.errors import EngineError
from pacemark.web.organization.models import Rep
from pacemark.web.pipeline.holding_models import Holding
from pacemark.web.pipeline.models import Call, Deal, Lead, Opportunity, Segment, Source
from pacemark.web.resources.bridge.scores import Counts
from pacemark.web.resources.choices import AppealState, WithholdingState
from pacemark.web.resources.models import Score, Withholding
from pacemark.web.resources.queries.chances import records_before
from pacemark.web.resources.queries.scores import counts_over, latest_cycle, scores_of, team_scores
from pacemark.web.resources.services.scores import publish_scores
from pacemark.web.resources.services.withholding import (
    answer_appeal,
    appeal,
    apply,
    end_past,
    lift,
    propose_by_rule,
    set_rule,
)
from tests.support.people import People

TODAY = date(2024, 3, 15)  # a Friday
MORNING = datetime(2024, 3, 13, 1, tzinfo=UTC)
_numbers = iter(range(10**6))


def _leads(rep: Rep, n_leads: int, grade: str, *, called: int = 0, won: int = 0) -> None:
    """Write leads of a rep: so many called within a day (the others after two), each opened, so many won."""
    source, _ = Source.objects.get_or_create(name="crm")
    segment, _ = Segment.objects.get_or_create(channel="web", lead_grade=grade)
    for number in range(n_leads):
        name = str(next(_numbers))
        lead = Lead.objects.create(
            source=source, external_id=name, segment=segment, owner=rep, arrived_on=MORNING.date(), arrived_at=MORNING
        )
        late = timedelta(hours=1 if number < called else 48)
        Call.objects.create(
            source=source, external_id=name, lead=lead, rep=rep, occurred_at=MORNING + late,
            business_date=(MORNING + late).date(), local_hour=9,
        )  # fmt: skip
        opportunity = Opportunity.objects.create(
            source=source, external_id=name, lead=lead, owner=rep, state="open", opened_at=MORNING,
            opened_on=MORNING.date(),
        )  # fmt: skip
        if number < won:
            Deal.objects.create(
                source=source, external_id=name, lead=lead, opportunity=opportunity, owner=rep,
                signed_on=MORNING.date(), amount_minor=1,
            )  # fmt: skip


def test_scores_compare_with_what_others_do_with_the_same_leads(people: People) -> None:
    _leads(people.rep_row, 20, "A", called=20, won=10)
    _leads(people.outsider_row, 20, "A", called=20, won=2)

    assert publish_scores(actor=None, today=TODAY) == 2

    score = Score.objects.get(rep=people.rep_row)
    # wins 10 where 20 leads at 12 of 40 give 6. 1 / k: ((10 - 6)² - 6 + (2 - 6)² - 6) / (6² + 6²) = 20 / 72,
    # so k is 3.6 and the ratio (10 + 3.6) / (6 + 3.6); in the other metrics both do as others do
    assert score.parts["win_rate"] == {
        "actual": 10, "n": 20, "expected": 6.0, "ratio": 1.4167, "strength": 3.6, "weight": 50, "points": 0.7083,
    }  # fmt: skip
    assert score.value == pytest.approx(0.5 * 13.6 / 9.6 + 0.5, abs=1e-5)
    assert [row.team_id for row in team_scores(latest_cycle())] == [people.team.pk, people.other_team.pk]
    assert [row.place for row in team_scores(latest_cycle())] == [1, 2]


def test_who_has_too_little_data_has_no_score_and_no_place(people: People) -> None:
    _leads(people.rep_row, 20, "A", called=20)
    _leads(people.outsider_row, 2, "A")
    publish_scores(actor=None, today=TODAY)

    newcomer = Score.objects.get(rep=people.outsider_row)
    assert (newcomer.value, newcomer.place) == (None, None)
    assert newcomer.parts["first_call"]["n"] == 2
    assert {row.rep_id for row in scores_of(latest_cycle(), frozenset({people.rep_row.pk}))} == {people.rep_row.pk}


def test_who_lets_go_of_what_does_not_sell_keeps_the_failures(people: People) -> None:
    first, second = people.rep_row, people.outsider_row
    last = TODAY - timedelta(days=1)
    _leads(first, 3, "A", called=2)
    leads = list(Lead.objects.order_by("pk"))
    for lead in leads:
        Holding.objects.create(
            lead=lead, rep=first, began_how="assigned", began_at=MORNING, began_on=MORNING.date(), ended_at=MORNING
        )
    # One went to the pool before anything came of it, one to somebody who opened it; the third came to something.
    Opportunity.objects.filter(lead=leads[0]).delete()
    Lead.objects.filter(pk=leads[0].pk).update(owner=None)
    Holding.objects.create(
        lead=leads[1], rep=second, began_how="claimed", began_at=MORNING + timedelta(days=1), began_on=last
    )
    Lead.objects.filter(pk=leads[1].pk).update(owner=second)
    Opportunity.objects.filter(lead=leads[1]).update(owner=second)

    found = counts_over(MORNING.date(), last)

    assert found["talk_to_opportunity"] == Counts(tried={(first.pk, "A"): 3}, won={(first.pk, "A"): 1})
    # In time: two of the three that the first was given; the second never called the one that came later.
    assert found["first_call"].tried == {(first.pk, "A"): 3, (second.pk, "A"): 1}
    assert found["first_call"].won == {(first.pk, "A"): 2, (second.pk, "A"): 0}
    records = {one.rep_id: (one.n_leads, one.n_deals) for one in records_before(TODAY)}
    assert records == {str(first.pk): (3, 0)}


def test_deals_count_for_who_worked_the_lead_not_for_who_has_it_now(people: People) -> None:
    first, second = people.rep_row, people.outsider_row
    _leads(first, 2, "A", won=2)
    kept, moved = Lead.objects.order_by("pk")
    Lead.objects.filter(pk=moved.pk).update(owner=second)
    for lead in (kept, moved):
        Holding.objects.create(lead=lead, rep=first, began_how="assigned", began_at=MORNING, began_on=MORNING.date())
    assert [(one.rep_id, one.n_leads, one.n_deals) for one in records_before(TODAY)] == [(str(first.pk), 2, 2)]

    # The later owner's deal is nobody's success with this lead but a failure of who had it first.
    for table in (Opportunity, Deal):
        table.objects.filter(lead=moved).update(owner=second)
    assert [(one.rep_id, one.n_leads, one.n_deals) for one in records_before(TODAY)] == [(str(first.pk), 2, 1)]


def test_better_leads_make_no_better_score(people: People) -> None:
    # Five with each grade: of two and two nobody could tell good people from good leads.
    others = [Rep.objects.create(name=name) for name in "abcdefgh"]
    for rep in (people.rep_row, *others[:4]):
        _leads(rep, 20, "A", called=20, won=10)
    for rep in (people.outsider_row, *others[4:]):
        _leads(rep, 20, "B", called=20, won=1)
    publish_scores(actor=None, today=TODAY)

    values = {row.rep_id: row.value for row in Score.objects.filter(rep__isnull=False)}
    assert [values[people.rep_row.pk], values[people.outsider_row.pk]] == pytest.approx([1, 1], abs=1e-3)


def _rule(**fields: Any) -> None:
    set_rule(actor=None, **{"is_on": True, "bar_percent": 70, "min_leads": 10, **fields})


@pytest.mark.parametrize(("called", "n_proposed"), [(13, 1), (14, 0)])
def test_the_rule_proposes_under_its_bar_and_not_at_it(people: People, called: int, n_proposed: int) -> None:
    _rule()
    _leads(people.rep_row, 20, "A", called=called)

    assert propose_by_rule(actor=None, today=TODAY) == n_proposed
    assert propose_by_rule(actor=None, today=TODAY) == 0  # once for the same leads


def test_too_few_leads_and_a_rule_that_is_off_propose_nothing(people: People) -> None:
    _leads(people.rep_row, 9, "A", called=0)
    _rule()
    assert propose_by_rule(actor=None, today=TODAY) == 0
    _leads(people.rep_row, 9, "A", called=0)
    _rule(is_on=False)
    assert propose_by_rule(actor=None, today=TODAY) == 0


def test_it_lasts_three_working_days_and_ends_by_itself(people: People) -> None:
    _rule(is_automatic=True)
    _leads(people.rep_row, 20, "A", called=11)
    propose_by_rule(actor=None, today=TODAY)

    found = Withholding.objects.get()
    assert (found.state, found.base_percent, found.reward_percent) == (WithholdingState.APPLIED, 50, 0)
    assert found.trigger == {"metric": "first_call_share", "value": 55.0, "bar": 70, "n": 20, "hours": 24}
    # Friday, Monday, Tuesday: over on Wednesday
    assert (found.starts_on, found.ends_on) == (TODAY, date(2024, 3, 20))
    assert end_past(today=date(2024, 3, 19)) == 0
    assert end_past(today=date(2024, 3, 20)) == 1
    found.refresh_from_db()
    assert found.state == WithholdingState.ENDED


def test_a_person_applies_and_lifts_once(people: People) -> None:
    _rule()
    _leads(people.rep_row, 20, "A")
    propose_by_rule(actor=None, today=TODAY)
    found = Withholding.objects.get()

    apply(actor=people.manager, withholding_id=found.pk, today=TODAY)
    with pytest.raises(EngineError) as caught:
        apply(actor=people.manager, withholding_id=found.pk, today=TODAY)
    assert caught.value.code == "resources.withholding_moved"
    assert lift(actor=people.manager, withholding_id=found.pk).state == WithholdingState.LIFTED


@pytest.mark.parametrize(
    ("is_granted", "state", "appealed"),
    [(True, WithholdingState.LIFTED, AppealState.GRANTED), (False, WithholdingState.APPLIED, AppealState.UPHELD)],
)
def test_a_rep_appeals_once_and_is_answered(
    people: People, is_granted: bool, state: WithholdingState, appealed: AppealState
) -> None:
    _rule(is_automatic=True)
    _leads(people.rep_row, 20, "A")
    propose_by_rule(actor=None, today=TODAY)
    found = Withholding.objects.get()
    with pytest.raises(EngineError):  # not somebody else's
        appeal(actor=people.outsider, withholding_id=found.pk, rep_id=people.outsider_row.pk, text="not fair")

    appeal(actor=people.rep, withholding_id=found.pk, rep_id=people.rep_row.pk, text="The line was down.")
    with pytest.raises(EngineError):
        appeal(actor=people.rep, withholding_id=found.pk, rep_id=people.rep_row.pk, text="again")
    answer_appeal(actor=people.manager, withholding_id=found.pk, is_granted=is_granted, answer="Seen.")

    found.refresh_from_db()
    assert (found.state, found.appeal, found.appeal_answer) == (state, appealed, "Seen.")
