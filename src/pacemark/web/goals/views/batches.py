"""Many targets at once: asking for a preview, looking at it, applying it or throwing it away."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pacemark.web.accounts.exports import XLSX, Export, send_export, watermark_of
from pacemark.web.accounts.http import PageRequest
from pacemark.web.goals.bridge.batches import content_of
from pacemark.web.goals.choices import BatchKind, CopySource, EditKind, SpreadBy
from pacemark.web.goals.grid_forms import ApplyForm, BulkEditForm, CopyForm, WorkbookForm
from pacemark.web.goals.models import TargetBatch
from pacemark.web.goals.pages.batch_page import batch_page, shown_rows
from pacemark.web.goals.queries.batches import batches_of, month_of, people_of_batch
from pacemark.web.goals.queries.periods import Period
from pacemark.web.goals.refusals import Refused, sentence, status_of
from pacemark.web.goals.services.batches import confirm_batch, drop_batch, prepare_batch
from pacemark.web.goals.services.wishes import BulkEdit, copy_wishes, edit_wishes
from pacemark.web.goals.services.workbooks import prepare_import as prepare_import_of
from pacemark.web.goals.targets_workbook import targets_workbook
from pacemark.web.goals.views.asked import leaders
from pacemark.web.goals.views.grid import Seen, asked_back, seen_by
from pacemark.web.goals.views.grid_asked import grid_asked
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.queries import organization, visible_rep_ids
from pacemark.web.shared.currency import minor_digits

PAGE_SIZE = 100
PAST_BATCHES = 50


@leaders
@require_POST
def prepare_edit(request: PageRequest) -> HttpResponse:
    """Preview one change of many targets."""
    form = BulkEditForm(request.POST)
    if not form.is_valid():
        return _told(request, form)
    seen = seen_by(request, asked_back(request))
    sent = form.cleaned_data
    edit = BulkEdit(
        kind=EditKind(sent["kind"]), value=sent["value"], weights=SpreadBy(sent["weights"] or SpreadBy.TARGETS)
    )

    def prepare() -> TargetBatch:
        wishes = edit_wishes(_chosen(request, seen), _open_months(request, seen), edit)
        return prepare_batch(actor=request.user, kind=BatchKind.EDIT, wishes=wishes)

    return _previewed(request, prepare)


@leaders
@require_POST
def prepare_copy(request: PageRequest) -> HttpResponse:
    """Preview last period's targets as this period's, for everyone in the filter and every open month shown."""
    form = CopyForm(request.POST)
    if not form.is_valid():
        return _told(request, form)
    seen = seen_by(request, asked_back(request))
    source, is_scaled = CopySource(form.cleaned_data["source"]), form.cleaned_data["is_scaled"]
    rep_ids = [seen.grid.people[place].rep_id for place in seen.places]

    def prepare() -> TargetBatch:
        wishes = copy_wishes(rep_ids, _open(seen), source, is_scaled=is_scaled)
        return prepare_batch(actor=request.user, kind=BatchKind.COPY, wishes=wishes)

    return _previewed(request, prepare)


@leaders
@require_POST
def prepare_import(request: PageRequest) -> HttpResponse:
    """Preview what a workbook would change."""
    form = WorkbookForm(request.POST, request.FILES)
    if not form.is_valid():
        return _told(request, form)
    sent = form.cleaned_data["workbook"]
    visible = visible_rep_ids(request.user, local_today(organization().time_zone))
    return _previewed(
        request,
        lambda: prepare_import_of(actor=request.user, book=sent.read(), file_name=sent.name, rep_ids=visible),
    )


@leaders
@require_safe
def batches(request: PageRequest) -> HttpResponse:
    """List previews and applied changes, newest first."""
    return render(request, "goals/batches.html", {"batches": batches_of(request.user)[:PAST_BATCHES]})


@leaders
@require_safe
def batch(request: PageRequest, batch_id: int) -> HttpResponse:
    """Show one batch: the preview, how far it has come, or what became of it."""
    found = _batch(request, batch_id)
    return _show(request, found, ApplyForm(auto_id="apply-%s"))


@leaders
@require_POST
def apply_batch(request: PageRequest, batch_id: int) -> HttpResponse:
    """Apply a preview in the background."""
    found = _batch(request, batch_id)
    form = ApplyForm(request.POST, auto_id="apply-%s")
    if not form.is_valid():
        return _show(request, found, form, status=400)
    try:
        confirm_batch(actor=request.user, batch_id=found.pk, **form.cleaned_data)
    except Refused as refused:
        form.add_error("reason", sentence(refused))
        return _show(request, found, form, status=status_of(refused))
    return redirect("goals:batch", batch_id=found.pk)


@leaders
@require_POST
def drop(request: PageRequest, batch_id: int) -> HttpResponse:
    """Throw a preview away."""
    found = _batch(request, batch_id)
    try:
        drop_batch(actor=request.user, batch_id=found.pk)
        messages.success(request, _("The preview is thrown away; nothing was changed."))
    except Refused as refused:
        messages.error(request, sentence(refused))
    return redirect("goals:batches")


@leaders
@require_safe
def export_targets(request: PageRequest) -> HttpResponseBase:
    """Send the people × months in the filter as a workbook that can be brought back."""
    seen = seen_by(request, grid_asked(request.GET.dict()))
    scale = 10 ** minor_digits(seen.settings.currency)
    name = f"pacemark-targets-{seen.asked.period.label}.xlsx"
    book = targets_workbook(seen.grid, seen.places, scale, watermark_of(request.user))
    return send_export(request, Export(kind="goals.targets", name=name, content_type=XLSX, rows=len(seen.places)), book)


def _previewed(request: PageRequest, prepare: Callable[[], TargetBatch]) -> HttpResponse:
    try:
        return redirect("goals:batch", batch_id=prepare().pk)
    except Refused as refused:
        messages.error(request, sentence(refused))
    return redirect(asked_back(request).url())


def _told(request: PageRequest, form: forms.Form) -> HttpResponse:
    """Go back to the page and say what is wrong with the form."""
    for field, errors in form.errors.items():
        label = form.fields[field].label if field in form.fields else ""
        messages.error(request, " ".join([f"{label}:" if label else "", *map(str, errors)]).strip())
    return redirect(asked_back(request).url())


def _chosen(request: PageRequest, seen: Seen) -> list[int]:
    """Return whom the form means, and never anybody out of sight."""
    if request.POST.get("scope") == "all":
        return [seen.grid.people[place].rep_id for place in seen.places]
    ticked = set(request.POST.getlist("rep"))
    return [member.rep_id for member in seen.grid.people if str(member.rep_id) in ticked]


def _open(seen: Seen) -> list[Period]:
    today = local_today(seen.settings.time_zone)
    return [month for month in seen.grid.months if month.last >= today]


def _open_months(request: PageRequest, seen: Seen) -> list[Period]:
    ticked = set(request.POST.getlist("month"))
    return [month for month in _open(seen) if month.label in ticked]


def _batch(request: PageRequest, batch_id: int) -> TargetBatch:
    found = batches_of(request.user).filter(pk=batch_id).first()
    if found is None:
        raise Http404
    return found


def _show(request: PageRequest, found: TargetBatch, form: ApplyForm, status: int = 200) -> HttpResponse:
    rows = Paginator(shown_rows(content_of(found.changes)), PAGE_SIZE).get_page(request.GET.get("page"))
    shown = list(rows)
    months = {row.month.isoformat(): month_of(row.month) for row in shown}
    page = batch_page(found, shown, people_of_batch({row.rep_id for row in shown}), months, organization().currency)
    return render(request, "goals/batch.html", {"page": page, "rows": rows, "form": form}, status=status)
