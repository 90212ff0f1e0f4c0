"""A success proposed by the manager, tried by the rep, and judged after four weeks; both languages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.conftest import OpenPage, sign_in
from tests.browser.looking import Language
from tests.browser.site import Site, running_site

pytestmark = pytest.mark.browser
# Nine with two opportunities of ten talks a day, a star with five; from the 15th on three of the nine have five, too.
FLOOR = """
from datetime import date, timedelta
from pacemark.web.config.django_setup import start_django
start_django()
from pacemark.web.accounts.models import User
from pacemark.web.organization.models import Team
from tests.web.goals.floor import Floor
floor = Floor()
Team.objects.update(manager=User.objects.get(username="lead"))
users = [User.objects.get(username="peer"), *[None] * 8]
reps = [floor.rep(f"Peer {n}", "full_cycle", user=user) for n, user in enumerate(users)]
star = floor.rep("Star", "full_cycle")
for n in range(6):
    for number, rep in enumerate([*reps, star]):
        day = date(2024, 3, 1) + timedelta(days=n)
        for talk in floor.dials(rep, day, 10, 10, 10)[: 5 if rep == star else 2]:
            floor.opportunity(rep, day, talk=talk)
        day = date(2024, 3, 15) + timedelta(days=n)
        for talk in floor.dials(rep, day, 10, 10, 10)[: 5 if number < 3 else 2]:
            floor.opportunity(rep, day, talk=talk)
floor.count()
"""
LOOK = """
from datetime import date
from pacemark.web.config.django_setup import start_django
start_django()
from pacemark.web.results.models import SuccessCase
from pacemark.web.results.services.case_looks import look_at_trials
from pacemark.web.results.services.cases import adopt_case
from pacemark.web.organization.models import Rep
case = SuccessCase.objects.latest("pk")
for name in ("Peer 1", "Peer 2"):
    rep_id = Rep.objects.get(name=name).pk
    adopt_case(actor=None, case_id=case.pk, rep_id=rep_id, since=case.trial_from, today=case.trial_from)
look_at_trials(today=date(2024, 4, 20))
"""
SHOWN = ("Kai Lead", "Peer One", "Star", "Team 1", "Floor", "hand", *(f"Peer {n}" for n in range(9)))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("cases")) as site:
        site.add_person("lead", "manager", "Kai Lead")
        site.add_person("peer", "rep", "Peer One")
        site.run("-c", FLOOR)
        yield site


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 1440), ("en", 390)])
def test_a_success_is_proposed_tried_and_verified(
    site: Site, open_page: OpenPage, language: Language, width: int
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

    site.run("-c", LOOK)

    lead.page.goto(address)
    lead.look("case-verified")
    assert lead.page.inner_text("#trial tbody tr td:nth-child(2)").startswith("90 / 180")
    lead.page.goto(f"{address}worksheet/")
    lead.look("worksheet")
    assert [*lead.complaints, *rep.complaints] == []
