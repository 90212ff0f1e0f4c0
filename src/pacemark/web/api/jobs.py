"""Background work of the API."""

from __future__ import annotations

from datetime import timedelta

from pacemark.web.api.repeats import forget_answers
from pacemark.web.jobs.registry import periodic


@periodic("api.forget_answers", every=timedelta(days=1), offset=timedelta(hours=18))
def forget_old_answers() -> int:
    """Forget what was answered to writes long ago."""
    return forget_answers()
