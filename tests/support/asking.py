"""Asking the API what its own schema promises, with schemathesis: nothing of ours may break, nothing go unsaid."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
SCHEMA = "/api/v1/openapi.json"


@dataclass(slots=True)
class Asked:
    """How much was asked, and how it was answered: operation → status → how often."""

    operations: int = 0
    requests: int = 0
    statuses: dict[str, dict[int, int]] = field(default_factory=dict)

    def total(self) -> dict[int, int]:
        """Return how often each status was answered."""
        found: dict[int, int] = {}
        for answers in self.statuses.values():
            for status, count in answers.items():
                found[status] = found.get(status, 0) + count
        return dict(sorted(found.items()))


def ask_everything(
    application: Any, headers: dict[str, str], *, examples: int, seed: int = 0, leave_out: str = ""
) -> Asked:
    """Ask every operation so many times; raises what schemathesis finds, with the request that found it.

    ``leave_out`` is the beginning of operation ids that are not asked.
    """
    schema = schemathesis.openapi.from_wsgi(SCHEMA, application)
    _keep_ids_small(schema.raw_schema)
    asked = Asked()
    for result in schema.get_all_operations():
        operation = result.ok()
        if leave_out and operation.definition.raw["operationId"].startswith(leave_out):
            continue
        asked.operations += 1
        _ask(operation, headers, asked, examples=examples, seed=seed)
    return asked


def _keep_ids_small(schema: dict[str, Any]) -> None:
    """Ask for rows that may be there: an id out of all whole numbers never is."""
    operations = [operation for path in schema["paths"].values() for operation in path.values()]
    for parameter in [one for operation in operations for one in operation.get("parameters", [])]:
        if parameter["in"] == "path" and parameter["schema"].get("type") == "integer":
            parameter["schema"] = {**parameter["schema"], "minimum": 0, "maximum": 40}


def _ask(operation: Any, headers: dict[str, str], asked: Asked, *, examples: int, seed: int) -> None:
    answers = asked.statuses.setdefault(operation.label, {})

    @seeded(seed)
    @settings(
        max_examples=examples, database=None, deadline=None, phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        response = case.call(headers=headers)
        asked.requests += 1
        answers[response.status_code] = answers.get(response.status_code, 0) + 1
        case.validate_response(response, checks=CHECKS)

    ask()
