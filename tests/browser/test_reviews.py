"""A review from data to paper: the manager adds words, decides, agrees; the director archives; Team carries it on."""

from __future__ import annotations

from datetime import date

import pytest

from pacemark.web.organization.models import Region, Team
from pacemark.web.results.queries.review_cycles import week_around
from pacemark.web.results.services.reviews import write_reviews
from tests.browser.conftest import OpenPage, sign_in
from tests.browser.floor_site import FloorSite, add_person
from tests.browser.looking import Language
from tests.web.goals.floor import Floor, weekdays

pytestmark = pytest.mark.browser
SHOWN = ("Kai Lead", "Ada Above", "Peer", "Team 1", "Floor North", "Floor", "hand", "Two were ill", "Sit beside them")


@pytest.fixture(scope="module")
def site(floor_site: FloorSite) -> FloorSite:
    """A team under a manager and a director, two weeks of dials and deals, and the reviews of both."""
    floor = Floor()
    north = Region.objects.create(name="Floor North", director=add_person("above", "director", "Ada Above"))
    Team.objects.update(manager=add_person("lead", "manager", "Kai Lead"), region=north)
    rep = floor.rep("Peer", "full_cycle")
    for day in weekdays(date(2024, 2, 19), date(2024, 3, 8)):
        floor.dials(rep, day, 20, 8, 3)
    floor.deal(rep, date(2024, 3, 5), 1234)
    floor.count()
    for day in (date(2024, 2, 20), date(2024, 2, 27)):
        write_reviews(actor=None, cycle=week_around(day), level="team", today=date(2024, 3, 11))
    return floor_site


@pytest.mark.parametrize(("language", "width", "place"), [("zh-hans", 1440, 1), ("en", 390, 2)])
def test_a_review_is_agreed_archived_and_carried_on(
    site: FloorSite, open_page: OpenPage, language: Language, width: int, place: int
) -> None:
    lead, above = (open_page(language, width, SHOWN) for _person in range(2))
    sign_in(lead, "lead")
    lead.page.goto("/results/reviews/")
    lead.look("reviews")
    lead.page.click(f"tbody tr:nth-child({place}) a.pn")
    address = lead.page.url
    lead.look("review-draft")
    lead.page.click("#work summary")
    lead.page.fill("#work textarea", "Two were ill")
    lead.page.click("#work .btn")
    lead.page.wait_for_selector(".said")
    lead.page.fill("[name=what]:not([type=hidden])", "Sit beside them")
    lead.page.fill("#id_due_on", "2024-03-20")
    lead.page.select_option("#id_metric", "dials")
    lead.page.click("#decide .btn.primary")
    lead.page.wait_for_selector("#next tbody tr")
    lead.page.click(".scope .btn.primary")
    lead.page.wait_for_selector("#next [value=done]")
    lead.look("review-agreed")
    lead.page.goto("/team/")
    assert "Sit beside them" in lead.page.inner_text("#carried")
    lead.look("team-with-what-a-review-decided")

    sign_in(above, "above")
    above.page.goto(address)
    above.page.click(".scope .btn.primary")
    above.page.wait_for_selector(".note.ok")
    assert above.page.locator(".scope .btn.primary").count() == 0
    above.page.emulate_media(media="print")
    assert not above.page.is_visible(".side")
    assert above.page.is_visible(".sign")
    faults = [*lead.complaints, *above.complaints]
    assert faults == [], "\n".join(faults)
