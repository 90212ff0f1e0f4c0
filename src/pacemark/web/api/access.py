"""Who may call an operation, where the scope of what is read does not say it already."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.http import PageRequest

PLANNERS = frozenset({AccessRole.OPERATIONS, AccessRole.ADMIN})


def only_leaders(request: PageRequest) -> None:
    """Refuse reps: it is about others."""
    if request.user.access_role == AccessRole.REP:
        raise PermissionDenied


def only_planners(request: PageRequest) -> None:
    """Refuse everybody but operations and administrators: it is the whole floor's."""
    if request.user.access_role not in PLANNERS:
        raise PermissionDenied


def only_administrators(request: PageRequest) -> None:
    """Refuse everybody but administrators: it is about everything kept of a person."""
    if request.user.access_role != AccessRole.ADMIN:
        raise PermissionDenied
