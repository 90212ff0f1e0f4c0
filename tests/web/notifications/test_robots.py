"""Each vendor's stand-in, as strict as the vendor: what is taken, what is refused, and how that is told apart."""

from __future__ import annotations

import logging
from email import message_from_string
from typing import Any

import pytest

from pacemark.web.notifications.choices import Answer
from pacemark.web.notifications.limits import LIMITS, shortened
from pacemark.web.notifications.robots import Outcome, Parcel, deliver
from pacemark.web.shared import outgoing
from tests.support.robots import KEY, SECRET, Mailbox, Robot, receiving, standing

KINDS = ("wecom", "dingtalk", "feishu")


def _told(settings: Any, robot: Robot, **given: Any) -> Outcome:
    settings.PACEMARK_ROBOTS = [robot.setting]
    usual = {
        "kind": robot.kind, "address": KEY, "secret": SECRET if robot.kind != "wecom" else "", "title": "战报 <1> & 二",
        "text": "- 一\n- **二**", "picture": None, "hand_over": lambda: True,
    }  # fmt: skip
    return deliver(Parcel(**{**usual, **given}))


@pytest.mark.parametrize("kind", KINDS)
def test_a_message_arrives_as_it_was_written(settings: Any, kind: str) -> None:
    with standing(Robot(kind)) as robot:
        assert _told(settings, robot) == Outcome(answer=Answer.SENT)
    (text,) = robot.taken
    assert "战报 <1> & 二" in text and "**二**" in text


def test_a_vendors_name_that_leads_into_the_house_is_told_nothing(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever bends the names of this machine's network learns no key."""
    real = outgoing.socket.getaddrinfo
    monkeypatch.setattr(outgoing.socket, "getaddrinfo", lambda _host, *rest, **more: real("127.0.0.1", *rest, **more))
    with standing(Robot("wecom")) as robot:
        settings.PACEMARK_ROBOTS = []
        told = Parcel(kind="wecom", address=KEY, secret="", title="t", text="t", picture=None, hand_over=lambda: True)
        assert deliver(told) == Outcome(answer=Answer.AGAIN, detail="notifications.forbidden_address")
    assert robot.taken == []


@pytest.mark.parametrize(("kind", "code"), [("dingtalk", "310000"), ("feishu", "19021")])
def test_a_wrong_signature_is_refused_for_good(settings: Any, kind: str, code: str) -> None:
    with standing(Robot(kind)) as robot:
        for secret in ("SECwrong0123456789", ""):
            outcome = _told(settings, robot, secret=secret)
            assert outcome.answer == Answer.REFUSED
            assert code in outcome.detail
    assert robot.taken == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_key_is_refused_for_good(settings: Any, kind: str) -> None:
    with standing(Robot(kind)) as robot:
        assert _told(settings, robot, address="another0123456789").answer == Answer.REFUSED


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("trouble", "answer"),
    [("error", Answer.AGAIN), ("busy", Answer.AGAIN), ("page", Answer.REFUSED), ("cut", Answer.DOUBTFUL)],
)
def test_troubles_are_told_apart(settings: Any, kind: str, trouble: str, answer: Answer) -> None:
    with standing(Robot(kind, trouble=lambda _robot, _text: trouble)) as robot:
        assert _told(settings, robot).answer == answer


def test_silence_after_the_message_left_is_doubt(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pacemark.web.shared.outgoing.READ_SECONDS", 0.3)
    with standing(Robot("wecom", trouble=lambda _robot, _text: "silent")) as robot:
        assert _told(settings, robot).answer == Answer.DOUBTFUL
    assert len(robot.taken) == 1


def test_a_robot_that_is_not_there_was_not_told(settings: Any) -> None:
    with standing(Robot("wecom")) as robot:
        pass
    assert _told(settings, robot).answer == Answer.AGAIN


@pytest.mark.parametrize("kind", KINDS)
def test_more_than_the_limit_is_throttled(settings: Any, kind: str) -> None:
    most = {"wecom": 20, "dingtalk": 20, "feishu": 5}[kind]
    with standing(Robot(kind, clock=lambda: 0.0)) as robot:
        answers = [_told(settings, robot).answer for _ in range(most + 1)]
    assert answers == [Answer.SENT] * most + [Answer.THROTTLED]


def test_nothing_leaves_once_the_lease_is_lost(settings: Any) -> None:
    with standing(Robot("feishu")) as robot:
        assert _told(settings, robot, hand_over=lambda: False).answer == Answer.AGAIN
    assert robot.turns == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_longest_text_fits_and_says_that_it_was_shortened(settings: Any, kind: str) -> None:
    text = shortened("- 一行很长的话，说的是今天\n" * 2000, LIMITS[kind].text_bytes, "……后面略去")
    with standing(Robot(kind)) as robot:
        assert _told(settings, robot, text=text).answer == Answer.SENT
    assert robot.taken[0].rstrip().endswith("……后面略去")
    assert shortened("短", LIMITS[kind].text_bytes, "……后面略去") == "短"


def test_wecom_takes_a_picture_whole(settings: Any) -> None:
    with standing(Robot("wecom")) as robot:
        assert _told(settings, robot, picture=b"\x89PNG" + b"x" * 50_000).answer == Answer.SENT
    assert robot.taken == ["image of 50004 bytes"]


def test_mail_arrives_with_its_picture(settings: Any) -> None:
    with receiving(Mailbox()) as mailbox:
        settings.PACEMARK_SMTP = mailbox.setting
        given = {
            "kind": "email",
            "address": "group@example.com",
            "secret": "",
            "picture": b"\x89PNG123",
            "text": "甲\n乙",
        }
        assert _told(settings, Robot("wecom"), **given).answer == Answer.SENT
    (taken,) = mailbox.taken
    assert "To: group@example.com" in taken and "card.png" in taken
    html = next(part for part in message_from_string(taken).walk() if part.get_content_type() == "text/html")
    assert "<br" in bytes(html.get_payload(decode=True)).decode(), "lines stay lines"


@pytest.mark.parametrize(
    ("word", "answer"),
    [(b"550 no such box", Answer.REFUSED), (b"451 come back", Answer.AGAIN), (b"", Answer.DOUBTFUL)],
)
def test_what_a_mail_server_says_is_heard(settings: Any, word: bytes, answer: Answer) -> None:
    with receiving(Mailbox(answer_to_data=word)) as mailbox:
        settings.PACEMARK_SMTP = mailbox.setting
        assert _told(settings, Robot("wecom"), kind="email", address="group@example.com").answer == answer
    assert not logging.getLogger("apprise").propagate, "its log names mailboxes"


def test_without_a_mail_server_that_is_said(settings: Any) -> None:
    settings.PACEMARK_SMTP = ""
    outcome = _told(settings, Robot("wecom"), kind="email", address="group@example.com")
    assert outcome == Outcome(answer=Answer.REFUSED, detail="notifications.no_mail_server")
