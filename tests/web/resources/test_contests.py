"""Contested leads: raised with what stood then, decided once by whoever leads both, the move on record; and skills."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pacemark.web.organization.models import Rep
from pacemark.web.pipeline.holding_models import Holding
from pacemark.web.pipeline.models import Call, Lead, Touch
from pacemark.web.resources.choices import ContestState, DecisionKind
from pacemark.web.resources.models import Contest, Decision, WaitingLead
from pacemark.web.resources.queries.contests import contests_shown, evidence_of
from pacemark.web.resources.refusals import Refused
from pacemark.web.resources.services.contests import decide_contest, raise_contest
from pacemark.web.resources.services.ownership import return_lead
from pacemark.web.resources.services.skills import set_skills
from pacemark.web.trail.models import TrailEntry
from tests.web.resources.test_arrivals import NOON, come, floor, row

pytestmark = pytest.mark.usefixtures("each_shared_database")


def contested() -> tuple[Contest, int, int]:
    """Return a contest, who holds the lead, and who disputes it."""
    reps = floor(3)
    (answer,) = come([row(1, "13800138001")])
    loser = next(rep for rep in reps if rep != answer["owner"])
    lead = Lead.objects.get()
    Call.objects.create(
        source=lead.source, external_id="c1", lead=lead, rep_id=loser, occurred_at=NOON - timedelta(days=3),
        business_date=NOON.date(), local_hour=12, talk_seconds=200,
    )  # fmt: skip
    contest = raise_contest(actor=None, rep_id=loser, lead_id=lead.pk, reason=" I called first ", at=NOON)
    return contest, answer["owner"], loser


def code_of(**given: object) -> str:
    with pytest.raises(Refused) as refused:
        raise_contest(actor=None, at=NOON, **given)  # type: ignore[arg-type]
    return refused.value.code


def test_evidence_stands_as_it_was_when_the_lead_was_disputed() -> None:
    contest, holder, loser = contested()
    assert (contest.against_id, contest.reason) == (holder, "I called first")
    Touch.objects.create(source=contest.lead.source, external_id="later", lead=contest.lead, occurred_at=NOON, kind="x")
    told = [(proof.kind, proof.rep_id) for proof in evidence_of(contest)]
    assert told == [("call", loser), ("decision", holder), ("holding", holder), ("touch", None)]


def test_a_verdict_moves_the_lead_once_and_leaves_its_decision() -> None:
    contest, holder, loser = contested()
    given = {"actor": None, "contest_id": contest.pk, "is_moved": True, "at": NOON}
    for sight, verdict, code in (
        (frozenset({holder}), "yes", "no_contest"), (frozenset({loser}), "yes", "no_contest"),
        (None, " ", "reason_needed"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            decide_contest(**given, verdict=verdict, rep_ids=sight)  # type: ignore[arg-type]
        assert refused.value.code == f"resources.{code}"
        assert Contest.objects.get().state == ContestState.OPEN and Lead.objects.get().owner_id == holder
    decide_contest(**given, verdict="called first", rep_ids=frozenset({holder, loser}))  # type: ignore[arg-type]
    assert Lead.objects.get().owner_id == loser == Holding.objects.get(ended_at__isnull=True).rep_id
    last = Decision.objects.latest("pk")
    assert (last.kind, last.rep_id, last.evidence["from"]) == (DecisionKind.TRANSFER, loser, holder)
    with pytest.raises(Refused) as refused:
        decide_contest(**given, verdict="again", rep_ids=None)  # type: ignore[arg-type]
    assert refused.value.code == "resources.contest_decided"
    assert TrailEntry.objects.filter(action="resources.contest_decided").count() == 1
    assert [one.pk for one in contests_shown(frozenset({holder}))] == [contest.pk]
    assert contests_shown(frozenset({holder + loser + 1})) == []


def test_a_verdict_that_keeps_the_lead_moves_nothing_and_who_left_wins_nothing() -> None:
    contest, holder, loser = contested()
    Rep.objects.filter(pk=loser).update(left_on=NOON.date())
    with pytest.raises(Refused) as refused:
        decide_contest(actor=None, contest_id=contest.pk, is_moved=True, verdict="x", at=NOON, rep_ids=None)
    assert refused.value.code == "resources.not_eligible" and Contest.objects.get().state == ContestState.OPEN
    decide_contest(actor=None, contest_id=contest.pk, is_moved=False, verdict="stays", at=NOON, rep_ids=None)
    assert Contest.objects.get().state == ContestState.KEPT and Lead.objects.get().owner_id == holder


def test_what_cannot_be_disputed_is_told() -> None:
    contest, holder, loser = contested()
    lead = contest.lead_id
    assert code_of(rep_id=loser, lead_id=lead, reason="x") == "resources.contest_open"
    Contest.objects.all().delete()
    assert code_of(rep_id=loser, lead_id=0, reason="x") == "resources.unknown_lead"
    assert code_of(rep_id=loser, lead_id=lead, reason=" ") == "resources.reason_needed"
    assert code_of(rep_id=holder, lead_id=lead, reason="x") == "resources.already_theirs"
    return_lead(actor=None, rep_id=holder, lead_id=lead, at=NOON)
    assert code_of(rep_id=loser, lead_id=lead, reason="x") == "resources.not_held"


def test_leads_go_to_those_with_the_skills_they_ask_for() -> None:
    one, two = floor(2)
    set_skills(actor=None, rep_id=one, tags=["Beijing ", "english", ""])
    set_skills(actor=None, rep_id=two, tags=["shanghai"])
    with pytest.raises(Refused):
        set_skills(actor=None, rep_id=two, tags=["x" * 101])
    tags: tuple[list[str], ...] = (["Beijing"], ["Beijing", "english"], ["shanghai"], ["Beijing", "shanghai"])
    answers = come([row(n, tags=each) for n, each in enumerate(tags)])
    assert [answer["owner"] for answer in answers] == [one, one, two, None]
    reasons = WaitingLead.objects.get().reasons
    assert reasons[str(one)] == {"code": "skills", "missing": ["shanghai"]}
    set_skills(actor=None, rep_id=two, tags=[])
    (again,) = come([row(9, tags=["anything"])])
    assert again["owner"] == two
