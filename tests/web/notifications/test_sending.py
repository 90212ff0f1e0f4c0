"""Through limits, errors and quiet hours every message arrives once, in order, or says why it did not."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from pacemark.web.notifications.choices import MessageState
from pacemark.web.notifications.models import Attempt, Message
from pacemark.web.notifications.services import queue as queueing
from pacemark.web.notifications.services import sending
from tests.support.people import People
from tests.support.robots import Robot, standing
from tests.web.notifications.conftest import Make, queue_numbered

START = datetime(2024, 3, 15, 2, 0, tzinfo=UTC)  # ten in the morning in China


class Clock:
    """A moment that moves only when told."""

    def __init__(self) -> None:
        self.moment = START

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)

    def seconds(self) -> float:
        return (self.moment - START).total_seconds()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    at = SimpleNamespace(now=clock.now)
    monkeypatch.setattr(sending, "timezone", at)
    monkeypatch.setattr(queueing, "timezone", at)
    monkeypatch.setattr(sending, "time", SimpleNamespace(sleep=clock.sleep, monotonic=clock.seconds))
    return clock


def _sent_by_minutes(clock: Clock, most_minutes: int = 60) -> None:
    """Run the minute's job until nothing waits."""
    for _ in range(most_minutes):
        sending.send_due()
        if not Message.objects.filter(state__in=("queued", "sending")).exists():
            return
        clock.sleep(60 - clock.seconds() % 60)
    pytest.fail("messages still wait")


@pytest.mark.parametrize(("kind", "count", "seconds"), [("wecom", 45, 120), ("dingtalk", 45, 120), ("feishu", 130, 60)])
def test_no_vendor_is_ever_told_too_much(
    settings: Any, make_channel: Make, clock: Clock, kind: str, count: int, seconds: float
) -> None:
    with standing(Robot(kind, clock=clock.seconds)) as robot:
        settings.PACEMARK_ROBOTS = [robot.setting]
        # two channels may lead to one robot: the vendor counts the robot
        queue_numbered(make_channel(kind, name="one"), count - 10)
        queue_numbered(make_channel(kind, name="two"), 10)
        _sent_by_minutes(clock)
    assert robot.refused == []
    assert len(robot.taken) == count == Message.objects.filter(state=MessageState.SENT).count()
    own = [text for text in robot.taken if "第" in text]
    assert max(Counter(own).values()) == 2 and len(set(own)) == count - 10
    assert seconds <= clock.seconds() <= seconds + 130


def test_a_robot_that_others_talk_to_is_waited_for(settings: Any, make_channel: Make, clock: Clock) -> None:
    with standing(Robot("dingtalk", clock=clock.seconds, turns=[0.0] * 15)) as robot:
        settings.PACEMARK_ROBOTS = [robot.setting]
        queue_numbered(make_channel("dingtalk"), 9)
        _sent_by_minutes(clock)
    assert robot.refused == [130101], "the vendor shuts the door for ten minutes; nobody knocks meanwhile"
    assert [text.split("\n")[0] for text in robot.taken] == [f"## 第 {n} 条" for n in (0, 1, 2, 3, 4, 5, 6, 7, 8)]
    assert clock.seconds() >= 600


def test_errors_are_tried_again_later_and_later(settings: Any, make_channel: Make, clock: Clock) -> None:
    with standing(Robot("wecom", clock=clock.seconds)) as robot:
        settings.PACEMARK_ROBOTS = [robot.setting]
        robot.trouble = lambda robot, _text: "error" if len(robot.refused) < 3 else ""
        queue_numbered(make_channel(), 1)
        _sent_by_minutes(clock)
    assert len(robot.taken) == 1
    assert list(Attempt.objects.order_by("pk").values_list("answer", flat=True)) == ["again"] * 3 + ["sent"]
    assert clock.seconds() >= 30 + 120 + 480


def test_what_never_gets_through_says_why_and_is_sent_again_by_a_person(
    settings: Any, make_channel: Make, clock: Clock, people: People
) -> None:
    with standing(Robot("feishu", clock=clock.seconds)) as robot:
        settings.PACEMARK_ROBOTS = [robot.setting]
        robot.trouble = lambda _robot, _text: "busy"
        queue_numbered(make_channel("feishu"), 1)
        _sent_by_minutes(clock, 300)
        message = Message.objects.get()
        assert (message.state, message.failure) == (MessageState.FAILED, "-1 refused with -1")
        assert message.attempts == sending.MAX_ATTEMPTS
        robot.trouble = lambda _robot, _text: ""
        queueing.send_again(actor=people.admin, message_id=message.pk)
        _sent_by_minutes(clock)
    assert len(robot.taken) == 1


