"""Scores each week, and withholding each day."""

from __future__ import annotations

from datetime import timedelta

from pacemark.web.jobs.registry import periodic
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.queries import organization
from pacemark.web.resources.queries.policies import active_version
from pacemark.web.resources.services.scores import publish_scores
from pacemark.web.resources.services.withholding import end_past, propose_by_rule


@periodic("publish scores", every=timedelta(days=7), offset=timedelta(hours=18))
def publish_weekly_scores() -> int:
    """Publish everyone's score over the last weeks, where a policy is in force."""
    if active_version() is None:
        return 0
    return publish_scores(actor=None, today=local_today(organization().time_zone))


@periodic("withholding", every=timedelta(hours=24), offset=timedelta(hours=17))
def withhold_by_rule() -> int:
    """End what is over, and propose (or apply) what the rule says."""
    today = local_today(organization().time_zone)
    end_past(today=today)
    return propose_by_rule(actor=None, today=today)
