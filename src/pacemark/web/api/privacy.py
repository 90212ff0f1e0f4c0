"""Privacy for administrators' programs: what is kept about one person, erasing them, and how long things are kept.

What is found, given out or shown is not kept for a repeated request: it would outlive an erasure.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Schema

from pacemark.web.accounts.http import PageRequest
from pacemark.web.accounts.models import User
from pacemark.web.api.access import only_administrators, only_planners
from pacemark.web.api.failures import Failure
from pacemark.web.api.listing import REFUSALS, ListOf, Paged, answers, listed, listed_rows, today_here
from pacemark.web.api.reading import body_of, read_body
from pacemark.web.api.services import EngineError
from pacemark.web.api.shapes import Told
from pacemark.web.organization.erasure_services import StillHereError
from pacemark.web.privacy.forms import RetentionForm
from pacemark.web.privacy.pages import customer_card
from pacemark.web.privacy.queries.customers import counts_of, everything_about, find_customer
from pacemark.web.privacy.queries.employees import Employee, those_who_left
from pacemark.web.privacy.queries.retention import Due, Retention, due, standing_retention
from pacemark.web.privacy.queries.reveals import Look, Looker, look_of, lookers, looks_of
from pacemark.web.privacy.services.customers import Erased, erase_customer
from pacemark.web.privacy.services.employees import erase_employee
from pacemark.web.privacy.services.retention import set_retention
from pacemark.web.privacy.views import customers, employees

router = Router(tags=["privacy"])


class AskedCustomer(Schema):
    """Who is asked about: a whole telephone number, ``SOURCE:ID``, or ``#`` and a lead's number."""

    sought: str


class Sure(Schema):
    """An erasure cannot be undone."""

    is_sure: Literal[True]


class Ends(Schema):
    """How long each kind is kept; null: without an end."""

    lead_months: int | None = None
    upload_days: int | None = None
    refusal_days: int | None = None
    message_days: int | None = None

    def kept(self) -> Retention:
        """Return the ends as the page's form takes them."""
        form = RetentionForm({name: "" if end is None else end for name, end in self.model_dump().items()})
        if not form.is_valid():
            raise ValidationError(form.errors.as_data())
        return Retention(**form.cleaned_data)


class CustomerFound(Told):
    """A customer, masked: ``rows`` counts what is kept by table."""

    lead_ids: tuple[int, ...]
    sources: tuple[str, ...]
    phones: tuple[str, ...]
    is_erased: bool
    rows: dict[str, int]


class Found(Told):
    """Who was found; null: nobody."""

    customer: CustomerFound | None


class Document(Told):
    """Everything kept about one person: rows by table, ids in the place of other people."""

    asked_at: datetime
    customer: dict[str, list[str | int]] | None = None
    employee: dict[str, int | None] | None = None
    records: dict[str, list[dict[str, Any]]]
    given_to_account: int
    tables: list[str]


class EmployeeErased(Told):
    """Whether they were erased now; false: they were before."""

    is_done: bool


class RetentionTold(Told):
    """How long each kind is kept, and how much is older now."""

    kept: Retention
    due: Due


class Gone(Told):
    """Somebody who left. ``who`` stands for them in addresses: r12 is a rep, a12 an account without one."""

    who: str
    rep_id: int | None
    account_id: int | None
    name: str
    is_erased: bool


@router.post("/customers/find", response=answers(Found), operation_id="find_customer",
             url_name="find_customer", summary="Find a customer", openapi_extra=body_of(AskedCustomer))  # fmt: skip
def find(request: PageRequest) -> dict[str, Any]:
    """Return whom the words mean, masked, and how much is kept about them."""
    only_administrators(request)
    found = find_customer(read_body(request, AskedCustomer).sought)
    if found is None:
        return {"customer": None}
    rows = counts_of(everything_about(found, timezone.now()))
    card = customer_card(found, rows)
    told = {name: getattr(card, name) for name in ("lead_ids", "sources", "phones", "is_erased")}
    return {"customer": {**told, "rows": rows}}


@router.post("/customers/{int:lead_id}/export", response=answers(Document), operation_id="export_customer",
             url_name="export_customer", summary="Give out what is kept about a customer")  # fmt: skip
def export_customer(request: PageRequest, lead_id: int) -> HttpResponseBase:
    """Return everything kept about a lead's customer; the trail keeps that it was given out."""
    return customers.export(request, lead_id)


@router.post("/customers/{int:lead_id}/erase", response=answers(Erased), operation_id="erase_customer",
             url_name="erase_customer", summary="Erase a customer", openapi_extra=body_of(Sure))  # fmt: skip
