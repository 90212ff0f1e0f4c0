"""Resources by the API: what the pages show, of whom the caller may see."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from pacemark.web.accounts.models import User
from pacemark.web.pipeline.models import Lead, Segment, Source
from pacemark.web.resources.choices import PolicyState
from pacemark.web.resources.models import PolicyVersion, Replay
from pacemark.web.resources.services.policies import ensure_active
from pacemark.web.resources.services.runs import allocate_ownerless
from tests.support.people import NAMES, People, client_of

DAY = date(2024, 3, 15)
AT = datetime(2024, 3, 15, 3, tzinfo=UTC)


@pytest.fixture
def dealt(people: People, today: date) -> list[Lead]:
    """Four leads dealt to two reps."""
    source, segment = Source.objects.create(name="site"), Segment.objects.create(channel="web", lead_grade="A")
    for n in range(4):
        Lead.objects.create(source=source, external_id=f"L{n}", name=f"客户{n}", segment=segment, arrived_on=DAY)
    ensure_active()
    allocate_ownerless(actor=None, key="k", at=AT)
    return list(Lead.objects.order_by("pk"))


def items(user: User, path: str) -> list[dict[str, Any]]:
    answer = client_of(user).get(f"/api/v1/resources/{path}")
    assert answer.status_code == 200, (path, answer.content)
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


@pytest.mark.parametrize(("path", "key"), [("accounts", "rep_id"), ("people", "rep_id"), ("holdings", "rep_id")])
def test_rows_are_of_those_in_sight(people: People, dealt: list[Lead], path: str, key: str) -> None:
    everyone = {people.rep_row.pk, people.outsider_row.pk}
    for user, seen in (
        (people.rep, {people.rep_row.pk}), (people.manager, {people.rep_row.pk}), (people.operations, everyone),
        (people.outsider, {people.outsider_row.pk}),
    ):  # fmt: skip
        assert {row[key] for row in items(user, path)} == seen


def test_the_numbers_are_those_of_the_page(people: People, dealt: list[Lead]) -> None:
    assert [(row["entitled"], row["received"], row["balance"]) for row in items(people.operations, "accounts")] == [
        (2.0, 2, 0.0), (2.0, 2, 0.0),
    ]  # fmt: skip
    (day,) = items(people.operations, "day")
    assert (day["inflow"]["n_arrived"], day["waiting"], day["fairness"]["jain"]) == (4, [], 1.0)
    (web,) = items(people.operations, "sources")
    assert (web["channel"], web["n_leads"], web["conversion"]) == ("web", 4, 0.0)
    assert [one["state"] for one in items(people.operations, "policies")] == ["active"]


def test_history_and_search_keep_to_the_own_people(people: People, dealt: list[Lead]) -> None:
    own = next(lead for lead in dealt if lead.owner_id == people.rep_row.pk)
    theirs = next(lead for lead in dealt if lead.owner_id == people.outsider_row.pk)
    assert [row["who"] for row in items(people.rep, f"leads/{own.pk}/history")] == [NAMES["rep"]]
    assert client_of(people.rep).get(f"/api/v1/resources/leads/{theirs.pk}/history").status_code == 404
    assert [row["lead"] for row in items(people.rep, f"leads?q={own.name}")] == [own.pk]
    assert items(people.rep, f"leads?q={theirs.name}") == []


def test_a_replay_tells_a_manager_of_the_own_people_alone(people: People, dealt: list[Lead]) -> None:
    version = PolicyVersion.objects.get(state=PolicyState.ACTIVE)
    reps = {str(rep.pk): {"leads": 2} for rep in (people.rep_row, people.outsider_row)}
    Replay.objects.create(
        version=version, first_day=DAY, last_day=DAY, state="done", summary={"leads": 4, "reps": reps}
    )
    path = f"policies/{version.pk}/replays"
    assert set(items(people.manager, path)[0]["summary"]["reps"]) == {str(people.rep_row.pk)}
    assert set(items(people.operations, path)[0]["summary"]["reps"]) == set(reps)
    assert client_of(people.rep).get(f"/api/v1/resources/{path}").status_code == 403
