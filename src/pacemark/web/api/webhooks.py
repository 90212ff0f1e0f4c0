"""Webhooks for programs: who is told and who tells, and what became of each word. Secrets are told once."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import Http404
from ninja import Query, Router, Schema
from pydantic import Field

from pacemark.web.accounts.http import PageRequest
from pacemark.web.api.access import only_planners
from pacemark.web.api.listing import Paged, answers, list_of, listed, listed_rows
from pacemark.web.api.reading import body_of, read_body
from pacemark.web.api.shapes import Told, columns_of
from pacemark.web.pipeline.choices import EventKind
from pacemark.web.webhooks.choices import DeliveryState
from pacemark.web.webhooks.models import Caller, Delivery, Receipt, Receiver
from pacemark.web.webhooks.queries import callers, deliveries_shown, receipts_shown, receiver_rows
from pacemark.web.webhooks.services.collecting import queue_test, send_again
from pacemark.web.webhooks.services.ends import (
    CallerWords,
    Made,
    ReceiverWords,
    change_caller,
    change_receiver,
    change_secret,
    end_for_good,
    make_caller,
    make_receiver,
)

router = Router(tags=["webhooks"])
_RECEIVER = ("name", "address_hint", "is_on", "failures", "paused_until", "made_at")
_CALLER = ("name", "kind", "mapping", "is_on", "made_at")
RECEIVER = columns_of(Receiver, "pk", *_RECEIVER, wants=list[str])
RECEIVER_MADE = columns_of(Receiver, "pk", *_RECEIVER, name="ReceiverMade", wants=list[str], secret=str)
RECEIVER_ROW = columns_of(Receiver, "pk", *_RECEIVER, name="ReceiverRow", wants=list[str], n_waiting=int, n_failed=int)
CALLER = columns_of(Caller, "pk", *_CALLER, post_to=str)
CALLER_MADE = columns_of(Caller, "pk", *_CALLER, name="CallerMade", post_to=str, secret=str)
DELIVERY = columns_of(
    Delivery, "pk", "receiver_id", "key", "event", "state", "body", "queued_at", "not_before", "sent_at", "attempts",
    "failure",
)  # fmt: skip
RECEIPT = columns_of(Receipt, "pk", "caller_id", "at", "state", "reason", counts=dict[str, int])
Name = Annotated[str, Field(min_length=1, max_length=64)]


class ReceiverIn(Schema):
    """A receiver; an empty address leaves what is kept. ``wants`` are events, as docs/api/webhooks.md lists them."""

    name: Name
    address: Annotated[str, Field(max_length=1000)] = ""
    wants: list[str] = []
    is_on: bool = True


class CallerIn(Schema):
    """A caller: what it posts, and a profile's text where it uses its own words."""

    name: Name
    kind: EventKind
    mapping: Annotated[str, Field(max_length=20_000)] = ""
    is_on: bool = True


class Ended(Told):
    """What is gone."""

    id: int


class AskedDeliveries(Paged):
    """Of one receiver, in one state; left out: all."""

    receiver_id: int | None = Field(None, ge=0, le=2**62)
    state: DeliveryState | None = None


@router.get("/receivers", response=answers(list_of(RECEIVER_ROW)), operation_id="webhook_receivers",
            url_name="webhook_receivers", summary="Programs that are told")  # fmt: skip
def receivers(request: PageRequest, asked: Query[Paged]) -> dict[str, Any]:
    """Return every receiver, with how many deliveries wait and failed."""
    only_planners(request)
    rows = [
        {**_receiver(row.receiver), "n_waiting": row.n_waiting, "n_failed": row.n_failed} for row in receiver_rows()
    ]
    return listed("", asked, rows)


@router.post("/receivers", response=answers(RECEIVER_MADE), operation_id="make_webhook_receiver",
             url_name="make_webhook_receiver", summary="Make a receiver",
             openapi_extra=body_of(ReceiverIn))  # fmt: skip
def add_receiver(request: PageRequest) -> dict[str, Any]:
    """Make a receiver and return its secret, once."""
    only_planners(request)
    return _made(make_receiver(actor=request.user, words=_receiver_words(request)))


@router.post("/receivers/{int:end_id}", response=answers(RECEIVER), operation_id="change_webhook_receiver",
             url_name="change_webhook_receiver", summary="Change a receiver",
             openapi_extra=body_of(ReceiverIn))  # fmt: skip
def put_receiver(request: PageRequest, end_id: int) -> dict[str, Any]:
    """Change a receiver; all of it is sent."""
    found = _receiver_of(request, end_id)
    return _receiver(change_receiver(actor=request.user, receiver=found, words=_receiver_words(request)))


@router.post("/receivers/{int:end_id}/test", response=answers(DELIVERY), operation_id="test_webhook_receiver",
             url_name="test_webhook_receiver", summary="Send a test")  # fmt: skip
def test_receiver(request: PageRequest, end_id: int) -> Delivery:
    """Queue a word that shows whether the receiver answers."""
    return queue_test(actor=request.user, receiver=_receiver_of(request, end_id))


@router.post("/receivers/{int:end_id}/secret", response=answers(RECEIVER_MADE),
             operation_id="change_webhook_receiver_secret", url_name="change_webhook_receiver_secret",
             summary="Make a new secret")  # fmt: skip
def receiver_secret(request: PageRequest, end_id: int) -> dict[str, Any]:
    """Give a new secret; the former holds for a day."""
    return _made(change_secret(actor=request.user, end=_receiver_of(request, end_id)))


