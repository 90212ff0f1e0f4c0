"""定目标，追过程，拿结果: two months of five people in five browsers, and the second begins where the first ended.

Leads are dealt, goals agreed, days worked, gaps coached, the next tier taken up, the look back written, agreed and
archived; what it decided stands on the next month's first page, and the next look back says what became of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from typer.testing import CliRunner

from pacemark.cli import app
from pacemark.web.accounts.choices import TokenScope
from pacemark.web.accounts.models import User
from pacemark.web.accounts.services import create_token
from pacemark.web.goals.choices import Tier
from pacemark.web.goals.services.ladder import set_tiers
from pacemark.web.organization.models import Grade, GradeQuota, Organization, Region, Team
from pacemark.web.results.jobs import work_out_the_quarter, write_the_reviews
from tests.browser.conftest import OpenPage, sign_in
from tests.browser.floor_site import FloorSite, add_person
from tests.browser.looking import Looker
from tests.browser.posted_days import Books, workdays
from tests.web.goals.floor import Floor, steady_months

pytestmark = pytest.mark.browser
MARCH = date(2024, 3, 1), date(2024, 3, 31)
APRIL = date(2024, 4, 1), date(2024, 4, 30)
HALFWAY = date(2024, 3, 15)  # a Friday
STRONG, WEAK = "001", "002"
PEOPLE = {"lead": "钱主管", "above": "Ada Above", "ops": "Olive Ops", STRONG: "王小禾", WEAK: "Leo Marsh"}
QUESTION, ANSWER = "月底请假两天", "少两天，按天数算"
COACHED, EVIDENCE = "2 × 15", "3 / 3"
SAID, DECIDED = "两天停电", "9 × 20"
SHOWN = (*PEOPLE.values(), QUESTION, ANSWER, SAID, "Team 1", "Floor North", "Floor", "hand", "crm", "禾", "h")


@dataclass(frozen=True, slots=True, kw_only=True)
class Floorful:
    """Everyone's browser, and the books of what was posted."""

    site: FloorSite
    books: Books
    operations: Looker
    lead: Looker
    above: Looker
    strong: Looker
    weak: Looker

    def everyone(self) -> tuple[tuple[Looker, str], ...]:
        """Return each browser with its account."""
        return (
            (self.operations, "ops"), (self.lead, "lead"), (self.above, "above"), (self.strong, STRONG),
            (self.weak, WEAK),
        )  # fmt: skip


@pytest.fixture(scope="module")
def site(floor_site: FloorSite) -> FloorSite:
    """Two reps of one grade with an autumn behind them, their manager and the director above."""
    floor, long_ago = Floor(), date(2020, 1, 1)
    Organization.objects.update(time_zone="Asia/Shanghai", currency="CNY")
    add_person("ops", "operations", PEOPLE["ops"])
    north = Region.objects.create(name="Floor North", director=add_person("above", "director", PEOPLE["above"]))
    Team.objects.update(manager=add_person("lead", "manager", PEOPLE["lead"]), region=north)
    grade = Grade.objects.create(name="P1", ordinal=1)
    GradeQuota.objects.create(grade=grade, valid_from=long_ago, quota_minor=2_000_000)
    set_tiers(
        actor=None, grade_id=grade.pk, valid_from=date(2024, 1, 1),
        amounts_minor={Tier.HIGH: 2_500_000, Tier.BENCHMARK: 3_000_000},
    )  # fmt: skip
    reps = [
        floor.rep(
            PEOPLE[number], "full_cycle", grade=grade, hired_on=long_ago, employee_no=number,
            user=add_person(number, "rep", PEOPLE[number]),
        )
        for number in (STRONG, WEAK)
    ]  # fmt: skip
    steady_months(floor, reps, workdays(date(2023, 9, 1), date(2023, 12, 29)))
    floor.count()
    return floor_site


