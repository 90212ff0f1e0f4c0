"""People × months by its pages: whom it shows, what it adds up to, a cell typed into, and many behind a preview."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation
from python_calamine import CalamineWorkbook

from pacemark.engine.periods import sales_month
from pacemark.web.goals.bridge.grid import GridFilter, in_order, keep, sums_of, unit_sums
from pacemark.web.goals.choices import TargetBasis
from pacemark.web.goals.models import Target, TargetBatch
from pacemark.web.goals.pages.words import chain_steps
from pacemark.web.goals.queries.grid import load_grid, months_shown
from pacemark.web.goals.queries.quarters import months_grid
from pacemark.web.goals.services.plans import plan_period
from pacemark.web.goals.services.quarters import set_months
from pacemark.web.jobs.worker import run_pending
from pacemark.web.organization.models import Grade, GradeQuota, Membership, Rep
from pacemark.web.organization.queries import organization
from pacemark.web.pipeline.fact_models import RepDay
from tests.support.people import NAMES, People, client_of

MARCH, APRIL = sales_month("2024-03"), sales_month("2024-04")
BACK = "period=2024-04"


@pytest.fixture
def floor(people: People, today: date) -> People:
    changes = {
        (rep.pk, month.first): amount
        for rep, amount in ((people.rep_row, 30_000_00), (people.outsider_row, 10_000_00))
        for month in (MARCH, APRIL)
    }
    set_months(actor=None, changes=changes, basis=TargetBasis.TYPED, hold=False)
    RepDay.objects.create(rep_id=people.rep_row.pk, business_date=date(2024, 3, 4), revenue_minor=15_000_00)
    return people


def _list(user: Any, query: str = BACK) -> Any:
    return client_of(user).get(f"{reverse('goals:list')}?{query}").context


def _newest(rep: Rep) -> Target:
    found = Target.objects.filter(rep=rep, period_start=APRIL.first).order_by("-version").first()
    assert found is not None
    return found


def test_sums_are_those_of_the_people_and_of_their_units(floor: People) -> None:
    grid = load_grid(months_shown(MARCH, "quarter", 1), MARCH, organization(), None)
    everyone = range(len(grid.people))
    march = sums_of(grid, list(everyone))[2]
    assert (march.target_minor, march.booked_minor, march.n_without) == (40_000_00, 15_000_00, 0)
    units = unit_sums(grid, list(everyone))
    assert [(unit.name, unit.months[2].target_minor) for unit in units] == [
        ("North", 30_000_00),
        ("North 1", 30_000_00),
        ("South", 10_000_00),
        ("South 1", 10_000_00),
    ]
    assert sum(unit.whole.target_minor for unit in units if not unit.team_id) == 40_000_00


def test_targets_are_those_that_every_other_page_shows(floor: People) -> None:
    """The quick way through arrays against the room's own reading, with newcomers on the ramp and a year of months."""
    grade = Grade.objects.create(name="P2", ordinal=2)
    GradeQuota.objects.create(grade=grade, valid_from=date(2023, 1, 1), quota_minor=90_000_00)
    Membership.objects.update(grade=grade)
    for day in (date(2023, 12, 20), date(2024, 2, 29), date(2024, 5, 1), date(2019, 1, 1), None):
        rep = Rep.objects.create(name=f"since {day}", hired_on=day)
        Membership.objects.create(rep=rep, team=floor.team, grade=grade, valid_from=date(2019, 1, 1))
    months = months_shown(sales_month("2024-06"), "year", 1)
    grid = load_grid(months, sales_month("2024-06"), organization(), None)
    cells = months_grid(months[0].first, months[-1].last, None)

    for place, member in enumerate(grid.people):
        found = grid.target_minor[place].tolist()
        expected = [cells.get((member.rep_id, month.first)) for month in months]
        assert found == [-1 if cell is None else cell.amount_minor for cell in expected], member.name
    assert len(set(grid.target_minor[:, 5].tolist())) == 2, "June asks the newcomer of May less"


@pytest.mark.parametrize(
    ("asked", "who"),
    [
        (GridFilter(sought="0002"), {"outsider"}),
        (GridFilter(sought=NAMES["rep"]), {"rep"}),
        (GridFilter(state="agreed"), set()),
        (GridFilter(state="none"), {"rep", "outsider"}),
        (GridFilter(only_over_capacity=True), set()),
        (GridFilter(team_id=-1), set()),
    ],
)
def test_filters_keep_whom_they_say(floor: People, asked: GridFilter, who: set[str]) -> None:
    grid = load_grid(months_shown(APRIL, "quarter", 1), APRIL, organization(), None)
    assert {grid.people[place].name for place in keep(grid, asked)} == {NAMES[name] for name in who}


