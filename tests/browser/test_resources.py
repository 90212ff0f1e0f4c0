"""Operations: draft → replay → activate → run → waiting → explain. Rep: queue, claim, note, return, why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from typer.testing import CliRunner

from pacemark.cli import app
from pacemark.web.organization.models import Membership, Rep, Team
from pacemark.web.organization.services import set_up_organization
from pacemark.web.pipeline.choices import PoolEntered
from pacemark.web.pipeline.clock_services import set_recycle_rule
from pacemark.web.pipeline.holding_services import enter_pool
from pacemark.web.pipeline.models import Call, Lead, Segment, Source
from pacemark.web.pipeline.phones import seal_phone
from pacemark.web.resources.models import Withholding
from pacemark.web.resources.services.ownership import give_lead
from tests.browser.conftest import OpenPage, StandSite, sign_in
from tests.browser.floor_site import FloorSite, add_person
from tests.browser.looking import Language, Looker
from tests.browser.site import TODAY
from tests.support.ready_databases import ReadyDatabase

pytestmark = pytest.mark.browser
APPEAL = {"zh-hans": "专线断了两天", "en": "The line was down"}
SEEN = {"zh-hans": "核实过，属实", "en": "Checked and true"}
MINE = {"zh-hans": "上月就是我谈的", "en": "I spoke first"}
VERDICT = {"zh-hans": "通话在先", "en": "The first call counts"}
SHOWN = ("Kai Lead", "Olive Ops", "Ann", "Bo", "T1", "site", "web", "公海", "Lin")
NOTE = {"zh-hans": "约周六晚上", "en": "Saturday evening"}


@pytest.fixture
def site(stand_site: StandSite, empty_database: ReadyDatabase) -> Iterator[FloorSite]:
    """Two reps, six new leads and one that is blocked, two in the pool; anew for each test, for leads are used up."""
    with stand_site(empty_database) as site:
        _floor()
        yield site


def _floor() -> None:
    add_person("ops", "operations", "Olive Ops")
    lead, ann = add_person("lead", "manager", "Kai Lead"), add_person("ann", "rep", "Ann")
    set_up_organization(actor=None, name="Floor")
    team = Team.objects.create(name="T1", manager=lead)
    for name, user in (("Ann", ann), ("Bo", None)):
        rep = Rep.objects.create(name=name, user=user)
        Membership.objects.create(rep=rep, team=team, valid_from=date(2023, 1, 1))
    set_recycle_rule(actor=None, at=datetime(2024, 3, 15, 3, tzinfo=UTC))
    Source.objects.create(name="site")
    Segment.objects.create(channel="web", lead_grade="A")
    for number in range(6):
        _lead(number, 14)
    _lead(6, 15, is_blocked=True)
    pooled = [_lead(number, 13).pk for number in (7, 8)]
    enter_pool(actor=None, lead_ids=pooled, at=datetime(2024, 3, 14, 3, tzinfo=UTC), how=PoolEntered.RETURNED)


def _lead(number: int, day: int, *, is_blocked: bool = False) -> Lead:
    phone = seal_phone(f"1380013{8000 + number}", "CN")
    return Lead.objects.create(
        source=Source.objects.get(), external_id=f"L{number}", name=f"Lin {number}", segment=Segment.objects.get(),
        arrived_on=date(2024, 3, day), arrived_at=datetime(2024, 3, day, 3, tzinfo=UTC), is_blocked=is_blocked,
        phone_encrypted=phone.encrypted, phone_hash=phone.digest, phone_last4_hash=phone.last4_digest,
    )  # fmt: skip


@pytest.mark.parametrize(("language", "width", "scheme"), [("zh-hans", 390, "light"), ("en", 1440, "dark")])
def test_a_rule_is_tried_put_in_force_and_explained_and_a_rep_works_the_queue(
    site: FloorSite, open_page: OpenPage, language: Language, width: int, scheme: str
) -> None:
    shown = (*SHOWN, *NOTE.values())
    operations, rep = open_page(language, 1440, shown, scheme), open_page(language, width, shown, scheme)
    sign_in(operations, "ops")
    sign_in(rep, "ann")

    _draft(operations)
    _replay(site, operations)
    _activate(operations)
    CliRunner().invoke(app, ["allocate", "--key", f"browser-{language}"], catch_exceptions=False)
    _waiting_is_explained(operations)
    lead_id = _claim_and_note(rep, NOTE[language])
    _why_and_return(rep, lead_id)
    _find(rep)

    assert operations.complaints + rep.complaints == [], "\n".join(operations.complaints + rep.complaints)


def _draft(looker: Looker) -> None:
    page = looker.page
    page.goto("/resources/")
    looker.look("no-policy-yet")
    page.goto("/resources/policies/new/")
    page.fill("[name=base]", "60")
    page.click("button[name=try]")
    page.wait_for_selector("table.t td.now")
    looker.look("consequences")
    page.click("form .btn.primary")
    page.wait_for_url("**/resources/policies/*/")
    looker.look("draft")


def _replay(site: FloorSite, looker: Looker) -> None:
    page = looker.page
    page.fill("[name=first]", "2024-03-14")
    page.fill("[name=last]", "2024-03-14")
    page.click("form[action$='/replay/'] .btn")
    page.wait_for_selector("#replays progress")
    site.work()
    page.wait_for_selector("#replays .st.ok", timeout=90_000)
    page.reload()
    page.wait_for_selector("form[action$='/activate/']")
    looker.look("replayed")


def _activate(looker: Looker) -> None:
    page = looker.page
    page.click("form[action$='/activate/'] .btn")
    page.wait_for_selector(".note, .messages, [role=status]")
    page.goto("/resources/policies/")
    page.wait_for_selector("table.t .st.ok")
    looker.look("active")


def _waiting_is_explained(looker: Looker) -> None:
    page = looker.page
    page.goto("/resources/")
    looker.look("room")
    assert page.locator(".wt li").count() == 1
    page.click(".wt li a")
    page.wait_for_url("**/resources/leads/*/")
    looker.look("why-it-waits")
    page.click("details.why:has(tr) > summary >> nth=0")
    looker.look("why-nobody")
    for path in ("pool", "people", "rules", "contests"):
        page.goto(f"/resources/{path}/")
        looker.look(path)


def _claim_and_note(looker: Looker, note: str) -> int:
    page = looker.page
    page.goto("/resources/mine/")
    looker.look("queue")
    held = page.locator("form[action$='/return/']").count()
    assert held == 3, "half of six"
    page.click("form[action$='/claim/'] button >> nth=0")
    page.wait_for_function(f"document.querySelectorAll(\"form[action$='/return/']\").length === {held + 1}")
    looker.look("claimed")
    page.click(".ev .what a >> nth=0")
    page.wait_for_selector("form[action$='/note/']")
    looker.look("lead")
    page.fill("[name=next_contact_at]", f"{TODAY}T08:30")
    page.fill("[name=note]", note)
    with page.expect_navigation():
        page.click("form[action$='/note/'] .btn")
    assert page.input_value("[name=note]") == note
    with page.expect_navigation():
        page.click("button[form=phone]")
    assert "+86" in page.inner_text(".lc")
    looker.look("number")
    return int(page.url.rstrip("/").split("/")[-2])


def _why_and_return(looker: Looker, lead_id: int) -> None:
    page = looker.page
    page.goto(f"/resources/leads/{lead_id}/")
    assert page.locator(".qa dt").count() >= 1, "why me"
    page.click("details.why > summary >> nth=0")
    looker.look("why-me")
    page.goto("/resources/mine/")
    held = page.locator("form[action$='/return/']").count()
    page.click("form[action$='/return/'] button >> nth=0")
    page.wait_for_function(f"document.querySelectorAll(\"form[action$='/return/']\").length === {held - 1}")
    looker.look("returned")


def _find(looker: Looker) -> None:
    page = looker.page
    page.goto("/resources/leads/?q=8000")
    looker.look("found-or-not")
    page.goto("/resources/leads/?q=13800138006")
    looker.look("by-number")
    assert page.locator("section.card").count() == 2, "a stranger's lead is told of without a name"
    assert "Lin 6" not in page.inner_text("main")


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 390), ("en", 1440)])
def test_a_withholding_is_appealed_and_a_contested_lead_is_decided(
    site: FloorSite, open_page: OpenPage, language: Language, width: int
) -> None:
    said = (one[language] for one in (APPEAL, SEEN, MINE, VERDICT))
    shown = (*SHOWN, *said)
    operations, lead, rep = (open_page(language, wide, shown) for wide in (1440, 1440, width))
    for looker, username in ((operations, "ops"), (lead, "lead"), (rep, "ann")):
        sign_in(looker, username)
    contested = _contested_and_withheld()

    _appeal(rep, APPEAL[language])
    _grant(operations, APPEAL[language], SEEN[language])
    rep.page.goto("/resources/mine/")
    rep.look("answered")
    assert SEEN[language] in rep.page.inner_text("main"), "what is lifted stays to be read with its answer"
    assert rep.page.locator("form[action$='/appeal/']").count() == 0
    assert Withholding.objects.get().state == "lifted"

    _dispute(rep, MINE[language])
    _decide(lead, MINE[language], VERDICT[language])
    rep.page.goto("/resources/mine/")
    rep.look("queue-after-the-verdict")
    assert rep.page.locator(f"form[action='/resources/mine/{contested.pk}/return/']").count() == 1
    contested.refresh_from_db()
    assert contested.owner is not None and contested.owner.name == "Ann"
    complaints = [*operations.complaints, *lead.complaints, *rep.complaints]
    assert complaints == [], "\n".join(complaints)


def _contested_and_withheld() -> Lead:
    """Ann's share is halved until Wednesday; Bo holds a lead that Ann had called before it was his."""
    ann, bo = Rep.objects.get(name="Ann"), Rep.objects.get(name="Bo")
    Withholding.objects.create(
        rep=ann, state="applied", base_percent=50, reward_percent=0, starts_on=date(2024, 3, 14),
        ends_on=date(2024, 3, 20),
        trigger={"metric": "first_call_share", "value": 55.0, "bar": 70, "n": 20, "hours": 24},
    )  # fmt: skip
    lead = Lead.objects.get(external_id="L0")
    at = datetime(2024, 3, 14, 4, tzinfo=UTC)
    Call.objects.create(
        source=lead.source, external_id="before", lead=lead, rep=ann, occurred_at=at, business_date=at.date(),
        local_hour=12, direction=1, answered=True, talk_seconds=300,
    )  # fmt: skip
    give_lead(actor=None, rep_id=bo.pk, lead_id=lead.pk, at=at, override_reason="walk-in")
    return lead


