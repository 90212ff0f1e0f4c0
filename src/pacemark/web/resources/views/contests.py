"""Contested leads (撞单): the list, the evidence, the decision."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pacemark.web.accounts.access import allow_everyone
from pacemark.web.accounts.http import PageRequest
from pacemark.web.resources.models import Contest
from pacemark.web.resources.queries.contests import Proof, contest_in_sight, contests_shown, evidence_of
from pacemark.web.resources.services.contests import decide_contest
from pacemark.web.resources.views.asked import done, leaders, sight_of
from pacemark.web.resources.words import history_words


@allow_everyone
@require_safe
def contests(request: PageRequest) -> HttpResponse:
    """List the disputes of the people in sight, open ones first."""
    shown = contests_shown(sight_of(request))
    context = {"contests": shown, "n_open": sum(one.state == "open" for one in shown)}
    return render(request, "resources/contests.html", context)


def _found(request: PageRequest, contest_id: int) -> tuple[Contest, bool]:
    found = contest_in_sight(contest_id, request.user, sight_of(request))
    if found is None:
        raise Http404
    return found


@allow_everyone
@require_safe
def contest(request: PageRequest, contest_id: int) -> HttpResponse:
    """Show a dispute with what was on record when it was raised."""
    found, may_decide = _found(request, contest_id)
    sides = {side.pk: side.name for side in (found.raised_by, found.against) if side is not None}
    proofs = [(one, _who(one, sides), history_words(one.kind, one.what)) for one in evidence_of(found)]
    counts = {
        name: [sum(one.rep_id == rep and one.kind == kind for one, _who, _what in proofs) for kind in ("call", "touch")]
        for rep, name in sides.items()
    }
    context = {"contest": found, "proofs": proofs, "counts": counts, "may_decide": may_decide and found.state == "open"}
    return render(request, "resources/contest.html", context)


def _who(proof: Proof, sides: dict[int, str]) -> str:
    """Name the two; others are only somebody else."""
    return "—" if proof.rep_id is None else sides.get(proof.rep_id, _("somebody else"))


@leaders
@require_POST
def decide(request: PageRequest, contest_id: int) -> HttpResponse:
    """Let the lead stay or go, with the reason."""
    found, may_decide = _found(request, contest_id)
    if not may_decide:
        raise Http404

    def act() -> str:
        is_moved = request.POST.get("do") == "move"
        decide_contest(
            actor=request.user, contest_id=found.pk, is_moved=is_moved, verdict=request.POST.get("verdict", ""),
            at=timezone.now(), rep_ids=sight_of(request),
        )  # fmt: skip
        return _("The lead goes to the other one.") if is_moved else _("The lead stays where it is.")

    return done(request, act, "resources:contest", found.pk)
