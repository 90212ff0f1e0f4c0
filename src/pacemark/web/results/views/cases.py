"""Success cases: the library, one case, the worksheet of a pair meeting; proposing, taking up, leaving."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pacemark.web.accounts.http import PageRequest
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.queries import members_on, organization, rep_of
from pacemark.web.results.case_forms import AdoptForm, CaseForm, LeaveForm
from pacemark.web.results.choices import CaseState
from pacemark.web.results.models import SuccessCase
from pacemark.web.results.pages.cases import (
    TONES,
    case_line,
    case_stages,
    habit_lines,
    look_lines,
    move_lines,
    next_look,
    practice_words,
    trial_sentence,
)
from pacemark.web.results.queries.cases import adopters_of, adoptions_of, cases_for, floor_today, gain_for, uplift_of
from pacemark.web.results.refusals import Refused, sentence
from pacemark.web.results.services.cases import Proposal, adopt_case, leave_case, propose_case
from pacemark.web.results.views.asked import allow_everyone, in_scope, is_rep, sight

PAGE_SIZE, USUAL_DAYS = 25, 91


@allow_everyone
@require_safe
def cases(request: PageRequest) -> HttpResponse:
    """List the cases that may be seen, with what each would bring those in sight."""
    seen = sight(request).rep_ids
    asked = {name: request.GET.get(name, "") for name in ("state", "stage", "practice")}
    rows = cases_for(request.user, seen)
    state = asked["state"] if asked["state"] in CaseState.values else ""
    rows = rows.filter(state=state) if state else rows.exclude(state=CaseState.NOISE)
    for name in ("stage", "practice"):
        rows = rows.filter(**{name: asked[name]}) if asked[name] else rows
    page, floor = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")), floor_today(_today(), seen)
    trying = adopters_of([one.pk for one in page])
    context = {
        "page": page, "asked": {**asked, "state": state}, "states": CaseState.choices, "stages": case_stages(),
        "practices": practice_words(), "currency": organization().currency, "is_rep": is_rep(request),
        "lines": [case_line(case, seen, gain_for(case, floor, trying[case.pk])) for case in page],
    }  # fmt: skip
    return render(request, "results/cases.html", context)


@allow_everyone
def propose(request: PageRequest) -> HttpResponse:
    """Propose a success of somebody in sight."""
    today, seen = _today(), sight(request).rep_ids
    first = {"first": today - timedelta(days=USUAL_DAYS), "last": today - timedelta(days=1)}
    stars = [(one.rep_id, f"{one.name} · {one.team_name}") for one in members_on(today, seen)]
    form = CaseForm(request.POST or None, initial={"practice": "other", **first})
    form.offer(stars=stars, stages=case_stages(), practices=practice_words())
    if request.method == "POST" and form.is_valid():
        typed = dict(form.cleaned_data)
        try:
            case = propose_case(actor=request.user, proposal=Proposal(star_id=typed.pop("star"), **typed), today=today)
        except Refused as refused:
            form.add_error(None, sentence(refused))
        else:
            return redirect("results:case", case.pk)
    return render(request, "results/case_propose.html", {"form": form, "n_stars": len(stars)})


@allow_everyone
@require_safe
def case(request: PageRequest, case_id: int) -> HttpResponse:
    """Show one case: the claim, the habits, the trial, and who tries it."""
    return render(request, "results/case.html", _context(request, _case(request, case_id)))


@allow_everyone
@require_safe
def worksheet(request: PageRequest, case_id: int) -> HttpResponse:
    """Show what two people take into a pair meeting, to be printed."""
    return render(request, "results/case_worksheet.html", _context(request, _case(request, case_id)))


@allow_everyone
@require_POST
def adopt(request: PageRequest, case_id: int) -> HttpResponse:
    """Let oneself, or somebody whom one leads, take a practice up."""
    found, form = _case(request, case_id), AdoptForm(request.POST)
    if not form.is_valid():
        raise Http404
    in_scope(request, form.cleaned_data["rep"])
    typed = {"rep_id": form.cleaned_data["rep"], "since": form.cleaned_data["since"]}
    try:
        adopt_case(actor=request.user, case_id=found.pk, today=_today(), **typed)
    except Refused as refused:
        messages.error(request, sentence(refused))
    else:
        messages.success(request, _("Kept. From that day on it counts."))
    return redirect("results:case", found.pk)


@allow_everyone
@require_POST
def leave(request: PageRequest, case_id: int) -> HttpResponse:
    """Let oneself, or somebody whom one leads, stop."""
    found, form = _case(request, case_id), LeaveForm(request.POST)
    if not form.is_valid():
        raise Http404
    rep_id = form.cleaned_data["rep"]
    in_scope(request, rep_id)
    if rep_id not in {row.rep_id for row in adoptions_of(found, None)}:
        raise Http404
    try:
        leave_case(
            actor=request.user, case_id=found.pk, rep_id=rep_id, until=form.cleaned_data["until"], today=_today()
        )
    except Refused as refused:
        messages.error(request, sentence(refused))
    else:
        messages.success(request, _("Kept. What was done until then still counts."))
    return redirect("results:case", found.pk)


def _context(request: PageRequest, found: SuccessCase) -> dict[str, Any]:
    seen, today = sight(request).rep_ids, _today()
    everyone = adoptions_of(found, None)
    standing = {row.rep_id for row in everyone if row.until is None}
    gone = {row.rep_id for row in everyone}
    own = rep_of(request.user)
    able = [] if found.state == CaseState.NOISE else members_on(today, seen)
    return {
        "case": found, "line": case_line(found, seen, gain_for(found, floor_today(today, seen), standing)),
        "claim": found.content["claim"], "content": found.content, "uplift": uplift_of(found),
        "habits": habit_lines(found), "looks": look_lines(found), "moves": move_lines(found),
        "next_look": next_look(found), "said": trial_sentence(found), "today": today,
        "practice": practice_words().get(found.practice, ""), "currency": organization().currency,
        "adoptions": everyone if seen is None else [row for row in everyone if row.rep_id in seen],
        "n_hidden": 0 if seen is None else sum(row.rep_id not in seen for row in everyone),
        "able": [one for one in able if one.rep_id not in gone and one.rep_id != found.star_id],
        "own_id": own.pk if own else 0, "tones": TONES, "is_rep": is_rep(request),
    }  # fmt: skip


def _case(request: PageRequest, case_id: int) -> SuccessCase:
    found = cases_for(request.user, sight(request).rep_ids).filter(pk=case_id).first()
    if found is None:
        raise Http404
    return found


def _today() -> date:
    return local_today(organization().time_zone)
