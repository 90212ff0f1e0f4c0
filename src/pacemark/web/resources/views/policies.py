"""The policy editor: versions, a draft with its consequences, replays side by side, activation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pacemark.web.accounts.http import PageRequest
from pacemark.web.organization.queries import teams_in_full
from pacemark.web.resources.choices import PolicyState
from pacemark.web.resources.forms import PolicyForm, WindowForm
from pacemark.web.resources.models import PolicyVersion
from pacemark.web.resources.queries.policies import active_version, default_content, versions
from pacemark.web.resources.queries.replays import Window, replays_of
from pacemark.web.resources.queries.side_by_side import latest_replayed, side_by_side
from pacemark.web.resources.refusals import Refused
from pacemark.web.resources.services.policies import activate as put_in_force
from pacemark.web.resources.services.policies import check_content, save_draft
from pacemark.web.resources.services.replays import Comparison, ask_replay, cancel_replay, consequences
from pacemark.web.resources.views.asked import done, leaders, may_plan, planners, sight_of, today_of
from pacemark.web.ui.wording import words_for

EDITABLE = (PolicyState.DRAFT, PolicyState.REPLAYED)


@leaders
@require_safe
def policies(request: PageRequest) -> HttpResponse:
    """List the versions, newest first."""
    context = {"versions": versions()[:100], "may_plan": may_plan(request)}
    return render(request, "resources/policies.html", context)


@planners
@require_http_methods(["GET", "POST"])
def edit(request: PageRequest, version_id: int = 0) -> HttpResponse:
    """Edit a draft (0: a new one from the rule in force); ``try`` only shows yesterday's leads under it."""
    standing = active_version()
    found = get_object_or_404(PolicyVersion, pk=version_id, state__in=EDITABLE) if version_id else None
    start = found or standing
    content = start.content if start else default_content()
    form = PolicyForm(request.POST or None, content=content, teams=teams_in_full())
    comparison = None
    if request.method == "POST" and form.is_valid():
        try:
            if "try" not in request.POST:
                saved = save_draft(actor=request.user, content=form.content(), version_id=version_id or None)
                messages.success(request, _("The draft is kept. Replay it before it becomes active."))
                return redirect("resources:version", saved.pk)
            comparison = _tried(form.content(), standing)
        except Refused as refused:
            form.add_error(None, words_for(refused.code, refused.field))
    compared = side_by_side(comparison.before, comparison.after, None) if comparison else None
    context = {"form": form, "version": found, "standing": standing, "compared": compared}
    return render(request, "resources/policy_edit.html", context)


def _tried(content: dict[str, Any], standing: PolicyVersion | None) -> Comparison:
    check_content(content)
    yesterday = today_of() - timedelta(days=1)
    return consequences(content, standing, Window(first=yesterday, last=yesterday))


@leaders
@require_safe
def version(request: PageRequest, version_id: int) -> HttpResponse:
    """Show a version with its replays beside those of the version in force."""
    found = get_object_or_404(PolicyVersion.objects.select_related("policy"), pk=version_id)
    standing = active_version()
    replays = list(replays_of([found.pk, *([standing.pk] if standing else [])])[:20])
    yesterday = today_of() - timedelta(days=1)
    context = {
        "version": found, "standing": standing, "replays": replays,
        "replayed": latest_replayed(found, standing, sight_of(request)),
        "form": WindowForm(initial={"first": yesterday - timedelta(days=6), "last": yesterday}),
        "may_plan": may_plan(request),
        "is_running": any(one.state in {"queued", "running"} for one in replays),
    }  # fmt: skip
    return render(request, "resources/version.html", context)


@planners
@require_POST
def replay(request: PageRequest, version_id: int) -> HttpResponse:
    """Queue a replay, and the same days under the version in force to stand beside it."""
    found = get_object_or_404(PolicyVersion, pk=version_id)
    form = WindowForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give two days, the first one first."))
        return redirect("resources:version", found.pk)

    def act() -> str:
        window = Window(first=form.cleaned_data["first"], last=form.cleaned_data["last"])
        standing = active_version()
        for one in {found.pk, standing.pk if standing else found.pk}:
            ask_replay(actor=request.user, version_id=one, window=window)
        return _("The replay is under way; nothing live is written.")

    return done(request, act, "resources:version", found.pk)


@planners
@require_POST
def cancel(request: PageRequest, version_id: int, replay_id: int) -> HttpResponse:
    """Stop a replay."""

    def act() -> str:
        is_stopped = cancel_replay(actor=request.user, replay_id=replay_id)
        return _("The replay stops.") if is_stopped else _("The replay has ended already.")

    return done(request, act, "resources:version", version_id)


@planners
@require_POST
def activate(request: PageRequest, version_id: int) -> HttpResponse:
    """Put a replayed version in force."""
    get_object_or_404(PolicyVersion, pk=version_id)

    def act() -> str:
        put_in_force(actor=request.user, version_id=version_id)
        return _("This version is active from now on.")

    return done(request, act, "resources:version", version_id)
