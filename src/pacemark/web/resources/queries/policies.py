"""Reading the rule of distribution: the version that holds, all versions, and what a version says.

A version's ``content`` is ``{"policy", "teams", "caps", "weights"}``: the first two as the calculator reads them (team
ids are our team ids as text), ``caps`` ``{"holdings", "day", "month"}`` per rep with null for none, ``weights`` per
metric of the score, total 100.
"""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any

from django.db.models import QuerySet

from pacemark.web.resources.choices import PolicyState
from pacemark.web.resources.models import PolicyVersion
from pacemark.web.shared.compiled import Compiled, columns_of, whole

MAIN_POLICY = "main"
CAPS = ("holdings", "day", "month")
METRICS = ("win_rate", "talk_to_opportunity", "first_call")
_DEFAULT: dict[str, Any] = {
    "policy": {"base": "1", "reward": "0"},
    "teams": [],
    "caps": dict.fromkeys(CAPS),
    "weights": {"win_rate": 50, "talk_to_opportunity": 30, "first_call": 20},
}


def default_content() -> dict[str, Any]:
    """Return what a first policy says: everyone the same, no caps."""
    return deepcopy(_DEFAULT)


def active_version(day: date | None = None) -> PolicyVersion | None:
    """Return the version that holds, or that held at the end of a day (UTC); none where nobody has activated one."""
    rows = PolicyVersion.objects.select_related("policy").filter(policy__name=MAIN_POLICY)
    if day is None:
        return rows.filter(state=PolicyState.ACTIVE).first()
    held = rows.filter(active_from__isnull=False, active_from__date__lte=day)
    return held.exclude(active_until__date__lte=day).order_by("-active_from").first()


def version_in_force() -> PolicyVersion | None:
    """Return the version that holds for whoever deals by it, at every lead; its policy is not loaded with it."""
    return whole(PolicyVersion, _IN_FORCE.first())


def _in_force() -> QuerySet[PolicyVersion, tuple[Any, ...]]:
    rows = PolicyVersion.objects.filter(policy__name=MAIN_POLICY, state=PolicyState.ACTIVE)
    return rows.values_list(*columns_of(PolicyVersion))[:1]


_IN_FORCE = Compiled(_in_force)


def versions() -> QuerySet[PolicyVersion]:
    """Return every version of the organisation's policy, newest first."""
    rows = PolicyVersion.objects.select_related("policy", "made_by").filter(policy__name=MAIN_POLICY)
    return rows.order_by("-version")


def score_weights(version: PolicyVersion | None) -> dict[str, int]:
    """Return a version's weights of the score."""
    weights: dict[str, int] = (version.content if version else _DEFAULT).get("weights") or _DEFAULT["weights"]
    return weights
