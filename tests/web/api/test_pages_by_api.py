"""Whatever a page shows or does, a program can read or do: a page that nobody listed here makes a test fail."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from pacemark.web.api.action_table import ACTIONS
from pacemark.web.api.v1 import api
from pacemark.web.intake.models import ImportBatch
from pacemark.web.organization.models import Team
from pacemark.web.trail.models import TrailEntry
from tests.support.people import People, client_of
from tests.support.routes import routes

# Signing in, one's own secrets and looks are a person's; what is said of these stands in docs/operating.md.
PERSONAL = (
    "accounts:",
    "account_",
    "mfa_",
    "usersessions_",
    "socialaccount_",
    "openid",
    "feishu",
    "dingtalk",
    "wecom",
)
NO_DATA = {"ui:styleguide": "samples", "overview:home": "leads to one's own first page", "receiving:post": "is no page"}
# Files say what these operations say; a picture says what its card says.
FILES = {
    "goals:export": "plans", "goals:targets_workbook": "targets", "results:review_pdf": "review",
    "results:case_worksheet": "success_case", "intake:errors": "imports",
}  # fmt: skip
BY = {
    "overview:today": "replan_of_rep", "overview:today_of": "replan_of_rep", "overview:week": "week_of_rep",
    "overview:week_of": "week_of_rep", "overview:overview": "overview",
    "goals:list": "targets", "goals:agreements": "agreements", "goals:detail": "plan_of_rep",
    "goals:quarter": "quarter_of_rep", "goals:what_if": "drafts_of_rep", "goals:seasons": "seasons",
    "goals:units": "units", "goals:split_unit": "units", "goals:set_target": "set_target",
    "goals:propose": "propose", "goals:agree": "agree", "goals:ask": "ask", "goals:revise": "revise",
    "goals:withdraw": "withdraw", "ladder:home": "ladder",
    "overview:team": "gaps_of_team", "process:coaching_effects": "coaching_effects", "process:ranking": "ranking",
    "process:team_diagnosis": "diagnosis_of_team", "results:luck": "luck",
    "process:home": "findings", "process:diagnosis": "diagnosis", "process:quality": "quality",
    "process:quality_item": "quality_item", "process:decide_quality": "decide_quality",
    "process:quality_word": "quality_word", "process:audit": "metric_audit", "process:monitor": "retire_metric",
    "results:home": "attainment", "results:deals": "deals", "results:credit": "split_credit",
    "results:decide_offer": "decide_offer", "results:reviews": "reviews", "results:review": "review",
    "results:review_words": "review_words", "results:review_decide": "review_decide",
    "results:review_agree": "review_agree", "results:review_archive": "review_archive",
    "results:review_settle": "review_settle", "results:cases": "success_cases", "results:case": "success_case",
    "results:propose_case": "propose_case", "results:adopt_case": "adopt_case", "results:leave_case": "leave_case",
    "resources:home": "resources_day", "resources:mine": "resources_holdings", "resources:claim": "claim_lead",
    "resources:give_back": "return_lead", "resources:give": "transfer_lead", "resources:find": "resources_leads",
    "resources:decision": "lead_decision", "resources:contests": "resources_contests",
    "resources:pool": "resources_pools", "resources:people": "resources_people",
    "resources:policies": "resources_policies", "resources:version": "resources_replays",
    "notifications:channels": "channels", "organization:people": "organization_people",
    "process:coaching": "coaching", "results:cards": "cards", "results:card": "cards", "results:person": "attainment",
    "goals:batches": "target_batches", "goals:batch": "target_batch", "intake:data": "imports",
    "intake:batch": "import_of",
    "notifications:preview": "channel_preview", "resources:contest": "resources_contest",
    "resources:phone": "lead_phone", "privacy:home": "find_customer", "privacy:export_customer": "export_customer",
    "privacy:erase_customer": "erase_customer", "privacy:employees": "employees_gone",
    "privacy:export_employee": "export_employee", "privacy:erase_employee": "erase_employee",
    "privacy:retention": "set_retention", "privacy:reveals": "looks", "privacy:reveals_of": "looks_of",
    "webhooks:webhooks": "webhook_receivers", "webhooks:add_receiver": "make_webhook_receiver",
    "webhooks:receiver": "change_webhook_receiver", "webhooks:test": "test_webhook_receiver",
    "webhooks:secret": "change_webhook_receiver_secret", "webhooks:end": "end_webhook_receiver",
    "webhooks:add_caller": "make_webhook_caller", "webhooks:caller": "change_webhook_caller",
    "webhooks:again": "send_webhook_again",
}  # fmt: skip


def _pages() -> set[str]:
    return {name for name in routes() if not name.startswith(("api:", *PERSONAL))}


def test_every_page_and_action_is_reachable_by_api_and_no_page_is_unlisted() -> None:
    actions = {action.route for action in ACTIONS}
    listed = actions | set(BY) | set(FILES) | set(NO_DATA)

    assert _pages() - listed == set(), "say which operation reads or does this"
    assert listed - _pages() == set(), "this page is gone"


def test_each_operation_named_exists() -> None:
    schema = api.get_openapi_schema()
    known = {one["operationId"] for path in schema["paths"].values() for one in path.values()}

    assert set((BY | FILES).values()) <= known
    assert {f"act_{action.name}" for action in ACTIONS} <= known


def _act(client: Client, path: str, **fields: Any) -> Any:
    return client.post(f"/api/v1/actions/{path}", json.dumps(fields), content_type="application/json")


@pytest.mark.django_db
def test_an_action_does_what_its_page_does_with_its_words_and_its_trail(people: People) -> None:
    client = client_of(people.operations)

    made = _act(client, "settings/teams/add", name="西部一组", region=people.team.region_id)
    assert made.status_code == 200, made.content
    assert made.json()["done"] is True and made.json()["at"].startswith("/settings/")
    assert Team.objects.filter(name="西部一组").exists()
    assert TrailEntry.objects.filter(actor_id=people.operations.pk, action__startswith="organization.team").exists()


@pytest.mark.django_db
def test_what_the_form_refuses_is_told_in_english_in_the_one_shape(people: People) -> None:
    people.operations.language = "zh-hans"
    people.operations.save()
    client = client_of(people.operations)

    for fields in ({}, {"name": None}, {"name": ""}):
        answer = _act(client, "settings/teams/add", **fields)
        assert answer.status_code == 422
        assert answer.json()["error"]["message"] == "This field is required."
    assert _act(client, "settings/teams/add", name={"a": 1}).json()["error"]["field"] == "name"
    broken = client.post("/api/v1/actions/settings/teams/add", "[1]", content_type="application/json")
    assert broken.status_code == 422


@pytest.mark.django_db
def test_an_action_is_for_whoever_may_on_the_page(people: People) -> None:
    assert _act(client_of(people.rep), "settings/teams/add", name="x").status_code == 403
    assert _act(client_of(people.manager), f"process/coaching/of/{people.outsider_row.pk}").status_code == 404


@pytest.mark.django_db
def test_files_go_in_as_a_form_would_send_them(people: People, settings: Any, tmp_path: Any) -> None:
    settings.PACEMARK_HOME = tmp_path
    sent = SimpleUploadedFile("calls.csv", "id,time,agent,duration\n1,2024-03-15 09:30,赵晓蕾,61\n".encode())
    answer = client_of(people.operations).post("/api/v1/actions/data/upload", {"uploads": sent, "source": "cc"})

    assert answer.status_code == 200, answer.content
    assert answer.json()["at"] == f"/data/imports/{ImportBatch.objects.get().pk}/mapping/"
