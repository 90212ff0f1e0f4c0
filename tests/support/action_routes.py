"""Who may do what a page does, by program: whoever may on the page. And which operation stands for which page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pacemark.web.accounts.choices import AccessRole
from pacemark.web.api.action_table import ACTIONS

# A month, or which rule, is looked for before anything else: without one there is nothing at the address.
_NOBODY: dict[str, Any] = {"roles": frozenset(), "about_a_rep": False}
_NOTHING_TO_FIND = {"goals:cell": {**_NOBODY, "values": {"rep_id": 10**9}}, "resources:rules": _NOBODY}


def with_actions(expected: dict[str, Any]) -> dict[str, Any]:
    """Return a row for each action, as its page's row says."""
    rows = {}
    for action in ACTIONS:
        row = expected[action.route]
        rows[f"api:act_{action.name}"] = replace(row, method="post", **_NOTHING_TO_FIND.get(action.route, {}))
    return rows


def with_rest(nobody: Any) -> dict[str, Any]:
    """Return rows for lists of the floor, and for ends and batches that do not exist (tests/web/api)."""
    ends = ("change_webhook_receiver", "test_webhook_receiver", "change_webhook_receiver_secret",
            "change_webhook_caller", "change_webhook_caller_secret")  # fmt: skip
    rows = {f"api:{name}": replace(nobody, values={"end_id": 0}) for name in ends}
    for name in ("receiver", "caller"):
        rows[f"api:make_webhook_{name}"] = replace(nobody, roles=frozenset({AccessRole.OPERATIONS, AccessRole.ADMIN}))
        rows[f"api:end_webhook_{name}"] = replace(nobody, method="delete", values={"end_id": 0})
    planners, leaders = frozenset({AccessRole.OPERATIONS, AccessRole.ADMIN}), frozenset(AccessRole) - {AccessRole.REP}
    for name in ("organization_people", "organization_teams", "imports"):
        rows[f"api:{name}"] = replace(nobody, roles=planners, method="get")
    for name in ("coaching", "goals_batches"):
        rows[f"api:{name}"] = replace(nobody, roles=leaders, method="get")
    rows["api:results_cards"] = replace(nobody, roles=frozenset(AccessRole), method="get")
    for name in ("import_of", "goals_batch"):
        rows[f"api:{name}"] = replace(nobody, method="get", values={"batch_id": 0})
    return rows | with_privacy(nobody) | {"api:send_webhook_again": replace(nobody, values={"delivery_id": 0})}


def with_privacy(nobody: Any) -> dict[str, Any]:
    """Return rows for what is kept about people; those addressed do not exist (tests/web/api/test_privacy_api.py)."""
    admin, planners = frozenset({AccessRole.ADMIN}), frozenset({AccessRole.OPERATIONS, AccessRole.ADMIN})
    rows = {f"api:{what}_customer": replace(nobody, values={"lead_id": 10**9}) for what in ("export", "erase")}
    rows |= {f"api:{what}_employee": replace(nobody, values={"who": "r0"}) for what in ("export", "erase")}
    rows |= {f"api:{name}": replace(nobody, roles=admin) for name in ("find_customer", "set_retention")}
    for name in ("employees_gone", "retention", "retention_due"):
        rows[f"api:{name}"] = replace(nobody, roles=admin, method="get")
    rows["api:looks"] = replace(nobody, roles=planners, method="get")
    rows["api:looks_of"] = replace(nobody, method="get", values={"user_id": 10**9})
    rows["api:lead_phone"] = replace(nobody, values={"lead_id": 0})
    rows["api:channel_preview"] = replace(nobody, method="get", values={"channel_id": 0})
    return rows | {"api:resources_contest": replace(nobody, method="get", values={"contest_id": 0})}
