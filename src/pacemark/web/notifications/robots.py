"""Handing one message to a vendor, through Apprise.

Apprise knows the vendors, their keys, formats and e-mail. Its robots take every HTTP 200 for success, though all three
vendors answer 200 with an error inside; its Feishu robot does not sign; and none can be pointed at another host. So
each robot here is Apprise's own with another ``send``, which reads the vendor's answer and keeps it as an
:class:`Outcome`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import re
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import requests
from apprise import AppriseAttachment, LogCapture, NotifyFormat
from apprise.attachment.memory import AttachMemory
from apprise.conversion import convert_between
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.email import NotifyEmail
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.wecombot import NotifyWeComBot
from django.conf import settings

from pacemark.web.notifications.addresses import endpoint, own_hosts
from pacemark.web.notifications.choices import Answer, ChannelKind
from pacemark.web.shared.outgoing import ForbiddenAddressError, guarded_session, post

# What vendors answer to too many messages, and to their own trouble; every other code refuses this message for good.
THROTTLED = frozenset({45009, 45033, 130101, 11232, 9499, 99991400})
BUSY = frozenset({-1, 50001})
# A gate in between gave up waiting: the message may have gone through it.
GATEWAY = frozenset({502, 504})
TOO_MANY, SERVER_ERROR = 429, 500
LOST = "notifications.not_begun"
# What Apprise logs names addresses; what became of a message is kept with it and shown on its page.
logging.getLogger("apprise").propagate = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one attempt; ``detail`` is the vendor's own word, or a code that ``ui/wording.py`` words."""

    answer: Answer
    detail: str = ""
    wait_seconds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A message on its way: what it says, where to, and whom to tell before the first byte leaves.

    ``hand_over`` returns False where the sender has lost the message meanwhile; then nothing is sent.
    """

    kind: str
    address: str
    secret: str
    title: str
    text: str
    picture: bytes | None
    hand_over: Callable[[], bool]


class _Robot(ABC):
    """What the three vendors' robots share: one POST of JSON, and an answer that is read."""

    request_rate_per_sec = 0  # the queue keeps the limits, over all workers
    title_maxlen = 200
    body_maxlen = 200_000
    outcome: Outcome
    parcel: Parcel

    def carry(self, parcel: Parcel) -> None:
        self.parcel, self.outcome = parcel, Outcome(answer=Answer.AGAIN, detail=LOST)

    @abstractmethod
    def content(self) -> dict[str, Any]:
        """Return what the vendor wants posted."""

    def query(self) -> str:
        return ""

    def send(self, *_args: object, **_kwargs: object) -> bool:
        """Send as Apprise asks; what it passes is what the parcel holds."""
        if self.parcel.hand_over():
            self.outcome = _posted(endpoint(self.parcel.kind, self.parcel.address) + self.query(), self.content())
        return self.outcome.answer == Answer.SENT


class WeCom(_Robot, NotifyWeComBot):  # type: ignore[misc]
    """A WeCom group's robot; it takes pictures."""

    def content(self) -> dict[str, Any]:
        """Return the picture where there is one, else Markdown."""
        if (picture := self.parcel.picture) is not None:
            encoded = base64.b64encode(picture).decode("ascii")
            digest = hashlib.md5(picture, usedforsecurity=False).hexdigest()
            return {"msgtype": "image", "image": {"base64": encoded, "md5": digest}}
        return {"msgtype": "markdown", "markdown": {"content": f"## {self.parcel.title}\n{self.parcel.text}"}}


class DingTalk(_Robot, NotifyDingTalk):  # type: ignore[misc]
    """A DingTalk group's robot, signed in the address."""

    def query(self) -> str:
        """Return the signature, made by Apprise."""
        if not self.secret:
            return ""
        timestamp, sign = self.get_signature()
        return f"&timestamp={timestamp}&sign={sign}"

    def content(self) -> dict[str, Any]:
        """Return Markdown."""
        text = _broken_lines(self.parcel.text)
        return {
            "msgtype": "markdown",
            "markdown": {"title": self.parcel.title, "text": f"## {self.parcel.title}\n{text}"},
        }


class Feishu(_Robot, NotifyFeishu):  # type: ignore[misc]
    """A Feishu group's robot, signed in the body."""

    def content(self) -> dict[str, Any]:
        """Return a card with a heading and Markdown."""
        card = {
            "header": {"title": {"tag": "plain_text", "content": self.parcel.title}},
            "elements": [{"tag": "markdown", "content": self.parcel.text}],
        }
        return {"msg_type": "interactive", "card": card, **_feishu_signature(self.parcel.secret)}


def _broken_lines(text: str) -> str:
    """Return Markdown whose lines stay lines; strict Markdown would run them together."""
    return text.replace("\n", "  \n")


def _feishu_signature(secret: str) -> dict[str, str]:
    """Return Feishu's signature: the text to sign is the key, and the message is empty."""
    if not secret:
        return {}
    timestamp = str(int(time.time()))
    signed = hmac.new(f"{timestamp}\n{secret}".encode(), b"", hashlib.sha256).digest()
    return {"timestamp": timestamp, "sign": base64.b64encode(signed).decode("ascii")}


class Mail(NotifyEmail):
    """E-mail through the server that the machine's settings name."""

    request_rate_per_sec = 0
    socket_connect_timeout = 15
    parcel: Parcel
    outcome: Outcome

    def send(self, *args: Any, **kwargs: Any) -> bool:
        """Send as Apprise does, and learn from its log what the server said."""
        if not self.parcel.hand_over():
            self.outcome = Outcome(answer=Answer.AGAIN, detail=LOST)
            return False
        with LogCapture(level=10) as log:
            is_sent = bool(super().send(*args, **kwargs))
            self.outcome = Outcome(answer=Answer.SENT) if is_sent else _mail_failure(log.getvalue())
        return is_sent


