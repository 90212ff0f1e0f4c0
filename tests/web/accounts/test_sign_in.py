from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.models import User
from pacemark.web.accounts.services import create_user, deactivate_user, set_access_role, set_password
from pacemark.web.trail.models import TrailEntry
from tests.support.people import client_of

pytestmark = pytest.mark.django_db
PASSWORD = "pace-and-mark-88"


@pytest.fixture
def person() -> User:
    return create_user(actor=None, username="li.na", display_name="李娜", access_role=AccessRole.REP, password=PASSWORD)


def _sign_in(client: Client, password: str = PASSWORD, **more: str) -> Any:
    return client.post(reverse("accounts:sign_in"), {"username": "li.na", "password": password, **more})


def test_passwords_are_kept_as_argon2(person: User) -> None:
    assert person.password.startswith("argon2$argon2id$")


def test_the_right_password_opens_and_leaves_a_trail(person: User, client: Client) -> None:
    response = _sign_in(client)

    assert response.status_code == 302
    assert client.session["_auth_user_id"] == str(person.pk)
    assert TrailEntry.objects.filter(action="accounts.signed_in", actor_id=person.pk).count() == 1


@pytest.mark.usefixtures("quick_passwords")
def test_a_wrong_password_does_not_say_which_half_was_wrong(person: User, client: Client) -> None:
    wrong_password = _sign_in(client, "nope")
    wrong_name = client.post(reverse("accounts:sign_in"), {"username": "li.no", "password": PASSWORD})

    def told(response: Any) -> str:
        return re.sub(r'"X-CSRFToken": "\w+"|value="[^"]*"|li\.n[ao]', "", response.content.decode())

    assert wrong_password.status_code == wrong_name.status_code == 200
    assert told(wrong_password) == told(wrong_name)


@pytest.mark.usefixtures("quick_passwords")
def test_many_wrong_passwords_lock_the_door_even_to_the_right_one(person: User, client: Client) -> None:
    answers = [_sign_in(client, f"guess {number}").status_code for number in range(settings.AXES_FAILURE_LIMIT)]

    assert answers[0] == 200
    assert answers[-1] == 429
    assert _sign_in(client).status_code == 429
    assert "_auth_user_id" not in client.session


def test_a_page_asks_to_sign_in_and_comes_back(person: User, client: Client) -> None:
    asked = client.get(reverse("accounts:tokens"))
    assert asked.status_code == 302
    assert asked.url == f"{reverse('accounts:sign_in')}?next={reverse('accounts:tokens')}"

    assert _sign_in(client, next=reverse("accounts:tokens")).url == reverse("accounts:tokens")


@pytest.mark.usefixtures("quick_passwords")
@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_nobody_is_sent_to_another_site(person: User, client: Client, elsewhere: str) -> None:
    assert _sign_in(client, next=elsewhere).url == "/"
    chosen = client.post(reverse("accounts:language"), {"language": "en", "next": elsewhere})
    assert chosen.url == "/"


def test_signing_out_takes_a_post(person: User) -> None:
    client = client_of(person)

    assert client.get(reverse("accounts:sign_out")).status_code == 405
    assert client.post(reverse("accounts:sign_out")).status_code == 302
    assert "_auth_user_id" not in client.session


def test_who_has_left_is_out_at_once(person: User) -> None:
    client = client_of(person)
    deactivate_user(actor=None, user=person)

    assert client.get(reverse("accounts:tokens")).status_code == 302
    assert _sign_in(Client()).status_code == 200


def test_language_is_kept_on_the_person_and_follows_them(person: User) -> None:
    client = client_of(person)
    client.post(reverse("accounts:language"), {"language": "en"})

    person.refresh_from_db()
    assert person.language == "en"
    assert client.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"
    elsewhere = Client(headers={"accept-language": "zh-CN"})
    assert elsewhere.get(reverse("accounts:sign_in")).headers["Content-Language"] == "zh-hans"
    _sign_in(elsewhere)
    assert elsewhere.get(reverse("accounts:tokens")).headers["Content-Language"] == "en"


def test_language_can_be_chosen_before_signing_in(client: Client) -> None:
    client.post(reverse("accounts:language"), {"language": "en"})

    assert client.get(reverse("accounts:sign_in")).headers["Content-Language"] == "en"
    assert client.post(reverse("accounts:language"), {"language": "tlh"}).status_code == 400


def test_the_look_is_kept(person: User) -> None:
    client = client_of(person)

    assert client.post(reverse("accounts:theme"), {"theme": "dark"}).status_code == 302
    assert client.post(reverse("accounts:theme"), {"theme": "pink"}).status_code == 400
    person.refresh_from_db()
    assert person.theme == "dark"


@pytest.mark.usefixtures("quick_passwords")
def test_changing_the_password_ends_the_other_sessions(person: User) -> None:
    here, elsewhere = client_of(person), client_of(person)
    new = "mark-and-pace-99"

    answer = here.post(
        reverse("accounts:password"), {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    )

    assert answer.status_code == 302
    assert here.get(reverse("accounts:tokens")).status_code == 200
    assert elsewhere.get(reverse("accounts:tokens")).status_code == 302
    entry = TrailEntry.objects.get(action="accounts.password_changed")
    assert new not in str(entry.changes) and entry.actor_id == person.pk


@pytest.mark.parametrize("weak", ["short", "password123"])
def test_weak_passwords_are_refused(person: User, weak: str) -> None:
    with pytest.raises(ValidationError):
        set_password(actor=None, user=person, password=weak)


def test_a_service_refuses_a_role_that_is_none(person: User) -> None:
    with pytest.raises(ValidationError):
        set_access_role(actor=None, user=person, access_role="king")  # type: ignore[arg-type]
    person.refresh_from_db()
    assert person.access_role == AccessRole.REP


def test_forms_without_a_csrf_token_are_refused(person: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")

    assert client.post(reverse("accounts:theme"), {"theme": "dark"}).status_code == 403
