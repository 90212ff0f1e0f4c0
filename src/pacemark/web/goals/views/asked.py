"""What every page of the room asks first: who may, whom, and which month."""

from __future__ import annotations

from django.http import Http404

from pacemark.web.accounts.access import allow
from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.http import PageRequest
from pacemark.web.goals.queries.periods import Period, shown_period
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.queries import organization, visible_rep_ids

leaders = allow(AccessRole.MANAGER, AccessRole.DIRECTOR, AccessRole.OPERATIONS, AccessRole.ADMIN)
planners = allow(AccessRole.OPERATIONS, AccessRole.ADMIN)


def period_asked(request: PageRequest) -> Period:
    """Return the sales month that the address or the form names."""
    return shown_period(request.GET.get("period") or request.POST.get("period") or "")


def in_scope(request: PageRequest, rep_id: int) -> None:
    """Stop with "not found" where the person may not be seen; that they exist is not told either."""
    visible = visible_rep_ids(request.user, local_today(organization().time_zone))
    if visible is not None and rep_id not in visible:
        raise Http404
