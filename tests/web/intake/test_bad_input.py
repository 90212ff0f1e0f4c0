"""Every kind of bad input through the command's door: one clear sentence each, nothing half-written."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from pacemark.web.intake.models import BatchState, ImportBatch
from pacemark.web.pipeline.models import Call, Deal, Lead, Opportunity
from tests.support.imports import Answer, Importer

GOOD = {"id": "1", "lead": "L1", "seconds": "60"}


def one_sentence(answer: Answer, *words: str) -> None:
    """A user's mistake: exit code 2, one line on standard error, nothing written."""
    assert answer.code == 2
    assert answer.out == ""
    lines = [line for line in answer.err.splitlines() if line.strip()]
    assert len(lines) == 1, answer.err
    assert "Traceback" not in answer.err
    for word in words:
        assert word in answer.err
    assert not Call.objects.exists()
    assert not Lead.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("calls.csv", b"", ("calls.csv", "is empty")),
        ("calls.csv", b"\x00\x01\x02\xff\xfe\x00" * 500, ("calls.csv", "binary data")),
        ("calls.xlsx", b"id,at\n", ("calls.xlsx", "not what its name says")),
        ("calls.parquet", b"PAR1....", ("calls.parquet", "Parquet")),
        ("calls.csv", b"1,2024-01-03 10:00:00,Li Wei,L1,60,out,answered\n" * 3, ("calls.csv", "no header")),
        ("calls.csv", b"id,at,owner\n1,2024-01-03,Li Wei\n", ("calls.csv", "lacks columns", "seconds", "status")),
    ],
)
def test_a_file_that_cannot_be_used(importer: Importer, name: str, content: bytes, words: tuple[str, ...]) -> None:
    one_sentence(importer.bring_in(importer.write_bytes(name, content)), *words)
    assert not ImportBatch.objects.exists()


def test_a_file_that_is_not_there(importer: Importer) -> None:
    one_sentence(importer.bring_in(Path("nowhere.csv")), "nowhere.csv")


def test_a_folder_without_files(importer: Importer) -> None:
    (importer.folder / "empty").mkdir()
    one_sentence(importer.bring_in(importer.folder / "empty"), "holds no file")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[calls\n", ("not readable",)),
        ("[calls.colums]\nid = 'id'\n", ("colums", "columns")),
        ("[calls.columns]\nid = 'id'\n", ("[calls]", "at", "owner", "duration")),
        ("time_zone = 'Mars/Olympus'\n[leads.columns]\nid = 'id'\n", ("Mars/Olympus",)),
        ("source = 'x'\n", ("maps nothing",)),
        ("[leads.columns]\nid = 'id'\n[leads.rules]\nwon = { column = 'x', is = ['y'] }\n", ("won", "not known")),
        ("[deals.columns]\nid='i'\nopened_at='o'\nowner='w'\n[deals.rules]\nwon = {column='x'}\n", ("exactly one of",)),
        ("[leads]\ndates = 'sometimes'\n[leads.columns]\nid = 'id'\n", ("dates", "must be one of")),
    ],
)
def test_a_profile_that_cannot_be_used(importer: Importer, text: str, words: tuple[str, ...]) -> None:
    path = importer.write("calls.csv", [GOOD])
    importer.profile.write_text(text)

    one_sentence(importer.bring_in(path), *words)


def test_a_profile_that_does_not_exist(importer: Importer) -> None:
    one_sentence(importer.run("--profile", "nosuch", importer.write("calls.csv", [GOOD])), "nosuch")


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ({"at": "2024-02-30 10:00:00"}, "at", "not a date"),
        ({"at": "soon"}, "at", "not a date"),
        ({"at": ""}, "at", "no date"),
        ({"at": "1970-01-01 00:00:00"}, None, ""),
        ({"at": "1969-12-31 23:59:59"}, "at", "between 1970 and 2100"),
        ({"seconds": "-5"}, "seconds", "negative duration"),
        ({"seconds": "long"}, "seconds", "not a duration"),
        ({"seconds": "", "status": "answered"}, "seconds", "no duration"),
        ({"seconds": "", "status": "cancelled"}, None, ""),
        ({"id": ""}, "id", "missing"),
        ({"id": "5.80503E+18"}, "id", "rounded"),
        ({"lead": "5.80503E+18"}, "lead", "rounded"),
        ({"type": "carrier pigeon"}, "type", "no direction"),
    ],
)
def test_a_bad_call_is_refused_by_line_while_good_ones_go_in(
    importer: Importer, row: dict[str, str], column: str | None, reason: str
) -> None:
    path = importer.write("calls.csv", [GOOD, {**GOOD, "id": "2", **row}, {**GOOD, "id": "3"}])

    answer = importer.bring_in(path)

    assert answer.code == 0
    if column is None:
        assert answer.counts("calls") == (3, 0, 0, 0)
        return
    assert answer.counts("calls") == (2, 0, 0, 1)
    (refusal,) = answer.refusals
    assert (refusal["file"], refusal["line"], refusal["column"]) == ("calls.csv", "3", column)
    assert reason in refusal["reason"]
    assert set(Call.objects.values_list("external_id", flat=True)) == {"1", "3"}


@pytest.mark.parametrize(
    ("amount", "minor"),
    [("€ 3.500,00", 350_000), ("3,500.00", 350_000), ("3500", 350_000), ("¥3万", 3_000_000), ("", None)],
)
def test_amounts_are_understood(importer: Importer, amount: str, minor: int | None) -> None:
    importer.bring_in(importer.write("deals.csv", [{"id": "D1", "amount": amount, "stage": "won"}]))

    assert Deal.objects.get().amount_minor == minor