def _mail_failure(log: str) -> Outcome:
    told = re.findall(r"Socket Exception: (.*)", log)
    said = told[-1][:300] if told else "notifications.mail_not_taken"
    if "Connection error while submitting" in log:
        return Outcome(answer=Answer.AGAIN, detail=said)
    code = re.search(r"\(?\b([45])\d\d\b", " ".join(re.findall(r"was refused: .*", log)) or said)
    if code is None:  # the line broke or stayed silent after the message had been begun
        return Outcome(answer=Answer.DOUBTFUL, detail=said)
    return Outcome(answer=Answer.REFUSED if code[1] == "5" else Answer.AGAIN, detail=said)


def deliver(parcel: Parcel) -> Outcome:
    """Hand a message over, once, and return what came of it."""
    if parcel.kind == ChannelKind.EMAIL:
        return _mailed(parcel)
    robot = _robot(parcel)
    # the plugin itself, not Apprise's pool of threads: the hand-over is noted on this thread's connection
    robot.notify(title=parcel.title, body=parcel.text, body_format=NotifyFormat.MARKDOWN)
    return robot.outcome


def _robot(parcel: Parcel) -> WeCom | DingTalk | Feishu:
    robot: WeCom | DingTalk | Feishu
    if parcel.kind == ChannelKind.WECOM:
        robot = WeCom(key=parcel.address)
    elif parcel.kind == ChannelKind.DINGTALK:
        robot = DingTalk(token=parcel.address, secret=parcel.secret or None)
    else:
        robot = Feishu(token=parcel.address)
    robot.carry(parcel)
    return robot


def _mailed(parcel: Parcel) -> Outcome:
    if not settings.PACEMARK_SMTP:
        return Outcome(answer=Answer.REFUSED, detail="notifications.no_mail_server")
    joint = "&" if "?" in settings.PACEMARK_SMTP else "/?"
    url = f"{settings.PACEMARK_SMTP}{joint}{urlencode({'to': parcel.address, 'format': 'html'})}"
    results = NotifyEmail.parse_url(url)
    if not results:
        return Outcome(answer=Answer.REFUSED, detail="notifications.bad_mail_server")
    mail = Mail(**{name: value for name, value in results.items() if name not in {"schema", "url"}})
    mail.parcel, mail.outcome = parcel, Outcome(answer=Answer.AGAIN, detail=LOST)
    attached = (
        AppriseAttachment(AttachMemory(content=parcel.picture, name="card.png", mimetype="image/png"))
        if parcel.picture
        else None
    )
    html = convert_between(NotifyFormat.MARKDOWN, NotifyFormat.HTML, _broken_lines(parcel.text))
    mail.notify(title=parcel.title, body=html, body_format=NotifyFormat.HTML, attach=attached)
    return mail.outcome


def _posted(url: str, content: dict[str, Any]) -> Outcome:
    body = json.dumps(content, ensure_ascii=False).encode()
    try:
        with guarded_session(own_hosts(), by_proxy=True) as session:
            response = post(session, url, body, {"Content-Type": "application/json; charset=utf-8"})
    except ForbiddenAddressError:
        return Outcome(answer=Answer.AGAIN, detail="notifications.forbidden_address")
    except requests.ConnectTimeout:
        return Outcome(answer=Answer.AGAIN, detail="notifications.not_reached")
    except requests.ConnectionError as error:
        return _broken(error)
    except requests.RequestException:
        return Outcome(answer=Answer.DOUBTFUL, detail="notifications.no_answer")
    return _read(response)


def _broken(error: requests.ConnectionError) -> Outcome:
    """Tell a connection that never stood, where nothing was sent, from one that broke with the message on its way."""
    never_stood = "NewConnectionError" in repr(error) or "NameResolutionError" in repr(error)
    if never_stood or isinstance(error, requests.exceptions.SSLError | requests.exceptions.ProxyError):
        return Outcome(answer=Answer.AGAIN, detail="notifications.not_reached")
    return Outcome(answer=Answer.DOUBTFUL, detail="notifications.line_broke")


def _read(response: requests.Response) -> Outcome:
    """Return what a vendor's answer says: errcode of WeCom and DingTalk, code of Feishu, 0 is success."""
    status = response.status_code
    if status == TOO_MANY:
        wait = response.headers.get("Retry-After", "")
        return Outcome(answer=Answer.THROTTLED, detail="HTTP 429", wait_seconds=int(wait) if wait.isdigit() else 0)
    if status in GATEWAY:
        return Outcome(answer=Answer.DOUBTFUL, detail=f"HTTP {status}")
    if status >= SERVER_ERROR:
        return Outcome(answer=Answer.AGAIN, detail=f"HTTP {status}")
    try:
        said = response.json()
        code = int(said.get("errcode", said.get("code", said.get("StatusCode"))))
    except (ValueError, TypeError, AttributeError):
        # a page where JSON was due: a wrong host or a gate in between
        return Outcome(answer=Answer.REFUSED, detail="notifications.unreadable_answer")
    words = f"{code} {said.get('errmsg', said.get('msg', ''))}"[:300]
    if code == 0:
        return Outcome(answer=Answer.SENT)
    if code in THROTTLED:
        return Outcome(answer=Answer.THROTTLED, detail=words)
    return Outcome(answer=Answer.AGAIN if code in BUSY else Answer.REFUSED, detail=words)
