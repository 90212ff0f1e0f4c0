"""What is answered when something breaks: 503 and when to come again while the database is away, else 500."""

from __future__ import annotations

import sqlite3
import sys

import psycopg
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from pacemark.web.shared.rest import failure

WAIT_SECONDS = 5
# Whoever asks here is a program and reads JSON.
FOR_PROGRAMS = ("/api/", "/hooks/")
# PostgreSQL's classes of states: connection lost, too little of something, shut down by somebody.
_PASSING_STATES = ("08", "53", "57P")
_PASSING_CODES = frozenset(
    {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}
)


def failed(request: HttpRequest) -> HttpResponse:
    """Answer a request whose error nobody expected, in the shape that its asker reads; Django has logged the error."""
    status = 503 if is_database_away(sys.exc_info()[1]) else 500
    wait = WAIT_SECONDS if status == 503 else None
    if request.path_info.startswith(FOR_PROGRAMS):
        return failure(status, wait_seconds=wait)
    response = HttpResponse(render_to_string(f"{status}.html"), status=status)
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response


def is_database_away(error: BaseException | None) -> bool:
    """Return whether an error says that the database does not answer now, and not that something is wrong with us."""
    if isinstance(error, InterfaceError):
        return True
    if not isinstance(error, OperationalError):
        return False
    cause = error.__cause__
    if isinstance(cause, psycopg.Error):
        return cause.sqlstate is None or cause.sqlstate.startswith(_PASSING_STATES)
    # the low byte is the kind, the rest its cause
    return getattr(cause, "sqlite_errorcode", 0) & 0xFF in _PASSING_CODES
