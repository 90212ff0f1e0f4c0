"""A success proposed by the manager, tried by the rep, and judged after four weeks; both languages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from pacemark.web.organization.models import Rep, Team
from pacemark.web.results.models import SuccessCase
from pacemark.web.results.services.case_looks import look_at_trials
from pacemark.web.results.services.cases import adopt_case
from tests.browser.conftest import OpenPage, sign_in
from tests.browser.floor_site import FloorSite, add_person
from tests.browser.looking import Language
from tests.web.goals.floor import Floor

pytestmark = pytest.mark.browser
SHOWN = ("Kai Lead", "Peer One", "Star", "Team 1", "Floor", "hand", *(f"Peer {n}" for n in range(9)))


@pytest.fixture(scope="module")
def site(floor_site: FloorSite) -> FloorSite:
    """Nine with two opportunities of ten talks a day, a star with five; later three of the nine have five, too."""
    floor = Floor()
    Team.objects.update(manager=add_person("lead", "manager", "Kai Lead"))
    users = [add_person("peer", "rep", "Peer One"), *[None] * 8]
    reps = [floor.rep(f"Peer {n}", "full_cycle", user=user) for n, user in enumerate(users)]
    star = floor.rep("Star", "full_cycle")
    for n in range(6):
        _work_a_day(floor, [*reps, star], [star], date(2024, 3, 1) + timedelta(days=n))
        _work_a_day(floor, [*reps, star], reps[:3], date(2024, 3, 15) + timedelta(days=n))
    floor.count()
    return floor_site


def _work_a_day(floor: Floor, reps: Sequence[Rep], busy: Sequence[Rep], day: date) -> None:
    """Ten talks each, of which the busy turn five into opportunities and the others two."""
    for rep in reps:
        for talk in floor.dials(rep, day, 10, 10, 10)[: 5 if rep in busy else 2]:
            floor.opportunity(rep, day, talk=talk)


def _four_weeks_later() -> None:
    """Two more took it up as the trial began; then the trial is looked at."""
    case = SuccessCase.objects.latest("pk")
    assert case.trial_from is not None
    for name in ("Peer 1", "Peer 2"):
        rep_id = Rep.objects.get(name=name).pk
        adopt_case(actor=None, case_id=case.pk, rep_id=rep_id, since=case.trial_from, today=case.trial_from)
    look_at_trials(today=date(2024, 4, 20))


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 1440), ("en", 390)])
def test_a_success_is_proposed_tried_and_verified(
    site: FloorSite, open_page: OpenPage, language: Language, width: int
) -> None:
    lead, rep = (open_page(language, wide, SHOWN) for wide in (width, 390))
    sign_in(lead, "lead")
    lead.page.goto("/results/cases/propose/")
    lead.look("propose-case")
    lead.page.select_option("[name=star]", label="Star · Team 1")
    lead.page.select_option("[name=stage]", "opportunity_per_deep_talk")
    lead.page.fill("[name=first]", "2024-03-01")
    lead.page.fill("[name=last]", "2024-03-06")
    lead.page.click("form.form .btn.primary")
    lead.page.wait_for_selector("#adopters")
    address = lead.page.url

    lead.page.select_option("#adopters select", label="Peer 0 · Team 1")
    lead.page.click("#adopters .btn.primary")
    lead.page.wait_for_selector(".note.ok")
    sign_in(rep, "peer")
    rep.page.goto("/results/cases/")
    rep.look("cases")
    rep.page.goto(address)
    rep.look("case-of-another")

    _four_weeks_later()

    lead.page.goto(address)
    lead.look("case-verified")
    assert lead.page.inner_text("#trial tbody tr td:nth-child(2)").startswith("90 / 180")
    lead.page.goto(f"{address}worksheet/")
    lead.look("worksheet")
    assert [*lead.complaints, *rep.complaints] == []
