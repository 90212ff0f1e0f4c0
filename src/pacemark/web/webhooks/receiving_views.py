"""The door for programs elsewhere. It answers in the API's one shape of failures."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from pacemark.web.shared.rates import TooManyRequests
from pacemark.web.shared.rest import failure
from pacemark.web.webhooks.models import Caller
from pacemark.web.webhooks.refusals import Refused
from pacemark.web.webhooks.services.receiving import UNBELIEVED, take_post


@csrf_exempt
@login_not_required
def post(request: HttpRequest, caller_id: int) -> HttpResponse:
    """Take in what a caller posts, where its signature holds."""
    if request.method != "POST":
        told = failure(405)
        told.headers["Allow"] = "POST"
        return told
    caller = Caller.objects.select_related("made_by").filter(pk=caller_id, is_on=True).first()
    if caller is None:
        return failure(404)
    try:
        return JsonResponse(take_post(caller=caller, headers=request.headers, body=request.body))
    except TooManyRequests as error:
        return failure(429, wait_seconds=error.seconds)
    except RequestDataTooBig:
        return failure(413)
    except UnreadablePostError:
        return failure(400)
    except Refused as refused:
        return failure(_status(refused), code=refused.code, message=refused.message, field=refused.field)


def _status(refused: Refused) -> int:
    if refused.code.removeprefix("webhooks.") in UNBELIEVED:
        return 401
    return 409 if refused.code == "intake.key_reused" else 422
