from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from pacemark.web.jobs import registry, worker
from pacemark.web.jobs.models import JobRecord, PeriodicSlot
from pacemark.web.jobs.queries import newest_named, state_of, unfinished_count
from pacemark.web.jobs.registry import FACTS_CHANGED, UnknownJobError, job, periodic
from pacemark.web.jobs.services import enqueue, enqueue_due, enqueue_on_commit, enqueue_unless_waiting, prune
from pacemark.web.jobs.worker import (
    JobFailedError,
    claim_next,
    retry_delay,
    run_claimed,
    run_pending,
    take_back_expired,
)

Calls = list[object]
SOON = timedelta(hours=2)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Iterator[Calls]:
    """Registers of this test alone, with one job that notes its payload and one that fails."""
    monkeypatch.setattr(registry, "_jobs", {})
    monkeypatch.setattr(registry, "_timetables", {})
    seen: Calls = []

    @job("test.note")
    def note(**payload: object) -> None:
        seen.append(payload)

    @job("test.fail", max_attempts=2)
    def fail() -> None:
        seen.append("tried")
        raise ZeroDivisionError("on purpose")

    yield seen


def _status(name: str) -> tuple[str, int]:
    state = newest_named(name)[0]
    return state.status, state.attempts


@pytest.mark.usefixtures("each_database")
class TestQueue:
    def test_a_job_runs_once_with_its_payload(self, calls: Calls) -> None:
        (job_id,) = enqueue("test.note", days=["2024-01-31"], 名="值")

        assert run_pending() == 1
        assert run_pending() == 0
        assert calls == [{"days": ["2024-01-31"], "名": "值"}]
        state = state_of(job_id)
        assert state is not None and (state.status, state.attempts) == ("SUCCESSFUL", 1)

    def test_a_command_leaves_to_a_worker_what_can_wait(self, calls: Calls) -> None:
        job("test.patient", can_wait=True)(lambda: calls.append("patient"))
        enqueue("test.patient")
        enqueue("test.note")

        assert run_pending(urgent_only=True) == 1
        assert calls == [{}]

        assert run_pending() == 1
        assert calls == [{}, "patient"]

    def test_a_job_belongs_to_the_transaction_that_asked_for_it(self, calls: Calls) -> None:
        with pytest.raises(RuntimeError), transaction.atomic():
            enqueue_on_commit("test.note")
            raise RuntimeError("rolled back")

        assert run_pending() == 0
        assert JobRecord.objects.count() == DBTaskResult.objects.count() == 0

        with transaction.atomic():
            enqueue_on_commit("test.note")
        assert run_pending() == 1

    def test_jobs_run_in_the_order_they_came(self, calls: Calls) -> None:
        for number in range(5):
            enqueue("test.note", number=number)

        run_pending()

        assert calls == [{"number": number} for number in range(5)]

    def test_a_failure_is_tried_again_later_and_then_given_up(self, calls: Calls) -> None:
        (job_id,) = enqueue("test.fail")

        with pytest.raises(JobFailedError, match="on purpose"):
            run_pending()
        assert _status("test.fail") == ("READY", 1)
        assert claim_next(timezone.now()) is None, "the back-off holds it"

        DBTaskResult.objects.update(run_after=timezone.now())
        with pytest.raises(JobFailedError):
            run_pending()
        assert calls == ["tried", "tried"]
        state = state_of(job_id)
        assert state is not None and (state.status, state.attempts) == ("FAILED", 2)
        assert state.error == "ZeroDivisionError: on purpose"
        assert unfinished_count() == 0

    def test_a_killed_workers_job_returns_after_its_lease(self, calls: Calls) -> None:
        enqueue("test.note", number=1)
        dead = claim_next(timezone.now())
        assert dead is not None

        assert claim_next(timezone.now()) is None, "held, so nobody else may have it"
        assert take_back_expired(timezone.now() + worker.LEASE - timedelta(seconds=1)) == 0
        assert take_back_expired(timezone.now() + worker.LEASE + timedelta(seconds=1)) == 1
        assert run_pending() == 1
        assert calls == [{"number": 1}]
        assert _status("test.note") == ("SUCCESSFUL", 2)

    def test_a_job_that_kills_its_worker_is_given_up_in_the_end(self, calls: Calls) -> None:
        enqueue("test.fail")
        for _ in range(2):
            assert claim_next(timezone.now()) is not None
            take_back_expired(timezone.now() + SOON)

        assert _status("test.fail") == ("FAILED", 2)
        assert "its worker ended 2 times" in newest_named("test.fail")[0].error

    def test_a_worker_that_lost_its_lease_has_no_say(self, calls: Calls) -> None:
        enqueue("test.note")
        slow = claim_next(timezone.now())
        assert slow is not None
        take_back_expired(timezone.now() + SOON)
        quick = claim_next(timezone.now())
        assert quick is not None

        run_claimed(slow)

        assert _status("test.note") == ("RUNNING", 2)
        run_claimed(quick)
        assert _status("test.note") == ("SUCCESSFUL", 2)

    def test_a_worker_told_to_stop_gives_its_job_back(self, calls: Calls) -> None:
        @job("test.stop")
        def stop() -> None:
            raise SystemExit(1)

        enqueue("test.stop")
        with pytest.raises(SystemExit):
            run_pending()

        assert _status("test.stop") == ("READY", 1)
        assert claim_next(timezone.now()) is not None

    def test_a_periodic_slot_is_taken_once(self, calls: Calls) -> None:
        @periodic("test.hourly", every=timedelta(hours=1))
        def hourly() -> None:
            calls.append("hourly")

        nine = datetime(2024, 3, 15, 9, 0, 1, tzinfo=UTC)
        assert [enqueue_due(nine), enqueue_due(nine + timedelta(minutes=58))] == [1, 0]
        assert enqueue_due(nine + timedelta(hours=1)) == 1
        run_pending()
        assert calls == ["hourly", "hourly"]

    def test_a_weekly_job_runs_once_in_a_week_whatever_day_is_asked(self, calls: Calls) -> None:
        @periodic("test.weekly", every=timedelta(days=7), offset=timedelta(hours=18))
        def weekly() -> None:
            calls.append("weekly")

        monday_evening = datetime(2024, 3, 11, 18, 0, 1, tzinfo=UTC)
        assert [enqueue_due(monday_evening + timedelta(days=day)) for day in range(8)] == [1, 0, 0, 0, 0, 0, 0, 1]

    def test_prune_keeps_what_is_recent_or_unfinished(self, calls: Calls) -> None:
        PeriodicSlot.objects.create(name="old", starts_at=timezone.now() - timedelta(days=90))
        enqueue("test.note")
        run_pending()
        enqueue("test.note")

        assert prune(timezone.now() + timedelta(days=6)) == 0
        assert prune(timezone.now() + timedelta(days=8)) == 1
        assert unfinished_count() == JobRecord.objects.count() == 1
        assert PeriodicSlot.objects.count() == 0


