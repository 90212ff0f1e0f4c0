"""What every page of the room asks first: who may, whom, and which days."""

from __future__ import annotations

from pacemark.web.accounts.access import allow, allow_everyone
from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.http import PageRequest
from pacemark.web.goals.views.asked import in_scope, leaders
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.queries import organization
from pacemark.web.results.queries.attainment import Sight, sight_of
from pacemark.web.results.queries.spans import Span, span_asked

__all__ = ["allow", "allow_everyone", "in_scope", "is_rep", "leaders", "sight", "span_of"]


def span_of(request: PageRequest) -> Span:
    """Return the days that the address names."""
    asked = request.GET if request.method in {"GET", "HEAD"} else request.POST
    return span_asked(asked.get("at", ""), asked.get("from", ""), asked.get("to", ""))


def sight(request: PageRequest) -> Sight:
    """Return what the person sees today."""
    return sight_of(request.user, local_today(organization().time_zone))


def is_rep(request: PageRequest) -> bool:
    """Tell whether somebody sees nobody but themselves."""
    return request.user.access_role == AccessRole.REP
