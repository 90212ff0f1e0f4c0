"""Programs elsewhere are told what happened: signed, at least once, under an id that stays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from pacemark.web.organization.models import Rep
from pacemark.web.pipeline.models import Lead, Segment, Source
from pacemark.web.resources.models import Decision
from pacemark.web.results.models import Review, TierOffer
from pacemark.web.trail.models import TrailEntry
from pacemark.web.webhooks.choices import DeliveryState
from pacemark.web.webhooks.happenings import SOURCES
from pacemark.web.webhooks.models import Delivery, Receiver
from pacemark.web.webhooks.refusals import Refused
from pacemark.web.webhooks.services import sending
from pacemark.web.webhooks.services.collecting import collect, queue_test, send_again
from pacemark.web.webhooks.services.ends import ReceiverWords, change_receiver, change_secret, make_receiver
from tests.support.people import People, client_of
from tests.support.receivers import Program, running

pytestmark = pytest.mark.django_db
ALL = tuple(SOURCES)


@pytest.fixture
def program(settings: Any) -> Iterator[Program]:
    """A program on this machine, which the settings allow to be told."""
    settings.PACEMARK_WEBHOOK_HOSTS = ["127.0.0.1"]
    with running(Program()) as found:
        yield found


def _told(people: People, program: Program, *wants: str) -> Receiver:
    made = make_receiver(
        actor=people.operations, words=ReceiverWords(name="crm", address=program.address, wants=wants or ALL)
    )
    program.secret = made.secret
    return Receiver.objects.get(pk=made.end.pk)


def _assign(number: int, kind: str = "rule", at: datetime | None = None) -> Decision:
    source, _made = Source.objects.get_or_create(name="源")
    segment, _made = Segment.objects.get_or_create(channel="网", lead_grade="A")
    rep, _made = Rep.objects.get_or_create(name="赵", employee_no="0007")
    lead = Lead.objects.create(
        source=source, external_id=f"x{number}", segment=segment, stated_segment=segment, name="李女士", owner=rep,
        arrived_at=timezone.now(), arrived_on=date(2024, 3, 15),
    )  # fmt: skip
    return Decision.objects.create(lead=lead, kind=kind, rep=rep, lead_grade="A", decided_at=at or timezone.now())


def _later(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Set the clock of what sends and collects so much after its true time."""
    monkeypatch.setattr(sending.timezone, "now", lambda: datetime.now(UTC) + timedelta(seconds=seconds))


def _states(receiver: Receiver) -> list[str]:
    return list(receiver.deliveries.order_by("pk").values_list("state", flat=True))


def test_what_happens_from_now_on_is_told_once_with_ids_and_no_name(people: People, program: Program) -> None:
    _assign(1)
    receiver = _told(people, program)
    decision, _sticky = _assign(2), _assign(3, kind="sticky")

    assert [collect(), collect()] == [1, 0]
    assert sending.send_due() == 1
    assert program.unsigned == 0
    [(message, told)] = program.taken
    assert message == told["id"] == f"lead_assigned_{decision.pk}"
    assert told["type"] == "lead.assigned"
    assert told["data"] == {
        "lead": decision.lead_id, "source": "源", "external_id": "x2", "rep_id": decision.rep_id,
        "employee_no": "0007", "decision": decision.pk, "kind": "rule", "grade": "A",
    }  # fmt: skip
    assert "李女士" not in receiver.deliveries.get().body
    assert [(row.status, row.detail) for row in receiver.deliveries.get().tries.all()] == [(204, "HTTP 204")]


def test_rows_that_are_changed_are_told_by_their_time(people: People, program: Program) -> None:
    rep = Rep.objects.create(name="钱")
    receiver = _told(people, program, "offer.made", "offer.answered", "review.agreed")
    offer = TierOffer.objects.create(
        rep=rep, quarter_start=date(2024, 1, 1), tier="stretch", amount_minor=9_00, booked_minor=7_00, content={},
        offered_at=timezone.now(),
    )  # fmt: skip
    review = Review.objects.create(
        key="k", level="organization", first_day=date(2024, 2, 1), last_day=date(2024, 2, 29), content={},
        written_at=timezone.now(),
    )  # fmt: skip
    assert collect() == 1
    offer.state, offer.decided_at = "accepted", timezone.now()
    offer.save()
    review.agreed_at, review.agreed_by = timezone.now(), people.director
    review.save()

    assert [collect(), collect()] == [2, 0]
    events = dict(receiver.deliveries.values_list("key", "event"))
    assert events == {
        f"offer_made_{offer.pk}": "offer.made", f"offer_answered_{offer.pk}": "offer.answered",
        f"review_agreed_{review.pk}": "review.agreed",
    }  # fmt: skip


