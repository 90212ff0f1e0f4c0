"""Facts of changed days are counted anew; the result is that of a rebuild, whatever was edited."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from threading import Thread

import pytest
from django.db import connection, transaction

from pacemark.web.pipeline import facts_rebuild, facts_services
from pacemark.web.pipeline.fact_models import ChangedDay, ChangedMonth, DialCohort, RepDay
from pacemark.web.pipeline.facts_rebuild import lock_days, lock_months
from pacemark.web.pipeline.facts_services import rebuild_facts, refresh_changed_days, refresh_days
from pacemark.web.pipeline.models import Call, Deal, Lead, Opportunity, Refund, Segment
from pacemark.web.pipeline.queries.freshness import waiting_days
from pacemark.web.trail.models import TrailEntry
from tests.facts.oracle import expected_facts, stored_facts
from tests.facts.random_floor import Floor, make_floor, random_call, random_deal, random_opportunity


def fetch(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


# --- which days an event touches, as docs/methods/facts.md says ------------------------------------------------------


def touched(*events: Call | Opportunity | Deal | Refund) -> None:
    """Note the days of events as they stand now; called before and after an edit."""
    days = set()
    for event in events:
        if isinstance(event, Call):
            days.add((event.rep_id or 0, event.business_date))
        elif isinstance(event, Opportunity):
            days.add((event.owner_id or 0, event.opened_on))
            if event.sourced_on:
                days.add((event.sourced_by_id or 0, event.sourced_on))
        elif isinstance(event, Deal):
            days.add((event.owner_id or 0, event.signed_on))
            days.update((refund.deal.owner_id or 0, refund.refunded_on) for refund in event.refunds.all())
            if event.opportunity:
                days.add((event.opportunity.owner_id or 0, event.opportunity.opened_on))
        else:
            days.add((event.deal.owner_id or 0, event.refunded_on))
    for rep_id, day in days:
        ChangedDay.objects.create(rep_id=rep_id, business_date=day)


def edit(event: Call | Opportunity | Deal | Refund, **values: object) -> None:
    touched(event)
    for name, value in values.items():
        setattr(event, name, value)
    event.save()
    touched(event)


NUMBERS = count(1000)


# --- edits ------------------------------------------------------------------------------------------------------------


def add_call(floor: Floor, number: int) -> None:
    call = random_call(floor, number)
    call.save()
    touched(call)


def change_call(floor: Floor, number: int) -> None:
    call = Call.objects.filter(opportunity=None).order_by("pk")[number % 50]
    other = random_call(floor, 0)
    edit(call, rep=other.rep, business_date=other.business_date, local_hour=other.local_hour, talk_seconds=180)


def drop_call(floor: Floor, number: int) -> None:
    call = Call.objects.filter(opportunity=None).order_by("-pk")[number % 20]
    touched(call)
    call.delete()


def add_opportunity(floor: Floor, number: int) -> None:
    row = random_opportunity(floor, number)
    row.save()
    touched(row)


def change_opportunity(floor: Floor, number: int) -> None:
    row = Opportunity.objects.order_by("pk")[number % 30]
    other = random_opportunity(floor, 0)
    edit(
        row, owner=other.owner, state=other.state, opened_on=other.opened_on, closed_on=other.closed_on,
        sourced_call=other.sourced_call, sourced_by=other.sourced_by, sourced_on=other.sourced_on,
    )  # fmt: skip


def add_deal(floor: Floor, number: int) -> None:
    touched(random_deal(floor, number))


def change_deal(floor: Floor, number: int) -> None:
    deal = Deal.objects.order_by("pk")[number % 20]
    edit(deal, owner=floor.rep(), signed_on=deal.signed_on + timedelta(days=1), amount_minor=1, is_undated=True)


def add_refund(floor: Floor, number: int) -> None:
    deal = Deal.objects.order_by("pk")[number % 20]
    touched(
        Refund.objects.create(
            source=floor.source, external_id=f"R{number}", deal=deal, refunded_on=floor.day(), amount_minor=7
        )
    )


def regrade_lead(floor: Floor, number: int) -> None:
    """A lead's segment changes: its calls carry it, and the days of its calls and opportunities are touched."""
    lead = Lead.objects.order_by("pk")[number % 20]
    lead.segment = Segment.objects.order_by("-pk")[number % 2]
    lead.save()
    lead.call_set.update(segment=lead.segment)
    touched(*lead.call_set.all(), *lead.opportunity_set.all())


