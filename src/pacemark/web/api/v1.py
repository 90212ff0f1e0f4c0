"""Version 1 of the API: who am I, and the calculator. The rooms add their routers here."""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, RequestDataTooBig, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, RawPostDataException, UnreadablePostError
from ninja import Schema
from ninja.errors import HttpError
from ninja.errors import ValidationError as SchemaError

from pacemark.web.accounts.http import PageRequest
from pacemark.web.api.actions import router as actions
from pacemark.web.api.auth import AUTHENTICATION
from pacemark.web.api.cases import router as cases
from pacemark.web.api.documented import DocumentedApi
from pacemark.web.api.events import router as events
from pacemark.web.api.failures import Failure
from pacemark.web.api.findings import router as findings
from pacemark.web.api.floor import router as floor
from pacemark.web.api.gaps import router as gaps
from pacemark.web.api.goals import router as goals
from pacemark.web.api.goals_frame import router as goals_frame
from pacemark.web.api.goals_of_rep import router as goals_of_rep
from pacemark.web.api.leads import router as leads
from pacemark.web.api.messages import router as told
from pacemark.web.api.privacy import router as privacy
from pacemark.web.api.quality import router as quality
from pacemark.web.api.repeats import AnsweredBefore
from pacemark.web.api.resources import router as resources
from pacemark.web.api.results import router as results
from pacemark.web.api.reviews import router as reviews
from pacemark.web.api.services import EngineError, answer
from pacemark.web.api.webhooks import router as webhooks
from pacemark.web.goals.refusals import CONFLICTS as GOALS_CONFLICTS
from pacemark.web.pipeline.holding_refusals import HoldingRefused
from pacemark.web.shared.rates import TooManyRequests
from pacemark.web.shared.rest import failure

logger = logging.getLogger(__name__)
CONFLICTS = GOALS_CONFLICTS | {
    "intake.key_reused", "privacy.still_here", "process.already_decided", "resources.already_theirs",
    "resources.key_reused", "resources.not_eligible", "results.review_frozen",
}  # fmt: skip

api = DocumentedApi(
    title="Pacemark",
    version="1",
    description="Set the goal, chase the process, get the result. Every failure has the shape of `Failure`.",
    urls_namespace="api",
    docs_url=None,
    auth=AUTHENTICATION,
)
api.add_router("/leads", leads)
api.add_router("/events", events)
api.add_router("/resources", resources)
api.add_router("/results", results)
api.add_router("/results", reviews)
api.add_router("/results", cases)
api.add_router("", told)
api.add_router("", floor)
api.add_router("/process", quality)
api.add_router("/process", findings)
api.add_router("/process", gaps)
api.add_router("/webhooks", webhooks)
api.add_router("/privacy", privacy)
api.add_router("/actions", actions)
for room in (goals, goals_frame, goals_of_rep):
    api.add_router("/goals", room)


class Me(Schema):
    """The person the caller acts as."""

    username: str
    display_name: str
    access_role: str
    language: str


@api.get("/me", response={200: Me, 401: Failure}, tags=["people"], operation_id="me", summary="Who am I")
def me(request: PageRequest) -> dict[str, str]:
    """Return the person whose rights the caller has."""
    user = request.user
    return {
        "username": user.username,
        "display_name": user.display_name,
        "access_role": user.access_role,
        "language": user.language,
    }


@api.post(
    "/calc/{method}",
    response={200: dict[str, Any], 401: Failure, 403: Failure, 422: Failure},
    tags=["calculator"],
    operation_id="calculate",
    summary="Try a method",
    url_name="calculate",
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}},
)
def calculate(request: HttpRequest, method: str) -> HttpResponse:
    """Answer exactly as ``pacemark calc METHOD`` does. Numbers stay exact: the body's own text is parsed."""
    is_answered, text = answer(method, request.body)
    return HttpResponse(text, status=200 if is_answered else 422, content_type="application/json; charset=utf-8")


@api.exception_handler(SchemaError)
def _invalid(_request: HttpRequest, error: SchemaError) -> HttpResponse:
    first = error.errors[0]
    path = [str(part) for part in first.get("loc", ()) if part not in {"body", "query", "path", "payload"}]
    return failure(422, message=f"{first.get('msg', 'The value is not valid')}.", field=".".join(path) or None)


@api.exception_handler(ValidationError)
def _refused(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    field, messages = next(iter(error.message_dict.items())) if hasattr(error, "error_dict") else (None, error.messages)
    return failure(422, message=str(messages[0]), field=None if field == "__all__" else field)


@api.exception_handler(HoldingRefused)
def _not_moved(_request: HttpRequest, error: HoldingRefused) -> HttpResponse:
    return failure(409, code=error.code, message=error.message)


@api.exception_handler(EngineError)
def _no_answer(_request: HttpRequest, error: EngineError) -> HttpResponse:
    return failure(409 if error.code in CONFLICTS else 422, code=error.code, message=error.message, field=error.field)


@api.exception_handler(HttpError)
def _refusal(_request: HttpRequest, error: HttpError) -> HttpResponse:
    usual = error.status_code == 401 or error.message in {"Forbidden", "Unauthorized", "Not Found"}
    return failure(error.status_code, message=None if usual else str(error.message))


@api.exception_handler(Http404)
@api.exception_handler(ObjectDoesNotExist)  # an id of nothing, for whom everything is in sight
def _not_found(_request: HttpRequest, _error: Exception) -> HttpResponse:
    return failure(404)


@api.exception_handler(TooManyRequests)
def _too_many(_request: HttpRequest, error: TooManyRequests) -> HttpResponse:
    return failure(429, wait_seconds=error.seconds)


@api.exception_handler(AnsweredBefore)
def _again(_request: HttpRequest, error: AnsweredBefore) -> HttpResponse:
    return error.answer


@api.exception_handler(PermissionDenied)
def _not_allowed(_request: HttpRequest, _error: PermissionDenied) -> HttpResponse:
    return failure(403)


@api.exception_handler(RequestDataTooBig)
def _too_large(_request: HttpRequest, _error: RequestDataTooBig) -> HttpResponse:
    return failure(413)


@api.exception_handler(RawPostDataException)
def _not_json(_request: HttpRequest, _error: RawPostDataException) -> HttpResponse:
    return failure(415)


@api.exception_handler(UnreadablePostError)
def _broken_off(_request: HttpRequest, _error: UnreadablePostError) -> HttpResponse:
    return failure(400)


@api.exception_handler(Exception)
def _fault(request: HttpRequest, error: Exception) -> HttpResponse:
    logger.error("API fault at %s", request.path, exc_info=error)
    return failure(500)
