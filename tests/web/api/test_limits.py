"""How often the API may be asked: per token, per account, over all processes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pacemark.web.accounts.choices import TokenScope
from pacemark.web.accounts.models import User
from pacemark.web.accounts.services import create_token
from pacemark.web.shared import rates
from pacemark.web.shared.rates import TooManyRequests, spend
from tests.support.people import People, client_of

NOON = 1_710_475_200.0  # the beginning of a minute


@pytest.fixture(autouse=True)
def moment(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> Iterator[list[float]]:
    """Stop the clock, and count from nothing."""
    now = [NOON]
    settings.PACEMARK_HOME = tmp_path
    monkeypatch.setattr(rates, "_shares", {})
    monkeypatch.setattr(rates.time, "time", lambda: now[0])
    yield now


def _token(user: User) -> Client:
    made = create_token(actor=user, user=user, name="t", scope=TokenScope.READ, days=1)
    return Client(headers={"authorization": f"Bearer {made.secret}"})


def _statuses(client: Client, count: int) -> list[int]:
    return [client.get(reverse("api:me")).status_code for _ in range(count)]


def _passed(key: str, limit: int, tries: int, processes: list[dict[Any, Any]]) -> int:
    passed = 0
    for turn in range(tries):
        rates._shares = processes[turn % len(processes)]  # another process knows what it took itself, and no more
        try:
            spend(key, limit)
        except TooManyRequests:
            continue
        passed += 1
    return passed


def test_who_asks_too_often_is_told_when_to_come_back(people: People, settings: Any, moment: list[float]) -> None:
    settings.PACEMARK_API_PER_TOKEN = 3
    client = _token(people.rep)
    moment[0] = NOON + 12.4

    assert _statuses(client, 3) == [200, 200, 200]
    refused = client.get(reverse("api:me"))

    assert refused.status_code == 429 and refused.headers["Retry-After"] == "48"
    assert refused.json()["error"]["code"] == "request.too_many"
    assert _statuses(_token(people.rep), 1) == [200]  # another token of the same person
    moment[0] = NOON + 60
    assert _statuses(client, 1) == [200]


def test_an_account_is_counted_over_its_tokens_and_sessions(people: People, settings: Any) -> None:
    settings.PACEMARK_API_PER_TOKEN, settings.PACEMARK_API_PER_ACCOUNT = 100, 5

    assert _statuses(_token(people.rep), 2) == [200] * 2
    assert _statuses(client_of(people.rep), 2) == [200] * 2
    assert _statuses(_token(people.rep), 2) == [200, 429]
    assert _statuses(client_of(people.rep), 1) == [429]
    assert _statuses(client_of(people.admin), 1) == [200]


def test_no_limit_and_no_count_where_it_is_switched_off(people: People, settings: Any) -> None:
    settings.PACEMARK_API_PER_TOKEN = settings.PACEMARK_API_PER_ACCOUNT = 0

    assert _statuses(_token(people.rep), 5) == [200] * 5
    assert rates._shares == {}


@pytest.mark.usefixtures("each_database")
def test_several_processes_let_through_what_one_would(moment: list[float]) -> None:
    """Never more than the limit; what others have taken and not used is a sixteenth at most each."""
    assert _passed("a", 20, 90, [{}, {}, {}]) == 20
    passed = _passed("b", 3_000, 9_000, [{}, {}])
    assert passed == 3_000
    assert _passed("c", 3_000, 9_000, [{}]) == 3_000
    moment[0] = NOON + 61
    assert _passed("a", 20, 90, [{}, {}]) == 20
    moment[0] = NOON + 59  # a machine whose clock is late counts in the newer minute
    assert _passed("a", 20, 90, [{}]) == 0


def test_counting_asks_the_database_of_requests_for_nothing(people: People) -> None:
    client = _token(people.rep)
    _statuses(client, 1)
    with CaptureQueriesContext(
        connection,
    ) as found:
        _statuses(client, 1)

    assert not [query for query in found if "shared_rate" in query["sql"]]