def test_an_amount_that_is_none_is_refused_by_line(importer: Importer) -> None:
    answer = importer.bring_in(
        importer.write("deals.csv", [{"id": "D1", "amount": "12..3"}, {"id": "D2"}, {"id": "D3", "paid": "-5"}])
    )

    assert answer.counts("deals") == (1, 0, 0, 2)
    assert [(row["line"], row["column"], row["value"]) for row in answer.refusals] == [
        ("2", "amount", "12..3"),
        ("4", "paid", "-5"),
    ]
    assert Opportunity.objects.get().external_id == "D2"


def test_the_same_id_twice_in_one_file(importer_everywhere: Importer) -> None:
    importer = importer_everywhere
    rows = [{**GOOD, "id": "A"}, {**GOOD, "id": "B"}, {**GOOD, "id": "A", "seconds": "61"}, {**GOOD, "id": "B"}]

    answer = importer.bring_in(importer.write("calls.csv", rows))

    assert answer.counts("calls") == (2, 0, 1, 1)
    (refusal,) = answer.refusals
    assert refusal["line"] == "4"
    assert "line 2" in refusal["reason"]
    assert Call.objects.get(external_id="A").talk_seconds == 60


def test_a_refund_of_no_deal_is_refused(importer_everywhere: Importer) -> None:
    importer = importer_everywhere
    importer.write("deals.csv", [{"id": "D1", "amount": "100", "stage": "won"}])
    importer.write(
        "refunds.csv", [{"id": "R1", "deal": "D1", "amount": "-40"}, {"id": "R2", "deal": "D9", "amount": "1"}]
    )

    answer = importer.bring_in()

    assert answer.counts("refunds") == (1, 0, 0, 1)
    assert answer.refusals[0]["value"] == "D9"
    assert Deal.objects.get().refunds.get().amount_minor == 4_000


def test_when_every_row_is_refused_the_command_says_so(importer: Importer) -> None:
    answer = importer.bring_in(importer.write("calls.csv", [{**GOOD, "at": "never"}]))

    assert answer.code == 1
    assert answer.counts("calls") == (0, 0, 0, 1)


def test_one_bad_file_does_not_keep_the_others_out(importer: Importer) -> None:
    importer.write("calls.csv", [GOOD])
    importer.write_bytes("calls_broken.csv", b"\x00\x01\x02" * 100)
    importer.write_bytes("spend.csv", b"day,cost\n2024-01-01,5\n")
    importer.write_bytes("notes.docx", b"PK\x03\x04")

    answer = importer.bring_in()

    assert answer.code == 0
    assert answer.counts("calls") == (1, 0, 0, 0)
    assert {item["file"] for item in answer.json["skipped_files"]} == {"calls_broken.csv", "spend.csv"}
    assert "binary data" in answer.err


def test_a_spreadsheets_rounded_ids_are_refused_not_altered(importer: Importer) -> None:
    path = importer.folder / "calls.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["id", "at", "owner", "lead", "seconds", "type", "status"])
    sheet.write_row(1, 0, [5805028000000805001, "2024-01-03 10:00", "Li Wei", "L1", 60, "out", "answered"])
    sheet.write_row(2, 0, ["5805028000000805002", "2024-01-03 10:00", "Li Wei", "L1", 60, "out", "answered"])
    sheet.write_row(3, 0, [12345, "2024-01-03 10:00", "Li Wei", 678, 60, "out", "answered"])
    book.close()

    answer = importer.bring_in(path)

    assert answer.counts("calls") == (2, 0, 0, 1)
    assert "rounded" in answer.refusals[0]["reason"]
    assert set(Call.objects.values_list("external_id", "lead__external_id")) == {
        ("5805028000000805002", "L1"),
        ("12345", "678"),
    }


def test_dates_that_could_be_read_both_ways_are_asked_about(importer: Importer) -> None:
    importer.write("calls.csv", [{**GOOD, "at": "03/04/2024 10:00"}, {**GOOD, "id": "2", "at": "05/06/2024 10:00"}])
    one_sentence(importer.bring_in(), "calls.csv", "day or month")

    importer.profile.write_text(
        importer.profile.read_text().replace('files = "calls*"', 'files = "calls*"\ndates = "mdy"')
    )
    importer.bring_in()
    assert [str(day) for day in Call.objects.order_by("pk").values_list("business_date", flat=True)] == [
        "2024-03-04",
        "2024-05-06",
    ]


def test_a_dry_run_writes_nothing(importer_everywhere: Importer) -> None:
    importer = importer_everywhere
    path = importer.write("calls.csv", [GOOD, {**GOOD, "id": "2", "seconds": "-1"}])

    answer = importer.run("--profile", importer.profile, "--dry-run", "--json", path)

    assert answer.counts("calls") == (1, 0, 0, 1)
    assert answer.json["people_created"] == ["Li Wei"]
    assert not ImportBatch.objects.exists()
    assert not Call.objects.exists()
    assert not Lead.objects.exists()


def test_the_import_is_on_record(importer: Importer) -> None:
    importer.bring_in(importer.write("calls.csv", [GOOD]))

    batch = ImportBatch.objects.get()
    assert batch.state == BatchState.DONE
    assert batch.source_name == "floor"
    assert batch.files[0]["name"] == "calls.csv"
    assert Call.objects.get().batch_id == batch.pk
