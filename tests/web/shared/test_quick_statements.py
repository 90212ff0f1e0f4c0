"""Statements that skip the ORM's words say the same as the ORM does, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from pacemark.web.organization.models import Leave, Membership, Rep, RosterDay, Team
from pacemark.web.organization.queries import organization, posts_on
from pacemark.web.organization.services import set_up_organization
from pacemark.web.pipeline.models import Lead, Segment, Source
from pacemark.web.resources.models import (
    DutyToggle,
    PolicyVersion,
    RepSkills,
    Score,
    ScoreCycle,
    SelfSourcing,
    Withholding,
)
from pacemark.web.resources.queries.marks import Marks, marks_at
from pacemark.web.resources.services.policies import ensure_active
from pacemark.web.shared.compiled import Compiled, columns_of, whole
from pacemark.web.shared.row_writing import insert_row, insert_rows, sent_together, set_values, update_row

NOON = datetime(2024, 3, 25, 4, 0, tzinfo=UTC)
DAY, HOUR = NOON.date(), timedelta(hours=1)


@pytest.mark.django_db(transaction=True)
def test_what_is_asked_and_written_quickly_is_what_the_orm_says(each_database: str) -> None:
    set_up_organization(actor=None, time_zone="Asia/Shanghai")
    assert organization().time_zone == "Asia/Shanghai"
    version = ensure_active()
    assert whole(PolicyVersion, _VERSION.first(pk=version.pk)) == version
    assert whole(PolicyVersion, _VERSION.first(pk=version.pk + 1)) is None
    assert ensure_active().content == PolicyVersion.objects.get().content

    _writes()
    _marks()


_VERSION = Compiled(lambda pk: PolicyVersion.objects.filter(pk=pk).values_list(*columns_of(PolicyVersion)))


def _writes() -> None:
    """Write by rows and read by models."""
    source, segment = Source.objects.create(name="form"), Segment.objects.create(channel="form")
    lead = Lead(source=source, external_id="E1", segment=segment, arrived_at=NOON, arrived_on=DAY, tags=["one"])
    insert_row(lead)
    assert Lead.objects.values("tags", "arrived_at", "arrived_on", "segment_id", "is_blocked", "name").get() == {
        "tags": ["one"], "arrived_at": NOON, "arrived_on": DAY, "segment_id": segment.pk, "is_blocked": False,
        "name": "",
    }  # fmt: skip
    lead.tags, lead.name, lead.note = ["two"], "kept", "not asked for"
    update_row(lead, ("tags", "name"))
    assert Lead.objects.values_list("pk", "tags", "name", "note").get() == (lead.pk, ["two"], "kept", "")
    rep = Rep.objects.create(name="R")
    with transaction.atomic(), sent_together():
        insert_rows("organization_team", ("name",), [("T;1%s",)])
        set_values("pipeline_lead", "owner_id", {lead.pk: rep.pk})
    assert (Team.objects.get().name, Lead.objects.get().owner_id) == ("T;1%s", rep.pk)
    # What fails takes the rest of its message with it.
    with pytest.raises(IntegrityError), transaction.atomic(), sent_together():
        insert_rows("pipeline_source", ("name",), [("other",)])
        insert_rows("pipeline_source", ("name",), [("form",)])
    assert list(Source.objects.values_list("name", flat=True)) == ["form"]


def _withhold(rep: Rep, state: str, first: date, end: date, base: int) -> None:
    parts = {"base_percent": base, "reward_percent": 0}
    Withholding.objects.create(rep=rep, state=state, starts_on=first, ends_on=end, trigger={}, **parts)


def _publish(at: datetime, values: dict[Rep, float | None]) -> None:
    version = PolicyVersion.objects.get()
    cycle = ScoreCycle.objects.create(version=version, first_day=DAY, last_day=DAY, published_at=at)
    for rep, value in values.items():
        Score.objects.create(cycle=cycle, rep=rep, value=value, parts={})


def _marks() -> None:
    """Set what marks people, and what does not: the days and hours beside it."""
    first, other = Rep.objects.get(), Rep.objects.create(name="O", left_on=DAY)
    Membership.objects.create(rep=first, team=Team.objects.get(), valid_from=DAY)
    Membership.objects.create(rep=other, team=Team.objects.get(), valid_from=DAY)
    assert [post.rep_id for post in posts_on(DAY)] == [first.pk]
    assert marks_at(DAY, NOON) == Marks(
        on_leave=frozenset(), away=frozenset(), rosters={}, scores=(), withheld=(), skills=(), sourcing={}
    )
    before, after = DAY - timedelta(days=1), DAY + timedelta(days=1)
    Leave.objects.create(rep=first, first_day=before, last_day=DAY)
    Leave.objects.create(rep=other, first_day=after, last_day=after)
    DutyToggle.objects.create(rep=first, since=NOON, until=NOON + HOUR)
    DutyToggle.objects.create(rep=other, since=NOON - HOUR, until=NOON)
    RosterDay.objects.create(rep=first, date=DAY, is_working=True, shift_start=time(9, 30), shift_end=time(18))
    RosterDay.objects.create(rep=first, date=after, is_working=False)
    RepSkills.objects.create(rep=first, tags=["b", "a"])
    RepSkills.objects.create(rep=other, tags=[])
    for ends_on, base in ((after, 50), (DAY, 10)):
        Withholding.objects.create(
            rep=first,
            state="applied",
            starts_on=before,
            ends_on=ends_on,
            base_percent=base,
            reward_percent=0,
            trigger={},
        )
    Withholding.objects.create(
        rep=other, state="proposed", starts_on=before, ends_on=after, base_percent=1, reward_percent=1, trigger={}
    )
    for day, is_on in ((before, True), (DAY, False), (after, True)):
        SelfSourcing.objects.create(level="rep", unit_id=first.pk, valid_from=day, is_on=is_on)
    for hours_ago, value in ((2, 1.0), (1, 0.25), (3, 2.0)):
        _publish(NOON - hours_ago * HOUR, {first: value, other: None})
    assert marks_at(DAY, NOON) == Marks(
        on_leave=frozenset({first.pk}), away=frozenset({first.pk}),
        rosters={first.pk: (True, time(9, 30), time(18))}, scores=((first.pk, 0.25),), withheld=((first.pk, 50, 0),),
        skills=((first.pk, ("a", "b")),), sourcing={("rep", first.pk): False},
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("n_rows", [2, 200])  # by a statement, and on PostgreSQL by a COPY
def test_a_row_that_stands_already_is_refused_in_one_way(each_database: str, n_rows: int) -> None:
    Source.objects.create(name="form 1")

    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows("pipeline_source", ["name"], [[f"form {number}"] for number in range(n_rows)])
    assert Source.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_rows_enough_for_a_copy_do_not_go_before_what_waits(each_database: str) -> None:
    with transaction.atomic(), sent_together():
        insert_rows("organization_team", ("name",), [("first",)])
        insert_rows("organization_team", ("name",), [(f"then {number}",) for number in range(30)])

    names = list(Team.objects.order_by("pk").values_list("name", flat=True))
    assert names == ["first", *(f"then {number}" for number in range(30))]
