"""The review pages: who sees which item, the rep's own words, one decision, tolerances with their effect first."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from pacemark.web.accounts.choices import AccessRole
from pacemark.web.process.models import QualityItem, Tolerance
from tests.support.people import People, client_of

ACCUSING = re.compile(r"cheat|fraud|fake|gaming|guilty|suspect|作弊|造假|作假|嫌疑|违规|弄虚")
COUNTS = [50, 48, 46, 44, 42, 40, 38, 36, 34, 32, 30, 28, 26, 24, 22, 20, 18, 16, 45, 30, 10, 9, 9, 8, 8, 7, 7, 6, 6, 5]


@pytest.fixture
def item(people: People, today: date) -> QualityItem:
    evidence = {
        "first_day": "2024-02-01", "last_day": "2024-03-31", "threshold_seconds": 180, "first_seconds": 90,
        "bin_seconds": 5, "counts": COUNTS, "curve": [float(one) for one in COUNTS], "observed": 75, "fitted": 22.4,
        "excess": 52.6, "q": 0.00001, "deep_talks": 300, "adjusted": 247.4, "just_past_won": 3, "beyond_won": 20,
        "times": 75, "records": [],
    }  # fmt: skip
    return QualityItem.objects.create(
        rep=people.rep_row, kind="padding", first_day=date(2024, 3, 1), last_day=date(2024, 3, 31),
        found_at=datetime(2024, 3, 12, tzinfo=UTC), evidence=evidence,
    )  # fmt: skip


def _page(item: QualityItem) -> str:
    return reverse("process:quality_item", args=[item.pk])


def test_each_sees_items_about_whom_they_may_see(people: People, item: QualityItem) -> None:
    for who in ("rep", "manager", "director", "operations", "admin"):
        client = client_of(getattr(people, who))
        assert people.rep_row.name in client.get(reverse("process:quality")).content.decode()
        assert client.get(_page(item)).status_code == 200
    outsider = client_of(people.outsider)
    assert people.rep_row.name not in outsider.get(reverse("process:quality")).content.decode()
    for address in (_page(item), reverse("process:quality_word", args=[item.pk])):
        assert outsider.post(address, {"word": "x"}).status_code in {404, 405}
    assert outsider.get(_page(item)).status_code == 404


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_item_shows_its_numbers_and_histogram_and_accuses_nobody(
    people: People, item: QualityItem, language: str
) -> None:
    people.manager.language = language
    people.manager.save()
    client = client_of(people.manager)

    text = client.get(_page(item)).content.decode()

    found = re.search(r'<script id="talk-lengths" type="application/json">(.*?)</script>', text)
    assert found is not None
    option = json.loads(found[1])
    bars, curve = option["series"]
    assert [bar["value"] for bar in bars["data"]] == COUNTS
    assert bars["markLine"]["data"] == [{"xAxis": 18}], "the threshold stands before the first bin past it"
    assert [place for place, bar in enumerate(bars["data"]) if bar["itemStyle"]["color"] == "var(--c-warn)"] == [18, 19]
    assert curve["data"] == COUNTS
    assert "247.4" in text and "22.4" in text and "52.6" in text
    assert "180–184" in text, "the same numbers stand in a table"
    assert not ACCUSING.search(text.lower())


def test_the_rep_explains_then_somebody_who_leads_them_decides_once(people: People, item: QualityItem) -> None:
    rep, manager, director = (client_of(user) for user in (people.rep, people.manager, people.director))
    word, decision = (reverse(f"process:{name}", args=[item.pk]) for name in ("quality_word", "decide_quality"))

    assert rep.post(word, {"word": " "}).status_code == 422
    rep.post(word, {"word": "开场白正好三分钟"})
    assert rep.post(decision, {"state": "dismissed", "reason": "mine"}).status_code == 403
    assert "开场白正好三分钟" in manager.get(_page(item)).content.decode()
    assert manager.post(decision, {"state": "explained", "reason": ""}).status_code == 422
    assert manager.post(word, {"word": "not mine"}, follow=True).status_code == 200
    manager.post(decision, {"state": "explained", "reason": "脚本就是三分钟"})
    late = director.post(decision, {"state": "confirmed", "reason": "no"}, follow=True).content.decode()

    item.refresh_from_db()
    assert (item.state, item.reason, item.word) == ("explained", "脚本就是三分钟", "开场白正好三分钟")
    assert item.decided_by == people.manager
    assert "脚本就是三分钟" in late
    decided = rep.get(reverse("process:quality"), {"shown": "decided"}).content.decode()
    assert "脚本就是三分钟" in decided


def test_a_leader_does_not_decide_about_themselves(people: People, item: QualityItem) -> None:
    people.rep.access_role = AccessRole.MANAGER
    people.rep.save()
    people.team.manager = people.rep
    people.team.save()
    client = client_of(people.rep)

    assert reverse("process:decide_quality", args=[item.pk]) not in client.get(_page(item)).content.decode()
    client.post(reverse("process:decide_quality", args=[item.pk]), {"state": "dismissed", "reason": "mine"})

    item.refresh_from_db()
    assert item.state == "open"


def test_tolerances_show_their_effect_before_they_hold(people: People, today: date) -> None:
    client = client_of(people.operations)
    address = reverse("process:tolerances")
    standing = Tolerance(version=0)
    names = client.get(address).context["form"].fields
    sent = {name: getattr(standing, name) for name in names}

    assert client.post(address, {**sent, "redials_a_day": 7, "try": "1"}).status_code == 200
    assert not Tolerance.objects.exists()
    assert client.post(address, {**sent, "burst_dials": 0}).status_code == 422
    assert client.post(address, {**sent, "no_talk_percent": 101}).status_code == 422
    assert client.post(address, {**sent, "deferred_days": 11}).status_code == 422
    client.post(address, {**sent, "redials_a_day": 7})
    client.post(address, {**sent, "redials_a_day": 8})

    assert list(Tolerance.objects.order_by("version").values_list("version", "redials_a_day")) == [(1, 7), (2, 8)]
