"""What pages do beyond what has an operation of its own: under ``/actions`` and the page's own address.

The page's view is asked with the fields of its form, so that who may, what must hold, the trail and the words are one
and the same. JSON numbers, texts, true, false and lists stand for what a person would type, tick or choose.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Iterator, Mapping
from html import unescape
from typing import Any, Literal

from django.contrib.messages import ERROR
from django.contrib.messages.storage.base import BaseStorage, Message
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import URLPattern
from django.utils.datastructures import MultiValueDict
from django.utils.translation import override
from ninja import Router

from pacemark.web.api.action_table import ACTIONS, ROOMS, Action
from pacemark.web.api.failures import Failure
from pacemark.web.api.services import EngineError
from pacemark.web.api.shapes import Told
from pacemark.web.shared.rest import failure

router = Router(tags=["actions"])
_PARAMETER = re.compile(r"<int:(\w+)>")
_TOLD = re.compile(
    r'(?:<ul class="errorlist[^>]*><li>|<p class="risk m">|<div class="note risk"><span>)\s*([^<\s][^<]*)<'
)


class Done(Told):
    """What the page says next, and where it goes on; null: it stays."""

    done: Literal[True]
    said: list[str]
    at: str | None


class _Said(BaseStorage):
    """The words that a page would show next; here they are the answer."""

    def _get(self, *_args: Any, **_kwargs: Any) -> tuple[list[Message], bool]:
        return [], True

    def _store(self, *_args: Any, **_kwargs: Any) -> list[Message]:
        return []

    def words(self) -> list[Message]:
        """Return what was said."""
        found: list[Message] = self._queued_messages  # type: ignore[attr-defined]
        return list(found)


def views_by_route() -> dict[str, tuple[str, Callable[..., HttpResponse]]]:
    """Return each page's address and view by its route."""
    found = {}
    for room, (prefix, module) in ROOMS.items():
        for pattern in module.urlpatterns:
            if isinstance(pattern, URLPattern):
                found[f"{room}:{pattern.name}"] = (prefix + str(pattern.pattern), pattern.callback)
    return found


def _add(action: Action, address: str, view: Callable[..., HttpResponse]) -> None:
    names = _PARAMETER.findall(address)

    def act(request: HttpRequest, **ids: int) -> HttpResponse:
        return _answer(request, lambda: view(request, **ids))

    positional = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [inspect.Parameter("request", positional, annotation=HttpRequest)]
    parameters += [inspect.Parameter(name, positional, annotation=int) for name in names]
    act.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    act.__name__ = act.__qualname__ = f"act_{action.name}"
    act.__doc__ = f"The same as on the page ``{action.route}``."
    path = _PARAMETER.sub(r"{int:\1}", address).rstrip("/")
    schema = {"type": "object", "properties": action.properties(), "description": "the fields of the page's form"}
    content = {"application/json": {"schema": schema}}
    if action.takes_files:
        content = {"multipart/form-data": {"schema": schema}}
    router.post(
        f"/{path}", response={200: Done, 422: Failure}, operation_id=f"act_{action.name}",
        url_name=f"act_{action.name}", summary=action.summary, openapi_extra={"requestBody": {"content": content}},
    )(act)  # fmt: skip


def _answer(request: HttpRequest, ask: Callable[[], HttpResponse]) -> HttpResponse:
    if not (request.content_type or "").startswith("multipart/"):
        fields, files = _typed(request.body), MultiValueDict[str, Any]()
        request._post, request._files = fields, files  # type: ignore[attr-defined]
    said = _Said(request)
    request._messages = said  # type: ignore[attr-defined]
    with override("en"):
        answer = ask()
        words = [(message.level, str(message)) for message in said.words()]
    refused = [text for level, text in words if level >= ERROR]
    why = refused[0] if refused else _why(answer)
    if answer.status_code >= 400 or why:
        return failure(422, message=why)
    told = {"done": True, "said": [text for _level, text in words], "at": answer.headers.get("Location")}
    return HttpResponse(json.dumps(told), content_type="application/json; charset=utf-8")


def _why(answer: HttpResponse) -> str | None:
    """Return what the page says of the form that it shows again; nothing where it goes on to another."""
    found = _TOLD.search(answer.content.decode(errors="replace"))
    return unescape(found[1]).strip() if found else None


def _typed(body: bytes) -> QueryDict:
    try:
        sent = json.loads(body or b"{}", parse_float=str)
    except (ValueError, RecursionError) as error:
        raise EngineError("request.invalid", "Send a JSON object, as text in UTF-8.") from error
    if not isinstance(sent, dict):
        raise EngineError("request.invalid", "Send a JSON object with the fields of the form.")
    fields = QueryDict(mutable=True)
    fields["by"] = "api"  # pages take an empty form for none
    for name, value in sent.items():
        fields.setlist(name, list(_words(name, value)))
    return fields


def _words(name: str, value: Any) -> Iterator[str]:
    """Give what a browser would send: nothing for null, 1 for a tick, "false" for none."""
    if isinstance(value, list):
        for one in value:
            yield from _words(name, one)
    elif isinstance(value, Mapping):
        raise EngineError("request.invalid", "Send texts, numbers, true, false or lists of these.", name)
    elif isinstance(value, bool):
        yield "1" if value else "false"
    elif value is not None:
        yield str(value)


def _add_all() -> None:
    views = views_by_route()
    for action in ACTIONS:
        _add(action, *views[action.route])


_add_all()