def test_the_order_is_the_one_asked_for(floor: People) -> None:
    grid = load_grid(months_shown(MARCH, "quarter", 1), MARCH, organization(), None)

    def by(sort: str) -> list[str]:
        return [grid.people[place].name for place in in_order(grid, [0, 1], sort)]

    rep, outsider = NAMES["rep"], NAMES["outsider"]
    assert by("target") == [outsider, rep]
    assert by("-target") == by("-attainment") == [rep, outsider]
    assert by("name") == sorted([rep, outsider])
    assert by("nonsense") == by("talk")


def test_a_manager_sees_and_adds_up_the_team_alone(floor: People) -> None:
    context = _list(floor.manager)
    assert [row.member.name for row in context["page"].rows] == [NAMES["rep"]]
    assert context["page"].sums.target_minor == 30_000_00
    book = client_of(floor.manager).get(f"{reverse('goals:targets_workbook')}?{BACK}").content
    assert NAMES["outsider"] not in str(CalamineWorkbook.from_filelike(BytesIO(book)).get_sheet_by_index(0).to_python())


def _save(client: Client, floor: People, amount: str, version: str, **headers: str) -> Any:
    body = {"back": BACK, "month": "2024-04", "amount": amount, "version": version}
    return client.post(reverse("goals:cell", args=[floor.rep_row.pk]), body, headers=headers)


def test_a_cell_is_typed_into_and_saved_with_htmx(floor: People) -> None:
    client, address = client_of(floor.manager), reverse("goals:cell", args=[floor.rep_row.pk])
    opened = client.get(f"{address}?{BACK}&month=2024-04", headers={"HX-Request": "true"}).content.decode()
    assert 'name="amount"' in opened
    assert 'value="30000"' in opened
    read = client.get(f"{address}?{BACK}&month=2024-04&read=1", headers={"HX-Request": "true"}).content.decode()
    assert 'name="amount"' not in read

    saved = _save(client, floor, "31000", "1", **{"HX-Request": "true"})
    assert saved.headers["HX-Trigger-After-Settle"] == "targets-changed", "the sums ask for themselves again"
    assert "31,000" in saved.content.decode()
    assert (_newest(floor.rep_row).amount_minor, _newest(floor.rep_row).is_held) == (31_000_00, True)


def test_a_cell_without_scripts_is_a_form_on_the_page(floor: People) -> None:
    client = client_of(floor.manager)
    address = f"{reverse('goals:cell', args=[floor.rep_row.pk])}?{BACK}&month=2024-04"
    page = client.get(address, follow=True)
    assert page.content.decode().count('name="amount"') == 1
    assert _save(client, floor, "32000", "1").url == f"{reverse('goals:list')}?{BACK}"
    assert _newest(floor.rep_row).amount_minor == 32_000_00


@pytest.mark.parametrize(("amount", "version"), [("31000", "0"), ("-1", "1"), ("soon", "1"), ("", "1")])
def test_what_cannot_be_saved_is_said_in_the_cell_and_kept(floor: People, amount: str, version: str) -> None:
    answer = _save(client_of(floor.manager), floor, amount, version, **{"HX-Request": "true"})
    text = answer.content.decode()
    assert 'role="alert"' in text
    assert f'value="{amount}"' in text, "what was typed stays"
    assert _newest(floor.rep_row).version == 1


def test_a_month_out_of_the_view_is_not_found(floor: People) -> None:
    body = {"back": BACK, "month": "2031-04", "amount": "5", "version": "0"}
    assert client_of(floor.manager).post(reverse("goals:cell", args=[floor.rep_row.pk]), body).status_code == 404


def test_an_edit_goes_from_the_form_over_the_preview_into_the_targets(floor: People) -> None:
    client = client_of(floor.manager)
    body = {"back": BACK, "scope": "chosen", "rep": [floor.rep_row.pk, floor.outsider_row.pk], "month": "2024-04"}
    preview = client.post(reverse("goals:prepare_edit"), {**body, "kind": "multiply", "value": "110"}, follow=True)
    page = preview.context["page"]
    assert (page.n_moving, page.old_minor, page.new_minor) == (1, 30_000_00, 33_000_00), "nobody out of sight"
    assert NAMES["outsider"] not in preview.content.decode()

    batch = TargetBatch.objects.get()
    running = client.post(reverse("goals:apply_batch", args=[batch.pk]), {}, follow=True)
    assert "hx-trigger" in running.content.decode(), "the page asks for itself while it runs"
    run_pending()
    assert client.get(reverse("goals:batch", args=[batch.pk])).context["page"].job is None
    assert _newest(floor.rep_row).amount_minor == 33_000_00
    assert str(batch.pk) in client.get(reverse("goals:batches")).content.decode()