@pytest.mark.parametrize("trouble", ["cut", "silent"])
def test_what_may_have_arrived_is_not_sent_twice(
    settings: Any, make_channel: Make, clock: Clock, people: People, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    monkeypatch.setattr("pacemark.web.shared.outgoing.READ_SECONDS", 0.3)
    with standing(Robot("wecom", clock=clock.seconds)) as robot:
        settings.PACEMARK_ROBOTS = [robot.setting]
        robot.trouble = lambda robot, _text: trouble if not robot.taken else ""
        queue_numbered(make_channel(), 2)
        for _ in range(200):
            sending.send_due()
            clock.sleep(60)
    assert [text.split("\n")[0] for text in robot.taken] == ["## 第 0 条", "## 第 1 条"]
    doubtful, sent = Message.objects.order_by("pk")
    assert (doubtful.state, sent.state) == (MessageState.DOUBTFUL, MessageState.SENT)
    queueing.settle_by_hand(actor=people.admin, message_id=doubtful.pk, arrived=True)
    assert Message.objects.filter(state=MessageState.SENT).count() == 2


def test_a_wrong_address_fails_at_once(settings: Any, make_channel: Make, clock: Clock) -> None:
    with standing(Robot("wecom", clock=clock.seconds)) as robot:
        settings.PACEMARK_ROBOTS = [robot.setting]
        queue_numbered(make_channel(address="another0123456789"), 1)
        sending.send_due()
    assert Message.objects.get().state == MessageState.FAILED
    assert len(robot.refused) == 1


def test_quiet_hours_hold_messages_until_they_end(settings: Any, make_channel: Make, clock: Clock) -> None:
    clock.moment = START.replace(hour=13, minute=30)  # half past nine in the evening
    with standing(Robot("wecom", clock=clock.seconds)) as robot:
        settings.PACEMARK_ROBOTS = [robot.setting]
        channel = make_channel(quiet_from=time(21), quiet_until=time(8, 15))
        queue_numbered(channel, 1)
        sending.send_due()
        assert robot.taken == []
        clock.moment = datetime(2024, 3, 16, 0, 14, 59, tzinfo=UTC)
        assert sending.claim(clock.now()) is None
        clock.moment = datetime(2024, 3, 16, 0, 15, tzinfo=UTC)
        sending.send_due()
    assert len(robot.taken) == 1


def test_a_moment_is_told_once(make_channel: Make) -> None:
    channel = make_channel()
    queue_numbered(channel, 2)
    queue_numbered(channel, 3)
    assert Message.objects.count() == 3


def test_news_of_two_days_ago_are_no_news(make_channel: Make, clock: Clock) -> None:
    channel = make_channel(is_on=False)
    queue_numbered(channel, 1)
    clock.sleep(49 * 3600)
    sending.send_due()
    assert Message.objects.get().state == MessageState.QUEUED, "a channel that is off says nothing"
    channel.is_on = True
    channel.save()
    sending.send_due()
    message = Message.objects.get()
    assert (message.state, message.failure) == (MessageState.FAILED, "notifications.too_old")


def test_whoever_lost_the_lease_sends_nothing(make_channel: Make, clock: Clock) -> None:
    queue_numbered(make_channel(), 1)
    slow = sending.claim(clock.now())
    assert slow is not None
    clock.sleep(91)
    assert sending.release_expired(clock.now()) == 1
    assert sending.hand_over(slow) is False
    clock.sleep(31)
    again = sending.claim(clock.now())
    assert again is not None and sending.hand_over(again)


def test_what_was_settled_long_ago_is_forgotten_and_what_is_stuck_stays(make_channel: Make, clock: Clock) -> None:
    queue_numbered(make_channel(), 4)
    for key, state in (("n:0", "sent"), ("n:1", "dropped"), ("n:2", "failed"), ("n:3", "doubtful")):
        Message.objects.filter(key=key).update(state=state)
    assert queueing.forget_old(START + timedelta(days=89)) == 0
    assert queueing.forget_old(START + timedelta(days=91)) == 2
    assert set(Message.objects.values_list("state", flat=True)) == {"failed", "doubtful"}
