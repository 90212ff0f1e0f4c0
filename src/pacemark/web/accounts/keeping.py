"""The session one is in, when all others of the same person end."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib.auth import update_session_auth_hash

from pacemark.web.accounts.http import PageRequest


def keep_this_session(request: PageRequest) -> None:
    """Stay signed in here although the password changed or all sessions were ended; the list follows."""
    before = request.session.session_key
    update_session_auth_hash(request, request.user)
    moved = UserSession.objects.filter(session_key=before).update(session_key=request.session.session_key)
    if not moved:
        UserSession.objects.create_from_request(request)
