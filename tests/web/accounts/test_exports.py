"""Every file that leaves says for whom and when it was made, stands on the trail, and leaves by one door."""

from __future__ import annotations

import ast
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.http import StreamingHttpResponse
from django.urls import reverse
from PIL import Image

from pacemark.engine.periods import sales_month
from pacemark.web.accounts.exports import Watermark
from pacemark.web.goals.services.plans import plan_period
from pacemark.web.intake.models import BatchState, ImportBatch
from pacemark.web.intake.services import imports_folder
from pacemark.web.results.drawing.fonts import font_files
from pacemark.web.results.drawing.pages import Block
from pacemark.web.results.drawing.pdf import pdf_of
from pacemark.web.trail.models import TrailEntry
from tests.support.needs import ROOT
from tests.support.people import NAMES, People, client_of
from tests.support.routes import routes

WEB = ROOT / "src" / "pacemark" / "web"
THE_DOOR = "accounts/exports.py"
# Every address that sends a file. A new one goes through the door and stands here.
EXPORTS = {
    "goals:export", "goals:targets_workbook", "results:review_pdf", "results:card", "intake:errors",
    "privacy:export_customer", "privacy:export_employee",
}  # fmt: skip
BYPASSES = ("Content-Disposition", "FileResponse", "as_attachment")


def _sources() -> Iterator[tuple[str, str]]:
    for path in sorted(WEB.rglob("*.py")):
        yield path.relative_to(WEB).as_posix(), path.read_text(encoding="utf-8")


def test_no_file_leaves_by_another_door() -> None:
    found = {name: word for name, text in _sources() for word in BYPASSES if word in text and name != THE_DOOR}
    assert found == {}


def test_every_address_that_sends_a_file_is_known() -> None:
    senders = set()
    for name, text in _sources():
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef) and name != THE_DOOR and "send_export(" in ast.unparse(node):
                senders.add((f"pacemark.web.{name.removesuffix('.py').replace('/', '.')}", node.name))
    views = {name: (route.view.__module__, route.view.__name__) for name, route in routes().items()}

    assert {name for name, view in views.items() if view in senders} == EXPORTS
    assert senders == {views[name] for name in EXPORTS}, "a file is sent from somewhere that is no page"


def _taken(people: People, kind: str) -> int:
    entry = TrailEntry.objects.get(action="exports.sent", subject_kind="export", subject_id=kind)
    assert entry.actor_id == people.admin.pk
    return int(entry.changes["rows"])


def _parts(book: bytes) -> dict[str, str]:
    with zipfile.ZipFile(BytesIO(book)) as opened:
        return {name: opened.read(name).decode() for name in opened.namelist() if name.endswith(".xml")}


@pytest.mark.parametrize(
    ("name", "kind"), [("goals:export", "goals.plans"), ("goals:targets_workbook", "goals.targets")]
)
def test_a_workbook_says_whose_it_is_on_every_page(people: People, today: date, name: str, kind: str) -> None:
    plan_period(actor=None, period=sales_month("2024-03"), as_of=date(2024, 3, 1))
    people.admin.display_name = "周 & 正"
    people.admin.save()
    answer = client_of(people.admin).get(reverse(name), {"period": "2024-03"})

    parts = _parts(answer.content)
    sheets = [text for part, text in parts.items() if part.startswith("xl/worksheets/sheet")]
    assert sheets and all("周 &amp;&amp; 正 (admin)" in text for text in sheets)
    assert "周 &amp; 正 (admin)" in parts["docProps/core.xml"]
    assert _taken(people, kind) == 2
    assert answer["Cache-Control"] == "private, no-store"


def test_refused_rows_end_with_the_mark(people: People) -> None:
    batch = ImportBatch.objects.create(
        created_at=datetime.now(UTC), state=BatchState.DONE, source_name="s", counts={"leads": {"refused": 3}}
    )
    folder = imports_folder() / str(batch.pk)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "errors.csv").write_text("file,line,column,reason,value\r\nx,1,id,bad,?\r\n", encoding="utf-8")

    answer: Any = client_of(people.admin).get(reverse("intake:errors", args=[batch.pk]))

    assert isinstance(answer, StreamingHttpResponse)
    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[arg-type]
    assert lines[1] == "x,1,id,bad,?"
    assert f"{NAMES['admin']} (admin)" in lines[2]
    assert _taken(people, "intake.refused") == 3


@pytest.mark.skipif(not font_files(), reason="left out: no font with Chinese characters is installed")
def test_a_pdf_says_whose_it_is_under_every_page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    drawn: list[Image.Image] = []

    def keep(self: Image.Image, *_args: Any, **options: Any) -> None:
        drawn.extend([self, *options["append_images"]])
        assert (options["author"], "张三" in options["subject"]) == ("张三 (z)", True)

    monkeypatch.setattr(Image.Image, "save", keep)
    blocks = [Block(kind="line", text="一行")] * 120
    pdf_of(blocks, Watermark(account="张三 (z)", at=datetime(2024, 3, 1, tzinfo=UTC)))

    assert len(drawn) > 1
    for page in drawn:
        foot = page.crop((0, page.height - 90, page.width, page.height)).convert("L")
        assert foot.getextrema()[0] < 200, "the foot of a page is empty"
