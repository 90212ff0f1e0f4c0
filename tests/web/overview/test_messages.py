"""What channels are told: each number is the team page's, in the channel's language, and nobody's customer is in it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from pacemark.engine.periods import sales_month
from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.services import create_user
from pacemark.web.goals.services.agreements import propose
from pacemark.web.goals.services.plans import plan_period
from pacemark.web.notifications.choices import MessageKind
from pacemark.web.notifications.composing import composed, composed_kinds
from pacemark.web.notifications.models import Channel, Message
from pacemark.web.notifications.queries import digests_due
from pacemark.web.notifications.services.queue import tell
from pacemark.web.organization.models import Rep
from pacemark.web.organization.queries import members_on
from pacemark.web.overview.team_queries import team_for
from pacemark.web.pipeline.holding_models import Holding
from pacemark.web.pipeline.models import Lead
from pacemark.web.process.services.coaching import Planned, plan_coaching
from pacemark.web.results.models import CelebrationConsent
from pacemark.web.ui.formats import money_short
from tests.web.goals.floor import Floor, steady_months, weekdays

MARCH = sales_month("2024-03")
TODAY = date(2024, 3, 13)


@pytest.fixture
def floor(db: None, settings: object) -> Floor:
    settings.PACEMARK_TODAY = TODAY.isoformat()  # type: ignore[attr-defined]
    floor = Floor()
    idle, busy = floor.rep("Idle"), floor.rep("Busy")
    steady_months(floor, [idle, busy], weekdays(date(2023, 12, 1), date(2024, 2, 29)))
    floor.dials(busy, date(2024, 3, 4), 400, 200, 100)
    floor.deal(busy, TODAY, 500)
    floor.count()
    plan_period(actor=None, period=MARCH, as_of=MARCH.first)
    return floor


def _channel(floor: Floor, language: str = "en", **given: object) -> Channel:
    wants = [kind.value for kind in composed_kinds()]
    usual = {"kind": "wecom", "address_encrypted": "-", "language": language, "wants": wants, "team": floor.team}
    return Channel.objects.create(name=f"{language} {len(given)}", **{**usual, **given})


def _told(channel: Channel, kind: MessageKind) -> str:
    return "\n".join(f"{one.title}\n{one.text}" for one in composed(kind, channel))


def test_the_digest_tells_what_the_team_page_counts(floor: Floor) -> None:
    with translation.override("en"):
        page = team_for(members_on(TODAY), "month")
    text = _told(_channel(floor), MessageKind.DIGEST)
    assert floor.team.name in text
    worked = page.facts.worked.values()
    done, due = (sum(side["revenue"] for side in sides) for sides in ([one.done for one in worked],
                                                                      [one.due for one in worked]))  # fmt: skip
    assert done == 500_00 and f"€500 of {money_short(due, 'en', 'EUR')} due by now" in text
    first = page.first
    assert first is not None and f"**See first** {first.member.name}, {first.worst}" in text
    assert f"Idle {page.streaks[0].days} days" in text
    assert f"Busy (after {page.first_deals[0].days} days)" in text


def test_chinese_groups_read_chinese_and_everyone_reads_team_by_team(floor: Floor) -> None:
    text = _told(_channel(floor, "zh-hans", team=None), MessageKind.DIGEST)
    assert "战报" in text and "本月业绩" in text and f"- {floor.team.name}" in text
    assert "due by now" not in text


def test_nobody_is_written_to_on_a_day_nobody_works(floor: Floor, settings: object) -> None:
    settings.PACEMARK_TODAY = "2024-03-16"  # type: ignore[attr-defined]
    channel = _channel(floor)
    assert _told(channel, MessageKind.DIGEST) == _told(channel, MessageKind.ZERO_STREAK) == ""


def test_a_streak_is_told_when_it_reaches_the_tolerance_and_not_every_day(floor: Floor, settings: object) -> None:
    channel, told = _channel(floor), []
    page = team_for(members_on(TODAY), "month")
    least = page.facts.streak_days
    for step in range(10):
        settings.PACEMARK_TODAY = (TODAY + timedelta(days=step)).isoformat()  # type: ignore[attr-defined]
        told += [one.text for one in composed(MessageKind.ZERO_STREAK, channel) if "Idle" in one.text]
    assert told
    for text in told:
        days = int(text.split("Idle ")[1].split(" ")[0])
        assert days % least == 0
    assert len(told) == len(set(told))


def test_what_waits_is_told_by_name_and_count_and_never_a_customer(floor: Floor) -> None:
    boss = create_user(actor=None, username="boss", display_name="Boss", access_role=AccessRole.OPERATIONS)
    idle = Rep.objects.get(name="Idle")
    propose(actor=boss, period_start=MARCH.first, rep_ids=[idle.pk], confidence="0.5", reason="")
    for number, due in enumerate((TODAY, TODAY, TODAY - timedelta(days=2))):
        lead = Lead.objects.create(source=floor.source, external_id=f"C{number}", name="顾客某某")
        Holding.objects.create(
            lead=lead, rep=idle, began_on=TODAY - timedelta(days=9), began_how="assigned",
            began_at=datetime(2024, 3, 4, tzinfo=ZoneInfo("UTC")), due_on=due,
        )  # fmt: skip
    at = datetime(2024, 3, 1, 3, tzinfo=ZoneInfo("UTC"))
    plan_coaching(actor=boss, owner=boss, at=at,
                  planned=Planned(rep_id=idle.pk, what="打给 13800138000", due_on=TODAY))  # fmt: skip

    channel = _channel(floor)
    texts = {kind: _told(channel, kind) for kind in composed_kinds()}
    assert "**Please look at your plan** Idle" in texts[MessageKind.AGREEMENT]
    assert "**Run out today** Idle 2" in texts[MessageKind.CLOCK]
    assert "**Overdue** Idle 1" in texts[MessageKind.CLOCK]
    assert "- Boss with Idle: 1, due 13 Mar" in texts[MessageKind.COACHING]
    assert "1 lead overdue" in texts[MessageKind.DIGEST] and "1 plan to agree to" in texts[MessageKind.DIGEST]
    whole = "".join(texts.values())
    assert "顾客" not in whole and "13800138000" not in whole


def test_a_first_deal_is_told_once_however_often_the_facts_change(floor: Floor) -> None:
    channel = _channel(floor)
    for _ in range(3):
        tell(MessageKind.FIRST_DEAL)
    messages = list(Message.objects.filter(channel=channel))
    assert [message.kind for message in messages] == ["first_deal"]
    assert messages[0].text.startswith("**A colleague** closed a deal today, after 9 working days")
    CelebrationConsent.objects.create(rep=Rep.objects.get(name="Busy"), is_given=True, set_at=messages[0].queued_at)
    assert "**Busy** closed a deal" in _told(channel, MessageKind.FIRST_DEAL)


def test_a_digest_is_due_in_the_two_hours_after_its_minute(floor: Floor) -> None:
    _channel(floor, digest_at=time(18, 10))
    zone = ZoneInfo("Asia/Shanghai")
    hours = {(18, 9): 0, (18, 10): 1, (20, 9): 1, (20, 11): 0, (0, 30): 0}
    for (hour, minute), count in hours.items():
        assert len(digests_due(datetime(2024, 3, 13, hour, minute, tzinfo=zone))) == count, (hour, minute)
