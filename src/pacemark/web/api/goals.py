"""Goals for programs: what is asked, planned, left and agreed, of whom the caller may see; and the talk about plans."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from ninja import Query, Router, Schema
from pydantic import Field

from pacemark.web.accounts.http import PageRequest
from pacemark.web.api.access import only_leaders
from pacemark.web.api.failures import Failure
from pacemark.web.api.goals_told import REPLAN, PlanVersion, TargetSet
from pacemark.web.api.listing import (
    REFUSALS,
    Asked,
    ListOf,
    answers,
    list_of,
    listed,
    listed_rows,
    today_here,
    visible_to,
)
from pacemark.web.api.reading import body_of, read_body
from pacemark.web.api.services import EngineError
from pacemark.web.api.shapes import kept, shape_of
from pacemark.web.goals.choices import Confidence
from pacemark.web.goals.queries.agreements import AgreementView, standing_query, states_of
from pacemark.web.goals.queries.periods import shown_period
from pacemark.web.goals.queries.plans import booked_in
from pacemark.web.goals.queries.quarters import TargetCell, months_grid
from pacemark.web.goals.queries.replans import latest_replans
from pacemark.web.goals.services import agreements as talks
from pacemark.web.goals.services.revisions import revise as revise_plan
from pacemark.web.goals.services.targets import set_target as set_target_of
from pacemark.web.goals.views.asked import in_scope
from pacemark.web.organization.queries import organization
from pacemark.web.shared.currency import minor_digits

router = Router(tags=["goals"])
Read = TypeVar("Read", bound=Schema)
Money = Annotated[Decimal, Field(ge=0, max_digits=15, decimal_places=2)]
Reason = Annotated[str, Field(max_length=500)]
TARGET = shape_of(TargetCell, name="Target", rep_id=int)
# 409: somebody was quicker, and the caller has not seen how things stand now.
TALKED = {200: AgreementView, 409: Failure, **REFUSALS}


class Amount(Schema):
    """A target in major units; an agreed plan is changed with a reason alone."""

    amount: Money
    reason: Reason = ""


class Proposal(Schema):
    """How sure the plan put before the rep is to be, and a word with it."""

    confidence: Confidence = Confidence.FIVE
    reason: Reason = ""


class Said(Schema):
    """One answer in the talk; ``seen`` is ``n_steps`` as the caller last read it, ``amount`` is in major units.

    Where the talk has gone on since, nothing is written and the answer is 409 ``goals.agreement_stale``.
    """

    seen: int = Field(ge=0)
    reason: Reason = ""
    amount: Money | None = None


@router.get(
    "/targets",
    response=answers(list_of(TARGET)),
    operation_id="targets",
    url_name="goals_targets",
    summary="What is asked",
)
def targets(request: PageRequest, asked: Query[Asked]) -> dict[str, Any]:
    """Return what is asked of each rep in a sales month: written, else planned, else what the ladder asks."""
    period = shown_period(asked.period)
    cells = months_grid(period.first, period.first, visible_to(request))
    rows = [{"rep_id": rep_id, **asdict(cell)} for (rep_id, _), cell in sorted(cells.items())]
    return listed(period.label, asked, rows)


@router.get(
    "/plans",
    response=answers(list_of(kept(PlanVersion), "Plans")),
    operation_id="plans",
    url_name="goals_plans",
    summary="Plans that stand",
)
def plans(request: PageRequest, asked: Query[Asked]) -> dict[str, Any]:
    """Return the plans that reps are measured against, as ``pacemark goals plan --json`` tells them."""
    period = shown_period(asked.period)
    standing = standing_query(period.first, visible_to(request)).order_by("rep_id")
    return listed_rows(
        period.label, asked, standing,
        lambda page: [{"version": plan.version, **plan.content} for plan in page],
    )  # fmt: skip


@router.get(
    "/replans",
    response=answers(list_of(REPLAN)),
    operation_id="replans",
    url_name="goals_replans",
    summary="What is left",
)
def replans(request: PageRequest, asked: Query[Asked]) -> dict[str, Any]:
    """Return each rep's last replan up to today: status, projection with its band, chance."""
    period = shown_period(asked.period)
    found = latest_replans(period.first, visible_to(request), today_here())
    return listed(period.label, asked, [row for _, row in sorted(found.items())])


@router.get(
    "/agreements",
    response=answers(ListOf[AgreementView]),
    operation_id="agreements",
    url_name="goals_agreements",
    summary="Agreements",
)
def agreements(request: PageRequest, asked: Query[Asked]) -> dict[str, Any]:
    """Return where each rep's talk stands, and which version holds."""
    period = shown_period(asked.period)
    views = states_of(period.first, visible_to(request))
    return listed(period.label, asked, [view for _, view in sorted(views.items())])


