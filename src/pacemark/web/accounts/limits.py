"""Who asks, and how often: limits that hold over all web processes, beside the lock on one name at one address."""

from __future__ import annotations

import hashlib
import ipaddress

from allauth.core import ratelimit
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

WRONG_PASSWORD = "wrong_password"  # noqa: S105
UNKNOWN_ADDRESS = "0.0.0.0"  # noqa: S104


def cache_key(key: str, prefix: str, version: int) -> str:
    """Return the name a value is kept under: no address and no user name can be read from the table."""
    return hashlib.sha256(f"{prefix}:{version}:{key}".encode()).hexdigest()


def client_address(request: HttpRequest) -> str:
    """Return the address a request comes from; of ``X-Forwarded-For`` only what proxies of our own have written."""
    proxies: int = settings.PACEMARK_PROXIES
    hops = [hop.strip() for hop in request.headers.get("x-forwarded-for", "").split(",")]
    told = hops[-proxies] if 0 < proxies <= len(hops) else request.META.get("REMOTE_ADDR", "")
    try:
        return str(ipaddress.ip_address(told))
    except ValueError:
        return UNKNOWN_ADDRESS


def may_try(request: HttpRequest, username: str) -> bool:
    """Return whether another sign-in may be tried from this address, and for this name from anywhere."""
    return bool(
        ratelimit.consume(request, action="login")
        and ratelimit.consume(request, action=WRONG_PASSWORD, key=_key(username), dry_run=True)
    )


def too_many(request: HttpRequest) -> HttpResponse:
    """Answer that it is enough for now."""
    response = render(request, "429.html", status=429)
    response.headers["Retry-After"] = "60"
    return response


def note_wrong_password(request: HttpRequest, username: str) -> None:
    """Count one wrong password; a right one later does not take it back."""
    ratelimit.consume(request, action=WRONG_PASSWORD, key=_key(username))


def _key(username: str) -> str:
    return f"name-{username.strip().casefold()[:150]}"
