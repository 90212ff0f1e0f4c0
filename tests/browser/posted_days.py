"""Days as a dialler and a CRM would post them, and what they come to by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from playwright.sync_api import APIRequestContext

Row = dict[str, Any]
OFFSET = "+08:00"
DEEP, SHORT = 240, 30


@dataclass(slots=True, kw_only=True)
class Books:
    """Posts events with a token, and keeps what it posted."""

    request: APIRequestContext
    token: str
    calls: list[Row] = field(default_factory=list)
    deals: list[Row] = field(default_factory=list)

    def post(self, kind: str, rows: list[Row]) -> None:
        """Post a batch, of which every row must be taken."""
        answer = self.request.post(
            f"/api/v1/events/{kind}",
            data={"source": "crm", "rows": rows},
            headers={"Authorization": f"Bearer {self.token}"},
        )
        assert answer.status == 200, answer.text()
        assert answer.json()["accepted"] == len(rows), answer.text()

    def work_days(self, person: str, days: Iterable[date], *, dials: int, connects: int, deep_talks: int) -> None:
        """Let somebody do the same every day; every second deep talk is an intention that stays open."""
        calls, intentions = [], []
        for day in days:
            for number in range(dials):
                at = f"{day}T{9 + number // 30:02}:{number % 30 * 2:02}:00{OFFSET}"
                row: Row = {
                    "external_id": f"{person}-{day}-{number}", "occurred_at": at, "employee_no": person,
                    "answered": number < connects, "lead": f"{person}-{day}-{number}",
                }  # fmt: skip
                if number < connects:
                    row["talk_seconds"] = DEEP if number < deep_talks else SHORT
                calls.append(row)
                if number < deep_talks and number % 2 == 0:
                    intentions.append(
                        {"external_id": f"o{row['external_id']}", "opened_at": at, "employee_no": person,
                         "lead": row["lead"], "expected_minor": 200_000}
                    )  # fmt: skip
        self.calls += calls
        self.post("calls", calls)
        self.post("opportunities", intentions)

    def sign(self, person: str, day: date, amount: int) -> None:
        """Sign a deal of so many whole units of money."""
        row = {
            "external_id": f"d{len(self.deals)}", "signed_on": f"{day}", "employee_no": person,
            "amount_minor": amount * 100,
        }  # fmt: skip
        self.deals.append(row)
        self.post("deals", [row])

    def dials(self, person: str, first: date, last: date) -> int:
        """Return how many dials were posted for somebody on some days."""
        return sum(row["employee_no"] == person for row in self.calls if _between(row["occurred_at"], first, last))

    def net(self, first: date, last: date, is_counted: Callable[[str], bool] = lambda _person: True) -> int:
        """Return how much was signed on some days, in whole units of money."""
        rows = (row for row in self.deals if _between(row["signed_on"], first, last))
        return sum(row["amount_minor"] // 100 for row in rows if is_counted(row["employee_no"]))


def _between(moment: str, first: date, last: date) -> bool:
    return first <= date.fromisoformat(moment[:10]) <= last


def workdays(first: date, last: date) -> list[date]:
    """Return Mondays to Fridays, both ends included."""
    days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    return [day for day in days if day.weekday() < 5]
