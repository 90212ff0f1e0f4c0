"""Large files are read in a process of its own: the same rows, and whatever ends that process ends in a sentence."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from pacemark.web.intake import reading_apart
from pacemark.web.intake.errors import FileError
from pacemark.web.intake.models import BatchState, ImportBatch
from pacemark.web.intake.readers import open_tables, read_chunks
from pacemark.web.organization.models import Membership
from pacemark.web.pipeline.models import Call, Lead, Refund
from pacemark.web.pipeline.phones import phone_hash
from pacemark.web.pipeline.staging import Staging, open_staging
from tests.support.imports import Importer

CALLS = [{"id": f"C{number}", "lead": f"L{number}", "seconds": "200"} for number in range(3)]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """Read any file apart; the processes that did."""
    processes: list[subprocess.Popen[bytes]] = []
    start = reading_apart._started

    def noted() -> subprocess.Popen[bytes]:
        processes.append(start())
        return processes[-1]

    monkeypatch.setattr(reading_apart, "MIN_BYTES", 0)
    monkeypatch.setattr(reading_apart, "_started", noted)
    return processes


def test_rows_read_apart_are_those_read_here(
    importer_everywhere: Importer, started: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    importer = importer_everywhere
    lead = {"id": "L1", "phone": "138 0013 8000", "channel": "web", "owner": "Zhao\\\tLei"}
    importer.write("leads.csv", [lead, {"id": ""}, {"id": "L\x1f2", "created": "2023-12-30"}])
    mistakes = [{"id": "C9", "at": "never"}, {"id": "C8", "type": "sideways"}, {"id": "C0", "seconds": "7"}]
    importer.write("calls.csv", [*CALLS, *mistakes, {"id": "C7", "owner": "Qian", "at": "2024-01-01 23:30:00"}])
    importer.write("deals.csv", [{"id": "D1", "lead": "L1", "stage": "won", "closed": "2024-01-09", "amount": "12.50"}])
    importer.write(
        "refunds.csv", [{"id": "R1", "deal": "D1", "amount": "2"}, {"id": "R2", "deal": "D7", "amount": "2"}]
    )

    apart = importer.bring_in()

    assert len(started) == 1
    assert apart.counts("calls") == (4, 0, 0, 3)
    assert [(row["file"], row["line"], row["reason"]) for row in apart.refusals] == [
        ("leads.csv", "3", "the id is missing"),
        ("calls.csv", "5", "is not a date"),
        ("calls.csv", "6", "is no direction that the profile knows"),
        ("calls.csv", "7", "the id stands already on line 2 with other content"),
        ("refunds.csv", "3", "there is no such deal"),
    ]
    assert Lead.objects.get(external_id="L1").phone_hash == phone_hash("+8613800138000")
    assert Refund.objects.get().amount_minor == 200
    assert apart.json["people_created"] == ["Li Wei", "Qian", "Zhao\\ Lei"]
    since = dict(Membership.objects.values_list("rep__name", "valid_from"))
    assert {name: str(day) for name, day in since.items()} == {
        "Li Wei": "2023-12-30", "Qian": "2024-01-01", "Zhao\\ Lei": "2024-01-02",
    }  # fmt: skip

    monkeypatch.setattr(reading_apart, "MIN_BYTES", 1 << 40)
    here = importer.bring_in()

    assert len(started) == 1
    assert here.refusals == apart.refusals
    for kind in ("leads", "calls", "deals", "refunds"):
        accepted, _updated, _unchanged, refused = apart.counts(kind)
        assert here.counts(kind) == (0, 0, accepted, refused)


DIES = "import os, sys; sys.stdin.buffer.read(); os.kill(os.getpid(), 9)"
FAILS = """
from pacemark.web.intake import reading, reading_apart
reading.Reading._piece = lambda *_words: 1 // 0
reading_apart.tell()
"""
IS_REFUSED = """
from pacemark.web.intake import reading, reading_apart
from pacemark.web.intake.errors import FileError
def _piece(*_words):
    raise FileError("calls.csv was cut off.")
