"""Signing in with a company's accounts: against an OpenID Connect server that signs, and stand-ins of the vendors."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.test import Client
from django.urls import reverse

from pacemark.web.accounts.company_accounts import providers_of, ways_from
from pacemark.web.accounts.models import User
from pacemark.web.accounts.services import set_password
from pacemark.web.accounts.sign_in_services import invite
from pacemark.web.trail.models import TrailEntry
from tests.support.needs import ROOT
from tests.support.oidc_server import CLIENT, SECRET, OidcServer, oidc_server
from tests.support.people import People, client_of
from tests.support.vendor_sign_in import CLIENT as APP
from tests.support.vendor_sign_in import CODE, Vendor, vendor_sign_in
from tests.support.vendor_sign_in import SECRET as APP_SECRET

pytestmark = pytest.mark.usefixtures("quick_passwords")

PASSWORD = "correct-horse-battery"


@pytest.fixture(scope="module")
def _running() -> Iterator[OidcServer]:
    with oidc_server() as server:
        yield server


@pytest.fixture
def server(_running: OidcServer) -> OidcServer:
    """Return the server, honest again and with Li there."""
    _running.person, _running.claims, _running.signs_with = {"sub": "sub-1", "name": "Li"}, {}, "its own key"
    return _running


def _open_to(settings: Any, **fields: Any) -> None:

    ways = ways_from(json.dumps([{"name": "Company", **fields}]))
    settings.PACEMARK_SIGN_IN, settings.SOCIALACCOUNT_PROVIDERS = ways, providers_of(ways)


def _oidc(settings: Any, server: OidcServer, **fields: Any) -> None:
    _open_to(settings, kind="oidc", id="corp", client=CLIENT, secret=SECRET, server=server.url, **fields)


def _sent_to(client: Client, way: str = "corp", **body: str) -> str:
    """Return where the page that goes on by itself leads."""
    page = client.post(reverse("accounts:company", args=[way]), body)
    assert page.status_code == 200, page.content
    found = re.search(r'content="0;url=([^"]+)"', page.content.decode())
    assert found
    return found[1].replace("&amp;", "&")


def _round(client: Client, **body: str) -> Any:
    """Go to the server and come back, as a browser would."""
    there = requests.get(_sent_to(client, **body), allow_redirects=False, timeout=10)
    back = urlsplit(there.headers["Location"])
    return client.get(f"{back.path}?{back.query}")


def _user_of(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


def test_who_shares_a_name_with_the_other_system_comes_in(people: People, server: OidcServer, settings: Any) -> None:
    _oidc(settings, server, match="preferred_username")
    server.person |= {"preferred_username": "rep", "email": "li@example.com", "phone_number": "13800000000"}
    client = Client()

    answer = _round(client, next=reverse("accounts:tokens"))

    assert answer.status_code == 302 and answer.url == reverse("accounts:tokens")
    assert _user_of(client) == str(people.rep.pk)
    account = SocialAccount.objects.get()
    assert (account.provider, account.uid, account.extra_data) == ("corp", "sub-1", {}), "only the id is kept"
    assert SocialToken.objects.count() == 0
    told = list(TrailEntry.objects.order_by("pk").values_list("action", flat=True))[-2:]
    assert told == ["accounts.company_account_joined", "accounts.signed_in"]
    server.person["preferred_username"] = "admin"
    again = Client()
    _round(again)
    assert _user_of(again) == str(people.rep.pk), "the id decides from now on, not the name"


def test_nobody_signs_up_by_themselves_unless_allowed(people: People, server: OidcServer, settings: Any) -> None:
    _oidc(settings, server, match="preferred_username")
    server.person["preferred_username"] = "nobody-here"
    count = User.objects.count()
    client = Client()

    answer = _round(client)
    assert answer.url == reverse("accounts:sign_in") and _user_of(client) is None
    assert User.objects.count() == count and not SocialAccount.objects.exists()

    _oidc(settings, server, sign_up=True)
    server.person["preferred_username"] = "rep"  # the name is taken; it is not joined, for nothing says so
    _round(client)
    made = User.objects.get(username="rep-2")
    assert (made.display_name, made.access_role, made.has_usable_password()) == ("Li", "rep", False)
    assert _user_of(client) == str(made.pk)


def test_an_invited_person_brings_their_company_account(people: People, server: OidcServer, settings: Any) -> None:
    _oidc(settings, server)
    made = invite(actor=people.admin, user=people.manager)
    client = Client()
    client.get(reverse("accounts:invitation", args=[made.secret]))

    _round(client)

    assert _user_of(client) == str(people.manager.pk)
    made.invitation.refresh_from_db()
    assert made.invitation.used_at is not None
    assert Client().get(reverse("accounts:invitation", args=[made.secret])).status_code == 410


def test_whoever_is_signed_in_joins_and_parts(people: People, server: OidcServer, settings: Any) -> None:
    _oidc(settings, server)
    set_password(actor=None, user=people.rep, password=PASSWORD)
    client = client_of(people.rep)

    asked = _round(client)
    assert asked.url.startswith(reverse("account_reauthenticate")), "first the password again"
    assert not SocialAccount.objects.exists()
    client.post(asked.url, {"password": PASSWORD})
    account = SocialAccount.objects.get()
    assert account.user_id == people.rep.pk

    stranger = client_of(people.outsider)
    assert stranger.post(reverse("accounts:leave_company", args=[account.pk])).status_code == 404
    _round(stranger)
    assert SocialAccount.objects.get().user_id == people.rep.pk, "nobody takes it over"
    client.post(reverse("accounts:leave_company", args=[account.pk]))
    assert not SocialAccount.objects.exists()


def test_the_last_way_in_stays(people: People, server: OidcServer, settings: Any) -> None:
    _oidc(settings, server, match="preferred_username")
    server.person["preferred_username"] = "rep"  # without a password
    client = Client()
    _round(client)

    client.post(reverse("accounts:leave_company", args=[SocialAccount.objects.get().pk]))

    assert SocialAccount.objects.exists()


@pytest.mark.parametrize(
    ("signs_with", "claims"),
    [
        ("another key", {}),
        ("nothing", {}),
        ("its own key", {"aud": "another client"}),
        ("its own key", {"iss": "https://id.example.com"}),
        ("its own key", {"exp": 1}),
        ("its own key", {"sub": "somebody else"}),
    ],
)
def test_a_token_that_is_not_right_opens_nothing(
    people: People, server: OidcServer, settings: Any, signs_with: str, claims: dict[str, Any]
) -> None:
    _oidc(settings, server, match="preferred_username")
    server.person["preferred_username"] = "rep"
    server.signs_with, server.claims = signs_with, claims
    client = Client()

    answer = _round(client)

    assert answer.url == reverse("accounts:sign_in") and _user_of(client) is None
    assert not SocialAccount.objects.exists()


def test_an_answer_that_was_not_asked_for_opens_nothing(people: People, server: OidcServer, settings: Any) -> None:
    """An attacker who plants the own code and state in another's browser gets nobody in."""
    _oidc(settings, server, match="preferred_username")
    server.person["preferred_username"] = "rep"
    there = requests.get(_sent_to(Client()), allow_redirects=False, timeout=10)
    back = urlsplit(there.headers["Location"])
    victim = Client()

    assert victim.get(f"{back.path}?{back.query}").url == reverse("accounts:sign_in")
    assert victim.get(f"{back.path}?code=guessed").url == reverse("accounts:sign_in")
    assert _user_of(victim) is None


