"""One cell of people × months: read, typed into, saved."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pacemark.web.accounts.http import PageRequest
from pacemark.web.goals.grid_forms import CellForm
from pacemark.web.goals.pages.grid_page import GridRow, Shown, grid_months, grid_rows
from pacemark.web.goals.queries.grid import load_grid, months_shown, plans_shown
from pacemark.web.goals.queries.periods import Period
from pacemark.web.goals.refusals import Refused, sentence
from pacemark.web.goals.services.cells import CellSeen, set_cell
from pacemark.web.goals.views.asked import in_scope, leaders
from pacemark.web.goals.views.grid import asked_back
from pacemark.web.goals.views.grid_asked import GridAsked, grid_asked
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.queries import organization
from pacemark.web.shared.currency import minor_digits
from pacemark.web.ui.formats import money_plain
from pacemark.web.ui.htmx import wants_piece


@leaders
@require_http_methods(["GET", "HEAD", "POST"])
def cell(request: PageRequest, rep_id: int) -> HttpResponse:
    """Show a cell as a field, or as it reads; save what was typed into it."""
    in_scope(request, rep_id)
    if request.method == "POST":
        return _save(request, rep_id)
    asked = grid_asked(request.GET.dict())
    key = f"{rep_id}-{request.GET.get('month', '')}"
    if not wants_piece(request):
        return redirect(f"{asked.url(edit=key)}#c-{key}")
    shown = _row(replace(asked, edit="" if request.GET.get("read") else key), rep_id)
    found = next((one for one in shown["row"].cells if one.key == key), None)
    if found is None:
        raise Http404
    return render(
        request, "goals/_grid_cell.html", {**shown, "cell": found, "typed": _typed(shown, found.target_minor)}
    )


def _save(request: PageRequest, rep_id: int) -> HttpResponse:
    asked, label = asked_back(request), request.POST.get("month", "")
    month = _month(asked, label)
    form = CellForm(request.POST)
    problem = ""
    if form.is_valid():
        sent = form.cleaned_data
        try:
            set_cell(
                actor=request.user,
                seen=CellSeen(rep_id=rep_id, month=month, version=sent["version"]),
                amount_minor=int(sent["amount"] * 10 ** minor_digits(organization().currency)),
                reason=sent["reason"],
            )
        except Refused as refused:
            problem = sentence(refused)
    else:
        problem = _("Write the target as an amount, for example 30000.")
    return _saved(request, asked, f"{rep_id}-{label}", problem)


def _saved(request: PageRequest, asked: GridAsked, key: str, problem: str) -> HttpResponse:
    if not wants_piece(request):
        if problem:
            messages.error(request, problem)
        return redirect(asked.url(edit=key if problem else ""))
    shown = _row(replace(asked, edit=key if problem else ""), int(key.partition("-")[0]))
    shown |= {"problem": problem, "typed": request.POST.get("amount", ""), "needs_reason": bool(problem)}
    response = render(request, "goals/_grid_row.html", shown)
    if not problem:
        response["HX-Trigger-After-Settle"] = "targets-changed"
    return response


def _row(asked: GridAsked, rep_id: int) -> dict[str, Any]:
    """Return what one person's row is drawn from."""
    settings = organization()
    months = months_shown(asked.period, asked.span, settings.sales_month_start_day)
    grid = load_grid(months, asked.period, settings, frozenset({rep_id}))
    if not grid.people:
        raise Http404
    columns = grid_months(grid, local_today(settings.time_zone))
    plans, shown = plans_shown(asked.period, {rep_id}), Shown(currency=settings.currency, edited=asked.edit)
    row: GridRow = grid_rows(grid, [0], columns, plans, shown)[0]
    page = {"period": asked.period, "currency": settings.currency}
    return {"row": row, "asked": asked, "here": asked.url(), "query": asked.query(), "page": page}


def _typed(shown: dict[str, Any], target_minor: int | None) -> str:
    return "" if target_minor is None else money_plain(target_minor, shown["page"]["currency"]).replace(",", "")


def _month(asked: GridAsked, label: str) -> Period:
    settings = organization()
    for month in months_shown(asked.period, asked.span, settings.sales_month_start_day):
        if month.label == label:
            return month
    raise Http404
