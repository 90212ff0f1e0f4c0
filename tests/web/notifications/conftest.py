"""Channels that lead to stand-ins."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pacemark.web.notifications.composing import Draft
from pacemark.web.notifications.models import Channel
from pacemark.web.notifications.services.channels import ChannelWords, save_channel
from pacemark.web.notifications.services.queue import queue
from tests.support.people import People
from tests.support.robots import KEY, SECRET

Make = Callable[..., Channel]


def words(**given: object) -> ChannelWords:
    """Return a WeCom channel's words, changed as told."""
    usual: dict[str, object] = {
        "name": "群", "kind": "wecom", "address": KEY, "secret": "", "team": None, "language": "zh-hans",
        "wants": ("digest",), "digest_at": None, "quiet_from": None, "quiet_until": None, "is_on": True,
    }  # fmt: skip
    return ChannelWords(**{**usual, **given})  # type: ignore[arg-type]


@pytest.fixture
def make_channel(people: People) -> Make:
    """Return how a test makes a channel."""

    def make(kind: str = "wecom", **given: object) -> Channel:
        secret = SECRET if kind in {"dingtalk", "feishu"} else ""
        asked = {"name": f"{kind} 群", "kind": kind, "secret": secret, **given}
        return save_channel(actor=people.admin, channel=None, words=words(**asked))

    return make


def queue_numbered(channel: Channel, count: int) -> None:
    """Queue messages that can be told apart."""
    queue(channel, "digest", [Draft(key=f"n:{n}", title=f"第 {n} 条", text=f"- 内容 {n}") for n in range(count)])
