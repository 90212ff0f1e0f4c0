from __future__ import annotations

import pytest

from pacemark.web.intake.mapping.content_keys import content_keys, numbers
from pacemark.web.intake.profiles import Rule
from pacemark.web.intake.values.durations import parse_duration
from pacemark.web.intake.values.refusals import CellError, ChunkRefusals
from pacemark.web.intake.values.text import read_ids


@pytest.mark.parametrize(
    ("text", "unit", "seconds"),
    [
        ("171", "seconds", 171), ("179.9", "seconds", 179), ("3", "minutes", 180), ("2.5", "minutes", 150),
        ("00:26:43", "seconds", 1603), ("26:43", "mm:ss", 1603), ("1:05", "hh:mm", 3900),
        ("100:00:00", "seconds", 360_000),
        ("2 days, 0:17:26", "seconds", 173_846), ("3分20秒", "seconds", 200), ("1小时2分", "seconds", 3720),
        ("1h 2m 3s", "seconds", 3723), ("180000", "milliseconds", 180), ("", "seconds", None), ("-", "seconds", None),
    ],
)  # fmt: skip
def test_durations_are_understood(text: str, unit: str, seconds: int | None) -> None:
    assert parse_duration(text, unit=unit) == seconds


@pytest.mark.parametrize("text", ["-5", "−5", "-00:01:00", "ten", "1:75:00", "1:2:3:4", "99999999999"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(CellError):
        parse_duration(text)


def ids(*cells: str) -> tuple[list[str], dict[int, str]]:
    refusals = ChunkRefusals()
    found = read_ids(cells, "id", refusals, is_required=True)
    return found, {at: refusal.reason for at, refusal in refusals.rows.items()}


def test_ids_keep_every_digit_and_every_zero() -> None:
    given = ["5805028000000805001", "007", "A-1.5", "12e", "5805028000000805001\t", '="0012"', "'0013", "42.0"]

    found, refused = ids(*given)

    assert found == [
        "5805028000000805001", "007", "A-1.5", "12e", "5805028000000805001", "0012", "0013", "42",
    ]  # fmt: skip
    assert not refused


def test_ids_that_a_spreadsheet_rounded_are_refused() -> None:
    _found, refused = ids("5.80503E+18", "5,80503E+18", "5.8050280000008048e+18", "", "1" * 129)

    assert set(refused) == {0, 1, 2, 3, 4}
    assert "rounded" in refused[0]


def test_rules_take_case_spaces_and_look_alikes_for_the_same() -> None:
    rule = Rule(column="Quality", operator="begins", words=("A", "B"))

    assert rule.holds(" a - high")
    assert rule.holds("А - high")
    assert not rule.holds("")
    assert not rule.holds("C - low")
    assert Rule(column="s", operator="is", words=("Payment  Done",)).holds("payment done ")
    assert not Rule(column="s", operator="is", words=("Paid",)).holds("Unpaid")
    assert Rule(column="s", operator="contains", words=("成交",)).holds("已成交")
    assert not Rule(column="s", operator="filled").holds("  ")


def test_content_keys_are_stable_and_tell_rows_apart() -> None:
    keys = content_keys([["a", "b", "a"], numbers([1, 2, None])])

    assert keys == content_keys([["a", "b", "a"], numbers([1, 2, None])])
    assert len(set(keys)) == 3
    assert all(0 < key < 2**63 for key in keys)
    assert content_keys([["a"], ["b"]]) != content_keys([["b"], ["a"]])
    assert content_keys([["x"]])[0] == 2_143_766_784_238_545_584  # the same in every process, for ever


def test_content_keys_do_not_depend_on_the_rows_around() -> None:
    alone = content_keys([["a"], numbers([1])])

    assert content_keys([["z", "a"], numbers([None, 1])])[1] == alone[0]
