"""A look at an installation from every side, each with what is found and how to mend it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.core.checks import run_checks
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from pacemark.web.jobs.queries import failed_since, last_slot_at, oldest_due_at
from pacemark.web.organization.models import CalendarDay
from pacemark.web.pipeline.facts_built import outdated_log_build
from pacemark.web.pipeline.models import Lead
from pacemark.web.pipeline.phones import open_phone
from pacemark.web.pipeline.queries.freshness import waiting_days
from pacemark.web.trail.models import TrailEntry, TrailSeal
from pacemark.web.trail.seals import SETTLED_AFTER

GIGABYTE = 1 << 30
LATE = timedelta(minutes=15)
DAY = timedelta(days=1)
MINUTE = "%Y-%m-%d %H:%M"


class State(StrEnum):
    """How serious a finding is."""

    GOOD = "good"
    WORTH_A_LOOK = "look"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at, in one sentence, and what mends it."""

    what: str
    state: State
    told: str
    remedy: str = ""


def examine(now: datetime) -> list[Finding]:
    """Look at everything; a side that cannot be looked at is a finding too, and hides no other."""
    found: list[Finding] = []
    for look in SIDES:
        try:
            found.extend(look(now))
        except (DatabaseError, OSError) as error:
            what = look.__name__.strip("_").replace("_", " ")
            found.append(Finding(what=what, state=State.WRONG, told=f"cannot be looked at: {error}"))
    return found


def _good(what: str, told: str) -> Finding:
    return Finding(what=what, state=State.GOOD, told=told)


def _look(what: str, told: str, remedy: str) -> Finding:
    return Finding(what=what, state=State.WORTH_A_LOOK, told=told, remedy=remedy)


def _wrong(what: str, told: str, remedy: str) -> Finding:
    return Finding(what=what, state=State.WRONG, told=told, remedy=remedy)


def _settings(_now: datetime) -> Iterator[Finding]:
    messages = run_checks(tags=["pacemark"])
    for message in messages:
        state = State.WRONG if message.is_serious() else State.WORTH_A_LOOK
        yield Finding(what="settings", state=state, told=f"{message.id}: {message.msg}", remedy=message.hint or "")
    if not messages:
        yield _good("settings", "the system checks find nothing")


def _database(_now: datetime) -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    waits = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waits:
        told = f"{len(waits)} migrations are not applied"
        yield _wrong("database", told, "Run any command but `calc`: it applies them.")
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA quick_check(1)")
            [verdict] = cursor.fetchone()
            if verdict == "ok":
                yield _good("database", "SQLite's quick check finds nothing")
            else:
                remedy = "Restore the last backup: `pacemark restore FILE --replace`."
                yield _wrong("database", f"SQLite says: {verdict}", remedy)
        else:
            cursor.execute("SHOW server_version")
            yield _good("database", f"PostgreSQL {cursor.fetchone()[0]} answers")


def _disk(_now: datetime) -> Iterator[Finding]:
    home = Path(settings.PACEMARK_HOME)
    free = shutil.disk_usage(home if home.exists() else home.parent).free
    state = State.WRONG if free < GIGABYTE // 5 else State.WORTH_A_LOOK if free < GIGABYTE else State.GOOD
    remedy = "" if state == State.GOOD else "Make room, or move PACEMARK_HOME: a full disk refuses every write."
    yield Finding(what="disk", state=state, told=f"{free / GIGABYTE:.1f} GB are free for PACEMARK_HOME", remedy=remedy)


def _phone_key(_now: datetime) -> Iterator[Finding]:
    encrypted = Lead.objects.exclude(phone_encrypted="").values_list("phone_encrypted", flat=True).first()
    if encrypted is None:
        yield _good("phone key", "there is no phone number yet")
        return
    try:
        open_phone(encrypted)
    except (InvalidTag, ValueError):
        remedy = "Bring back the phone.key (or PACEMARK_PHONE_KEY) that was in use when the numbers came in."
        yield _wrong("phone key", "phone numbers do not open with this key", remedy)
    else:
        yield _good("phone key", "a phone number opens with this key")


def _jobs(now: datetime) -> Iterator[Finding]:
    turn = last_slot_at()
    if turn is None or now - turn > 2 * DAY:
        told = "no worker has run yet" if turn is None else f"no worker has taken a turn since {turn:{MINUTE}} UTC"
        remedy = "Start `pacemark serve`, which has a worker, or `pacemark work`."
        yield _look("jobs", told, remedy)
    due_at = oldest_due_at()
    if due_at is not None and now - due_at > LATE:
        told = f"a job waits since {due_at:{MINUTE}} UTC"
        yield _wrong("jobs", told, "Start `pacemark work`, or more of them.")
    failed = failed_since(now - DAY)
    if failed:
        told = f"{failed} jobs gave up within a day"
        yield _wrong("jobs", told, "Their last error is kept with them for 60 days.")
    if turn is not None and now - turn <= 2 * DAY and not failed and (due_at is None or now - due_at <= LATE):
        yield _good("jobs", f"the last turn was taken at {turn:{MINUTE}} UTC")


def _facts(_now: datetime) -> Iterator[Finding]:
    waiting = waiting_days()
    told = f"{waiting} days of reps wait to be counted anew" if waiting else "every day is counted"
    remedy = "A worker counts them within seconds; or run `pacemark facts rebuild`." if waiting else ""
    yield Finding(what="facts", state=State.WORTH_A_LOOK if waiting else State.GOOD, told=told, remedy=remedy)
    logs = outdated_log_build()
    if logs is not None:
        told = f"definitions changed since the facts were counted from event logs up to {logs.last_day}"
        yield _look("facts", told, "Run `pacemark facts build` again.")


def _trail(now: datetime) -> Iterator[Finding]:
    last_id = TrailSeal.objects.order_by("-last_id").values_list("last_id", flat=True).first() or 0
    late = TrailEntry.objects.filter(pk__gt=last_id, at__lt=now - SETTLED_AFTER - DAY).count()
    told = f"{late} entries older than a day are not sealed" if late else "the trail is sealed up to date"
    remedy = "A worker seals them every hour: start `pacemark work`." if late else ""
    yield Finding(what="trail", state=State.WORTH_A_LOOK if late else State.GOOD, told=told, remedy=remedy)


def _calendar(now: datetime) -> Iterator[Finding]:
    soon = CalendarDay.objects.filter(
        is_provisional=True, date__gte=now.date(), date__lte=now.date() + timedelta(days=60)
    ).count()
    told = f"{soon} holidays of the next 60 days are expected only" if soon else "the next 60 days are announced"
    remedy = "Settings, Calendar: confirm them once the year's holidays are announced." if soon else ""
    yield Finding(what="calendar", state=State.WORTH_A_LOOK if soon else State.GOOD, told=told, remedy=remedy)


def _programs(_now: datetime) -> Iterator[Finding]:
    missing = []
    if connection.vendor == "postgresql" and shutil.which("pg_dump") is None:
        missing.append(("pg_dump is not installed: no backup can be made", "Install postgresql-client."))
    if find_spec("ortools") is None:
        missing.append(("OR-Tools is not installed: no policy may use best_fit", "Install the extra `solver`."))
    for told, remedy in missing:
        yield _look("programs", told, remedy)
    if not missing:
        yield _good("programs", "nothing is missing")


SIDES: tuple[Callable[[datetime], Iterator[Finding]], ...] = (
    _settings,
    _database,
    _disk,
    _phone_key,
    _jobs,
    _facts,
    _trail,
    _calendar,
    _programs,
)