reading.Reading._piece = _piece
reading_apart.tell()
"""


@pytest.mark.parametrize(
    ("child", "sentence"),
    [
        (DIES, "The files could not be read to the end (its process ended with code -9); nothing of them went in."),
        (FAILS, "integer division or modulo by zero"),
        (IS_REFUSED, "calls.csv was cut off."),
    ],
)
def test_what_goes_wrong_there_is_one_sentence_here(
    importer: Importer,
    started: list[subprocess.Popen[bytes]],
    monkeypatch: pytest.MonkeyPatch,
    child: str,
    sentence: str,
) -> None:
    monkeypatch.setattr(reading_apart, "_CHILD", child)

    answer = importer.bring_in(importer.write("calls.csv", CALLS))

    assert answer.code == 2
    assert sentence in answer.err
    assert len(answer.err.splitlines()) == 1
    assert ImportBatch.objects.get().state == BatchState.FAILED
    assert not Call.objects.exists()
    assert started[0].returncode is not None


def test_ctrl_c_ends_the_other_process_too(
    importer: Importer, started: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Staging, "append", _interrupt)

    assert importer.bring_in(importer.write("calls.csv", CALLS)).code not in {0, 2}

    assert ImportBatch.objects.get().state == BatchState.FAILED
    assert started[0].returncode is not None


def _interrupt(*_words: object) -> None:
    raise KeyboardInterrupt


def test_awkward_cells_are_staged_as_they_are(importer_everywhere: Importer, tmp_path: Path) -> None:
    texts = ["\\N", "a\tb", "c\\", "d\r\ne", "", "平 'x\""]
    days = [None, "2024-01-02", None, None, None, None]
    count = len(texts)
    columns = [[1] * count, list(range(count)), texts, [2**62] * count, texts[::-1], days, [None, *range(count - 1)]]
    with open_staging(tmp_path) as staging:
        staging.append("refunds", columns)
        found = staging.rows("SELECT external_id, content_key, deal_ref, refunded_on, amount_minor FROM stage_refunds")

    assert [row[0] for row in found] == texts
    assert [row[2] for row in found] == texts[::-1]
    assert {row[1] for row in found} == {2**62}
    assert [row[3] and str(row[3]) for row in found] == days
    assert [row[4] for row in found] == [None, 0, 1, 2, 3, 4]

    # Chunks may still be on their way when something else is asked, or when everything is given up.
    with pytest.raises(FileError, match="no more"), open_staging(tmp_path) as staging:
        staging.append("refunds", columns)
        staging.append("refunds", columns)
        staging.append("leads", [column[:1] for column in [*columns[:4], *[[None]] * 9]])
        staging.append_work("dropped", ["external_id"], [("C1",)])
        assert [staging.number(f"SELECT count(*) FROM stage_{name}") for name in ("refunds", "leads", "dropped")] == [
            2 * count, 1, 1
        ]  # fmt: skip
        staging.append("refunds", columns)
        raise FileError("no more")
    assert not Call.objects.exists()


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_plain_lines_are_cut_as_the_reader_would(tmp_path: Path, ending: str) -> None:
    plain, quoted = ["1,a,", "2,,b", "3, c,d"], ['4,"e', 'f",g', "5,h,i", "", "6,j", "7,k,l"]
    path = tmp_path / "t.csv"
    path.write_text(ending.join(["id,name,note", *plain, *quoted, "8,m,n", "9,o,p"]), newline="")
    (table,) = open_tables(path)

    chunks = list(read_chunks(table, rows=2))

    rows = [(line, *cells) for chunk in chunks for line, *cells in zip(chunk.lines, *chunk.cells, strict=True)]
    assert rows == [
        (2, "1", "a", ""), (3, "2", "", "b"), (4, "3", " c", "d"), (5, "4", f"e{ending}f", "g"), (7, "5", "h", "i"),
        (10, "7", "k", "l"), (11, "8", "m", "n"), (12, "9", "o", "p"),
    ]  # fmt: skip
    assert [bad.line for chunk in chunks for bad in chunk.malformed] == [9]
