"""The systems whose accounts open the door, as allauth finds them: OIDC, Feishu, DingTalk and WeCom.

Each may be told another server: Lark beside Feishu, a private installation, or a stand-in for trying out.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urljoin

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base import ProviderAccount
from allauth.socialaccount.providers.dingtalk.provider import DingTalkProvider
from allauth.socialaccount.providers.dingtalk.views import DingTalkOAuth2Adapter
from allauth.socialaccount.providers.feishu.client import FeishuOAuth2Client
from allauth.socialaccount.providers.feishu.provider import FeishuProvider
from allauth.socialaccount.providers.feishu.views import FeishuOAuth2Adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest

WECOM_API = "https://qyapi.weixin.qq.com"
WECOM_LOGIN = "https://login.work.weixin.qq.com/wwlogin/sso/login"


class _KeepsLittle:
    """Of what the other system tells, only its id of the person is kept; the rest is at hand during the sign-in."""

    def extract_extra_data(self, _data: dict[str, Any]) -> dict[str, Any]:
        return {}

    def sociallogin_from_response(self, request: HttpRequest, response: dict[str, Any]) -> SocialLogin:
        login: SocialLogin = super().sociallogin_from_response(request, response)  # type: ignore[misc]
        login.claims = {**response.get("id_token", {}), **response.get("userinfo", {})} or response
        login.email_addresses = []
        return login


def _elsewhere(adapter: OAuth2Adapter, address: str) -> str:
    """Return a vendor's address on the server that the operator named, if one is named."""
    server = adapter.get_provider().app.settings.get("server_url")
    return urljoin(f"{server}/", "/" + address.split("/", 3)[3]) if server else address


# --- OpenID Connect ---------------------------------------------------------------------------------------------------


class OidcAdapter(OpenIDConnectOAuth2Adapter):
    """The authorisation code flow with PKCE; the signature of the ID token is always verified."""

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        config = self.openid_config
        claims: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=config["jwks_uri"],
            issuer=config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
        return claims

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        """Insist on an ID token, and on the same person in the answer of the userinfo endpoint."""
        id_token = kwargs["response"].get("id_token")
        if not id_token:
            raise OAuth2Error("no ID token")
        claims = self._decode_id_token(app, id_token)
        data = {"id_token": claims, "userinfo": {"sub": claims["sub"]}}
        if "userinfo_endpoint" in self.openid_config:
            data["userinfo"] = self._fetch_user_info(token.token)
        if data["userinfo"].get("sub") != claims["sub"]:
            raise OAuth2Error("the userinfo is another person's")
        return self.get_provider().sociallogin_from_response(request, data)


class CompanyOidc(_KeepsLittle, OpenIDConnectProvider):
    """Any OpenID Connect server: Keycloak, Okta, Entra, Authing and others."""

    oauth2_adapter_class = OidcAdapter


# --- Feishu and DingTalk ----------------------------------------------------------------------------------------------


class FeishuClient(FeishuOAuth2Client):
    """Feishu's, or another server's, codes and tokens."""

    def __init__(self, *args: Any, app_access_token_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.app_access_token_url = app_access_token_url


class FeishuAdapter(FeishuOAuth2Adapter):
    """Feishu, or Lark where that is the server."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        stock = FeishuOAuth2Adapter
        self.access_token_url = _elsewhere(self, stock.access_token_url)
        self.user_info_url = _elsewhere(self, stock.user_info_url)

    @property
    def authorize_url(self) -> str:
        """Where the person is sent to."""
        return _elsewhere(self, self.authorization_url)

    def get_client(self, request: HttpRequest, app: SocialApp) -> FeishuClient:
        """Return what asks for tokens."""
        return FeishuClient(
            request,
            app.client_id,
            app.secret,
            self.access_token_method,
            self.access_token_url,
            self.get_callback_url(request, app),
            app_access_token_url=_elsewhere(self, self.app_access_token_url),
        )


class Feishu(_KeepsLittle, FeishuProvider):
    """Feishu."""

    oauth2_adapter_class = FeishuAdapter


class DingTalkAdapter(DingTalkOAuth2Adapter):
    """DingTalk, or a stand-in."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        stock = DingTalkOAuth2Adapter
        self.authorize_url = _elsewhere(self, stock.authorize_url)
        self.access_token_url = _elsewhere(self, stock.access_token_url)
        self.profile_url = _elsewhere(self, stock.profile_url)


class DingTalk(_KeepsLittle, DingTalkProvider):
    """DingTalk."""

    oauth2_adapter_class = DingTalkAdapter


# --- WeCom ------------------------------------------------------------------------------------------------------------


def _answer(address: str, **params: str) -> dict[str, Any]:
    """Ask WeCom something; what goes wrong there comes with a number other than 0."""
    with get_adapter().get_requests_session() as session:
        response = session.get(address, params=params)
        response.raise_for_status()
        told: dict[str, Any] = response.json()
    if told.get("errcode"):
        raise OAuth2Error(f"WeCom answered {told['errcode']}")
    return told


class WeComClient(OAuth2Client):
    """WeCom's own order: the application gets a token, and the code says who the person is."""

    def get_redirect_url(self, authorization_url: str, scope: list[str], extra_params: dict[str, Any]) -> str:
        """Return where the person is sent to."""
        params = {
            "login_type": "CorpApp",
            "appid": self.consumer_key,
            "redirect_uri": self.callback_url,
            "state": self.state or "",
            **extra_params,
        }
        return f"{authorization_url}?{urlencode(params)}"

    def get_access_token(self, code: str, **_kwargs: Any) -> dict[str, Any]:
        """Return the application's token, and the code for the question after it."""
        told = _answer(self.access_token_url, corpid=self.consumer_key, corpsecret=self.consumer_secret)
        if not told.get("access_token"):
            raise OAuth2Error("WeCom gave no token")
        return {"access_token": told["access_token"], "code": code}


class WeComAdapter(OAuth2Adapter):
    """WeCom's web sign-in for members of the company."""

    provider_id = "wecom"
    client_class = WeComClient

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.authorize_url = _elsewhere(self, WECOM_LOGIN)
        self.access_token_url = _elsewhere(self, f"{WECOM_API}/cgi-bin/gettoken")
        self.profile_url = _elsewhere(self, f"{WECOM_API}/cgi-bin/auth/getuserinfo")

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        """Ask who the person is; somebody outside the company has no user id there."""
        told = _answer(self.profile_url, access_token=token.token, code=kwargs["response"]["code"])
        if not told.get("userid"):
            raise OAuth2Error("not a member of the company")
        return self.get_provider().sociallogin_from_response(request, {"userid": told["userid"]})


class WeCom(_KeepsLittle, OAuth2Provider):
    """WeCom."""

    id = "wecom"
    name = "WeCom"
    account_class = ProviderAccount
    oauth2_adapter_class = WeComAdapter

    def get_auth_params(self) -> dict[str, Any]:
        """Name the company's application."""
        return {**super().get_auth_params(), "agentid": self.app.settings["agent"]}

    def extract_uid(self, data: dict[str, Any]) -> str:
        """Return the person's id in the company's address book."""
        return str(data["userid"])

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return what a new account would be called."""
        return {"username": data["userid"], "name": data["userid"]}


provider_classes = [CompanyOidc, Feishu, DingTalk, WeCom]
