"""The answers that every operation may give, written into the schema in one place."""

from __future__ import annotations

from typing import Any

from ninja import NinjaAPI

from pacemark.web.api.repeats import UNKEPT
from pacemark.web.shared.rest import CODES

READS = (401, 403, 404, 422, 429, 503)
WRITES = (400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
_FAILURE = {"application/json": {"schema": {"$ref": "#/components/schemas/Failure"}}}
_RETRY_AFTER = {"Retry-After": {"description": "seconds to wait", "schema": {"type": "integer", "minimum": 1}}}
_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "The same request under the same key is answered the same for a week and writes nothing; another "
    "request under it is 409.",
    "schema": {"type": "string", "maxLength": 150},
}


class DocumentedApi(NinjaAPI):
    """Ninja's API, whose schema tells the failures and the header that all operations share."""

    def get_openapi_schema(self, **given: Any) -> Any:
        """Return the schema with every answer in it."""
        schema = super().get_openapi_schema(**given)
        for path in schema["paths"].values():
            for method, operation in path.items():
                _document(operation, is_write=method != "get")
        return schema


def _document(operation: dict[str, Any], *, is_write: bool) -> None:
    answers = operation["responses"]
    for status in WRITES if is_write else READS:
        answers.setdefault(status, {"description": CODES[status][1], "content": _FAILURE})
    for status in (429, 503):
        answers[status] = answers[status] | {"headers": _RETRY_AFTER}
    operation["responses"] = {status: answers[status] for status in sorted(answers, key=int)}
    if is_write and operation["operationId"] not in UNKEPT:
        parameters = [one for one in operation.get("parameters", []) if one["name"].lower() != "idempotency-key"]
        operation["parameters"] = [*parameters, _KEY]
