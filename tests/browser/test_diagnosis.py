"""From the room to a person's diagnosis and by one click into coaching, in both languages; oneself reads it kindly."""

from __future__ import annotations

from datetime import date

import pytest

from pacemark.engine.periods import sales_month
from pacemark.web.goals.services.plans import plan_period
from pacemark.web.organization.models import Rep, Team
from pacemark.web.process.services.findings import count_findings
from tests.browser.conftest import OpenPage, sign_in
from tests.browser.floor_site import FloorSite, add_person
from tests.browser.looking import Language
from tests.support.quarter_floor import write_quarter
from tests.web.goals.floor import Floor

pytestmark = pytest.mark.browser
SHOWN = ("Kai Lead", "Weak", "Peer", "Team 1", "Floor", "hand")


@pytest.fixture(scope="module")
def site(floor_site: FloorSite) -> FloorSite:
    weak = write_quarter(Floor())
    Team.objects.update(manager=add_person("lead", "manager", "Kai Lead"))
    Rep.objects.filter(pk=weak.pk).update(user=add_person("weak", "rep", "Weak"))
    march = sales_month("2024-03")
    plan_period(actor=None, period=march, as_of=march.first)
    count_findings(actor=None, as_of=date(2024, 3, 14))
    return floor_site


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 1440), ("en", 390)])
def test_a_finding_leads_to_its_calls_and_into_coaching(
    site: FloorSite, open_page: OpenPage, language: Language, width: int
) -> None:
    lead, rep = open_page(language, width, SHOWN), open_page(language, 390, SHOWN)
    page = lead.page
    sign_in(lead, "lead")
    page.goto("/process/")
    page.wait_for_selector("[data-chart-ready]")
    lead.look("process-room")
    page.click(".finding a:has-text('Weak')")
    page.wait_for_selector("[data-chart-ready]")
    page.click(".finding details.why > summary")
    assert page.locator(".calls tbody tr").count() > 0
    lead.look("diagnosis")
    page.fill("[name=first]", "2024-02-01")
    page.fill("[name=last]", "2024-02-29")
    page.fill("[name=base_first]", "2024-01-01")
    page.fill("[name=base_last]", "2024-01-31")
    page.click(".period-form:last-of-type .btn")
    page.wait_for_selector("[data-chart-ready]")
    lead.look("diagnosis-two-periods")
    page.goto("/process/ranking/")
    lead.look("skill-and-luck")
    page.goto("/team/")
    page.click(".finding .r .btn")
    assert page.input_value("[name=what]")
    lead.look("coaching-filled")
    # what is kept stays in the words of whoever wrote it; the next language need not read them
    page.fill("[name=what]", "2 × 15")
    page.fill("[name=evidence_asked]", "")
    page.click(".act-form .btn.primary")
    page.wait_for_selector(".note.ok")
    lead.look("coaching-put-down")

    sign_in(rep, "weak")
    rep.page.goto("/today/")
    rep.look("today-about-oneself")
    rep.page.click("a[href*='/process/diagnosis/rep/']")
    rep.page.wait_for_selector("[data-chart-ready]")
    rep.look("diagnosis-own")

    assert lead.complaints + rep.complaints == [], "\n".join(lead.complaints + rep.complaints)
