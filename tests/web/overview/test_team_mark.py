"""What makes a team's page another one: a conditional request must not hide a decision, a talk or a tolerance."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from pacemark.web.overview.team_queries import mark_of
from pacemark.web.pipeline.fact_models import RepDay
from pacemark.web.process.models import QualityItem
from pacemark.web.process.services.audit import set_watched
from pacemark.web.process.services.quality import decide, say_word, set_tolerances
from tests.support.people import People
from tests.web.goals.talks import Talk, planned_talk

NOW = datetime(2024, 3, 12, tzinfo=UTC)
Change = Callable[[People], object]


@pytest.fixture
def talk(people: People, today: date) -> Talk:
    found = planned_talk(people)
    QualityItem.objects.create(
        rep=people.rep_row, kind="burst", first_day=date(2024, 3, 1), last_day=date(2024, 3, 31), evidence={},
        found_at=NOW,
    )  # fmt: skip
    return found


def _item() -> int:
    return QualityItem.objects.get().pk


CHANGES: dict[str, Change] = {
    "a call": lambda people: RepDay.objects.update_or_create(
        rep_id=people.rep_row.pk, business_date=date(2024, 3, 15), defaults={"dials": 7}
    ),
    "a decision": lambda people: decide(actor=people.manager, item_id=_item(), state="explained", reason="script"),
    "a retired metric": lambda people: set_watched(
        actor=people.operations, metric="connects", is_watched=False, reason="vanity"
    ),
    "tolerances": lambda people: set_tolerances(actor=people.operations, values={"streak_days": 5}),
}


@pytest.mark.parametrize("what", CHANGES)
def test_the_mark_follows(people: People, talk: Talk, what: str) -> None:
    before = mark_of({people.rep_row.pk})
    assert mark_of({people.rep_row.pk}) == before, "nothing has changed"

    CHANGES[what](people)

    assert mark_of({people.rep_row.pk}) != before


def test_the_mark_follows_what_is_said_about_a_plan(people: People, talk: Talk) -> None:
    from pacemark.web.goals.services.agreements import propose

    before = mark_of({people.rep_row.pk})
    propose(actor=people.manager, period_start=date(2024, 3, 1), rep_ids=[talk.rep_id])
    assert mark_of({people.rep_row.pk}) != before


def test_what_others_do_changes_nothing(people: People, talk: Talk) -> None:
    before = mark_of({people.outsider_row.pk})
    say_word(actor=people.rep, item_id=_item(), word="The line broke")
    decide(actor=people.manager, item_id=_item(), state="explained", reason="script")
    assert mark_of({people.outsider_row.pk}) == before