def test_two_months_from_leads_to_the_next_plan(site: FloorSite, open_page: OpenPage) -> None:
    operations, lead, above = (open_page(language, 1440, SHOWN) for language in ("en", "zh-hans", "en"))
    strong, weak = open_page("zh-hans", 390, SHOWN), open_page("en", 390, SHOWN)
    user = User.objects.get(username="ops")
    token = create_token(actor=user, user=user, name="crm", scope=TokenScope.WRITE, days=90)
    books = Books(request=operations.page.request, token=token.secret)
    floor = Floorful(
        site=site, books=books, operations=operations, lead=lead, above=above, strong=strong, weak=weak
    )  # fmt: skip
    site.turn_to(MARCH[0])
    for looker, username in floor.everyone():
        sign_in(looker, username)

    _leads_are_dealt(floor)
    _goals_are_agreed(floor)
    _half_a_month_is_worked(floor)
    _the_gap_is_coached(floor)
    _the_next_tier_is_taken_up(floor)
    _march_is_looked_back_on(floor)
    _april_starts_from_it(floor)
    _april_runs_to_its_results(floor)

    faults = [f"{username}: {one}" for looker, username in floor.everyone() for one in looker.complaints]
    assert faults == [], "\n".join(faults)


def _leads_are_dealt(floor: Floorful) -> None:
    """Eight leads of yesterday: tried by replay, the rule put in force, half to each; everyone sees their own."""
    leads = [
        {"external_id": f"L{number}", "name": f"h{number}", "arrived_at": "2024-02-29T10:00:00+08:00"}
        for number in range(8)
    ]
    floor.books.post("leads", leads)
    page = floor.operations.page
    page.goto("/resources/policies/new/")
    page.fill("[name=base]", "60")
    page.click("form .btn.primary")
    page.wait_for_url("**/resources/policies/*/")
    page.fill("[name=first]", "2024-02-29")
    page.fill("[name=last]", "2024-02-29")
    page.click("form[action$='/replay/'] .btn")
    page.wait_for_selector("#replays progress")
    floor.site.work()
    page.reload()
    page.click("form[action$='/activate/'] .btn")
    page.wait_for_selector(".note, .messages, [role=status]")
    CliRunner().invoke(app, ["allocate", "--key", "march"], catch_exceptions=False)

    held = []
    for looker in (floor.strong, floor.weak):
        looker.page.goto("/resources/mine/")
        looker.look("leads")
        held.append(looker.page.locator("form[action$='/return/']").count())
    assert held == [4, 4]


def _goals_are_agreed(floor: Floorful) -> None:
    """The manager proposes; one asks and is answered, the other agrees at once."""
    _propose_to_all(floor, "2024-03")
    page = floor.strong.page
    page.goto("/today/")
    page.click(".talk details.say > summary")
    page.fill(".talk [name=reason]", QUESTION)
    page.fill(".talk [name=wished]", "7000")
    page.click(".talk form[action$='/ask/'] .btn.primary")
    page.wait_for_selector(".note.ok")
    page = floor.lead.page
    page.goto("/goals/agreements/?period=2024-03&state=asked")
    floor.lead.look("asked")
    page.click(f".talks a:has-text('{PEOPLE[STRONG]}')")
    page.fill("#talk [name=amount]", "7200")
    page.fill("#talk form[action$='/revise/'] [name=reason]", ANSWER)
    page.click("#talk form[action$='/revise/'] .btn.primary")
    page.wait_for_selector(".note.ok")
    _all_agree(floor, "2024-03")
    floor.strong.page.goto("/goals/?period=2024-03")
    assert "7,200" in floor.strong.page.inner_text("#talk")


def _propose_to_all(floor: Floorful, month: str) -> None:
    page = floor.operations.page
    page.goto(f"/goals/?period={month}")
    page.locator("form[action*='recompute'] button").first.click()
    page.wait_for_load_state()
    floor.site.work()
    page = floor.lead.page
    page.goto(f"/goals/agreements/?period={month}")
    for number in (STRONG, WEAK):
        page.check(f".talks tr:has-text('{PEOPLE[number]}') input[type=checkbox]")
    page.click("#agreements form[action$='/propose/'] .btn:not(.primary)")
    page.wait_for_selector(".talks .st.warn")
    floor.lead.look("proposed")


