"""Writes that are sent twice: under an ``Idempotency-Key`` the second is answered like the first and writes nothing.

The answer is kept in the transaction of the write itself. Whoever repeats a request is told so as soon as it is known
who asks; of two that run at once, the one that comes second to keeping its answer is undone.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from pacemark.web.accounts.models import User
from pacemark.web.api.models import KeptAnswer
from pacemark.web.shared.rest import failure
from pacemark.web.shared.sealing import opened, sealed

KEEP = timedelta(days=7)
PURPOSE = "answer"  # one may hold a secret that is told once
# What is shown or given out and changes nothing is done anew: kept here, it would outlive an erasure.
UNKEPT = frozenset({"calculate", "lead_phone", "find_customer", "export_customer", "export_employee"})
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_MOST_KEY_CHARS = 150
_FAILED = 400


class AnsweredBefore(Exception):
    """A request whose answer is known."""

    def __init__(self, answer: HttpResponse) -> None:
        super().__init__("answered before")
        self.answer = answer


def key_of(request: HttpRequest) -> str:
    """Return the key that a write came with; nothing for reads, and where the operation keeps keys itself."""
    match = request.resolver_match
    name = (match.url_name if match else "") or ""
    keeps_itself = name == "leads" or name.startswith("events_")
    if request.method not in WRITES or keeps_itself or name in UNKEPT:
        return ""
    return request.headers.get("idempotency-key", "").strip()[:_MOST_KEY_CHARS]


def tell_repeated(request: HttpRequest, user: User) -> None:
    """Raise :class:`AnsweredBefore` where this person's request was answered under its key."""
    key = key_of(request)
    if key and (before := KeptAnswer.objects.filter(user=user, key=key).first()):
        raise AnsweredBefore(_same(before, request))


def answered_once(request: HttpRequest, run: Callable[[], HttpResponse]) -> HttpResponse:
    """Run a write and keep its answer with it; a write that failed leaves nothing, and may be sent again."""
    key = key_of(request)
    if not key:
        return run()
    try:
        with transaction.atomic():
            response = run()
            person = getattr(request, "auth", None)
            if response.status_code >= _FAILED or not isinstance(person, User):
                transaction.set_rollback(True)
                return response
            KeptAnswer.objects.create(
                user=person, key=key, digest=_digest(request), status=response.status_code,
                body=sealed(response.content.decode(), PURPOSE), created_at=timezone.now(),
            )  # fmt: skip
    except IntegrityError:
        before = KeptAnswer.objects.filter(user=getattr(request, "auth", None), key=key).first()
        if before is None:
            raise
        return _same(before, request)
    return response


def forget_answers() -> int:
    """Forget answers of long ago; return how many."""
    count, _by_model = KeptAnswer.objects.filter(created_at__lt=timezone.now() - KEEP).delete()
    return count


def _same(before: KeptAnswer, request: HttpRequest) -> HttpResponse:
    if before.digest != _digest(request):
        return failure(409, code="request.key_reused", message="This key came with another request; take a new one.")
    try:
        body = opened(before.body, PURPOSE)
    except InvalidTag:  # the phone key was changed since: what was answered cannot be said again
        return failure(409, code="request.answer_lost", message="It was done; look how things are now.")
    return HttpResponse(body, status=before.status, content_type="application/json; charset=utf-8")


def _digest(request: HttpRequest) -> str:
    asked = f"{request.method} {request.get_full_path()}\0".encode()
    return sha256(asked + request.body).hexdigest()
