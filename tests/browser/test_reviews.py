"""A review from data to paper: the manager adds words, decides, agrees; the director archives; Team carries it on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.conftest import OpenPage, sign_in
from tests.browser.looking import Language
from tests.browser.site import Site, running_site

pytestmark = pytest.mark.browser
# A team under a manager and a director, two weeks of dials and deals, and the reviews of both.
FLOOR = """
from datetime import date
from pacemark.web.config.django_setup import start_django
start_django()
from pacemark.web.accounts.models import User
from pacemark.web.organization.models import Region, Team
from pacemark.web.results.queries.review_cycles import week_around
from pacemark.web.results.services.reviews import write_reviews
from tests.web.goals.floor import Floor, weekdays
floor = Floor()
user = {name: User.objects.get(username=name) for name in ("lead", "above")}
Team.objects.update(manager=user["lead"], region=Region.objects.create(name="Floor North", director=user["above"]))
rep = floor.rep("Peer", "full_cycle")
for day in weekdays(date(2024, 2, 19), date(2024, 3, 8)):
    floor.dials(rep, day, 20, 8, 3)
floor.deal(rep, date(2024, 3, 5), 1234)
floor.count()
for day in (date(2024, 2, 20), date(2024, 2, 27)):
    write_reviews(actor=None, cycle=week_around(day), level="team", today=date(2024, 3, 11))
"""
SHOWN = ("Kai Lead", "Ada Above", "Peer", "Team 1", "Floor North", "Floor", "hand", "Two were ill", "Sit beside them")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("reviews")) as site:
        site.add_person("lead", "manager", "Kai Lead")
        site.add_person("above", "director", "Ada Above")
        site.run("-c", FLOOR)
        yield site


@pytest.mark.parametrize(("language", "width", "place"), [("zh-hans", 1440, 1), ("en", 390, 2)])
def test_a_review_is_agreed_archived_and_carried_on(
    site: Site, open_page: OpenPage, language: Language, width: int, place: int
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
