"""Success cases: what the claim says, who tries it from when on, and that the trial alone decides."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from pacemark.engine.calc import calculate
from pacemark.web.accounts.models import User
from pacemark.web.organization.models import Rep
from pacemark.web.results.models import CaseAdoption, SuccessCase
from pacemark.web.results.refusals import Refused
from pacemark.web.results.services.case_looks import look_at_trials, propose_by_system
from pacemark.web.results.services.cases import Proposal, adopt_case, leave_case, propose_case
from pacemark.web.trail.models import TrailEntry
from tests.web.goals.floor import Floor

BEFORE = [date(2024, 1, 1) + timedelta(days=n) for n in range(10)]
BEGAN = date(2024, 1, 15)
LOOKED = BEGAN + timedelta(days=28)
STAGE = "opportunity_per_deep_talk"


@pytest.fixture
def floor(db: None, settings: Any) -> Floor:
    """Nine people with two opportunities of ten talks a day for ten days, and a star with five."""
    settings.PACEMARK_TODAY = BEGAN.isoformat()
    floor = Floor()
    for number in range(9):
        rep = floor.rep(f"Peer {number}", "full_cycle")
        for day in BEFORE:
            _day(floor, rep, day, 2)
    star = floor.rep("Star", "full_cycle")
    for day in BEFORE:
        _day(floor, star, day, 5)
    floor.count()
    return floor


def _day(floor: Floor, rep: Rep, day: date, found: int) -> None:
    for talk in floor.dials(rep, day, 10, 10, 10)[:found]:
        floor.opportunity(rep, day, talk=talk)


def _peer(number: int) -> Rep:
    return Rep.objects.get(name=f"Peer {number}")


def _proposal(**changes: Any) -> Proposal:
    known: dict[str, Any] = {
        "star_id": Rep.objects.get(name="Star").pk, "stage": STAGE, "practice": "other",
        "first": BEFORE[0], "last": BEFORE[-1],
    }  # fmt: skip
    return Proposal(**(known | changes))


def _case() -> SuccessCase:
    return propose_case(actor=None, proposal=_proposal(), today=BEGAN)


def _tried(floor: Floor, found: int) -> SuccessCase:
    """Let four of the nine find so many opportunities of ten talks a day for eight days, the others two."""
    case = _case()
    for number in range(4):
        adopt_case(actor=None, case_id=case.pk, rep_id=_peer(number).pk, since=BEGAN, today=BEGAN)
    for number in range(9):
        for offset in range(8):
            _day(floor, _peer(number), BEGAN + timedelta(days=offset), found if number < 4 else 2)
    floor.count()
    return case


def test_a_claim_is_the_calculators_answer(floor: Floor) -> None:
    case = _case()
    content = case.content
    assert (content["star"], content["peers"]) == ({"won": 50, "tried": 100}, {"won": 180, "tried": 900})
    assert content["candidates"] == 10, "nine peers and the star could have stood out"

    said = calculate(
        "case",
        {
            "star": content["star"], "peers": content["peers"], "strength": content["strength"], "candidates": 10,
        },
    )  # fmt: skip
    assert content["claim"]["uplift"] == pytest.approx(said["uplift"], abs=5e-5)
    assert content["claim"]["p_adjusted"] == pytest.approx(said["p_adjusted"], abs=5e-5)
    assert case.state == said["status"] == "candidate"


def test_luck_is_noise(floor: Floor) -> None:
    case = propose_case(actor=None, proposal=_proposal(star_id=_peer(3).pk), today=BEGAN)

    assert case.state == "noise"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"last": BEGAN}, "results.case_days"),
        ({"first": BEFORE[-1], "last": BEFORE[0]}, "results.case_days"),
        ({"first": BEFORE[0] - timedelta(days=400)}, "results.case_days"),
        ({"first": BEFORE[0], "last": BEFORE[1]}, "results.case_too_little"),
        ({"star_id": 10**9}, "results.case_too_little"),
        ({"stage": "charm"}, "results.case_unknown"),
        ({"practice": "charm"}, "results.case_unknown"),
    ],
)
def test_what_cannot_be_told_is_refused(floor: Floor, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        propose_case(actor=None, proposal=_proposal(**changes), today=BEGAN)

    assert refused.value.code == code
    assert not SuccessCase.objects.exists()


def test_a_practice_that_works_is_verified_after_four_weeks_not_before(floor: Floor) -> None:
    case = _tried(floor, 5)
    case.refresh_from_db()
    assert (case.state, case.trial_from) == ("tried", BEGAN)

    assert look_at_trials(today=LOOKED - timedelta(days=1)) == []
    assert look_at_trials(today=LOOKED) == [case]

    case.refresh_from_db()
    look = case.trial["looks"][0]
    assert case.state == "verified"
    assert (look["tried"], look["others_tried"]) == ([160.0, 320.0], [80.0, 400.0])
    assert look["difference"] == pytest.approx(0.3, abs=0.02), "five of ten against two, both two of ten before"
    assert [(move["from"], move["to"]) for move in case.trial["moves"]] == [
        ("candidate", "tried"),
        ("tried", "verified"),
    ]
    assert TrailEntry.objects.filter(action="results.case_moved").count() == 2
    assert look_at_trials(today=LOOKED) == [], "a second look at the same days changes nothing"


def test_what_changes_nothing_is_refuted(floor: Floor) -> None:
    case = _tried(floor, 2)

    look_at_trials(today=LOOKED)

    case.refresh_from_db()
    assert case.state == "refuted"


def test_days_before_adoption_and_after_leaving_count_for_nobody(floor: Floor) -> None:
    case = _tried(floor, 5)
    late = BEGAN + timedelta(days=3)
    CaseAdoption.objects.filter(rep=_peer(0)).update(since=late)
    CaseAdoption.objects.filter(rep=_peer(1)).update(until=BEGAN)

    look_at_trials(today=LOOKED)

    case.refresh_from_db()
    look = case.trial["looks"][0]
    assert look["tried"] == [5.0 * (5 + 1 + 8 + 8), 10.0 * (5 + 1 + 8 + 8)]
    assert look["others_tried"] == [80.0, 400.0]


def test_who_may_try_from_when_on(floor: Floor) -> None:
    case, peer = _case(), _peer(0)
    for rep_id, since, code in (
        (case.star_id, BEGAN, "results.case_is_theirs"),
        (peer.pk, BEFORE[-1], "results.case_since"),
        (peer.pk, BEGAN + timedelta(days=1), "results.case_since"),
    ):
        with pytest.raises(Refused) as refused:
            adopt_case(actor=None, case_id=case.pk, rep_id=rep_id or 0, since=since, today=BEGAN)
        assert refused.value.code == code

    adopt_case(actor=None, case_id=case.pk, rep_id=peer.pk, since=BEGAN, today=BEGAN)
    adopt_case(actor=None, case_id=case.pk, rep_id=peer.pk, since=BEGAN, today=BEGAN)
    user = User.objects.create(username="one", access_role="rep")
    leave_case(actor=user, case_id=case.pk, rep_id=peer.pk, until=BEGAN, today=BEGAN)

    assert CaseAdoption.objects.get().until == BEGAN
    with pytest.raises(Refused, match="does not come back"):
        adopt_case(actor=None, case_id=case.pk, rep_id=peer.pk, since=BEGAN, today=BEGAN)


def test_the_system_proposes_who_stands_out_once(floor: Floor) -> None:
    found = propose_by_system(today=BEGAN)

    assert [(case.star.name if case.star else "", case.stage) for case in found] == [("Star", STAGE)]
    assert found[0].is_by_system
    assert found[0].content["candidates"] == 10 * 3, "ten people at each of the stages that have trials enough"
    assert propose_by_system(today=BEGAN) == []
