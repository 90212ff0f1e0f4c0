"""The review queue: a rep explains, whoever leads them decides; in both languages and on both kinds of screen."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from pacemark.web.accounts.models import User
from pacemark.web.organization.models import Membership, Rep, Team
from pacemark.web.organization.services import set_up_organization
from pacemark.web.pipeline.facts_services import rebuild_facts
from pacemark.web.pipeline.models import Call, Source
from pacemark.web.process.services.quality import count_quality
from tests.browser.conftest import OpenPage, sign_in
from tests.browser.floor_site import FloorSite, add_person
from tests.browser.looking import Language, Looker

pytestmark = pytest.mark.browser
WORDS = {
    "zh-hans": ("开场白正好讲到三分钟", "脚本如此，已听录音"),
    "en": ("The script takes three minutes", "It is the script; I listened"),
}
NAMES = {"zh-hans": "韩梅梅", "en": "Mia Stone"}


@pytest.fixture(scope="module")
def site(floor_site: FloorSite) -> FloorSite:
    lead = add_person("lead", "manager", "Kai Lead")
    set_up_organization(actor=None, name="Floor")
    Team.objects.create(name="T1", manager=lead)
    Source.objects.create(name="hand")
    return floor_site


def _padder(user: User, name: str) -> None:
    """A rep of the team, half of whose talks that end just before the threshold were stretched past it."""
    rep, source = Rep.objects.create(name=name, user=user), Source.objects.get()
    Membership.objects.create(rep=rep, team=Team.objects.get(), valid_from=date(2023, 1, 1))
    seconds = np.floor(75 * np.exp(np.random.default_rng(3).standard_normal(1300))).astype(int)
    seconds[np.flatnonzero((seconds >= 150) & (seconds < 180))[::2]] = 181
    start = datetime(2024, 3, 4, 1, tzinfo=UTC)
    Call.objects.bulk_create(
        Call(
            source=source, external_id=f"{rep.pk}-{n}", rep=rep, direction=1, answered=True, talk_seconds=int(one),
            occurred_at=start + timedelta(minutes=n % 480, days=n // 480),
            business_date=date(2024, 3, 4 + n // 480), local_hour=9 + n % 480 // 60,
        )
        for n, one in enumerate(seconds)
    )  # fmt: skip
    rebuild_facts(actor=None)
    count_quality()


@pytest.mark.parametrize(("language", "width", "scheme"), [("zh-hans", 390, "light"), ("en", 1440, "dark")])
def test_a_rep_explains_and_a_leader_decides(
    site: FloorSite, open_page: OpenPage, language: Language, width: int, scheme: str
) -> None:
    name, username, (word, reason) = NAMES[language], f"rep-{language}", WORDS[language]
    _padder(add_person(username, "rep", name), name)
    shown = ("Kai Lead", *NAMES.values(), *(one for pair in WORDS.values() for one in pair), "T1")
    lead, rep = open_page(language, 1440, shown, scheme), open_page(language, width, shown, scheme)
    sign_in(lead, "lead")
    sign_in(rep, username)

    _explain(rep, name, word)
    _decide(lead, name, word, reason)
    rep.page.goto("/process/quality/?shown=decided")
    rep.look("quality-decided")
    assert reason in rep.page.inner_text("main")
    assert lead.complaints + rep.complaints == [], "\n".join(lead.complaints + rep.complaints)


def _explain(rep: Looker, name: str, word: str) -> None:
    page = rep.page
    page.goto("/process/quality/")
    rep.look("quality-own")
    page.click(f"main a:has-text('{name}')")
    page.wait_for_selector("[data-chart-ready]")
    rep.look("quality-item-own")
    page.fill("[name=word]", word)
    page.click("form[action$='/word/'] .btn.primary")
    page.wait_for_selector(".note.ok")
    rep.look("quality-said")


def _decide(lead: Looker, name: str, word: str, reason: str) -> None:
    page = lead.page
    page.goto("/process/quality/")
    lead.look("quality-queue")
    page.click(f"main a:has-text('{name}')")
    page.wait_for_selector("[data-chart-ready]")
    lead.look("quality-item")
    assert word in page.inner_text("main")
    page.select_option("[name=state]", "explained")
    page.fill("[name=reason]", reason)
    page.click("form[action$='/decide/'] .btn.primary")
    page.wait_for_selector(".note.ok")
    lead.look("quality-item-decided")
    assert reason in page.inner_text("main")
