"""What a rep is after in a quarter: keep the grade, or reach the next. Versions are kept; nothing is overwritten."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from pacemark.web.accounts.models import User
from pacemark.web.goals.choices import IntentionKind, TargetBasis
from pacemark.web.goals.models import Intention
from pacemark.web.goals.queries.intentions import asked_in_quarter
from pacemark.web.goals.queries.quarters import quarter_board
from pacemark.web.goals.refusals import refuse
from pacemark.web.goals.services.quarters import set_quarter
from pacemark.web.organization.models import Rep
from pacemark.web.trail.services import record


@transaction.atomic
def choose_intention(
    *, actor: User | None, rep_id: int, quarter_start: date, kind: IntentionKind, reason: str = ""
) -> Intention:
    """Note what a rep is after, and let the quarter follow unless somebody has set it otherwise.

    Reaching the next grade takes its whole quota; months that are over keep what stood, the open ones share the rest.
    """
    rep = Rep.objects.select_for_update().get(pk=rep_id)
    asked = asked_in_quarter(rep_id, quarter_start)
    if all(asked.is_closed):
        raise refuse("quarter_closed", "This quarter is over.", "quarter")
    amount = asked.amounts_minor.get(kind)
    if amount is None:
        what = "no_next_grade" if IntentionKind.KEEP in asked.amounts_minor else "no_quota"
        raise refuse(what, "The ladder has no quota for this.", "kind")
    last = Intention.objects.filter(rep=rep, quarter_start=quarter_start).order_by("-version").first()
    intention = Intention.objects.create(
        rep=rep,
        quarter_start=quarter_start,
        version=last.version + 1 if last else 1,
        kind=kind,
        amount_minor=amount,
        set_by=actor,
    )
    changes = {"kind": [last.kind if last else None, str(kind)], "amount_minor": amount}
    record(actor=actor, action="goals.intention_chosen", subject=intention, changes=changes)
    if _follows(rep_id, quarter_start, kind):
        set_quarter(
            actor=actor, rep_id=rep_id, quarter_start=quarter_start, amount_minor=amount,
            basis=TargetBasis.INTENTION, reason=reason,
        )  # fmt: skip
    return intention


def _follows(rep_id: int, quarter_start: date, kind: IntentionKind) -> bool:
    """Tell whether the quarter follows what the rep is after: not where somebody has set it otherwise.

    Keeping the grade is what the ladder asks anyhow; it is written only where an earlier wish was.
    """
    board = quarter_board([quarter_start], [rep_id])
    cells = [cell for cell in board.quarters[rep_id, quarter_start].cells if cell and cell.version]
    by_wish = any(cell.basis == TargetBasis.INTENTION for cell in cells)
    if (rep_id, quarter_start) in board.versions or cells:
        return by_wish
    return kind == IntentionKind.PROMOTE
