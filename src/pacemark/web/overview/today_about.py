"""What Today says about oneself beside the numbers: working days without a deal, what was found, coaching agreed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pacemark.web.pipeline.queries import RepDayRow
from pacemark.web.process.bridge.coaching import ActionOutcome
from pacemark.web.process.bridge.gaps import Streak, streaks_of
from pacemark.web.process.pages.findings_page import FindingLine, finding_line
from pacemark.web.process.queries.coaching import coaching_of
from pacemark.web.process.queries.findings import current_findings
from pacemark.web.process.queries.watched import tolerance

STREAK_DAYS = 92
# The rest stands on the diagnosis: a day has room for two things to try.
SHOWN = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutOneself:
    """What concerns one person today; ``streak`` is nothing for whoever closes no deals."""

    streak: Streak | None
    streak_is_said: bool
    findings: tuple[FindingLine, ...]
    coaching: tuple[ActionOutcome, ...]


def about_oneself(
    rep_id: int, role: str, today: date, days: Sequence[RepDayRow], workdays: Sequence[date]
) -> AboutOneself:
    """Return what concerns one person; three queries."""
    first = today - timedelta(days=STREAK_DAYS)
    deals = {day.business_date: day.deals for day in days}
    streak = None if role == "setter" else streaks_of([deals], [frozenset(workdays)], first, today)[0]
    found = [one for one in current_findings({rep_id}) if one.verdict != "not_enough_data"]
    return AboutOneself(
        streak=streak,
        streak_is_said=streak is not None and streak.days >= tolerance().streak_days,
        findings=tuple(finding_line(one) for one in found[:SHOWN]),
        coaching=coaching_of(today, {rep_id}).to_do,
    )
