"""Files that arrive through the Data page and wait for their preview."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from pacemark.web.intake.models import ImportBatch
from pacemark.web.intake.services import imports_folder
from pacemark.web.intake.upload_services import files_folder
from tests.support.people import People, client_of

CALLS = "id,rep,time,seconds\n1,Wang Lan,2026-03-02 10:00,60\n"


@pytest.mark.django_db(reset_sequences=True)
def test_an_import_never_reads_files_that_lay_under_its_number(people: People) -> None:
    """A database restored from yesterday gives today's numbers out again; their folders are still there."""
    for number in range(1, 4):
        left = imports_folder() / str(number) / "files"
        left.mkdir(parents=True, exist_ok=True)
        (left / "of-another-import.csv").write_text("id\n9\n")

    upload = {"uploads": SimpleUploadedFile("calls.csv", CALLS.encode())}
    assert client_of(people.operations).post(reverse("intake:upload"), upload).status_code == 302

    batch = ImportBatch.objects.get()
    assert [file.name for file in files_folder(batch).iterdir()] == ["calls.csv"]
    assert [file["name"] for file in batch.files] == ["calls.csv"]
