"""Numbered system checks: what an operator should know before the doors open. ``manage.py check`` runs them too."""

from __future__ import annotations

import stat
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]", "testserver"})
TAG = "pacemark"
KEY_FILES = ("secret.key", "phone.key")


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


@register(TAG)
def today_is_a_date(**_kwargs: Any) -> Sequence[CheckMessage]:
    """pacemark.E001."""
    if not settings.PACEMARK_TODAY or _is_date(settings.PACEMARK_TODAY):
        return []
    told = f"PACEMARK_TODAY is {settings.PACEMARK_TODAY!r}, which is no date."
    return [Error(told, hint="Write it like 2024-01-31, or leave it out.", id="pacemark.E001")]


@register(TAG)
def keys_are_private(**_kwargs: Any) -> Sequence[CheckMessage]:
    """pacemark.E002."""
    found = []
    for name in KEY_FILES:
        path = Path(settings.PACEMARK_HOME) / name
        if path.exists() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            hint = f"Take the others' rights away: chmod 600 {path}"
            found.append(Error(f"Others on this machine can read {name}.", hint=hint, id="pacemark.E002"))
    return found


@register(TAG)
def sqlite_locks_at_once(**_kwargs: Any) -> Sequence[CheckMessage]:
    """pacemark.E003."""
    database = settings.DATABASES["default"]
    if "sqlite" not in database["ENGINE"] or database["OPTIONS"].get("transaction_mode") == "IMMEDIATE":
        return []
    told = "SQLite transactions do not begin IMMEDIATE: two writers can fail half-way."
    hint = "Let pacemark.web.config.databases make the settings from DATABASE_URL."
    return [Error(told, hint=hint, id="pacemark.E003")]


@register(TAG)
def debug_is_off(**_kwargs: Any) -> Sequence[CheckMessage]:
    """pacemark.W001."""
    if not settings.DEBUG:
        return []
    hint = "Leave PACEMARK_DEBUG out where others can reach the pages."
    return [Warning("Error pages show the code and its data.", hint=hint, id="pacemark.W001")]


@register(TAG)
def the_outside_uses_https(**_kwargs: Any) -> Sequence[CheckMessage]:
    """pacemark.W002."""
    if settings.SESSION_COOKIE_SECURE or set(settings.ALLOWED_HOSTS) <= LOOPBACK:
        return []
    told = "PACEMARK_HOSTS opens the pages beyond this machine while passwords travel in the clear."
    return [Warning(told, hint="End TLS in a proxy and set PACEMARK_HTTPS=true.", id="pacemark.W002")]


@register(TAG)
def front_end_files_are_there(**_kwargs: Any) -> Sequence[CheckMessage]:
    """pacemark.W003."""
    if any((Path(folder) / "vendor").is_dir() for folder in settings.STATICFILES_DIRS):
        return []
    return [
        Warning(
            "Charts cannot be drawn: the front-end files are missing.", hint="Run `make setup`.", id="pacemark.W003"
        )
    ]
