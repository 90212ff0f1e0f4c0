"""Working out where everyone's running quarter ends, and keeping it."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from pacemark.web.accounts.models import User
from pacemark.web.goals.bridge.replanning import Replanned, Standing, replan_people
from pacemark.web.goals.queries.replans import has_plans
from pacemark.web.goals.services.replans import collector_at_rest
from pacemark.web.results.bridge.climbing import climbers_of
from pacemark.web.results.models import QuarterOutlook
from pacemark.web.results.queries.quarter_ground import QuarterGround, load_quarter_ground
from pacemark.web.results.queries.spans import Span
from pacemark.web.trail.services import record

_BATCH = 500


def work_out_quarter(*, actor: User | None, span: Span, as_of: date) -> int:
    """Work out everyone's quarter as of one of its days and keep it in place of the last; return for how many."""
    month = next((one for one in span.months if one.holds(as_of)), None)
    if month is None or not has_plans(month.first):
        return 0
    with collector_at_rest():
        ground = load_quarter_ground(span, as_of)
        if not ground.replan.people:
            return 0
        rows = _rows(ground, replan_people(ground.replan), as_of)
    return _keep(actor=actor, span=span, as_of=as_of, rows=rows)


def _rows(ground: QuarterGround, found: Replanned, as_of: date) -> list[QuarterOutlook]:
    people, ahead = ground.replan.people, found.outlook
    climbers = climbers_of(found.inputs, [len(person.days_left) for person in people])
    rows = []
    for place, person in enumerate(people):
        target = ground.targets.get(person.rep_id)
        ladder = {
            "role": person.content["role"],
            "scale": int(person.content["minor_units"]),
            "rungs": [[rung.name, rung.amount_minor] for rung in ground.rungs.get(person.rep_id, ())],
            "climber": climbers[place].as_json(),
        }
        ends = [_minor(person, float(one[place])) for one in (ahead.mean, ahead.low, ahead.high)]
        rows.append(
            QuarterOutlook(
                rep_id=person.rep_id, quarter_start=ground.span.first, as_of=as_of, target_minor=target,
                booked_minor=person.booked_minor, mean_minor=ends[0], low_minor=ends[1], high_minor=ends[2],
                chance=float(ahead.chance[place]) if target and not person.is_setter else None, ladder=ladder,
            )
        )  # fmt: skip
    return rows


def _minor(person: Standing, still_to_come: float) -> int:
    """Return booked and still to come; a setter's opportunities are no money."""
    return person.booked_minor + (0 if person.is_setter else round(still_to_come * person.content["minor_units"]))


@transaction.atomic
def _keep(*, actor: User | None, span: Span, as_of: date, rows: list[QuarterOutlook]) -> int:
    """Replace the quarter's outlooks; whoever has no plan any more has none."""
    QuarterOutlook.objects.filter(quarter_start=span.first).delete()
    QuarterOutlook.objects.bulk_create(rows, batch_size=_BATCH)
    changes = {"people": len(rows), "as_of": as_of.isoformat()}
    record(actor=actor, action="results.quarter_worked_out", subject=("period", span.label), changes=changes)
    return len(rows)
