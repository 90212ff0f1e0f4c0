"""Logs hold routes, ids and times: after a walk over everything no customer and no colleague stands in them."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.module_loading import import_string
from pythonjsonlogger.json import JsonFormatter

from pacemark.web.accounts.choices import TokenScope
from pacemark.web.accounts.services import create_token
from pacemark.web.pipeline.choices import HoldingBegan
from pacemark.web.pipeline.holding_services import Taking, take
from pacemark.web.pipeline.models import Lead, Source
from pacemark.web.pipeline.phones import seal_phone
from tests.support.people import BACKEND, NAMES, People
from tests.support.routes import EXPECTED

AT = datetime(2024, 3, 14, 3, tzinfo=UTC)
NUMBER, NAME, NOTE = "13800138000", "林若溪", "周六晚上打给她"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything that any logger says, in the form that machines read, extras and tracebacks included."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonFormatter("{asctime}{levelname}{name}{message}", style="{"))
    for name in settings.LOGGING["handlers"]["stderr"]["filters"]:
        handler.addFilter(import_string(settings.LOGGING["filters"][name]["()"])())
    root, spoken = logging.getLogger(), [logging.getLogger(name) for name in ("pacemark.request", "django.request")]
    levels = [logger.level for logger in (root, *spoken)]
    for logger in (root, *spoken):
        logger.setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield out
    root.removeHandler(handler)
    for logger, level in zip((root, *spoken), levels, strict=True):
        logger.setLevel(level)


@pytest.fixture
def lead(people: People, today: date) -> Lead:
    """A customer of the rep."""
    phone = seal_phone(NUMBER, "CN")
    lead = Lead.objects.create(
        source=Source.objects.create(name="site"), external_id="L1", name=NAME, note=NOTE, arrived_at=AT,
        phone_encrypted=phone.encrypted, phone_hash=phone.digest, phone_last4_hash=phone.last4_digest,
    )  # fmt: skip
    take(actor=None, owners={lead.pk: people.rep_row.pk}, taking=Taking(how=HoldingBegan.ASSIGNED, at=AT))
    return lead


def _walk(client: Client, people: People, lead: Lead) -> None:
    """Ask for every page, then do what carries a name or a number, rightly and wrongly."""
    for name, expected in EXPECTED.items():
        if expected.method == "get":
            values = {**expected.values, **({"lead_id": lead.pk} if "lead_id" in expected.values else {})}
            rep = {"rep_id": people.rep_row.pk} if expected.about_a_rep else {}
            client.get(reverse(name, kwargs={**values, **rep}))
    for name in ("resources:phone", "resources:note"):
        client.post(reverse(name, args=[lead.pk]), {"reason": "call", "note": NOTE})
    for address in (reverse("resources:find"), reverse("privacy:home")):
        client.post(address, {"q": NUMBER, "sought": NUMBER})
        client.get(address, {"q": NUMBER})
    client.get(f"/nowhere/?phone={NUMBER}&name={NAME}")
    client.post(reverse("accounts:sign_in"), {"username": NAMES["rep"], "password": NUMBER})


def _post_leads(people: People) -> None:
    secret = create_token(actor=people.admin, user=people.admin, name="t", scope=TokenScope.WRITE, days=1).secret
    rows = [{"external_id": "N1", "source": "form", "phone": NUMBER, "name": NAME}, {"phone": NUMBER, "name": NAME}]
    for body in (json.dumps(rows), json.dumps(rows)[:-1], json.dumps({"phone": NUMBER})):
        Client(raise_request_exception=False).post(
            reverse("api:leads"), body, content_type="application/json", headers={"Authorization": f"Bearer {secret}"}
        )


def test_a_walk_over_everything_leaves_nobody_in_the_logs(people: People, lead: Lead, written: io.StringIO) -> None:
    for user in (people.admin, people.rep):
        client = Client(raise_request_exception=False)
        client.force_login(user, backend=BACKEND)
        _walk(client, people, lead)
    _post_leads(people)
    logging.getLogger("pacemark.planted").warning("planted %s", "4242")

    told = written.getvalue()
    assert "4242" in told, "the walk is listened to"
    assert told.count('"route"') > len(EXPECTED) // 2, "each request stands there"
    assert [word for word in (NUMBER, NUMBER[-8:], NAME, NOTE, *NAMES.values()) if _stands(word, told)] == []


def _stands(word: str, told: str) -> bool:
    return word in told or json.dumps(word).strip('"') in told
