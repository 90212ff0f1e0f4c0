"""Keeping the overview's sheets: made by a job when facts change, and by whoever comes when one is out of date."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from pacemark.web.jobs.services import enqueue_unless_waiting
from pacemark.web.organization.models import Team
from pacemark.web.organization.queries import members_on
from pacemark.web.results.models import OverviewSheet
from pacemark.web.results.queries.attainment import Sight
from pacemark.web.results.queries.sheets import Sheet, as_json, from_json, gather_sheet, leads_of, mark_of, scope_of
from pacemark.web.results.queries.spans import Span, month_span, quarter_around

# Leads and what they bring change all day without a mark of their own: for so long they stand as they were counted.
KEPT = timedelta(minutes=30)
# For so long a sheet is shown while a job makes it anew; whoever comes later waits for it.
SHOWN = timedelta(hours=2)
REFRESH = "refresh the overview"


def sheet_of(span: Span, sight: Sight) -> Sheet:
    """Return the overview of a month or quarter, with every sum as it stands now; leads may be half an hour old.

    What it is counted from has not changed: as kept, with a job asked to make an old one anew. Else anew, but for the
    leads where they were counted lately.
    """
    mark, now = mark_of(span), timezone.now()
    kept = OverviewSheet.objects.filter(scope=scope_of(sight), label=span.label).first()
    age = now - kept.made_at if kept is not None else SHOWN
    if kept is not None and kept.mark == mark and age < SHOWN:
        if age >= KEPT:
            enqueue_unless_waiting(REFRESH)
        return from_json(kept.content)
    if kept is not None and age < KEPT:
        lately = from_json(kept.content)
        return _keep(gather_sheet(span, sight, lately.made_at, None, lately.flow), sight, mark)
    return _keep(gather_sheet(span, sight, now, leads_of(span)), sight, mark)


def _keep(sheet: Sheet, sight: Sight, mark: str) -> Sheet:
    """Keep a sheet; it is a copy of what is counted elsewhere, as old as its leads, and leaves no trail."""
    OverviewSheet.objects.update_or_create(
        scope=scope_of(sight), label=sheet.label,
        defaults={"mark": mark, "made_at": sheet.made_at, "content": as_json(sheet)},
    )  # fmt: skip
    return sheet


def refresh_sheets(*, only_old: bool = False) -> int:
    """Make the sheets of the running month and quarter for everyone and for each director; return how many.

    ``only_old``: those alone that something has changed for, or whose leads were counted long ago.
    """
    spans = (month_span(), quarter_around(month_span().today))
    sights = [Sight(rep_ids=None, team_ids=None), *_directors_sights()]
    count, since = 0, timezone.now() - KEPT
    for span in spans:
        mark = mark_of(span)
        current = OverviewSheet.objects.filter(label=span.label, mark=mark, made_at__gt=since)
        fresh = set(current.values_list("scope", flat=True)) if only_old else set()
        stale = [sight for sight in sights if scope_of(sight) not in fresh]
        now, leads = timezone.now(), leads_of(span) if stale else []
        for sight in stale:
            _keep(gather_sheet(span, sight, now, leads), sight, mark)
        count += len(stale)
    return count


def _directors_sights() -> list[Sight]:
    """Return what each director sees today."""
    led: dict[int, set[int]] = {}
    for director, team in Team.objects.filter(region__director__isnull=False).values_list("region__director", "pk"):
        led.setdefault(director, set()).add(team)
    return [sight_of_teams(frozenset(teams)) for teams in led.values()]


def sight_of_teams(team_ids: frozenset[int]) -> Sight:
    """Return the sight of whoever leads some teams: their people of today."""
    today = month_span().today
    return Sight(
        rep_ids=frozenset(one.rep_id for one in members_on(today) if one.team_id in team_ids), team_ids=team_ids
    )
