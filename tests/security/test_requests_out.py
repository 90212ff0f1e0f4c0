"""Server-side request forgery: channels, webhooks and sign-in lead nowhere inside the house."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from django.urls import reverse

from pacemark.web.notifications.addresses import endpoint, read_address
from pacemark.web.notifications.models import Channel
from pacemark.web.notifications.refusals import Refused
from pacemark.web.shared.outgoing import ForbiddenAddressError, Houses, check_url, guarded_session, post
from tests.support.people import People, client_of

INSIDE = (
    "http://127.0.0.1/",
    "https://127.0.0.1/",
    "https://localhost/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://0.0.0.0/",
    "https://10.1.2.3/",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://[fe80::1]/",
    "https://[fd00::1]/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0177.0.0.1/",
    "https://127.1/",
    "https://user:secret@example.com/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:25/",
    "https:///nothing",
)


@pytest.mark.parametrize("url", INSIDE)
def test_no_spelling_of_an_inner_address_is_connected_to(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    connected: list[Any] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _self, address: connected.append(address))
    with pytest.raises((ForbiddenAddressError, OSError)), guarded_session(Houses()) as session:
        check_url(url, Houses())
        post(session, url, b"{}", {})
    assert connected == []


def test_a_name_that_changes_its_address_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: public when looked at, ours when connected to; and one of several."""
    connected: list[Any] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _self, address: connected.append(address))
    answers = [["93.184.216.34", "127.0.0.1"], ["169.254.169.254"]]
    for found in answers:
        rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in found]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, rows=rows, **_k: rows)
        with pytest.raises((ForbiddenAddressError, OSError)), guarded_session(Houses()) as session:
            check_url("https://rebinding.example/", Houses())
            post(session, "https://rebinding.example/", b"{}", {})
    assert connected == []


ELSEWHERE = (
    *(url for url in INSIDE if "://" in url),
    "https://evil.example/cgi-bin/webhook/send?key=0123456789",
    "https://qyapi.weixin.qq.com.evil.example/cgi-bin/webhook/send?key=0123456789",
    "https://qyapi.weixin.qq.com@evil.example/cgi-bin/webhook/send?key=0123456789",
    "https://qyapi.weixin.qq.com:8443/cgi-bin/webhook/send?key=0123456789",
    "http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0123456789",
    "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=../../../admin",
    "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=a%40evil.example%2Fx",
    "12345678@evil.example",
    "../../../../secret",
    "12345678?x=1&y=#",
    "12345678\r\nHost: evil.example",
)


@pytest.mark.parametrize("kind", ["wecom", "dingtalk", "feishu"])
def test_a_robot_is_the_vendor_s_own_or_nobody(kind: str) -> None:
    for typed in ELSEWHERE:
        with pytest.raises(Refused) as refused:
            read_address(kind, typed)
        assert refused.value.code in {"notifications.foreign_host", "notifications.bad_webhook"}, typed
    host = endpoint(kind, "0123456789").split("/")[2]
    assert host in {"qyapi.weixin.qq.com", "oapi.dingtalk.com", "open.feishu.cn"}


def test_the_page_takes_no_inner_address_either(people: People) -> None:
    client = client_of(people.operations)
    address = reverse("notifications:add")
    fields = {"kind": "wecom", "name": "x", "address": "http://169.254.169.254/cgi-bin/webhook/send?key=0123456789"}

    assert client.post(address, fields).status_code != 302
    assert not Channel.objects.exists()
    with pytest.raises(Refused):
        read_address("email", "x@y\r\nBcc: all@example.com")
