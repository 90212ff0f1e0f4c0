"""Everything that is kept about somebody who worked here, without what belongs to their customers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pacemark.web.accounts.models import User
from pacemark.web.organization.erasure_services import has_left
from pacemark.web.organization.models import Rep
from pacemark.web.pipeline.fact_models import RepDay
from pacemark.web.pipeline.models import Lead, Touch
from pacemark.web.privacy.queries.rows import Rows, add_rows, rows_pointing_at
from pacemark.web.trail.models import TrailEntry

# What these tables say of customers is the customers' own.
_OF_CUSTOMERS: dict[Any, Collection[str]] = {Lead: ("name", "note", "tags", "next_contact_at"), Touch: ("note",)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Employee:
    """One who works or worked here: a rep, an account, or a rep with an account."""

    rep: Rep | None
    user: User | None

    @property
    def mark(self) -> str:
        """Return what stands for them in an address: r12 is a rep, a12 an account without one."""
        return f"r{self.rep.pk}" if self.rep else f"a{self.user.pk}" if self.user else ""

    def has_left(self, at: datetime) -> bool:
        """Say whether they have left; of somebody who is no rep their account tells."""
        return has_left(self.rep, at) if self.rep else self.user is not None and not self.user.is_active

    @property
    def is_erased(self) -> bool:
        """Say whether nothing is left to erase."""
        rep_done = self.rep is None or self.rep.erased_at is not None
        return rep_done and (self.user is None or self.user.username == f"erased-{self.user.pk}")


def employee_of_rep(rep: Rep) -> Employee:
    """Return a rep with the account they sign in with."""
    return Employee(rep=rep, user=rep.user)


def employee_of_account(user: User) -> Employee:
    """Return an account with the rep it belongs to."""
    return Employee(rep=Rep.objects.filter(user=user).first(), user=user)


def those_who_left(at: datetime) -> list[Employee]:
    """Return everybody who has left, the latest first, then accounts of nobody's rep that were switched off."""
    reps = Rep.objects.filter(left_on__isnull=False).select_related("user").order_by("-left_on", "pk")
    found = [employee_of_rep(rep) for rep in reps if has_left(rep, at)]
    accounts = User.objects.filter(is_active=False, rep__isnull=True).order_by("username")
    return [*found, *(Employee(rep=None, user=user) for user in accounts)]


def everything_about_employee(employee: Employee, at: datetime) -> dict[str, Any]:
    """Return one document: the person, the account, every row that points at either, their days, and what they did."""
    rows: Rows = {}
    rep, user = employee.rep, employee.user
    if rep is not None:
        add_rows(rows, Rep.objects.filter(pk=rep.pk))
        for found in rows_pointing_at(Rep, [rep.pk]):
            add_rows(rows, found, _OF_CUSTOMERS.get(found.model, ()))
        add_rows(rows, RepDay.objects.filter(rep_id=rep.pk).order_by("business_date"))
    if user is not None:
        add_rows(rows, User.objects.filter(pk=user.pk))
        for found in rows_pointing_at(User, [user.pk]):
            add_rows(rows, found, _OF_CUSTOMERS.get(found.model, ()))
        add_rows(rows, TrailEntry.objects.filter(actor_id=user.pk).order_by("pk"))
    return {
        "asked_at": at.isoformat(),
        "employee": {"rep_id": rep.pk if rep else None, "account_id": user.pk if user else None},
        "records": rows,
    }
