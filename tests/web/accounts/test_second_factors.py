"""The second step: authenticator apps and recovery codes; passkeys are in tests/browser/test_passkeys.py."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from pacemark.web.accounts.models import User
from pacemark.web.accounts.services import set_password
from pacemark.web.trail.models import TrailEntry
from tests.support.people import People, client_of

pytestmark = pytest.mark.usefixtures("quick_passwords")

PASSWORD = "correct-horse-battery"


def totp(secret: str, at: float) -> str:
    """Return the code of a moment: RFC 6238 by hand."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(at) // 30), hashlib.sha1)
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


def test_the_oracle_itself() -> None:
    """Appendix B of RFC 6238, the last six digits."""
    secret = base64.b32encode(b"12345678901234567890").decode()
    assert [totp(secret, at) for at in (59, 1111111109, 20000000000)] == ["287082", "081804", "353130"]


@pytest.fixture
def person(people: People) -> User:
    set_password(actor=None, user=people.rep, password=PASSWORD)
    return people.rep


def _sign_in(client: Client) -> Any:
    fields = {"username": "rep", "password": PASSWORD, "next": reverse("accounts:tokens")}
    return client.post(reverse("accounts:sign_in"), fields)


def _prove(client: Client, address: str) -> None:
    """Give the password again, as it is asked for before changes."""
    asked = client.get(address)
    assert asked.status_code == 302 and asked.url.startswith(reverse("account_reauthenticate"))
    assert client.post(asked.url, {"password": "wrong"}).status_code == 200
    assert client.post(asked.url, {"password": PASSWORD}).status_code == 302


def _set_up(client: Client) -> tuple[str, list[str]]:
    """Switch the app on; return its secret and the recovery codes."""
    _prove(client, reverse("mfa_activate_totp"))
    return _activate(client)


def _activate(client: Client) -> tuple[str, list[str]]:
    address = reverse("mfa_activate_totp")
    page = client.get(address)
    secret = page.context["form"].secret
    assert secret in page.content.decode()
    assert client.post(address, {"code": "000000"}).status_code == 200
    assert client.post(address, {"code": totp(secret, time.time())}).url == reverse("mfa_view_recovery_codes")
    codes = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]
    assert len(codes) == 10
    assert client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"] == ["****"] * 10, "shown once"
    return secret, codes


def test_the_password_alone_opens_no_more(person: User, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        secret, codes = _set_up(client_of(person))
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept and codes[0] not in kept, "sealed at rest"
    client = Client()

    first = _sign_in(client)
    assert first.url == reverse("mfa_authenticate") and "_auth_user_id" not in client.session
    assert client.get(reverse("accounts:tokens")).status_code == 302
    assert client.get("/api/v1/me").status_code == 401
    wrong = client.post(first.url, {"code": "12"})
    assert wrong.status_code == 200 and "_auth_user_id" not in client.session
    used = totp(secret, time.time() + 30)  # the one that opened the set-up is used up
    answer = client.post(first.url, {"code": used})
    assert answer.url == reverse("accounts:tokens") and client.session["_auth_user_id"] == str(person.pk)

    again = Client()
    second = _sign_in(again)
    assert again.post(second.url, {"code": used}).status_code == 200, "a code opens once"
    assert again.post(second.url, {"code": codes[3]}).status_code == 302
    third = Client()
    assert third.post(_sign_in(third).url, {"code": codes[3]}).status_code == 200, "and so does a recovery code"
    told = TrailEntry.objects.filter(action="accounts.second_factor_added").values_list("changes", flat=True)
    assert {change["kind"] for change in told} == {"totp", "recovery_codes"}


def test_codes_cannot_be_guessed_for_long(person: User) -> None:
    secret, _codes = _set_up(client_of(person))
    client = Client()
    step = _sign_in(client).url
    for number in range(5):
        client.post(step, {"code": f"00000{number}"})

    assert client.post(step, {"code": totp(secret, time.time() + 30)}).status_code == 200
    assert "_auth_user_id" not in client.session
    elsewhere = Client()
    elsewhere.post(_sign_in(elsewhere).url, {"code": totp(secret, time.time() + 30)}, REMOTE_ADDR="10.0.0.9")
    assert "_auth_user_id" not in elsewhere.session, "another address does not help"


def test_the_step_cannot_be_had_without_the_password(person: User) -> None:
    _set_up(client_of(person))

    assert Client().get(reverse("mfa_authenticate")).url == reverse("accounts:sign_in")
    assert Client().post(reverse("mfa_authenticate"), {"code": "1"}).url == reverse("accounts:sign_in")


def test_switching_off_takes_proof_and_a_lost_phone_an_administrator(people: People, person: User) -> None:
    own = client_of(person)
    _set_up(own)
    stolen = client_of(person)  # a session alone
    assert stolen.post(reverse("mfa_deactivate_totp")).status_code == 302
    assert stolen.post(reverse("mfa_generate_recovery_codes")).status_code == 302
    assert Authenticator.objects.filter(user=person).count() == 2

    address = reverse("accounts:take_factors", args=[person.pk])
    assert client_of(people.operations).post(address).status_code == 403
    client_of(people.admin).post(address)
    assert not Authenticator.objects.filter(user=person).exists()
    client = Client()
    assert _sign_in(client).url == reverse("accounts:tokens")

    _activate(own)
    assert own.post(reverse("mfa_deactivate_totp")).url == reverse("mfa_index")
    assert not Authenticator.objects.filter(user=person).exists(), "its codes go with it"
    assert TrailEntry.objects.filter(action="accounts.second_factors_taken_away").count() == 1


def test_another_persons_passkey_cannot_be_removed(people: People, person: User) -> None:
    key = Authenticator.objects.create(user=people.manager, type="webauthn", data={"name": "x", "credential": {}})
    own = client_of(person)
    address = reverse("mfa_remove_webauthn", args=[key.pk])
    _prove(own, address)

    assert own.post(address).status_code == 404
    assert Authenticator.objects.filter(pk=key.pk).exists()


def test_a_made_up_passkey_opens_nothing(person: User) -> None:
    client = Client()
    asked = client.get(reverse("mfa_login_webauthn"), headers={"x-requested-with": "XMLHttpRequest"})
    assert asked.json()["request_options"]["publicKey"]["challenge"]
    for credential in ("", "{}", "[]", '{"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {}}'):
        answer = client.post(reverse("mfa_login_webauthn"), {"credential": credential})
        assert answer.status_code in {302, 200} and "_auth_user_id" not in client.session, credential
