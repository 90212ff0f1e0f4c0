from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from pacemark.web.accounts.choices import TokenScope
from pacemark.web.accounts.models import ApiToken
from pacemark.web.accounts.queries import live_token
from pacemark.web.accounts.services import NewToken, create_token, deactivate_user, note_token_use, revoke_token
from pacemark.web.trail.models import TrailEntry
from tests.support.people import People, client_of


def _token(people: People, days: int = 30) -> NewToken:
    return create_token(actor=people.rep, user=people.rep, name="CRM", scope=TokenScope.READ, days=days)


def test_only_the_digest_is_kept(people: People) -> None:
    made = _token(people)

    assert made.secret.startswith("pmk_") and len(made.secret) > 40
    row = ApiToken.objects.values().get()
    assert row["digest"] == hashlib.sha256(made.secret.encode()).hexdigest()
    everything = f"{row}{list(TrailEntry.objects.values())}"
    assert made.secret not in everything


def test_a_token_opens_until_it_expires(people: People) -> None:
    made = _token(people, days=30)
    last = made.token.expires_at

    assert live_token(made.secret, last - timedelta(microseconds=1)) == made.token
    assert live_token(made.secret, last) is None
    assert live_token(made.secret[:-1], timezone.now()) is None
    assert live_token("", timezone.now()) is None


def test_a_revoked_token_opens_nothing(people: People) -> None:
    made = _token(people)
    revoke_token(actor=people.rep, token=made.token)
    revoke_token(actor=people.rep, token=made.token)

    assert live_token(made.secret, timezone.now()) is None
    assert TrailEntry.objects.filter(action="accounts.token_revoked").count() == 1


def test_a_token_ends_with_its_person(people: People) -> None:
    made = _token(people)
    deactivate_user(actor=people.admin, user=people.rep)

    assert live_token(made.secret, timezone.now()) is None


def test_the_last_use_is_written_once_a_day(people: People, django_assert_num_queries: object) -> None:
    made, now = _token(people), timezone.now()
    note_token_use(token=made.token, now=now)
    made.token.refresh_from_db()
    assert made.token.last_used_on == now.date()

    with django_assert_num_queries(0):  # type: ignore[operator]
        note_token_use(token=made.token, now=now)


def test_the_page_shows_a_new_token_once(people: People) -> None:
    client = client_of(people.rep)

    made = client.post(reverse("accounts:tokens"), {"name": "CRM", "scope": "write", "days": "90"})
    secret = made.context["page"].new_secret

    assert secret in made.content.decode()
    assert "no-store" in made.headers["Cache-Control"]
    assert secret not in client.get(reverse("accounts:tokens")).content.decode()
    token = live_token(secret, timezone.now())
    assert token is not None and token.scope == TokenScope.WRITE and token.user == people.rep


@pytest.mark.parametrize(
    "bad",
    [
        {"name": "", "scope": "read", "days": "30"},
        {"name": "x", "scope": "all", "days": "30"},
        {"name": "x", "scope": "read", "days": "9999"},
    ],
)
def test_a_form_that_is_wrong_makes_no_token(people: People, bad: dict[str, str]) -> None:
    answer = client_of(people.rep).post(reverse("accounts:tokens"), bad)

    assert answer.status_code == 200
    assert answer.context["page"].form.errors
    assert ApiToken.objects.count() == 0


def test_nobody_revokes_another_persons_token(people: People) -> None:
    made = _token(people)
    address = reverse("accounts:revoke_token", args=[made.token.pk])

    assert client_of(people.admin).post(address).status_code == 404
    assert client_of(people.rep).get(address).status_code == 405
    assert live_token(made.secret, timezone.now()) is not None
    assert client_of(people.rep).post(address).status_code == 302
    assert live_token(made.secret, timezone.now()) is None
