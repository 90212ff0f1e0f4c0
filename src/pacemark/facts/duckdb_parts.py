"""How DuckDB divides the counting: by spans of days and by months, so that what is told apart at a time stays small."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

import duckdb

from pacemark.facts.definitions import Definitions
from pacemark.facts.relations import Relations, Tables, month_of, of_days, relations_in
from pacemark.facts.statements import FACTS, Fact, select_dial_day

# The leads of some hundred thousand calls fit into the processor's cache. Where every file holds calls of every day,
# each span reads all files, and fewer spans are quicker; this many still bound the memory.
CALLS_AT_ONCE = 300_000
CALLS_AT_ONCE_UNSORTED = 4_000_000
_DIAL_DAYS = "dial_day"

# A table and the queries whose rows together are its rows; the queries of a step can run side by side.
Step = dict[str, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """One file of calls, and the days of which it may hold any."""

    name: str
    first: date
    last: date
    n_calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """Some days: from the first on, and before the other."""

    first: date
    end: date

    def meets(self, file: _File) -> bool:
        return file.first < self.end and file.last >= self.first


def steps(connection: duckdb.DuckDBPyConnection, calls: str, definitions: Definitions) -> tuple[Step, Step]:
    """Return what to count first, and what to count then: a table for each fact, of its name.

    Parameters
    ----------
    connection : DuckDBPyConnection
        With a view for each kind of event.
    calls : str
        The files of calls, in DuckDB's words: a quoted pattern.
    definitions : Definitions
        Thresholds and revenue basis.
    """
    relations, files = relations_in(Tables()), _files(connection, calls)
    days = connection.execute("SELECT business_date, COUNT(*) FROM calls GROUP BY 1 ORDER BY 1").fetchall()
    dials = [_reading(relations, files, span) for span in _spans(days, files)] or [relations]
    first = {_DIAL_DAYS: [select_dial_day(part, definitions) for part in dials]}
    parts = _by_months(connection, replace(relations, dial_days=_DIAL_DAYS), files, definitions)
    # What takes longest first, so that no core is left with a long statement at the end.
    return first, {fact.name: [_typed(fact, part, definitions) for part in parts] for fact in reversed(FACTS)}


def _typed(fact: Fact, relations: Relations, definitions: Definitions) -> str:
    counts = ", ".join(f"CAST({name} AS BIGINT) AS {name}" for name in fact.counts)  # a sum is wider than BIGINT
    return f"SELECT {', '.join(fact.key)}, {counts} FROM ({fact.select(relations, definitions)}) AS counted"


def _files(connection: duckdb.DuckDBPyConnection, calls: str) -> list[_File]:
    """Return the files of calls with what they say of their days; one that says nothing may hold any."""
    found = connection.execute(
        "SELECT file_name, MIN(CAST(COALESCE(stats_min_value, stats_min) AS DATE)),"
        " MAX(CAST(COALESCE(stats_max_value, stats_max) AS DATE)), SUM(num_values),"
        " COUNT(*) = COUNT(COALESCE(stats_max_value, stats_max))"
        f" FROM parquet_metadata({calls}) WHERE path_in_schema = 'business_date' GROUP BY 1 ORDER BY 1"
    ).fetchall()
    return [
        _File(name=name, first=first if is_told else date.min, last=last if is_told else date.max, n_calls=int(n_calls))
        for name, first, last, n_calls, is_told in found
    ]


def _are_apart(spans: Sequence[_Span], files: Sequence[_File]) -> bool:
    """Tell whether reading span by span reads most files once, and not each of them for every span."""
    n_read = sum(file.n_calls for span in spans for file in files if span.meets(file))
    return n_read <= 2 * sum(file.n_calls for file in files)


def _spans(days: Sequence[tuple[date, int]], files: Sequence[_File]) -> list[_Span]:
    """Return spans of few calls each, or of more where few would mean to read the files many times over."""
    spans = _cut(days, CALLS_AT_ONCE)
    return spans if _are_apart(spans, files) else _cut(days, CALLS_AT_ONCE_UNSORTED)


def _cut(days: Sequence[tuple[date, int]], n_at_once: int) -> list[_Span]:
    limits, so_far = [], n_at_once
    for day, n_calls in days:
        if so_far + n_calls > n_at_once:
            limits.append(day)
            so_far = 0
        so_far += n_calls
    ends = [*limits[1:], days[-1][0] + timedelta(1)] if days else []
    return [_Span(first=first, end=end) for first, end in zip(limits, ends, strict=True)]


def _by_months(
    connection: duckdb.DuckDBPyConnection, relations: Relations, files: Sequence[_File], definitions: Definitions
) -> list[Relations]:
    """Return the events month by month; what is of days before the first call is in the first, and so at the end."""
    month = month_of("d.business_date", definitions.month_start_day)
    found = connection.execute(
        f"SELECT {month}, MIN(d.business_date), MAX(d.business_date)"
        " FROM (SELECT DISTINCT business_date FROM calls) AS d GROUP BY 1 ORDER BY 1"
    ).fetchall()
    spans = [_Span(first=first, end=last + timedelta(1)) for _name, first, last in found]
    if not spans or not _are_apart(spans, files):
        return [relations]
    limits = [None, *(span.first for span in spans[1:]), None]
    return [
        replace(_reading(of_days(relations, *between), files, span), only_month=name)
        for (name, _first, _last), span, between in zip(found, spans, pairwise(limits), strict=True)
    ]


def _reading(relations: Relations, files: Sequence[_File], span: _Span) -> Relations:
    """Return the same events, the calls only of a span of days and read only from files that may hold any of it."""
    names = ", ".join("'" + file.name.replace("'", "''") + "'" for file in files if span.meets(file))
    limits = f"business_date >= DATE '{span.first}' AND business_date < DATE '{span.end}'"
    return replace(relations, calls=f"(SELECT * FROM read_parquet([{names}]) WHERE {limits})")
