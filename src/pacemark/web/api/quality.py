"""Quality and the metric audit for programs: what asks for a look, of whom the caller may see, and the word on it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from django.http import Http404
from ninja import Query, Router, Schema
from pydantic import Field

from pacemark.web.accounts.http import PageRequest
from pacemark.web.api.access import only_leaders, only_planners
from pacemark.web.api.listing import REFUSALS, Paged, answers, list_of, listed, listed_rows, today_here, visible_to
from pacemark.web.api.process_told import ITEM, ITEM_IN_FULL, QUALITY, WATCHING, AuditTold
from pacemark.web.api.reading import body_of, read_body
from pacemark.web.api.shapes import kept
from pacemark.web.process.models import MonitoredMetric, QualityItem
from pacemark.web.process.queries.audit import last_audit
from pacemark.web.process.queries.quality import quality_item, quality_items, records_of
from pacemark.web.process.services.audit import set_watched
from pacemark.web.process.services.quality import decide, say_word

router = Router(tags=["process"])
Reason = Annotated[str, Field(max_length=500)]
ANSWERED = {**answers(ITEM), 409: REFUSALS[422]}


class AskedItems(Paged):
    """Whether what waits for a look is asked for, or what was decided."""

    state: Literal["open", "decided"] = "open"


class Decision(Schema):
    """What came of a look, and why."""

    state: Literal["explained", "confirmed", "dismissed"]
    reason: Reason


class Word(Schema):
    """What the rep says about it."""

    word: Reason


class Watching(Schema):
    """One metric, and why it is retired or watched again."""

    metric: Annotated[str, Field(max_length=60)]
    reason: Reason
    is_watched: bool = False


@router.get("/quality", response=answers(list_of(ITEM)), operation_id="quality", url_name="quality",
            summary="What asks for a look")  # fmt: skip
def quality(request: PageRequest, asked: Query[AskedItems]) -> dict[str, Any]:
    """Return items about people in sight, newest first; the records of one are in ``/quality/{id}``."""
    rows = quality_items(visible_to(request), is_open=asked.state == "open")
    return listed_rows("", asked, rows, lambda page: [_told(row) for row in page])


@router.get("/quality/{int:item_id}", response=answers(ITEM_IN_FULL), operation_id="quality_item",
            url_name="quality_item", summary="One item with its records")  # fmt: skip
def one_item(request: PageRequest, item_id: int) -> dict[str, Any]:
    """Return one item with the calls, opportunities or deals that it was counted from."""
    found = _found(request, item_id)
    return {**_told(found), "records": records_of(found)}


@router.post("/quality/{int:item_id}/decision", operation_id="decide_quality", url_name="decide_quality",
             response=ANSWERED, openapi_extra=body_of(Decision), summary="Decide on an item")  # fmt: skip
def decide_on(request: PageRequest, item_id: int) -> dict[str, Any]:
    """Keep a decision; the first one holds, a later one answers 409. Body: ``state``, ``reason``."""
    only_leaders(request)
    found, sent = _found(request, item_id), read_body(request, Decision)
    decide(actor=request.user, item_id=found.pk, state=sent.state, reason=sent.reason)
    return _told(_found(request, item_id))


@router.post("/quality/{int:item_id}/word", operation_id="quality_word", url_name="quality_word", response=ANSWERED,
             openapi_extra=body_of(Word), summary="Explain an item about oneself")  # fmt: skip
def say(request: PageRequest, item_id: int) -> dict[str, Any]:
    """Keep what the person it is about says. Body: ``word``."""
    found, sent = _found(request, item_id), read_body(request, Word)
    say_word(actor=request.user, item_id=found.pk, word=sent.word)
    return _told(_found(request, item_id))


@router.get("/audit", response=answers(list_of(kept(AuditTold), "Audits")), operation_id="metric_audit",
            url_name="metric_audit", summary="Which metrics deserve watching")  # fmt: skip
def audit(request: PageRequest, asked: Query[Paged]) -> dict[str, Any]:
    """Return the last audited month: each metric's verdict, numbers, and whether it is watched or a target."""
    only_leaders(request)
    found = last_audit(today_here())
    if found is None:
        return listed("", asked, [])
    items = [
        {"metric": one.metric, "verdict": one.verdict, **one.numbers, **asdict(one.state)} for one in found.metrics
    ]
    return listed(f"{found.month_start:%Y-%m}", asked, items)


@router.post("/audit/retire", operation_id="retire_metric", url_name="retire_metric",
             response=ANSWERED | {200: WATCHING}, openapi_extra=body_of(Watching),
             summary="Retire a metric, or watch it again")  # fmt: skip
def retire(request: PageRequest) -> MonitoredMetric:
    """Let pages show a metric no more from today on. Body: ``metric``, ``reason``, ``is_watched`` (false)."""
    only_planners(request)
    sent = read_body(request, Watching)
    return set_watched(actor=request.user, metric=sent.metric, is_watched=sent.is_watched, reason=sent.reason)


def _found(request: PageRequest, item_id: int) -> QualityItem:
    found = quality_item(item_id, visible_to(request))
    if found is None:
        raise Http404
    return found


def _told(item: QualityItem) -> dict[str, Any]:
    numbers = {name: value for name, value in item.evidence.items() if name != "records"}
    columns = {name: getattr(item, name) for name in QUALITY[1:]}
    return {"id": item.pk, "rep": item.rep.name, **columns, "evidence": numbers}