EDITS: tuple[Callable[[Floor, int], None], ...] = (
    add_call, change_call, drop_call, add_opportunity, change_opportunity, add_deal, change_deal, add_refund,
    regrade_lead,
)  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(20, 28))
def test_a_refresh_equals_a_rebuild_whatever_was_edited(seed: int) -> None:
    floor = make_floor(seed, n_calls=120)
    rebuild_facts(actor=None)
    for _batch in range(3):
        for change in floor.rng.choices(EDITS, k=floor.rng.randrange(1, 7)):
            change(floor, next(NUMBERS))
        refresh_changed_days()

        assert stored_facts(fetch) == expected_facts()
        assert not ChangedDay.objects.exists()


@pytest.mark.postgres
def test_a_refresh_equals_a_rebuild_on_postgres(on_postgres: str) -> None:
    floor = make_floor(5, n_calls=120)
    rebuild_facts(actor=None)
    for change in EDITS * 3:
        change(floor, next(NUMBERS))
    refresh_changed_days()

    assert stored_facts(fetch) == expected_facts()


@pytest.mark.django_db
def test_the_first_refresh_counts_everything() -> None:
    make_floor(6, n_calls=60)
    touched(*Call.objects.all())
    touched(Call.objects.latest("pk"))
    n_days = waiting_days()

    assert 0 < n_days < ChangedDay.objects.count()
    assert refresh_changed_days() == n_days
    assert stored_facts(fetch) == expected_facts()


@pytest.mark.django_db
def test_only_the_noted_days_are_counted_anew() -> None:
    floor = make_floor(7)
    rebuild_facts(actor=None)
    noted, unnoted = (row for row in RepDay.objects.filter(dials__gt=1, rep_id__gt=0).order_by("-dials")[:2])
    Call.objects.filter(rep_id__in=[row.rep_id for row in (noted, unnoted)]).delete()
    ChangedDay.objects.create(rep_id=noted.rep_id, business_date=noted.business_date)
    refresh_changed_days()

    assert floor.reps
    assert not RepDay.objects.filter(rep_id=noted.rep_id, business_date=noted.business_date, dials__gt=0).exists()
    assert RepDay.objects.get(rep_id=unnoted.rep_id, business_date=unnoted.business_date).dials == unnoted.dials


@pytest.mark.django_db
def test_a_second_refresh_has_nothing_to_do() -> None:
    floor = make_floor(8)
    rebuild_facts(actor=None)
    add_call(floor, next(NUMBERS))

    assert refresh_changed_days() == 1
    assert refresh_changed_days() == 0


@pytest.mark.django_db
def test_what_is_cut_off_before_its_commit_loses_nothing() -> None:
    floor = make_floor(9)
    rebuild_facts(actor=None)
    add_call(floor, next(NUMBERS))
    before = stored_facts(fetch)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        refresh_changed_days()
        raise KeyboardInterrupt

    assert stored_facts(fetch) == before
    assert ChangedDay.objects.count() == 1
    refresh_changed_days()
    assert stored_facts(fetch) == expected_facts()


