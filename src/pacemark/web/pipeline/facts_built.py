"""Facts counted elsewhere, from event logs that never enter our database: taking them in, and leaving them alone."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from time import perf_counter

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from pacemark.facts.definitions import Definitions
from pacemark.facts.statements import FACTS, REP_DAY, Fact
from pacemark.web.accounts.models import User
from pacemark.web.jobs.registry import FACTS_CHANGED
from pacemark.web.jobs.services import enqueue_unless_waiting
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.queries import organization
from pacemark.web.pipeline.bridge import FACT_PREFIX, definitions_of
from pacemark.web.pipeline.fact_models import LogBuild
from pacemark.web.pipeline.facts_rebuild import lock_days, lock_months
from pacemark.web.shared.row_writing import copied
from pacemark.web.trail.services import record

_PIECE = 1 << 20
_ROWS_AT_ONCE = 50_000

# Counts facts by some definitions into a folder, one CSV file per fact, and returns how many rows each has.
Engine = Callable[[Path, Definitions], dict[str, int]]


class FactsElsewhereError(Exception):
    """What cannot be done with facts that come from event logs; the text is one plain sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What was taken in: rows per fact, the last day of the logs, seconds of counting and of writing."""

    rows: dict[str, int]
    last_day: date
    count_seconds: float
    write_seconds: float


def log_build() -> LogBuild | None:
    """Return where the facts come from, or None where we count our own events."""
    return LogBuild.objects.first()


def outdated_log_build() -> LogBuild | None:
    """Return where the facts come from when our definitions are others than those they were counted by."""
    built = log_build()
    return built if built and built.definitions != asdict(definitions_of(organization())) else None


def build_facts(*, actor: User | None, engine: str, source: str, count: Engine) -> Built:
    """Have another engine count facts from event logs, then put them in the place of ours, all of them or none.

    Counting holds no lock; pages show the former facts until the transaction that writes is done. From then on our own
    events count only for days after the last one in the logs, until :func:`leave_logs`. Leaves a trail.

    Raises
    ------
    FactsElsewhereError
        When the logs hold no dial: an empty folder must not empty the pages.
    """
    definitions = definitions_of(organization())
    with tempfile.TemporaryDirectory(prefix="facts-") as folder:
        started = perf_counter()
        rows = count(Path(folder), definitions)
        counted = perf_counter()
        last_day = _last_day(Path(folder) / f"{REP_DAY.name}.csv")
        with transaction.atomic(), connection.cursor() as cursor:
            lock_days(cursor)
            lock_months(cursor)
            _note(cursor, last_day)
            for fact in FACTS:
                cursor.execute(f"DELETE FROM {FACT_PREFIX}{fact.name}")
                _copy(cursor, fact, Path(folder) / f"{fact.name}.csv")
            LogBuild.objects.all().delete()
            LogBuild.objects.create(
                engine=engine,
                source=source,
                last_day=last_day,
                definitions=asdict(definitions),
                built_at=timezone.now(),
            )
            record(
                actor=actor, action="facts.built", subject=("facts", "all"), changes={"engine": engine, "rows": rows}
            )
            enqueue_unless_waiting(FACTS_CHANGED)
    return Built(rows=rows, last_day=last_day, count_seconds=counted - started, write_seconds=perf_counter() - counted)


@transaction.atomic
def leave_logs(*, actor: User | None) -> bool:
    """Let our own events count for every day again; say whether they had not. The caller rebuilds. Leaves a trail."""
    n_rows, _tables = LogBuild.objects.all().delete()
    if n_rows:
        record(actor=actor, action="facts.logs_left", subject=("facts", "all"), changes={})
    return bool(n_rows)


def refuse_over_logs() -> None:
    """Stop what would count every fact from our own events while facts come from logs."""
    built = log_build()
    if built is not None:
        raise FactsElsewhereError(
            f"the facts up to {built.last_day} come from event logs ({built.engine}, {built.source}): "
            "run `pacemark facts build` again, or `pacemark facts leave-logs` to count this database's events"
        )


def _last_day(rep_days: Path) -> date:
    """Return the last day of which the logs tell anything, at most today: dates to come are slips of the pen."""
    day, dials = REP_DAY.columns.index("business_date"), REP_DAY.columns.index("dials")
    with rep_days.open(newline="", encoding="utf-8") as file:
        days = {(row[day], row[dials] != "0") for row in csv.reader(file)}
    if not any(has_dials for _day, has_dials in days):
        raise FactsElsewhereError("the event logs hold no dial; the facts are left as they are")
    return min(date.fromisoformat(max(text for text, _has_dials in days)), local_today(organization().time_zone))


def _note(cursor: CursorWrapper, last_day: date) -> None:
    """Forget what waited to be counted within the logs' days, and note the days after them that we have counted."""
    cursor.execute("DELETE FROM fact_changed_day WHERE business_date <= %s", [last_day])
    cursor.execute("DELETE FROM fact_changed_month")
    cursor.execute(
        "INSERT INTO fact_changed_day (rep_id, business_date) SELECT rep_id, business_date FROM fact_rep_day "
        "WHERE business_date > %s",
        [last_day],
    )


def _copy(cursor: CursorWrapper, fact: Fact, path: Path) -> None:
    table, columns = f"{FACT_PREFIX}{fact.name}", ", ".join(fact.columns)
    if connection.vendor == "postgresql":
        with path.open("rb") as file, copied(f"COPY {table} ({columns}) FROM STDIN (FORMAT csv)") as copy:
            while piece := file.read(_PIECE):
                copy.write(piece)
        return
    marks = ", ".join("%s" for _column in fact.columns)
    with path.open(newline="", encoding="utf-8") as file:
        rows = csv.reader(file)  # SQLite makes whole numbers of the text by the type of their column
        while some := list(islice(rows, _ROWS_AT_ONCE)):
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", some)
