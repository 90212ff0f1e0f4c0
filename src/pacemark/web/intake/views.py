"""The Data page: bring records in, see how fresh they are and what each number means. For operations."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pacemark.web.accounts.access import allow
from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.exports import CSV, Export, send_export, watermark_of
from pacemark.web.accounts.http import PageRequest
from pacemark.web.intake import services, upload_services
from pacemark.web.intake.data_page import batch_page, data_page
from pacemark.web.intake.errors import FileError, ProfileError
from pacemark.web.intake.forms import MappingForm, UploadForm, people_chosen
from pacemark.web.intake.mapping_page import kind_cards, mapping_chosen
from pacemark.web.intake.models import BatchState, ImportBatch
from pacemark.web.intake.profiles import profile_from_text, profile_to_text
from pacemark.web.intake.stamped_rows import stamped_file

planners = allow(AccessRole.OPERATIONS, AccessRole.ADMIN)


@planners
@require_safe
def data(request: PageRequest) -> HttpResponse:
    """Show how far the records reach, past imports, and what each metric means."""
    return render(request, "intake/data.html", {"page": data_page(), "form": UploadForm()})


@planners
@require_POST
def upload(request: PageRequest) -> HttpResponse:
    """Receive files and go on to their mapping."""
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            batch = upload_services.receive_upload(
                actor=request.user,
                files=form.cleaned_data["uploads"],
                source_name=form.cleaned_data["source"],
                saved_profile=form.cleaned_data["profile"],
            )
            return redirect("intake:mapping", batch_id=batch.pk)
        except (FileError, ProfileError) as error:
            form.add_error("uploads", str(error))
    return render(request, "intake/data.html", {"page": data_page(), "form": form}, status=400)


@planners
@require_http_methods(["GET", "POST"])
def mapping(request: PageRequest, batch_id: int) -> HttpResponse:
    """Show the mapping with sample rows; take a corrected one and go on to the preview."""
    batch = get_object_or_404(ImportBatch, pk=batch_id)
    if batch.state not in upload_services.UNSETTLED:
        return redirect("intake:batch", batch_id=batch.pk)
    form = MappingForm(request.POST or None, initial={"source": batch.source_name, "text": batch.profile_text})
    if request.method == "POST" and form.is_valid() and _took_mapping(request, batch, form):
        return redirect("intake:batch", batch_id=batch.pk)
    plan = upload_services.plan_of(batch)
    context = {"batch": batch, "form": form, "cards": kind_cards(plan), "skipped": plan.skipped}
    return render(request, "intake/mapping.html", context, status=400 if form.errors else 200)


def _took_mapping(request: PageRequest, batch: ImportBatch, form: MappingForm) -> bool:
    """Take the mapping, by its text or by the choices; say what is wrong with it otherwise."""
    sent = form.cleaned_data
    try:
        text = sent["text"]
        if not sent["is_text_used"]:
            text = profile_to_text(mapping_chosen(profile_from_text(batch.profile_text), request.POST))
        upload_services.change_mapping(actor=request.user, batch=batch, text=text, source_name=sent["source"])
        if sent["name"]:
            services.save_profile(actor=request.user, name=sent["name"], text=text)
    except (FileError, ProfileError) as error:
        form.add_error(None, str(error))
        return False
    return True


@planners
@require_safe
def batch(request: PageRequest, batch_id: int) -> HttpResponse:
    """Show where an import stands: being read, previewed, being brought in, done, or failed."""
    found = get_object_or_404(ImportBatch.objects.select_related("actor"), pk=batch_id)
    if found.state == BatchState.DRAFT:
        return redirect("intake:mapping", batch_id=found.pk)
    return render(request, "intake/batch.html", {"page": batch_page(found)})


@planners
@require_POST
def commit(request: PageRequest, batch_id: int) -> HttpResponse:
    """Confirm a preview."""
    found = get_object_or_404(ImportBatch, pk=batch_id)
    choices = people_chosen(request.POST, found.preview.get("people", []))
    upload_services.confirm_import(actor=request.user, batch=found, choices=choices)
    return redirect("intake:batch", batch_id=batch_id)


@planners
@require_POST
def cancel(request: PageRequest, batch_id: int) -> HttpResponse:
    """Give an import up before it is committed."""
    try:
        upload_services.cancel_import(actor=request.user, batch=get_object_or_404(ImportBatch, pk=batch_id))
        messages.success(request, _("The import is cancelled; nothing of it went in."))
    except FileError as error:
        messages.error(request, str(error))
    return redirect("intake:data")


@planners
@require_safe
def errors(request: PageRequest, batch_id: int) -> HttpResponseBase:
    """Send the refused rows with line, column and reason."""
    found = get_object_or_404(ImportBatch, pk=batch_id)
    path = services.imports_folder() / str(found.pk) / "errors.csv"
    if not path.is_file():
        raise Http404
    rows = sum(int(count.get("refused", 0)) for count in found.counts.values())
    sent = Export(kind="intake.refused", name=f"refused-{found.pk}.csv", content_type=CSV, rows=rows)
    return send_export(request, sent, stamped_file(path, watermark_of(request.user).text))