def _all_agree(floor: Floorful, month: str) -> None:
    for looker in (floor.strong, floor.weak):
        looker.page.goto("/today/")
        looker.look("asked-to-agree")
        looker.page.click(".talk form[action$='/agree/'] .btn.primary")
        looker.page.wait_for_selector(".talk", state="detached")
    floor.lead.page.goto(f"/goals/agreements/?period={month}&state=agreed")
    for number in (STRONG, WEAK):
        assert floor.lead.page.locator(f".talks tr:has-text('{PEOPLE[number]}')").count() == 1


def _half_a_month_is_worked(floor: Floorful) -> None:
    """Today shows today's dials, Team shows the month's, of both, as they were posted."""
    days = workdays(MARCH[0], HALFWAY)
    floor.books.work_days(STRONG, days, dials=24, connects=12, deep_talks=8)
    floor.books.work_days(WEAK, days, dials=3, connects=2, deep_talks=1)
    for day, amount in ((date(2024, 3, 5), 9_000), (date(2024, 3, 12), 11_000), (date(2024, 3, 14), 1_300)):
        floor.books.sign(STRONG, day, amount)
    floor.books.sign(WEAK, date(2024, 3, 11), 800)
    floor.site.turn_to(HALFWAY)
    floor.site.work()
    for looker, number in ((floor.strong, STRONG), (floor.weak, WEAK)):
        looker.page.goto("/today/")
        looker.look("today-halfway")
        assert looker.page.inner_text(".ring b") == str(floor.books.dials(number, HALFWAY, HALFWAY))
    _team_counts(floor, MARCH[0], HALFWAY)


def _team_counts(floor: Floorful, first: date, last: date) -> None:
    """Every dial of the month stands on the manager's page, by person and together."""
    page = floor.lead.page
    page.goto("/team/?span=month")
    floor.lead.look("team")
    done = {number: floor.books.dials(number, first, last) for number in (STRONG, WEAK)}
    for number, count in done.items():
        text = page.inner_text(f".mx tbody tr:has-text('{PEOPLE[number]}') td:nth-of-type(1) .m")
        assert _numbers(text)[0] == count
    assert _numbers(page.inner_text(".mx tfoot td:nth-of-type(1) .m"))[0] == sum(done.values())


def _numbers(text: str) -> list[int]:
    return [int(one) for one in re.findall(r"\d+", text.replace(",", ""))]


def _the_gap_is_coached(floor: Floorful) -> None:
    """The manager puts coaching down for the one behind, and closes it with evidence: one of one."""
    page = floor.lead.page
    page.click(f".mx tr:has-text('{PEOPLE[WEAK]}') .btn.s")
    page.fill("[name=what]", COACHED)
    page.fill("[name=due_on]", "2024-03-18")
    page.click(".act-form .btn.primary")
    page.wait_for_selector(".note.ok")
    floor.site.turn_to(date(2024, 3, 18))
    page.goto("/process/coaching/")
    page.click("details.say > summary")
    page.fill("[name=evidence]", EVIDENCE)
    page.click("form[action$='/done/'] .btn.primary")
    page.wait_for_selector(".note.ok")
    page.goto("/process/coaching/")
    floor.lead.look("coached")
    text = page.inner_text("main")
    assert EVIDENCE in text
    assert "1 / 1" in text


def _the_next_tier_is_taken_up(floor: Floorful) -> None:
    """21,300 of a quota of 20,000 in March: the next tier is offered to one alone, who takes it up."""
    work_out_the_quarter()
    page = floor.strong.page
    page.goto("/today/")
    floor.strong.look("offer")
    page.click("#ladder button[value=accepted]")
    page.wait_for_selector(".note.ok")
    floor.weak.page.goto("/today/")
    assert floor.weak.page.locator("#ladder .offer").count() == 0
    page = floor.lead.page
    page.goto("/results/?by=people&at=2024-03")
    floor.lead.look("results")
    _together(floor, "2024-03", MARCH)


def _together(floor: Floorful, month: str, days: tuple[date, date]) -> None:
    """What was signed in a month, on the manager's Results and on the director's, to the unit."""
    total = f"{floor.books.net(*days):,}"
    for looker in (floor.lead, floor.above):
        looker.page.goto(f"/results/?by=people&at={month}")
        assert total in looker.page.inner_text("table.res tfoot")


