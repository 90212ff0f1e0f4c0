"""Accounts of other systems that people may sign in with: what an operator writes, and what allauth is told.

Settings are made from this, so nothing here may touch Django's models or translations.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

KINDS = ("oidc", "feishu", "dingtalk", "wecom")
_PROVIDER = {"oidc": "openid_connect"}
_ID = re.compile(r"[a-z][a-z0-9-]{0,29}")
_FIELDS = frozenset({"kind", "id", "name", "client", "secret", "server", "agent", "match", "sign_up"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One system whose accounts open the door here.

    ``match`` names the claim that equals an account's user name here; empty: people join the two themselves.
    ``may_sign_up``: whoever has an account there gets one here, as a rep, without being asked.
    """

    kind: str
    id: str
    name: str
    client: str
    secret: str
    server: str = ""
    agent: str = ""
    match: str = ""
    may_sign_up: bool = False


def ways_from(text: str) -> tuple[Way, ...]:
    """Read the ways from JSON.

    Raises
    ------
    ValueError
        With one plain sentence when something cannot be used; no secret is in it.
    """
    if not text.strip():
        return ()
    try:
        rows = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"no JSON (line {error.lineno}, column {error.colno})") from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError("a list of objects is expected, one for each way")
    ways = tuple(_way(row) for row in rows)
    if len({way.id for way in ways}) < len(ways):
        raise ValueError("each way needs an id of its own")
    return ways


def _way(row: dict[str, Any]) -> Way:
    if unknown := sorted(set(row) - _FIELDS):
        raise ValueError(f"{unknown[0]!r} is no field of a way; there are {', '.join(sorted(_FIELDS))}")
    kind = row.get("kind")
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}, not {kind!r}")
    texts = {field: row.get(field, "") for field in _FIELDS - {"kind", "sign_up"}}
    if wrong := [field for field, value in texts.items() if not isinstance(value, str)]:
        raise ValueError(f"{sorted(wrong)[0]} must be a text")
    texts["id"] = texts["id"] or kind
    _check(kind, texts, row.get("sign_up", False))
    return Way(kind=kind, may_sign_up=row.get("sign_up", False), **texts)


def _check(kind: str, texts: dict[str, str], may_sign_up: Any) -> None:
    for field in ("name", "client", "secret", *(("server",) if kind == "oidc" else ())):
        if not texts[field]:
            raise ValueError(f"{field} is missing for {texts['id']!r}")
    if not _ID.fullmatch(texts["id"]) or (texts["id"] in KINDS and texts["id"] != kind):
        raise ValueError(f"{texts['id']!r} cannot be an id: small letters, digits and hyphens, no other kind's name")
    if kind != "oidc" and texts["id"] != kind:
        raise ValueError(f"there is one way of kind {kind}, and its id is {kind!r}")
    server = urlsplit(texts["server"])
    if texts["server"] and (server.scheme not in {"http", "https"} or not server.hostname):
        raise ValueError(f"server of {texts['id']!r} must be an address like https://id.example.com")
    if kind == "wecom" and not texts["agent"]:
        raise ValueError("agent is missing for 'wecom'")
    if not isinstance(may_sign_up, bool):
        raise ValueError("sign_up must be true or false")
    if may_sign_up and kind == "dingtalk":
        raise ValueError("sign_up cannot be true for dingtalk: anybody in any company has an account there")


def providers_of(ways: tuple[Way, ...]) -> dict[str, Any]:
    """Return ``SOCIALACCOUNT_PROVIDERS`` for the ways."""
    providers: dict[str, Any] = {}
    for way in ways:
        app = {
            "provider_id": way.id if way.kind == "oidc" else "",
            "name": way.name,
            "client_id": way.client,
            "secret": way.secret,
            "settings": {"server_url": way.server.rstrip("/"), "agent": way.agent},
        }
        entry = providers.setdefault(_PROVIDER.get(way.kind, way.kind), {"APPS": []})
        entry["APPS"].append(app)
        if way.kind == "oidc":
            entry["OAUTH_PKCE_ENABLED"] = True
    return providers
