"""Where one is signed in, signing out everywhere, invitations, and limits on trying passwords."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pacemark.web.accounts.devices import device_of
from pacemark.web.accounts.jobs import forget_sessions
from pacemark.web.accounts.limits import client_address
from pacemark.web.accounts.models import Invitation, Shortlived, User
from pacemark.web.accounts.services import deactivate_user, set_password
from pacemark.web.accounts.sign_in_services import end_all_sessions, invite
from pacemark.web.trail.models import TrailEntry
from tests.support.people import People, client_of

pytestmark = pytest.mark.usefixtures("quick_passwords")

PASSWORD = "correct-horse-battery"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"


@pytest.fixture
def person(people: People) -> User:
    set_password(actor=None, user=people.rep, password=PASSWORD)
    return people.rep


def _sign_in(client: Client, password: str = PASSWORD, **extra: Any) -> Any:
    return client.post(reverse("accounts:sign_in"), {"username": "rep", "password": password}, **extra)


def _is_in(client: Client) -> bool:
    return client.get(reverse("accounts:tokens")).status_code == 200


# --- sessions ---------------------------------------------------------------------------------------------------------


def test_each_device_is_listed_and_can_be_signed_out(person: User) -> None:
    here, there = Client(), Client(headers={"user-agent": CHROME})
    _sign_in(here)
    _sign_in(there)

    page = here.get(reverse("mfa_index"))
    devices = {device.is_this: device for device in page.context["page"].devices}
    assert len(devices) == 2
    assert devices[False].name == "Chrome · Windows" and "Chrome · Windows" in page.content.decode()
    address = reverse("accounts:end_session", args=[devices[False].session.pk])
    assert client_of(User.objects.get(username="outsider")).post(address).status_code == 404
    assert _is_in(there)

    here.post(address)
    assert _is_in(here) and not _is_in(there)


def test_signing_out_everywhere_ends_even_sessions_no_list_knows(person: User) -> None:
    here, there, unlisted = Client(), Client(), client_of(person)
    _sign_in(here)
    _sign_in(there)
    kept = there.session.session_key

    here.post(reverse("accounts:end_sessions"))

    assert _is_in(here) and not _is_in(there) and not _is_in(unlisted)
    assert not Session.objects.filter(session_key=kept).exists()
    assert [device.is_this for device in here.get(reverse("mfa_index")).context["page"].devices] == [True]
    assert TrailEntry.objects.filter(action="accounts.sessions_ended", actor_id=person.pk).count() == 1
    assert _sign_in(there).status_code == 302 and _is_in(there)


def test_an_administrator_signs_somebody_out(people: People, person: User) -> None:
    there = Client()
    _sign_in(there)
    address = reverse("accounts:end_sessions_of", args=[person.pk])

    assert client_of(people.operations).post(address).status_code == 403
    assert _is_in(there)
    client_of(people.admin).post(address)
    assert not _is_in(there)


def test_a_new_password_keeps_the_list_true(person: User) -> None:
    here, there = Client(), Client()
    _sign_in(here)
    _sign_in(there)
    new = "mark-and-pace-99"
    fields = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}

    here.post(reverse("accounts:password"), fields)

    assert [device.is_this for device in here.get(reverse("mfa_index")).context["page"].devices] == [True]
    assert UserSession.objects.count() == 1


def test_sessions_made_before_the_count_existed_stay(person: User) -> None:
    """The hash of who was never signed out everywhere is Django's own."""
    from django.contrib.auth.models import AbstractBaseUser

    assert person.get_session_auth_hash() == AbstractBaseUser.get_session_auth_hash(person)
    before = person.get_session_auth_hash()
    end_all_sessions(actor=person, user=person)
    assert person.get_session_auth_hash() != before


def test_what_is_over_is_forgotten_once_a_day(person: User) -> None:
    here, gone = Client(), Client()
    _sign_in(here)
    _sign_in(gone)
    Session.objects.filter(session_key=gone.session.session_key).update(expire_date=timezone.now())
    invite(actor=None, user=person)
    Invitation.objects.update(expires_at=timezone.now())

    forget_sessions()

    assert list(UserSession.objects.values_list("session_key", flat=True)) == [here.session.session_key]
    assert not Invitation.objects.exists() and _is_in(here)


@pytest.mark.parametrize(
    ("told", "name"),
    [
        (CHROME, "Chrome · Windows"),
        (f"{CHROME} Edg/140.0", "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18 Mobile Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/120 wxwork/4.1 MicroMessenger/8", "WeCom · Android"),
        ("curl/8", ""),
    ],
)
def test_devices_have_short_names(told: str, name: str) -> None:
    assert device_of(told) == name


