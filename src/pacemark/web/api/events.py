"""Events as they happen: calls, leads, opportunities, deals and refunds, posted in batches by a source."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from ninja import Header, Router, Schema

from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.http import PageRequest
from pacemark.web.api.failures import Failure
from pacemark.web.api.services import EngineError
from pacemark.web.intake.event_services import Posted, take_events
from pacemark.web.intake.posting.fields import FIELDS, MAX_ROWS, PostedField
from pacemark.web.pipeline.choices import EventKind

router = Router(tags=["events"])
SENDERS = frozenset({AccessRole.OPERATIONS, AccessRole.ADMIN})
ANSWERS = (400, 401, 403, 409, 413, 422)
_TYPES = {"text": "string", "moment": "string", "whole": "integer", "flag": "boolean"}


class RefusedEvent(Schema):
    """Why one row was refused; the rows beside it went in. An empty ``field`` is the row as a whole."""

    index: int
    field: str
    reason: str


class EventsAnswer(Schema):
    """What became of the rows of a batch."""

    source: str
    accepted: int
    updated: int
    unchanged: int
    refused: int
    people_created: int
    refusals: list[RefusedEvent]


def _schema(field: PostedField) -> dict[str, Any]:
    kind = _TYPES[field.shape]
    told: dict[str, Any] = {"description": field.meaning, "type": kind if field.is_required else [kind, "null"]}
    if field.words:
        told["enum"] = [*field.words, None]
    if field.shape == "moment":
        told["examples"] = ["2024-03-15T09:30:00+08:00"]
    return told


def _body(kind: EventKind) -> dict[str, Any]:
    row = {
        "type": "object",
        "additionalProperties": False,
        "required": [field.name for field in FIELDS[kind] if field.is_required],
        "properties": {field.name: _schema(field) for field in FIELDS[kind]},
    }
    rows = {"type": "array", "minItems": 1, "maxItems": MAX_ROWS, "items": row}
    source = {"type": "string", "minLength": 1, "maxLength": 64, "description": "who sends; ids are the source's own"}
    body = {"type": "object", "required": ["source", "rows"], "properties": {"source": source, "rows": rows}}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": body}}}}


def _add(kind: EventKind) -> None:
    @router.post(
        f"/{kind.value}",
        response={200: EventsAnswer, **dict.fromkeys(ANSWERS, Failure)},
        operation_id=f"post_{kind.value}",
        summary=f"Post {kind.value}",
        description=(
            "Good rows go in and bad ones are listed, by the rules of the import: the same id with other content is a "
            "new version, with the same content unchanged. Pages show them within seconds. The same "
            "`Idempotency-Key` with the same request is answered the same for a week and writes nothing."
        ),
        url_name=f"events_{kind.value}",
        openapi_extra=_body(kind),
    )
    def post(request: HttpRequest, idempotency_key: Header[str | None] = None) -> dict[str, Any]:
        page: PageRequest = request  # type: ignore[assignment]
        if page.user.access_role not in SENDERS:
            raise PermissionDenied
        return take_events(actor=page.user, posted=_posted(kind, request.body, (idempotency_key or "").strip()))


def _posted(kind: EventKind, text: bytes, key: str) -> Posted:
    try:
        body = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise EngineError("intake.bad_rows", "Send a JSON object with source and rows, as text in UTF-8.") from error
    source, rows = (body.get("source"), body.get("rows")) if isinstance(body, dict) else (None, None)
    if not isinstance(source, str):
        raise EngineError("intake.bad_source", "Name the source, in up to 64 characters.", "source")
    if not isinstance(rows, list):
        raise EngineError("intake.bad_rows", f"Send a list of 1 to {MAX_ROWS} rows.", "rows")
    digest = sha256(kind.value.encode() + b"\0" + text).hexdigest()
    return Posted(kind=kind, source_name=source, rows=rows, key=key[:150] or None, digest=digest)


for _kind in FIELDS:
    _add(_kind)
