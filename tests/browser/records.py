"""A small export as a CRM would write it: three people, eleven weeks, ids beyond 2^53, two rows to refuse."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

FIRST, LAST = date(2024, 1, 2), date(2024, 3, 15)
BASE_ID = 5_805_028_000_000_000_000


def _days() -> list[date]:
    days = (FIRST + timedelta(days=offset) for offset in range((LAST - FIRST).days + 1))
    return [day for day in days if day.weekday() < 5]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One dial."""

    number: int
    day: date
    at: str
    name: str
    seconds: int


def _calls(names: Iterable[str], luck: random.Random) -> list[Call]:
    """Thirty dials a day and person, each to another lead; 45 % connect."""
    made = []
    for name in names:
        for day in _days():
            for place in range(30):
                seconds = int(luck.lognormvariate(4.4, 1.0)) + 1 if luck.random() < 0.45 else 0
                at = f"{day:%Y-%m-%d} {9 + place // 4:02}:{place % 4 * 15:02}:00"
                made.append(Call(number=len(made) + 1, day=day, at=at, name=name, seconds=seconds))
    return made


def _deals(calls: Iterable[Call], luck: random.Random) -> Iterable[list[object]]:
    """A third of the deep talks becomes an opportunity, and a third of those a deal."""
    for call in calls:
        if call.seconds < 180 or luck.random() < 0.66:
            continue
        closed = call.day + timedelta(days=luck.randint(0, 20))
        stage = luck.choice(["won", "lost", "lost"]) if closed < LAST else "open"
        closing = f"{closed:%Y-%m-%d}" if stage != "open" else ""
        lead, amount = f"L{call.number}", luck.choice([2400, 3000, 3600])
        yield [BASE_ID + call.number, call.at, closing, call.name, lead, stage, amount]


def write_export(folder: Path, names: tuple[str, ...], source: str) -> tuple[list[Path], Path]:
    """Write calls.csv, deals.csv and the profile that reads them."""
    luck = random.Random(source)
    folder.mkdir(parents=True, exist_ok=True)
    calls, deals, profile = folder / f"{source}-calls.csv", folder / f"{source}-deals.csv", folder / "profile.toml"
    with calls.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["Call ID", "Start time", "Agent", "Lead", "Seconds", "Status", "Direction"])
        made = _calls(names, luck)
        for call in made:
            status = "answered" if call.seconds else "no answer"
            rows.writerow([BASE_ID + call.number, call.at, call.name, f"L{call.number}", call.seconds, status, "out"])
        rows.writerow([BASE_ID - 1, "31.02.2024", names[0], "L1", 10, "answered", "out"])
        rows.writerow([BASE_ID - 2, "2024-03-01 10:00:00", names[0], "L1", -5, "answered", "out"])
    with deals.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["Deal ID", "Created", "Closed", "Owner", "Lead", "Stage", "Amount"])
        rows.writerows(_deals(made, luck))
    profile.write_text(PROFILE.format(source=source), encoding="utf-8")
    return [calls, deals], profile


PROFILE = """
source = "{source}"
time_zone = "Asia/Shanghai"
currency = "CNY"
[calls]
files = "*calls*"
[calls.columns]
id = "Call ID"
at = "Start time"
owner = "Agent"
lead = "Lead"
duration = "Seconds"
[calls.rules]
outbound = {{ column = "Direction", is = ["out"] }}
answered = {{ column = "Status", is = ["answered"] }}
[deals]
files = "*deals*"
[deals.columns]
id = "Deal ID"
opened_at = "Created"
closed_on = "Closed"
owner = "Owner"
lead = "Lead"
amount = "Amount"
expected = "Amount"
[deals.rules]
won = {{ column = "Stage", is = ["won"] }}
lost = {{ column = "Stage", is = ["lost"] }}
"""
