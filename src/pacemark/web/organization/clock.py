"""What day it is for the organisation. ``PACEMARK_TODAY`` sets it for a whole process."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone


def local_now(time_zone: str) -> datetime:
    """Return the present moment in the organisation's zone, on the day that ``PACEMARK_TODAY`` says."""
    now = timezone.now().astimezone(ZoneInfo(time_zone))
    fixed: str = settings.PACEMARK_TODAY
    if not fixed:
        return now
    day = date.fromisoformat(fixed)
    return now.replace(year=day.year, month=day.month, day=day.day)


def local_today(time_zone: str) -> date:
    """Return today's date in the organisation's zone."""
    return local_now(time_zone).date()


def local_date(moment: datetime, time_zone: str) -> date:
    """Return the date of a present moment in the organisation's zone, on the day that ``PACEMARK_TODAY`` says."""
    fixed: str = settings.PACEMARK_TODAY
    return date.fromisoformat(fixed) if fixed else date_of(moment, time_zone)


def date_of(moment: datetime, time_zone: str) -> date:
    """Return the date that a moment had in the organisation's zone, whatever day it is now."""
    return moment.astimezone(ZoneInfo(time_zone)).date()
