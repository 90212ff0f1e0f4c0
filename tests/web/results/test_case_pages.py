"""The pages of success cases: who sees which, proposing, taking up and leaving for oneself and for one's people."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from pacemark.web.accounts.models import User
from pacemark.web.organization.models import Rep, Team
from pacemark.web.results.models import CaseAdoption, SuccessCase
from pacemark.web.results.services.cases import adopt_case
from tests.web.goals.floor import Floor
from tests.web.results.test_cases import BEFORE, BEGAN, STAGE, _case, floor  # noqa: F401 - the fixture


def _client(name: str, role: str, rep: str = "") -> Client:
    user = User.objects.create(username=name, access_role=role)
    if rep:
        Rep.objects.filter(name=rep).update(user=user)
    if role == "manager":
        Team.objects.update(manager=user)
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def manager(floor: Floor) -> Client:  # noqa: F811
    """Return the manager of the only team."""
    return _client("lead", "manager")


def _page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_candidate_is_seen_by_who_leads_and_a_tried_case_by_everyone(manager: Client) -> None:
    case = _case()
    rep, star = _client("one", "rep", "Peer 0"), _client("best", "rep", "Star")
    address = f"/results/cases/{case.pk}/"
    assert "Star" in _page(manager, "/results/cases/")
    assert rep.get(address).status_code == 404
    assert "Star" in _page(star, address), "one's own success"

    adopt_case(actor=None, case_id=case.pk, rep_id=Rep.objects.get(name="Peer 1").pk, since=BEGAN, today=BEGAN)

    seen = _page(rep, address)
    assert "Star ·" not in seen and "Peer 1" not in seen, "nobody outside one's sight is named"
    assert "A colleague of another team" in seen and "1 person outside your sight" in seen
    assert "Peer 1" in _page(manager, address)
    assert "What will I do differently" in _page(rep, f"{address}worksheet/")


def test_propose_try_and_stop(manager: Client) -> None:
    star = Rep.objects.get(name="Star")
    typed = {"star": star.pk, "stage": STAGE, "practice": "other", "title": "Asks first", "words": "Listens."}
    days = {"first": BEFORE[0].isoformat(), "last": BEFORE[-1].isoformat()}
    answer = manager.post("/results/cases/propose/", {**typed, **days})
    case = SuccessCase.objects.get()
    assert (answer.status_code, case.state, case.title) == (302, "candidate", "Asks first")
    assert case.proposed_by is not None and not case.is_by_system

    peer, address = Rep.objects.get(name="Peer 2"), f"/results/cases/{case.pk}/"
    manager.post(f"{address}adopt/", {"rep": peer.pk, "since": BEGAN.isoformat()})
    assert CaseAdoption.objects.get().rep == peer
    manager.post(f"{address}leave/", {"rep": peer.pk, "until": BEGAN.isoformat()})
    assert CaseAdoption.objects.get().until == BEGAN
    assert manager.post(f"{address}leave/", {"rep": star.pk, "until": BEGAN.isoformat()}).status_code == 404


def test_a_refused_proposal_says_why(manager: Client) -> None:
    star = Rep.objects.get(name="Star").pk
    days = {"first": BEFORE[0].isoformat(), "last": BEGAN.isoformat()}

    answer = manager.post("/results/cases/propose/", {"star": star, "stage": STAGE, "practice": "other", **days})

    assert answer.status_code == 200
    assert "The days must be over" in answer.content.decode()
    assert not SuccessCase.objects.exists()


def test_a_rep_proposes_and_tries_for_oneself_alone(manager: Client) -> None:
    case = _case()
    peer, other = Rep.objects.get(name="Peer 3"), Rep.objects.get(name="Peer 4")
    adopt_case(actor=None, case_id=case.pk, rep_id=other.pk, since=BEGAN, today=BEGAN)
    rep, address = _client("three", "rep", "Peer 3"), f"/results/cases/{case.pk}/"

    proposal = {"star": other.pk, "stage": STAGE, "practice": "other", "first": "2024-01-01", "last": "2024-01-10"}
    assert rep.post("/results/cases/propose/", proposal).status_code == 200
    assert SuccessCase.objects.count() == 1, "somebody else's success is not theirs to propose"
    assert rep.post(f"{address}adopt/", {"rep": case.star_id, "since": BEGAN.isoformat()}).status_code == 404
    assert rep.post(f"{address}leave/", {"rep": other.pk, "until": BEGAN.isoformat()}).status_code == 404
    assert rep.post(f"{address}adopt/", {"rep": peer.pk, "since": "no day"}).status_code == 404

    rep.post(f"{address}adopt/", {"rep": peer.pk, "since": BEGAN.isoformat()})

    assert set(CaseAdoption.objects.values_list("rep_id", flat=True)) == {peer.pk, other.pk}


def test_what_it_would_bring_is_trials_times_uplift_times_the_win_rate(manager: Client, floor: Floor) -> None:  # noqa: F811
    peer = Rep.objects.get(name="Peer 0")
    for _n in range(23):
        floor.deal(peer, BEFORE[-1], 1000)
    floor.count()
    case = _case()

    body = _page(manager, f"/results/cases/{case.pk}/")

    # 230 opportunities, 23 deals: one in ten; nine peers with 100 talks each.
    expected = case.content["claim"]["uplift"] * 900 * 0.1
    assert f"+{expected:.1f} deals" in body
    assert "If 9 people" in body


def test_filters(manager: Client) -> None:
    _case()

    def listed(query: str) -> bool:
        return f"/results/cases/{SuccessCase.objects.get().pk}/" in _page(manager, f"/results/cases/?{query}")

    found: dict[str, Any] = {
        query: listed(query) for query in ("state=candidate", "state=verified", f"stage={STAGE}", "stage=x", "state=x")
    }
    assert found == {
        "state=candidate": True, "state=verified": False, f"stage={STAGE}": True, "stage=x": False, "state=x": True,
    }  # fmt: skip
