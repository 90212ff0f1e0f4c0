"""Settings · Channels: who runs which, what is never shown again, and what a person decides about stuck messages."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from pacemark.web.notifications.addresses import open_sealed
from pacemark.web.notifications.models import Channel, Message
from pacemark.web.notifications.services.sending import send_due
from pacemark.web.trail.models import TrailEntry
from tests.support.people import People, client_of
from tests.support.robots import KEY, SECRET, Robot, standing
from tests.web.notifications.conftest import Make, queue_numbered

WEBHOOK = f"https://oapi.dingtalk.com/robot/send?access_token={KEY}"


def _form(people: People, **given: Any) -> dict[str, Any]:
    return {
        "name": "华东群", "kind": "dingtalk", "address": WEBHOOK, "secret": SECRET, "team": people.team.pk,
        "language": "zh-hans", "wants": ["digest", "coaching"], "digest_at": "18:10", "is_on": "on",
        "quiet_from": "21:00", "quiet_until": "08:30", **given,
    }  # fmt: skip


def _post(client: Client, name: str, data: dict[str, Any], *args: int) -> Any:
    return client.post(reverse(f"notifications:{name}", args=args), data)


def test_a_manager_makes_a_channel_whose_address_is_sealed(people: People) -> None:
    client = client_of(people.manager)
    assert _post(client, "add", _form(people)).status_code == 302

    channel = Channel.objects.get()
    assert (open_sealed(channel.address_encrypted), open_sealed(channel.secret_encrypted)) == (KEY, SECRET)
    assert KEY not in channel.address_encrypted and channel.address_hint == f"…{KEY[-4:]}"
    assert str(channel.digest_at) == "18:10:00"
    page = client.get(reverse("notifications:channel", args=[channel.pk])).content.decode()
    told = client.get(reverse("notifications:channels")).content.decode() + str(list(TrailEntry.objects.values()))
    assert KEY not in page + told and SECRET not in page + told
    # left empty, both stay
    assert _post(client, "channel", _form(people, address="", secret="", name="华东"), channel.pk).status_code == 302
    channel.refresh_from_db()
    assert (channel.name, open_sealed(channel.secret_encrypted)) == ("华东", SECRET)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"digest_at": "18:30"}, "half hour"),
        ({"digest_at": "18:00"}, "half hour"),
        ({"address": ""}, "needs its own"),
        ({"address": "https://127.0.0.1/robot/send?access_token=abcdefgh12"}, "does not belong"),
        ({"address": "https://oapi.dingtalk.com.evil.example/robot/send?access_token=abcdefgh12"}, "does not belong"),
        ({"address": "http://oapi.dingtalk.com/robot/send?access_token=abcdefgh12"}, "does not belong"),
        ({"address": "https://oapi.dingtalk.com/robot/send"}, "Paste the webhook"),
        ({"secret": "no/secret"}, "letters and digits"),
        ({"kind": "email", "address": "a@b.com, c@d.com"}, "one e-mail address"),
        ({"quiet_until": ""}, "a beginning and an end"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_kept(people: People, given: dict[str, Any], said: str) -> None:
    people.operations.language = "en"
    people.operations.save()
    response = _post(client_of(people.operations), "add", _form(people, **given))
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Channel.objects.exists()


def test_a_manager_neither_sees_nor_fills_the_channels_of_others(people: People, make_channel: Make) -> None:
    own, other = make_channel(name="own", team=people.team), make_channel(name="other", team=people.other_team)
    whole = make_channel(name="whole")
    client = client_of(people.manager)
    page = client.get(reverse("notifications:channels")).content.decode()
    assert "own" in page and ">other<" not in page and ">whole<" not in page
    for channel in (other, whole):
        for name in ("channel", "preview"):
            assert client.get(reverse(f"notifications:{name}", args=[channel.pk])).status_code == 404
        for name in ("test", "drop"):
            assert _post(client, name, {}, channel.pk).status_code == 404
    assert _post(client, "add", _form(people, team=people.other_team.pk)).status_code == 422
    assert _post(client, "add", _form(people, team="")).status_code == 422, "everyone is not a manager's to tell"
    queue_numbered(other, 1)
    message = Message.objects.get()
    assert _post(client, "again", {}, message.pk).status_code == 404
    assert _post(client, "drop", {}, own.pk).status_code == 302
    assert client_of(people.director).get(reverse("notifications:channels")).status_code == 403


def test_a_test_message_arrives_and_the_page_says_so(people: People, make_channel: Make, settings: Any) -> None:
    with standing(Robot("wecom")) as robot:
        settings.PACEMARK_ROBOTS = [robot.setting]
        channel = make_channel()
        client = client_of(people.operations)
        assert _post(client, "test", {}, channel.pk).status_code == 302
        send_due()
    assert len(robot.taken) == 1 and "Pacemark" in robot.taken[0]
    assert 'class="tag ok"' in client.get(reverse("notifications:channels")).content.decode()


def test_a_stuck_message_shows_the_vendors_word_and_is_sent_again_once(
    people: People, make_channel: Make, settings: Any
) -> None:
    client = client_of(people.operations)
    with standing(Robot("dingtalk")) as robot:
        settings.PACEMARK_ROBOTS = [robot.setting]
        channel = make_channel("dingtalk", secret="SECwrong0123456789")
        queue_numbered(channel, 1)
        send_due()
        message = Message.objects.get()
        assert "310000 refused with 310000" in client.get(reverse("notifications:channels")).content.decode()
        address = f"{robot.setting.removeprefix('dingtalk=')}/robot/send?access_token={KEY}"
        _post(client, "channel", _form(people, address=address, name=channel.name), channel.pk)
        _post(client, "again", {}, message.pk)
        _post(client, "again", {}, message.pk)
        Message.objects.update(not_before=message.queued_at)
        Channel.objects.update(quiet_from=None)
        send_due()
        send_due()
    assert len(robot.taken) == 1
