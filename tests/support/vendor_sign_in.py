"""Stand-ins for the web sign-in of Feishu, DingTalk and WeCom, as their documents describe the answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.support.answering import Question, answering

CLIENT, SECRET, CODE = "app-1", "app secret", "code-1"


@dataclass
class Vendor:
    """One server that speaks for all three; ``person`` is who is signed in there, "" a stranger to the company."""

    url: str = ""
    person: str = "u-77"
    asked: list[str] = field(default_factory=list)

    def feishu(self, path: str, body: dict[str, Any], bearer: str) -> dict[str, Any] | None:
        """Answer Feishu's three questions."""
        if path == "/open-apis/auth/v3/app_access_token/internal/":
            known = body == {"app_id": CLIENT, "app_secret": SECRET}
            return {"code": 0, "app_access_token": "app-token"} if known else {"code": 10003}
        if path == "/open-apis/authen/v1/access_token":
            known = body.get("app_access_token") == "app-token" and body.get("code") == CODE
            return {"code": 0, "data": {"access_token": "user-token"}} if known else {"code": 20003, "data": {}}
        if path == "/open-apis/authen/v1/user_info":
            known = bearer == "Bearer user-token"
            return {"code": 0, "data": {"open_id": self.person, "name": "Fei"}} if known else {"code": 20005}
        return None

    def dingtalk(self, path: str, body: dict[str, Any], token: str) -> dict[str, Any] | None:
        """Answer DingTalk's two questions."""
        if path == "/v1.0/oauth2/userAccessToken":
            asked = {"clientId": CLIENT, "clientSecret": SECRET, "code": CODE, "grantType": "authorization_code"}
            return {"accessToken": "t", "refreshToken": "r", "expireIn": 7200} if body == asked else {"code": "no"}
        if path == "/v1.0/contact/users/me":
            return {"openId": self.person, "nick": "Ding"} if token == "t" else {"code": "no"}
        return None

    def wecom(self, path: str, query: dict[str, str]) -> dict[str, Any] | None:
        """Answer WeCom's two questions."""
        if path == "/cgi-bin/gettoken":
            known = query == {"corpid": CLIENT, "corpsecret": SECRET}
            return {"errcode": 0, "access_token": "corp-token"} if known else {"errcode": 40001}
        if path == "/cgi-bin/auth/getuserinfo":
            if query != {"access_token": "corp-token", "code": CODE}:
                return {"errcode": 40029}
            return {"errcode": 0, "userid": self.person} if self.person else {"errcode": 0, "openid": "stranger"}
        return None

    def answer(self, asked: Question) -> tuple[int, Any]:
        """Answer whatever is asked, in the name of whoever has such an address."""
        self.asked.append(asked.path)
        told = (
            self.feishu(asked.path, asked.body, asked.headers.get("authorization", ""))
            or self.dingtalk(asked.path, asked.body, asked.headers.get("x-acs-dingtalk-access-token", ""))
            or self.wecom(asked.path, asked.query)
        )
        return (200, told) if told else (404, {})


@contextmanager
def vendor_sign_in() -> Iterator[Vendor]:
    """Run one on a free port of this machine."""
    vendor = Vendor()
    with answering(vendor.answer) as url:
        vendor.url = url
        yield vendor
