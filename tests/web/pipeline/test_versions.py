"""A later export is a later snapshot: what changed becomes a new version, and only its days are counted again."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date

import pytest
from django.core.management import call_command

from pacemark.web.intake import services
from pacemark.web.organization.models import Rep
from pacemark.web.pipeline.fact_models import ChangedDay
from pacemark.web.pipeline.facts_services import refresh_changed_days
from pacemark.web.pipeline.models import Call, Deal, EventVersion, Lead, Opportunity, Refund
from tests.support.event_snapshots import events, rep_days
from tests.support.imports import Importer

Row = dict[str, str]


@pytest.fixture
def held_days(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep the marked days from being used up."""
    monkeypatch.setattr(services, "bring_facts_up_to_date", lambda *, actor: 0)
    yield


def marked() -> set[tuple[str, str]]:
    names = dict(Rep.objects.values_list("pk", "name"))
    return {(names.get(rep, ""), str(day)) for rep, day in ChangedDay.objects.values_list("rep_id", "business_date")}


def call(number: int, day: int, **more: str) -> Row:
    return {"id": f"C{number}", "at": f"2024-01-{day:02} 10:00:00", "lead": f"L{number}", "seconds": "60", **more}


def test_the_second_import_changes_nothing(importer_everywhere: Importer) -> None:
    importer = importer_everywhere
    importer.write("leads.csv", [{"id": "L1", "phone": "13812345678"}])
    importer.write("calls.csv", [call(1, 3, seconds="200")])
    importer.write("deals.csv", [{"id": "D1", "lead": "L1", "amount": "10", "stage": "won", "channel": "web"}])
    importer.bring_in()
    before = events()

    answer = importer.bring_in()

    for kind in ("leads", "calls", "deals"):
        assert answer.counts(kind) == (0, 0, 1, 0)
    assert events() == before
    assert not EventVersion.objects.exists()
    assert set(Call.objects.values_list("version", flat=True)) == {1}


def test_three_changed_rows_update_three_and_exactly_their_days(importer_everywhere: Importer, held_days: None) -> None:
    importer = importer_everywhere
    rows = [call(number, 2 + number) for number in range(1, 11)]
    importer.bring_in(importer.write("calls.csv", rows))
    refresh_changed_days()
    rows[0]["seconds"] = "61"
    rows[1]["owner"] = "Wang Fang"
    rows[2]["at"] = "2024-02-20 09:00:00"

    answer = importer.bring_in(importer.write("calls.csv", rows))

    assert answer.counts("calls") == (0, 3, 7, 0)
    assert marked() == {
        ("Li Wei", "2024-01-03"), ("Li Wei", "2024-01-04"), ("Wang Fang", "2024-01-04"), ("Li Wei", "2024-01-05"),
        ("Li Wei", "2024-02-20"),
    }  # fmt: skip
    assert set(Call.objects.filter(version=2).values_list("external_id", flat=True)) == {"C1", "C2", "C3"}
    kept = EventVersion.objects.get(kind="calls", external_id="C1")
    assert (kept.version, kept.content["talk_seconds"]) == (1, 60)


def test_a_changed_call_moves_the_source_of_an_opportunity(importer: Importer, held_days: None) -> None:
    importer.write("deals.csv", [{"id": "D1", "lead": "L1", "created": "2024-01-02 09:00"}])
    rows = [call(1, 3, lead="L1", seconds="200", owner="Zhao"), call(2, 5, lead="L1", seconds="300", owner="Qian")]
    importer.write("calls.csv", rows)
    importer.bring_in()
    refresh_changed_days()
    assert Opportunity.objects.get().sourced_by.name == "Zhao"

    rows[0]["seconds"] = "179"
    importer.bring_in(importer.write("calls.csv", rows))

    opportunity = Opportunity.objects.get()
    assert opportunity.sourced_by.name == "Qian"
    assert opportunity.sourced_on == date(2024, 1, 5)
    assert marked() == {("Zhao", "2024-01-03"), ("Qian", "2024-01-05")}


def test_a_leads_new_segment_reaches_its_calls_and_their_days(importer_everywhere: Importer, held_days: None) -> None:
    importer = importer_everywhere
    importer.write("calls.csv", [call(1, 3, lead="L1"), call(2, 9, lead="L1", owner="Zhao"), call(3, 4, lead="L2")])
    deals = [{"id": "D1", "lead": "L1", "channel": "web"}, {"id": "D2", "lead": "L2", "channel": "fair"}]
    importer.write("deals.csv", deals)
    importer.bring_in()
    refresh_changed_days()
    assert set(Call.objects.values_list("external_id", "segment__channel")) == {
        ("C1", "web"), ("C2", "web"), ("C3", "fair"),
    }  # fmt: skip

    deals[0]["channel"] = "referral"
    importer.bring_in(importer.write("deals.csv", deals))

    assert set(Call.objects.filter(lead__external_id="L1").values_list("segment__channel", flat=True)) == {"referral"}
    assert marked() == {("Li Wei", "2024-01-03"), ("Zhao", "2024-01-09"), ("Li Wei", "2024-01-02")}


def test_a_leads_own_record_says_its_segment_over_its_opportunities(importer: Importer) -> None:
    importer.write("deals.csv", [
        {"id": "D2", "lead": "L1", "channel": "late", "created": "2024-01-05 09:00"},
        {"id": "D1", "lead": "L1", "channel": "early", "created": "2024-01-02 09:00"},
    ])  # fmt: skip
    importer.bring_in()
    assert Lead.objects.get().segment.channel == "early"

    importer.bring_in(importer.write("leads.csv", [{"id": "L1", "channel": "own"}]))

    assert Lead.objects.get().segment.channel == "own"


