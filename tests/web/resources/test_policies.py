"""Policies as versions, what a draft would do, and replays that reproduce what was decided."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from pacemark.engine.errors import EngineError
from pacemark.web.organization.models import Membership, Rep
from pacemark.web.pipeline.models import Lead, Segment, Source
from pacemark.web.resources.choices import PolicyState, ReplayState, RunKind
from pacemark.web.resources.models import Decision, PolicyVersion, Replay, Run, TeamAccount, WaitingLead
from pacemark.web.resources.queries.policies import active_version, default_content
from pacemark.web.resources.queries.replays import Window
from pacemark.web.resources.services.policies import activate, ensure_active, save_draft
from pacemark.web.resources.services.replays import ask_replay, cancel_replay, replayed, run_replay
from pacemark.web.resources.services.runs import allocate_leads
from tests.support.people import People

DAY = date(2024, 3, 14)
WINDOW = Window(first=DAY, last=DAY)


@pytest.fixture
def leads(people: People) -> Iterator[list[Lead]]:
    """Thirty grade A and sixty grade B leads of one day."""
    source = Source.objects.create(name="site")
    grades = {grade: Segment.objects.create(channel="web", lead_grade=grade) for grade in "AB"}
    yield [
        Lead.objects.create(
            source=source, external_id=f"L{n}", segment=grades["A" if n < 30 else "B"], arrived_on=DAY,
            arrived_at=datetime(2024, 3, 14, 3, tzinfo=UTC),
        )
        for n in range(90)
    ]  # fmt: skip


def _content(people: People, **policy: Any) -> dict[str, Any]:
    teams = [{"id": str(people.team.pk), "multiplier": "1.5", "rank": 1}, {"id": str(people.other_team.pk)}]
    return {**default_content(), "policy": {"base": "1", **policy}, "teams": teams}


def test_a_version_goes_one_way_and_one_is_active(people: People, leads: list[Lead]) -> None:
    first = ensure_active()
    assert ensure_active() == first
    draft = save_draft(actor=people.operations, content=_content(people))
    with pytest.raises(EngineError, match="Replay"):
        activate(actor=people.operations, version_id=draft.pk)

    run_replay(ask_replay(actor=people.operations, version_id=draft.pk, window=WINDOW).pk)
    activate(actor=people.operations, version_id=draft.pk)

    first.refresh_from_db()
    assert active_version() == draft
    assert first.state == PolicyState.RETIRED and first.active_until is not None
    with pytest.raises(EngineError) as caught:
        save_draft(actor=people.operations, content=_content(people), version_id=draft.pk)
    assert caught.value.code == "resources.not_a_draft"


def test_a_changed_draft_has_to_be_replayed_anew(people: People, leads: list[Lead]) -> None:
    draft = save_draft(actor=None, content=_content(people))
    run_replay(ask_replay(actor=None, version_id=draft.pk, window=WINDOW).pk)
    assert PolicyVersion.objects.get(pk=draft.pk).state == PolicyState.REPLAYED
    save_draft(actor=None, content=_content(people, floor=1), version_id=draft.pk)
    assert PolicyVersion.objects.get(pk=draft.pk).state == PolicyState.DRAFT


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"policy": {"base": "0.6", "reward": "0.6"}}, "resources.parts_not_one"),
        ({"policy": {"base": "-1"}}, "resources.rate_out_of_range"),
        ({"policy": {"floor": 4, "ceiling": 2}}, "resources.ceiling_below_floor"),
        ({"teams": [{"id": "1"}, {"id": "1"}]}, "resources.duplicate_team"),
        ({"teams": [{"id": "1", "multiplier": "-2"}]}, "resources.negative"),
        ({"weights": {"win_rate": 99}}, "resources.weights_not_hundred"),
        ({"caps": {"day": -1}}, "resources.negative"),
    ],
)
@pytest.mark.django_db
def test_what_cannot_be_dealt_by_is_not_saved(change: dict[str, Any], code: str) -> None:
    with pytest.raises(EngineError) as caught:
        save_draft(actor=None, content={**default_content(), **change})
    assert caught.value.code == code
    assert not PolicyVersion.objects.exists()


def test_a_draft_shows_who_would_get_what_and_writes_nothing(people: People, leads: list[Lead]) -> None:
    Membership.objects.create(rep=Rep.objects.create(name="third"), team=people.team, valid_from=date(2023, 1, 1))

    found = replayed(PolicyVersion(content=_content(people)), WINDOW)

    # two heads at 1.5 against one at 1: 3 : 1 of 90, each grade apart (22.5 and 45 → 22|23 and 45)
    team, other = str(people.team.pk), str(people.other_team.pk)
    assert {team_id: one["leads"] for team_id, one in found["teams"].items()} in (
        {team: 67, other: 23}, {team: 68, other: 22},
    )  # fmt: skip
    assert found["leads"] == 90 and found["waiting"] == 0
    assert sum(sum(one["mix"].values()) for one in found["reps"].values()) == 90
    for model in (Run, Decision, TeamAccount, WaitingLead, Replay, PolicyVersion):
        assert not model._default_manager.exists()
    assert not Lead.objects.filter(owner__isnull=False).exists()


@pytest.mark.parametrize(("kind", "chunk_size"), [(RunKind.BATCH, 1000), (RunKind.BATCH, 7), (RunKind.API, 1)])
def test_replaying_under_the_active_version_reproduces_every_owner(
    people: People, leads: list[Lead], kind: RunKind, chunk_size: int
) -> None:
    version = ensure_active()
    content = {**_content(people, floor=2), "caps": {"holdings": 40, "day": None, "month": None}}
    PolicyVersion.objects.filter(pk=version.pk).update(content=content)
    ids = [lead.pk for lead in leads]
    # one run the day before, so that the window does not begin with an empty ledger
    for place, (part, day) in enumerate([(ids[:13], 13), (ids[13:50], 14), (ids[50:], 14)]):
        at = datetime(2024, 3, day, 4, place, tzinfo=UTC)
        allocate_leads(actor=None, key=f"k{place}", kind=kind, lead_ids=part, at=at, chunk_size=chunk_size)

    version.refresh_from_db()
    own = replayed(version, WINDOW)

    assert Decision.objects.filter(kind="rule").count() > 70
    assert own["decided"] == own["same_owner"] == Decision.objects.filter(kind="rule", run__began_at__day=14).count()
    before = list(Decision.objects.order_by("pk").values_list("lead_id", "rep_id"))
    other = replayed(PolicyVersion(content=_content(people, base="1", order="arrival")), WINDOW)
    assert other["leads"] == own["leads"]
    assert list(Decision.objects.order_by("pk").values_list("lead_id", "rep_id")) == before


def test_a_replay_tells_how_far_it_is_and_can_be_stopped(people: People, leads: list[Lead]) -> None:
    draft = save_draft(actor=None, content=_content(people))
    stopped = ask_replay(actor=None, version_id=draft.pk, window=WINDOW)
    assert stopped.n_all == 90
    assert cancel_replay(actor=None, replay_id=stopped.pk)
    assert run_replay(stopped.pk).state == ReplayState.CANCELLED
    assert PolicyVersion.objects.get(pk=draft.pk).state == PolicyState.DRAFT

    running = ask_replay(actor=None, version_id=draft.pk, window=WINDOW)
    Replay.objects.filter(pk=running.pk).update(state=ReplayState.RUNNING)
    assert cancel_replay(actor=None, replay_id=running.pk)
    assert run_replay(running.pk).state == ReplayState.CANCELLED

    done = run_replay(ask_replay(actor=None, version_id=draft.pk, window=WINDOW).pk)
    assert (done.state, done.n_done) == (ReplayState.DONE, 90)
    assert not cancel_replay(actor=None, replay_id=done.pk)


@pytest.mark.django_db
def test_a_window_the_wrong_way_round_is_refused() -> None:
    with pytest.raises(EngineError, match="window"):
        replayed(PolicyVersion(content=default_content()), Window(first=DAY, last=date(2024, 3, 1)))