@router.post("/reps/{int:rep_id}/target", operation_id="set_target", url_name="goals_set_target",
             openapi_extra=body_of(Amount), response=TALKED | {200: TargetSet},
             summary="Set a target")  # fmt: skip
def set_target(request: PageRequest, rep_id: int, period: str = "") -> dict[str, Any]:
    """Set one rep's month by hand; a quarter's sum stays held. Body: ``amount``, ``reason``.

    Less than ``booked_minor`` is allowed, since it may be meant.
    """
    _leads(request, rep_id)
    sent = read_body(request, Amount)
    month = shown_period(period)
    row = set_target_of(actor=request.user, rep_id=rep_id, period=month, amount=sent.amount, reason=sent.reason)
    return {
        "rep_id": rep_id,
        "period": month.label,
        "amount_minor": row.amount_minor,
        "version": row.version,
        "booked_minor": booked_in(rep_id, month),
    }


@router.post("/reps/{int:rep_id}/propose", operation_id="propose", url_name="goals_propose",
             openapi_extra=body_of(Proposal), response=TALKED,
             summary="Propose a plan")  # fmt: skip
def propose(request: PageRequest, rep_id: int, period: str = "") -> AgreementView:
    """Put the current plan before the rep. Body: ``confidence`` (0.5, 0.8, 0.9), ``reason``."""
    _leads(request, rep_id)
    sent, first = read_body(request, Proposal), shown_period(period).first
    talks.propose(
        actor=request.user, period_start=first, rep_ids=[rep_id], confidence=sent.confidence, reason=sent.reason
    )
    return _talk(rep_id, period)


@router.post("/reps/{int:rep_id}/agree", operation_id="agree", url_name="goals_agree",
             openapi_extra=body_of(Said), response=TALKED,
             summary="Agree to one's plan")  # fmt: skip
def agree(request: PageRequest, rep_id: int, period: str = "") -> AgreementView:
    """Agree to one's own plan. Body: ``seen``."""
    in_scope(request, rep_id)
    talks.agree(actor=request.user, seen=_seen(rep_id, period, read_body(request, Said)))
    return _talk(rep_id, period)


@router.post("/reps/{int:rep_id}/ask", operation_id="ask", url_name="goals_ask",
             openapi_extra=body_of(Said), response=TALKED,
             summary="Ask about one's plan")  # fmt: skip
def ask(request: PageRequest, rep_id: int, period: str = "") -> AgreementView:
    """Ask about one's own plan. Body: ``seen``, ``reason``, ``amount`` (the one wished for)."""
    in_scope(request, rep_id)
    sent = read_body(request, Said)
    talks.ask(
        actor=request.user, seen=_seen(rep_id, period, sent), reason=sent.reason, wished_minor=_minor(sent.amount)
    )
    return _talk(rep_id, period)


@router.post("/reps/{int:rep_id}/revise", operation_id="revise", url_name="goals_revise",
             openapi_extra=body_of(Said), response=TALKED,
             summary="Propose a new version")  # fmt: skip
def revise(request: PageRequest, rep_id: int, period: str = "") -> AgreementView:
    """Propose a new version with a reason. Body: ``seen``, ``reason``, ``amount`` (left out: as it stands)."""
    _leads(request, rep_id)
    sent = read_body(request, Said)
    revise_plan(
        actor=request.user, seen=_seen(rep_id, period, sent), period=shown_period(period),
        amount_minor=_minor(sent.amount), reason=sent.reason,
    )  # fmt: skip
    return _talk(rep_id, period)


@router.post("/reps/{int:rep_id}/withdraw", operation_id="withdraw", url_name="goals_withdraw",
             openapi_extra=body_of(Said), response=TALKED,
             summary="Take back")  # fmt: skip
def withdraw(request: PageRequest, rep_id: int, period: str = "") -> AgreementView:
    """Take back what was said last, with a reason. Body: ``seen``, ``reason``."""
    _leads(request, rep_id)
    sent = read_body(request, Said)
    talks.withdraw(actor=request.user, seen=_seen(rep_id, period, sent), reason=sent.reason)
    return _talk(rep_id, period)


def _leads(request: PageRequest, rep_id: int) -> None:
    only_leaders(request)
    in_scope(request, rep_id)


def _seen(rep_id: int, period: str, sent: Said) -> talks.Seen:
    return talks.Seen(rep_id=rep_id, period_start=shown_period(period).first, n_steps=sent.seen)


def _minor(amount: Decimal | None) -> int | None:
    return None if amount is None else int(amount * 10 ** minor_digits(organization().currency))


def _talk(rep_id: int, period: str) -> AgreementView:
    """Return how the talk stands now."""
    view = states_of(shown_period(period).first, {rep_id}).get(rep_id)
    if view is None:
        raise EngineError("goals.agreement_no_plan", "There is no plan to propose yet.", None)
    return view
