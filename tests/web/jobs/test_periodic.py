"""Work that comes round by itself."""

from __future__ import annotations

import re
from datetime import timedelta

from pacemark.web.jobs.registry import timetables
from tests.support.needs import ROOT


def test_operators_are_told_of_every_periodic_job() -> None:
    operating = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `([^`]+)` \| (week|day|hour|minute|\d+ minutes)\b", operating, flags=re.MULTILINE)

    assert sorted(told) == sorted((table.name, _words(table.every)) for table in timetables())


def _words(every: timedelta) -> str:
    minutes = int(every / timedelta(minutes=1))
    return {1: "minute", 60: "hour", 1440: "day", 10_080: "week"}.get(minutes, f"{minutes} minutes")
