"""Call centres and CRMs post to us: believed by their signature alone, in their own words, and noted."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import pytest
from django.test import Client

from pacemark.web.config.rotation import rotate_phone_key
from pacemark.web.intake.models import Profile
from pacemark.web.pipeline.models import Call, Deal
from pacemark.web.shared import rates
from pacemark.web.webhooks.models import Caller, Receipt
from pacemark.web.webhooks.refusals import Refused
from pacemark.web.webhooks.services.ends import CallerWords, change_caller, change_secret, make_caller
from tests.support.people import People, client_of

pytestmark = pytest.mark.django_db(transaction=True)
CALL = {"external_id": "1", "occurred_at": "2024-03-15T09:30:00+08:00", "person": "赵晓蕾", "talk_seconds": 61,
        "answered": True}  # fmt: skip
MAPPING = """
[calls]
duration = "milliseconds"
[calls.columns]
id = "uuid"
at = "call.begin"
owner = "agent.name"
duration = "call.talk_ms"
[calls.rules]
answered = { column = "state", is = ["ANSWERED"] }
"""


def _caller(people: People, **given: Any) -> tuple[Caller, str]:
    words = CallerWords(**{"name": "呼叫中心", "kind": "calls", **given})
    made = make_caller(actor=people.operations, words=words)
    return Caller.objects.get(pk=made.end.pk), made.secret


def _post(
    caller: Caller, secret: str, body: Any, *, message: str = "m1", at: float | None = None, **changed: str
) -> Any:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    stamp = str(int(at if at is not None else time.time()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{message}.{stamp}.".encode() + raw, hashlib.sha256).digest()
    headers = {"webhook-id": message, "webhook-timestamp": stamp,
               "webhook-signature": "v0,x v1," + base64.b64encode(digest).decode()}  # fmt: skip
    headers |= {name.replace("_", "-"): value for name, value in changed.items()}
    return Client().post(f"/hooks/{caller.pk}/", raw, content_type="application/json", headers=headers)


def _refused(answer: Any, status: int, code: str) -> None:
    assert answer.status_code == status, answer.content
    assert answer.json()["error"]["code"] == code


def test_a_signed_post_goes_in_once_however_often_it_is_sent(people: People) -> None:
    caller, secret = _caller(people)

    first = _post(caller, secret, {"rows": [CALL, {**CALL, "external_id": "2", "talk_seconds": -1}]})
    assert first.status_code == 200
    assert first.json() | {"refusals": []} == {
        "source": "呼叫中心", "accepted": 1, "updated": 0, "unchanged": 0, "refused": 1, "people_created": 0,
        "refusals": [],
    }  # fmt: skip
    assert _post(caller, secret, {"rows": [CALL, {**CALL, "external_id": "2", "talk_seconds": -1}]}).json() == (
        first.json()
    )
    assert _post(caller, secret, CALL, message="m2").json()["unchanged"] == 1  # one event, not a list
    _refused(_post(caller, secret, [CALL]), 409, "intake.key_reused")
    assert Call.objects.count() == 1
    assert list(Receipt.objects.order_by("pk").values_list("state", "reason")) == [
        ("taken", ""), ("taken", ""), ("taken", ""), ("refused", "intake.key_reused"),
    ]  # fmt: skip


def test_what_is_not_signed_as_it_should_be_is_refused(people: People) -> None:
    caller, secret = _caller(people)
    other = _caller(people, name="别家")[1]
    now = time.time()

    _refused(_post(caller, other, CALL), 401, "webhooks.bad_signature")
    _refused(_post(caller, secret, CALL, webhook_id="m9"), 401, "webhooks.bad_signature")
    _refused(_post(caller, secret, CALL, webhook_timestamp=str(int(now) - 1)), 401, "webhooks.bad_signature")
    _refused(_post(caller, secret, CALL, webhook_signature=""), 401, "webhooks.bad_signature")
    _refused(_post(caller, secret, CALL, webhook_signature="v1,钥"), 401, "webhooks.bad_signature")
    _refused(_post(caller, secret, CALL, message="x" * 101), 401, "webhooks.bad_signature")
    _refused(_post(caller, secret, CALL, at=now - 305), 401, "webhooks.too_old")
    _refused(_post(caller, secret, CALL, at=now + 305), 401, "webhooks.too_old")
    assert not Call.objects.exists()
    assert Receipt.objects.filter(state="refused").count() == 8
    assert _post(caller, secret, CALL, at=now - 290).status_code == 200


def test_what_cannot_be_read_is_refused_in_the_one_shape(people: People) -> None:
    caller, secret = _caller(people)

    _refused(_post(caller, secret, b"{"), 422, "webhooks.not_json")
    _refused(_post(caller, secret, []), 422, "intake.bad_rows")
    assert _post(caller, secret, 7).json()["refused"] == 1
    assert Client().get(f"/hooks/{caller.pk}/").status_code == 405
    assert Client().post(f"/hooks/{caller.pk + 999}/").status_code == 404
    change_caller(actor=people.admin, caller=caller, words=CallerWords(name="x", kind="calls", is_on=False))
    assert _post(caller, secret, CALL).status_code == 404


def test_a_caller_is_counted_like_a_token_and_a_flood_of_wrong_ones_is_not_noted(
    people: People, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    settings.PACEMARK_API_PER_TOKEN, settings.PACEMARK_HOME = 2, tmp_path
    monkeypatch.setattr(rates, "_shares", {})
    caller, secret = _caller(people)
    monkeypatch.setattr(rates, "SPAN_SECONDS", 10**9)

    answers = [_post(caller, secret, CALL, message=f"m{n}") for n in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[2].headers["Retry-After"]) > 0
    for _ in range(65):
        _refused(_post(caller, "whsec_AAAA", CALL), 401, "webhooks.bad_signature")
    assert Receipt.objects.filter(state="refused").count() == 60


def test_a_mapping_reads_a_call_centre_s_own_words(people: People) -> None:
    caller, secret = _caller(people, mapping=MAPPING)
    told = {
        "uuid": "c-1", "state": "answered", "agent": {"name": "赵晓蕾", "ext": 801}, "tags": ["a"],
        "call": {"begin": "2024-03-15 09:30:00", "talk_ms": 61_400},
    }  # fmt: skip
    silent = {**told, "uuid": "c-2", "state": "BUSY", "call": {"begin": "2024-03-15 09:31:00", "talk_ms": 0}}

    answer = _post(caller, secret, [told, silent, {"uuid": "c-3"}, "x"])

    assert answer.status_code == 200, answer.content
    assert (answer.json()["accepted"], answer.json()["refused"]) == (2, 2)
    assert sorted(row["index"] for row in answer.json()["refusals"]) == [2, 3]
    calls = {call.external_id: call for call in Call.objects.select_related("rep")}
    assert (calls["c-1"].talk_seconds, calls["c-1"].answered, calls["c-1"].rep) == (61, True, people.rep_row)
    assert (calls["c-2"].talk_seconds, calls["c-2"].answered) == (0, False)


def test_amounts_of_a_mapping_are_in_major_units(people: People) -> None:
    mapping = '[deals.columns]\nid = "no"\nclosed_on = "day"\nowner = "who"\namount = "money"\n'
    caller, secret = _caller(people, kind="deals", mapping=mapping)

    answer = _post(caller, secret, {"no": "K-1", "day": "2024-03-15", "who": "赵晓蕾", "money": 4800.5})

    assert answer.json()["accepted"] == 1, answer.content
    assert Deal.objects.get().amount_minor == 480_050


def test_mappings_that_do_not_fit_and_names_that_are_taken_are_refused(people: People) -> None:
    _caller(people)
    for given, code in (
        ({"name": "b", "mapping": "[calls"}, "bad_mapping"),
        ({"name": "b", "mapping": MAPPING, "kind": "deals"}, "mapping_of_other_kind"),
        ({}, "name_taken"),
        ({"name": " b"}, "bad_name"),
        ({"name": "b", "kind": "dreams"}, "unknown_kind"),
    ):
        with pytest.raises(Refused) as refused:
            _caller(people, **given)
        assert refused.value.code == f"webhooks.{code}"


def test_secrets_change_with_a_day_s_grace_and_survive_a_new_phone_key(
    people: People, settings: Any, tmp_path: Any
) -> None:
    settings.PACEMARK_HOME = tmp_path
    (tmp_path / "phone.key").write_text(settings.PHONE_KEY)
    caller, old = _caller(people)
    new = change_secret(actor=people.operations, end=caller).secret
    rotate_phone_key()

    assert _post(caller, old, CALL).status_code == 200
    assert _post(caller, new, CALL, message="m2").status_code == 200
    caller.refresh_from_db()
    assert new not in caller.secret_encrypted and old not in caller.former_encrypted
    caller.former_until = caller.made_at
    caller.save()
    assert _post(caller, old, CALL, message="m3").status_code == 401


def test_the_pages_make_a_caller_with_a_saved_mapping_and_show_its_log(people: People) -> None:
    saved = Profile.objects.create(name="话务", text=MAPPING)
    client = client_of(people.operations)
    sent = {"name": "cc", "kind": "calls", "saved": saved.pk, "is_on": "on"}

    made = client.post("/settings/webhooks/callers/add/", sent)
    caller = Caller.objects.get()
    assert caller.mapping.strip() == MAPPING.strip()
    assert b"whsec_" in made.content and f"/hooks/{caller.pk}/".encode() in made.content
    again = client.post(f"/settings/webhooks/callers/{caller.pk}/secret/").content.decode()
    secret = again[again.index("whsec_") :].partition("<")[0]
    assert _post(caller, secret, [], message="m").status_code == 422
    page = client.get("/settings/webhooks/").content.decode()
    assert "cc" in page and "webhooks." not in page and "intake." not in page
    assert client.post("/settings/webhooks/callers/add/", {**sent, "name": "d", "mapping": "[x"}).status_code == 422
    assert client.post(f"/settings/webhooks/callers/{caller.pk}/end/").status_code == 302
    assert not Caller.objects.exists()
