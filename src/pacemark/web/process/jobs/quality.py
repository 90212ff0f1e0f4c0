"""Quality: tested each night and after an import; nobody waits for it while events are posted all day."""

from __future__ import annotations

from datetime import timedelta

from pacemark.web.jobs.registry import AFTER_IMPORT, job, periodic
from pacemark.web.process.services.quality import count_quality


@periodic("look at quality", every=timedelta(hours=24), offset=timedelta(hours=20))  # 04:00 in China
@job(AFTER_IMPORT, can_wait=True)
def look_at_quality(**_payload: object) -> int:
    """Test talks, dials, opportunities and deals of the last two sales months."""
    return count_quality()
