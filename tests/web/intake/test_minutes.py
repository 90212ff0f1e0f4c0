"""Talk times in minutes: turned into seconds where the profile says so, and suspected where nothing lasts a minute."""

from __future__ import annotations

from datetime import date

import pytest

from pacemark.web.intake.mapping_page import _may_be_minutes
from pacemark.web.intake.readers import SourceTable
from pacemark.web.intake.values.durations import parse_duration
from pacemark.web.intake.values.refusals import CellError
from pacemark.web.pipeline.models import Call
from pacemark.web.pipeline.queries.freshness import talks_look_short
from tests.web.goals.floor import Floor


@pytest.mark.parametrize(("cell", "seconds"), [("3", 180), ("2.5", 150), ("0", 0), ("3:10", 190), ("", None)])
def test_minutes_become_seconds(cell: str, seconds: int | None) -> None:
    assert parse_duration(cell, unit="minutes") == seconds


def test_a_negative_talk_is_refused() -> None:
    with pytest.raises(CellError):
        parse_duration("-4", unit="minutes")


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["3", "0", "2", "5.5"] * 10, True),
        (["3", "0", "2", "61"] * 10, False),
        (["3"] * 19 + ["0"] * 100, False),  # too few talks to say
        (["00:03:00"] * 40, False),  # tells its own unit
    ],
)
def test_a_column_without_a_minute_is_suspected(cells: list[str], expected: bool) -> None:
    class Table:
        columns = ("talk",)

        def sample_of(self, _column: str) -> list[str]:
            return cells

    table: SourceTable = Table()  # type: ignore[assignment]
    assert _may_be_minutes(table, "talk") is expected
    assert _may_be_minutes(table, "other") is False


def test_calls_that_never_last_a_minute_are_told_on_the_data_page(db: None) -> None:
    floor = Floor()
    rep = floor.rep("Short")
    floor.dials(rep, date(2024, 3, 4), 300, 250)
    floor.count()
    assert talks_look_short(date(2024, 3, 4))

    [call] = Call.objects.filter(talk_seconds__gt=0)[:1]
    call.talk_seconds = 200
    call.save()
    floor.count()
    assert not talks_look_short(date(2024, 3, 4)), "one deep talk shows that seconds are seconds"
