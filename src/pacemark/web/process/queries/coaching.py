"""Reading coaching. Visibility is an argument; ``None`` means everyone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Max, Q

from pacemark.web.process.bridge.coaching import ActionOutcome, ManagerExecution, executions_of, judged
from pacemark.web.process.choices import ActionState
from pacemark.web.process.models import CoachingAction

# The rate looks back over four weeks, so that last quarter's neglect is not held against this month.
WINDOW_DAYS = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class CoachingFound:
    """What is to do, the earliest due first; what was due in the window; each manager's rate."""

    to_do: tuple[ActionOutcome, ...]
    closed: tuple[ActionOutcome, ...]
    executions: tuple[ManagerExecution, ...]

    @property
    def due_today_or_late(self) -> int:
        """Return how many of what is to do are late."""
        return sum(one.outcome == "missed" for one in self.to_do)


def coaching_of(today: date, rep_ids: Collection[int] | None) -> CoachingFound:
    """Return the coaching of some reps: everything open, and what was due in the last four weeks. One query."""
    since = Q(due_on__gt=today - timedelta(days=WINDOW_DAYS)) | Q(state=ActionState.OPEN)
    rows = CoachingAction.objects.filter(since).select_related("owner", "rep").order_by("due_on", "pk")
    if rep_ids is not None:
        rows = rows.filter(rep_id__in=rep_ids)
    found = judged(list(rows), today)
    in_window = [one for one in found if one.action.due_on > today - timedelta(days=WINDOW_DAYS)]
    return CoachingFound(
        to_do=tuple(one for one in found if one.action.state == ActionState.OPEN),
        closed=tuple(reversed([one for one in in_window if one.action.state != ActionState.OPEN])),
        executions=tuple(executions_of(in_window)),
    )


def coaching_mark(rep_ids: Collection[int] | None) -> str:
    """Return a short text that changes whenever the coaching of some reps does; for conditional requests."""
    rows = CoachingAction.objects.all() if rep_ids is None else CoachingAction.objects.filter(rep_id__in=rep_ids)
    found = rows.aggregate(
        n=Count("pk"), last=Max("pk"), done=Max("done_at"), n_open=Count("pk", filter=Q(state=ActionState.OPEN))
    )
    return "|".join(str(found[key]) for key in ("n", "last", "done", "n_open"))
