"""Goals · Units: amounts from above against what people add up to, and splitting them."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from pacemark.web.accounts.http import PageRequest
from pacemark.web.goals.choices import SplitRule
from pacemark.web.goals.queries.splits import split_down
from pacemark.web.goals.queries.unit_sight import UnitSight, unit_sight
from pacemark.web.goals.queries.units import stretch_after, stretch_asked, stretch_before, unit_board
from pacemark.web.goals.refusals import Refused, sentence
from pacemark.web.goals.services.units import apply_split, set_unit_amounts, split_unit_over_time
from pacemark.web.goals.unit_forms import SplitForm, UnitAmountForm, UnitForm
from pacemark.web.goals.views.asked import leaders
from pacemark.web.organization.queries import organization


@leaders
@require_safe
def units(request: PageRequest) -> HttpResponse:
    """Show every unit in sight with what is asked of it and what its people add up to."""
    stretch = stretch_asked(_at(request))
    sight = unit_sight(request.user)
    rows = [
        (row, sight.may_set(row.node.key), sight.may_split(row.node.key)) for row in sight.rows(unit_board(stretch))
    ]
    context = {
        "stretch": stretch,
        "rows": rows,
        "before": stretch_before(stretch),
        "after": stretch_after(stretch),
        "spans": _spans(stretch.months[0].label),
        "currency": organization().currency,
    }
    return render(request, "goals/units.html", context)


@leaders
@require_safe
def split(request: PageRequest) -> HttpResponse:
    """Show how a unit's amount would be split, before anything is written."""
    form = SplitForm(request.GET)
    stretch, sight = stretch_asked(_at(request)), unit_sight(request.user)
    if not form.is_valid() or not sight.may_split(form.key()):
        raise Http404
    board = unit_board(stretch)
    row = board.row(form.key())
    if row is None:
        raise Http404
    context = {
        "stretch": stretch,
        "row": row,
        "rule": form.chosen_rule(),
        "rules": SplitRule.choices,
        "currency": organization().currency,
    }
    try:
        context["split"] = split_down(board, row, form.chosen_rule())
    except Refused as refused:
        context["refused"] = sentence(refused)
    return render(request, "goals/unit_split.html", context)


@leaders
@require_POST
def set_amount(request: PageRequest) -> HttpResponse:
    """Ask an amount of a unit."""
    form = UnitAmountForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write amounts as numbers, for example 30000."))
        return _back(request)
    _check(unit_sight(request.user).may_set, form)
    stretch = stretch_asked(_at(request))

    def act() -> str:
        set_unit_amounts(
            actor=request.user,
            span=stretch.span,
            first=stretch.first,
            amounts={form.key(): form.cleaned_data["amount"]},
            reason=form.cleaned_data["reason"],
        )
        return _("Saved.")

    return _done(request, act)


@leaders
@require_POST
def over_time(request: PageRequest) -> HttpResponse:
    """Split a unit's year over its quarters, or its quarter over its months."""
    form = UnitForm(request.POST)
    if not form.is_valid():
        raise Http404
    sight: UnitSight = unit_sight(request.user)
    _check(sight.may_set, form)

    def act() -> str:
        split_unit_over_time(actor=request.user, key=form.key(), stretch=stretch_asked(_at(request)))
        return _("Split by season and working days.")

    return _done(request, act)


@leaders
@require_POST
def apply(request: PageRequest) -> HttpResponse:
    """Split a unit's amount over the level below, as previewed."""
    form = SplitForm(request.POST)
    if not form.is_valid():
        raise Http404
    _check(unit_sight(request.user).may_split, form)

    def act() -> str:
        changed = apply_split(
            actor=request.user,
            key=form.key(),
            stretch=stretch_asked(_at(request)),
            rule=form.chosen_rule(),
            seen=form.cleaned_data["seen"],
            reason=form.cleaned_data["reason"],
        )
        words = ngettext("%(n)s amount has changed.", "%(n)s amounts have changed.", changed)
        return words % {"n": changed}

    return _done(request, act)


def _check(may: Callable[[tuple[str, int]], bool], form: UnitForm) -> None:
    if not may(form.key()):
        raise Http404


def _at(request: PageRequest) -> str:
    return request.GET.get("at") or request.POST.get("at") or ""


def _spans(label: str) -> list[str]:
    """Return the year of a month, its quarters and its months."""
    year = label[:4]
    quarters = [f"{year}-Q{number}" for number in range(1, 5)]
    return [year, *quarters, *(f"{year}-{number:02d}" for number in range(1, 13))]


def _back(request: PageRequest) -> HttpResponse:
    return redirect(f"{reverse('goals:units')}?at={stretch_asked(_at(request)).label}")


def _done(request: PageRequest, act: Callable[[], str]) -> HttpResponse:
    try:
        messages.success(request, act())
    except Refused as refused:
        messages.error(request, sentence(refused))
    return _back(request)
