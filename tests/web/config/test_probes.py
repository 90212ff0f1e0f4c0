"""What machines ask before and beside the pages."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client

from pacemark.web.config import probes
from tests.support.people import People

pytestmark = pytest.mark.django_db


def test_it_lives_without_asking_the_database(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        answer = Client().get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert Client().post("/healthz").status_code == 405


def test_it_is_ready_when_the_database_is_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Client().get("/readyz").json() == {"ready": True}
    older = Client()
    with monkeypatch.context() as patch:
        patch.setattr(probes, "_has_all_migrations", lambda: False)
        assert older.get("/readyz").status_code == 503
    assert older.get("/readyz").json() == {"ready": True}

    def gone(_connection: object) -> object:
        raise DatabaseError("gone")

    monkeypatch.setattr(probes, "MigrationExecutor", gone)
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["ready"]) == (503, False)


def test_metrics_count_routes_and_never_addresses(people: People, as_user: Callable[..., Client]) -> None:
    rep = people.rep
    as_user(rep).get("/goals/987654/?q=13800138000")

    text = Client().get("/metrics").content.decode()

    assert re.search(r'pacemark_http_requests_total\{method="GET",route="goals/<int:rep_id>/",status="\d+"\} \d', text)
    assert 'pacemark_jobs{status="FAILED"} 0.0' in text
    assert "987654" not in text
    assert "13800138000" not in text


def test_metrics_stay_in_the_house(settings: Any) -> None:
    assert Client().get("/metrics", headers={"x-forwarded-for": "203.0.113.9"}).status_code == 403
    assert Client(REMOTE_ADDR="203.0.113.9").get("/metrics").status_code == 403

    settings.PACEMARK_METRICS_TOKEN = "open sesame"
    assert Client().get("/metrics").status_code == 403
    assert Client().get("/metrics", headers={"authorization": "Bearer open sesam"}).status_code == 403
    assert Client().get("/metrics", headers={"authorization": "Bearer open sesame"}).status_code == 200


def test_a_request_is_logged_by_route_and_ids(
    people: People, as_user: Callable[..., Client], caplog: pytest.LogCaptureFixture
) -> None:
    client = as_user(people.rep)
    with caplog.at_level(logging.INFO, logger="pacemark.request"):
        answer = client.get("/settings/?q=13800138000", headers={"x-request-id": "proxy-1"})

    [line] = [record for record in caplog.records if record.name == "pacemark.request"]
    assert (line.route, line.status, line.account) == ("settings/", answer.status_code, people.rep.pk)  # type: ignore[attr-defined]
    assert line.request_id == answer.headers["X-Request-ID"] == "proxy-1"  # type: ignore[attr-defined]
    assert "13800138000" not in str(line.__dict__)


def test_a_request_id_from_outside_cannot_forge_lines() -> None:
    answer = Client().get("/healthz/none", headers={"x-request-id": 'x" level="ERROR'})
    assert re.fullmatch(r"[0-9a-f]{16}", answer.headers["X-Request-ID"])
