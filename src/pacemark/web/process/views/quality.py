"""Quality: what is put up for review, one item with its records, the decision on it, and what is normal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pacemark.web.accounts.access import allow_everyone
from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.http import PageRequest
from pacemark.web.goals.views.asked import leaders, planners
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.queries import members_on, organization, visible_rep_ids
from pacemark.web.process.choices import QualityKind
from pacemark.web.process.forms.quality import DecisionForm, ToleranceForm, WordForm
from pacemark.web.process.models import QualityItem
from pacemark.web.process.pages.quality_page import bars_of, histogram, sentence
from pacemark.web.process.queries.quality import effectiveness, quality_item, quality_items, records_of
from pacemark.web.process.queries.watched import tolerance
from pacemark.web.process.services.coaching import Refused
from pacemark.web.process.services.quality import decide, last_months, listed_under, say_word, set_tolerances
from pacemark.web.ui.wording import words_for

PAGE_SIZE = 50


@allow_everyone
@require_safe
def quality(request: PageRequest) -> HttpResponse:
    """Show what waits for a look, or what was decided; a rep sees what is about themselves."""
    today, visible = _sight(request)
    is_open = request.GET.get("shown") != "decided"
    found = Paginator(quality_items(visible, is_open=is_open), PAGE_SIZE).get_page(request.GET.get("page"))
    months = last_months()
    people = Paginator(members_on(today, visible), PAGE_SIZE).get_page(request.GET.get("people"))
    context = {
        "page": found,
        "rows": [(item, sentence(item)) for item in found],
        "is_open": is_open,
        "month": months[-1] if months else None,
        "effect": people,
        "rates": effectiveness(people, months[-1].first, min(today, months[-1].last)) if months else [],
        "is_rep": request.user.access_role == AccessRole.REP,
        "may_set": request.user.access_role in {AccessRole.OPERATIONS, AccessRole.ADMIN},
    }
    return render(request, "process/quality.html", context)


@allow_everyone
@require_safe
def item(request: PageRequest, item_id: int) -> HttpResponse:
    """Show one item: the numbers, the histogram, the records to listen to, and what was said about it."""
    return _item_page(request, _found(request, item_id))


@leaders
@require_POST
def decide_item(request: PageRequest, item_id: int) -> HttpResponse:
    """Keep a decision; whoever comes second is told what the first one decided."""
    found, form = _found(request, item_id), DecisionForm(request.POST)
    if not form.is_valid():
        return _item_page(request, found, decision=form)
    return _done(
        request,
        found,
        lambda: decide(actor=request.user, item_id=found.pk, **form.cleaned_data),
        _("Decided, and kept."),
    )


@allow_everyone
@require_POST
def say(request: PageRequest, item_id: int) -> HttpResponse:
    """Keep what the rep says about an item of their own."""
    found, form = _found(request, item_id), WordForm(request.POST)
    if not form.is_valid():
        return _item_page(request, found, word=form)
    return _done(
        request, found, lambda: say_word(actor=request.user, item_id=found.pk, **form.cleaned_data),
        _("Kept. Whoever looks at it reads this first."),
    )  # fmt: skip


@planners
def tolerances(request: PageRequest) -> HttpResponse:
    """Edit what is normal; ``try`` only shows how many people would be listed."""
    standing = tolerance()
    version = standing.version  # a form writes what was typed onto its instance
    form = ToleranceForm(request.POST or None, instance=standing)
    effect = None
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in form.fields}
        if "try" not in request.POST:
            set_tolerances(actor=request.user, values=values)
            messages.success(request, _("Kept as a new version. What waits is counted anew tonight."))
            return redirect("process:tolerances")
        effect = [(QualityKind(kind).label, *sides) for kind, sides in listed_under(values).items()]
    context = {"form": form, "effect": effect, "version": version}
    return render(request, "process/tolerances.html", context, status=422 if form.errors else 200)


def _sight(request: PageRequest) -> tuple[date, frozenset[int] | None]:
    today = local_today(organization().time_zone)
    return today, visible_rep_ids(request.user, today)


def _found(request: PageRequest, item_id: int) -> QualityItem:
    found = quality_item(item_id, _sight(request)[1])
    if found is None:
        raise Http404
    return found


def _item_page(
    request: PageRequest, found: QualityItem, *, decision: DecisionForm | None = None, word: WordForm | None = None
) -> HttpResponse:
    is_own = found.rep.user_id == request.user.pk
    context = {
        "item": found,
        "sentence": sentence(found),
        "bars": bars_of(found),
        "chart": histogram(found) if found.kind == QualityKind.PADDING else None,
        "records": records_of(found),
        "currency": organization().currency,
        "is_own": is_own,
        "may_decide": request.user.access_role != AccessRole.REP and not is_own,
        "decision": decision or DecisionForm(),
        "word": word or WordForm(initial={"word": found.word}),
    }
    return render(request, "process/quality_item.html", context, status=422 if decision or word else 200)


def _done(request: PageRequest, found: QualityItem, act: Callable[[], object], told: str) -> HttpResponse:
    try:
        act()
        messages.success(request, told)
    except Refused as refused:
        messages.error(request, words_for(refused.code, refused.field))
    return redirect("process:quality_item", found.pk)