# --- invitations ------------------------------------------------------------------------------------------------------


def _invited(people: People) -> str:
    """Let the administrator make an account without a password; return the address that is shown."""
    fields = {"username": "new.one", "display_name": "New One", "access_role": "rep", "password": ""}
    page = client_of(people.admin).post(reverse("accounts:people"), fields).content.decode()
    found = re.search(r"http://testserver(/accounts/invitation/[\w-]+/)", page)
    assert found
    return found[1]


def test_an_invitation_opens_once_for_a_password(people: People) -> None:
    address = _invited(people)
    assert address.split("/")[-2] not in f"{Invitation.objects.values().get()}{list(TrailEntry.objects.values())}"
    client = Client()
    assert "New One" in client.get(address).content.decode()
    weak = client.post(address, {"password": "short", "again": "short"})
    other = client.post(address, {"password": PASSWORD, "again": "another-password"})
    assert weak.status_code == other.status_code == 200 and "_auth_user_id" not in client.session

    answer = client.post(address, {"password": PASSWORD, "again": PASSWORD})

    assert answer.status_code == 302 and _is_in(client)
    assert Client().get(address).status_code == 410
    assert Client().post(address, {"password": PASSWORD, "again": PASSWORD}).status_code == 410
    assert Client().post(reverse("accounts:sign_in"), {"username": "new.one", "password": PASSWORD}).status_code == 302


def test_an_invitation_ends_with_time_with_a_newer_one_and_with_its_person(people: People) -> None:
    def status(secret: str) -> int:
        return Client().get(reverse("accounts:invitation", args=[secret])).status_code

    first = invite(actor=people.admin, user=people.rep)
    second = invite(actor=people.admin, user=people.rep)
    assert (status(first.secret), status(second.secret)) == (410, 200)
    Invitation.objects.update(expires_at=timezone.now())
    assert status(second.secret) == 410
    Invitation.objects.update(expires_at=timezone.now() + timedelta(days=1))
    deactivate_user(actor=people.admin, user=people.rep)
    assert status(second.secret) == 410
    assert client_of(people.admin).post(reverse("accounts:invite", args=[people.rep.pk])).status_code == 404


def test_nobody_but_administrators_invites(people: People) -> None:
    address = reverse("accounts:invite", args=[people.rep.pk])
    assert [client_of(one).post(address).status_code for one in (people.rep, people.operations)] == [403, 403]
    assert not Invitation.objects.exists()


# --- limits -----------------------------------------------------------------------------------------------------------


def test_one_name_is_tried_only_so_often_from_wherever(person: User, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "wrong_password": "5/h/key"}
    tried = [_sign_in(Client(), "no", REMOTE_ADDR=f"10.0.0.{number}").status_code for number in range(7)]

    assert tried == [200] * 5 + [429] * 2
    late = _sign_in(Client(), REMOTE_ADDR="10.0.0.99")
    assert late.status_code == 429 and late.headers["Retry-After"] == "60"
    other = Client().post(reverse("accounts:sign_in"), {"username": "manager", "password": "no"})
    assert other.status_code == 200
    kept = str(list(Shortlived.objects.values()))
    assert Shortlived.objects.exists() and "10.0.0" not in kept and "rep" not in kept


def test_one_address_tries_only_so_many_names(person: User, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "wrong_password": "5/h/ip"}
    address = reverse("accounts:sign_in")
    tried = [Client().post(address, {"username": f"n{n}", "password": "no"}).status_code for n in range(6)]

    assert tried == [200] * 5 + [429]
    assert _sign_in(Client(), REMOTE_ADDR="10.0.0.9").status_code == 302


def test_limits_are_kept_where_every_process_sees_them() -> None:
    assert type(cache._connections["default"]).__name__ == "DatabaseCache"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "6.6.6.6", "127.0.0.1"),
        (1, "6.6.6.6, 8.8.8.8", "8.8.8.8"),
        (2, "6.6.6.6, 8.8.8.8, 10.0.0.1", "8.8.8.8"),
        (2, "6.6.6.6", "127.0.0.1"),
        (1, "<script>", "0.0.0.0"),
        (1, "", "0.0.0.0"),
    ],
)
def test_only_our_own_proxies_are_believed(rf: Any, settings: Any, proxies: int, forwarded: str, address: str) -> None:
    settings.PACEMARK_PROXIES = proxies
    assert client_address(rf.get("/", headers={"x-forwarded-for": forwarded})) == address
