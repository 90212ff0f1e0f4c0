"""What the API answers of a whole floor is what its schema says, operation by operation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from django.db.models import Model
from django.test import Client

from pacemark.demo.world import Chronicle
from pacemark.web.accounts.models import User
from pacemark.web.api.v1 import api
from pacemark.web.goals.models import PlanDraft, TargetBatch
from pacemark.web.intake.models import ImportBatch
from pacemark.web.notifications.models import Channel
from pacemark.web.organization.models import Rep, Team
from pacemark.web.process.models import QualityItem
from pacemark.web.resources.models import Contest, Decision, PolicyVersion
from pacemark.web.results.models import Review, SuccessCase

# What stands for a place in an address; of a folder of one's own, by its beginning.
ROWS: dict[str, type[Model]] = {
    "case_id": SuccessCase, "channel_id": Channel, "contest_id": Contest, "item_id": QualityItem, "rep_id": Rep,
    "review_id": Review, "team_id": Team, "user_id": User, "version_id": PolicyVersion,
}  # fmt: skip
N_ROWS = 4
ASKED = {"attainment": ("by=people", "by=teams"), "causes": ("by=people", "by=teams"), "gaps_of_team": ("span=day",),
         "organization_people": ("q=1",), "resources_leads": ("q=1",)}  # fmt: skip
# Nothing of these stands on the made-up floor; the tests of their rooms make it and read it.
EMPTY = {
    "cards", "channels", "channel_preview", "employees_gone", "import_of", "imports", "looks",
    "looks_of", "messages", "target_batch", "target_batches", "webhook_callers", "webhook_deliveries",
    "webhook_receipts", "webhook_receivers",
}  # fmt: skip


def _values(path: str, name: str) -> list[Any]:
    if name == "batch_id":
        return _some((TargetBatch if "goals" in path else ImportBatch).objects.values_list("pk", flat=True))
    if name == "lead_id":
        return _some(Decision.objects.values_list("lead_id", flat=True))
    own = [PlanDraft.objects.values_list("rep_id", flat=True)[0]] if name == "rep_id" else []
    return [*own, *_some(ROWS[name]._default_manager.values_list("pk", flat=True))]


def _some(rows: Any) -> list[Any]:
    """Return some from the first to the last: what is told of them differs most."""
    found = list(rows.order_by("pk"))
    return found[:: max(len(found) // N_ROWS, 1)][: N_ROWS + 1]


def _addresses(path: str, operation: str) -> Iterator[str]:
    name = path.partition("{")[2].partition("}")[0]
    for value in _values(path, name) if name else [""]:
        for asked in ("", *ASKED.get(operation, ())):
            yield path.replace(f"{{{name}}}", str(value)) + f"?{asked}"


@pytest.mark.django_db
def test_every_read_is_answered_as_the_schema_says(made_up: Chronicle, settings: Any) -> None:
    settings.PACEMARK_API_PER_ACCOUNT = 0
    # A draft is told to nobody but the one who kept it.
    people = (User.objects.filter(access_role="admin").order_by("pk")[0], PlanDraft.objects.all()[0].kept_by)
    clients = (Client(), Client())
    for client, person in zip(clients, people, strict=True):
        client.force_login(person)
    schema = api.get_openapi_schema()
    empty = set()
    for path, methods in schema["paths"].items():
        if "get" not in methods:
            continue
        operation = methods["get"]["operationId"]
        told = methods["get"]["responses"][200]["content"]["application/json"]["schema"]
        holds = jsonschema_rs.validator_for({**told, "components": schema["components"]})
        answers = [client.get(address) for address in _addresses(path, operation) for client in clients]
        assert {one.status_code for one in answers} <= {200, 403, 404}, (operation, [one.content for one in answers])
        found = [answer.json() for answer in answers if answer.status_code == 200]
        for answer in found:
            assert not (first := next(holds.iter_errors(answer), None)), (operation, first)
        if not any(answer.get("items", True) for answer in found):
            empty.add(operation)
    assert empty == EMPTY
