"""Settings, Privacy: who has looked at customers' numbers. For operations and administrators."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from pacemark.web.accounts.access import allow
from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.http import PageRequest
from pacemark.web.accounts.models import User
from pacemark.web.privacy.queries.reveals import SHOWN_DAYS, look_of, lookers, looks_of

PAGE_SIZE = 50
planners = allow(AccessRole.OPERATIONS, AccessRole.ADMIN)


@planners
@require_safe
def home(request: PageRequest) -> HttpResponse:
    """List who has looked, by how many customers."""
    page = Paginator(lookers(timezone.now()), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request, "privacy/reveals.html", {"tab": "privacy", "part": "reveals", "page": page, "days": SHOWN_DAYS}
    )


@planners
@require_safe
def person(request: PageRequest, user_id: int) -> HttpResponse:
    """List one person's looks."""
    user = get_object_or_404(User, pk=user_id)
    page = Paginator(looks_of(user.pk, timezone.now()), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "tab": "privacy", "part": "reveals", "person": user, "page": page, "looks": [look_of(entry) for entry in page],
        "days": SHOWN_DAYS,
    }  # fmt: skip
    return render(request, "privacy/reveals_of.html", context)
