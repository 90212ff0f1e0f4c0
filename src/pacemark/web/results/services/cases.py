"""Success cases: proposed by people, taken up and left by people. What becomes of them, the trial alone decides."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone

from pacemark.engine.results.case import Claim, status_of
from pacemark.web.accounts.models import User
from pacemark.web.organization.queries import members_on
from pacemark.web.pipeline.queries.habits import habits_in
from pacemark.web.results.bridge.cases import Habits, Made, People, claim_of, compare_habits, people_of
from pacemark.web.results.choices import CaseState
from pacemark.web.results.models import CaseAdoption, SuccessCase
from pacemark.web.results.queries.case_trials import STAGES, not_theirs, stage_cells
from pacemark.web.results.refusals import refuse
from pacemark.web.trail.services import record

OTHER = "other"
PRACTICES = (
    "soon_share", "response_minutes", "attempts_per_lead", "gap_days", "morning_share", "evening_share",
    "talk_seconds", OTHER,
)  # fmt: skip
# A trial is about new days: whoever takes a practice up says so within a week, and cannot choose what has been.
LATE_DAYS = 7
LONGEST_DAYS = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What somebody proposes: whose success, at which stage, by which habit, in which days."""

    star_id: int
    stage: str
    practice: str
    first: date
    last: date
    title: str = ""
    words: str = ""


@transaction.atomic
def propose_case(*, actor: User | None, proposal: Proposal, today: date) -> SuccessCase:
    """Work out a proposed success and keep it: a candidate, or noise where luck explains it."""
    if proposal.stage not in STAGES or proposal.practice not in PRACTICES:
        raise refuse("case_unknown", "The stage or the practice is not known.", "stage")
    if not proposal.first <= proposal.last < today or (proposal.last - proposal.first).days > LONGEST_DAYS:
        raise refuse("case_days", "The days must be over, at most a year, the first before the last.", "last")
    people = people_in(proposal.stage, proposal.first, proposal.last)
    # Whoever is put forward was chosen among everyone who could have been.
    made = claim_of(people, proposal.star_id, max(people.n_compared, 1))
    if made is None:
        raise refuse("case_too_little", "Too few trials of this person or of peers in these days.", "star")
    content = content_of(made, people, habits_seen(proposal.first, proposal.last), proposal.star_id)
    return keep_case(actor=actor, proposal=proposal, content=content)


def people_in(stage: str, first: date, last: date) -> People:
    """Return everybody's whole-number trials of a stage by kind of lead, as they stood at the end of the last day."""
    cells = stage_cells(stage, first, last, known=last)
    some = cells.only((cells.rep_id > 0) & ~np.isin(cells.rep_id, list(not_theirs(stage, first, last))))
    return people_of(some.rep_id, some.segment_id, some.tried, some.tried_won)


def habits_seen(first: date, last: date) -> Habits:
    """Return everybody's habits over some days, with the team each is in on the last."""
    found, team_of = habits_in(first, last), {member.rep_id: member.team_id for member in members_on(last)}
    teams = np.array([team_of.get(rep_id, 0) for rep_id in found.rep_id.tolist()], dtype=np.int64)
    return Habits(rep_id=found.rep_id, team_id=teams, values=found.values)


def content_of(made: Made, people: People, habits: Habits, star_id: int) -> dict[str, Any]:
    """Return what a case keeps: the claim's arithmetic, and the star's habits against those of the peers."""
    found = compare_habits(habits, star_id, people.rep_ids)
    told = [{**asdict(one), "is_distinct": one.is_distinct} for one in found]
    return {**made.as_json(), "n_kinds": people.tried.shape[1], "habits": told}


@transaction.atomic
def keep_case(*, actor: User | None, proposal: Proposal, content: dict[str, Any]) -> SuccessCase:
    """Keep a case that was worked out; ``actor`` None is the system."""
    claim = Claim(**content["claim"])
    case = SuccessCase.objects.create(
        title=proposal.title, words=proposal.words, practice=proposal.practice, stage=proposal.stage,
        star_id=proposal.star_id, is_by_system=actor is None, proposed_by=actor, proposed_at=timezone.now(),
        first_day=proposal.first, last_day=proposal.last, state=status_of(claim, None), content=content,
    )  # fmt: skip
    changes = {"star": case.star_id, "stage": case.stage, "practice": case.practice, "state": case.state}
    record(actor=actor, action="results.case_proposed", subject=case, changes=changes)
    return case


@transaction.atomic
def adopt_case(*, actor: User | None, case_id: int, rep_id: int, since: date, today: date) -> CaseAdoption:
    """Let somebody take a practice up from a day on; the first one begins the trial."""
    case = SuccessCase.objects.select_for_update().get(pk=case_id)
    if rep_id == case.star_id:
        raise refuse("case_is_theirs", "Whose success it is does not try it.", "rep")
    if not max(today - timedelta(days=LATE_DAYS), case.last_day + timedelta(days=1)) <= since <= today:
        raise refuse("case_since", "A trial is about new days: from a week ago at the earliest.", "since")
    standing = CaseAdoption.objects.filter(case=case, rep_id=rep_id).first()
    if standing is not None and standing.until is None:
        return standing
    if standing is not None:
        raise refuse("case_left", "Whoever has left a trial does not come back to it.", "rep")
    adoption = CaseAdoption.objects.create(case=case, rep_id=rep_id, since=since)
    record(
        actor=actor, action="results.case_adopted", subject=case, changes={"rep": rep_id, "since": since.isoformat()}
    )
    if case.trial_from is None:
        case.trial_from = since
        case.trial = {"uplift": case.content["claim"]["uplift"], "looks": [], "moves": []}
    if case.state in {CaseState.NOISE, CaseState.CANDIDATE}:
        move_case(actor=actor, case=case, state=CaseState.TRIED, on=since)
    case.save(update_fields=["state", "trial_from", "trial"])
    return adoption


@transaction.atomic
def leave_case(*, actor: User, case_id: int, rep_id: int, until: date, today: date) -> CaseAdoption:
    """Let somebody stop after a day; what they did until then still counts."""
    adoption = CaseAdoption.objects.select_for_update().get(case_id=case_id, rep_id=rep_id)
    if adoption.until is not None:
        return adoption
    if not max(adoption.since, today - timedelta(days=LATE_DAYS)) <= until <= today:
        raise refuse("case_since", "A trial is about new days: from a week ago at the earliest.", "until")
    adoption.until = until
    adoption.save(update_fields=["until"])
    changes = {"rep": rep_id, "until": until.isoformat()}
    record(actor=actor, action="results.case_left", subject=adoption.case, changes=changes)
    return adoption


def move_case(*, actor: User | None, case: SuccessCase, state: str, on: date) -> None:
    """Move a case to another state, with a line in its history and on the trail; the caller saves it."""
    if state == case.state:
        return
    case.trial["moves"] = [*case.trial.get("moves", []), {"on": on.isoformat(), "from": case.state, "to": str(state)}]
    record(actor=actor, action="results.case_moved", subject=case, changes={"state": [case.state, str(state)]})
    case.state = state
