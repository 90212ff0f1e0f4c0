"""People × months in a browser: a cell by the keyboard, an edit behind its preview, a workbook there and back."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import OpenPage, sign_in
from tests.browser.looking import Language, Looker
from tests.browser.site import Site

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite("a server or a command of its own, on a data folder with its file"),
]
NAMES = ("Ann Lee", "Bob Ray")
ADDRESS = "/goals/?period=2024-04"
PEOPLE = """
from datetime import date
from pacemark.web.config.django_setup import start_django
start_django()
from pacemark.web.goals.choices import TargetBasis
from pacemark.web.goals.services.quarters import set_months
from pacemark.web.organization.models import Membership, Rep, Team
team, _ = Team.objects.get_or_create(name="T-1")
for number, name in (("101", "Ann Lee"), ("102", "Bob Ray")):
    rep, is_new = Rep.objects.get_or_create(employee_no=number, defaults={"name": name})
    if is_new:
        Membership.objects.create(rep=rep, team=team, role="full_cycle", valid_from=date(2023, 1, 1))
    # The same start for every language and width.
    changes = {(rep.pk, date(2024, month, 1)): 1000000 for month in (4, 5, 6)}
    set_months(actor=None, changes=changes, basis=TargetBasis.TYPED, hold=False)
"""


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_targets_are_changed_by_cell_by_many_and_by_workbook(
    site: Site, open_page: OpenPage, tmp_path: Path, language: Language, width: int
) -> None:
    site.run("-c", PEOPLE)
    looker = open_page(language, width, (*NAMES, "Olive Ops", "T-1"))
    sign_in(looker, "ops")
    looker.page.goto(ADDRESS)
    looker.look("grid")
    _type_into_a_cell(looker)
    _edit_many(looker)
    _workbook(looker, tmp_path)

    assert looker.complaints == [], "\n".join(looker.complaints)


def _cell(page: Page, name: str) -> str:
    return page.locator(f"table.people-months tr:has-text('{name}') td[data-col='2024-04'] a.cell").inner_text()


def _type_into_a_cell(looker: Looker) -> None:
    """Arrows walk, Enter opens and saves, Escape leaves all as it was; the sums follow."""
    page = looker.page
    cell = page.locator("tr:has-text('Ann Lee') td[data-col='2024-04'] a.cell")
    cell.focus()
    page.keyboard.press("ArrowDown")
    assert "2024-04" in (page.evaluate("document.activeElement.closest('td').dataset.col") or "")
    assert page.evaluate("document.activeElement.closest('tr').innerText").count("Bob Ray")
    page.keyboard.press("Enter")
    page.wait_for_selector("td[data-col] input[name=amount]")
    page.keyboard.type("99")
    page.keyboard.press("Escape")
    page.wait_for_selector("td[data-col] input[name=amount]", state="detached")
    assert _cell(page, "Bob Ray") == "10,000"

    cell.click()
    page.wait_for_selector("td[data-col] input[name=amount]:focus")
    page.keyboard.type("12000")
    looker.look("cell")
    page.keyboard.press("Enter")
    page.wait_for_selector("td[data-col] input[name=amount]", state="detached")
    page.wait_for_selector("#grid-sums td.now:has-text('22,000')")
    assert _cell(page, "Ann Lee") == "12,000"


def _edit_many(looker: Looker) -> None:
    page = looker.page
    page.check("[name=scope][value=all]")
    page.select_option("#bulk-kind", "multiply")
    page.fill("#bulk-value", "150")
    page.click("#bulk .btn.primary")
    page.wait_for_selector("form[action$='/apply/']")
    looker.look("preview")
    assert "18,000" in page.inner_text("table.batch")
    page.click("form[action$='/apply/'] .btn.primary")
    page.wait_for_selector(".note.ok", timeout=90_000)
    looker.look("applied")
    page.goto(ADDRESS)
    assert (_cell(page, "Ann Lee"), _cell(page, "Bob Ray")) == ("18,000", "15,000")


def _workbook(looker: Looker, folder: Path) -> None:
    """What comes back as it went out moves nothing."""
    page = looker.page
    with page.expect_download() as download:
        page.click("a[href^='/goals/targets.xlsx']")
    book = folder / "targets.xlsx"
    download.value.save_as(book)
    page.set_input_files("[name=workbook]", book)
    page.click("form[enctype] .btn")
    page.wait_for_selector("#batch")
    looker.look("workbook")
    assert page.locator("table.batch").count() == 0
    assert page.locator("form[action$='/apply/']").count() == 0
    page.click("form[action$='/drop/'] button")
    page.wait_for_url("**/goals/changes/")
    looker.look("changes")
