"""Which deep talk led to an opportunity, against plain loops over the same records."""

from __future__ import annotations

import random
from datetime import datetime

import pytest

from pacemark.web.pipeline.models import Opportunity
from tests.support.imports import Importer

Row = dict[str, str]


def test_the_first_deep_talk_from_the_opening_on_led_to_it(importer: Importer) -> None:
    importer.write("deals.csv", [{"id": "D1", "lead": "L1", "created": "2024-01-05 12:00"}])
    importer.write("calls.csv", [
        {"id": "before", "lead": "L1", "at": "2024-01-05 11:59:00", "seconds": "300", "owner": "Zhao"},
        {"id": "short", "lead": "L1", "at": "2024-01-05 12:10:00", "seconds": "179", "owner": "Zhao"},
        {"id": "inbound", "lead": "L1", "at": "2024-01-05 12:20:00", "seconds": "300", "owner": "Zhao", "type": "in"},
        {"id": "other", "lead": "L2", "at": "2024-01-05 12:30:00", "seconds": "300", "owner": "Zhao"},
        {"id": "this", "lead": "L1", "at": "2024-01-06 09:00:00", "seconds": "180", "owner": "Qian"},
        {"id": "later", "lead": "L1", "at": "2024-01-07 09:00:00", "seconds": "900", "owner": "Zhao"},
    ])  # fmt: skip
    importer.bring_in()

    opportunity = Opportunity.objects.get()
    assert opportunity.sourced_call.external_id == "this"
    assert opportunity.sourced_by.name == "Qian"
    assert str(opportunity.sourced_on) == "2024-01-06"


def test_a_call_that_turns_out_to_be_another_leads_leaves_the_first_one_direct(importer: Importer) -> None:
    importer.write("deals.csv", [{"id": "D1", "lead": "L1"}, {"id": "D2", "lead": "L2"}])
    importer.write("calls.csv", [{"id": "C1", "lead": "L1", "seconds": "300"}])
    importer.bring_in()

    importer.bring_in(importer.write("calls.csv", [{"id": "C1", "lead": "L2", "seconds": "300"}]))

    assert dict(Opportunity.objects.values_list("external_id", "sourced_call__external_id")) == {"D1": None, "D2": "C1"}


def test_an_opportunity_that_is_none_any_more_has_no_source(importer: Importer) -> None:
    importer.write("deals.csv", [{"id": "D1", "lead": "L1"}])
    importer.write("calls.csv", [{"id": "C1", "lead": "L1", "seconds": "300"}])
    importer.bring_in()
    assert Opportunity.objects.get().sourced_call is not None

    importer.bring_in(importer.write("deals.csv", [{"id": "D1", "lead": "L1", "quality": "D"}]))

    opportunity = Opportunity.objects.get()
    assert (opportunity.state, opportunity.sourced_call, opportunity.sourced_by, opportunity.sourced_on) == (
        "unqualified", None, None, None,
    )  # fmt: skip


def by_hand(deal: Row, calls: list[Row], has_report: bool) -> str | None:
    """Decide as decision 0008 says, one opportunity at a time."""

    def when(text: str) -> datetime:
        return datetime.fromisoformat(text)

    if deal["quality"] == "D" or not deal["lead"]:
        return None
    deep = [
        call for call in calls
        if call["lead"] == deal["lead"] and call["type"] == "out" and call["status"] == "answered"
        and int(call["seconds"]) >= 180 and call["owner"]
    ]  # fmt: skip
    deep.sort(key=lambda call: (when(call["at"]), call["id"]))
    if has_report and deal["reported"]:
        until = [call for call in deep if when(call["at"]) <= when(deal["reported"])]
        return until[-1]["id"] if until else None
    after = [call for call in deep if when(call["at"]) >= when(deal["created"])]
    if after:
        return after[0]["id"]
    return deep[-1]["id"] if deep else None


@pytest.mark.parametrize("seed", range(2))
def test_every_source_is_the_one_found_by_hand(importer_everywhere: Importer, seed: int) -> None:
    importer, rng = importer_everywhere, random.Random(seed)
    text = importer.profile.read_text().replace(
        'closed_on = "closed"', 'closed_on = "closed"\nreported_at = "reported"'
    )
    importer.profile.write_text(text)
    leads = [f"L{number}" for number in range(12)] + [""]
    calls = [
        {
            "id": f"C{number:03}", "lead": rng.choice(leads), "owner": rng.choice(["Zhao", "Qian", ""]),
            "at": f"2024-01-0{rng.randint(1, 5)} {rng.randint(9, 12):02}:00:00",
            "seconds": str(rng.choice([0, 179, 180, 181, 500])), "type": rng.choice(["out", "out", "in"]),
            "status": rng.choice(["answered", "answered", "busy"]),
        }
        for number in range(150)
    ]  # fmt: skip
    deals = [
        {
            "id": f"D{number}", "lead": rng.choice(leads), "quality": rng.choice(["A", "B", "D"]),
            "created": f"2024-01-0{rng.randint(1, 5)} {rng.randint(9, 12):02}:00",
            "reported": rng.choice(["", f"2024-01-0{rng.randint(1, 6)} {rng.randint(9, 12):02}:00"]),
        }
        for number in range(60)
    ]  # fmt: skip
    importer.write("calls.csv", calls)
    blank = {"owner": "Li", "closed": "", "amount": "", "paid": "", "channel": "", "stage": ""}
    header = [*blank, *deals[0]]
    lines = [",".join({**blank, **deal}[name] for name in header) for deal in deals]
    importer.write_bytes("deals.csv", ("\n".join([",".join(header), *lines]) + "\n").encode())

    importer.bring_in()

    found = dict(Opportunity.objects.values_list("external_id", "sourced_call__external_id"))
    assert found == {deal["id"]: by_hand(deal, calls, has_report=True) for deal in deals}
    assert sum(1 for call in found.values() if call) > 15
