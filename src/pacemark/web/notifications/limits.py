"""How much each vendor takes: messages a span, bytes a message. Pure arithmetic over moments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pacemark.web.notifications.choices import ChannelKind

# Their clocks and ours count a span from other moments; a little more keeps us inside theirs.
MARGIN = timedelta(seconds=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """So many messages in so many seconds."""

    count: int
    span_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What a vendor takes from one robot; ``throttled_seconds`` is how long it stays shut after too many."""

    rates: tuple[Rate, ...]
    text_bytes: int
    throttled_seconds: int


LIMITS: Mapping[str, Limit] = {
    # Markdown of a WeCom robot ends at 4,096 bytes, whatever the body may hold.
    ChannelKind.WECOM: Limit(rates=(Rate(count=20, span_seconds=60),), text_bytes=4_000, throttled_seconds=60),
    # DingTalk shuts a robot for ten minutes that talks too much.
    ChannelKind.DINGTALK: Limit(rates=(Rate(count=20, span_seconds=60),), text_bytes=18_000, throttled_seconds=600),
    ChannelKind.FEISHU: Limit(
        rates=(Rate(count=100, span_seconds=60), Rate(count=5, span_seconds=1)), text_bytes=18_000, throttled_seconds=60
    ),
    ChannelKind.EMAIL: Limit(rates=(Rate(count=60, span_seconds=60),), text_bytes=200_000, throttled_seconds=300),
}


def free_at(limit: Limit, past: Sequence[datetime], now: datetime) -> datetime:
    """Return the earliest moment at which one more message is allowed; ``past`` are the attempts, oldest first."""
    moment = now
    for rate in limit.rates:
        if len(past) >= rate.count:
            moment = max(moment, past[-rate.count] + timedelta(seconds=rate.span_seconds) + MARGIN)
    return moment


def shortened(text: str, n_bytes: int, ending: str) -> str:
    """Return the text, or as many whole lines of it as fit before an ending that says so."""
    if len(text.encode()) <= n_bytes:
        return text
    room = n_bytes - len(f"\n\n{ending}".encode())
    kept = text.encode()[:room].decode(errors="ignore")
    whole = kept[: kept.rfind("\n")] if "\n" in kept else kept
    return f"{whole}\n\n{ending}"
