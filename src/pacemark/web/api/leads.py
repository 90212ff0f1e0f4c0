"""Leads by the API: they arrive, are claimed, returned and transferred, and say why they are whose they are."""

from __future__ import annotations

import json
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Header, Router, Schema

from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.http import PageRequest
from pacemark.web.api.failures import Failure
from pacemark.web.api.reading import body_of, read_body
from pacemark.web.api.services import EngineError
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.models import Rep
from pacemark.web.organization.queries import organization, rep_of, visible_rep_ids
from pacemark.web.pipeline.choices import RevealReason
from pacemark.web.pipeline.lead_services import phone_in_full
from pacemark.web.pipeline.models import Lead
from pacemark.web.pipeline.queries.holdings import holder_of
from pacemark.web.resources.models import Decision
from pacemark.web.resources.queries.runs import latest_decision
from pacemark.web.resources.refusals import refuse
from pacemark.web.resources.services.arrivals import receive
from pacemark.web.resources.services.ownership import claim_lead, give_lead, return_lead
from pacemark.web.resources.views.leads import worked_on

router = Router(tags=["leads"])
RUN_THE_FLOOR = frozenset({AccessRole.OPERATIONS, AccessRole.ADMIN})
REFUSALS = {401: Failure, 403: Failure, 409: Failure, 422: Failure}


class RowFailure(Schema):
    """Why one row was refused; the rows beside it went in."""

    code: str
    message: str
    field: str | None


class LeadAnswer(Schema):
    """What became of one lead that arrived."""

    lead: int | None
    owner: int | None
    status: str
    decision: int | None
    error: RowFailure | None = None


class DecisionAnswer(Schema):
    """Why a lead is whose it is: ids and numbers."""

    decision: int
    lead: int
    kind: str
    owner: int | None
    grade: str
    decided_at: str
    policy_version: int | None
    run: str | None
    evidence: dict[str, Any]


class Transfer(Schema):
    """Who gets a lead by hand; with a reason, also beyond the limits."""

    rep: int
    reason: str = ""


class Look(Schema):
    """Why one looks at a number; a rep who works the lead need not say."""

    reason: RevealReason | None = None


class SeenAnswer(Schema):
    """A customer's name and number in full; null where the lead has none."""

    lead: int
    name: str
    phone: str | None


_LEAD = {
    "type": "object",
    "required": ["external_id", "source"],
    "properties": {
        "external_id": {"type": "string"},
        "source": {"type": "string"},
        "phone": {"type": ["string", "null"]},
        "name": {"type": ["string", "null"]},
        "grade": {"type": ["string", "null"]},
        "tags": {"type": ["array", "null"], "items": {"type": "string"}},
        "occurred_at": {"type": ["string", "null"]},
    },
}
_BODY = {"required": True, "content": {"application/json": {"schema": {"type": "array", "items": _LEAD}}}}


@router.post(
    "", response={200: list[LeadAnswer], 400: Failure, **REFUSALS}, operation_id="receive_leads",
    summary="Leads arrive", url_name="leads", openapi_extra={"requestBody": _BODY},
)  # fmt: skip
def arrive(request: HttpRequest, idempotency_key: Header[str | None] = None) -> list[dict[str, Any]]:
    """Take leads in and deal them at once; the same ``Idempotency-Key`` answers the same and writes nothing."""
    user = _person(request)
    if user.access_role not in RUN_THE_FLOOR:
        raise PermissionDenied
    try:
        rows = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise refuse("bad_rows", "Send a JSON list of leads, as text in UTF-8.") from error
    key = f"api:{user.pk}:{idempotency_key.strip()[:150]}" if idempotency_key and idempotency_key.strip() else None
    return receive(actor=user, key=key, rows=rows, at=timezone.now())


@router.post(
    "/{int:lead_id}/claim", response={200: DecisionAnswer, 404: Failure, **REFUSALS}, operation_id="claim_lead",
    summary="Claim a lead from the pool", url_name="claim_lead",
)  # fmt: skip
def claim(request: HttpRequest, lead_id: int) -> dict[str, Any]:
    """Take a lead from the pool for oneself."""
    user = _person(request)
    _known(lead_id)
    return _told(claim_lead(actor=user, rep_id=_own_rep(request), lead_id=lead_id, at=timezone.now()))


