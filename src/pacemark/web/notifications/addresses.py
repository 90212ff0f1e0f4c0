"""Where a channel leads. Of a robot only its key is kept: the host is the vendor's, never one that somebody typed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from pacemark.web.notifications.choices import ChannelKind
from pacemark.web.notifications.refusals import refuse
from pacemark.web.shared.outgoing import Houses
from pacemark.web.shared.sealing import keyed_digest, opened, sealed

PURPOSE = "channel"
HOSTS = {
    ChannelKind.WECOM: "https://qyapi.weixin.qq.com",
    ChannelKind.DINGTALK: "https://oapi.dingtalk.com",
    ChannelKind.FEISHU: "https://open.feishu.cn",
}
PATHS = {
    ChannelKind.WECOM: "/cgi-bin/webhook/send?key={key}",
    ChannelKind.DINGTALK: "/robot/send?access_token={key}",
    ChannelKind.FEISHU: "/open-apis/bot/v2/hook/{key}",
}
_QUERY = {ChannelKind.WECOM: "key", ChannelKind.DINGTALK: "access_token"}
_KEY = re.compile(r"[A-Za-z0-9_-]{8,200}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{8,200}")
SIGNED = frozenset({ChannelKind.DINGTALK, ChannelKind.FEISHU})


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedAddress:
    """An address as it is kept, and as much of it as may be shown."""

    encrypted: str
    digest: str
    hint: str


def host_of(kind: str) -> str:
    """Return where a vendor's robots are reached: the vendor's own host, unless the machine's settings say another."""
    given = dict(entry.partition("=")[::2] for entry in settings.PACEMARK_ROBOTS)
    return given.get(kind, HOSTS[ChannelKind(kind)]).rstrip("/")


def own_hosts() -> Houses:
    """Return the hosts that the machine's settings name: they may stand inside the house, the vendors' may not."""
    named = [urlsplit(entry.partition("=")[2]).hostname for entry in settings.PACEMARK_ROBOTS]
    return Houses.of([name for name in named if name])


def endpoint(kind: str, key: str) -> str:
    """Return the address that a robot is told at."""
    return host_of(kind) + PATHS[ChannelKind(kind)].format(key=key)


def read_address(kind: str, typed: str) -> str:
    """Return a robot's key from the webhook address or the bare key, or one e-mail address; else refuse it."""
    text = typed.strip()
    if kind == ChannelKind.EMAIL:
        try:
            validate_email(text)
        except ValidationError as error:
            raise refuse("bad_email", "Write one e-mail address.", "address") from error
        return text
    key = _key_in(kind, text) if "://" in text else text
    if not _KEY.fullmatch(key):
        raise refuse("bad_webhook", "Paste the webhook address that the robot's page shows.", "address")
    return key


def _key_in(kind: str, url: str) -> str:
    parts, own = urlsplit(url), urlsplit(host_of(kind))
    if (parts.scheme, parts.netloc) != (own.scheme, own.netloc):
        raise refuse("foreign_host", "This address is not one of this vendor's robots.", "address")
    if name := _QUERY.get(ChannelKind(kind)):
        return parse_qs(parts.query).get(name, [""])[0]
    return parts.path.rstrip("/").rpartition("/")[2]


def read_secret(kind: str, typed: str) -> str:
    """Return the signing secret of a robot that signs; nothing for the others."""
    text = typed.strip()
    if not text or kind not in SIGNED:
        return ""
    if not _SECRET.fullmatch(text):
        raise refuse("bad_secret", "The secret holds letters and digits alone.", "secret")
    return text


def seal_address(kind: str, address: str) -> SealedAddress:
    """Seal an address that :func:`read_address` returned."""
    name, _at, host = address.partition("@")
    hint = f"{name[:1]}…@{host}" if host else f"…{address[-4:]}"
    return SealedAddress(
        encrypted=sealed(address, PURPOSE), digest=keyed_digest(f"{kind}:{address}", PURPOSE), hint=hint[:40]
    )


def reseal(kind: str, encrypted: str, old_key: str, new_key: str) -> tuple[str, str]:
    """Return an address or secret, and the digest of an address, under a new key; nothing stays empty."""
    if not encrypted:
        return "", ""
    text = opened(encrypted, PURPOSE, old_key)
    return sealed(text, PURPOSE, new_key), keyed_digest(f"{kind}:{text}", PURPOSE, new_key)


def seal_secret(secret: str) -> str:
    """Seal a secret; no secret stays empty."""
    return sealed(secret, PURPOSE) if secret else ""


def open_sealed(encrypted: str) -> str:
    """Return an address or a secret, to send with it."""
    return opened(encrypted, PURPOSE) if encrypted else ""
