"""What programs elsewhere post to us: believed by its signature, taken in by the import's own rules, and noted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import override

from pacemark.web.intake.event_services import Answer, Posted, take_events
from pacemark.web.intake.profiles import KindProfile, profile_from_text
from pacemark.web.pipeline.choices import EventKind
from pacemark.web.shared.rates import TooManyRequests, spend
from pacemark.web.webhooks.choices import ReceiptState
from pacemark.web.webhooks.models import Caller, Receipt
from pacemark.web.webhooks.refusals import Refused, refuse
from pacemark.web.webhooks.signing import Signature, fault_of, secrets_of

KEEP = timedelta(days=30)
REFUSALS_A_MINUTE = 60  # more of them are refused all the same, and not noted
UNBELIEVED = {
    "bad_signature": "The signature does not match.",
    "too_old": "The timestamp is more than five minutes off.",
}


def take_post(*, caller: Caller, headers: Mapping[str, str], body: bytes) -> Answer:
    """Take in what a caller posted and return what became of each row. A repetition is answered as before.

    Raises
    ------
    EngineError
        ``webhooks.bad_signature`` or ``webhooks.too_old`` for what is not believed; the import's refusals else.
    TooManyRequests
        When the caller has to wait.
    """
    now, told = timezone.now(), Signature.of(headers)
    try:
        fault = fault_of(told, secrets_of(caller, now), body, now)
        if fault:
            raise refuse(fault, UNBELIEVED[fault])
        spend(f"caller:{caller.pk}", settings.PACEMARK_API_PER_TOKEN)
        answer = take_events(actor=caller.made_by, posted=_posted(caller, told, body))
    except Refused as refused:
        _note_refusal(caller, refused, now)
        raise
    counts = {name: answer[name] for name in ("accepted", "updated", "unchanged", "refused")}
    Receipt.objects.create(caller=caller, at=now, state=ReceiptState.TAKEN, counts=counts)
    return answer


def _note_refusal(caller: Caller, refused: Refused, now: datetime) -> None:
    try:
        spend(f"refused:{caller.pk}", REFUSALS_A_MINUTE)
    except TooManyRequests:
        return
    Receipt.objects.create(caller=caller, at=now, state=ReceiptState.REFUSED, reason=refused.code[:60])


def _posted(caller: Caller, told: Signature, body: bytes) -> Posted:
    try:
        read = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise refuse("not_json", "Send JSON, as text in UTF-8.") from error
    return Posted(
        kind=EventKind(caller.kind), source_name=caller.name, rows=_rows_in(read),
        key=f"webhook:{caller.pk}:{told.message_id}", digest=sha256(body).hexdigest(), mapping=_mapping_of(caller),
    )  # fmt: skip


def _rows_in(read: Any) -> list[object]:
    """Return the rows of a body: a list, an object with ``rows``, or one event as an object."""
    if isinstance(read, dict) and isinstance(read.get("rows"), list):
        return list(read["rows"])
    return read if isinstance(read, list) else [read]


def _mapping_of(caller: Caller) -> KindProfile | None:
    if not caller.mapping:
        return None
    with override("en"):
        profile = profile_from_text(caller.mapping)
    return next(part for part in profile.kinds if part.kind == caller.kind)


def forget_receipts(now: datetime | None = None) -> int:
    """Forget old receipts; return how many."""
    return Receipt.objects.filter(at__lt=(now or timezone.now()) - KEEP).delete()[0]
