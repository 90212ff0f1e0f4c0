"""What the grid asks by the ladder, all at once, is what the ladder asks of each person alone."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from pacemark.engine.periods import sales_month
from pacemark.web.goals.bridge.grid import NO_TARGET
from pacemark.web.goals.choices import IntentionKind
from pacemark.web.goals.models import Intention
from pacemark.web.goals.queries.grid import load_grid, months_shown
from pacemark.web.goals.queries.quarters import months_grid
from pacemark.web.goals.services.ladder import set_ramp
from pacemark.web.organization.grade_services import save_grade, set_quota
from pacemark.web.organization.models import Membership, Rep
from pacemark.web.organization.queries import organization
from tests.support.people import People

FOCUS = sales_month("2024-05")


@pytest.mark.parametrize("seed", range(3))
def test_everyone_at_once_is_everyone_alone(people: People, today: date, seed: int) -> None:
    luck = random.Random(seed)
    grades = [save_grade(actor=None, grade_id=None, name=f"P{number}") for number in range(3)]
    for place, grade in enumerate(grades[:2]):
        set_quota(actor=None, grade_id=grade.pk, valid_from=date(2023, 1, 1), quota_minor=(place + 1) * 90_000_00)
    set_quota(actor=None, grade_id=grades[0].pk, valid_from=date(2024, 7, 1), quota_minor=120_000_00)
    set_ramp(actor=None, shares_percent=[40, 60, 80])
    for number in range(40):
        hired = None if luck.random() < 0.2 else date(2023, 10, 1) + timedelta(days=luck.randint(0, 300))
        left = date(2024, 5, 2) + timedelta(days=luck.randint(0, 200)) if luck.random() < 0.2 else None
        rep = Rep.objects.create(name=f"R{number}", hired_on=hired, left_on=left)
        chosen = luck.choice([*grades, None])
        Membership.objects.create(rep=rep, team=people.team, grade=chosen, valid_from=date(2020, 1, 1))
        if luck.random() < 0.3:
            kind = luck.choice(list(IntentionKind))
            Intention.objects.create(rep=rep, quarter_start=date(2024, 4, 1), kind=kind, amount_minor=1)

    months = months_shown(FOCUS, "year", 1)
    grid = load_grid(months, FOCUS, organization(), None)
    alone = months_grid(months[0].first, months[-1].first, None)

    asked = {
        (member.rep_id, month.first): int(grid.target_minor[place, column])
        for place, member in enumerate(grid.people)
        for column, month in enumerate(months)
        if grid.target_minor[place, column] != NO_TARGET
    }
    shown = {member.rep_id for member in grid.people}
    assert asked == {key: cell.amount_minor for key, cell in alone.items() if key[0] in shown}
    assert len(set(asked.values())) > 5