@pytest.mark.django_db
@pytest.mark.parametrize("work", [refresh_changed_days, lambda: rebuild_facts(actor=None)], ids=["refresh", "rebuild"])
def test_what_is_cut_off_between_days_and_months_is_finished_by_the_next(
    work: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_floor(13)
    rebuild_facts(actor=None)
    dial = Call.objects.filter(direction=1, opportunity=None).order_by("pk")[0]
    touched(dial)
    dial.delete()

    def stops(_cursor: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(facts_services, "lock_months", stops)
        patched.setattr(facts_rebuild, "lock_months", stops)
        work()

    assert stored_facts(fetch)["rep_day"] == expected_facts()["rep_day"]
    assert stored_facts(fetch)["dial_cohort"] != expected_facts()["dial_cohort"]
    assert ChangedMonth.objects.exists()
    refresh_changed_days()
    assert stored_facts(fetch) == expected_facts()
    assert not ChangedMonth.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("start_day", [26, 30, 31])
def test_months_that_start_late_are_refreshed_by_their_parts(start_day: int) -> None:
    floor = make_floor(14, sales_month_start_day=start_day)
    rebuild_facts(actor=None)
    for change in (add_call, change_call, drop_call, regrade_lead):
        change(floor, next(NUMBERS))
    refresh_changed_days()

    assert stored_facts(fetch) == expected_facts()
    assert {len(month) for month in DialCohort.objects.values_list("month", flat=True)} == {7, 8}


@pytest.mark.django_db
def test_a_rebuild_uses_up_changed_days_and_leaves_a_trail() -> None:
    floor = make_floor(10)
    add_call(floor, next(NUMBERS))
    rebuilt = rebuild_facts(actor=None)

    assert not ChangedDay.objects.exists()
    assert TrailEntry.objects.get(action="facts.rebuilt").changes == {"rows": rebuilt.rows}


# PostgreSQL: the locks, settings, and what the planner is told of the days that changed.
STATEMENTS, STATEMENTS_A_MONTH = {"sqlite": 27, "postgresql": 33}, 2


@pytest.mark.django_db
@pytest.mark.parametrize("n_days", [1, 12])
def test_the_number_of_statements_does_not_grow_with_the_days(
    n_days: int, django_assert_num_queries: Callable[..., object]
) -> None:
    floor = make_floor(11)
    rebuild_facts(actor=None)
    changed = list(Call.objects.exclude(rep=None).order_by("business_date", "pk")[: n_days * 3])
    for call in changed:
        touched(call)
    n_months = len({f"{call.business_date:%Y-%m}" for call in changed})
    assert floor.reps
    with django_assert_num_queries(STATEMENTS[connection.vendor] + STATEMENTS_A_MONTH * n_months):
        refresh_changed_days()


@pytest.mark.postgres
def test_what_is_written_while_days_are_counted_is_left_to_the_next(on_postgres: str) -> None:
    """The day is noted already: the writer's own note must not be used up with it, nor make anybody wait."""
    floor = make_floor(12, n_calls=60)
    rebuild_facts(actor=None)
    call = random_call(floor, next(NUMBERS))
    touched(call)
    with transaction.atomic():
        call.save()
        touched(call)
        in_a_thread(refresh_changed_days)
    assert stored_facts(fetch) != expected_facts()

    refresh_changed_days()
    assert stored_facts(fetch) == expected_facts()


@pytest.mark.postgres
def test_nobody_waits_for_whoever_counts(on_postgres: str) -> None:
    floor = make_floor(13, n_calls=60)
    rebuild_facts(actor=None)
    call = random_call(floor, next(NUMBERS))

    def touch_and_refresh() -> None:
        touched(call)
        refresh_days()

    touch_and_refresh()
    with transaction.atomic(), connection.cursor() as cursor:  # as whoever counts months
        lock_months(cursor)
        assert ChangedMonth.objects.all().delete()[0]
        in_a_thread(touch_and_refresh)
    assert ChangedMonth.objects.exists()

    touched(call)
    with transaction.atomic(), connection.cursor() as cursor:  # as whoever counts days
        lock_days(cursor)
        assert ChangedDay.objects.all().delete()[0]
        in_a_thread(lambda: touched(call))
    assert ChangedDay.objects.exists()


def in_a_thread(work: Callable[[], object]) -> None:
    """Do it on a connection of its own; it must be done although the caller's transaction is still open."""

    def worked() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = Thread(target=worked, daemon=True)
    thread.start()
    thread.join(timeout=20)
    assert not thread.is_alive()
