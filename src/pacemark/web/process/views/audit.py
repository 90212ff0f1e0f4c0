"""The metric audit: verdicts with their evidence, and operations' word on what is watched."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.http import PageRequest
from pacemark.web.goals.views.asked import leaders, planners
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.queries import organization
from pacemark.web.process.pages.audit_page import audit_page
from pacemark.web.process.queries.audit import last_audit
from pacemark.web.process.services.audit import set_target, set_watched
from pacemark.web.process.services.coaching import Refused
from pacemark.web.ui.wording import words_for


@leaders
@require_safe
def audit(request: PageRequest) -> HttpResponse:
    """Show which metrics deserve to be watched."""
    found = last_audit(local_today(organization().time_zone))
    context = {
        "page": audit_page(found) if found else None,
        "may_set": request.user.access_role in {AccessRole.OPERATIONS, AccessRole.ADMIN},
    }
    return render(request, "process/audit.html", context)


@planners
@require_POST
def monitor(request: PageRequest) -> HttpResponse:
    """Do what the button says about one metric: retire it, watch it again, make it a target, or no more."""
    metric, asked, reason = (request.POST.get(name, "") for name in ("metric", "do", "reason"))
    try:
        if asked in {"target", "no_target"}:
            set_target(actor=request.user, metric=metric, is_target=asked == "target")
        else:
            set_watched(actor=request.user, metric=metric, is_watched=asked == "watch", reason=reason)
        messages.success(request, _("Kept. Pages follow at once."))
    except Refused as refused:
        messages.error(request, words_for(refused.code, refused.field))
    return redirect("process:audit")
