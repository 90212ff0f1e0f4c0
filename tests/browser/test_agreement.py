"""Propose → ask → revise → agree, as two people in two browsers, in both languages and on both kinds of screen."""

from __future__ import annotations

from datetime import date

import pytest

from pacemark.engine.periods import sales_month
from pacemark.web.accounts.models import User
from pacemark.web.goals.services.plans import plan_period
from pacemark.web.goals.services.targets import set_target
from pacemark.web.organization.models import Membership, Rep, Team
from pacemark.web.organization.services import set_up_organization
from tests.browser.conftest import OpenPage, sign_in
from tests.browser.floor_site import FloorSite, add_person
from tests.browser.looking import Language, Looker

pytestmark = pytest.mark.browser
MONTH = "2024-03"
WORDS = {
    "zh-hans": ("下周请假三天，三万太高", "少三天，按天数折算"),
    "en": ("Three days off next week, too much", "Three days fewer, in proportion"),
}
NAMES = {"zh-hans": ("韩梅梅",), "en": ("Mia Stone",)}


@pytest.fixture(scope="module")
def site(floor_site: FloorSite) -> FloorSite:
    lead = add_person("lead", "manager", "Kai Lead")
    set_up_organization(actor=None, name="Floor")
    Team.objects.create(name="T1", manager=lead)
    return floor_site


def _newcomer(user: User, name: str) -> None:
    """A rep of the team with a plan for a target of 30,000 in March."""
    rep, team = Rep.objects.create(name=name, user=user), Team.objects.get()
    Membership.objects.create(rep=rep, team=team, valid_from=date(2023, 1, 1))
    march = sales_month(MONTH)
    plan_period(actor=None, period=march, as_of=march.first)
    set_target(actor=team.manager, rep_id=rep.pk, period=march, amount=30000)


@pytest.mark.parametrize(("language", "width", "scheme"), [("zh-hans", 390, "light"), ("en", 1440, "dark")])
def test_two_people_come_to_an_agreement(
    site: FloorSite, open_page: OpenPage, language: Language, width: int, scheme: str
) -> None:
    name, username = NAMES[language][0], f"rep-{language}"
    _newcomer(add_person(username, "rep", name), name)
    shown = ("Kai Lead", *(one for both in (NAMES, WORDS) for pair in both.values() for one in pair), "T1")
    lead, rep = open_page(language, 1440, shown, scheme), open_page(language, width, shown, scheme)
    sign_in(lead, "lead")
    sign_in(rep, username)
    question, answer = WORDS[language]

    _propose(lead, name)
    _ask(rep, question)
    _revise(lead, name, question, answer)
    _agree(rep, answer)
    _both_see_it(lead, rep, name)

    assert lead.complaints + rep.complaints == [], "\n".join(lead.complaints + rep.complaints)


def _propose(lead: Looker, name: str) -> None:
    page = lead.page
    page.goto(f"/goals/agreements/?period={MONTH}")
    lead.look("nobody-agreed")
    page.click(f".talks tr:has-text('{name}') input[type=checkbox]")
    page.click("#agreements form[action$='/propose/'] .btn:not(.primary)")
    page.wait_for_selector(f".talks tr:has-text('{name}') .st.warn")
    lead.look("proposed")


def _ask(rep: Looker, question: str) -> None:
    page = rep.page
    page.goto("/today/")
    rep.look("today-asked")
    page.click(".talk details.say > summary")
    page.fill(".talk [name=reason]", question)
    page.fill(".talk [name=wished]", "25000")
    rep.look("today-question")
    page.click(".talk form[action$='/ask/'] .btn.primary")
    page.wait_for_selector(".note.ok")
    assert page.locator("form[action$='/agree/']").count() == 0
    page.goto(f"/goals/?period={MONTH}")
    page.wait_for_selector("#talk")
    rep.look("question-sent")


def _revise(lead: Looker, name: str, question: str, answer: str) -> None:
    page = lead.page
    page.goto(f"/goals/agreements/?period={MONTH}&state=asked")
    assert question[:12] in page.inner_text(".talks")
    page.click(f".talks a:has-text('{name}')")
    page.wait_for_selector("#talk")
    lead.look("asked")
    assert page.input_value("#talk [name=amount]") == "25000", "the wish is offered"
    page.fill("#talk [name=amount]", "26000")
    page.fill("#talk form[action$='/revise/'] [name=reason]", answer)
    page.click("#talk form[action$='/revise/'] .btn.primary")
    page.wait_for_selector(".note.ok")
    lead.look("revised")


def _agree(rep: Looker, answer: str) -> None:
    page = rep.page
    page.goto(f"/goals/?period={MONTH}")
    page.wait_for_selector("#talk")
    text = page.inner_text("#talk")
    assert "26,000" in text
    assert answer in text
    rep.look("answered")
    page.click("#talk form[action$='/agree/'] .btn.primary")
    page.wait_for_selector("#talk .st.ok")
    rep.look("agreed")


def _both_see_it(lead: Looker, rep: Looker, name: str) -> None:
    """The same plan, the same arithmetic, the same words on both screens."""
    seen = []
    for looker in (lead, rep):
        looker.page.goto(f"/goals/?period={MONTH}")
        if looker is lead:
            looker.page.goto(f"/goals/agreements/?period={MONTH}&state=agreed")
            looker.page.click(f".talks a:has-text('{name}')")
        looker.page.wait_for_selector("#talk .st.ok")
        looker.page.click("#talk details.why > summary")
        looker.look("history")
        seen.append((looker.page.inner_text("#talk .said"), looker.page.inner_text(".chain")))
    assert seen[0] == seen[1]
    # a page that was left open: the manager withdraws, the rep's old page says so
    rep.page.click("#talk details.say > summary")
    rep.page.fill("#talk form[action$='/ask/'] [name=reason]", name)
    lead.page.click("#talk details.say:last-of-type > summary")
    lead.page.fill("#talk form[action$='/withdraw/'] [name=reason]", name)
    lead.page.click("#talk form[action$='/withdraw/'] .btn:not(summary)")
    lead.page.wait_for_selector(".note.ok")
    lead.look("withdrawn")
    rep.page.click("#talk form[action$='/ask/'] .btn.primary")
    rep.page.wait_for_selector(".note.risk")
    rep.look("too-late")
    rep.complaints[:] = [one for one in rep.complaints if "409" not in one]
