"""Settings, Privacy: how long what is personal is kept, with what would go. For administrators alone."""

from __future__ import annotations

from dataclasses import asdict

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pacemark.web.accounts.http import PageRequest
from pacemark.web.privacy.forms import RetentionForm
from pacemark.web.privacy.pages import due_lines
from pacemark.web.privacy.queries.retention import Retention, due, standing_retention
from pacemark.web.privacy.services.retention import set_retention
from pacemark.web.privacy.views.customers import administrators


@administrators
@require_http_methods(["GET", "POST"])
def home(request: PageRequest) -> HttpResponse:
    """Show how long things are kept and how much is older; try other ends out, or let them hold."""
    form = RetentionForm(request.POST or None, initial=asdict(standing_retention()))
    kept, is_tried = standing_retention(), False
    if request.method == "POST" and form.is_valid():
        kept, is_tried = Retention(**form.cleaned_data), True
        if request.POST.get("do") == "save":
            set_retention(actor=request.user, kept=kept)
            messages.success(request, _("Saved. What is older goes with the next day's clearing."))
            return redirect("privacy:retention")
    context = {
        "tab": "privacy", "part": "retention", "form": form, "is_tried": is_tried,
        "lines": due_lines(due(kept, timezone.now())),
    }  # fmt: skip
    return render(request, "privacy/retention.html", context)
