"""Reviews for programs: what the page shows, and the same refusals."""

from __future__ import annotations

from typing import Any

import pytest

from pacemark.web.results.choices import ReviewLevel
from pacemark.web.results.models import Review
from pacemark.web.results.queries.review_cycles import week_around
from pacemark.web.results.services.reviews import write_reviews
from tests.support.people import People, client_of
from tests.web.results.test_reviews import FIRST, TODAY, floor_of_people

pytestmark = pytest.mark.django_db
BASE = "/api/v1/results"


@pytest.fixture
def row(people: People, settings: Any) -> Review:
    """The week's review of the manager's team."""
    settings.PACEMARK_TODAY = TODAY.isoformat()
    floor_of_people(people, 100)
    write_reviews(actor=None, cycle=week_around(FIRST), level=ReviewLevel.TEAM, today=TODAY)
    return Review.objects.get(team=people.team)


def _post(user: Any, address: str, body: dict[str, Any] | None = None) -> Any:
    return client_of(user).post(f"{BASE}/{address}", body or {}, content_type="application/json")


def test_a_program_does_what_the_page_does(people: People, row: Review) -> None:
    told = client_of(people.manager).get(f"{BASE}/reviews/{row.pk}").json()
    assert told["result"]["net_minor"] == 10_000
    assert [one["code"] for one in told["sections"]][:2] == ["result", "causes"]
    assert client_of(people.manager).get(f"{BASE}/reviews?level=team").json()["count"] == 1

    assert _post(people.manager, f"reviews/{row.pk}/words", {"section": "work", "text": "Ill."}).status_code == 200
    made = _post(people.manager, f"reviews/{row.pk}/actions",
                 {"what": "Sit beside", "owner_id": people.rep.pk, "due_on": "2024-03-20"}).json()  # fmt: skip
    assert _post(people.manager, f"reviews/{row.pk}/agree").json()["stage"] == "agreed"
    assert _post(people.manager, f"reviews/{row.pk}/words", {"section": "work", "text": "x"}).status_code == 409
    assert _post(people.manager, f"reviews/{row.pk}/archive").status_code == 422
    assert _post(people.director, f"reviews/{row.pk}/archive").json()["stage"] == "archived"
    assert _post(people.rep, f"review-actions/{made['action_id']}", {"state": "done"}).json()["state"] == "done"


def test_strangers_are_told_nothing(people: People, row: Review) -> None:
    for user, status in ((people.rep, 403), (people.outsider, 403)):
        assert client_of(user).get(f"{BASE}/reviews").status_code == status
        assert client_of(user).get(f"{BASE}/reviews/{row.pk}").status_code == status
    other = Review.objects.filter(team=people.other_team).first()
    assert other is None or client_of(people.manager).get(f"{BASE}/reviews/{other.pk}").status_code == 404
    assert _post(people.outsider, "review-actions/999", {"state": "done"}).status_code == 404
    bad = _post(people.manager, f"reviews/{row.pk}/actions", {"what": "x"})
    assert (bad.status_code, bad.json()["error"]["field"] if "error" in bad.json() else "due_on") == (422, "due_on")
