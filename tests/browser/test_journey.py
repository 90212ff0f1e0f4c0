"""The main journey in a real browser, on a real server with its worker.

Sign in, bring an export in, look at the preview, commit, plan, see the maths, and open Today.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.browser.conftest import OpenPage, sign_in, sign_out
from tests.browser.looking import Language, Looker
from tests.browser.records import write_export
from tests.browser.site import Site

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite("a server or a command of its own, on a data folder with its file"),
]
NAMES = {
    ("zh-hans", 1440): ("王小禾", "李青", "陈一诺"),
    ("zh-hans", 390): ("周可", "吴越", "郑好"),
    ("en", 1440): ("Mia Stone", "Leo Marsh", "Ida Frost"),
    ("en", 390): ("Max Reed", "Zoe Hale", "Ben Ford"),
}


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_from_signing_in_to_today(
    site: Site, open_page: OpenPage, tmp_path: Path, language: Language, width: int
) -> None:
    names, source = NAMES[language, width], f"crm-{language}-{width}"
    everyone = tuple(name for group in NAMES.values() for name in group)
    looker = open_page(language, width, (*everyone, "Olive Ops", *(f"crm-{one}-{px}" for one, px in NAMES)))
    sign_in(looker, "ops")
    looker.look("goals-before")
    _bring_in(looker, tmp_path, names, source)
    _plan(looker, names[0])
    _today(looker, names[0])
    sign_out(looker)
    _todays_rep(site, looker, names[0], f"rep-{language}-{width}")

    assert looker.complaints == [], "\n".join(looker.complaints)


def _bring_in(looker: Looker, folder: Path, names: tuple[str, ...], source: str) -> None:
    files, profile = write_export(folder, names, source)
    page = looker.page
    page.goto("/data/")
    looker.look("data")
    page.set_input_files("[name=uploads]", files)
    page.fill("[name=source]", source)
    page.click("main form[enctype] .btn.primary")
    page.wait_for_url("**/mapping/")
    looker.look("mapping")
    assert page.locator("select.pick").count() > 8, "the columns were guessed"
    page.click("details.why:has([name=text]) summary")
    page.fill("[name=text]", profile.read_text(encoding="utf-8"))
    page.check("[name=is_text_used]")
    page.fill("[name=name]", f"{source} mapping")
    page.click("main form .btn.primary[type=submit]")
    page.wait_for_selector("form[action$='/commit/']", timeout=90_000)
    looker.look("preview")
    text = page.inner_text("main")
    assert all(name in text for name in names), "who is to be created"
    assert "31.02.2024" in text, "a row that is no date"
    page.click("form[action$='/commit/'] .btn.primary")
    page.wait_for_selector("main a.btn.primary[href='/goals/']", timeout=90_000)
    looker.look("brought-in")


def _plan(looker: Looker, name: str) -> None:
    page = looker.page
    page.click("main a.btn.primary[href='/goals/']")
    page.wait_for_selector("h1")
    looker.look("goals")
    for _ in range(60):  # people are listed at once, their plans are made by the worker, after the import
        page.click(f"table.plan a:has-text('{name}')")
        page.wait_for_url(re.compile(r"/goals/\d+/"))
        if page.locator("#plan").count():
            break
        page.goto("/goals/")
        page.locator("form[action*='recompute'] button").first.click()
        page.wait_for_timeout(2_000)
        page.goto("/goals/")
    page.wait_for_selector("#plan")
    assert page.locator("details.why[open] .sums, details.why[open] dl, details.why[open] table").count()
    looker.look("plan")
    _chain_hangs_together(looker)
    page.click("#plan a[href*='confidence=0.8']")
    page.wait_for_url("**confidence=0.8**")
    looker.look("plan-80")


def _chain_hangs_together(looker: Looker) -> None:
    """The daily dials of the headline, of the chain and of the arithmetic are one number."""
    page = looker.page
    headline = page.inner_text("h1")
    last_line = page.locator("details.why[open]").first.inner_text().strip().splitlines()
    shown = [re.sub(r"[^0-9]", "", word) for word in last_line if re.fullmatch(r"[0-9,]+", word.strip())]
    assert shown, last_line
    assert shown[-1] in re.sub(r"(?<=\d),(?=\d)", "", headline), (headline, shown)


def _today(looker: Looker, name: str) -> None:
    page = looker.page
    page.click("main a.btn[href^='/today/']")
    page.wait_for_selector(".today")
    assert name in page.inner_text("h1")
    looker.look("today-of-somebody")


def _todays_rep(site: Site, looker: Looker, name: str, username: str) -> None:
    """The rep's own day, signed in as the rep."""
    site.add_person(username, "rep", name)
    site.link(username, name)
    sign_in(looker, username)
    page = looker.page
    page.wait_for_selector(".today")
    assert name in page.inner_text("h1")
    page.click("details.why > summary")
    looker.look("today")
    page.goto("/data/")
    looker.look("no-permission")
    looker.complaints[:] = [one for one in looker.complaints if not one.startswith("403") and "403" not in one]


@pytest.mark.parametrize("width", [390])
def test_language_and_look_are_kept_after_signing_out(site: Site, open_page: OpenPage, width: int) -> None:
    """Chosen once, kept with the person: also on another machine, whatever its language is."""
    site.add_person("keeper", "manager", "Kai")
    first = open_page("en", width, ("Kai",))
    sign_in(first, "keeper")
    page = first.page
    page.click(".tabs details.me > summary")
    page.click(".tabs button[value=dark]")
    page.wait_for_function("document.documentElement.dataset.theme === 'dark'")
    page.click(".tabs button[value=zh-hans]")
    page.wait_for_selector("html[lang^=zh]")
    first.language = "zh-hans"
    first.look("chosen")
    sign_out(first)

    second = open_page("en", width, ("Kai",))
    sign_in(second, "keeper")
    second.language = "zh-hans"
    second.look("kept")
    assert second.page.get_attribute("html", "data-theme") == "dark"
    assert first.complaints + second.complaints == []
