"""Results for programs: the same numbers as the pages, within the caller's sight, and the same refusals."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.urls import reverse

from pacemark.web.accounts.models import User
from pacemark.web.pipeline.models import Deal
from pacemark.web.results.models import CreditShare, TierOffer
from tests.support.people import People, client_of
from tests.web.goals.floor import Floor


@pytest.fixture
def deals(people: People, today: date) -> tuple[Deal, Deal]:
    """A deal of the rep, and one of somebody elsewhere."""
    del today
    floor = Floor()
    mine = floor.deal(people.rep_row, date(2024, 3, 4), 100)
    theirs = floor.deal(people.outsider_row, date(2024, 3, 5), 900)
    floor.count()
    return mine, theirs


def _get(user: User, name: str, **asked: str) -> dict[str, Any]:
    answer = client_of(user).get(reverse(f"api:{name}"), asked)
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def _post(user: User, name: str, key: int, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    answer = client_of(user).post(reverse(f"api:{name}", args=[key]), json.dumps(body), "application/json")
    return answer.status_code, answer.json()


@pytest.mark.parametrize(
    ("role", "net"), [("rep", 10_000), ("manager", 10_000), ("director", 10_000), ("admin", 100_000)]
)
def test_lines_add_up_to_what_the_caller_sees(people: People, deals: tuple[Deal, Deal], role: str, net: int) -> None:
    user: User = getattr(people, role)
    for by in ("people", "teams", "regions"):
        found = _get(user, "results_attainment", at="2024-03", by=by)
        rest = sum(found[name]["net_minor"] for name in ("gone", "nobody") if found[name])
        assert sum(line["net_minor"] for line in found["items"]) + rest == found["whole"]["net_minor"] == net
    assert _get(user, "results_deals", at="2024-03")["count"] == (2 if net > 10_000 else 1)


def test_a_split_is_written_and_110_percent_refused(people: People, deals: tuple[Deal, Deal]) -> None:
    mine, theirs = deals
    parts = [{"rep_id": people.rep_row.pk, "percent": "60"}, {"rep_id": people.outsider_row.pk, "percent": "50"}]

    status, told = _post(people.manager, "results_split_credit", mine.pk, {"parts": parts})
    assert (status, told["error"]["code"]) == (422, "results.credit_not_whole")
    assert _post(people.rep, "results_split_credit", mine.pk, {"parts": []})[0] == 403
    assert _post(people.manager, "results_split_credit", theirs.pk, {"parts": []})[0] == 404
    parts[1]["percent"] = "40"
    status, told = _post(people.manager, "results_split_credit", mine.pk, {"parts": parts})
    assert (status, [share["percent"] for share in told["shares"]]) == (200, [60.0, 40.0])

    assert CreditShare.objects.count() == 2
    found = _get(people.rep, "results_attainment", at="2024-03")
    assert found["whole"]["net_minor"] == 6_000


def test_an_offer_is_the_reps_to_answer(people: People, today: date) -> None:
    del today
    offer = TierOffer.objects.create(
        rep=people.rep_row, quarter_start=date(2024, 1, 1), tier="high", amount_minor=200, booked_minor=100,
        content={}, offered_at=datetime.now(UTC),
    )  # fmt: skip

    assert _post(people.outsider, "results_decide_offer", offer.pk, {"state": "accepted"})[0] == 404
    status, told = _post(people.manager, "results_decide_offer", offer.pk, {"state": "accepted"})
    assert (status, told["error"]["code"]) == (422, "results.offer_not_yours")
    assert _post(people.rep, "results_decide_offer", offer.pk, {"state": "perhaps"})[0] == 422
    status, told = _post(people.rep, "results_decide_offer", offer.pk, {"state": "accepted"})
    assert (status, told["state"], told["next_base_moves"]) == (200, "accepted", False)
    assert [one["state"] for one in _get(people.manager, "results_offers")["items"]] == ["accepted"]


def test_the_overview_tells_the_same_whole(people: People, deals: tuple[Deal, Deal]) -> None:
    assert _get(people.operations, "results_overview", at="2024-03")["whole"]["won_minor"] == 100_000
    assert _get(people.director, "results_overview", at="2024-03")["whole"]["won_minor"] == 10_000
