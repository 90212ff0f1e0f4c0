"""Whom to call next: what was promised, what is new, what runs out; won leads never."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from pacemark.web.overview.calls import calls_of
from pacemark.web.pipeline.choices import HoldingBegan, OpportunityState
from pacemark.web.pipeline.holding_models import Holding
from pacemark.web.pipeline.models import Lead, Opportunity, Source
from tests.support.people import People, client_of

NOW = datetime.now(UTC)
DAY = date(2024, 3, 15)


@pytest.fixture
def held(people: People, today: date) -> dict[str, Holding]:
    """Six leads of the rep in different states."""
    source = Source.objects.create(name="site")
    found = {}
    for name, due, called, locked in (
        ("later", 9, True, False), ("soon", 1, True, False), ("locked", -9, True, True), ("new", 12, False, False),
        ("promised", 9, True, False), ("tomorrow", 0, True, False), ("won", -3, True, False),
    ):  # fmt: skip
        lead = Lead.objects.create(source=source, external_id=name, name=name)
        found[name] = Holding.objects.create(
            lead=lead, rep=people.rep_row, began_how=HoldingBegan.ASSIGNED, began_at=NOW, began_on=DAY,
            is_locked=locked, due_on=DAY + timedelta(days=due), last_activity_on=DAY if called else None,
        )  # fmt: skip
    return found


def test_the_order(people: People, held: dict[str, Holding]) -> None:
    moments = {"promised": datetime(2024, 3, 14, 16, tzinfo=UTC), "tomorrow": datetime(2024, 3, 16, 9, tzinfo=UTC)}
    for name, moment in moments.items():
        Lead.objects.filter(external_id=name).update(next_contact_at=moment)
    Opportunity.objects.create(
        source=Source.objects.get(), external_id="O", lead=held["won"].lead,
        state=OpportunityState.WON, opened_on=DAY,
        opened_at=NOW,
    )  # fmt: skip

    calls = calls_of(people.rep_row.pk)

    assert [one.lead.external_id for one in calls.leads] == ["promised", "new", "soon", "later", "locked", "tomorrow"]
    assert calls.n_held == 7
    page = client_of(people.rep).get(reverse("overview:today"))
    assert page.context["calls"].leads[0].lead.external_id == "promised"
    assert client_of(people.outsider).get(reverse("overview:today")).context["calls"].leads == []
