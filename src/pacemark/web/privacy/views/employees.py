"""Settings, Privacy: those who left, what is kept about them, and erasing who they were. For administrators alone."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from pacemark.web.accounts.exports import JSON, Export, send_export
from pacemark.web.accounts.http import PageRequest
from pacemark.web.accounts.models import User
from pacemark.web.organization.erasure_services import StillHereError
from pacemark.web.organization.models import Rep
from pacemark.web.privacy.forms import EraseForm
from pacemark.web.privacy.pages import document_bytes
from pacemark.web.privacy.queries.customers import counts_of
from pacemark.web.privacy.queries.employees import Employee, employee_of_account, employee_of_rep, those_who_left
from pacemark.web.privacy.services.employees import erase_employee, export_employee
from pacemark.web.privacy.views.customers import administrators

PAGE_SIZE = 50


@never_cache
@administrators
@require_safe
def home(request: PageRequest) -> HttpResponse:
    """List those who left, the latest first."""
    page = Paginator(those_who_left(timezone.now()), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"tab": "privacy", "part": "employees", "page": page}
    return render(request, "privacy/employees.html", context)


@never_cache
@administrators
@require_POST
def export(request: PageRequest, who: str) -> HttpResponseBase:
    """Send everything kept about a person as one JSON file."""
    employee, at = employee_or_404(who), timezone.now()
    document = export_employee(actor=request.user, employee=employee, at=at)
    rows = sum(counts_of(document).values())
    sent = Export(kind="privacy.employee", name=f"employee-{who}.json", content_type=JSON, rows=rows)
    return send_export(request, sent, document_bytes(document, request.user.pk))


@administrators
@require_POST
def erase(request: PageRequest, who: str) -> HttpResponse:
    """Erase who somebody was that left."""
    employee, form = employee_or_404(who), EraseForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Tick the box first: an erasure cannot be undone."))
        return redirect("privacy:employees")
    try:
        is_done = erase_employee(actor=request.user, employee=employee, at=timezone.now())
    except StillHereError:
        messages.error(request, _("Only somebody who has left can be erased."))
        return redirect("privacy:employees")
    messages.success(
        request,
        _("Name, number and account are erased.") if is_done else _("They were erased before; nothing changed."),
    )
    return redirect("privacy:employees")


def employee_or_404(who: str) -> Employee:
    """Return whom an address means: r12 is a rep, a12 an account without one."""
    kind, number = who[:1], who[1:]
    if not number.isdecimal() or len(number) > 18:
        raise Http404
    if kind == "r":
        rep = Rep.objects.select_related("user").filter(pk=int(number)).first()
        if rep is not None:
            return employee_of_rep(rep)
    user = User.objects.filter(pk=int(number)).first() if kind == "a" else None
    if user is None:
        raise Http404
    return employee_of_account(user)
