"""Settings, Privacy: what is kept about a customer, as a file, and erasing it. For administrators alone."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from pacemark.web.accounts.access import allow
from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.exports import JSON, Export, send_export
from pacemark.web.accounts.http import PageRequest
from pacemark.web.pipeline.queries.customers import Customer, customer_of_id
from pacemark.web.privacy.forms import EraseForm, FindForm
from pacemark.web.privacy.pages import customer_card, document_bytes
from pacemark.web.privacy.queries.customers import counts_of, everything_about, find_customer
from pacemark.web.privacy.services.customers import erase_customer, export_customer

administrators = allow(AccessRole.ADMIN)


@sensitive_post_parameters()
@never_cache
@administrators
@require_http_methods(["GET", "POST"])
def home(request: PageRequest) -> HttpResponse:
    """Find a customer, and show how much is kept about them."""
    form = FindForm(request.POST or None)
    customer = find_customer(form.cleaned_data["sought"]) if form.is_valid() else None
    counts = counts_of(everything_about(customer, timezone.now())) if customer else {}
    context = {
        "tab": "privacy", "part": "customers", "form": form, "is_asked": form.is_bound and form.is_valid(),
        "card": customer_card(customer, counts) if customer else None, "erase_form": EraseForm(),
    }  # fmt: skip
    return render(request, "privacy/customers.html", context)


@never_cache
@administrators
@require_POST
def export(request: PageRequest, lead_id: int) -> HttpResponseBase:
    """Send everything kept about a lead's customer as one JSON file."""
    customer, at = customer_or_404(lead_id), timezone.now()
    document = export_customer(actor=request.user, customer=customer, at=at)
    rows = sum(counts_of(document).values())
    return send_export(
        request,
        Export(kind="privacy.customer", name=f"customer-{customer.lead_ids[0]}.json", content_type=JSON, rows=rows),
        document_bytes(document, request.user.pk),
    )


@administrators
@require_POST
def erase(request: PageRequest, lead_id: int) -> HttpResponse:
    """Erase a lead's customer."""
    customer, form = customer_or_404(lead_id), EraseForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Tick the box first: an erasure cannot be undone."))
        return redirect("privacy:home")
    done = erase_customer(actor=request.user, customer=customer, at=timezone.now())
    if done.leads:
        told = ngettext("%(n)s lead is erased; its counts and money stay.",
                        "%(n)s leads are erased; their counts and money stay.", done.leads)  # fmt: skip
        messages.success(request, told % {"n": done.leads})
    else:
        messages.info(request, _("This customer was erased before; nothing changed."))
    return redirect("privacy:home")


def customer_or_404(lead_id: int) -> Customer:
    """Return the customer that a lead is about; raises Http404 where there is none."""
    customer = customer_of_id(lead_id)
    if customer is None:
        raise Http404
    return customer
