"""Every operation of the API × every scope of a token, and every page: which token opens what."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone

from pacemark.web.accounts.choices import TokenScope
from pacemark.web.accounts.models import ApiToken
from pacemark.web.accounts.services import create_token, revoke_token
from pacemark.web.api.auth import INGESTING
from pacemark.web.api.v1 import api
from tests.support.people import People, client_of
from tests.support.routes import EXPECTED

READS_BY_POST = {"calculate", "find_customer"}


def _operations() -> list[tuple[str, str, str]]:
    """Return (method, address, name) of every operation in the schema, so that a new one is in it by itself."""
    found: list[tuple[str, str, str]] = []
    for path, methods in api.get_openapi_schema()["paths"].items():
        address = re.sub(r"{[^}]+}", "0", path.replace("{method}", "shrink"))
        found += [(method.upper(), address, str(resolve(address).url_name)) for method in methods]
    return found


def _bearer(people: People, scope: TokenScope) -> Client:
    made = create_token(actor=people.admin, user=people.admin, name="t", scope=scope, days=1)
    return Client(headers={"authorization": f"Bearer {made.secret}"})


def _is_refused_by_scope(answer: Any) -> bool:
    return answer.status_code == 403 and "This token may only" in answer.json()["error"]["message"]


@pytest.fixture(autouse=True)
def _no_limit(settings: Any) -> None:
    settings.PACEMARK_API_PER_TOKEN = settings.PACEMARK_API_PER_ACCOUNT = 0


def test_each_scope_opens_what_it_says_and_no_more(people: People) -> None:
    clients = {scope: _bearer(people, scope) for scope in TokenScope}
    operations = _operations()
    assert len(operations) > 60
    for method, address, name in operations:
        reads = method == "GET" or name in READS_BY_POST
        opens = {
            TokenScope.READ: reads,
            TokenScope.WRITE: True,
            TokenScope.INGEST: method == "POST" and name in INGESTING,
        }
        for scope, client in clients.items():
            answer = client.generic(method, address, b"{}", content_type="application/json")
            assert _is_refused_by_scope(answer) != opens[scope], f"{scope} at {method} {address}: {answer.status_code}"
            assert answer.status_code != 401


def test_what_only_brings_in_is_what_only_brings_in() -> None:
    names = {name for method, _address, name in _operations() if method == "POST"}
    assert names >= INGESTING
    assert {name for name in names if name.startswith("events_")} <= INGESTING, "a new kind of event belongs there"


def test_no_token_opens_a_page(people: People) -> None:
    client = _bearer(people, TokenScope.WRITE)
    for name, expected in EXPECTED.items():
        if expected.public or name.startswith("api:"):
            continue
        rep = {"rep_id": people.rep_row.pk} if expected.about_a_rep else {}
        answer = getattr(client, expected.method)(reverse(name, kwargs={**expected.values, **rep}))
        assert answer.status_code == 302 and answer.url.startswith(reverse("accounts:sign_in")), name


def test_a_token_that_is_over_opens_nothing_whatever_session_comes_with_it(people: People) -> None:
    made = create_token(actor=people.admin, user=people.admin, name="t", scope=TokenScope.WRITE, days=1)
    client = client_of(people.admin)
    bearer = {"authorization": f"Bearer {made.secret}"}
    assert client.get("/api/v1/me", headers=bearer).status_code == 200
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get("/api/v1/me", headers=bearer).status_code == 401
    ApiToken.objects.update(expires_at=timezone.now() + timedelta(days=1))
    revoke_token(actor=people.admin, token=made.token)
    assert client.get("/api/v1/me", headers=bearer).status_code == 401
    assert client.get("/api/v1/me").status_code == 200
