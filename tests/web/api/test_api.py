from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import Http404
from django.test import Client
from django.urls import URLPattern, reverse

from pacemark.web.accounts.choices import TokenScope
from pacemark.web.accounts.services import create_token
from pacemark.web.api import urls, v1
from pacemark.web.shared.rest import CODES
from tests.support.needs import ROOT
from tests.support.people import People, client_of
from tests.support.schema import schema_text

pytestmark = pytest.mark.django_db
SHRINK = {"won": 3, "tried": 5, "prior": {"mean": 0.2, "strength": 100}}


def _error(response: Any, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"].startswith("application/json")
    body = json.loads(response.content)
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message", "field"}
    assert body["error"]["code"] and body["error"]["message"]
    found: dict[str, Any] = body["error"]
    return found


def _bearer(people: People, scope: TokenScope) -> Client:
    made = create_token(actor=people.rep, user=people.rep, name="t", scope=scope, days=1)
    return Client(headers={"authorization": f"Bearer {made.secret}"})


def _calc(client: Client, method: str, body: str | bytes, content_type: str = "application/json") -> Any:
    return client.post(f"/api/v1/calc/{method}", body, content_type=content_type)


def test_the_calculator_answers_as_the_engine_does(people: People) -> None:
    for client in (client_of(people.rep), _bearer(people, TokenScope.READ)):
        answer = _calc(client, "shrink", json.dumps(SHRINK))

        assert answer.status_code == 200
        assert round(answer.json()["mean"], 6) == 0.219048


def test_numbers_are_read_exactly(people: People) -> None:
    """21 opportunities at .35 are 60 deep talks; through a binary float they would be 61."""
    question = {
        "target": 21, "pipeline_conversion": 1, "deal_value": 1, "days": 1, "days_per_week": 1,
        "rates": {"opportunity_per_deep_talk": 0.35, "deep_talk_per_connect": 1, "connect_per_dial": 1},
    }  # fmt: skip

    answer = _calc(client_of(people.rep), "decompose", json.dumps(question)).json()

    assert answer["per_day"]["deep_talks"]["rounded"] == 60


@pytest.mark.parametrize(
    ("method", "body", "field"),
    [
        ("shrink", json.dumps({**SHRINK, "won": 6}), "won"),
        ("shrink", "{", None),
        ("shrink", "", None),
        ("shrink", b"\xff\xfe", None),
        ("shrink", "[1]", None),
        ("shrink", '{"won": NaN}', None),
        ("alchemy", "{}", None),
    ],
)
def test_what_cannot_be_calculated_is_told_in_the_one_shape(
    people: People, method: str, body: str | bytes, field: str | None
) -> None:
    error = _error(_calc(client_of(people.rep), method, body), 422)

    assert "." in error["code"]
    if field:
        assert error["field"] == field


def test_me_is_the_person_behind_the_session_or_the_token(people: People) -> None:
    expected = {"username": "rep", "display_name": "赵晓蕾", "access_role": "rep", "language": ""}

    assert client_of(people.rep).get("/api/v1/me").json() == expected
    assert _bearer(people, TokenScope.READ).get("/api/v1/me").json() == expected


def test_without_or_with_a_wrong_token_nothing_opens(people: People) -> None:
    for headers in ({}, {"authorization": "Bearer pmk_wrong"}, {"authorization": "Basic x"}):
        response = Client(headers=headers).get("/api/v1/me")
        assert _error(response, 401)["code"] == "request.not_signed_in"
        assert response.headers["WWW-Authenticate"] == "Bearer"


def test_a_wrong_token_is_not_rescued_by_a_session(people: People) -> None:
    client = client_of(people.rep)

    assert client.get("/api/v1/me", headers={"authorization": "Bearer pmk_wrong"}).status_code == 401


def test_a_session_must_show_its_csrf_token(people: People) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.rep, backend="django.contrib.auth.backends.ModelBackend")

    _error(_calc(client, "shrink", json.dumps(SHRINK)), 403)
    client.get(reverse("accounts:tokens"))
    token = client.cookies["csrftoken"].value
    answer = client.post(
        "/api/v1/calc/shrink", json.dumps(SHRINK), content_type="application/json", headers={"x-csrftoken": token}
    )
    assert answer.status_code == 200


