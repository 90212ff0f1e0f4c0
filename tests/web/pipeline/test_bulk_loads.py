"""A large import takes indexes and keys away while its rows go in, and leaves the table as it found it."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection

from pacemark.web.pipeline.models import Call
from pacemark.web.pipeline.publishing import bulk
from tests.support.imports import Importer

SCHEMA = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE tbl_name = 'pipeline_call' ORDER BY name",
    "postgresql": (
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'pipeline_call'::regclass "
        "UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'pipeline_call' ORDER BY 1, 2"
    ),
}


def schema() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(SCHEMA[connection.vendor])
        return list(cursor.fetchall())


def test_keys_and_indexes_stand_again_after_a_large_import(
    importer_everywhere: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    importer = importer_everywhere
    monkeypatch.setattr(bulk, "_WORTHWHILE_ROWS", 2)
    before = schema()

    answer = importer.bring_in(importer.write("calls.csv", [{"id": f"C{number}", "lead": "L1"} for number in range(9)]))

    assert answer.counts("calls") == (9, 0, 0, 0)
    assert schema() == before
    first = Call.objects.order_by("pk")[0]
    assert list(Call.objects.order_by("pk").values_list("external_id", flat=True)) == [f"C{n}" for n in range(9)]
    first.pk = None
    with pytest.raises(IntegrityError):
        first.save()


def test_the_same_id_in_a_later_file_is_a_later_version(
    importer_everywhere: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    importer = importer_everywhere
    monkeypatch.setattr(bulk, "_WORTHWHILE_ROWS", 2)
    importer.write("calls-1.csv", [{"id": f"C{number}"} for number in range(5)])
    importer.write("calls-2.csv", [{"id": "C3", "seconds": "90"}, {"id": "C9"}])

    assert importer.bring_in().counts("calls") == (6, 1, 0, 0)
    assert Call.objects.get(external_id="C3").version == 2