def test_nobody_is_sent_elsewhere_and_a_dead_server_is_told(people: People, server: OidcServer, settings: Any) -> None:
    _oidc(settings, server, match="preferred_username")
    server.person["preferred_username"] = "rep"
    assert _round(Client(), next="https://evil.example/").url == "/"
    assert Client(enforce_csrf_checks=True).post(reverse("accounts:company", args=["corp"])).status_code == 403

    _open_to(settings, kind="oidc", id="corp", client=CLIENT, secret=SECRET, server="http://127.0.0.1:9")
    answer = Client().post(reverse("accounts:company", args=["corp"]))
    assert answer.status_code == 302 and answer.url == reverse("accounts:sign_in")
    assert Client().post(reverse("accounts:company", args=["other"])).status_code == 404


# --- Feishu, DingTalk, WeCom ------------------------------------------------------------------------------------------

CLAIM = {"feishu": "open_id", "dingtalk": "openId", "wecom": "userid"}
CODE_NAME = {"dingtalk": "authCode"}


@pytest.fixture(scope="module")
def vendor() -> Iterator[Vendor]:
    """Return the vendors' stand-in."""
    with vendor_sign_in() as running:
        yield running


@pytest.mark.parametrize("kind", ["feishu", "dingtalk", "wecom"])
def test_vendors_let_their_people_in(people: People, vendor: Vendor, settings: Any, kind: str) -> None:
    agent = {"agent": "1000002"} if kind == "wecom" else {}
    _open_to(settings, kind=kind, client=APP, secret=APP_SECRET, server=vendor.url, match=CLAIM[kind], **agent)
    vendor.person = "rep"
    client = Client()
    address = urlsplit(_sent_to(client, kind))
    asked = parse_qs(address.query)
    assert f"{address.scheme}://{address.netloc}" == vendor.url
    assert asked["redirect_uri"] == [f"http://testserver{reverse(f'{kind}_callback')}"]

    back = {CODE_NAME.get(kind, "code"): CODE, "state": asked["state"][0]}
    answer = client.get(reverse(f"{kind}_callback"), back)

    assert answer.status_code == 302 and answer.url == "/"
    assert _user_of(client) == str(people.rep.pk)
    assert SocialAccount.objects.values_list("provider", "uid").get() == (kind, "rep")
    wrong = Client()
    state = parse_qs(urlsplit(_sent_to(wrong, kind)).query)["state"][0]
    refused = wrong.get(reverse(f"{kind}_callback"), {CODE_NAME.get(kind, "code"): "guessed", "state": state})
    assert refused.url == reverse("accounts:sign_in") and _user_of(wrong) is None


