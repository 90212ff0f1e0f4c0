"""Settings · Webhooks: programs that are told, programs that tell, and what became of each word."""

from __future__ import annotations

from typing import TypeVar

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pacemark.web.accounts.access import allow
from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.http import PageRequest
from pacemark.web.ui.wording import is_worded, words_for
from pacemark.web.webhooks.choices import DeliveryState
from pacemark.web.webhooks.forms import CallerForm, ReceiverForm
from pacemark.web.webhooks.models import Caller, Receiver
from pacemark.web.webhooks.queries import callers, deliveries_shown, receipts_shown, receiver_rows
from pacemark.web.webhooks.refusals import Refused, sentence
from pacemark.web.webhooks.services import collecting
from pacemark.web.webhooks.services.ends import (
    change_caller,
    change_receiver,
    change_secret,
    end_for_good,
    make_caller,
    make_receiver,
)

planners = allow(AccessRole.OPERATIONS, AccessRole.ADMIN)
PAGE_SIZE, N_RECEIPTS = 30, 30
E = TypeVar("E", Receiver, Caller)


@planners
@require_safe
def webhooks(request: PageRequest) -> HttpResponse:
    """List both ends, the deliveries and what was posted to us lately."""
    asked = request.GET.get("state", "")
    state = asked if asked in DeliveryState.values else ""
    page = Paginator(deliveries_shown(state=state), PAGE_SIZE).get_page(request.GET.get("page"))
    receivers = receiver_rows()
    context = {
        "receivers": receivers, "callers": callers(), "page": page, "state": state, "states": DeliveryState.choices,
        "rows": [(row, _worded(row.failure)) for row in page], "n_failed": sum(row.n_failed for row in receivers),
        "receipts": [(row, _worded(row.reason)) for row in receipts_shown()[:N_RECEIPTS]], "tab": "webhooks",
    }  # fmt: skip
    return render(request, "webhooks/webhooks.html", context)


def _worded(code: str) -> str:
    return words_for(code) if is_worded(code) else code


@planners
@require_http_methods(["GET", "POST"])
def receiver(request: PageRequest, end_id: int = 0) -> HttpResponse:
    """Make a receiver (id 0) or change one; a new secret is shown in this very answer, and never again."""
    found = _end(Receiver, end_id) if end_id else None
    form, secret = ReceiverForm(request.POST or None, end=found), ""
    if request.method == "POST" and form.is_valid():
        try:
            if found is not None:
                change_receiver(actor=request.user, receiver=found, words=form.words())
                return _saved(request)
            made = make_receiver(actor=request.user, words=form.words())
            found, secret = _end(Receiver, made.end.pk), made.secret
            form = ReceiverForm(end=found)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, sentence(refused))
    return _shown(request, "receivers", found, form, secret)


@planners
@require_http_methods(["GET", "POST"])
def caller(request: PageRequest, end_id: int = 0) -> HttpResponse:
    """Make a caller (id 0) or change one; a new secret is shown in this very answer, and never again."""
    found = _end(Caller, end_id) if end_id else None
    form, secret = CallerForm(request.POST or None, end=found), ""
    if request.method == "POST" and form.is_valid():
        try:
            if found is not None:
                change_caller(actor=request.user, caller=found, words=form.words())
                return _saved(request)
            made = make_caller(actor=request.user, words=form.words())
            found, secret = _end(Caller, made.end.pk), made.secret
            form = CallerForm(end=found)
        except Refused as refused:
            told = refused.message if refused.code == "webhooks.bad_mapping" else sentence(refused)
            form.add_error(refused.field if refused.field in form.fields else None, told)
    return _shown(request, "callers", found, form, secret)


@planners
@require_POST
def secret(request: PageRequest, what: str, end_id: int) -> HttpResponse:
    """Give a new secret and show it once."""
    made = change_secret(actor=request.user, end=_named(what, end_id))
    form = ReceiverForm(end=made.end) if isinstance(made.end, Receiver) else CallerForm(end=made.end)
    return _shown(request, what, made.end, form, made.secret)


@planners
@require_POST
def end(request: PageRequest, what: str, end_id: int) -> HttpResponse:
    """Remove a receiver or a caller for good."""
    end_for_good(actor=request.user, end=_named(what, end_id))
    messages.success(request, _("Removed."))
    return redirect("webhooks:webhooks")


@planners
@require_POST
def test(request: PageRequest, end_id: int) -> HttpResponse:
    """Send a word that shows whether the receiver answers."""
    collecting.queue_test(actor=request.user, receiver=_end(Receiver, end_id))
    messages.success(request, _("On its way. What becomes of it stands below within a moment."))
    return redirect("webhooks:webhooks")


@planners
@require_POST
def again(request: PageRequest, delivery_id: int) -> HttpResponse:
    """Send a delivery once more that failed."""
    if not deliveries_shown().filter(pk=delivery_id).exists():
        raise Http404
    try:
        collecting.send_again(actor=request.user, delivery_id=delivery_id)
    except Refused as refused:
        messages.error(request, sentence(refused))
    return redirect("webhooks:webhooks")


def _end(model: type[E], end_id: int) -> E:
    found = model.objects.filter(pk=end_id).first()
    if found is None:
        raise Http404
    return found


def _named(what: str, end_id: int) -> Receiver | Caller:
    return _end(Receiver, end_id) if what == "receivers" else _end(Caller, end_id)


def _saved(request: PageRequest) -> HttpResponse:
    messages.success(request, _("Saved."))
    return redirect("webhooks:webhooks")


def _shown(
    request: PageRequest, what: str, found: Receiver | Caller | None, form: ReceiverForm | CallerForm, secret: str
) -> HttpResponse:
    post_to = request.build_absolute_uri(reverse("receiving:post", args=[found.pk])) if found else ""
    context = {
        "what": what, "end": found, "form": form, "secret": secret, "tab": "webhooks",
        "post_to": post_to if what == "callers" else "",
    }  # fmt: skip
    return render(request, "webhooks/end.html", context, status=422 if form.errors else 200)
