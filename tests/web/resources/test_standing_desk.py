"""A lead by itself meets a desk read before: whatever changes about the people between two leads is seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest

from pacemark.web.organization.choices import Role
from pacemark.web.organization.models import CalendarDay, Leave, Membership, Rep, RosterDay, Team, WorkingPattern
from pacemark.web.organization.services import set_up_organization
from pacemark.web.pipeline.choices import HoldingEnded
from pacemark.web.pipeline.holding_services import let_go
from pacemark.web.pipeline.models import Lead
from pacemark.web.resources.choices import SourcingLevel, WithholdingState
from pacemark.web.resources.models import DutyToggle, RepSkills, SelfSourcing, WaitingLead, Withholding
from pacemark.web.resources.services.arrivals import receive
from pacemark.web.resources.services.policies import ensure_active

pytestmark = pytest.mark.django_db
NOON = datetime(2024, 3, 25, 4, 0, tzinfo=UTC)  # a Monday, twelve o'clock in Shanghai
DAY = NOON.date()
NIGHT = {"shift_start": time(22), "shift_end": time(6)}


def _pattern(rep: Rep, weekday: int, **shift: time) -> None:
    hours = {"shift_start": time(9), "shift_end": time(18)} | shift
    pattern = WorkingPattern.objects.create(name="p", weeks=[[weekday]], anchor_monday=DAY, **hours)
    Team.objects.filter(memberships__rep=rep).update(working_pattern=pattern)


def _holiday(rep: Rep) -> None:
    _pattern(rep, 0)
    CalendarDay.objects.create(date=DAY, kind="holiday")


def _roster(rep: Rep, **fields: object) -> None:
    RosterDay.objects.create(rep=rep, date=DAY, **({"is_working": True} | fields))


CHANGES: dict[str, Callable[[Rep], object]] = {
    "leave": lambda rep: Leave.objects.create(rep=rep, first_day=DAY, last_day=DAY),
    "away": lambda rep: DutyToggle.objects.create(rep=rep, since=NOON),
    "roster": lambda rep: _roster(rep, is_working=False),
    "night roster": lambda rep: _roster(rep, **NIGHT),
    "another weekday": lambda rep: _pattern(rep, 1),
    "night shift": lambda rep: _pattern(rep, 0, **NIGHT),
    "holiday": _holiday,
    "withheld": lambda rep: Withholding.objects.create(
        rep=rep, state=WithholdingState.APPLIED, starts_on=DAY, ends_on=DAY + timedelta(days=3), base_percent=0,
        reward_percent=0, trigger={},
    ),
    "left": lambda rep: Rep.objects.filter(pk=rep.pk).update(left_on=DAY),
    "moved out": lambda rep: Membership.objects.filter(rep=rep).update(valid_to=DAY),
    "closer": lambda rep: Membership.objects.filter(rep=rep).update(role=Role.CLOSER),
    "skills": lambda rep: RepSkills.objects.create(rep=rep, tags=["another"]),
    "self-sourced": lambda rep: SelfSourcing.objects.create(
        level=SourcingLevel.REP, unit_id=rep.pk, valid_from=DAY, is_on=True
    ),
}  # fmt: skip


def _owner(number: int) -> int | None:
    row = {"external_id": f"E{number}", "source": "form", "grade": "A", "tags": ["one"]}
    owner: int | None = receive(actor=None, key=None, rows=[row], at=NOON)[0]["owner"]
    return owner


@pytest.mark.parametrize("change", CHANGES)
def test_the_next_lead_sees_it(change: str) -> None:
    set_up_organization(actor=None, time_zone="Asia/Shanghai")
    reps = [Rep.objects.create(name=name) for name in "ab"]
    for rep in reps:
        Membership.objects.create(rep=rep, team=Team.objects.create(name=rep.name), valid_from=date(2023, 1, 1))
    assert {_owner(1), _owner(2)} == {rep.pk for rep in reps}

    CHANGES[change](reps[0])

    assert {_owner(number) for number in (3, 4, 5)} == {reps[1].pk}


def test_a_cap_that_fills_and_empties_is_seen_at_the_next_lead() -> None:
    set_up_organization(actor=None, time_zone="Asia/Shanghai")
    reps = [Rep.objects.create(name=name) for name in "ab"]
    for rep in reps:
        Membership.objects.create(rep=rep, team=Team.objects.create(name=rep.name), valid_from=date(2023, 1, 1))
    version = ensure_active()
    version.content = {**version.content, "caps": {"holdings": 2}}
    version.save()

    owners = [_owner(number) for number in range(5)]
    assert owners[-1] is None
    assert Counter(owners[:4]) == {rep.pk: 2 for rep in reps}
    full = {"code": "cap", "held": 2, "cap": 2}
    assert WaitingLead.objects.get().reasons == {str(rep.pk): full for rep in reps}

    let_go(actor=None, lead_ids=[Lead.objects.filter(owner=reps[1]).earliest("pk").pk], how=HoldingEnded.WON, at=NOON)
    assert [_owner(5), _owner(6)] == [reps[1].pk, None]
