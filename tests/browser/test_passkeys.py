"""A passkey from its making to the next sign-in, in Chromium with an authenticator of its own (WebAuthn over CDP)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.floor_site import FloorSite, add_person
from tests.browser.site import PASSWORD

pytestmark = pytest.mark.browser
NAME = "passkey.person"


def _key_in(page: Page) -> str:
    """Plug a key into the browser that knows who holds it."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    kind = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = tools.send("WebAuthn.addVirtualAuthenticator", {"options": kind})
    return str(made["authenticatorId"])


def _give_password(page: Page) -> None:
    page.fill("[name=username]", NAME)
    page.fill("[name=password]", PASSWORD)
    page.click("form .btn.primary")


def test_a_passkey_is_made_and_signs_in(browser: Browser, floor_site: FloorSite) -> None:
    add_person(NAME, "operations", "Olive")
    # A passkey belongs to a name; an address of four numbers has none.
    site = floor_site.url.replace("127.0.0.1", "localhost")
    context = browser.new_context(base_url=site, locale="en-GB")
    page = context.new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: told.append(str(error)))
    _key_in(page)
    page.goto("/accounts/sign-in/")
    _give_password(page)
    page.wait_for_selector("main.page")

    page.goto("/accounts/passkeys/add/")
    page.fill("[name=password]", PASSWORD)  # first: is it you?
    page.click("section .btn.primary")
    page.fill("[name=name]", "My laptop")
    page.click("form[data-passkey] .btn.primary")
    page.wait_for_selector("ol.codes")  # the first second factor brings recovery codes
    page.goto("/accounts/ways/")
    assert "My laptop" in page.inner_text("main")
    page.evaluate("document.querySelector('form.out').requestSubmit()")
    page.wait_for_selector("[name=username]")

    page.click("form[data-passkey] .btn")  # no name, no password
    page.wait_for_selector("main.page")
    assert page.evaluate("document.querySelector('form.out') !== null")
    page.evaluate("document.querySelector('form.out').requestSubmit()")
    page.wait_for_selector("[name=username]")

    _give_password(page)  # the password alone leads to the second step, where the key serves too
    page.wait_for_url("**/second-step/")
    page.click("form[data-passkey] .btn")
    page.wait_for_selector("main.page")
    assert told == []
    planted = "one = document.createElement('script'); one.textContent = 'planted = 1'; document.body.append(one)"
    page.evaluate(planted)
    assert page.evaluate("window.planted ?? null") is None and "Content Security Policy" in told[0]
    context.close()