@router.post(
    "/{int:lead_id}/return", response={200: DecisionAnswer, 404: Failure, **REFUSALS}, operation_id="return_lead",
    summary="Return a lead to the pool", url_name="return_lead",
)  # fmt: skip
def give_back(request: HttpRequest, lead_id: int) -> dict[str, Any]:
    """Give one's own lead back to the pool."""
    user = _person(request)
    _known(lead_id)
    return _told(return_lead(actor=user, rep_id=_own_rep(request), lead_id=lead_id, at=timezone.now()))


@router.post(
    "/{int:lead_id}/transfer", response={200: DecisionAnswer, 404: Failure, **REFUSALS}, operation_id="transfer_lead",
    summary="Give a lead to a rep by hand", url_name="transfer_lead", openapi_extra=body_of(Transfer),
)  # fmt: skip
def transfer(request: HttpRequest, lead_id: int) -> dict[str, Any]:
    """Assign or transfer a lead among the people one leads. Body: ``rep``, ``reason``."""
    user = _person(request)
    if user.access_role == AccessRole.REP:
        raise PermissionDenied
    _known(lead_id)
    payload = read_body(request, Transfer)
    visible = visible_rep_ids(user, local_today(organization().time_zone))
    if visible is not None and payload.rep not in visible:
        raise PermissionDenied
    if not Rep.objects.filter(pk=payload.rep).exists():
        raise Http404
    holder = holder_of(lead_id)
    if visible is not None and holder not in visible:
        raise Http404
    decision = give_lead(
        actor=user, rep_id=payload.rep, lead_id=lead_id, at=timezone.now(), override_reason=payload.reason
    )
    return _told(decision)


@router.post(
    "/{int:lead_id}/phone", response={200: SeenAnswer, 404: Failure, **REFUSALS}, operation_id="lead_phone",
    summary="Look at a customer's number", url_name="lead_phone", openapi_extra=body_of(Look),
)  # fmt: skip
def phone(request: HttpRequest, lead_id: int) -> dict[str, Any]:
    """Return name and number to whoever works the lead, or leads them and says why; the trail keeps who looked."""
    user, page = _person(request), cast("PageRequest", request)
    card = worked_on(page, lead_id)
    reason = read_body(request, Look).reason
    if reason is None and user.access_role != AccessRole.REP:
        raise EngineError("request.invalid", "Say why you look; it stands on the trail beside your name.", "reason")
    number = phone_in_full(actor=user, lead_id=lead_id, reason=None if user.access_role == AccessRole.REP else reason)
    return {"lead": lead_id, "name": card.lead.name, "phone": number or None}


@router.get(
    "/{int:lead_id}/decision", response={200: DecisionAnswer, 401: Failure, 404: Failure},
    operation_id="lead_decision", summary="Why is this lead whose it is", url_name="lead_decision",
)  # fmt: skip
def decision(request: HttpRequest, lead_id: int) -> dict[str, Any]:
    """Return what was decided about a lead last, where its owner is among the people one may see."""
    visible = visible_rep_ids(_person(request), local_today(organization().time_zone))
    found = latest_decision(lead_id)
    if found is None or (visible is not None and found.rep_id not in visible):
        raise Http404
    told = _told(found)
    if visible is not None:
        # Others are counted, not named, outside one's scope.
        told["evidence"] = {
            name: part for name, part in told["evidence"].items() if name not in {"excluded", "reasons"}
        }
        for level in ("team_level", "rep_level"):
            if level in told["evidence"]:
                told["evidence"][level] = told["evidence"][level] | {"runner_up": None}
    return told


def _known(lead_id: int) -> None:
    if not Lead.objects.filter(pk=lead_id).exists():
        raise Http404


def _person(request: HttpRequest) -> Any:
    page: PageRequest = request  # type: ignore[assignment]
    return page.user


def _own_rep(request: HttpRequest) -> int:
    rep = rep_of(_person(request))
    if rep is None:
        raise PermissionDenied
    return rep.pk


def _told(found: Decision) -> dict[str, Any]:
    run = found.run
    return {
        "decision": found.pk,
        "lead": found.lead_id,
        "kind": found.kind,
        "owner": found.rep_id,
        "grade": found.lead_grade,
        "decided_at": found.decided_at.isoformat(),
        "policy_version": run.version.version if run is not None and run.version is not None else None,
        "run": run.key if run is not None else None,
        "evidence": found.evidence,
    }
