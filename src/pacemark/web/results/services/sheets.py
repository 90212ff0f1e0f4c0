"""Keeping the overview's sheets: made by a job when facts change, and by whoever comes when one is out of date."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from pacemark.web.organization.models import Team
from pacemark.web.organization.queries import members_on
from pacemark.web.results.models import OverviewSheet
from pacemark.web.results.queries.attainment import Sight
from pacemark.web.results.queries.sheets import Sheet, as_json, from_json, gather_sheet, mark_of, scope_of
from pacemark.web.results.queries.spans import Span, month_span, quarter_around

# Leads and what they bring change all day without a mark of their own.
KEPT = timedelta(minutes=10)


def sheet_of(span: Span, sight: Sight) -> Sheet:
    """Return the overview of a month or quarter: as kept while nothing it is counted from has changed, else anew."""
    mark, now = mark_of(span), timezone.now()
    kept = OverviewSheet.objects.filter(scope=scope_of(sight), label=span.label).first()
    if kept is not None and kept.mark == mark and now - kept.made_at < KEPT:
        return from_json(kept.content)
    return keep_sheet(span, sight, mark)


def keep_sheet(span: Span, sight: Sight, mark: str) -> Sheet:
    """Add a sheet up anew and keep it; it is a copy of what is counted elsewhere and leaves no trail."""
    now = timezone.now()
    sheet = gather_sheet(span, sight, now)
    OverviewSheet.objects.update_or_create(
        scope=scope_of(sight), label=span.label, defaults={"mark": mark, "made_at": now, "content": as_json(sheet)}
    )
    return sheet


def refresh_sheets() -> int:
    """Make the sheets of the running month and quarter for everyone and for each director; return how many."""
    spans = (month_span(), quarter_around(month_span().today))
    sights = [Sight(rep_ids=None, team_ids=None), *_directors_sights()]
    for span in spans:
        for sight in sights:
            keep_sheet(span, sight, mark_of(span))
    return len(spans) * len(sights)


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
