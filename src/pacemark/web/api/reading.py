"""Reading a body where whom it is about must be settled first, so that a body tells nothing of who exists."""

from __future__ import annotations

from typing import TypeVar

import pydantic
from django.http import HttpRequest
from ninja import Schema

from pacemark.web.api.services import EngineError

Read = TypeVar("Read", bound=Schema)


def read_body(request: HttpRequest, schema: type[Read]) -> Read:
    """Return what was sent; raises ``request.invalid`` with the first field at fault."""
    try:
        return schema.model_validate_json(request.body or b"{}")
    except pydantic.ValidationError as invalid:
        first = invalid.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or None
        raise EngineError("request.invalid", f"{first['msg']}.", field) from invalid
