from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacemark.web.intake.mapping import clock
from pacemark.web.intake.mapping.clock import ImportClock
from pacemark.web.intake.values.dates import DateReader, Moments, Order, order_of
from pacemark.web.intake.values.even_dates import even_seconds
from pacemark.web.intake.values.refusals import CellError, ChunkRefusals
from pacemark.web.intake.values.zones import ZoneClock

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def seconds(text: str) -> int:
    return int((datetime.fromisoformat(text).replace(tzinfo=UTC) - EPOCH).total_seconds())


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("2023-06-30 08:43:00", "ymd", "2023-06-30T08:43:00"),
        ("2023/6/3 8:43", "ymd", "2023-06-03T08:43:00"),
        ("2023年6月3日 8时43分05秒", "ymd", "2023-06-03T08:43:05"),
        ("2023年6月3日 下午3:05", "ymd", "2023-06-03T15:05:00"),
        ("20230630", "ymd", "2023-06-30T00:00:00"),
        ("31.12.2023 10:29", "dmy", "2023-12-31T10:29:00"),
        ("03.04.2023", "dmy", "2023-04-03T00:00:00"),
        ("03/04/2023", "mdy", "2023-03-04T00:00:00"),
        ("3/4/23 1:05 PM", "mdy", "2023-03-04T13:05:00"),
        ("12/31/2023 12:00:00 AM", "mdy", "2023-12-31T00:00:00"),
        ("27 Jun 2023 11:28", "dmy", "2023-06-27T11:28:00"),
        ("Jun 27, 2023", "mdy", "2023-06-27T00:00:00"),
        ("1700000000", "epoch", "2023-11-14T22:13:20"),
        ("1700000000123", "epoch_ms", "2023-11-14T22:13:20"),
        ("45107.5", "excel", "2023-06-30T12:00:00"),
        ("2023-06-30", "dmy", "2023-06-30T00:00:00"),
    ],
)
def test_dates_are_understood(text: str, order: Order, expected: str) -> None:
    moment = DateReader(order=order).read(text)

    assert moment is not None
    assert moment.seconds == seconds(expected)


@pytest.mark.parametrize("text", ["", " ", "-", "0000-00-00 00:00:00", "null"])
def test_blanks_are_no_date_and_no_fault(text: str) -> None:
    assert DateReader(order="ymd").read(text) is None


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("2023-02-30", "ymd"), ("31.02.2023", "dmy"), ("13/13/2023", "mdy"), ("yesterday", "ymd"),
        ("1899-12-30", "ymd"),
        ("2101-01-01", "ymd"), ("2023-06-30 25:00", "ymd"), ("2023-06-30 10:61", "ymd"), ("20233-06-30", "ymd"),
        ("2023-06-30 13:00 PM", "ymd"), ("03/04/2023", "ymd"),
    ],
)  # fmt: skip
def test_what_is_no_date_is_refused(text: str, order: Order) -> None:
    with pytest.raises(CellError):
        DateReader(order=order).read(text)


def test_a_stated_offset_counts() -> None:
    refusals = ChunkRefusals()
    moments = DateReader(order="ymd").read_column(["2023-06-30T08:43:00+08:00", "2023-06-30T00:43:00Z"], "at", refusals)

    assert moments.offsets == {0: 28_800, 1: 0}
    assert not refusals.rows


def test_the_whole_column_says_which_number_is_the_day() -> None:
    assert order_of(["01.02.2023", "13.02.2023"]) == "dmy"
    assert order_of(["01/02/2023", "02/13/2023"]) == "mdy"
    assert order_of(["01/02/2023", "02/03/2023"]) is None
    assert order_of(["01.02.2023", "02.03.2023"]) == "dmy"
    assert order_of(["2023-01-02"]) == "ymd"
    assert order_of(["14/02/2023", "15/02/2023", "02/16/2023"]) == "dmy"  # one broken date does not turn the others


FORMS: dict[Order, str] = {"ymd": "%Y-%m-%d %H:%M:%S", "dmy": "%d.%m.%Y %H:%M:%S", "mdy": "%m/%d/%Y %H:%M:%S"}
moments = st.datetimes(datetime(1970, 1, 1), datetime(2100, 12, 31)).map(lambda at: at.replace(microsecond=0))  # noqa: DTZ001


@given(st.sampled_from(list(FORMS)), st.lists(moments, min_size=1, max_size=20), st.booleans())
def test_even_columns_read_as_single_cells_do(order: Order, at: list[datetime], has_seconds: bool) -> None:
    form = FORMS[order] if has_seconds else FORMS[order].removesuffix(":%S")
    cells = [moment.strftime(form) for moment in at]

    whole = even_seconds(cells, order, (1970, 2100))
    single = [found.seconds if (found := DateReader(order=order).read(cell)) else None for cell in cells]

    assert whole is not None
    assert whole.tolist() == single


@given(st.text(alphabet="0123456789-/.: T", min_size=16, max_size=16), st.sampled_from(list(FORMS)))
def test_even_columns_accept_nothing_that_single_cells_refuse(cell: str, order: Order) -> None:
    whole = even_seconds([cell], order, (1970, 2100))
    if whole is not None:
        found = DateReader(order=order).read(cell)
        assert found is not None
        assert found.seconds == whole[0]


@given(
    st.sampled_from(["Europe/Berlin", "Asia/Shanghai", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]),
    st.lists(st.integers(0, 4_000_000_000), min_size=1, max_size=30),
)
def test_zones_agree_with_python(zone: str, utc: list[int]) -> None:
    clock = ZoneClock(zone)
    local = clock.from_utc(np.array(utc, dtype=np.int64))

    for at, wall in zip(utc, local.tolist(), strict=True):
        there = (EPOCH + timedelta(seconds=at)).astimezone(ZoneInfo(zone))
        assert wall == int((there.replace(tzinfo=UTC) - EPOCH).total_seconds())
    back = clock.to_utc(local)
    assert all(abs(there - at) in {0, 1800, 3600} for there, at in zip(back.tolist(), utc, strict=True))


@pytest.mark.parametrize("span_days", [1, 40, 40_000])
def test_many_moments_are_written_as_single_ones_are(span_days: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_MANY", 50)
    local = np.random.default_rng(3).integers(-86_400, span_days * 86_400, 100)
    moments = Moments(seconds=local, blanks=frozenset({7}), bare_dates=frozenset(), offsets={9: 3600})

    stored = ImportClock("Europe/Berlin", "Asia/Shanghai").store(moments)

    for at, wall in enumerate(local.tolist()):
        naive = (EPOCH + timedelta(seconds=wall)).replace(tzinfo=ZoneInfo("Europe/Berlin"))
        utc = EPOCH + timedelta(seconds=wall - 3600) if at == 9 else naive.astimezone(UTC)
        there = utc.astimezone(ZoneInfo("Asia/Shanghai"))
        expected = (None, None) if at == 7 else (utc.strftime("%Y-%m-%d %H:%M:%S"), there.strftime("%Y-%m-%d"))
        assert (stored.utc[at], stored.dates[at]) == expected
        assert stored.hours[at] == there.hour
