"""The overview: its sums are those of Results and of the facts at any moment, and it is for those above managers."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from pacemark.web.jobs.models import JobRecord
from pacemark.web.organization.models import Membership, Region, Team
from pacemark.web.pipeline.facts_services import rebuild_facts
from pacemark.web.pipeline.models import Lead
from pacemark.web.pipeline.queries.totals import TotalsBy, totals_over
from pacemark.web.results.jobs import keep_the_overview
from pacemark.web.results.models import OverviewSheet
from pacemark.web.results.queries.attainment import Sight, attained
from pacemark.web.results.queries.sheets import as_json, from_json
from pacemark.web.results.queries.spans import month_span, quarter_span
from pacemark.web.results.services.credit import split_credit
from pacemark.web.results.services.sheets import REFRESH, refresh_sheets, sheet_of
from tests.support.people import People, client_of
from tests.web.goals.floor import Floor

EVERYTHING = Sight(rep_ids=None, team_ids=None)


@pytest.fixture
def floor(db: None, settings: Any) -> Floor:
    """Two regions, a person in each, deals with a refund, a split, and one that nobody owns."""
    settings.PACEMARK_TODAY = "2024-03-15"
    floor = Floor()
    north, south = Region.objects.create(name="North"), Region.objects.create(name="South")
    Team.objects.filter(pk=floor.team.pk).update(region=north)
    one, two = floor.rep("One"), floor.rep("Two", team=Team.objects.create(name="Team 2", region=south))
    deal = floor.deal(one, date(2024, 3, 4), 1000)
    floor.refund(deal, date(2024, 3, 6), 333)
    floor.deal(two, date(2024, 3, 5), 200)
    floor.deal(None, date(2024, 3, 5), 50)
    floor.count()
    split_credit(actor=None, deal_id=deal.pk, parts=[(one.pk, Decimal("33.33")), (two.pk, Decimal("66.67"))])
    return floor


def _sums(label: str) -> tuple[int, ...]:
    span = quarter_span(label) if "Q" in label else month_span(label)
    sheet, found = sheet_of(span, EVERYTHING), attained(span, EVERYTHING)
    facts = totals_over(span.first, span.last, TotalsBy.REP).totals.net_revenue_minor
    return (
        facts, sheet.whole.net_minor, sum(line.net_minor for line in sheet.regions),
        sum(line.net_minor for line in sheet.teams), found.whole.net_minor,
        sum(line.net_minor for line in found.people) + sum(one.net_minor for one in (found.nobody, found.gone) if one),
    )  # fmt: skip


def test_overview_results_and_facts_agree_to_the_last_cent_also_right_after_a_change(floor: Floor) -> None:
    assert set(_sums("2024-03")) == {91_700}

    floor.deal(None, date(2024, 3, 15), 7)
    floor.count()

    assert set(_sums("2024-03")) == {92_400}
    assert set(_sums("2024-Q1")) == {92_400}


def test_a_sheet_is_kept_while_nothing_changes_and_reads_back_as_it_was(floor: Floor) -> None:
    floor.dials(floor.rep("Three"), date(2024, 3, 5), 3)
    sheet = sheet_of(month_span("2024-03"), EVERYTHING)

    assert sheet_of(month_span("2024-03"), EVERYTHING) == sheet == from_json(as_json(sheet))
    assert OverviewSheet.objects.count() == 1
    assert refresh_sheets() == 2


def test_an_old_sheet_is_shown_while_a_job_makes_it_anew(floor: Floor) -> None:
    span = month_span()
    before = sheet_of(span, EVERYTHING)
    _age(timedelta(minutes=31))
    Lead.objects.create(source=floor.source, external_id="L9", arrived_on=span.today)

    assert sheet_of(span, EVERYTHING).flow == before.flow
    assert JobRecord.objects.filter(name=REFRESH).count() == 1
    assert keep_the_overview() == 2
    assert [line.leads for line in sheet_of(span, EVERYTHING).flow] == [1]
    assert refresh_sheets(only_old=True) == 0

    _age(timedelta(hours=3))
    Lead.objects.create(source=floor.source, external_id="L8", arrived_on=span.today)
    assert [line.leads for line in sheet_of(span, EVERYTHING).flow] == [2]


def test_after_a_change_only_the_leads_are_those_counted_lately(floor: Floor) -> None:
    span = month_span("2024-03")
    before = sheet_of(span, EVERYTHING)
    Lead.objects.create(source=floor.source, external_id="L9", arrived_on=date(2024, 3, 2))
    floor.deal(None, date(2024, 3, 15), 7)
    floor.count()

    changed = sheet_of(span, EVERYTHING)

    assert changed.whole.net_minor == before.whole.net_minor + 700
    assert (changed.flow, changed.made_at) == (before.flow, before.made_at)
    _age(timedelta(minutes=31))
    floor.deal(None, date(2024, 3, 16), 7)
    floor.count()
    assert [line.leads for line in sheet_of(span, EVERYTHING).flow] == [1]


def _age(span: timedelta) -> None:
    for row in OverviewSheet.objects.all():
        row.made_at -= span
        row.content["made_at"] = row.made_at.isoformat()
        row.save()


def test_leads_go_to_regions_and_bring_what_their_deals_came_to(floor: Floor) -> None:
    owner = Membership.objects.get(rep__name="Two").rep
    for number in range(3):
        Lead.objects.create(
            source=floor.source, external_id=f"L{number}", owner=owner if number else None,
            arrived_on=date(2024, 3, number + 1),
        )  # fmt: skip
    lead = Lead.objects.get(external_id="L1")
    deal = floor.deal(owner, date(2024, 3, 8), 500, lead=lead)
    floor.refund(deal, date(2024, 4, 2), 100)
    floor.opportunity(owner, date(2024, 3, 7), lead=lead)

    lines = sheet_of(month_span("2024-03"), EVERYTHING).flow

    found = {
        line.region_name or line.region_id: (line.leads, line.opportunities, line.deals, line.net_minor)
        for line in lines
    }
    assert found == {"South": (2, 1, 1, 40_000), -1: (1, 0, 0, 0)}


def test_a_director_sees_their_regions_alone(people: People, today: date) -> None:
    del today
    floor = Floor()
    floor.deal(people.rep_row, date(2024, 3, 4), 12_345)
    floor.deal(people.outsider_row, date(2024, 3, 4), 54_321)
    rebuild_facts(actor=None)

    text = client_of(people.director).get(reverse("overview:overview")).content.decode()
    everything = client_of(people.operations).get(reverse("overview:overview")).content.decode()

    assert "12,345" in text
    assert "54,321" not in text
    assert "South" not in text
    assert "66,666" in everything
    assert client_of(people.manager).get(reverse("overview:overview")).status_code == 403
    for user in (people.director, people.operations, people.admin):
        assert client_of(user).get("/").headers["Location"] == reverse("overview:overview")
