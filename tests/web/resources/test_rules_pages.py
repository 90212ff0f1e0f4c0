"""The room's rules on pages: clock, pool, withholding, skills, self-sourcing; the pool as leaders and reps see it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from pacemark.web.organization.models import Membership, Rep
from pacemark.web.pipeline.choices import PoolEntered
from pacemark.web.pipeline.clock_services import set_recycle_rule
from pacemark.web.pipeline.holding_models import Holding, Pool, RecycleRule
from pacemark.web.pipeline.holding_services import enter_pool
from pacemark.web.pipeline.models import Lead, Segment, Source
from pacemark.web.resources.models import SelfSourcing, WithholdingRule
from pacemark.web.resources.queries.desk import desk_at
from pacemark.web.resources.queries.skills import skills_of_reps
from pacemark.web.resources.services.policies import ensure_active
from tests.support.people import People, client_of

AT = datetime(2024, 3, 15, 3, tzinfo=UTC)
CLOCK = {
    "form": "recycle", "is_on": "on", "default_days": "10", "extension_days": "3", "maximum_days": "20",
    "self_sourced_days": "30", "remind_days_before": "2", "escalate_days_before": "1", "cooldown_days": "7",
    "team_cooldown_days": "0", "max_locks": "10",
}  # fmt: skip
WITHHOLDING = {
    "form": "withholding", "is_on": "on", "bar_percent": "70", "within_hours": "24", "min_leads": "10",
    "base_percent": "50", "reward_percent": "0", "working_days": "3",
}  # fmt: skip


@pytest.fixture
def pooled(people: People, today: date) -> list[Lead]:
    """Fifteen leads in the pool."""
    source, segment = Source.objects.create(name="site"), Segment.objects.create(channel="web", lead_grade="A")
    leads = [Lead.objects.create(source=source, external_id=f"L{n}", segment=segment) for n in range(15)]
    enter_pool(actor=None, lead_ids=[lead.pk for lead in leads], at=AT, how=PoolEntered.RETURNED)
    return leads


def test_each_form_keeps_its_own_rule_as_a_version(people: People, today: date) -> None:
    client, address = client_of(people.operations), reverse("resources:rules")
    assert client.get(address).status_code == 200
    client.post(address, CLOCK)
    client.post(address, {**CLOCK, "default_days": "12"})
    client.post(address, WITHHOLDING)

    assert list(RecycleRule.objects.order_by("version").values_list("default_days", flat=True)) == [10, 12]
    assert WithholdingRule.objects.get().bar_percent == 70


def test_what_cannot_be_kept_is_said_on_its_form(people: People, today: date) -> None:
    client, address = client_of(people.operations), reverse("resources:rules")
    for sent, name in (
        ({**CLOCK, "maximum_days": "5"}, "recycle"),
        ({**WITHHOLDING, "bar_percent": "170"}, "withholding"),
    ):
        answer = client.post(address, sent)
        assert answer.status_code == 200
        assert answer.context[name].errors
    assert client.post(address, {"form": "pool-0"}).status_code == 404
    assert not RecycleRule.objects.exists()
    assert not WithholdingRule.objects.exists()


def test_trying_a_withholding_rule_keeps_nothing(people: People, today: date) -> None:
    answer = client_of(people.operations).post(reverse("resources:rules"), {**WITHHOLDING, "try": "1"})
    assert answer.context["tried"] == {"n_seen": 0, "n_short": 0, "n_too_few": 0}
    assert not WithholdingRule.objects.exists()


def test_skills_and_self_sourcing_change_who_is_dealt(people: People, today: date) -> None:
    client, rep, outsider = client_of(people.operations), people.rep_row, people.outsider_row
    client.post(reverse("resources:skills", args=[rep.pk]), {"tags": "小学，初中、beijing"})
    assert skills_of_reps() == {rep.pk: ["beijing", "初中", "小学"]}
    sent = {"who": f"team-{people.other_team.pk}", "valid_from": "2024-03-15", "is_on": "1"}
    client.post(reverse("resources:sourcing"), sent)

    desk = {row["id"]: row for row in desk_at(ensure_active(), AT, at_the_minute=False)["reps"]}
    assert sorted(desk[str(rep.pk)]["skills"]) == ["beijing", "初中", "小学"]
    assert str(outsider.pk) not in desk
    page = client.get(reverse("resources:people"))
    assert {row.member.rep_id: row.is_self_sourcing for row in page.context["page"]} == {
        rep.pk: False,
        outsider.pk: True,
    }
    # the nearest word holds, and the same day's last one
    client.post(reverse("resources:sourcing"), {**sent, "who": f"rep-{outsider.pk}", "is_on": "0"})
    assert str(outsider.pk) in {row["id"] for row in desk_at(ensure_active(), AT, at_the_minute=False)["reps"]}
    client.post(reverse("resources:sourcing"), {**sent, "who": "rep-0"})
    assert SelfSourcing.objects.count() == 2


def test_a_long_list_of_people_is_leafed_through(people: People, today: date) -> None:
    for number in range(120):
        rep = Rep.objects.create(name=f"Hand {number:03}")
        Membership.objects.create(rep=rep, team=people.team, valid_from=date(2023, 1, 1))
    client, address = client_of(people.operations), reverse("resources:people")

    first, second, hands = (client.get(address, asked) for asked in ({}, {"page": "2"}, {"q": "Hand", "page": "2"}))
    names = [row.member.name for page in (first, second) for row in page.context["page"]]
    assert len(names) == len(set(names)) == 122
    assert len(hands.context["page"]) == 20
    assert "?q=Hand&amp;page=1" in hands.content.decode()


def test_leaders_see_pool_and_clocks_of_their_own_people(people: People, pooled: list[Lead]) -> None:
    set_recycle_rule(actor=None, at=AT, default_days=1, maximum_days=20)
    for user, lead in ((people.rep, pooled[0]), (people.outsider, pooled[1])):
        client_of(user).post(reverse("resources:claim", args=[lead.pk]))

    mine = client_of(people.manager).get(reverse("resources:pool")).context["page"]
    everyone = client_of(people.operations).get(reverse("resources:pool")).context["page"]

    assert [row.n_leads for row in mine.pools] == [13]
    assert [one.lead_id for one in mine.due] == [pooled[0].pk]
    assert [(row.name, row.claims, row.held) for row in mine.claims] == [(people.rep_row.name, 1, 1)]
    assert everyone.n_due == 2


def test_a_rep_looks_at_so_many_pool_leads_a_day(people: People, pooled: list[Lead]) -> None:
    pool = Pool.objects.get()
    sent = {"form": f"pool-{pool.pk}", f"pool-{pool.pk}-claims_per_day": "2", f"pool-{pool.pk}-views_per_day": "12"}
    client_of(people.operations).post(reverse("resources:rules"), sent)
    client, mine = client_of(people.rep), reverse("resources:mine")
    assert (len(client.get(mine).context["pool"]), client.get(mine).context["has_hidden"]) == (0, True)
    for shown in (10, 12, 12):
        client.post(reverse("resources:look"))
        assert len(client.get(mine).context["pool"]) == shown
    for entry in client.get(mine).context["pool"][:3]:
        client.post(reverse("resources:claim", args=[entry.lead_id]))
    assert Holding.objects.filter(rep=people.rep_row).count() == 2
    assert client_of(people.operations).post(reverse("resources:look")).status_code == 403
