"""Channels and messages by the API: of one's own teams, with what became of them, and without their addresses."""

from __future__ import annotations

from django.urls import reverse

from pacemark.web.notifications.models import Message
from tests.support.people import People, client_of
from tests.support.robots import KEY, SECRET
from tests.web.notifications.conftest import Make, make_channel, queue_numbered

__all__ = ["make_channel"]


def test_a_manager_reads_the_own_channels_and_what_became_of_their_messages(people: People, make_channel: Make) -> None:
    own = make_channel("feishu", name="own", team=people.team)
    queue_numbered(own, 3)
    queue_numbered(make_channel(name="other", team=people.other_team), 2)
    Message.objects.filter(channel=own, key="n:1").update(state="failed", failure="19021 sign match fail")
    client = client_of(people.manager)

    response = client.get(reverse("api:channels"))
    assert KEY not in response.content.decode() and SECRET not in response.content.decode()
    (item,) = response.json()["items"]
    assert (item["name"], item["n_waiting"], item["n_stuck"], item["team_id"]) == ("own", 2, 1, people.team.pk)

    assert client.get(reverse("api:messages")).json()["count"] == 3
    failed = client.get(reverse("api:messages"), {"state": "failed"}).json()
    assert [(one["title"], one["failure"]) for one in failed["items"]] == [("第 1 条", "19021 sign match fail")]
    asked = {"page_size": 2, "channel_id": own.pk}
    before = client.get(reverse("api:messages"), asked).json()
    page = client.get(reverse("api:messages"), {**asked, "cursor": before["next"]}).json()
    assert len(page["items"]) == 1
    assert client.get(reverse("api:messages"), {"state": "nowhere"}).status_code == 422
    assert client_of(people.operations).get(reverse("api:messages")).json()["count"] == 5
    for person in (people.rep, people.director):
        assert client_of(person).get(reverse("api:messages")).status_code == 403
