"""Background work of the Results room: where the quarter ends, and who is offered the next tier."""

from __future__ import annotations

from datetime import timedelta

from pacemark.web.jobs.registry import AFTER_IMPORT, FACTS_CHANGED, job, periodic
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.queries import organization
from pacemark.web.results.queries.spans import quarter_around
from pacemark.web.results.services.credit import RESULTS_CHANGED
from pacemark.web.results.services.offers import offer_tiers
from pacemark.web.results.services.outlooks import work_out_quarter


@periodic("work out the quarter", every=timedelta(hours=24), offset=timedelta(hours=20))
@job(AFTER_IMPORT)
@job(FACTS_CHANGED)
@job(RESULTS_CHANGED)
def work_out_the_quarter(**_payload: object) -> int:
    """Work out the running quarter, after the month's plans and replans, and offer the next tier to who is done."""
    today = local_today(organization().time_zone)
    span = quarter_around(today)
    work_out_quarter(actor=None, span=span, as_of=today)
    return len(offer_tiers(actor=None, span=span))
