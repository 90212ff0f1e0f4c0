"""The made-up talks about plans: every state is there, the demo's rep has a story, and a second run adds nothing."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from pacemark.demo.load_agreements import write_agreements
from pacemark.web.goals.choices import AgreementState
from pacemark.web.goals.models import Agreement, AgreementStep, AgreementVersion, RepPlan
from pacemark.web.goals.queries.agreement_lists import waiting_for
from pacemark.web.goals.queries.agreements import history_of, standing_plans, states_of
from pacemark.web.organization.models import Rep
from tests.support.made_up import SPEC

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("made_up")]
JUNE, JULY = date(2026, 6, 1), date(2026, 7, 1)


def test_every_state_is_there_and_a_second_run_adds_nothing() -> None:
    by_state = Counter(Agreement.objects.filter(period_start=JUNE).values_list("state", flat=True))
    n_steps = AgreementStep.objects.count()

    assert set(by_state) == set(AgreementState.values)
    assert by_state["agreed"] > sum(by_state.values()) / 2
    assert Agreement.objects.filter(n_steps=0).count() == 0
    assert write_agreements() == 0
    assert AgreementStep.objects.count() == n_steps


def test_talks_are_whole() -> None:
    for period in (JUNE, JULY):
        views = states_of(period, None)
        plans = standing_plans(period)
        assert set(plans) == set(RepPlan.objects.filter(period_start=period).values_list("rep_id", flat=True))
        for rep_id, view in views.items():
            said = history_of(rep_id, period)
            assert [step.number for step in said] == list(range(1, view.n_steps + 1))
            assert [step.at for step in said] == sorted(step.at for step in said)
            if view.holds_version is not None:
                assert plans[rep_id].pk == view.holds_plan_id
                assert plans[rep_id].target_minor == view.holds_target_minor
    assert not AgreementVersion.objects.filter(agreed_at__isnull=True, holds_from__isnull=False).exists()


def test_the_demos_rep_has_a_story_and_something_to_answer() -> None:
    rep = Rep.objects.get(user__username="rep")
    assert [step.kind for step in history_of(rep.pk, JUNE)] == ["propose", "ask", "revise", "agree"]
    assert [step.by.username for step in history_of(rep.pk, JUNE) if step.by] == ["manager", "rep", "manager", "rep"]
    assert [version.agreement.period_start for version in waiting_for(rep.pk, SPEC.end)] == [JULY]
