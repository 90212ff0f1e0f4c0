"""The room's page: fairness, sources and accounts against sums done by hand, and whose names a manager reads."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from pacemark.web.pipeline.choices import OpportunityState
from pacemark.web.pipeline.models import Deal, Lead, Opportunity, Refund, Segment, Source
from pacemark.web.resources.queries.fairness_page import AccountRow
from pacemark.web.resources.queries.room import fairness_of, sources_of
from pacemark.web.resources.queries.side_by_side import side_by_side
from pacemark.web.resources.services.policies import ensure_active
from pacemark.web.resources.services.runs import allocate_ownerless
from tests.support.people import NAMES, People, client_of

TODAY = date(2024, 3, 15)


def account(name: str, entitled: float, received: int) -> AccountRow:
    return AccountRow(rep_id=1, name=name, team_name="T", entitled=entitled, received=received)


def test_fairness_by_hand() -> None:
    even = fairness_of([account("a", 2.5, 3), account("b", 2.5, 2)], None)
    # received per owed 1.2 and 0.8: 2² / (2 × (1.44 + 0.64))
    assert even.jain == pytest.approx(4 / (2 * 2.08))
    assert (abs(even.worst), even.n_off) == (0.5, 0)
    odd = fairness_of([account("a", 1, 4), account("b", 3, 0), account("c", 0, 0)], None)
    assert odd.jain == pytest.approx(16 / (2 * 16))
    assert (odd.n_off, abs(odd.worst)) == (2, 3)
    assert fairness_of([], None).jain is None


def test_sources_by_hand(people: People, today: date) -> None:
    source = Source.objects.create(name="site")
    segments = {
        name: Segment.objects.create(channel=name, lead_grade=grade) for name, grade in (("web", "A"), ("ads", "B"))
    }
    for n, name in enumerate(("web", "web", "web", "web", "ads", "ads")):
        Lead.objects.create(
            source=source, external_id=f"L{n}", segment=segments[name], arrived_on=TODAY - timedelta(days=n)
        )
    Lead.objects.create(
        source=source, external_id="old", segment=segments["ads"], arrived_on=TODAY - timedelta(days=91)
    )
    leads = {lead.external_id: lead for lead in Lead.objects.all()}
    for name, state in (
        ("L0", OpportunityState.WON),
        ("L1", OpportunityState.OPEN),
        ("L4", OpportunityState.UNQUALIFIED),
    ):
        Opportunity.objects.create(
            source=source, external_id=name, lead=leads[name], state=state, opened_on=TODAY,
            opened_at=datetime(2024, 3, 15, 3, tzinfo=UTC),
        )  # fmt: skip
    for name, minor in (("L0", 300_000), ("old", 900_000)):
        Deal.objects.create(source=source, external_id=name, lead=leads[name], signed_on=TODAY, amount_minor=minor)
    Refund.objects.create(
        source=source, external_id="R", deal=Deal.objects.get(external_id="L0"), refunded_on=TODAY, amount_minor=100_000
    )

    web, ads = sources_of(TODAY)
    assert (web.channel, web.n_leads, web.n_opportunities, web.n_deals, web.revenue_minor) == ("web", 4, 2, 1, 200_000)
    assert (web.conversion, web.opportunity_rate, web.per_lead_minor) == (0.25, 0.5, 50_000)
    assert (ads.n_leads, ads.n_opportunities, ads.n_deals, ads.per_lead_minor) == (2, 0, 0, 0)


def test_a_manager_reads_the_own_team_alone(people: People, today: date) -> None:
    source = Source.objects.create(name="site")
    for n in range(4):
        Lead.objects.create(source=source, external_id=f"L{n}")
    ensure_active()
    allocate_ownerless(actor=None, key="k", at=datetime(2024, 3, 15, 3, tzinfo=UTC))

    mine = client_of(people.manager).get(reverse("resources:home"))
    everyone = client_of(people.operations).get(reverse("resources:home"))

    assert {row.name for row in mine.context["accounts"]} == {NAMES["rep"]}
    assert NAMES["outsider"] not in mine.content.decode()
    assert {row.name for row in everyone.context["accounts"]} == {NAMES["rep"], NAMES["outsider"]}
    assert mine.context["fairness"] == everyone.context["fairness"]  # fairness is everybody's


def test_people_outside_ones_sight_are_not_in_a_comparison(people: People) -> None:
    reps = {
        str(rep.pk): {"team": str(people.team.pk), "leads": n}
        for n, rep in enumerate((people.rep_row, people.outsider_row), 1)
    }
    summary = {"reps": reps, "teams": {str(people.team.pk): {"heads": 2, "leads": 3}}, "expected_deals": 1.5}
    found = side_by_side({}, summary, frozenset({people.rep_row.pk}))
    assert [(row.name, row.before, row.after, row.change) for row in found.people] == [(NAMES["rep"], 0, 1, 1)]
    assert [(row.name, row.per_head_after) for row in found.teams] == [("North 1", 1.5)]
    assert len(side_by_side({}, summary, None).people) == 2