def _appeal(rep: Looker, text: str) -> None:
    page = rep.page
    page.goto("/resources/mine/")
    rep.look("withheld")
    page.fill("form[action$='/appeal/'] [name=text]", text)
    page.click("form[action$='/appeal/'] .btn")
    page.wait_for_selector("form[action$='/appeal/']", state="detached")
    rep.look("appealed")


def _grant(operations: Looker, text: str, answer: str) -> None:
    page = operations.page
    page.goto("/resources/")
    operations.look("appeal")
    assert text in page.inner_text("main")
    page.fill("form[action*='/withholding/'] [name=text]", answer)
    page.click("form[action*='/withholding/'] [value=grant]")
    page.wait_for_selector("[value=grant]", state="detached")
    operations.look("granted")


def _dispute(rep: Looker, reason: str) -> None:
    page = rep.page
    page.goto("/resources/leads/?q=13800138000")
    page.click("details.why:has(form[action$='/dispute/']) > summary")
    page.fill("form[action$='/dispute/'] [name=reason]", reason)
    page.click("form[action$='/dispute/'] .btn")
    page.wait_for_url("**/resources/contests/**")
    rep.look("disputed")
    assert page.locator("form[action$='/decide/']").count() == 0, "nobody decides for themselves"


def _decide(lead: Looker, reason: str, verdict: str) -> None:
    page = lead.page
    page.goto("/resources/contests/")
    lead.look("contests")
    page.click(".ev .what a")
    lead.look("contest")
    assert reason in page.inner_text("main")
    page.fill("[name=verdict]", verdict)
    page.click("button[value=move]")
    page.wait_for_selector("[name=verdict]", state="detached")
    lead.look("decided")
    assert verdict in page.inner_text("main")
