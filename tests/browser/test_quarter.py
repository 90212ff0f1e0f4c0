"""A quarter's months, what-if, seasons and units in a browser, on the made-up organisation, in both languages."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.db.models import Model
from playwright.sync_api import Page

from pacemark.engine.periods import sales_month
from pacemark.web.accounts.models import User
from pacemark.web.goals.choices import TargetBasis
from pacemark.web.goals.models import RepPlan
from pacemark.web.goals.services.plans import plan_period
from pacemark.web.goals.services.quarters import set_quarter
from pacemark.web.organization.models import Organization, Region, Rep, Team
from tests.browser.conftest import OpenPage, sign_in
from tests.browser.floor_site import FloorSite
from tests.browser.looking import Language, Looker

pytestmark = pytest.mark.browser
QUARTER, PAST, MONTH = "2026-Q3", "2026-Q2", "2026-06"
NAMED: tuple[tuple[type[Model], str], ...] = (
    (Rep, "name"), (Team, "name"), (Region, "name"), (Organization, "name"), (User, "display_name"),
)  # fmt: skip
MOVE = "(one, to) => { one.value = to; one.dispatchEvent(new Event('input', {bubbles: true})); }"


@pytest.fixture(scope="module")
def site(made_up_site: FloorSite) -> FloorSite:
    june = sales_month(MONTH)
    if not RepPlan.objects.filter(period_start=june.first, role="full_cycle", is_current=True).exists():
        plan_period(actor=None, period=june, as_of=june.first)
    return made_up_site


def _ready(place: int) -> int:
    """Give somebody with a plan two quarters; return who it is."""
    plans = RepPlan.objects.filter(period_start=date(2026, 6, 1), role="full_cycle", is_current=True)
    rep_id = plans.order_by("rep_id")[place].rep_id
    for start, amount in ((date(2026, 4, 1), 120_000_00), (date(2026, 7, 1), 90_000_00)):
        set_quarter(
            actor=None, rep_id=rep_id, quarter_start=start, amount_minor=amount, basis=TargetBasis.TYPED,
            reason="quarter",
        )  # fmt: skip
    return rep_id


@pytest.mark.parametrize(("language", "width", "scheme"), [("zh-hans", 390, "dark"), ("en", 1440, "light")])
def test_months_what_if_seasons_and_units(
    site: FloorSite, open_page: OpenPage, language: Language, width: int, scheme: str
) -> None:
    place = ["zh-hans", "en"].index(language)  # somebody else each time: a month set by hand stays as it was set
    rep_id = _ready(place)
    names = [name for model, field in NAMED for name in model._default_manager.values_list(field, flat=True)]
    # the last letter of a name stands for a face; what is long goes first, so that no piece of it stays
    shown = sorted({*names, *(name[-1] for name in names)}, key=len, reverse=True)
    looker = open_page(language, width, tuple(shown), scheme)
    sign_in(looker, "ops")
    _months(looker, rep_id)
    _what_if(looker, rep_id)
    _seasons(looker)
    _units(looker)

    assert looker.complaints == [], "\n".join(looker.complaints)


def _number(text: str) -> float:
    return float(re.sub(r"[^\d.]", "", text))


def _boxes(page: Page) -> list[float]:
    boxes = page.locator("#months-table input[inputmode=decimal]")
    return [_number(boxes.nth(place).input_value()) for place in range(boxes.count())]


def _months(looker: Looker, rep_id: int) -> None:
    """A month that is over has no box; of an open quarter one month is typed, and the others hold the sum."""
    page = looker.page
    page.goto(f"/goals/{rep_id}/quarter/?quarter={PAST}")
    looker.look("quarter-past")
    assert page.locator("#months-table input[inputmode=decimal]").count() == 1, "April and May are over"
    assert page.locator("#months-table tbody tr").count() == 3

    page.goto(f"/goals/{rep_id}/quarter/?quarter={QUARTER}")
    before = _boxes(page)
    assert sum(before) == 90_000
    page.fill("#m-2026-07", "40000")
    page.press("#m-2026-07", "Tab")
    page.wait_for_selector("#months-table .adj.acc")
    looker.look("quarter-tried")
    becomes = [_number(text) for text in page.locator("#months-table .adj.acc").all_inner_texts()]
    assert sum(becomes) == 50_000, "August and September take the difference before anything is saved"
    assert _number(page.inner_text("#months-table tfoot td:nth-child(2)")) == 90_000
    page.fill("#months-reason", "July 40000")
    page.click("#months form .btn.primary")
    page.wait_for_selector(".note.ok")
    looker.look("quarter-saved")
    assert _boxes(page) == [40_000, *becomes]


def _what_if(looker: Looker, rep_id: int) -> None:
    """A slider moves the number, the answer follows; the numbers are kept under a name and come back."""
    page, address = looker.page, f"/goals/{rep_id}/what-if/?period={MONTH}"
    page.goto(address)
    looker.look("what-if")
    needed = "#needs tbody tr:last-child td:nth-child(2)"
    before = _number(page.inner_text(needed))
    slider = page.locator("input[data-moves=id_target]")
    high = slider.get_attribute("max") or ""
    with page.expect_response(lambda answer: "what-if" in answer.url and "target=" in answer.url):
        slider.evaluate(MOVE, high)
    page.wait_for_function(
        "([where, before]) => Number(document.querySelector(where).innerText.replace(/[^0-9.]/g, '')) > before",
        arg=[needed, before],
    )
    after = page.inner_text(needed)
    looker.look("what-if-moved")
    assert page.input_value("#id_target") == slider.input_value() != ""
    page.fill("#keep-form [name=name]", looker.language)
    page.click("#keep-form .btn")
    page.wait_for_url("**draft=*")
    looker.look("what-if-kept")
    assert page.inner_text(needed) == after
    page.goto(address)
    assert _number(page.inner_text(needed)) == before, "nothing has changed but that a draft is there"
    page.click(f".t a:text-is('{looker.language}')")
    page.wait_for_url("**draft=*")
    assert page.inner_text(needed) == after
    page.click("form[action$='/drop/'] button")
    page.wait_for_selector("form[action$='/drop/']", state="detached")


def _seasons(looker: Looker) -> None:
    """A weight is tried: the months follow and the sum holds; saved, it is said to be set by hand."""
    page = looker.page
    page.goto(f"/goals/seasons/?quarter={QUARTER}")
    looker.look("seasons")
    parts = "#season tbody td:nth-child(5)"
    before = page.locator(parts).nth(6).inner_text()
    weight = "1.5" if page.input_value("#w-7") != "1.5" else "2"
    page.fill("#w-7", weight)
    page.press("#w-7", "Tab")
    page.wait_for_function(
        "([where, before]) => document.querySelectorAll(where)[6].innerText !== before", arg=[parts, before]
    )
    three = [_number(page.locator(parts).nth(place).inner_text().split("\n")[0]) for place in (6, 7, 8)]
    assert sum(three) == 90_000
    page.fill("#note", "2026")
    page.click("form[action$='/save/'] .btn.primary")
    page.wait_for_selector(".note.ok")
    looker.look("seasons-saved")
    assert page.input_value("#w-7") == weight


def _units(looker: Looker) -> None:
    """An amount from above is split over the regions as previewed; then the two add up."""
    page = looker.page
    page.goto(f"/goals/units/?at={QUARTER}")
    looker.look("units")
    top = page.locator("tr.lvl-organization")
    top.locator("[name=amount]").fill("3000001")
    top.locator("form[action$='/set/'] .btn").click()
    page.wait_for_selector(".note.ok")
    page.locator("tr.lvl-organization .splits a").click()
    page.wait_for_selector("form[action$='/apply/']")
    looker.look("units-preview")
    shares = [_number(text) for text in page.locator("table.units tbody td:nth-child(4)").all_inner_texts()]
    assert sum(shares) == 3_000_001
    page.click("form[action$='/apply/'] .btn.primary")
    page.wait_for_selector(".note.ok")
    looker.look("units-split")
    assert page.locator("tr.lvl-organization td:nth-child(4) .st.ok").count() == 1
