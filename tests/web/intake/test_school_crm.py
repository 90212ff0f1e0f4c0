"""The real records: the totals that their README states, and figures worked out again from the files by hand."""

from __future__ import annotations

import csv
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from django.db.models import Q, Sum

from pacemark.web.organization.models import Membership, Organization, Rep
from pacemark.web.organization.queries import organization
from pacemark.web.pipeline.fact_models import RepDay
from pacemark.web.pipeline.models import Call, Deal, Lead, Opportunity
from tests.support.imports import Answer, Importer
from tests.support.needs import ROOT

pytestmark = pytest.mark.samples

PROFILE = ROOT / "examples" / "school_crm.toml"


@pytest.fixture
def school(samples: Path) -> Path:
    return samples / "school_crm"


def bring_in(importer: Importer, *paths: Path) -> Answer:
    return importer.run("--profile", PROFILE, "--json", *paths)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def euros(text: str) -> int:
    """Read an amount of these files, in cents, in the plainest way there is."""
    plain = text.replace("€", "").strip()
    if "," in plain:
        plain = plain.replace(".", "").replace(",", ".")
    return int(Decimal(plain or "0") * 100)


def test_the_totals_are_right_to_the_unit_and_again_change_nothing(importer_everywhere: Importer, school: Path) -> None:
    answer = bring_in(importer_everywhere, school)

    assert answer.code == 0
    assert answer.counts("calls") == (32_720, 0, 0, 0)
    assert answer.counts("deals") == (8_174, 0, 0, 0)
    assert answer.counts("leads") == (7_224, 0, 0, 0)
    assert [item["file"] for item in answer.json["skipped_files"]] == ["spend.csv"]

    dials = Call.objects.filter(direction=1)
    deep = dials.filter(answered=True, talk_seconds__gte=180)
    assert (dials.count(), dials.filter(answered=True).count(), deep.count()) == (29_255, 24_007, 5_865)
    assert Call.objects.values("rep").distinct().count() == 23
    assert dials.filter(lead=None).count() == 772
    assert [calls.values("lead").exclude(lead=None).distinct().count() for calls in (
        dials, dials.filter(answered=True), deep,
    )] == [5_726, 5_320, 3_599]  # fmt: skip

    qualified = Opportunity.objects.exclude(state="unqualified")
    assert (Opportunity.objects.count(), qualified.count()) == (8_174, 2_998)
    assert (qualified.filter(owner=None).count(), Deal.objects.filter(owner=None).count()) == (28, 1)
    assert Opportunity.objects.exclude(owner=None).values("owner").distinct().count() == 22
    assert qualified.exclude(sourced_by=None).count() == 2_577

    deals = Deal.objects.all()
    assert (deals.count(), deals.aggregate(total=Sum("amount_minor"))["total"]) == (407, 313_910_000)
    assert deals.filter(Q(amount_minor=None) | Q(amount_minor=0)).count() == 18
    assert deals.filter(is_undated=True).count() == 154

    again = bring_in(importer_everywhere, school)
    assert again.counts("calls") == (0, 0, 32_720, 0)
    assert again.counts("deals") == (0, 0, 8_174, 0)
    assert again.counts("leads") == (0, 0, 7_224, 0)


def test_a_month_and_a_person_worked_out_by_hand(importer: Importer, school: Path) -> None:
    bring_in(importer, school)
    deals = rows_of(school / "deals.csv")

    def day(row: dict[str, str]) -> str:
        return row["Closing Date"] or row["Created Time"][:10]

    won = [row for row in deals if row["Stage"] == "Payment Done"]
    september = sum(euros(row["Offer Total Amount"]) for row in won if day(row)[2:] == ".09.2023")
    facts = RepDay.objects.filter(business_date__range=("2023-09-01", "2023-09-30"))
    assert september > 0
    assert facts.aggregate(total=Sum("revenue_minor"))["total"] == september

    julia = Rep.objects.get(name="Julia Nelson")
    own = [row for row in deals if row["Deal Owner Name"] == "Julia Nelson" and row["Quality"][:1] in {"A", "B", "C"}]
    own = [row for row in own if row["Created Time"][3:10] == "09.2023"]
    assert len(own) > 20
    opened = Opportunity.objects.filter(owner=julia, opened_on__range=("2023-09-01", "2023-09-30"))
    assert opened.exclude(state="unqualified").count() == len(own)
    assert opened.filter(state="won").count() == sum(row["Stage"] == "Payment Done" for row in own)


def test_ids_keep_every_digit_and_three_changed_rows_update_three(
    importer: Importer, school: Path, tmp_path: Path
) -> None:
    bring_in(importer, school)
    rows = rows_of(school / "calls.csv")
    ids = {row["Id"] for row in rows}
    assert all(int(id_) > 2**53 for id_ in ids)
    assert set(Call.objects.values_list("external_id", flat=True)) == ids
    named = {row["CONTACTID"] for row in rows} - {""}
    assert set(Call.objects.exclude(lead=None).values_list("lead__external_id", flat=True)) == named

    for at in (10, 2_000, 30_000):
        rows[at]["Call Duration (in seconds)"] = "777"
    changed = tmp_path / "calls.csv"
    with changed.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)

    answer = bring_in(importer, changed)

    assert answer.counts("calls") == (0, 3, 32_717, 0)
    assert set(Call.objects.filter(version=2).values_list("external_id", flat=True)) == {
        rows[at]["Id"] for at in (10, 2_000, 30_000)
    }
    assert set(Call.objects.filter(version=2).values_list("talk_seconds", flat=True)) == {777}


def test_the_organisation_takes_the_profiles_zone_and_currency(importer: Importer, school: Path) -> None:
    Organization.objects.all().delete()
    bring_in(importer, school / "contacts.csv", school / "deals.csv")

    assert (organization().time_zone, organization().currency) == ("Europe/Berlin", "EUR")
    first = Membership.objects.get(rep__name="Charlie Davis").valid_from
    created = [
        "-".join(reversed(row["Created Time"][:10].split(".")))
        for name, owner in (("contacts.csv", "Contact Owner Name"), ("deals.csv", "Deal Owner Name"))
        for row in rows_of(school / name)
        if row[owner] == "Charlie Davis"
    ]
    assert str(first) == min(created)


def test_without_a_profile_the_calls_are_guessed_right(importer: Importer, school: Path) -> None:
    answer = importer.run("--json", school / "calls.csv", school / "contacts.csv")

    assert answer.counts("calls") == (32_720, 0, 0, 0)
    assert answer.counts("leads") == (7_224, 0, 0, 0)
    dials = Call.objects.filter(direction=1)
    assert (dials.count(), dials.filter(answered=True).count()) == (29_255, 24_007)
    assert Lead.objects.exclude(content_key=0).count() == 7_224
    assert Counter(Call.objects.filter(lead=None).values_list("direction", flat=True))[1] == 772


def test_records_without_people_ids_or_dates_are_refused(importer: Importer, samples: Path) -> None:
    path = samples / "uci_bank_marketing" / "bank-additional-full.csv"

    for answer in (importer.run(path), bring_in(importer, path)):
        assert answer.code == 2
        assert "bank-additional-full.csv" in answer.err
        assert "Traceback" not in answer.err
    guessed = importer.run(path).err
    for words in ("id of the record", "when the call began", "person"):
        assert words in guessed
    assert not Call.objects.exists()
