"""Lists page by page: whatever comes in between, no row is passed over and none told twice."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from pacemark.web.api.listing import Paged, listed, listed_rows
from pacemark.web.api.services import EngineError
from pacemark.web.webhooks.models import Caller, Receipt
from tests.support.people import People, client_of


def _walk(page_of: Any, between: Any = lambda _turn: None, page_size: int = 3) -> list[int]:
    found: list[int] = []
    cursor: str | None = ""
    turn = 0
    while cursor is not None:
        page = page_of(Paged(cursor=cursor, page_size=page_size))
        found += [row["id"] for row in page["items"]]
        cursor, turn = page["next"], turn + 1
        between(turn)
    return found


@pytest.mark.parametrize("count", [0, 1, 3, 4, 6, 7])
def test_every_row_comes_once(count: int) -> None:
    rows = [{"id": number, "value": number % 2} for number in range(count)]

    assert _walk(lambda asked: listed("", asked, rows)) == list(range(count))


def test_rows_that_come_or_go_meanwhile_move_nothing() -> None:
    rows = [{"id": number, "value": 0} for number in range(9)]

    def between(turn: int) -> None:
        if turn == 1:
            rows[:0] = [{"id": 90, "value": 0}, {"id": 91, "value": 0}]  # ahead of what was told
        if turn == 2:
            rows[-1] = {"id": 8, "value": 5}  # its number changes, its id stays

    assert _walk(lambda asked: listed("", asked, rows), between) == list(range(9))


@pytest.mark.django_db
def test_rows_of_the_database_are_walked_alike(people: People, django_assert_max_num_queries: Any) -> None:
    caller = Caller.objects.create(
        name="c", kind="calls", secret_encrypted="", made_by=people.admin, made_at=timezone.now()
    )

    def add() -> int:
        return Receipt.objects.create(caller=caller, at=timezone.now(), state="taken").pk

    before = [add() for _ in range(7)]
    rows = Receipt.objects.order_by("-pk")

    def page_of(asked: Paged) -> dict[str, Any]:
        with django_assert_max_num_queries(4):
            return listed_rows("", asked, rows, lambda page: [{"id": row.pk} for row in page])

    assert _walk(page_of, lambda _turn: add()) == before[::-1]
    assert page_of(Paged())["count"] == 10


@pytest.mark.parametrize("cursor", ["x", "!!", "MA", "LTEueA", "OTk5OTk5OTk5OTk5OTkueA", "é", "MS4x" * 40])
def test_a_cursor_of_one_s_own_making_is_refused_or_harmless(cursor: str) -> None:
    try:
        assert listed("", Paged(cursor=cursor), [{"id": 1}])["count"] == 1
    except EngineError as error:
        assert error.code == "request.bad_cursor"


@pytest.mark.django_db
def test_a_bad_cursor_is_told_in_the_one_shape(people: People) -> None:
    answer = client_of(people.admin).get("/api/v1/webhooks/callers?cursor=x")

    assert answer.status_code == 422
    assert answer.json()["error"]["field"] == "cursor"