@router.delete("/receivers/{int:end_id}", response=answers(Ended), operation_id="end_webhook_receiver",
               url_name="end_webhook_receiver", summary="Remove a receiver")  # fmt: skip
def end_receiver(request: PageRequest, end_id: int) -> dict[str, Any]:
    """Remove a receiver, with its log and what waits."""
    end_for_good(actor=request.user, end=_receiver_of(request, end_id))
    return {"id": end_id}


@router.get("/callers", response=answers(list_of(CALLER)), operation_id="webhook_callers", url_name="webhook_callers",
            summary="Programs that tell us")  # fmt: skip
def list_callers(request: PageRequest, asked: Query[Paged]) -> dict[str, Any]:
    """Return every caller."""
    only_planners(request)
    return listed_rows("", asked, callers(), lambda page: [_caller(row) for row in page])


@router.post("/callers", response=answers(CALLER_MADE), operation_id="make_webhook_caller",
             url_name="make_webhook_caller", summary="Make a caller", openapi_extra=body_of(CallerIn))  # fmt: skip
def add_caller(request: PageRequest) -> dict[str, Any]:
    """Make a caller and return its secret, once."""
    only_planners(request)
    return _made(make_caller(actor=request.user, words=_caller_words(request)))


@router.post("/callers/{int:end_id}", response=answers(CALLER), operation_id="change_webhook_caller",
             url_name="change_webhook_caller", summary="Change a caller", openapi_extra=body_of(CallerIn))  # fmt: skip
def put_caller(request: PageRequest, end_id: int) -> dict[str, Any]:
    """Change a caller; all of it is sent."""
    found = _caller_of(request, end_id)
    return _caller(change_caller(actor=request.user, caller=found, words=_caller_words(request)))


@router.post("/callers/{int:end_id}/secret", response=answers(CALLER_MADE), operation_id="change_webhook_caller_secret",
             url_name="change_webhook_caller_secret", summary="Make a new secret")  # fmt: skip
def caller_secret(request: PageRequest, end_id: int) -> dict[str, Any]:
    """Give a new secret; the former holds for a day."""
    return _made(change_secret(actor=request.user, end=_caller_of(request, end_id)))


@router.delete("/callers/{int:end_id}", response=answers(Ended), operation_id="end_webhook_caller",
               url_name="end_webhook_caller", summary="Remove a caller")  # fmt: skip
def end_caller(request: PageRequest, end_id: int) -> dict[str, Any]:
    """Remove a caller with its log."""
    end_for_good(actor=request.user, end=_caller_of(request, end_id))
    return {"id": end_id}


@router.get("/deliveries", response=answers(list_of(DELIVERY)), operation_id="webhook_deliveries",
            url_name="webhook_deliveries", summary="What was told, and what became of it")  # fmt: skip
def deliveries(request: PageRequest, asked: Query[AskedDeliveries]) -> dict[str, Any]:
    """Return deliveries, the newest first."""
    only_planners(request)
    rows = deliveries_shown(receiver_id=asked.receiver_id, state=asked.state or "")
    return listed_rows("", asked, rows, list)


@router.post("/deliveries/{int:delivery_id}/again", response=answers(DELIVERY), operation_id="send_webhook_again",
             url_name="send_webhook_again", summary="Send a failed delivery again")  # fmt: skip
def again(request: PageRequest, delivery_id: int) -> Delivery:
    """Put a delivery that failed back into the queue, under its id."""
    only_planners(request)
    return send_again(actor=request.user, delivery_id=delivery_id)


@router.get("/receipts", response=answers(list_of(RECEIPT)), operation_id="webhook_receipts",
            url_name="webhook_receipts", summary="What was posted to us")  # fmt: skip
def receipts(request: PageRequest, asked: Query[Paged]) -> dict[str, Any]:
    """Return what was taken and what was refused, the newest first."""
    only_planners(request)
    return listed_rows("", asked, receipts_shown(), list)


def _receiver_of(request: PageRequest, end_id: int) -> Receiver:
    only_planners(request)
    found = Receiver.objects.filter(pk=end_id).first()
    if found is None:
        raise Http404
    return found


def _caller_of(request: PageRequest, end_id: int) -> Caller:
    only_planners(request)
    found = Caller.objects.filter(pk=end_id).first()
    if found is None:
        raise Http404
    return found


def _receiver_words(request: PageRequest) -> ReceiverWords:
    sent = read_body(request, ReceiverIn)
    return ReceiverWords(name=sent.name, address=sent.address, wants=tuple(sent.wants), is_on=sent.is_on)


def _caller_words(request: PageRequest) -> CallerWords:
    sent = read_body(request, CallerIn)
    return CallerWords(name=sent.name, kind=sent.kind, mapping=sent.mapping, is_on=sent.is_on)


def _made(made: Made) -> dict[str, Any]:
    told = _receiver(made.end) if isinstance(made.end, Receiver) else _caller(made.end)
    return {**told, "secret": made.secret}


def _receiver(row: Receiver) -> dict[str, Any]:
    return {"id": row.pk, **{name: getattr(row, name) for name in (*_RECEIVER, "wants")}}


def _caller(row: Caller) -> dict[str, Any]:
    return {"id": row.pk, "post_to": f"/hooks/{row.pk}/", **{name: getattr(row, name) for name in _CALLER}}
