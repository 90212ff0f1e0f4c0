"""A deal split by the manager, the next tier taken up by the rep, the overview read by a director; both languages."""

from __future__ import annotations

from datetime import date

import pytest

from pacemark.engine.periods import sales_month
from pacemark.web.goals.choices import Tier
from pacemark.web.goals.services.ladder import set_tiers
from pacemark.web.goals.services.plans import plan_period
from pacemark.web.organization.models import Grade, GradeQuota, Region, Team
from pacemark.web.results.jobs import work_out_the_quarter
from tests.browser.conftest import OpenPage, sign_in
from tests.browser.floor_site import FloorSite, add_person
from tests.browser.looking import Language
from tests.web.goals.floor import Floor, steady_months, weekdays

pytestmark = pytest.mark.browser
SHOWN = ("Kai Lead", "Ada Above", "Climber", "Peer", "Team 1", "Floor North", "Floor", "hand")


@pytest.fixture(scope="module")
def site(floor_site: FloorSite) -> FloorSite:
    """The rep of a region's team with a grade, half a year of steady work, a plan, and more booked than was asked."""
    floor, long_ago = Floor(), date(2020, 1, 1)
    north = Region.objects.create(name="Floor North", director=add_person("above", "director", "Ada Above"))
    Team.objects.update(manager=add_person("lead", "manager", "Kai Lead"), region=north)
    grade = Grade.objects.create(name="P1", ordinal=1)
    GradeQuota.objects.create(grade=grade, valid_from=long_ago, quota_minor=2_000_000)
    user = add_person("climber", "rep", "Climber")
    rep = floor.rep("Climber", "full_cycle", grade=grade, hired_on=long_ago, user=user)
    floor.rep("Peer", "full_cycle", grade=grade, hired_on=long_ago, employee_no="77")
    steady_months(floor, [rep], weekdays(date(2023, 9, 1), date(2023, 12, 29)))
    floor.deal(rep, date(2024, 3, 11), 21_000)
    floor.deal(rep, date(2024, 3, 12), 300)
    floor.count()
    amounts = {Tier.HIGH: 2_500_000, Tier.BENCHMARK: 3_000_000}
    set_tiers(actor=None, grade_id=grade.pk, valid_from=date(2024, 1, 1), amounts_minor=amounts)
    plan_period(actor=None, period=sales_month("2024-03"), as_of=date(2024, 3, 1))
    work_out_the_quarter()
    return floor_site


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 1440), ("en", 390)])
def test_credit_is_split_the_tier_taken_and_the_overview_agrees(
    site: FloorSite, open_page: OpenPage, language: Language, width: int
) -> None:
    lead, rep, above = (open_page(language, wide, SHOWN) for wide in (width, 390, width))
    sign_in(lead, "lead")
    lead.page.goto("/results/?by=people&at=2024-03")
    lead.look("results-people")
    lead.page.goto("/results/deals/?at=2024-03")
    lead.look("deals")
    lead.page.click("tbody tr:first-child .btn")
    for name, value in (("rep_0", "Climber"), ("share_0", "60"), ("rep_1", "77"), ("share_1", "50")):
        lead.page.fill(f"[name={name}]", value)
    lead.page.click("form.form .btn.primary")
    lead.page.wait_for_selector(".note.risk")
    lead.page.fill("[name=share_1]", "40")
    lead.page.click("form.form .btn.primary")
    lead.page.wait_for_selector(".note.ok")
    lead.look("credit")
    lead.page.goto("/results/luck/")
    lead.look("luck")

    sign_in(rep, "climber")
    rep.page.goto("/today/")
    rep.look("today-with-the-next-tier")
    rep.page.click("#ladder button[value=accepted], #ladder button[value=declined]")
    rep.page.wait_for_selector(".note.ok")
    rep.look("results-of-oneself")

    sign_in(above, "above")
    above.page.wait_for_url("**/overview/")
    above.look("overview")
    assert "21,300" in above.page.inner_text("tfoot")
    # The refusal of 110 % is an answer of 422, which the browser counts as an error.
    faults = [one for looker in (lead, rep, above) for one in looker.complaints if "422" not in one]
    assert faults == [], "\n".join(faults)
