from __future__ import annotations

from datetime import date

import pytest

from pacemark.web.jobs.services import enqueue
from pacemark.web.jobs.worker import run_pending
from pacemark.web.pipeline.fact_models import ChangedDay


@pytest.mark.django_db(transaction=True)
def test_days_left_waiting_by_a_killed_import_are_counted_by_the_periodic_job():
    ChangedDay.objects.create(rep_id=0, business_date=date(2026, 3, 2))

    enqueue("count changed days")
    run_pending()

    assert not ChangedDay.objects.exists()
