"""A rep's own queue: leads with their clocks, the pool, locks, returns, duty and appeals."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from pacemark.web.accounts.access import allow_everyone
from pacemark.web.accounts.http import PageRequest
from pacemark.web.organization.models import Rep
from pacemark.web.organization.queries import rep_of
from pacemark.web.pipeline.holding_services import set_lock
from pacemark.web.pipeline.pool_views import look_into_pool
from pacemark.web.pipeline.queries.holdings import claims_today, standing_rule, teams_of_reps
from pacemark.web.pipeline.queries.lead_pages import to_call_next
from pacemark.web.pipeline.queries.pool_views import pool_in_sight, seen_today, still_hidden
from pacemark.web.resources.models import DutyToggle
from pacemark.web.resources.queries.scores import latest_cycle, scores_of, withholdings_shown
from pacemark.web.resources.services.duty import toggle_duty
from pacemark.web.resources.services.ownership import claim_lead, return_lead
from pacemark.web.resources.services.withholding import appeal
from pacemark.web.resources.views.asked import done, reps, today_of
from pacemark.web.resources.words import metric_words

PAGE_SIZE = 20
POOL_SHOWN = 30
LOOKED_AT_ONCE = 10


@allow_everyone
@require_safe
def mine(request: PageRequest) -> HttpResponse:
    """Show one's own leads, the most urgent first, and the pool."""
    rep = rep_of(request.user)
    if rep is None:
        return render(request, "resources/mine_nobody.html")
    today = today_of()
    page = Paginator(to_call_next(rep.pk, timezone.now(), today), PAGE_SIZE).get_page(request.GET.get("page"))
    team_id = teams_of_reps({rep.pk}, today).get(rep.pk)
    score = next(iter(scores_of(latest_cycle(), frozenset({rep.pk}))), None)
    context = {
        "page": page, "today": today, "rule": standing_rule(),
        "pool": pool_in_sight(rep.pk, team_id, today)[:POOL_SHOWN],
        "has_hidden": still_hidden(rep.pk, team_id, today).exists(), "claims": claims_today(rep.pk, today),
        "seen": len(seen_today(rep.pk, today)),
        "away": DutyToggle.objects.filter(rep=rep, ended_at__isnull=True).first(),
        "withholdings": withholdings_shown(frozenset({rep.pk}), today), "score": score,
        "parts": [(metric_words(code), part) for code, part in score.parts.items()] if score else [],
    }  # fmt: skip
    return render(request, "resources/mine.html", context)


def _do(request: PageRequest, act: Callable[[Rep], str]) -> HttpResponse:
    rep = rep_of(request.user)
    if rep is None:
        raise PermissionDenied
    return done(request, lambda: act(rep), "resources:mine")


@require_POST
@reps
def claim(request: PageRequest, lead_id: int) -> HttpResponse:
    """Take a lead from the pool."""

    def act(rep: Rep) -> str:
        claim_lead(actor=request.user, rep_id=rep.pk, lead_id=lead_id, at=timezone.now())
        return _("The lead is yours.")

    return _do(request, act)


@require_POST
@reps
def give_back(request: PageRequest, lead_id: int) -> HttpResponse:
    """Return a lead to the pool."""

    def act(rep: Rep) -> str:
        return_lead(actor=request.user, rep_id=rep.pk, lead_id=lead_id, at=timezone.now())
        return _("The lead is back in the pool.")

    return _do(request, act)


@require_POST
@reps
def look(request: PageRequest) -> HttpResponse:
    """Draw some more leads of a pool that shows only so many a day."""

    def act(rep: Rep) -> str:
        n = look_into_pool(actor=request.user, rep_id=rep.pk, count=LOOKED_AT_ONCE, at=timezone.now())
        return ngettext("%(n)s more lead of the pool is shown.", "%(n)s more leads of the pool are shown.", n) % {
            "n": n
        }

    return _do(request, act)


@require_POST
@reps
def lock(request: PageRequest, lead_id: int) -> HttpResponse:
    """Lock a lead against the clock, or unlock it."""
    is_locked = request.POST.get("lock") == "1"

    def act(rep: Rep) -> str:
        set_lock(actor=request.user, lead_id=lead_id, rep_id=rep.pk, is_locked=is_locked)
        return _("The lead is locked.") if is_locked else _("The clock runs again.")

    return _do(request, act)


@require_POST
@reps
def duty(request: PageRequest) -> HttpResponse:
    """Go away from the desk, or come back."""
    is_on = request.POST.get("on") == "1"

    def act(rep: Rep) -> str:
        toggle_duty(actor=request.user, rep_id=rep.pk, is_on_duty=is_on)
        return _("You take leads again.") if is_on else _("You are away; nobody sends you leads until you are back.")

    return _do(request, act)


@require_POST
@reps
def appeal_one(request: PageRequest, withholding_id: int) -> HttpResponse:
    """Say why a withholding is wrong."""

    def act(rep: Rep) -> str:
        text = request.POST.get("text", "")
        appeal(actor=request.user, withholding_id=withholding_id, rep_id=rep.pk, text=text)
        return _("Your appeal is with your manager.")

    return _do(request, act)
