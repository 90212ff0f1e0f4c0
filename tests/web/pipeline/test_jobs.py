from __future__ import annotations

from datetime import date

import pytest

from pacemark.web.jobs.queries import newest_named
from pacemark.web.jobs.registry import FACTS_CHANGED, jobs_named
from pacemark.web.jobs.services import enqueue
from pacemark.web.jobs.worker import run_pending
from pacemark.web.pipeline.fact_models import ChangedDay
from pacemark.web.pipeline.jobs import count_changed_days, count_days


@pytest.mark.django_db(transaction=True)
def test_days_left_waiting_by_a_killed_import_are_counted_by_the_periodic_job():
    ChangedDay.objects.create(rep_id=0, business_date=date(2026, 3, 2))

    enqueue("count changed days")
    run_pending()

    assert not ChangedDay.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_upper_rooms_hear_of_new_facts_and_of_nothing_else():
    count_changed_days()
    assert newest_named(FACTS_CHANGED) == []

    ChangedDay.objects.create(rep_id=0, business_date=date(2026, 3, 2))
    count_days()
    assert newest_named(FACTS_CHANGED) == [], "so often would be too often"
    count_changed_days()

    assert len(newest_named(FACTS_CHANGED)) == len(jobs_named(FACTS_CHANGED)) > 0
