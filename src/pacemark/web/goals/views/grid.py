"""The Goals page: people × months, for whoever leads them."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from pacemark.web.accounts.access import allow_everyone
from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.http import PageRequest
from pacemark.web.goals.bridge.grid import SORTS, Grid, in_order, keep
from pacemark.web.goals.grid_forms import BulkEditForm, CopyForm, WorkbookForm
from pacemark.web.goals.pages.grid_page import (
    GridPage,
    Shown,
    grid_months,
    grid_rows,
    grid_sums,
    periods_offered,
    state_words,
    unit_rows,
)
from pacemark.web.goals.queries.grid import load_grid, months_shown, plans_shown
from pacemark.web.goals.queries.plans import planned_periods
from pacemark.web.goals.views.grid_asked import GridAsked, grid_asked
from pacemark.web.organization.choices import Role
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.models import Organization
from pacemark.web.organization.queries import organization, rep_of, visible_rep_ids

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Everyone in sight and those that the filter keeps, in order."""

    asked: GridAsked
    settings: Organization
    grid: Grid
    places: list[int]


@allow_everyone
@require_safe
def goal_list(request: PageRequest) -> HttpResponse:
    """Show everyone in sight, month by month; a rep sees their own plan at once."""
    if request.user.access_role == AccessRole.REP:
        rep = rep_of(request.user)
        if rep is None:
            return render(request, "goals/no_rep.html", status=200)
        return redirect("goals:detail", rep_id=rep.pk)
    seen = seen_by(request, grid_asked(request.GET.dict()))
    rows = Paginator(seen.places, PAGE_SIZE).get_page(seen.asked.page)
    context = {
        "page": _page(seen, rows),
        "rows": rows,
        "asked": seen.asked,
        "here": seen.asked.url(),
        "query": seen.asked.query(),
        "choices": _choices(seen.grid),
        "states": state_words(),
        "sorts": SORTS,
        "edit_form": BulkEditForm(auto_id="bulk-%s"),
        "copy_form": CopyForm(auto_id="copy-%s"),
        "workbook_form": WorkbookForm(auto_id="book-%s"),
    }
    return render(request, "goals/goal_list.html", context)


def seen_by(request: PageRequest, asked: GridAsked) -> Seen:
    """Gather what the address asks for, as far as the person may see it."""
    settings = organization()
    visible = visible_rep_ids(request.user, local_today(settings.time_zone))
    months = months_shown(asked.period, asked.span, settings.sales_month_start_day)
    grid = load_grid(months, asked.period, settings, visible)
    return Seen(asked=asked, settings=settings, grid=grid, places=in_order(grid, keep(grid, asked.filter), asked.sort))


def asked_back(request: PageRequest) -> GridAsked:
    """Return the view that a form was sent from."""
    return grid_asked(QueryDict(request.POST.get("back", "")).dict())


def _page(seen: Seen, rows: Page[int]) -> GridPage:
    today = local_today(seen.settings.time_zone)
    months = grid_months(seen.grid, today)
    shown, currency = list(rows), seen.settings.currency
    plans = plans_shown(seen.asked.period, [seen.grid.people[place].rep_id for place in shown])
    return GridPage(
        period=seen.asked.period,
        periods=periods_offered(seen.asked.period, planned_periods(), today, seen.settings.sales_month_start_day),
        months=months,
        rows=grid_rows(seen.grid, shown, months, plans, Shown(currency=currency, edited=seen.asked.edit)),
        units=unit_rows(seen.grid, seen.places, months, currency),
        sums=grid_sums(seen.grid, seen.places, months, currency),
        currency=currency,
    )


def _choices(grid: Grid) -> dict[str, list[tuple[object, str]]]:
    """Return what can be filtered by: only what somebody in sight has."""
    people = grid.people
    return {
        "regions": sorted({(one.region_id, one.region_name) for one in people if one.region_id}, key=_by_name),
        "teams": sorted({(one.team_id, one.team_name) for one in people if one.team_id}, key=_by_name),
        "grades": sorted({(one.grade_id, one.grade_name) for one in people if one.grade_id}, key=_by_name),
        "roles": [(role, str(Role(role).label)) for role in sorted(set(grid.roles) - {""})],
    }


def _by_name(choice: tuple[object, str]) -> str:
    return choice[1]
