"""Reading a body where whom it is about must be settled first, so that a body tells nothing of who exists."""

from __future__ import annotations

from typing import Any, TypeVar

import pydantic
from django.http import HttpRequest
from ninja import Schema

from pacemark.web.api.services import EngineError
from pacemark.web.api.shapes import inlined

Read = TypeVar("Read", bound=Schema)


def read_body(request: HttpRequest, schema: type[Read]) -> Read:
    """Return what was sent; raises ``request.invalid`` with the first field at fault."""
    try:
        return schema.model_validate_json(request.body or b"{}")
    except pydantic.ValidationError as invalid:
        first = invalid.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or None
        raise EngineError("request.invalid", f"{first['msg']}.", field) from invalid


def body_of(schema: type[Schema]) -> dict[str, Any]:
    """Return what the schema tells of a body that :func:`read_body` reads."""
    told = schema.model_json_schema()
    named = told.pop("$defs", {})
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": inlined(told, named)}}}}
