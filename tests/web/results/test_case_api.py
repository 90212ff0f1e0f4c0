"""Success cases for programs: the pages' numbers, the pages' sight, and the same refusals."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from pacemark.web.organization.models import Rep
from pacemark.web.results.models import CaseAdoption, SuccessCase
from tests.web.goals.floor import Floor
from tests.web.results.test_case_pages import _client, manager  # noqa: F401 - the fixture
from tests.web.results.test_cases import BEFORE, BEGAN, STAGE, _case, floor  # noqa: F401 - the fixture

CASES = "/api/v1/results/cases"
DAYS = {"first": BEFORE[0].isoformat(), "last": BEFORE[-1].isoformat()}


def _post(client: Client, address: str, **body: Any) -> tuple[int, dict[str, Any]]:
    answer = client.post(address, json.dumps(body), "application/json")
    return answer.status_code, answer.json()


def test_propose_try_and_stop(manager: Client) -> None:  # noqa: F811
    star, peer = Rep.objects.get(name="Star"), Rep.objects.get(name="Peer 0")

    status, told = _post(manager, CASES, rep_id=star.pk, stage=STAGE, **DAYS)

    assert (status, told["state"], told["star"], told["rep_id"]) == (
        200,
        "candidate",
        {"won": 50, "tried": 100},
        star.pk,
    )
    at = f"{CASES}/{told['id']}"
    status, told = _post(manager, f"{at}/adoptions", rep_id=peer.pk, since=BEGAN.isoformat())
    assert (status, told["state"], told["adopters"]) == (200, "tried", 1)
    assert told["gain"]["n_people"] == 8, "the star and who tries it already are left out"
    status, told = _post(manager, f"{at}/leaving", rep_id=peer.pk, until=BEGAN.isoformat())
    assert (status, told["adoptions"][0]["until"]) == (200, BEGAN.isoformat())
    assert manager.get(CASES).json()["count"] == 1
    assert manager.get(f"{CASES}?state=verified").json()["count"] == 0


def test_refusals_name_their_code(manager: Client) -> None:  # noqa: F811
    star = Rep.objects.get(name="Star")
    late = {**DAYS, "last": BEGAN.isoformat()}
    assert _post(manager, CASES, rep_id=star.pk, stage=STAGE, **late)[1]["error"]["code"] == "results.case_days"
    assert _post(manager, CASES, rep_id=10**9, stage=STAGE, **DAYS)[0] == 404
    assert _post(manager, CASES, stage=STAGE, **DAYS)[0] == 422
    assert not SuccessCase.objects.exists()


def test_a_rep_sees_what_is_tried_without_the_star(manager: Client, floor: Floor) -> None:  # noqa: F811
    case, star = _case(), Rep.objects.get(name="Star")
    rep, peer = _client("one", "rep", "Peer 0"), Rep.objects.get(name="Peer 0")
    assert rep.get(CASES).json()["items"] == []
    assert rep.get(f"{CASES}/{case.pk}").status_code == 404

    _post(manager, f"{CASES}/{case.pk}/adoptions", rep_id=Rep.objects.get(name="Peer 1").pk, since=BEGAN.isoformat())

    told = rep.get(f"{CASES}/{case.pk}").json()
    assert (told["rep_id"], told["adoptions"], told["adopters"]) == (None, [], 1)
    since = BEGAN.isoformat()
    assert _post(rep, f"{CASES}/{case.pk}/adoptions", rep_id=star.pk, since=since)[0] == 404
    assert _post(rep, f"{CASES}/{case.pk}/adoptions", rep_id=peer.pk, since=since)[0] == 200
    assert CaseAdoption.objects.filter(rep=peer).exists()


@pytest.mark.parametrize("way", ["adoptions", "leaving"])
def test_an_empty_body_is_refused(manager: Client, way: str) -> None:  # noqa: F811
    assert _post(manager, f"{CASES}/{_case().pk}/{way}")[0] == 422
