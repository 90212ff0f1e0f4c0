"""The one shape of every failure that the API tells of: ``{"error": {"code", "message", "field"}}``."""

from __future__ import annotations

from django.http import JsonResponse

# What a status says when nothing more exact is known.
CODES = {
    400: ("request.malformed", "The request cannot be read."),
    401: ("request.not_signed_in", "Sign in, or send a token as 'Authorization: Bearer …'."),
    403: ("request.not_allowed", "You may not do this."),
    404: ("request.not_found", "There is nothing at this address."),
    405: ("request.method_not_allowed", "This address does not answer that method."),
    409: ("request.conflict", "Something stands against it; look how things are now."),
    413: ("request.too_large", "The request is too large."),
    415: ("request.not_json", "Send JSON, as text in UTF-8."),
    422: ("request.invalid", "The request does not say what is needed."),
    429: ("request.too_many", "Too many requests; wait and try again."),
    500: ("server.fault", "Something went wrong on our side; it has been noted."),
    503: ("server.not_ready", "The database does not answer now. Try again, under the same Idempotency-Key."),
}


def failure(
    status: int,
    *,
    code: str | None = None,
    message: str | None = None,
    field: str | None = None,
    wait_seconds: int | None = None,
) -> JsonResponse:
    """Return a failure; what is left out is worded from the status. ``wait_seconds`` is when to try again."""
    usual_code, usual_message = CODES.get(status, (f"request.status_{status}", "The request failed."))
    error = {"code": code or usual_code, "message": message or usual_message, "field": field}
    response = JsonResponse({"error": error}, status=status, json_dumps_params={"ensure_ascii": False})
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if wait_seconds is not None:
        response.headers["Retry-After"] = str(wait_seconds)
    return response
