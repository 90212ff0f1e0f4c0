"""Giving out what is kept about somebody who worked here, and erasing who they were."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from pacemark.web.accounts.erasure_services import erase_account
from pacemark.web.accounts.models import User
from pacemark.web.goals.services.erasure import forget_name_in_plans
from pacemark.web.intake.forgetting import forget_values
from pacemark.web.notifications.services.erasure import forget_name_in_messages
from pacemark.web.organization.erasure_services import StillHereError, erase_rep, neutral_word
from pacemark.web.organization.models import Rep
from pacemark.web.privacy.queries.customers import counts_of
from pacemark.web.privacy.queries.employees import Employee, everything_about_employee
from pacemark.web.results.services.erasure import forget_name_in_reviews
from pacemark.web.trail.services import record


@transaction.atomic
def export_employee(*, actor: User | None, employee: Employee, at: datetime) -> dict[str, Any]:
    """Return everything kept about a person who works or worked here; the trail says that it was given out."""
    document = everything_about_employee(employee, at)
    subject = employee.rep or employee.user
    if subject is None:
        raise ValueError("an employee is a rep or an account")
    changes = {"rows": sum(counts_of(document).values())}
    record(actor=actor, action="privacy.employee_exported", subject=subject, changes=changes)
    return document


@transaction.atomic
def erase_employee(*, actor: User | None, employee: Employee, at: datetime) -> bool:
    """Put a neutral word in the place of somebody who left: name, employee number, account and e-mail go.

    Facts, totals, agreements and decisions stay what they were, and the trail holds ids alone. Nobody signs in with the
    account again. False where it was done before. Raises StillHereError for somebody who has not left.
    """
    rep, user = employee.rep, employee.user
    if not employee.has_left(at):
        raise StillHereError
    names = _own_names(rep, user)
    word = neutral_word(rep.pk if rep else user.pk if user else 0)
    is_done = erase_rep(actor=actor, rep=rep, at=at) if rep else False
    is_done = (erase_account(actor=actor, user=user, word=word) if user else False) or is_done
    if not is_done:
        return False
    if rep is not None:
        forget_name_in_plans(rep_id=rep.pk, word=word)
    forget_name_in_reviews(rep_id=rep.pk if rep else None, names=frozenset(names), word=word)
    for name in names:
        forget_name_in_messages(name=name, word=word)
    forget_values(numbers=(), names=names)
    return True


def _own_names(rep: Rep | None, user: User | None) -> set[str]:
    """Return the names that nobody else bears: in texts without ids another person's must not be changed."""
    names = {one for one in (rep.name if rep else "", user.display_name if user else "") if one}
    others = set(Rep.objects.filter(name__in=names).exclude(pk=rep.pk if rep else 0).values_list("name", flat=True))
    others |= set(
        User.objects.filter(display_name__in=names)
        .exclude(pk=user.pk if user else 0)
        .values_list("display_name", flat=True)
    )
    return names - others
