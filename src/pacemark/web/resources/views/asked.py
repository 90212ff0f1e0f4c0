"""What every page of the room asks first: who may, whom, which day; and refusals in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from pacemark.web.accounts.access import allow
from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.http import PageRequest
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.queries import organization, visible_rep_ids
from pacemark.web.pipeline.holding_refusals import HoldingRefused
from pacemark.web.resources.refusals import Refused
from pacemark.web.ui.wording import words_for

leaders = allow(AccessRole.MANAGER, AccessRole.DIRECTOR, AccessRole.OPERATIONS, AccessRole.ADMIN)
planners = allow(AccessRole.OPERATIONS, AccessRole.ADMIN)
reps = allow(AccessRole.REP)


def today_of() -> date:
    """Return the organisation's day."""
    return local_today(organization().time_zone)


def sight_of(request: PageRequest) -> frozenset[int] | None:
    """Return whom the person may see today; None is everyone."""
    return visible_rep_ids(request.user, today_of())


def may_plan(request: PageRequest) -> bool:
    """Return whether the person sets the rules."""
    return request.user.access_role in {AccessRole.OPERATIONS, AccessRole.ADMIN}


def done(request: PageRequest, act: Callable[[], str], back: str, *values: object) -> HttpResponse:
    """Do it and say so, or say in words why not; then go back."""
    try:
        messages.success(request, act())
    except (Refused, HoldingRefused) as refused:
        field = refused.field if isinstance(refused, Refused) else None
        messages.error(request, words_for(refused.code, field))
    return redirect(back, *values)
