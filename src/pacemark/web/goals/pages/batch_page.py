"""A batch of changes as its page shows it: what moves, what is refused and why, how far applying has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pacemark.engine.periods import Period
from pacemark.web.goals.bridge.batches import BatchContent, BatchRow, content_of, total_change
from pacemark.web.goals.choices import BatchState
from pacemark.web.goals.models import TargetBatch
from pacemark.web.organization.queries import Member
from pacemark.web.ui import formats
from pacemark.web.ui.components import JobView, Tone
from pacemark.web.ui.wording import words_for

PROBLEMS: Mapping[str, Promise] = {
    "unknown_person": gettext_lazy("Nobody in your sight has this number or name."),
    "ambiguous_person": gettext_lazy("Several people have this name; write the employee number."),
    "name_differs": gettext_lazy("The number and the name belong to two different people."),
    "no_person": gettext_lazy("There are amounts here, but no number and no name."),
    "duplicate": gettext_lazy("This person's month is named more than once; keep one of the lines."),
    "duplicate_column": gettext_lazy("This month has more than one column; keep one of them."),
    "not_an_amount": gettext_lazy("This is not an amount."),
    "negative": gettext_lazy("A target cannot be below zero."),
    "broken_formula": gettext_lazy("The formula here has no answer; write the amount."),
    "no_target": gettext_lazy("There is no target yet that could be changed."),
    "no_source": gettext_lazy("There is no target to copy in the period before."),
    "left": gettext_lazy("This person has left before the month."),
    "not_there_yet": gettext_lazy("This person joins after the month."),
    "closed": gettext_lazy("The month is over; its target stands."),
    "months_above_quarter": gettext_lazy("Closed months and those set by hand would hold more than the quarter."),
    "no_open_month": gettext_lazy("No open month is left to take the difference; change the quarter itself."),
    "stale": gettext_lazy("Somebody has changed this person's quarter since the preview."),
    "left_as_agreed": gettext_lazy("Agreed on, and left as it is."),
    "agreed": gettext_lazy("Agreed on; a change needs a reason, and is proposed anew."),
    "below_booked": gettext_lazy("This is less than is booked already; it is allowed."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRow:
    """One target of a batch."""

    row: BatchRow
    member: Member | None
    month: Period
    tone: Tone
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCell:
    """One cell of a workbook that nothing could be made of."""

    where: str
    sentence: str
    shown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchPage:
    """Everything that a batch's page shows. ``n_moving`` targets move, of ``n_people`` people."""

    batch: TargetBatch
    rows: tuple[ShownRow, ...]
    refused: tuple[ShownCell, ...]
    n_refused: int
    n_moving: int
    n_people: int
    n_same: int
    n_agreed: int
    old_minor: int
    new_minor: int
    reason: str
    failed: str
    job: JobView | None
    currency: str

    @property
    def difference_text(self) -> str:
        """Return by how much the whole moves, with its sign and without its unit."""
        text = formats.money_plain(self.new_minor - self.old_minor, self.currency)
        return text if self.new_minor <= self.old_minor else f"+{text}"


def shown_rows(content: BatchContent) -> list[BatchRow]:
    """Return the rows to read, what is refused first: a target that is given but does not move is not news."""
    news = [row for row in content.rows if row.problems or row.difference_minor]
    return sorted(news, key=lambda row: (not row.is_refused, not row.problems, row.rep_id, row.month))


def batch_page(
    batch: TargetBatch,
    rows: Sequence[BatchRow],
    people: Mapping[int, Member],
    months: Mapping[str, Period],
    currency: str,
) -> BatchPage:
    """Return the page for some of the batch's rows."""
    content = content_of(batch.changes)
    moving = [row for row in content.written if row.difference_minor]
    old_minor, new_minor = total_change(moving)
    refused_rows = sum(row.is_refused for row in content.rows)
    return BatchPage(
        batch=batch,
        rows=tuple(_shown(row, people, months) for row in rows),
        refused=tuple(
            ShownCell(where=f"{one.sheet}!{one.cell}", sentence=_sentence(one.problem), shown=one.shown)
            for one in content.refused
        ),
        n_refused=refused_rows + len(content.refused),
        n_moving=len(moving),
        n_people=len({row.rep_id for row in moving}),
        n_same=content.n_same,
        n_agreed=sum(row.is_agreed for row in moving),
        old_minor=old_minor,
        new_minor=new_minor,
        reason=content.reason,
        failed=words_for(content.failed) if content.failed else "",
        job=_job(batch),
        currency=currency,
    )


def _shown(row: BatchRow, people: Mapping[int, Member], months: Mapping[str, Period]) -> ShownRow:
    said = [_sentence(problem) for problem in row.problems]
    if row.follows:
        said.append(_("Moves along, because the quarter's sum is held."))
    tone: Tone = "risk" if row.is_refused else "warn" if row.problems else ""
    return ShownRow(
        row=row,
        member=people.get(row.rep_id),
        month=months[row.month.isoformat()],
        tone=tone,
        sentences=tuple(said),
    )


def _sentence(problem: str) -> str:
    words = PROBLEMS.get(problem)
    return str(words) if words is not None else words_for(f"goals.{problem}")


def _job(batch: TargetBatch) -> JobView | None:
    if batch.state != BatchState.APPLYING:
        return None
    is_written = batch.n_done > 0
    return JobView(
        title=_("Planning anew") if is_written else _("Writing the targets"),
        share=min(batch.n_done / batch.n_all, 1.0) if batch.n_all else None,
        detail=_("%(done)s of %(all)s steps") % {"done": batch.n_done, "all": batch.n_all},
    )