@pytest.mark.postgres
@pytest.mark.usefixtures("on_postgres")
def test_two_workers_never_take_the_same_job(calls: Calls) -> None:
    for number in range(20):
        enqueue("test.note", number=number)
    together = threading.Barrier(4)

    def drain() -> None:
        together.wait()
        while (claim := claim_next(timezone.now())) is not None:
            run_claimed(claim)
        connection.close()

    threads = [threading.Thread(target=drain) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    numbers = sorted(json.loads(json.dumps(call))["number"] for call in calls)
    assert numbers == list(range(20))
    assert set(JobRecord.objects.values_list("attempts", flat=True)) == {1}


@pytest.mark.django_db
def test_an_unknown_name_is_refused_but_an_announcement_may_find_no_listener(calls: Calls) -> None:
    with pytest.raises(UnknownJobError, match=r"test\.missing"):
        enqueue("test.missing")

    assert enqueue(FACTS_CHANGED) == ()


@pytest.mark.django_db
def test_every_listener_of_an_announcement_runs(calls: Calls) -> None:
    @job(FACTS_CHANGED)
    def one() -> None:
        calls.append(1)

    @job(FACTS_CHANGED)
    def two() -> None:
        calls.append(2)

    enqueue(FACTS_CHANGED)

    assert run_pending() == 2
    assert calls == [1, 2]


@pytest.mark.django_db
def test_what_waits_already_is_not_queued_twice_and_what_has_begun_is_queued_again(calls: Calls) -> None:
    assert len(enqueue_unless_waiting("test.note")) == 1
    assert enqueue_unless_waiting("test.note") == ()
    claim = claim_next(timezone.now())
    assert claim is not None

    assert len(enqueue_unless_waiting("test.note")) == 1, "it may have looked before this write"
    run_claimed(claim)
    assert (run_pending(), calls) == (1, [{}, {}])


@pytest.mark.django_db
def test_a_job_that_waits_under_another_name_is_not_queued_again_but_one_about_something_is(calls: Calls) -> None:
    def look(**payload: object) -> None:
        calls.append(payload)

    for name in ("test.look", "test.look_too"):
        job(name)(look)
    assert len(enqueue("test.look", days=["2024-01-31"])) == 1
    assert len(enqueue_unless_waiting("test.look_too")) == 1, "what waits is about some days only"
    assert enqueue_unless_waiting("test.look") == ()
    assert run_pending() == 2
    assert calls == [{"days": ["2024-01-31"]}, {}]


@pytest.mark.django_db
def test_an_express_job_overtakes(calls: Calls) -> None:
    @job("test.express", is_express=True)
    def express() -> None:
        calls.append("express")

    enqueue("test.note")
    assert claim_next(timezone.now(), express_only=True) is None
    enqueue("test.express")

    assert run_pending() == 2
    assert calls == ["express", {}]


def test_two_rooms_cannot_own_one_name(calls: Calls) -> None:
    with pytest.raises(ValueError, match="registered already"):

        @job("test.note")
        def other() -> None: ...


@pytest.mark.django_db
def test_a_job_of_another_version_fails_at_once(calls: Calls) -> None:
    enqueue("test.note")
    registry._jobs.clear()

    with pytest.raises(JobFailedError, match="no room registers"):
        run_pending()

    assert newest_named("test.note")[0].status == "FAILED"


def test_back_off_grows_to_an_hour() -> None:
    seconds = [int(retry_delay(attempt).total_seconds()) for attempt in range(1, 8)]

    assert seconds == [10, 40, 160, 640, 2560, 3600, 3600]


@pytest.mark.postgres
@pytest.mark.usefixtures("on_postgres")
def test_a_lease_is_kept_alive_while_the_job_runs(calls: Calls) -> None:
    def leased_until() -> datetime | None:
        return JobRecord.objects.values_list("leased_until", flat=True).get()

    @job("test.long")
    def long() -> None:
        first, tries = leased_until(), 0
        while leased_until() == first and (tries := tries + 1) < 200:
            threading.Event().wait(0.05)
        calls.append(leased_until() != first)

    enqueue("test.long")
    claim = claim_next(timezone.now(), timedelta(seconds=1))
    assert claim is not None
    assert run_claimed(claim, timedelta(seconds=1)) is None

    assert calls == [True]
