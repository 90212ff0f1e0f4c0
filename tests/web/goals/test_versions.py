"""Versions: nothing is overwritten, nothing is written twice, and every write leaves a trail."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from pacemark.engine.periods import sales_month
from pacemark.web.goals.jobs import plan_one_period
from pacemark.web.goals.models import RepPlan, Target
from pacemark.web.goals.queries.plans import current_plans, plan_of, versions_of
from pacemark.web.goals.refusals import Refused
from pacemark.web.goals.services.plans import plan_period
from pacemark.web.goals.services.targets import set_target
from pacemark.web.trail.models import TrailEntry
from tests.support.people import People, client_of
from tests.web.goals.floor import Floor, weekdays

MARCH = sales_month("2024-03")
AS_OF = date(2024, 3, 1)


@pytest.fixture
def floor(people: People, today: date) -> Floor:
    """The five of every test's organisation, and their reps' February."""
    floor = Floor()
    for rep in (people.rep_row, people.outsider_row):
        for day in weekdays(date(2024, 2, 1), date(2024, 2, 29)):
            floor.dials(rep, day, 20, 8, 3)
    floor.count()
    return floor


def _plan(people: People, as_of: date = AS_OF) -> int:
    return plan_period(actor=people.operations, period=MARCH, as_of=as_of)


def test_planning_the_same_again_writes_nothing(people: People, floor: Floor) -> None:
    assert _plan(people) == 2
    kept = list(RepPlan.objects.values("pk", "version", "content_key", "computed_at"))
    entries = TrailEntry.objects.count()

    assert _plan(people) == 0
    assert list(RepPlan.objects.values("pk", "version", "content_key", "computed_at")) == kept
    assert TrailEntry.objects.count() == entries


def test_changed_facts_write_the_next_version_and_keep_the_first(people: People, floor: Floor) -> None:
    _plan(people)
    first = plan_of(people.rep_row.pk, MARCH.first)
    assert first is not None
    floor.dials(people.rep_row, date(2024, 2, 29), 30, 0)
    floor.count()

    assert _plan(people) == 2, "everybody leans on everybody"
    versions = versions_of(people.rep_row.pk, MARCH.first)
    assert [(plan.version, plan.is_current) for plan in versions] == [(2, True), (1, False)]
    kept = RepPlan.objects.get(pk=first.pk)
    assert (kept.content, kept.content_key, kept.computed_at) == (first.content, first.content_key, first.computed_at)
    assert versions[0].content_key != first.content_key
    entry = TrailEntry.objects.filter(action="goals.period_planned").latest("pk")
    assert (entry.actor_id, entry.subject_id) == (people.operations.pk, "2024-03")
    assert entry.changes == {"plans": 2, "as_of": "2024-03-01"}


def test_a_new_name_is_not_a_new_plan(people: People, floor: Floor) -> None:
    """A person's values are not part of what decides versions, so that they can be erased."""
    _plan(people)
    people.rep_row.name, people.rep_row.employee_no = "改名", "9999"
    people.rep_row.save()

    assert _plan(people) == 0


def test_a_target_set_by_hand_is_a_new_version_with_a_trail_and_replans_that_person_alone(
    people: People, floor: Floor
) -> None:
    _plan(people)
    for amount in ("30000", "31000.55"):
        set_target(actor=people.manager, rep_id=people.rep_row.pk, period=MARCH, amount=Decimal(amount))

    assert list(Target.objects.order_by("version").values_list("version", "amount_minor", "set_by")) == [
        (1, 3_000_000, people.manager.pk),
        (2, 3_100_055, people.manager.pk),
    ]
    mine = plan_of(people.rep_row.pk, MARCH.first)
    assert mine is not None
    assert (mine.version, mine.target_minor, mine.target_basis) == (3, 3_100_055, "typed")
    other = plan_of(people.outsider_row.pk, MARCH.first)
    assert other is not None
    assert (other.version, other.target_basis) == (1, "group_median")
    entries = TrailEntry.objects.filter(action="goals.targets_set").order_by("pk")
    ids = list(Target.objects.order_by("version").values_list("pk", flat=True))
    assert [(entry.actor_id, entry.changes["target_ids"]) for entry in entries] == [
        (people.manager.pk, [ids[0]]),
        (people.manager.pk, [ids[1]]),
    ]


def test_setting_a_target_keeps_the_day_the_plan_was_made_from(people: People, floor: Floor) -> None:
    _plan(people, date(2024, 2, 20))
    set_target(actor=people.manager, rep_id=people.rep_row.pk, period=MARCH, amount=Decimal(1))
    found = plan_of(people.rep_row.pk, MARCH.first)

    assert found is not None
    assert found.as_of == date(2024, 2, 20)


def test_a_negative_target_writes_nothing(people: People, floor: Floor) -> None:
    with pytest.raises(Refused):
        set_target(actor=people.manager, rep_id=people.rep_row.pk, period=MARCH, amount=Decimal(-1))

    assert not Target.objects.exists()
    assert not RepPlan.objects.exists()


def test_one_plan_stands_per_person_and_month(people: People, floor: Floor) -> None:
    _plan(people)
    plan_period(actor=None, period=sales_month("2024-04"), as_of=AS_OF)
    _plan(people, date(2024, 2, 15))

    assert RepPlan.objects.count() == 6
    assert current_plans(MARCH.first, None).count() == 2
    assert {plan.as_of for plan in current_plans(MARCH.first, None)} == {date(2024, 2, 15)}


def test_the_job_plans_one_month_in_somebodys_name(people: People, floor: Floor) -> None:
    assert plan_one_period("2024-03", people.admin.pk) == 2
    assert TrailEntry.objects.get(action="goals.period_planned").actor_id == people.admin.pk
    assert plan_one_period("2024-04", 10**9) == 2, "somebody who is gone by then"


def test_earlier_versions_are_listed_on_the_page(people: People, floor: Floor) -> None:
    _plan(people)
    address = reverse("goals:detail", args=[people.rep_row.pk]) + "?period=2024-03"
    client = client_of(people.manager)
    assert "<details" in client.get(address).content.decode()
    response = client.post(
        reverse("goals:set_target", args=[people.rep_row.pk]), {"amount": "30000", "period": "2024-03"}
    )
    assert response.status_code == 302
    assert response.url == address
    text = client.get(address, headers={"Accept-Language": "en"}).content.decode()
    assert re.search(r"Version 2, .*: €?30,000", text)
    assert "Version 1, " in text


@pytest.mark.parametrize("amount", ["", "much", "-1", "1e99", "NaN", "1.234", "9" * 30])
def test_an_amount_that_is_none_says_so_and_writes_nothing(people: People, floor: Floor, amount: str) -> None:
    response = client_of(people.manager).post(
        reverse("goals:set_target", args=[people.rep_row.pk]), {"amount": amount, "period": "2024-03"}, follow=True
    )

    assert response.status_code == 200
    assert [message.level_tag for message in response.context["messages"]] == ["error"]
    assert not Target.objects.exists()
