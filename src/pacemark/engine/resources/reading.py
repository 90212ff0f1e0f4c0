"""Leads, reps and teams as the calculator's JSON has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from pacemark.engine.checks import MAX_LIST_LENGTH, count_of, fraction_of, list_of
from pacemark.engine.errors import EngineError
from pacemark.engine.fields import Fields, fields_of
from pacemark.engine.resources.arrivals import Arrivals, Desk
from pacemark.engine.resources.eligibility import OFF_CODES, Rep, Withholding
from pacemark.engine.resources.policy import AREA, Team, name_of, policy_of

ONE_GRADE = "all"
_LEAD_KEYS = ("id", "grade", "score", "tags", "do_not_contact", "values")
_REP_KEYS = (
    "id", "team", "score", "cap", "held", "cap_day", "held_day", "cap_month", "held_month", "off", "on_duty",
    "withheld", "skills", "previous_share",
)  # fmt: skip


def arrivals_of(value: object) -> Arrivals:
    """Read the leads: a list, ``{"count": n}``, or a count per grade.

    Parameters
    ----------
    value : object
        JSON. Ids of counted leads are made up in order, the best first.

    Returns
    -------
    Arrivals
        In the order given.

    Raises
    ------
    EngineError
        ``resources.duplicate_lead``, ``resources.negative``, and what the readers refuse.

    Examples
    --------
    >>> arrivals_of({"A": 1, "B": 2}).ids
    ['A1', 'B1', 'B2']
    """
    if isinstance(value, Mapping):
        return _counted(value)
    leads = [_lead(item, f"leads.{place}") for place, item in enumerate(list_of(value, "leads", AREA))]
    ids = [name_of(lead.values["id"], lead.field("id")) for lead in leads]
    if len(set(ids)) < len(ids):
        raise EngineError("resources.duplicate_lead", "A lead is listed twice; every id may stand once.", "leads")
    return Arrivals(
        ids=ids,
        grades=[_name(lead, "grade", ONE_GRADE) for lead in leads],
        scores=_scores(leads),
        tags=[_tags(lead, "tags") for lead in leads] if any(lead.has("tags") for lead in leads) else None,
        blocked=_flags(leads, "do_not_contact"),
        values=[_values(lead) for lead in leads] if any(lead.has("values") for lead in leads) else None,
    )


def desk_of(fields: Fields) -> Desk:
    """Read reps, teams and policy.

    Parameters
    ----------
    fields : Fields
        The whole input, with ``reps`` and perhaps ``teams`` and ``policy``.

    Returns
    -------
    Desk
        Checked but for what `allocate` itself checks.

    Raises
    ------
    EngineError
        ``resources.unknown_team`` for a rep whose team is not among the teams listed, and what the readers refuse.

    Examples
    --------
    >>> desk_of(fields_of({"reps": [{"id": "a", "on_duty": False}]}, "resources", required=["reps"])).reps[0].off
    'off_duty'
    """
    teams = (
        [_team(item, f"teams.{place}") for place, item in enumerate(fields.items("teams"))]
        if fields.has("teams")
        else []
    )
    if len({team.id for team in teams}) < len(teams):
        raise EngineError("resources.duplicate_team", "A team is listed twice; every id may stand once.", "teams")
    reps = [_rep(item, f"reps.{place}") for place, item in enumerate(fields.items("reps"))]
    listed = {team.id for team in teams}
    for place, rep in enumerate(reps):
        if listed and rep.team and rep.team not in listed:
            message = f"Team {rep.team[:60]} is not among the teams given."
            raise EngineError("resources.unknown_team", message, f"reps.{place}.team")
    return Desk(reps=reps, teams=teams, policy=policy_of(fields.values.get("policy") or {}))


def _counted(value: Mapping[str, Any]) -> Arrivals:
    counts = {str(grade): count_of(count, f"leads.{str(grade)[:60]}", AREA) for grade, count in value.items()}
    if sum(counts.values()) > MAX_LIST_LENGTH:
        raise EngineError("resources.too_many", f"leads may be at most {MAX_LIST_LENGTH} in all.", "leads")
    if set(counts) == {"count"}:
        n_leads = counts["count"]
        return Arrivals(ids=[f"L{place}" for place in range(1, n_leads + 1)], grades=[ONE_GRADE] * n_leads)
    for grade in counts:
        name_of(grade, "leads")
    return Arrivals(
        ids=[f"{grade}{place}" for grade, count in counts.items() for place in range(1, count + 1)],
        grades=[grade for grade, count in counts.items() for _ in range(count)],
    )


def _lead(value: object, path: str) -> Fields:
    return fields_of(value, AREA, path=path, required=["id"], optional=_LEAD_KEYS[1:])


def _name(fields: Fields, key: str, default: str) -> str:
    return name_of(fields.values[key], fields.field(key)) if fields.has(key) else default


def _scores(leads: Sequence[Fields]) -> list[float] | None:
    if not any(lead.has("score") for lead in leads):
        return None
    return [float(fraction_of(lead.values.get("score") or 0, lead.field("score"), AREA)) for lead in leads]


def _tags(fields: Fields, key: str) -> frozenset[str]:
    if not fields.has(key):
        return frozenset()
    items = list_of(fields.values[key], fields.field(key), AREA)
    return frozenset(name_of(item, f"{fields.field(key)}.{place}") for place, item in enumerate(items))


def _flag(fields: Fields, key: str, *, default: bool) -> bool:
    value = fields.values.get(key)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise EngineError(
            "resources.not_true_or_false", f"{fields.field(key)} must be true or false.", fields.field(key)
        )
    return value


def _flags(leads: Sequence[Fields], key: str) -> list[bool] | None:
    flags = [_flag(lead, key, default=False) for lead in leads]
    return flags if any(flags) else None


def _values(fields: Fields) -> dict[str, float]:
    if not fields.has("values"):
        return {}
    values, path = fields.values["values"], fields.field("values")
    if not isinstance(values, Mapping):
        raise EngineError("resources.not_an_object", f"{path} must be a JSON object.", path)
    return {str(rep): float(fraction_of(value, f"{path}.{str(rep)[:60]}", AREA)) for rep, value in values.items()}


def _team(value: object, path: str) -> Team:
    fields = fields_of(value, AREA, path=path, required=["id"], optional=["multiplier", "rank"])
    return Team(
        id=name_of(fields.values["id"], fields.field("id")),
        multiplier=fields.amount("multiplier", 1),
        rank=fields.count("rank") if fields.has("rank") else None,
    )


def _rep(value: object, path: str) -> Rep:
    fields = fields_of(value, AREA, path=path, required=["id"], optional=_REP_KEYS[1:])
    off = fields.choice("off", OFF_CODES, "") or None
    is_on_duty = _flag(fields, "on_duty", default=True)
    return Rep(
        id=name_of(fields.values["id"], fields.field("id")),
        team=_name(fields, "team", ""),
        score=fields.amount("score") if fields.has("score") else None,
        cap=_limit(fields, "cap"),
        held=fields.count("held", 0),
        cap_day=_limit(fields, "cap_day"),
        held_day=fields.count("held_day", 0),
        cap_month=_limit(fields, "cap_month"),
        held_month=fields.count("held_month", 0),
        off=off if is_on_duty or off else "off_duty",
        withheld=_withheld(fields),
        skills=_tags(fields, "skills"),
        previous_share=fields.rate("previous_share") if fields.has("previous_share") else None,
    )


def _limit(fields: Fields, key: str) -> int | None:
    return fields.count(key) if fields.has(key) else None


def _withheld(fields: Fields) -> Withholding | None:
    if not fields.has("withheld"):
        return None
    held = fields.child("withheld", optional=["base", "reward"])
    left = Withholding(base=held.rate("base", 1), reward=held.rate("reward", 1))
    return None if left.base == left.reward == Fraction(1) else left