@pytest.fixture
def trial_endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Lets ``/me`` fail in a way of the test's choosing, through the API's own handlers."""
    operation = next(
        path.operations[0] for router in v1.api._get_bound_routers() for path in [router.path_operations["/me"]]
    )
    yield lambda function: monkeypatch.setattr(operation, "view_func", function)


def test_faults_of_ours_have_the_shape_and_tell_nothing(people: People, trial_endpoint: Any) -> None:
    def broken(_request: Any) -> None:
        raise RuntimeError("the secret is 42")

    trial_endpoint(broken)
    error = _error(client_of(people.rep).get("/api/v1/me"), 500)

    assert error["code"] == "server.fault"
    assert "42" not in str(error)


def test_missing_things_have_the_shape(people: People, trial_endpoint: Any) -> None:
    def missing(_request: Any) -> None:
        raise Http404

    trial_endpoint(missing)
    assert _error(client_of(people.rep).get("/api/v1/me"), 404)["code"] == "request.not_found"


def test_a_read_token_may_not_write(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pacemark.web.api.auth._changes_nothing", lambda _request: False)

    error = _error(_bearer(people, TokenScope.READ).get("/api/v1/me"), 403)
    assert "write" in error["message"]
    assert _bearer(people, TokenScope.WRITE).get("/api/v1/me").status_code == 200


UNKNOWN = ("/api/v1/", "/api/v1/nope", "/api/v1/me/", "/api/v1/calc/", "/api/v1/calc/a/b", "/api/v1/%00")


@pytest.mark.parametrize("address", UNKNOWN)
@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_an_unknown_address_has_the_shape(people: People, address: str, method: str) -> None:
    assert _error(getattr(client_of(people.rep), method)(address), 404)["code"] == "request.not_found"


def _endpoints() -> dict[str, str]:
    """Return an address for every endpoint; a path parameter is filled with something that may not exist."""
    found = {}
    for pattern in urls.urlpatterns:
        if isinstance(pattern, URLPattern) and pattern.name not in {"unknown", "api-root", "openapi-json"}:
            found[str(pattern.name)] = "/api/v1/" + re.sub("<[^>]*>", "1", str(pattern.pattern))
    return found


@pytest.mark.parametrize("address", _endpoints().values(), ids=_endpoints().keys())
def test_every_endpoint_refuses_other_methods_and_strangers_in_the_shape(people: People, address: str) -> None:
    refused = client_of(people.rep).generic("PROPFIND", address)

    assert _error(refused, 405)["code"] == "request.method_not_allowed"
    assert refused.headers["Allow"]
    for method in refused.headers["Allow"].split(", "):
        _error(Client().generic(method, address), 401)


def test_a_body_that_is_too_large_or_a_form_is_refused(people: People, settings: Any) -> None:
    client = client_of(people.rep)
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    assert _error(_calc(client, "shrink", "x" * 101), 413)["code"] == "request.too_large"

    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10_000
    _error(client.post("/api/v1/calc/shrink", {"won": "3"}), 422)


def test_every_status_has_words() -> None:
    assert {400, 401, 403, 404, 405, 413, 415, 422, 429, 500} <= set(CODES)


def test_the_committed_schema_is_the_code() -> None:
    committed = (ROOT / "docs" / "api" / "openapi.json").read_text(encoding="utf-8")

    assert committed == schema_text(), "run `make schema` and look at the difference"


def test_the_schema_is_served_and_promises_the_failure_shape(client: Client) -> None:
    served = client.get("/api/v1/openapi.json").json()

    assert served == json.loads(schema_text())
    for path, operations in served["paths"].items():
        for method, operation in operations.items():
            refs = [str(answer) for status, answer in operation["responses"].items() if status[0] in "45"]
            assert refs and all("schemas/Failure" in ref for ref in refs), f"{method} {path}"
