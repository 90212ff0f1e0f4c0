"""A large import takes indexes and keys away while its rows go in, and leaves the table as it found it."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection

from pacemark.web.pipeline.models import Call, Lead
from pacemark.web.pipeline.publishing import bulk
from tests.support.imports import Importer

SCHEMA = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE tbl_name IN ('pipeline_call', 'pipeline_lead') ORDER BY name",
    "postgresql": (
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE conrelid IN ('pipeline_call'::regclass, 'pipeline_lead'::regclass) "
        "UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ('pipeline_call', 'pipeline_lead') "
        "ORDER BY 1, 2"
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


def test_leads_of_either_kind_go_in_by_the_thousand(
    importer_everywhere: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Told of in a file, or only referred to; their keys are checked before their indexes stand again."""
    importer = importer_everywhere
    monkeypatch.setattr(bulk, "_WORTHWHILE_ROWS", 2)
    before = schema()
    leads = importer.write("leads.csv", [{"id": f"L{number}", "phone": f"1380000000{number}"} for number in range(5)])
    assert importer.bring_in(leads).counts("leads") == (5, 0, 0, 0)

    calls = [{"id": f"C{number}", "lead": f"L{number}"} for number in range(20)]
    assert importer.bring_in(importer.write("calls.csv", calls)).counts("calls") == (20, 0, 0, 0)
    assert importer.bring_in(importer.write("calls.csv", calls)).counts("calls") == (0, 0, 20, 0)

    assert sorted(Lead.objects.values_list("external_id", flat=True)) == sorted(f"L{n}" for n in range(20))
    assert {call.external_id[1:] == call.lead.external_id[1:] for call in Call.objects.select_related("lead")} == {True}
    assert schema() == before


def test_the_same_id_in_a_later_file_is_a_later_version(
    importer_everywhere: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    importer = importer_everywhere
    monkeypatch.setattr(bulk, "_WORTHWHILE_ROWS", 2)
    importer.write("calls-1.csv", [{"id": f"C{number}"} for number in range(5)])
    importer.write("calls-2.csv", [{"id": "C3", "seconds": "90"}, {"id": "C9"}])

    assert importer.bring_in().counts("calls") == (6, 1, 0, 0)
    assert Call.objects.get(external_id="C3").version == 2