def test_a_transaction_that_ends_late_is_not_passed_over(people: People, program: Program) -> None:
    """Rows get their numbers before they can be seen; what is seen late is told all the same."""
    receiver = _told(people, program, "lead.assigned")
    late, soon = _assign(1), _assign(2)
    number = late.pk
    late.delete()  # not to be seen yet
    now = timezone.now()
    assert collect(now) == 1
    assert collect(now + timedelta(minutes=9)) == 0

    Decision.objects.create(
        pk=number, lead=soon.lead, kind="rule", rep=soon.rep, lead_grade="A", decided_at=timezone.now()
    )
    assert collect(now + timedelta(minutes=9)) == 1
    for minutes in (11, 22, 33):
        assert collect(now + timedelta(minutes=minutes)) == 0
    assert receiver.marks.get().floor == soon.pk


def test_a_worker_killed_while_sending_loses_nothing_and_repeats_under_the_same_id(
    people: People, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver = _told(people, program, "lead.assigned")
    _assign(1)
    collect()

    class Killed(BaseException):
        """As if the process had ended here."""

    def die(*_args: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(sending, "settle", die)  # it has arrived, and nobody has noted it
        with pytest.raises(Killed):
            sending.send_due()
    assert _states(receiver) == [DeliveryState.SENDING]
    assert sending.send_due(budget_seconds=0.2) == 0  # the lease holds

    _later(monkeypatch, 91)
    assert sending.send_due() == 1
    assert _states(receiver) == [DeliveryState.SENT]
    assert len(program.taken) == 2 and len({message for message, _told in program.taken}) == 1


def test_who_fails_is_asked_ever_more_seldom_and_nothing_is_lost(
    people: People, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver = _told(people, program, "lead.assigned")
    program.answers = lambda number: (500, {}) if number < 3 else (200, {})
    for number in range(4):
        _assign(number)
    collect()
    monkeypatch.setattr(sending, "SHORT_WAIT", timedelta())

    seen = []
    for seconds in (0, 9, 11, 60, 72, 300, 373, 1_000):
        _later(monkeypatch, seconds)
        sending.send_due()
        seen.append(len(program.seen))
    assert seen == [1, 1, 2, 2, 3, 3, 7, 7]  # 10 s, 1 min, 5 min; then everything
    receiver.refresh_from_db()
    assert _states(receiver) == [DeliveryState.SENT] * 4
    assert {message for message, _told in program.taken} == set(receiver.deliveries.values_list("key", flat=True))
    assert (receiver.failures, receiver.paused_until) == (0, None)


def test_who_asks_to_wait_is_given_the_time_and_it_counts_as_no_failure(
    people: People, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver = _told(people, program, "lead.assigned")
    program.answers = lambda number: (429, {"Retry-After": "120"}) if number == 0 else (200, {})
    _assign(1)
    collect()
    began = timezone.now()

    assert sending.send_due() == 0
    row = receiver.deliveries.get()
    assert row.attempts == 0 and row.failure == "HTTP 429"
    assert timedelta(seconds=119) < row.not_before - began < timedelta(seconds=125)
    _later(monkeypatch, 125)
    assert sending.send_due() == 1


def test_what_fails_to_the_end_waits_for_a_person(people: People, program: Program) -> None:
    receiver = _told(people, program, "lead.assigned")
    _assign(1)
    collect()
    row = receiver.deliveries.get()
    now = timezone.now()
    for _ in range(len(sending.DELAYS) + 1):
        claimed = sending.claim(now)
        assert claimed is not None
        sending.settle(claimed, sending.Outcome(status=400, detail="HTTP 400"), now, 1)
        now += timedelta(days=2)
    row.refresh_from_db()

    assert (row.state, row.failure, row.attempts) == (DeliveryState.FAILED, "HTTP 400", len(sending.DELAYS) + 1)
    assert sending.claim(now) is None
    send_again(actor=people.operations, delivery_id=row.pk)
    assert sending.send_due() == 1
    assert program.taken[0][0] == row.key
    with pytest.raises(Refused, match="has not failed"):
        send_again(actor=people.operations, delivery_id=row.pk)


def test_after_a_change_of_secrets_both_sign_for_a_day(people: People, program: Program) -> None:
    receiver = _told(people, program)
    made = change_secret(actor=people.operations, end=receiver)

    for secret in (program.secret, made.secret):
        program.secret = secret
        queue_test(actor=people.operations, receiver=receiver)
        assert sending.send_due() == 1
    Receiver.objects.update(former_until=timezone.now() - timedelta(seconds=1))
    program.secret = "whsec_" + "A" * 43 + "="
    queue_test(actor=people.operations, receiver=receiver)
    assert sending.send_due(budget_seconds=0.2) == 0
    assert program.unsigned == 1


def test_secrets_and_addresses_are_sealed_and_not_in_the_trail(people: People, program: Program) -> None:
    receiver = _told(people, program)
    change_receiver(actor=people.admin, receiver=receiver, words=ReceiverWords(name="crm 2", address="", wants=()))
    receiver.refresh_from_db()

    kept = f"{receiver.secret_encrypted}{receiver.address_encrypted}{list(TrailEntry.objects.values())}"
    assert program.secret not in kept and "127.0.0.1" not in kept and "told" not in kept
    assert not receiver.marks.exists()
    assert receiver.address_hint == "127.0.0.1"


def test_redirects_are_not_followed(people: People, program: Program) -> None:
    receiver = _told(people, program)
    program.answers = lambda _number: (302, {"Location": program.address})
    queue_test(actor=people.operations, receiver=receiver)

    assert sending.send_due(budget_seconds=0.2) == 0
    assert len(program.seen) == 1
    assert receiver.deliveries.get().failure == "HTTP 302"


@pytest.mark.parametrize(
    "address",
    [
        "http://example.com/", "https://127.0.0.1/", "https://[::1]/", "https://169.254.169.254/latest/meta-data/",
        "https://10.0.0.8/", "https://192.168.1.1:8443/", "https://[::ffff:10.0.0.8]/", "https://[64:ff9b::a00:8]/",
        "https://[fe80::1]/", "https://0.0.0.0/", "https://100.64.0.1/", "file:///etc/passwd", "gopher://example.com/",
        "https://user:secret@example.com/", "https://", "https://example.com:99999/", "nonsense",
    ],
)  # fmt: skip
def test_addresses_inside_the_house_are_refused_when_typed(people: People, address: str) -> None:
    with pytest.raises(Refused) as refused:
        make_receiver(actor=people.operations, words=ReceiverWords(name="x", address=address, wants=()))

    assert refused.value.code == "webhooks.forbidden_address"


def test_a_name_that_leads_into_the_house_is_refused_when_connecting(
    people: People, program: Program, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Numbers in disguise and names that change their address (DNS rebinding) meet the same look."""
    settings.PACEMARK_WEBHOOK_HOSTS = []
    for number, host in enumerate(("localhost", "2130706433", "0x7f.1", "rebound.example.com")):
        words = ReceiverWords(name=f"r{number}", address=f"https://{host}:{program.port}/", wants=())
        made = make_receiver(actor=people.operations, words=words)
        queue_test(actor=people.operations, receiver=Receiver.objects.get(pk=made.end.pk))
    real = sending.guarded_session.__globals__["socket"].getaddrinfo

    def rebound(host: str, *args: Any, **kwargs: Any) -> Any:
        return real("127.0.0.1" if host == "rebound.example.com" else host, *args, **kwargs)

    monkeypatch.setattr(sending.guarded_session.__globals__["socket"], "getaddrinfo", rebound)
    assert sending.send_due(budget_seconds=1) == 0

    assert set(Delivery.objects.values_list("failure", flat=True)) == {"webhooks.forbidden_address"}
    assert program.seen == []


def test_the_pages_make_change_test_and_end_a_receiver(people: People, program: Program) -> None:
    client: Client = client_of(people.operations)
    url = "/settings/webhooks/"
    made = client.post(
        f"{url}receivers/add/", {"name": "crm", "address": program.address, "wants": ["plan.agreed"], "is_on": "on"}
    )
    receiver = Receiver.objects.get()
    program.secret = next(word for word in made.content.decode().replace("<", " <").split() if "whsec_" in word)[
        len('class="secret">') :
    ]
    assert program.secret.startswith("whsec_")
    assert program.secret not in client.get(f"{url}receivers/{receiver.pk}/").content.decode()

    client.post(f"{url}receivers/{receiver.pk}/test/")
    assert sending.send_due() == 1
    page = client.get(url).content.decode()
    assert receiver.deliveries.get().key in page and "127.0.0.1" in page
    bad = client.post(f"{url}receivers/{receiver.pk}/", {"name": "crm", "address": "https://10.0.0.1/"})
    assert bad.status_code == 422 and "PACEMARK_WEBHOOK_HOSTS" in bad.content.decode()
    client.post(f"{url}receivers/{receiver.pk}/end/")
    assert not Receiver.objects.exists()