def test_a_batch_is_its_makers_and_operations(floor: People) -> None:
    body = {"back": BACK, "scope": "all", "month": "2024-04", "kind": "set", "value": "5"}
    client_of(floor.manager).post(reverse("goals:prepare_edit"), body)
    address = reverse("goals:batch", args=[TargetBatch.objects.get().pk])
    seen = {
        name: client_of(getattr(floor, name)).get(address).status_code for name in ("director", "operations", "rep")
    }
    assert seen == {"director": 404, "operations": 200, "rep": 403}


@pytest.mark.parametrize(
    "body",
    [
        {"scope": "chosen", "month": "2024-04", "kind": "set", "value": "5"},
        {"scope": "all", "kind": "set", "value": "5"},
        {"scope": "all", "month": "2024-02", "kind": "set", "value": "5"},
        {"scope": "all", "month": "2024-04", "kind": "set", "value": "-5"},
        {"scope": "all", "month": "2024-04", "kind": "nonsense", "value": "5"},
        {"scope": "all", "month": "2024-04", "kind": "set", "value": "NaN"},
    ],
)
def test_an_edit_that_makes_no_sense_is_told_and_makes_no_preview(floor: People, body: dict[str, str]) -> None:
    page = client_of(floor.manager).post(reverse("goals:prepare_edit"), {"back": BACK, **body}, follow=True)
    assert [str(message.level_tag) for message in page.context["messages"]] == ["error"]
    assert not TargetBatch.objects.exists()


def test_a_workbook_comes_back_through_the_page(floor: People) -> None:
    client = client_of(floor.operations)
    book = client.get(f"{reverse('goals:targets_workbook')}?{BACK}").content
    sent = SimpleUploadedFile("targets.xlsx", book)
    page = client.post(reverse("goals:prepare_import"), {"back": BACK, "workbook": sent}, follow=True).context["page"]
    assert (page.n_moving, page.n_refused) == (0, 0)
    broken = client.post(
        reverse("goals:prepare_import"), {"back": BACK, "workbook": SimpleUploadedFile("x.xlsx", b"no")}, follow=True
    )
    assert len(broken.context["messages"]) == 1


@translation.override("en")
def test_the_chain_strip_adds_up_step_by_step() -> None:
    """Each number follows from the one before by what is written under it."""
    content: dict[str, Any] = {
        "role": "full_cycle", "target": 30_000.0, "booked": 1_000.0, "expected_from_open": 5_000.0, "days": 20,
        "pipeline_conversion": 0.2, "closing_share": 0.5, "expected_amount": 3_000.0, "direct_opportunities": 20.0,
        "rates": {name: {"mean": 0.5} for name in ("opportunity_per_deep_talk", "deep_talk_per_connect")},
    }  # fmt: skip
    content["rates"]["connect_per_dial"] = {"mean": 0.25}
    even: dict[str, Any] = {
        "pipeline": 240_000.0, "deals": 8.0, "opportunities": 80.0, "deep_talks": 120.0, "connects": 240.0,
        "dials": 960.0, "per_day": {"dials": {"exact": 48.0, "rounded": 48}},
    }  # fmt: skip
    content["plans"] = {"0.5": even}
    steps = {str(step.label): (step.value, step.by) for step in chain_steps(content, even)}
    assert steps["Still missing"] == ("24,000", "− 1,000 booked − 5,000 from the open pipeline")
    assert steps["Pipeline"] == ("240,000", "÷ 20.0% ÷ 50.0% in time")
    assert steps["Opportunities"] == ("80", "÷ 3,000")
    assert steps["Deep talks"] == ("120", "− 20.0 without a talk ÷ 50.0%")
    assert steps["A day"] == ("48", "÷ 20 days")
    assert chain_steps(content, dict(even))[1].by == "asked for by this chance"


def test_who_has_a_plan_shows_what_it_takes(floor: People) -> None:
    plan_period(actor=None, period=APRIL, as_of=date(2024, 3, 15))
    row = _list(floor.manager)["page"].rows[0]
    assert row.odds is not None
    assert not row.is_being_planned
    _save(client_of(floor.manager), floor, "31000", "1")
    assert _list(floor.manager)["page"].rows[0].is_being_planned, "until the worker has planned it anew"
    run_pending()
    assert not _list(floor.manager)["page"].rows[0].is_being_planned
