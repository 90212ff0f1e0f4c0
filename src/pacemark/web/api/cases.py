"""Success cases for programs: the library, one case, proposing, taking up and leaving. Rates are 0 to 1."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import Http404
from ninja import Query, Router, Schema
from pydantic import Field

from pacemark.web.accounts.http import PageRequest
from pacemark.web.api.listing import ListOf, Paged, answers, listed_rows, today_here
from pacemark.web.api.reading import body_of, read_body
from pacemark.web.api.results_told import CaseInFull, CaseLine
from pacemark.web.goals.views.asked import in_scope
from pacemark.web.results.models import SuccessCase
from pacemark.web.results.pages.cases import title_of
from pacemark.web.results.queries.attainment import sight_of
from pacemark.web.results.queries.cases import TeamGain, adopters_of, adoptions_of, cases_for, floor_today, gain_for
from pacemark.web.results.services.cases import Proposal, adopt_case, leave_case, propose_case

router = Router(tags=["results"])


class AskedCases(Paged):
    """Which cases: in a ``state``, at a ``stage``, of a ``practice``; empty asks for all."""

    state: str = ""
    stage: str = ""
    practice: str = ""


class Proposed(Schema):
    """Whose success, at which stage, by which habit, in which days."""

    rep_id: int
    stage: Annotated[str, Field(max_length=40)]
    practice: Annotated[str, Field(max_length=60)] = "other"
    first: date
    last: date
    title: Annotated[str, Field(max_length=200)] = ""
    words: Annotated[str, Field(max_length=2000)] = ""


class TakenUp(Schema):
    """Who takes a practice up, from which day on."""

    rep_id: int
    since: date


class Left(Schema):
    """Who stops, after which day."""

    rep_id: int
    until: date


@router.get("/cases", response=answers(ListOf[CaseLine]), operation_id="success_cases", url_name="results_cases",
            summary="Success cases")  # fmt: skip
def cases(request: PageRequest, asked: Query[AskedCases]) -> dict[str, Any]:
    """Return the cases that the caller may see, with what each would bring those in sight in a month."""
    seen = sight_of(request.user, today_here()).rep_ids
    rows = cases_for(request.user, seen)
    for name in ("state", "stage", "practice"):
        if getattr(asked, name):
            rows = rows.filter(**{name: getattr(asked, name)})
    return listed_rows("", asked, rows, lambda page: _cases(page, seen))


@router.get("/cases/{int:case_id}", response=answers(CaseInFull), operation_id="success_case", url_name="results_case",
            summary="One success case")  # fmt: skip
def case(request: PageRequest, case_id: int) -> dict[str, Any]:
    """Return one case in full: the claim, the habits, the trial's looks and moves, and who in sight tries it."""
    return _in_full(request, _found(request, case_id))


@router.post("/cases", response=answers(CaseInFull), operation_id="propose_case", url_name="results_propose_case",
             openapi_extra=body_of(Proposed), summary="Propose a success")  # fmt: skip
def propose(request: PageRequest) -> dict[str, Any]:
    """Propose a success of somebody in sight. Body: ``rep_id``, ``stage``, ``first``, ``last``."""
    sent = read_body(request, Proposed)
    in_scope(request, sent.rep_id)
    typed = sent.model_dump()
    proposal = Proposal(star_id=typed.pop("rep_id"), **typed)
    made = propose_case(actor=request.user, proposal=proposal, today=today_here())
    return _in_full(request, _found(request, made.pk))


@router.post("/cases/{int:case_id}/adoptions", response=answers(CaseInFull), operation_id="adopt_case",
             openapi_extra=body_of(TakenUp), url_name="results_adopt_case", summary="Take a practice up")  # fmt: skip
def adopt(request: PageRequest, case_id: int) -> dict[str, Any]:
    """Let oneself, or somebody in sight, take a practice up. Body: ``rep_id`` and ``since``."""
    found, sent = _found(request, case_id), read_body(request, TakenUp)
    in_scope(request, sent.rep_id)
    adopt_case(actor=request.user, case_id=found.pk, rep_id=sent.rep_id, since=sent.since, today=today_here())
    return _in_full(request, _found(request, case_id))


@router.post("/cases/{int:case_id}/leaving", response=answers(CaseInFull), operation_id="leave_case",
             openapi_extra=body_of(Left), url_name="results_leave_case", summary="Stop trying")  # fmt: skip
def leave(request: PageRequest, case_id: int) -> dict[str, Any]:
    """Let oneself, or somebody in sight, stop. Body: ``rep_id`` and ``until``."""
    found, sent = _found(request, case_id), read_body(request, Left)
    in_scope(request, sent.rep_id)
    if sent.rep_id not in {row.rep_id for row in adoptions_of(found, None)}:
        raise Http404
    leave_case(actor=request.user, case_id=found.pk, rep_id=sent.rep_id, until=sent.until, today=today_here())
    return _in_full(request, _found(request, case_id))


def _cases(page: list[SuccessCase], seen: frozenset[int] | None) -> list[dict[str, Any]]:
    floor, trying = floor_today(today_here(), seen), adopters_of([one.pk for one in page])
    return [_case(one, seen, gain_for(one, floor, trying[one.pk])) for one in page]


def _found(request: PageRequest, case_id: int) -> SuccessCase:
    seen = sight_of(request.user, today_here()).rep_ids
    found = cases_for(request.user, seen).filter(pk=case_id).first()
    if found is None:
        raise Http404
    return found


def _in_full(request: PageRequest, found: SuccessCase) -> dict[str, Any]:
    seen = sight_of(request.user, today_here()).rep_ids
    gain = gain_for(found, floor_today(today_here(), seen), adopters_of([found.pk])[found.pk])
    return {
        **_case(found, seen, gain), "words": found.words, "habits": found.content["habits"],
        "looks": [look for look in found.trial.get("looks", []) if look], "moves": found.trial.get("moves", []),
        "adoptions": adoptions_of(found, seen),
    }  # fmt: skip


def _case(found: SuccessCase, seen: frozenset[int] | None, gain: TeamGain | None) -> dict[str, Any]:
    """Return one line; whose success it is only where they are in sight."""
    content = found.content
    return {
        "id": found.pk, "title": title_of(found), "stage": found.stage, "practice": found.practice,
        "state": found.state, "is_by_system": found.is_by_system,
        "rep_id": found.star_id if seen is None or found.star_id in seen else None,
        "first": found.first_day.isoformat(), "last": found.last_day.isoformat(),
        "trial_from": found.trial_from.isoformat() if found.trial_from else None,
        "star": content["star"], "peers": content["peers"], "strength": content["strength"],
        "candidates": content["candidates"], "claim": content["claim"],
        "adopters": getattr(found, "n_adopters", 0), "gain": gain,
    }  # fmt: skip