def test_wecom_keeps_strangers_to_the_company_out(people: People, vendor: Vendor, settings: Any) -> None:
    _open_to(settings, kind="wecom", client=APP, secret=APP_SECRET, server=vendor.url, agent="1000002", sign_up=True)
    vendor.person = ""
    client = Client()
    state = parse_qs(urlsplit(_sent_to(client, "wecom")).query)["state"][0]

    assert client.get(reverse("wecom_callback"), {"code": CODE, "state": state}).url == reverse("accounts:sign_in")
    assert _user_of(client) is None and User.objects.count() == 6


# --- what an operator writes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "no JSON"),
        ("{}", "a list"),
        ('[{"kind": "saml"}]', "kind must be"),
        ('[{"kind": "oidc", "name": "A", "client": "c", "secret": "hush"}]', "server is missing"),
        ('[{"kind": "oidc", "name": "A", "client": "c", "secret": "hush", "server": "ldap://x"}]', "an address"),
        ('[{"kind": "wecom", "name": "A", "client": "c", "secret": "hush"}]', "agent is missing"),
        ('[{"kind": "feishu", "id": "lark", "name": "A", "client": "c", "secret": "hush"}]', "its id is"),
        ('[{"kind": "dingtalk", "name": "A", "client": "c", "secret": "hush", "sign_up": true}]', "cannot be true"),
        ('[{"kind": "feishu", "name": "A", "client": "c", "secret": "hush", "sign-up": true}]', "no field"),
        ('[{"kind": "feishu", "name": "A", "client": "c", "secret": ["hush"]}]', "must be a text"),
    ],
)
def test_what_cannot_be_used_is_told_without_the_secret(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told) as error:
        ways_from(text)
    assert "hush" not in str(error.value)


def test_the_example_of_the_operating_page_can_be_used() -> None:
    text = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    example = re.search(r"cat > sign-in.json <<'END'\n(.*?)\nEND\n", text, flags=re.DOTALL)
    assert example

    ways = ways_from(example[1])

    assert [way.kind for way in ways] == ["oidc", "feishu", "dingtalk", "wecom"]
    for name, values in (("openid_connect", ["ID"]), ("feishu", [])):
        assert reverse(f"{name}_callback", args=values) in text
