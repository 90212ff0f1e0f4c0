"""How long talks around the deep-talk threshold lasted, by rep and sales month, and which of them led anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from pacemark.engine.periods import Period
from pacemark.engine.talks import END_SECONDS, FIRST_SECONDS, JUST_PAST_SECONDS, TalkHistograms, talk_histograms
from pacemark.facts.definitions import IS_QUALIFIED, Definitions
from pacemark.web.organization.queries import organization
from pacemark.web.pipeline.bridge import TABLES, definitions_of
from pacemark.web.pipeline.choices import Direction
from pacemark.web.pipeline.models import Call
from pacemark.web.pipeline.queries.columns import Integers, literal, whole_numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkMonths:
    """Talks by length of every rep with a long enough one: row ``rep × n_months + month`` of the histograms."""

    rep_id: Integers
    months: tuple[Period, ...]
    histograms: TalkHistograms


def talk_months(months: Sequence[Period]) -> TalkMonths:
    """Return everyone's talks around the threshold in some sales months that follow each other, oldest first.

    Raises the engine's ``padding.threshold_too_low`` where the threshold leaves no room for the test.
    """
    definitions = definitions_of(organization())
    threshold = definitions.deep_talk_seconds
    rep_id, month, seconds, talks = _counted(months, definitions, f"{TABLES.calls} AS d")
    reps, place = np.unique(rep_id, return_inverse=True)
    row, n_rows = place * len(months) + month, len(reps) * len(months)
    found = talk_histograms(np.repeat(row, talks), np.repeat(seconds, talks), n_rows, threshold)
    rep_id, month, seconds, talks = _counted(months, definitions, f"{_winners(months)} AS s {_their_call()}")
    if len(talks):  # where no talk ever led anywhere, nobody has kept outcomes
        row = np.searchsorted(reps, rep_id) * len(months) + month
        won = talk_histograms(
            np.repeat(row, talks), np.repeat(seconds, talks), n_rows, threshold, np.ones(int(talks.sum()))
        )
        found = replace(found, just_past_won=won.just_past_won, beyond_won=won.beyond_won)
    return TalkMonths(rep_id=reps, months=tuple(months), histograms=found)


def _winners(months: Sequence[Period]) -> str:
    """Return the SQL of the talks that an opportunity came from, each once."""
    return f"""(
        SELECT DISTINCT o.sourced_call_id FROM {TABLES.opportunities} AS o
        WHERE {IS_QUALIFIED} AND o.sourced_on BETWEEN {literal(months[0].first)} AND {literal(months[-1].last)}
    )"""


def _their_call() -> str:
    return f"JOIN {TABLES.calls} AS d ON d.id = s.sourced_call_id"


def _counted(months: Sequence[Period], definitions: Definitions, source: str) -> tuple[Integers, ...]:
    """Return rep, number of the month, length, and how many talks; everything beyond the histogram is one length."""
    end = definitions.deep_talk_seconds + END_SECONDS
    least = max(definitions.connect_seconds, definitions.deep_talk_seconds + FIRST_SECONDS)
    cases = " ".join(f"WHEN d.business_date <= {literal(month.last)} THEN {n}" for n, month in enumerate(months))
    sql = f"""
        SELECT d.rep_id, CASE {cases} END, CASE WHEN d.talk_seconds > {end} THEN {end} ELSE d.talk_seconds END, COUNT(*)
        FROM {source}
        WHERE d.direction = 1 AND d.talk_seconds >= {least} AND (d.answered IS NULL OR d.answered)
          AND d.rep_id IS NOT NULL AND d.business_date BETWEEN {literal(months[0].first)} AND {literal(months[-1].last)}
        GROUP BY 1, 2, 3
    """
    return whole_numbers(sql, 4)


def talk_ids(first_day: date, last_day: date, rep_id: int, *, from_seconds: int, most: int) -> list[int]:
    """Return a rep's calls whose talk ended just past a length, the last first."""
    rows = Call.objects.filter(
        rep_id=rep_id, business_date__range=(first_day, last_day), direction=Direction.OUTBOUND,
        talk_seconds__gte=from_seconds, talk_seconds__lt=from_seconds + JUST_PAST_SECONDS,
    ).exclude(answered=False)  # fmt: skip
    return list(rows.order_by("-occurred_at", "pk").values_list("pk", flat=True)[:most])
