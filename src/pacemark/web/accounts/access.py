"""Which access roles may open a page. The roles stay readable on the view, so that a test can walk every route."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.core.exceptions import PermissionDenied
from django.http.response import HttpResponseBase

from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.http import PageRequest

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)
PageView = Callable[Concatenate[PageRequest, P], R]

EVERYONE = frozenset(AccessRole)


def allow(*roles: AccessRole) -> Callable[[PageView[P, R]], PageView[P, R]]:
    """Open a page to these access roles alone; anyone else signed in gets the no-permission page (403)."""
    allowed = frozenset(roles)

    def decorate(view: PageView[P, R]) -> PageView[P, R]:
        @wraps(view)
        def guarded(request: PageRequest, /, *args: P.args, **kwargs: P.kwargs) -> R:
            if request.user.access_role not in allowed:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.access_roles = allowed  # type: ignore[attr-defined]
        return guarded

    return decorate


allow_everyone = allow(*AccessRole)


def roles_allowed(view: Callable[..., Any]) -> frozenset[AccessRole] | None:
    """Return the roles a view was opened to, or None when nothing was said about it."""
    return getattr(view, "access_roles", None)
