"""Other sites: what they may send, frame and bring in; and fields that nobody asked for."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse

from pacemark.web.accounts.models import User
from pacemark.web.accounts.services import set_password
from tests.support.people import BACKEND, People, client_of
from tests.support.routes import EXPECTED, Expected

PASSWORD = "correct-horse-battery"


def _address(name: str, expected: Expected, people: People) -> str:
    rep = {"rep_id": people.rep_row.pk} if expected.about_a_rep else {}
    return reverse(name, kwargs={**expected.values, **rep})


# --- CSRF -------------------------------------------------------------------------------------------------------------


def test_no_form_of_another_site_is_taken(people: People) -> None:
    """Every address that takes a post, with the victim's cookies and without our token."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.admin, backend=BACKEND)
    tried = 0
    for name, expected in EXPECTED.items():
        if expected.method == "post":
            answer = client.post(_address(name, expected, people), expected.body)
            assert answer.status_code in {401, 403, 404}, (name, answer.status_code)
            tried += answer.status_code == 403
    assert tried > 60
    forged = client.post(reverse("accounts:theme"), {"theme": "dark"}, headers={"origin": "https://evil.example"})
    assert forged.status_code == 403


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_what_changes_something_takes_a_post_alone(people: People, method: str) -> None:
    client = client_of(people.admin)
    for name in ("accounts:switch", "accounts:invite", "accounts:take_factors", "accounts:end_sessions_of"):
        assert getattr(client, method)(reverse(name, args=[people.rep.pk])).status_code == 405, name
    people.rep.refresh_from_db()
    assert people.rep.is_active


# --- frames and scripts -----------------------------------------------------------------------------------------------


def test_no_page_may_be_framed_or_run_a_script_of_others(people: People) -> None:
    """Pages of every kind, and the answers to what is wrong."""
    client = client_of(people.rep)
    answers = [
        Client().get(reverse("accounts:sign_in")),
        client.get("/", follow=True),
        client.get("/nothing/here/"),
        client.get(reverse("accounts:people")),  # forbidden
        client.post(reverse("accounts:people")),
        client.get("/api/v1/me"),
        client.get("/api/v1/nothing"),
        Client().get("/api/v1/me"),
    ]
    for answer in answers:
        where = f"{answer.request['PATH_INFO']} {answer.status_code}"
        assert answer.headers["X-Frame-Options"] == "DENY", where
        assert answer.headers["X-Content-Type-Options"] == "nosniff", where
        rules = dict(part.strip().partition(" ")[::2] for part in answer.headers["Content-Security-Policy"].split(";"))
        assert rules["frame-ancestors"] == rules["object-src"] == "'none'", where
        assert rules["script-src"] == rules["default-src"] == rules["form-action"] == "'self'", where
        assert "unsafe-eval" not in str(rules), where
        assert {name for name, value in rules.items() if "unsafe-inline" in value} == {"style-src-attr"}, where


def test_what_somebody_typed_is_text_on_every_page(people: People) -> None:
    """A person called like a script, where names are shown."""
    script = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    people.rep_row.name = people.rep.display_name = script[:100]
    people.rep_row.save(update_fields=["name"])
    people.rep.save(update_fields=["display_name"])
    shown = 0
    for name in ("organization:people", "goals:list", "overview:team", "accounts:people", "resources:people"):
        page = client_of(people.admin).get(reverse(name), follow=True).content.decode()
        assert "<script>alert" not in page and "<img src=x" not in page, name
        shown += "&lt;script&gt;alert" in page
    assert shown >= 2


# --- mass assignment --------------------------------------------------------------------------------------------------


def test_fields_that_nobody_asked_for_change_nothing(people: People) -> None:
    more = {"access_role": "admin", "is_active": "", "username": "root", "is_superuser": "1", "sign_outs": "9"}
    client = client_of(people.rep)
    before = User.objects.values().get(pk=people.rep.pk)
    client.post(reverse("accounts:theme"), {"theme": "auto", **more})
    client.post(reverse("accounts:language"), {"language": "en", **more})
    client.post(reverse("accounts:tokens"), {"name": "x", "scope": "read", "days": "30", "user": "1", **more})
    after = User.objects.values().get(pk=people.rep.pk)
    assert {**after, "language": before["language"]} == before
    assert people.rep.api_tokens.get().scope == "read"

    admin = client_of(people.admin)
    admin.post(reverse("accounts:change", args=[people.rep.pk]), {**more, "access_role": "manager", "password": ""})
    changed = User.objects.values().get(pk=people.rep.pk)
    assert {**changed, "access_role": before["access_role"], "language": before["language"]} == before
    assert changed["access_role"] == "manager"
    admin.post(reverse("accounts:people"), {**more, "username": "new", "display_name": "N", "access_role": "rep"})
    made = User.objects.get(username="new")
    assert (made.is_active, made.sign_outs, made.access_role) == (True, 0, "rep")


# --- hosts and sessions -----------------------------------------------------------------------------------------------


def test_a_made_up_host_gets_no_page_and_no_link(people: People) -> None:
    """An invitation's address is made from the host: a forged one must not reach the administrator's page."""
    client = client_of(people.admin)
    address = reverse("accounts:invite", args=[people.rep.pk])

    assert client.post(address, headers={"host": "evil.example"}).status_code == 400
    answer = client.post(address, headers={"x-forwarded-host": "evil.example"})
    assert "evil.example" not in answer.content.decode()


def test_a_session_that_was_planted_is_not_the_one_signed_in(people: People) -> None:
    set_password(actor=None, user=people.rep, password=PASSWORD)
    client = Client()
    client.get(reverse("accounts:sign_in"))
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies[django_settings.SESSION_COOKIE_NAME] = session.session_key

    client.post(reverse("accounts:sign_in"), {"username": "rep", "password": PASSWORD})

    assert client.session.session_key != session.session_key
    assert not session.exists(session.session_key)


def test_cookies_stay_away_from_scripts_and_other_sites(people: People) -> None:
    set_password(actor=None, user=people.rep, password=PASSWORD)
    client = Client()
    client.post(reverse("accounts:sign_in"), {"username": "rep", "password": PASSWORD})
    cookie: Any = client.cookies[django_settings.SESSION_COOKIE_NAME]

    assert cookie["httponly"] and cookie["samesite"] == "Lax"
