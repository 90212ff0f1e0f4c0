"""A customer is given out whole and erased without a trace, while every count and amount stays what it was."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from pacemark import cli
from pacemark.web.organization.erasure_key import reseal_erasure_key
from pacemark.web.pipeline.facts_services import rebuild_facts
from pacemark.web.pipeline.models import Call, EventVersion, Lead, Source, Touch
from pacemark.web.pipeline.phones import last4_hash, phone_hash
from pacemark.web.trail.models import TrailEntry
from tests.support.event_snapshots import rep_days
from tests.support.imports import Importer
from tests.support.whole_database import tables_that_tell, whole_database

NUMBER, OTHER = "13812345678", "13900000009"
NAME, NOTE = "林若溪", "周六晚上打"
WORDS = (NAME, NOTE, NUMBER, phone_hash(f"+86{NUMBER}"), last4_hash("5678"))
COLUMNS = ("id", "owner", "created", "phone", "channel", "name", "note")


def _leads(importer: Importer, rows: Sequence[Mapping[str, str]]) -> Path:
    path = importer.folder / "files" / "leads.csv"
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        blank = dict.fromkeys(COLUMNS, "") | {"owner": "Li Wei", "created": "2024-01-02 09:00"}
        writer.writerows({**blank, **row} for row in rows)
    return path


def _calls(importer: Importer, *rows: dict[str, str]) -> Path:
    return importer.write("calls.csv", rows)


def _privacy(patch: pytest.MonkeyPatch, *words: object) -> None:
    patch.setattr("sys.argv", ["pacemark", "privacy", "customer", *map(str, words)])
    try:
        cli.main()
    except SystemExit as end:
        assert not end.code, end


@pytest.fixture
def known(importer: Importer) -> Importer:
    """A customer with two leads, calls by id and by number, a version, a win and a refund; and somebody else."""
    return _brought_in(importer)


@pytest.fixture
def known_everywhere(importer_everywhere: Importer) -> Importer:
    """The same, on SQLite and on PostgreSQL."""
    return _brought_in(importer_everywhere)


def _brought_in(importer: Importer) -> Importer:
    text = importer.profile.read_text().replace('phone = "phone"', 'phone = "phone"\nname = "name"\nnote = "note"')
    importer.profile.write_text(text.replace('lead = "lead"\nduration', 'phone = "lead"\nduration'))
    mine = {"id": "L1", "phone": NUMBER, "name": NAME, "note": NOTE}
    _leads(importer, [mine | {"name": f"{NAME}女士"}, {"id": "L9", "phone": OTHER, "name": "别人"}])
    _calls(importer, {"id": "C1", "lead": NUMBER, "seconds": "200"}, {"id": "C2", "lead": OTHER, "seconds": "200"})
    importer.write("deals.csv", [{"id": "D1", "lead": "L1", "amount": "900", "stage": "won", "closed": "2024-01-20"}])
    importer.write("refunds.csv", [{"id": "R1", "deal": "D1", "amount": "100"}])
    importer.bring_in()
    _leads(importer, [mine, {"id": "L9", "phone": OTHER, "name": "别人"}, {"id": "L2", "phone": NUMBER, "name": NAME}])
    importer.bring_in()
    lead = Lead.objects.get(external_id="L1")
    Touch.objects.create(
        source=Source.objects.get(),
        external_id="T1",
        lead=lead,
        occurred_at="2024-01-03T00:00Z",
        kind="form",
        note=NOTE,
    )
    return importer


def _totals() -> Any:
    rebuild_facts(actor=None)
    return rep_days({}), Lead.objects.count(), Call.objects.count(), list(Lead.objects.values_list("pk", "segment"))


def test_everything_about_a_customer_is_in_one_file_and_nothing_about_others(
    known: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = known.folder / "about.json"
    _privacy(monkeypatch, "--lead", "floor:L2", "--export", path)

    document = json.loads(path.read_text())
    records = document["records"]
    assert document["customer"]["numbers"] == [f"+86{NUMBER}"]
    assert {row["external_id"] for row in records["pipeline.lead"]} == {"L1", "L2"}
    assert {row["external_id"] for row in records["pipeline.call"]} == {"C1"}
    kinds = ("opportunity", "deal", "refund", "touch", "eventversion")
    assert {kind: len(records[f"pipeline.{kind}"]) for kind in kinds} == dict.fromkeys(kinds, 1)
    assert records["pipeline.eventversion"][0]["content"]["name"] == f"{NAME}女士"
    text = path.read_text()
    assert NOTE in text and "别人" not in text and "Li Wei" not in text and phone_hash(f"+86{NUMBER}") not in text
    assert path.stat().st_mode & 0o077 == 0
    assert TrailEntry.objects.filter(action="privacy.customer_exported").count() == 1


def test_an_erasure_leaves_no_word_and_every_total(known: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    before = _totals()
    assert tables_that_tell(WORDS)

    _privacy(monkeypatch, "--phone", "138 1234 5678", "--erase")

    assert tables_that_tell(WORDS) == {}
    assert _totals() == before
    assert set(Lead.objects.filter(external_id__in=("L1", "L2")).values_list("is_blocked", flat=True)) == {True}
    assert Lead.objects.get(external_id="L9").name == "别人"
    assert EventVersion.objects.get().content["arrived_on"]

    whole = whole_database()
    _privacy(monkeypatch, "--phone", NUMBER, "--erase")
    assert whole_database() == whole


def test_no_import_brings_an_erased_customer_back(known_everywhere: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    known = known_everywhere
    _privacy(monkeypatch, "--phone", NUMBER, "--erase")
    before, lead = _totals(), Lead.objects.get(external_id="L1").pk

    assert known.bring_in().counts("leads") == (0, 0, 3, 0)
    assert (tables_that_tell(WORDS), _totals()) == ({}, before)

    _leads(known, [
        {"id": "L1", "phone": OTHER, "name": NAME, "note": NOTE}, {"id": "L2", "name": NAME, "channel": "web"},
        {"id": "L3", "phone": NUMBER, "name": NAME, "note": NOTE},
    ])  # fmt: skip
    _calls(known, {"id": "C1", "lead": NUMBER, "seconds": "201"}, {"id": "C3", "lead": f"+86{NUMBER}", "seconds": "5"})
    answer = known.bring_in()

    assert answer.counts("leads") == (1, 2, 0, 0)
    assert "3 rows are of customers who were erased" in answer.err
    assert tables_that_tell(WORDS) == {}
    assert Lead.objects.get(external_id="L3").is_blocked
    assert set(Call.objects.filter(external_id__in=("C1", "C3")).values_list("lead", flat=True)) == {lead}
    assert Lead.objects.count() == before[1] + 1


def test_a_number_known_by_calls_alone_is_erased_and_known_again_under_a_new_key(
    importer: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    importer.profile.write_text(
        importer.profile.read_text().replace('lead = "lead"\nduration', 'phone = "lead"\nduration')
    )
    _calls(importer, {"id": "C1", "lead": NUMBER})
    importer.bring_in()
    lead = Lead.objects.get()

    _privacy(monkeypatch, "--phone", NUMBER, "--erase")
    assert tables_that_tell(WORDS) == {}
    former = settings.PHONE_KEY
    with override_settings(PHONE_KEY="another"):
        reseal_erasure_key(former, "another")
        _calls(importer, {"id": "C1", "lead": NUMBER}, {"id": "C2", "lead": NUMBER})
        importer.bring_in()
        assert set(Call.objects.values_list("lead", flat=True)) == {lead.pk}
        assert tables_that_tell((NUMBER, phone_hash(f"+86{NUMBER}"))) == {}


def test_refused_rows_forget_too(importer: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    importer.write("leads.csv", [{"id": "L1", "phone": NUMBER}, {"id": "L2", "created": f"{NUMBER} yesterday"}])
    answer = importer.bring_in()
    assert NUMBER in Path(answer.json["errors_file"]).read_text()

    _privacy(monkeypatch, "--phone", NUMBER, "--erase")

    assert [row["value"] for row in answer.refusals] == [""]
    assert tables_that_tell((NUMBER,)) == {}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "say who"), (("--phone", "13900001111"), "nothing is kept"), (("--lead", "floor"), "SOURCE:ID"),
        (("--lead", "floor:9"), "nothing is kept"), (("--phone", NUMBER, "--lead", "a:1"), "say who"),
    ],
)  # fmt: skip
@pytest.mark.django_db
def test_who_must_be_said_and_known(
    words: tuple[str, ...], sentence: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["pacemark", "privacy", "customer", *words])
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert (end.value.code, sentence in capsys.readouterr().err) == (2, True)
