"""A write that comes twice under one key is answered the same and done once."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from pacemark.web.accounts.choices import TokenScope
from pacemark.web.accounts.services import create_token
from pacemark.web.api import repeats
from pacemark.web.api.models import KeptAnswer
from pacemark.web.api.repeats import forget_answers
from pacemark.web.webhooks.models import Caller
from tests.support.people import People, client_of

pytestmark = pytest.mark.django_db
URL = "/api/v1/webhooks/callers"
BODY = {"name": "cc", "kind": "calls"}


def _send(client: Client, body: Any = BODY, key: str = "k1", url: str = URL) -> Any:
    return client.post(url, json.dumps(body), content_type="application/json", headers={"idempotency-key": key})


def test_the_same_request_is_answered_the_same_and_done_once(people: People) -> None:
    client = client_of(people.operations)

    first, second = _send(client), _send(client)
    assert first.status_code == second.status_code == 200
    assert first.content == second.content and first.json()["secret"].startswith("whsec_")
    assert first.headers["Content-Type"] == second.headers["Content-Type"]
    assert Caller.objects.count() == 1
    assert "whsec_" not in KeptAnswer.objects.get().body
    assert _send(client, key="").status_code == 422  # without a key it is another request: the name is taken


def test_a_token_and_a_session_of_one_person_share_keys_and_others_have_their_own(people: People) -> None:
    made = create_token(actor=people.operations, user=people.operations, name="t", scope=TokenScope.WRITE, days=1)
    first = _send(client_of(people.operations))

    assert _send(Client(headers={"authorization": f"Bearer {made.secret}"})).content == first.content
    assert _send(client_of(people.admin), {**BODY, "name": "dd"}).status_code == 200


def test_another_request_under_the_key_is_a_conflict(people: People) -> None:
    client = client_of(people.operations)
    _send(client)

    for body, url in (({**BODY, "name": "dd"}, URL), (BODY, f"{URL}/{Caller.objects.get().pk}")):
        answer = _send(client, body, url=url)
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "request.key_reused")
    assert Caller.objects.count() == 1


def test_what_failed_may_be_sent_again_under_its_key(people: People) -> None:
    client = client_of(people.operations)

    assert _send(client, {"name": "cc", "kind": "dreams"}).status_code == 422
    assert _send(client).status_code == 200
    assert _send(client_of(people.rep)).status_code == 403
    assert KeptAnswer.objects.count() == 1


def test_of_two_at_once_the_second_is_undone_and_answered_like_the_first(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second has looked before the first was done: only the constraint can tell."""
    client = client_of(people.operations)
    first = _send(client)
    Caller.objects.update(name="renamed")  # so that the work itself would succeed a second time
    monkeypatch.setattr("pacemark.web.api.auth.tell_repeated", lambda *_words: None)

    assert _send(client).content == first.content
    assert list(Caller.objects.values_list("name", flat=True)) == ["renamed"]


def test_answers_are_forgotten_after_a_week(people: People) -> None:
    _send(client_of(people.operations))
    assert forget_answers() == 0
    KeptAnswer.objects.update(created_at=timezone.now() - repeats.KEEP - timedelta(minutes=1))
    assert forget_answers() == 1
