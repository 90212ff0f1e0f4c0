from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacemark.web.pipeline.models import Call, Lead
from pacemark.web.pipeline.phones import (
    last4_hash,
    masked_phone,
    normalized_phone,
    open_phone,
    phone_hash,
    seal_phone,
)
from tests.support.imports import Importer


@pytest.mark.parametrize(
    ("text", "region", "number"),
    [
        ("138 1234 5678", "CN", "+8613812345678"), ("+86-138-1234-5678", "CN", "+8613812345678"),
        ("0086 13812345678", "DE", "+8613812345678"), ("010-62345678", "CN", "+861062345678"),
        ("0171 1234567", "DE", "+491711234567"), ("12", "CN", ""), ("call me", "CN", ""), ("", "CN", ""),
    ],
)  # fmt: skip
def test_one_number_has_one_form(text: str, region: str, number: str) -> None:
    assert normalized_phone(text, region) == number


def test_a_sealed_number_opens_again_and_tells_nothing() -> None:
    one, two = seal_phone("138 1234 5678", "CN"), seal_phone("+8613812345678", "CN")

    assert one.encrypted != two.encrypted
    assert (one.digest, one.last4_digest) == (two.digest, two.last4_digest)
    assert open_phone(one.encrypted) == "+8613812345678"
    assert "5678" not in one.encrypted + one.digest + one.last4_digest
    assert one.digest == phone_hash("+8613812345678")
    assert one.last4_digest == last4_hash("5678")


def test_another_key_gives_other_hashes(settings: object) -> None:
    before = seal_phone("13812345678", "CN")
    settings.PHONE_KEY = "another"  # type: ignore[attr-defined]

    assert seal_phone("13812345678", "CN").digest != before.digest


@given(st.from_regex(r"\A1[3-9][0-9]{9}\Z"))
def test_a_masked_number_shows_its_last_four_digits_and_hides_four(number: str) -> None:
    masked = masked_phone(f"+86{number}")

    assert masked.endswith(number[-4:])
    assert masked.count("*") >= 4
    assert number not in masked


def test_calls_without_a_lead_find_it_by_phone(importer_everywhere: Importer) -> None:
    importer = importer_everywhere
    text = importer.profile.read_text().replace('lead = "lead"\nduration', 'phone = "lead"\nduration')
    importer.profile.write_text(text)
    importer.write("leads.csv", [{"id": "L1", "phone": "13812345678"}])
    importer.write("calls.csv", [
        {"id": "C1", "lead": "138-1234-5678"}, {"id": "C2", "lead": "13900000000"},
        {"id": "C3", "lead": "+8613900000000"},
    ])  # fmt: skip
    importer.bring_in()
    by_call = dict(Call.objects.values_list("external_id", "lead_id"))
    assert by_call["C1"] == Lead.objects.get(external_id="L1").pk
    assert by_call["C2"] == by_call["C3"]
    assert open_phone(Lead.objects.get(pk=by_call["C2"]).phone_encrypted) == "+8613900000000"

    importer.bring_in(
        importer.write("leads.csv", [{"id": "L1", "phone": "13812345678"}, {"id": "L2", "phone": "13900000000"}])
    )

    assert Lead.objects.get(external_id="L2").pk == by_call["C2"]
    assert Lead.objects.count() == 2