def erase_one_customer(request: PageRequest, lead_id: int) -> Erased:
    """Clear name, number, notes and words of a lead's customer; ids, days, counts and money stay. Body: ``is_sure``."""
    only_administrators(request)
    found = customers.customer_or_404(lead_id)
    read_body(request, Sure)
    return erase_customer(actor=request.user, customer=found, at=timezone.now())


@router.get("/employees", response=answers(ListOf[Gone]), operation_id="employees_gone",
            url_name="employees_gone", summary="Those who left")  # fmt: skip
def gone(request: PageRequest, asked: Query[Paged]) -> dict[str, Any]:
    """Return reps who left, the latest first, then accounts of nobody's rep that were switched off."""
    only_administrators(request)
    return listed(today_here().isoformat(), asked, [_gone(one) for one in those_who_left(timezone.now())])


@router.post("/employees/{who}/export", response=answers(Document), operation_id="export_employee",
             url_name="export_employee", summary="Give out what is kept about an employee")  # fmt: skip
def export_employee(request: PageRequest, who: str) -> HttpResponseBase:
    """Return everything kept about a person without their customers; the trail keeps that it was given out."""
    return employees.export(request, who)


@router.post("/employees/{who}/erase", response={200: EmployeeErased, 409: Failure, **REFUSALS},
             operation_id="erase_employee", url_name="erase_employee", summary="Erase an employee who left",
             openapi_extra=body_of(Sure))  # fmt: skip
def erase_one_employee(request: PageRequest, who: str) -> dict[str, bool]:
    """Put a neutral word in the place of somebody who left; what they did stays. Body: ``is_sure``."""
    only_administrators(request)
    found = employees.employee_or_404(who)
    read_body(request, Sure)
    try:
        return {"is_done": erase_employee(actor=request.user, employee=found, at=timezone.now())}
    except StillHereError as error:
        raise EngineError("privacy.still_here", "Only somebody who has left can be erased.", "who") from error


@router.get("/retention", response=answers(RetentionTold), operation_id="retention", url_name="retention",
            summary="How long what is personal is kept")  # fmt: skip
def retention(request: PageRequest) -> dict[str, Any]:
    """Return the ends that hold, and how much is older and goes with the next day's clearing."""
    only_administrators(request)
    return _retention()


@router.get("/retention/due", response=answers(Due), operation_id="retention_due", url_name="retention_due",
            summary="Try other ends out")  # fmt: skip
def retention_due(request: PageRequest, ends: Query[Ends]) -> Due:
    """Return how much would go under other ends; nothing is changed."""
    only_administrators(request)
    return due(ends.kept(), timezone.now())


@router.post("/retention", response=answers(RetentionTold), operation_id="set_retention",
             url_name="set_retention", summary="Let other ends hold", openapi_extra=body_of(Ends))  # fmt: skip
def change_retention(request: PageRequest) -> dict[str, Any]:
    """Let other ends hold from the next day's clearing on; what is left out is kept without an end."""
    only_administrators(request)
    set_retention(actor=request.user, kept=read_body(request, Ends).kept())
    return _retention()


@router.get("/looks", response=answers(ListOf[Looker]), operation_id="looks", url_name="looks",
            summary="Who looked at customers' numbers")  # fmt: skip
def looks(request: PageRequest, asked: Query[Paged]) -> dict[str, Any]:
    """Return everybody who looked within the last thirty days, who looked at most customers first."""
    only_planners(request)
    return listed("", asked, [asdict(one) for one in lookers(timezone.now())])


@router.get("/looks/{int:user_id}", response=answers(ListOf[Look]), operation_id="looks_of",
            url_name="looks_of", summary="One person's looks")  # fmt: skip
def looks_of_one(request: PageRequest, user_id: int, asked: Query[Paged]) -> dict[str, Any]:
    """Return at which leads one person looked, when, and why where the lead was another's; the latest first."""
    only_planners(request)
    user = get_object_or_404(User, pk=user_id)
    return listed_rows("", asked, looks_of(user.pk, timezone.now()), lambda page: [look_of(one) for one in page])


def _retention() -> dict[str, Any]:
    kept = standing_retention()
    return {"kept": kept, "due": due(kept, timezone.now())}


def _gone(one: Employee) -> dict[str, Any]:
    rep, user = one.rep, one.user
    return {
        "who": one.mark, "rep_id": rep.pk if rep else None, "account_id": user.pk if user else None,
        "name": rep.name if rep else str(user), "is_erased": one.is_erased,
    }  # fmt: skip
