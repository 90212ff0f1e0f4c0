"""Causes in money add up from people to teams, regions and the whole; setters' worth is not booked and stays out."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from pacemark.web.organization.models import Region, Team
from pacemark.web.process.models import RepCauses
from pacemark.web.results.queries.attainment import Sight, attained
from pacemark.web.results.queries.causes import causes_in
from pacemark.web.results.queries.spans import span_asked
from tests.web.goals.floor import Floor

pytestmark = pytest.mark.django_db


def _write(rep_id: int, month: int, causes: tuple[int, int, int, int], *, is_setter: bool = False) -> None:
    names = ("goal_minor", "execution_minor", "ability_minor", "luck_minor")
    RepCauses.objects.create(
        rep_id=rep_id, first_day=date(2024, month, 1), last_day=date(2024, month, 20), is_setter=is_setter,
        target_minor=1000, actual_minor=1000 + sum(causes), detail={}, counted_at=datetime.now(UTC),
        **dict(zip(names, causes, strict=True)),
    )  # fmt: skip


def test_every_level_adds_up_to_the_whole_and_the_causes_to_the_gap() -> None:
    floor = Floor()
    other = Team.objects.create(name="Team 2", region=Region.objects.create(name="South"))
    one, two, setter = floor.rep("One"), floor.rep("Two", team=other), floor.rep("Setter", "setter")
    _write(one.pk, 1, (-5, 3, -100, 7))
    _write(one.pk, 2, (0, -40, 0, 1))
    _write(two.pk, 2, (11, 0, -3, -9))
    _write(setter.pk, 2, (500, 500, 500, 500), is_setter=True)
    span = span_asked(at="2024-Q1")

    book = causes_in(span, attained(span, Sight(rep_ids=None, team_ids=None)))

    assert book is not None
    assert dict(book.whole.causes) == {"goal": 6, "execution": -37, "ability": -103, "luck": -1}
    assert book.whole.gap_minor == sum(book.whole.causes.values()) == -135
    assert book.until == date(2024, 2, 20)
    for lines in (book.people.values(), book.teams, book.regions):
        assert sum(line.gap_minor for line in lines) == book.whole.gap_minor
        for cause, money in book.whole.causes.items():
            assert sum(line.causes[cause] for line in lines) == money
    assert setter.pk not in book.people