def _march_is_looked_back_on(floor: Floorful) -> None:
    """The team's last week: words, an action, agreed, archived. The region's month: the money of March."""
    days = workdays(HALFWAY + timedelta(days=3), date(2024, 3, 29))
    floor.books.work_days(WEAK, days, dials=6, connects=3, deep_talks=2)
    floor.books.sign(WEAK, date(2024, 3, 27), 1_234)
    floor.site.turn_to(APRIL[0])
    floor.site.work()
    write_the_reviews()
    page = floor.lead.page
    page.goto("/results/reviews/")
    page.click("tbody tr:first-child a.pn")
    floor.lead.look("review")
    address = page.url
    assert "1,234" in page.inner_text("#result")
    page.click("#work summary")
    page.fill("#work textarea", SAID)
    page.click("#work .btn")
    page.wait_for_selector(".said")
    page.fill("[name=what]:not([type=hidden])", DECIDED)
    page.fill("#id_due_on", "2024-04-05")
    page.select_option("#id_owner", label=PEOPLE["lead"])
    page.select_option("#id_metric", "dials")
    page.click("#decide .btn.primary")
    page.wait_for_selector("#next tbody tr")
    page.click(".scope .btn.primary")
    page.wait_for_selector("#next [value=done]")
    page = floor.above.page
    page.goto(address)
    floor.above.look("review-agreed")
    assert SAID in page.inner_text("#work")
    page.click(".scope .btn.primary")
    page.wait_for_selector(".note.ok")
    _region_says(floor, MARCH)


def _region_says(floor: Floorful, days: tuple[date, date]) -> None:
    """The director agrees to the month's review of the region, which says what was signed; operations archives it."""
    page = floor.above.page
    page.goto("/results/reviews/?level=region")
    page.click("tbody tr:first-child a.pn")
    floor.above.look("review-of-the-region")
    assert f"{floor.books.net(*days):,}" in page.inner_text("#result")
    page.click(".scope .btn.primary")
    page.wait_for_selector(".scope form[action$='/agree/']", state="detached")
    address, page = page.url, floor.operations.page
    page.goto(address)
    page.click(".scope form[action$='/archive/'] .btn.primary")
    page.wait_for_selector(".note.ok")
    floor.operations.look("review-archived")


def _april_starts_from_it(floor: Floorful) -> None:
    """What was decided stands on the manager's page until it is done; the next plan is agreed."""
    page = floor.lead.page
    page.goto("/team/")
    floor.lead.look("team-with-what-was-decided")
    assert DECIDED in page.inner_text("#carried")
    _propose_to_all(floor, "2024-04")
    _all_agree(floor, "2024-04")


def _april_runs_to_its_results(floor: Floorful) -> None:
    """The action is done and its week looked back on; the month ends with what was posted."""
    week = workdays(APRIL[0], date(2024, 4, 5))
    floor.books.work_days(WEAK, week, dials=20, connects=10, deep_talks=6)
    floor.books.work_days(STRONG, week, dials=24, connects=12, deep_talks=8)
    floor.site.turn_to(date(2024, 4, 8))
    floor.site.work()
    page = floor.lead.page
    page.goto("/team/")
    page.click(f"#carried a:has-text('{DECIDED}')")
    page.click("#next [value=done]")
    page.wait_for_selector(".note.ok")
    page.goto("/team/")
    assert page.locator("#carried").count() == 0
    write_the_reviews()
    page.goto("/results/reviews/")
    page.click("tbody tr:first-child a.pn")
    floor.lead.look("review-of-the-first-week")
    assert DECIDED in page.inner_text("#last_actions"), "what the last review decided, and what became of it"
    _team_counts(floor, *APRIL)

    floor.books.sign(STRONG, date(2024, 4, 18), 6_100)
    floor.books.sign(WEAK, date(2024, 4, 22), 4_321)
    floor.site.turn_to(date(2024, 5, 1))
    floor.site.work()
    write_the_reviews()
    _together(floor, "2024-04", APRIL)
    _region_says(floor, APRIL)
    floor.above.page.goto("/overview/")
    floor.above.look("overview")
