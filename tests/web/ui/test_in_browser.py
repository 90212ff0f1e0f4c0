"""The style guide in a real browser: charts, looks, sizes, and the two sets of formats that must agree."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.services import create_user
from pacemark.web.ui import formats

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "correct-horse-battery"
NUMBERS = [
    0,
    1,
    -1,
    0.225,
    0.285,
    0.2855,
    1.005,
    12345.678,
    -0.004,
    3_000_000,
    123_450,
    999_950,
    99_995_000,
    1e12,
    1e-7,
]


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    quiet = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # the driver keeps an event loop in this thread, which Django takes for an asynchronous view
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=chromium, args=quiet)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, live_server: Any) -> Iterator[Page]:
    """A signed-in administrator; anything the console complains about fails the test."""
    create_user(actor=None, username="admin", display_name="Ada", access_role=AccessRole.ADMIN, password=PASSWORD)
    context = browser.new_context(base_url=live_server.url, locale="zh-CN", viewport={"width": 1440, "height": 900})
    page, complaints = context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    context.set_default_timeout(8000)
    page.goto("/accounts/sign-in/?next=/ui/styleguide/")
    page.fill("[name=username]", "admin")
    page.fill("[name=password]", PASSWORD)
    page.click("form .btn.primary")
    page.wait_for_selector("[data-chart-ready] svg")
    yield page
    assert complaints == []
    context.close()


def in_both(language: formats.Language, currency: str) -> dict[str, list[str]]:
    return {
        "count": [formats.count(number) for number in NUMBERS],
        "signed": [formats.signed(number) for number in NUMBERS],
        "percent": [formats.percent(number) for number in NUMBERS],
        "percent0": [formats.percent(number, 0) for number in NUMBERS],
        "money": [formats.money(number, language, currency) for number in NUMBERS],
        "money_short": [formats.money_short(number, language, currency) for number in NUMBERS],
    }


def test_charts_and_pages_write_numbers_alike(page: Page) -> None:
    for language, currency in (("zh", "CNY"), ("en", "EUR"), ("zh", "JPY")):
        scene = json.dumps({"language": language, "currency": currency})
        found = page.evaluate(
            f"""async () => {{
                const {{ formattersFor }} = await import("/static/js/formatters.js");
                const of = formattersFor({scene});
                const nothings = [null, undefined, NaN, Infinity, "x"];
                const missing = nothings.map((one) => Object.values(of).map((f) => f(one)));
                const texts = Object.fromEntries(Object.entries(of).map(([name, f]) => [name, {NUMBERS}.map(f)]));
                return {{ texts, missing: [...new Set(missing.flat())] }};
            }}"""
        )
        assert found == {"texts": in_both(language, currency), "missing": ["—"]}  # type: ignore[arg-type]


def test_the_look_changes_at_once_and_is_kept(page: Page) -> None:
    bar = "[data-chart-ready] svg path[fill^='#'], [data-chart-ready] svg path[fill^='rgb']"
    light = page.get_attribute(bar, "fill")
    page.click(".side .me > summary")
    with page.expect_response("**/accounts/theme/"):
        page.click(".side button[value=dark]")
    page.wait_for_function("document.documentElement.dataset.theme === 'dark'")
    page.wait_for_function(f"document.querySelector({bar!r})?.getAttribute('fill') !== {light!r}")
    page.reload()
    assert page.get_attribute("html", "data-theme") == "dark"


def test_the_language_changes_in_place(page: Page) -> None:
    assert "看算式" in page.inner_text("main")
    page.click(".side .me > summary")
    page.click(".side button[value=en]")
    page.wait_for_selector("html[lang=en]")
    assert page.url.endswith("/ui/styleguide/")
    assert "See the maths" in page.inner_text("main")


def test_no_page_is_wider_than_its_screen(page: Page) -> None:
    for width in (390, 1024, 1440):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert page.is_visible("nav.tabs" if width < 900 else "nav.side")


def test_the_page_works_by_keyboard(page: Page) -> None:
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "page"
    page.focus(".side .me > summary")
    page.keyboard.press("Enter")
    assert page.is_visible(".side .me-panel")
    page.keyboard.press("Escape")
    assert not page.is_visible(".side .me-panel")
