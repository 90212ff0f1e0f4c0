"""Every environment variable as data: the table feeds ``docs/operating.md``, the system checks and the tests.

What an organisation may change is no setting but a row in the database; here stands only what the machine decides.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One environment variable."""

    name: str
    kind: str
    default: str
    help: str


SETTINGS = (
    Setting(
        name="PACEMARK_HOME",
        kind="folder",
        default=".pacemark",
        help="Where the SQLite database, the keys, uploads and import reports live.",
    ),
    Setting(
        name="DATABASE_URL",
        kind="address",
        default="a SQLite file in PACEMARK_HOME",
        help="sqlite:///path or postgresql://user:password@host:port/name.",
    ),
    Setting(
        name="PACEMARK_HOSTS",
        kind="words, comma between",
        default="127.0.0.1, localhost, [::1]",
        help="Names under which the pages may be asked for.",
    ),
    Setting(
        name="PACEMARK_ORIGINS",
        kind="words, comma between",
        default="none",
        help="Full origins (scheme, name, port) that forms may come from when a proxy stands in front.",
    ),
    Setting(
        name="PACEMARK_HTTPS",
        kind="true or false",
        default="false",
        help="Cookies travel over HTTPS alone; say true behind a proxy that ends TLS.",
    ),
    Setting(
        name="PACEMARK_SECRET_KEY",
        kind="secret",
        default="made in PACEMARK_HOME/secret.key",
        help="Signs sessions and forms. Several web machines need the same one.",
    ),
    Setting(
        name="PACEMARK_PHONE_KEY",
        kind="secret",
        default="made in PACEMARK_HOME/phone.key",
        help="Encrypts phone numbers. Without it they cannot be read again: keep a copy.",
    ),
    Setting(
        name="PACEMARK_TODAY",
        kind="date",
        default="the real day",
        help="The day that every computation of this process takes for today, like 2024-01-31.",
    ),
    Setting(
        name="PACEMARK_ROBOTS",
        kind="words, comma between",
        default="the vendors' own",
        help="Where robots are reached instead, like feishu=https://open.example.com: WeCom, DingTalk or Feishu "
        "of one's own, or a stand-in for trying out.",
    ),
    Setting(
        name="PACEMARK_SMTP",
        kind="secret",
        default="none",
        help="The server that sends e-mail, as Apprise writes it: mailtos://user:password@host:587?from=address. "
        "Without it no e-mail channel works.",
    ),
    Setting(
        name="PACEMARK_CARD_FONT",
        kind="file",
        default="a Chinese font found on the system",
        help="The font that celebration cards are drawn with (TTF, OTF or TTC).",
    ),
    Setting(
        name="PACEMARK_SIGN_IN",
        kind="secret",
        default="none: passwords and passkeys alone",
        help="Company accounts that people may sign in with, as JSON: see Signing in. PACEMARK_SIGN_IN_FILE names "
        "a file that holds it.",
    ),
    Setting(
        name="PACEMARK_PROXIES",
        kind="number",
        default="0",
        help="How many proxies of one's own stand in front: that many last addresses of X-Forwarded-For are believed.",
    ),
    Setting(
        name="PACEMARK_API_PER_TOKEN",
        kind="number",
        default="3000",
        help="Requests a minute that one API token, or one caller of webhooks, may make; 0: no limit.",
    ),
    Setting(
        name="PACEMARK_API_PER_ACCOUNT",
        kind="number",
        default="6000",
        help="Requests a minute to the API of one account with all its tokens and sessions; 0: no limit.",
    ),
    Setting(
        name="PACEMARK_WEBHOOK_HOSTS",
        kind="words, comma between",
        default="none: public addresses over https alone",
        help="Names, addresses or networks inside the house that webhooks may be sent to, like crm.example.internal or "
        "10.1.0.0/16.",
    ),
    Setting(
        name="PACEMARK_UPLOAD_MB",
        kind="number",
        default="2048",
        help="How many megabytes one upload may hold.",
    ),
    Setting(
        name="PACEMARK_METRICS_TOKEN",
        kind="secret",
        default="none: /metrics answers this machine alone",
        help="The bearer token with which Prometheus may read /metrics from elsewhere.",
    ),
    Setting(
        name="PACEMARK_LOG",
        kind="line or json",
        default="line",
        help="json: one JSON object a line, requests included, for a machine to read.",
    ),
    Setting(
        name="PACEMARK_DEBUG",
        kind="true or false",
        default="false",
        help="Django's error pages; for developers alone.",
    ),
)
