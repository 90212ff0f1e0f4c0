"""Imports, cards and prepared changes by the API, told from their rows: whatever a row holds, its shape takes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from pacemark.web.api.floor import Changes, FileTold, Preview
from pacemark.web.goals.bridge.batches import BatchContent, BatchRow, RefusedCell, content_json
from pacemark.web.goals.models import TargetBatch
from pacemark.web.intake.models import ImportBatch
from pacemark.web.intake.upload_services import preview_import
from pacemark.web.results.models import Celebration
from tests.support.people import People, client_of

AT = datetime(2024, 3, 15, 3, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def test_an_import_is_told_with_its_mapping_and_counts(people: People) -> None:
    counted = {"calls": {"accepted": 3, "updated": 0, "unchanged": 1, "refused": 0}}
    made = ImportBatch.objects.create(
        created_at=AT, source_name="cc", profile_text="source: cc", state="committed", progress=1.0, counts=counted,
        preview={"first_errors": []}, files=[{"name": "a.csv", "size": 9}],
    )  # fmt: skip
    client = client_of(people.operations)

    (row,) = client.get("/api/v1/imports").json()["items"]
    assert (row["id"], row["counts"], row["finished_at"]) == (made.pk, counted, None)
    told = client.get(f"/api/v1/imports/{made.pk}").json()
    assert told == {**row, "mapping": "source: cc", "preview": made.preview, "files": made.files}


@pytest.mark.django_db(transaction=True)
def test_what_a_preview_finds_is_as_the_schema_says(people: People, settings: Any, tmp_path: Path) -> None:
    """A preview is given out as it was kept, so its shape is compared with one that was made."""
    settings.PACEMARK_HOME = tmp_path
    rows = [f"{n},2024-03-15 09:3{n},谁,61" for n in range(9)]
    text = "\n".join(["id,time,agent,duration", *rows, "9,never,谁,61", ""])
    sent = SimpleUploadedFile("calls.csv", text.encode())
    made = client_of(people.operations).post("/api/v1/actions/data/upload", {"uploads": sent, "source": "cc"})
    assert made.status_code == 200, made.content
    batch = ImportBatch.objects.get()
    preview_import(batch)

    told = client_of(people.operations).get(f"/api/v1/imports/{batch.pk}").json()
    Preview.model_validate(told["preview"])
    FileTold.model_validate(told["files"][0])
    assert told["preview"]["people"] and told["preview"]["first_errors"]


def test_a_prepared_change_is_told_with_its_rows(people: People) -> None:
    rows = (
        BatchRow(rep_id=people.rep_row.pk, month=date(2024, 4, 1), old_minor=None, new_minor=900, version=0),
        BatchRow(
            rep_id=people.rep_row.pk, month=date(2024, 5, 1), old_minor=5, new_minor=6, version=1,
            problems=("closed",), cell="B2",
        ),
    )  # fmt: skip
    refused = (RefusedCell(sheet="1", cell="A1", problem="unknown", shown="x"),)
    content = content_json(BatchContent(rows=rows, refused=refused, n_same=1))
    made = TargetBatch.objects.create(kind="edit", changes=content, made_by=people.manager)
    client = client_of(people.manager)

    (row,) = client.get("/api/v1/goals/batches").json()["items"]
    told = client.get(f"/api/v1/goals/batches/{made.pk}").json()
    Changes.model_validate(told["changes"])
    assert told == {**row, "changes": content} and row["made_by_id"] == people.manager.pk


def test_a_card_is_told_to_whom_it_is_about(people: People, today: date) -> None:
    made = Celebration.objects.create(
        key="k", kind="first_deal", rep=people.rep_row, team=people.team, day=today, made_at=AT, content={"deals": 1}
    )
    (row,) = client_of(people.rep).get("/api/v1/results/cards").json()["items"]
    assert (row["id"], row["rep_id"], row["content"]) == (made.pk, people.rep_row.pk, made.content)


def test_a_team_without_a_region_is_told_without_one(people: People) -> None:
    type(people.team).objects.filter(pk=people.other_team.pk).update(region=None)
    teams = client_of(people.operations).get("/api/v1/organization/teams").json()["items"]
    assert {one["region"] for one in teams if one["id"] == people.other_team.pk} == {None}
    assert all(one["region"] for one in teams if one["id"] == people.team.pk)
