"""What askers are told while the database is away, and when the fault is ours."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any, NoReturn

import psycopg
import pytest
from django.db import InterfaceError, OperationalError, connection
from django.test import Client

from pacemark.web.accounts.models import User
from pacemark.web.config.faults import is_database_away


def _refused() -> Exception:
    try:
        psycopg.connect("postgresql://nobody@127.0.0.1:1/nothing", connect_timeout=2)
    except psycopg.OperationalError as error:
        return error
    raise AssertionError("somebody listens at port 1")


def _of_sqlite(statement: str, setting: str = "") -> Exception:
    held, other = sqlite3.connect("file:held?mode=memory&cache=shared", uri=True), None
    held.execute("CREATE TABLE t (a)")
    try:
        other = sqlite3.connect("file:held?mode=memory&cache=shared", uri=True, timeout=0)
        held.execute("BEGIN EXCLUSIVE")
        (other if setting == "held" else held).execute(statement)
    except sqlite3.OperationalError as error:
        return error
    finally:
        held.close()
        if other is not None:
            other.close()
    raise AssertionError("the statement ran")


AWAY: dict[str, Callable[[], Exception]] = {
    "nobody listens": _refused,
    "shut down": psycopg.errors.AdminShutdown,
    "too many connections": psycopg.errors.TooManyConnections,
    "locked": lambda: _of_sqlite("INSERT INTO t VALUES (1)", "held"),
}
OURS: dict[str, Callable[[], Exception]] = {
    "no such column": lambda: _of_sqlite("SELECT b FROM t"),
    "a statement cancelled": psycopg.errors.QueryCanceled,
}


def _told(cause: Exception) -> OperationalError:
    error = OperationalError("told")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize("name", AWAY)
def test_an_error_that_passes_is_told_from_one_of_ours(name: str) -> None:
    assert is_database_away(_told(AWAY[name]()))


@pytest.mark.parametrize("name", OURS)
def test_an_error_of_ours_is_not_called_a_moment(name: str) -> None:
    assert not is_database_away(_told(OURS[name]()))


def test_other_errors() -> None:
    assert is_database_away(InterfaceError("the connection is closed"))
    assert not is_database_away(ZeroDivisionError())
    assert not is_database_away(None)


@pytest.fixture
def client(db: None) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.create(username="ops", access_role="operations"))
    return client


def _failing(cause: Callable[[], Exception]) -> Callable[..., NoReturn]:
    def fail(*_given: Any) -> NoReturn:
        raise _told(cause())

    return fail


def test_pages_and_programs_are_told_when_to_come_again(client: Client) -> None:
    with connection.execute_wrapper(_failing(AWAY["shut down"])):
        page, answer = client.get("/goals/"), client.get("/api/v1/me")
    for told in (page, answer):
        assert (told.status_code, told.headers["Retry-After"]) == (503, "5")
    assert "请稍等" in page.content.decode() or "One moment" in page.content.decode()
    assert answer.json()["error"]["code"] == "server.not_ready"


def test_a_fault_of_ours_is_a_fault_in_the_askers_shape(client: Client) -> None:
    with connection.execute_wrapper(_failing(OURS["no such column"])):
        page, answer = client.get("/goals/"), client.get("/api/v1/me")
    assert (page.status_code, answer.status_code) == (500, 500)
    assert "Retry-After" not in page.headers
    assert "text/html" in page.headers["Content-Type"]
    assert answer.json() == {
        "error": {
            "code": "server.fault", "message": "Something went wrong on our side; it has been noted.", "field": None,
        }
    }  # fmt: skip
