"""`pacemark privacy`: what is kept about one person, as a file, and erasing it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from django.db.models import Q
from django.utils import timezone
from rich.console import Console

from pacemark.cli.start import UserMistake
from pacemark.web.accounts.models import User
from pacemark.web.organization.erasure_services import StillHereError
from pacemark.web.organization.models import Rep
from pacemark.web.organization.queries import organization
from pacemark.web.pipeline.queries.customers import Customer, customer_of_lead, customer_of_phone
from pacemark.web.privacy.queries.customers import counts_of
from pacemark.web.privacy.queries.employees import Employee, employee_of_account, employee_of_rep
from pacemark.web.privacy.services.customers import erase_customer, export_customer
from pacemark.web.privacy.services.employees import erase_employee, export_employee

app = typer.Typer(no_args_is_help=True, help="What is kept about one person, as a file, and erasing it.")


@app.callback()
def _privacy() -> None:
    """What is kept about one person, as a file, and erasing it."""


@app.command()
def customer(
    phone: Annotated[str, typer.Option(help="Their whole telephone number.")] = "",
    lead: Annotated[str, typer.Option(help="One of their leads, written SOURCE:ID.")] = "",
    export: Annotated[Path | None, typer.Option(help="Write everything kept about them to this file, as JSON.")] = None,
    erase: Annotated[bool, typer.Option(help="Clear name, number, notes and words; counts and money stay.")] = False,
) -> None:
    """Tell what is kept about a customer; with --export write it down, with --erase clear what is personal.

    Both at once write first. An erasure cannot be undone; asked twice, the second changes nothing.
    """
    found, at = _customer(phone, lead), timezone.now()
    told = Console(stderr=True)
    if export is not None:
        document = export_customer(actor=None, customer=found, at=at)
        _write(export, document)
        told.print(f"{sum(counts_of(document).values()):,} rows about them are in {export}.")
    if erase:
        done = erase_customer(actor=None, customer=found, at=at)
        words = f" {done.words} disputes' words, {done.cells} cells of refused rows." if done.leads else ""
        told.print((f"{done.leads} leads are erased." if done.leads else "They were erased before.") + words)
    if export is None and not erase:
        state = "erased" if found.is_erased else "not erased"
        sys.stdout.write(f"{len(found.leads)} leads, {state}: {', '.join(f'#{pk}' for pk in found.lead_ids)}\n")


@app.command()
def employee(
    rep: Annotated[int | None, typer.Option(help="A rep, by our own number.")] = None,
    employee_no: Annotated[str, typer.Option(help="A rep, by employee number.")] = "",
    account: Annotated[str, typer.Option(help="Whoever signs in so.")] = "",
    export: Annotated[Path | None, typer.Option(help="Write everything kept about them to this file, as JSON.")] = None,
    erase: Annotated[bool, typer.Option(help="Put a neutral word for their name; only of somebody who left.")] = False,
) -> None:
    """Tell what is kept about somebody who works or worked here; --export writes it down, --erase clears who they were.

    Their days, deals, agreements and decisions stay under the neutral word. An erasure cannot be undone.
    """
    found, at = _employee(rep, employee_no, account), timezone.now()
    told = Console(stderr=True)
    if export is not None:
        document = export_employee(actor=None, employee=found, at=at)
        _write(export, document)
        told.print(f"{sum(counts_of(document).values()):,} rows about them are in {export}.")
    if erase:
        try:
            is_done = erase_employee(actor=None, employee=found, at=at)
        except StillHereError as error:
            raise UserMistake(
                "they have not left; note the day under Settings, People, or switch the account off"
            ) from error
        told.print("Name, number and account are erased." if is_done else "They were erased before.")
    if export is None and not erase:
        left = "has left" if found.has_left(at) else "works here"
        state = "erased" if found.is_erased else "not erased"
        words = [f"rep #{found.rep.pk}" if found.rep else "", f"account #{found.user.pk}" if found.user else ""]
        sys.stdout.write(f"{', '.join(filter(None, words))}: {left}, {state}\n")


def _employee(rep: int | None, employee_no: str, account: str) -> Employee:
    if [rep is not None, bool(employee_no), bool(account)].count(True) != 1:
        raise UserMistake("say who: --rep NUMBER, --employee-no NUMBER or --account NAME")
    if account:
        user = User.objects.filter(username=account).first()
        found = employee_of_account(user) if user else None
    else:
        row = Rep.objects.select_related("user").filter(Q(pk=rep) if rep is not None else Q(employee_no=employee_no))
        first = row.first()
        found = employee_of_rep(first) if first else None
    if found is None:
        raise UserMistake("nobody here is called so")
    return found


def _customer(phone: str, lead: str) -> Customer:
    if bool(phone) == bool(lead):
        raise UserMistake("say who: --phone NUMBER or --lead SOURCE:ID")
    source, colon, external_id = lead.partition(":")
    if lead and not colon:
        raise UserMistake("--lead is written SOURCE:ID, such as crm:4711")
    region = organization().default_region
    found = customer_of_phone(phone, region) if phone else customer_of_lead(source, external_id)
    if found is None:
        raise UserMistake("nothing is kept about them")
    return found


def _write(path: Path, document: dict[str, Any]) -> None:
    try:
        path.touch(mode=0o600)
        path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise UserMistake(f"{path} cannot be written: {error.strerror}") from error
