"""A browser for the whole session, and a Pacemark per language."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from pytest_django import DjangoDbBlocker

from tests.browser.floor_site import FloorSite, standing_site
from tests.browser.looking import HEIGHTS, Language, Looker, watched
from tests.browser.site import PASSWORD, Site, running_site
from tests.support.made_up import SPEC
from tests.support.ready_databases import ReadyDatabase
from tests.support.templates import copy_home

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
OpenPage = Callable[..., Looker]
StandSite = Callable[[ReadyDatabase], AbstractContextManager[FloorSite]]


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, empty_home: Path) -> Iterator[Site]:
    """A server and its worker as processes of their own, and one person in operations."""
    with running_site(copy_home(empty_home, tmp_path_factory.mktemp("site"))) as site:
        yield site


@pytest.fixture(scope="module")
def stand_site(
    browser: Browser,  # comes first: where its loop runs, Django keeps a thread's connections elsewhere
    tmp_path_factory: pytest.TempPathFactory,
    django_db_blocker: DjangoDbBlocker,
) -> StandSite:
    """Serve a copy of a database from this process."""
    return lambda database: standing_site(database, tmp_path_factory.mktemp("floor"), django_db_blocker)


@pytest.fixture(scope="module")
def floor_site(stand_site: StandSite, empty_database: ReadyDatabase) -> Iterator[FloorSite]:
    """One empty floor for all tests of a module; they write people and days into it."""
    with stand_site(empty_database) as site:
        yield site


@pytest.fixture(scope="module")
def made_up_site(stand_site: StandSite, made_up_database: ReadyDatabase) -> Iterator[FloorSite]:
    """The made-up organisation on its last day."""
    with stand_site(made_up_database) as site:
        site.turn_to(SPEC.end)
        yield site


@pytest.fixture
def open_page(browser: Browser, site: Site | FloorSite) -> Iterator[OpenPage]:
    """Open a watched page in a language at a width; all of them are closed at the end."""
    contexts = []

    def opened(language: Language, width: int, names: tuple[str, ...] = (), scheme: str = "light") -> Looker:
        context = browser.new_context(
            base_url=site.url,
            locale={"zh-hans": "zh-CN", "en": "en-GB"}[language],
            viewport={"width": width, "height": HEIGHTS[width]},
            color_scheme=scheme,  # type: ignore[arg-type]
            has_touch=width < 900,
        )
        context.set_default_timeout(30_000)
        contexts.append(context)
        return watched(context, language, width, names)

    yield opened
    for context in contexts:
        context.close()


def sign_in(looker: Looker, username: str) -> None:
    """Sign in through the form."""
    page = looker.page
    page.goto("/accounts/sign-in/")
    looker.look(f"sign-in-{username}")
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    page.click("form .btn.primary")
    page.wait_for_selector("main#page")


def sign_out(looker: Looker) -> None:
    """Sign out through the person's panel."""
    place = ".tabs" if looker.width < 900 else ".side"
    looker.page.click(f"{place} details.me > summary")
    looker.page.click(f"{place} form.out button")
    looker.page.wait_for_selector("[name=username]")
