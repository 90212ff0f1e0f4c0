"""Setting how long what is personal is kept, and clearing what is older, once a day."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from pacemark.web.accounts.models import User
from pacemark.web.intake.retention import drop_refusals_before, drop_uploads_before
from pacemark.web.notifications.queries import settled_before
from pacemark.web.pipeline.retention import clear_leads_without_news
from pacemark.web.privacy.models import RetentionRule
from pacemark.web.privacy.queries.retention import Due, Retention, days_before, leads_since, standing_retention
from pacemark.web.trail.services import record


@transaction.atomic
def set_retention(*, actor: User, kept: Retention) -> RetentionRule:
    """Let other ends hold from the next day's clearing on; the version before stays on record."""
    last = RetentionRule.objects.select_for_update().order_by("-version").first()
    before = asdict(standing_retention())
    rule = RetentionRule(version=last.version + 1 if last else 1, set_by=actor, **asdict(kept))
    rule.full_clean()
    rule.save()
    changes = {name: [before[name], value] for name, value in asdict(kept).items() if before[name] != value}
    record(actor=actor, action="privacy.retention_set", subject=rule, changes=changes)
    return rule


def clear_what_is_old(*, at: datetime) -> Due:
    """Clear what is older than it is kept, by the rule that holds; run twice, it finds none."""
    kept = standing_retention()
    done = Due(
        leads=None if kept.lead_months is None
        else clear_leads_without_news(since=leads_since(kept.lead_months, at), at=at),
        uploads=None if kept.upload_days is None else drop_uploads_before(days_before(kept.upload_days, at)),
        refusals=None if kept.refusal_days is None else drop_refusals_before(days_before(kept.refusal_days, at)),
        messages=None if kept.message_days is None
        else settled_before(days_before(kept.message_days, at)).delete()[1].get("notifications.Message", 0),
    )  # fmt: skip
    if any(asdict(done).values()):
        record(actor=None, action="privacy.old_values_cleared", subject=("privacy", "retention"), changes=asdict(done))
    return done
