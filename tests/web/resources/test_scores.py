"""Scores from records, and withholding from its proposal to its end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from pacemark.engine.errors import EngineError
from pacemark.web.organization.models import Rep
from pacemark.web.pipeline.models import Call, Deal, Lead, Opportunity, Segment, Source
from pacemark.web.resources.choices import AppealState, WithholdingState
from pacemark.web.resources.models import Score, Withholding
from pacemark.web.resources.queries.scores import latest_cycle, scores_of, team_scores
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
    # wins 10 where 20 leads at 12 of 40 give 6: (10 + 5) / (6 + 5); the other metrics are as others do
    assert score.parts["win_rate"] == {
        "actual": 10, "n": 20, "expected": 6.0, "ratio": 1.3636, "weight": 50, "points": 0.6818,
    }  # fmt: skip
    assert score.value == pytest.approx(0.5 * 15 / 11 + 0.5, abs=1e-5)
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


def test_better_leads_make_no_better_score(people: People) -> None:
    third, fourth = (Rep.objects.create(name=name) for name in "cd")
    for rep in (people.rep_row, third):
        _leads(rep, 20, "A", called=20, won=10)
    for rep in (people.outsider_row, fourth):
        _leads(rep, 20, "B", called=20, won=1)
    publish_scores(actor=None, today=TODAY)

    values = {row.rep_id: row.value for row in Score.objects.filter(rep__isnull=False)}
    assert values[people.rep_row.pk] == values[people.outsider_row.pk] == pytest.approx(1)


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
