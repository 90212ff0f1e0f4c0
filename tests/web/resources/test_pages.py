"""The room's pages: draft to activation, one lead's record in and out of scope, and a rep's own queue."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from pacemark.web.pipeline.choices import PoolEntered
from pacemark.web.pipeline.holding_models import Holding, PoolEntry
from pacemark.web.pipeline.holding_services import enter_pool
from pacemark.web.pipeline.models import Lead, Segment, Source
from pacemark.web.resources.choices import PolicyState, RunKind
from pacemark.web.resources.models import Decision, DutyToggle, PolicyVersion, Replay, Withholding
from pacemark.web.resources.queries.policies import active_version
from pacemark.web.resources.services.policies import ensure_active
from pacemark.web.resources.services.replays import run_replay
from pacemark.web.resources.services.runs import allocate_leads
from tests.support.people import NAMES, People, client_of

DAY = date(2024, 3, 14)
FORM = {
    "base": "60", "floor": "0", "window": "batch", "order": "first_pick", "make_up": "0", "weight_win_rate": "50",
    "weight_talk_to_opportunity": "30", "weight_first_call": "20",
}  # fmt: skip


@pytest.fixture
def leads(people: People, today: date) -> list[Lead]:
    """Eight leads of yesterday that nobody holds."""
    source = Source.objects.create(name="site")
    segment = Segment.objects.create(channel="web", lead_grade="A")
    at = datetime(2024, 3, 14, 3, tzinfo=UTC)
    return [
        Lead.objects.create(source=source, external_id=f"L{n}", segment=segment, arrived_on=DAY, arrived_at=at)
        for n in range(8)
    ]


def _form(people: People, **changes: str) -> dict[str, str]:
    multipliers = {f"multiplier_{team.pk}": "1" for team in (people.team, people.other_team)}
    return {**FORM, **multipliers, f"multiplier_{people.team.pk}": "3", **changes}


def test_operations_draft_try_replay_and_activate(people: People, leads: list[Lead]) -> None:
    client = client_of(people.operations)
    tried = client.post(reverse("resources:new_policy"), {**_form(people), "try": "1"})
    compared = tried.context["compared"]
    assert {row.name: row.after for row in compared.teams} == {"North 1": 6, "South 1": 2}
    assert {row.name: row.after for row in compared.people} == {NAMES["rep"]: 6, NAMES["outsider"]: 2}
    assert not PolicyVersion.objects.exists()

    client.post(reverse("resources:new_policy"), _form(people))
    version = PolicyVersion.objects.get()
    client.post(reverse("resources:activate", args=[version.pk]))
    assert active_version() is None  # not replayed yet
    client.post(reverse("resources:replay", args=[version.pk]), {"first": "2024-03-14", "last": "2024-03-14"})
    run_replay(Replay.objects.get().pk)
    assert "North 1" in client.get(reverse("resources:version", args=[version.pk])).content.decode()
    client.post(reverse("resources:activate", args=[version.pk]))

    version.refresh_from_db()
    assert version.state == PolicyState.ACTIVE
    assert client.get(reverse("resources:policies")).status_code == 200
    assert client.get(reverse("resources:edit_policy", args=[version.pk])).status_code == 404


def test_what_cannot_be_is_said_on_the_form_and_not_kept(people: People, today: date) -> None:
    form = _form(people, floor="5", ceiling="2")
    answer = client_of(people.operations).post(reverse("resources:new_policy"), form)
    assert answer.status_code == 200
    assert answer.context["form"].non_field_errors()
    assert not PolicyVersion.objects.exists()


def test_the_record_names_people_in_scope_and_gives_strangers_letters(people: People, leads: list[Lead]) -> None:
    ensure_active()
    ids = [lead.pk for lead in leads]
    allocate_leads(actor=None, key="k", kind=RunKind.BATCH, lead_ids=ids, at=datetime(2024, 3, 15, 3, tzinfo=UTC))
    theirs = Holding.objects.filter(rep=people.outsider_row).values_list("lead_id", flat=True)[0]
    own = Holding.objects.filter(rep=people.rep_row).values_list("lead_id", flat=True)[0]

    why_not_me = client_of(people.rep).get(reverse("resources:decision", args=[theirs])).content.decode()
    everyone = client_of(people.operations).get(reverse("resources:decision", args=[theirs])).content.decode()
    why_me = client_of(people.rep).get(reverse("resources:decision", args=[own]))

    assert NAMES["outsider"] not in why_not_me
    assert NAMES["outsider"] in everyone
    assert why_me.context["rows"][0][0].is_mine
    assert client_of(people.operations).get(reverse("resources:home")).status_code == 200
    # somebody who sees nobody who was there learns nothing
    assert client_of(people.manager).get(reverse("resources:decision", args=[10**9])).status_code == 404


def test_a_rep_claims_locks_returns_and_switches_duty(people: People, leads: list[Lead]) -> None:
    lead = leads[0]
    enter_pool(actor=None, lead_ids=[lead.pk], at=datetime(2024, 3, 14, 4, tzinfo=UTC), how=PoolEntered.RETURNED)
    client = client_of(people.rep)
    assert f"#{lead.pk}" in client.get(reverse("resources:mine")).content.decode()

    client.post(reverse("resources:claim", args=[lead.pk]))
    assert Holding.objects.get(ended_at=None).rep_id == people.rep_row.pk
    client.post(reverse("resources:lock", args=[lead.pk]), {"lock": "1"})
    assert Holding.objects.get(ended_at=None).is_locked
    assert client.get(reverse("resources:mine")).status_code == 200
    client_of(people.outsider).post(reverse("resources:give_back", args=[lead.pk]))
    assert Holding.objects.filter(ended_at=None).exists()  # not theirs to return
    client.post(reverse("resources:give_back", args=[lead.pk]))
    assert PoolEntry.objects.filter(lead=lead, left_at=None).exists()
    assert list(Decision.objects.filter(lead=lead).order_by("pk").values_list("kind", flat=True)) == ["claim", "return"]

    client.post(reverse("resources:duty"), {"on": "0"})
    client.post(reverse("resources:duty"), {"on": "0"})
    assert DutyToggle.objects.get().ended_at is None
    client.post(reverse("resources:duty"), {"on": "1"})
    assert DutyToggle.objects.get().ended_at is not None


def test_withholding_is_decided_by_leaders_in_sight_and_appealed_by_the_rep(people: People, today: date) -> None:
    found = Withholding.objects.create(
        rep=people.rep_row, trigger={"metric": "first_call_share", "value": 55.0, "bar": 70, "n": 20, "hours": 24},
        base_percent=50, reward_percent=0, starts_on=today, ends_on=date(2024, 3, 20),
    )  # fmt: skip
    address = reverse("resources:withholding", args=[found.pk])
    assert client_of(people.rep).post(address, {"do": "lift"}).status_code == 403
    client_of(people.manager).post(address, {"do": "apply"})
    client_of(people.rep).post(reverse("resources:appeal", args=[found.pk]), {"text": "The line was down."})
    assert "The line was down." in client_of(people.manager).get(reverse("resources:home")).content.decode()
    client_of(people.manager).post(address, {"do": "grant", "text": "Seen."})

    found.refresh_from_db()
    assert (found.state, found.appeal) == ("lifted", "granted")
    assert client_of(people.rep).get(reverse("resources:mine")).status_code == 200
