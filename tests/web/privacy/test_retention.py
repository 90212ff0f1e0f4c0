"""What is older than it is kept goes, once a day; the edge is the day itself, and without a rule nothing goes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from pacemark.web.intake.models import BatchState, ImportBatch
from pacemark.web.intake.services import imports_folder
from pacemark.web.notifications.models import Channel, Message
from pacemark.web.pipeline.models import Call, Deal, Lead, Refund, Source
from pacemark.web.pipeline.phones import seal_phone
from pacemark.web.privacy.models import RetentionRule
from pacemark.web.privacy.queries.retention import Due, Retention, due, leads_since
from pacemark.web.privacy.services.retention import clear_what_is_old, set_retention
from pacemark.web.trail.models import TrailEntry
from tests.support.people import People, client_of
from tests.support.whole_database import tables_that_tell, whole_database

AT = datetime(2024, 3, 15, 4, tzinfo=UTC)
OLD, EDGE = date(2023, 3, 14), date(2023, 3, 15)  # twelve months before AT: the edge stays
MONTHS = Retention(lead_months=12)


def _lead(name: str, arrived_on: date | None, **more: Any) -> Lead:
    phone = seal_phone("13800138000", "CN")
    source, _is_new = Source.objects.get_or_create(name="s")
    return Lead.objects.create(
        source=source, external_id=name, name=name, arrived_on=arrived_on, phone_encrypted=phone.encrypted,
        phone_hash=phone.digest, phone_last4_hash=phone.last4_digest, **more,
    )  # fmt: skip


def _call(lead: Lead, day: date) -> None:
    Call.objects.create(
        source=lead.source, external_id=f"C{lead.pk}", lead=lead, occurred_at=AT, business_date=day, local_hour=1
    )


@pytest.fixture
def floor(people: People, today: date) -> set[str]:
    """Leads by what happened last; the answer is who is to be cleared after twelve months."""
    _lead("old", OLD), _lead("edge", EDGE), _lead("never", None), _lead("blank", OLD)
    Lead.objects.filter(name="blank").update(name="", note="", phone_encrypted="")
    _call(_lead("called at the edge", OLD), EDGE)
    _call(_lead("called long ago", None), OLD)
    _lead("promised", OLD, next_contact_at=AT)
    deal = Deal.objects.create(
        source=Source.objects.get(), external_id="D", lead=_lead("refunded", OLD), signed_on=OLD, amount_minor=9
    )
    Refund.objects.create(source=deal.source, external_id="R", deal=deal, refunded_on=EDGE, amount_minor=1)
    return {"old", "called long ago"}


def test_customers_without_news_are_cleared_and_counted(people: People, floor: set[str]) -> None:
    assert due(MONTHS, AT) == Due(leads=2, uploads=None, refusals=None, messages=None)
    before = whole_database(leave_out=("pipeline.lead", "trail.trailentry", "privacy.retentionrule"))
    set_retention(actor=people.admin, kept=MONTHS)

    assert clear_what_is_old(at=AT).leads == 2

    assert set(Lead.objects.filter(erased_at=AT).values_list("external_id", flat=True)) == floor
    assert {name for name in floor if "pipeline.lead" in tables_that_tell([f'"name": "{name}"'])} == set()
    assert not Lead.objects.filter(erased_at=AT).exclude(phone_hash="").exists()
    assert whole_database(leave_out=("pipeline.lead", "trail.trailentry", "privacy.retentionrule")) == before
    assert not Lead.objects.get(external_id="old").is_blocked, "whoever comes again is welcome"
    entries = TrailEntry.objects.count()
    assert clear_what_is_old(at=AT).leads == 0
    assert TrailEntry.objects.count() == entries


def test_nothing_goes_while_nobody_has_said_so(floor: set[str]) -> None:
    before = whole_database()
    clear_what_is_old(at=AT + timedelta(days=9000))
    assert whole_database() == before


def test_files_refused_rows_and_messages_go_after_their_days(people: People, today: date) -> None:
    kept = Retention(upload_days=10, refusal_days=10, message_days=10)
    channel = Channel.objects.create(name="c", kind="wecom", address_encrypted="x", address_digest="y")
    for days, name in ((9, "young"), (11, "old")):
        moment = AT - timedelta(days=days)
        for state in (BatchState.PREVIEWED, BatchState.DONE):
            batch = ImportBatch.objects.create(
                created_at=moment, finished_at=moment if state == BatchState.DONE else None, state=state,
                source_name=name, errors_path="errors.csv",
                preview={"first_errors": [{"value": "13800138000"}], "notes": ["n"]},
            )  # fmt: skip
            folder = imports_folder() / str(batch.pk)
            (folder / "files").mkdir(parents=True, exist_ok=True)
            (folder / "errors.csv").write_text("13800138000")
        for state in ("sent", "failed"):
            Message.objects.create(
                channel=channel, kind="test", key=f"{name}{state}", title="t", text="t", state=state,
                queued_at=moment, not_before=moment,
            )  # fmt: skip
    set_retention(actor=people.admin, kept=kept)

    assert due(kept, AT) == clear_what_is_old(at=AT) == Due(leads=None, uploads=1, refusals=1, messages=1)

    old = ImportBatch.objects.filter(source_name="old")
    assert set(old.values_list("state", flat=True)) == {"cancelled", "done"}
    for batch in ImportBatch.objects.all():
        lies = (imports_folder() / str(batch.pk) / "errors.csv").exists()
        assert lies == (batch.source_name == "young") == bool(batch.preview["first_errors"])
        assert batch.preview["notes"] == ["n"]
    assert set(Message.objects.values_list("key", flat=True)) == {"youngsent", "youngfailed", "oldfailed"}


@pytest.mark.parametrize(
    ("months", "day"),
    [(1, date(2024, 2, 29)), (12, date(2023, 3, 31)), (13, date(2023, 2, 28)), (4, date(2023, 11, 30))],
)
def test_a_shorter_month_ends_on_its_last_day(db: None, months: int, day: date) -> None:
    assert leads_since(months, datetime(2024, 3, 31, 4, tzinfo=UTC)) == day


def test_an_administrator_tries_before_saving(people: People, floor: set[str]) -> None:
    admin, address = client_of(people.admin), reverse("privacy:retention")
    text = admin.post(address, {"lead_months": "12", "do": "try"}).content.decode()
    assert "<td>2</td>" in text
    assert not RetentionRule.objects.exists()
    admin.post(address, {"lead_months": "12", "do": "save"})
    assert RetentionRule.objects.get().lead_months == 12
    assert admin.post(address, {"lead_months": "0", "do": "save"}).status_code == 200
    assert RetentionRule.objects.count() == 1
    assert client_of(people.operations).post(address, {"do": "save"}).status_code == 403