def test_a_win_that_is_taken_back_goes_with_its_refunds(importer_everywhere: Importer, held_days: None) -> None:
    importer = importer_everywhere
    deal = {"id": "D1", "lead": "L1", "amount": "100", "stage": "won", "closed": "2024-01-20"}
    importer.write("deals.csv", [deal])
    importer.write("refunds.csv", [{"id": "R1", "deal": "D1", "amount": "30", "on": "2024-02-01"}])
    importer.bring_in()
    refresh_changed_days()

    importer.bring_in(importer.write("deals.csv", [{**deal, "stage": "lost"}]))

    assert not Deal.objects.exists()
    assert not Refund.objects.exists()
    assert Opportunity.objects.get().state == "lost"
    assert marked() == {("Li Wei", "2024-01-02"), ("Li Wei", "2024-01-20"), ("Li Wei", "2024-02-01")}
    assert set(EventVersion.objects.values_list("kind", flat=True)) == {"opportunities", "deals", "refunds"}


def test_phones_leave_only_hashes_in_the_history(importer: Importer) -> None:
    importer.bring_in(importer.write("leads.csv", [{"id": "L1", "phone": "13812345678"}]))
    importer.bring_in(importer.write("leads.csv", [{"id": "L1", "phone": "13912345678"}]))

    content = EventVersion.objects.get().content
    assert content["phone_hash"] != Lead.objects.get().phone_hash
    assert "phone_encrypted" not in content
    assert "1381234" not in str(content)


def test_later_files_of_one_import_are_later_snapshots(importer_everywhere: Importer) -> None:
    importer = importer_everywhere
    importer.write("calls_1.csv", [call(1, 3), call(2, 3)])
    importer.write("calls_2.csv", [call(1, 3, seconds="90"), call(2, 3), call(3, 3)])
    words = ("--profile", importer.profile, "--json", importer.folder / "files")

    for more in (("--dry-run",), ("--yes",)):
        assert importer.run(*words, *more).counts("calls") == (3, 1, 1, 0)
    assert Call.objects.get(external_id="C1").version == 2
    assert Call.objects.get(external_id="C1").talk_seconds == 90
    assert EventVersion.objects.get().content["talk_seconds"] == 60


def random_files(rng: random.Random, earlier: dict[str, list[Row]] | None) -> dict[str, list[Row]]:
    """Make up an export, or a later one of the same records: some rows changed, some are new."""
    people, leads = ["Zhao", "Qian", "Sun", ""], [f"L{number}" for number in range(8)] + [""]

    def lead(number: int) -> Row:
        return {"id": f"L{number}", "owner": rng.choice(people), "channel": rng.choice(["", "web", "fair"])}

    def a_call(number: int) -> Row:
        return {
            "id": f"C{number}", "owner": rng.choice(people), "lead": rng.choice(leads),
            "at": f"2024-01-{rng.randint(1, 9):02} {rng.randint(8, 20):02}:00:00",
            "seconds": str(rng.choice([0, 5, 40, 179, 180, 400])), "type": rng.choice(["out", "out", "in"]),
            "status": rng.choice(["answered", "answered", "busy"]),
        }  # fmt: skip

    def deal(number: int) -> Row:
        return {
            "id": f"D{number}", "owner": rng.choice(people), "lead": rng.choice(leads),
            "created": f"2024-01-{rng.randint(1, 9):02} {rng.randint(8, 20):02}:30",
            "closed": rng.choice(["", f"2024-01-{rng.randint(10, 20):02}"]),
            "amount": rng.choice(["", "0", "100", "250"]),
            "channel": rng.choice(["", "web", "call-in"]), "quality": rng.choice(["A", "B", "D"]),
            "stage": rng.choice(["talking", "won", "lost"]),
        }  # fmt: skip

    makers = {"leads": (lead, 5), "calls": (a_call, 40), "deals": (deal, 12)}
    files: dict[str, list[Row]] = {}
    for kind, (make, count) in makers.items():
        rows = list((earlier or {}).get(kind, []))
        rows = [make(int(row["id"][1:])) if rng.random() < 0.3 else row for row in rows]
        rows += [make(number) for number in range(len(rows), len(rows) + rng.randint(1, count))]
        rng.shuffle(rows)
        files[kind] = sorted(rows, key=lambda row: int(row["id"][1:])) if rng.random() < 0.5 else rows
    return {kind: sorted(rows, key=lambda row: int(row["id"][1:])) for kind, rows in files.items()}


@pytest.mark.parametrize("seed", range(3))
def test_many_exports_end_where_the_last_one_alone_would(importer: Importer, seed: int) -> None:
    """The oracle of versions, sourcing, segments and changed days: a fresh import of the last snapshot."""
    rng = random.Random(seed)
    files: dict[str, list[Row]] | None = None
    for _export in range(3):
        files = random_files(rng, files)
        for kind in rng.sample(list(files), len(files)):  # one kind at a time, in any order
            importer.bring_in(importer.write(f"{kind}.csv", files[kind]))
    grown, grown_days = events(), rep_days(dict(Rep.objects.values_list("pk", "name")))

    call_command("flush", interactive=False, verbosity=0)
    importer.bring_in()

    fresh = events()
    for kind, rows in fresh.items():
        assert grown[kind] == rows, kind
    assert grown_days == rep_days(dict(Rep.objects.values_list("pk", "name")))
