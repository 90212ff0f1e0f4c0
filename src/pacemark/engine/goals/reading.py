"""Reading what a chain is worked back from; the keys that `decompose` and `replan` share."""

from __future__ import annotations

from fractions import Fraction

from pacemark.engine.checks import rate_of
from pacemark.engine.errors import EngineError
from pacemark.engine.fields import Fields, missing_key
from pacemark.engine.goals.chain import ROLES, WORK_RATES, ChainInputs, Role, WorkSpan

CHAIN_KEYS = (
    "target",
    "opportunities_target",
    "pipeline_conversion",
    "win_rate",
    "deal_value",
    "expected_amount",
    "closing_share",
    "open_pipeline",
    "open_closing_share",
    "direct_opportunities",
    "rates",
    "role",
    "days_per_week",
    "capacity_dials_per_day",
    "peers",
)
PEER_KEYS = (*WORK_RATES, "pipeline_conversion", "win_rate")
DAYS_PER_WEEK = 5


def read_inputs(fields: Fields, booked: Fraction = Fraction(0)) -> ChainInputs:
    """Read target, conversion, values and rates, with what the role needs.

    Parameters
    ----------
    fields : Fields
        The calculator's input; unknown keys have been refused.
    booked : Fraction, default 0
        What is there already, in the unit of the target.

    Returns
    -------
    ChainInputs
        Defaults filled in: expected_amount = deal_value, closing_share = 1, open_closing_share = closing_share.

    Raises
    ------
    EngineError
        ``goals.missing_key``, ``goals.not_in_role``, ``goals.rate_out_of_range`` and the readers' other codes.

    Notes
    -----
    A key that is needed must be there, but a rate or value may be null: it is unknown then, and the chain says so.
    """
    role = _role(fields)
    counted = _is_counted(fields, role)
    closing_share = fields.rate("closing_share", 1)
    deal_value = _amount_or_none(fields, "deal_value", required=not counted)
    expected = _amount_or_none(fields, "expected_amount", required=False)
    if not counted and "pipeline_conversion" not in fields.values and "win_rate" not in fields.values:
        raise missing_key(fields.area, fields.field("pipeline_conversion"))
    return ChainInputs(
        role=role,
        target=None if counted else fields.amount("target"),
        opportunities_target=fields.amount("opportunities_target") if counted else None,
        booked=booked,
        pipeline_conversion=_rate_or_none(fields, "pipeline_conversion"),
        win_rate=_rate_or_none(fields, "win_rate"),
        deal_value=deal_value,
        expected_amount=deal_value if expected is None else expected,
        closing_share=closing_share,
        open_pipeline=fields.amount("open_pipeline", 0),
        open_closing_share=fields.rate("open_closing_share", closing_share),
        direct_opportunities=fields.amount("direct_opportunities", 0),
        rates=_rates(fields, role),
    )


def read_span(fields: Fields) -> WorkSpan:
    """Read the days there are and what fits into one.

    Parameters
    ----------
    fields : Fields
        The calculator's input.

    Returns
    -------
    WorkSpan
        ``days`` as given; five days a week unless said otherwise.

    Raises
    ------
    EngineError
        ``goals.missing_key``, ``goals.not_positive`` and the readers' other codes.
    """
    capacity = fields.amount("capacity_dials_per_day") if fields.has("capacity_dials_per_day") else None
    return WorkSpan(
        days=fields.positive("days"),
        days_per_week=fields.positive("days_per_week", DAYS_PER_WEEK),
        capacity_dials_per_day=capacity,
    )


def read_peers(fields: Fields) -> dict[str, Fraction]:
    """Read peers' upper quartiles.

    Parameters
    ----------
    fields : Fields
        The calculator's input.

    Returns
    -------
    dict of str to Fraction
        Empty without ``peers``; a rate that is null is left out.

    Raises
    ------
    EngineError
        ``goals.unknown_key``, ``goals.rate_out_of_range`` and the readers' other codes.
    """
    if not fields.has("peers"):
        return {}
    peers = fields.child("peers", optional=PEER_KEYS)
    return {name: peers.rate(name) for name in PEER_KEYS if peers.has(name)}


def _role(fields: Fields) -> Role:
    chosen = fields.choice("role", ROLES, "full_cycle")
    return next(role for role in ROLES if role == chosen)


def _is_counted(fields: Fields, role: Role) -> bool:
    """Tell whether the target is a number of opportunities."""
    if not fields.has("opportunities_target"):
        return False
    where = fields.field("opportunities_target")
    if role != "setter":
        message = "Only a setter's target may be a number of opportunities."
        raise EngineError(f"{fields.area}.not_in_role", message, where)
    if fields.has("target"):
        message = "Give either target or opportunities_target, not both."
        raise EngineError(f"{fields.area}.two_targets", message, where)
    return True


def _rates(fields: Fields, role: Role) -> dict[str, Fraction | None]:
    if role == "closer" and not fields.has("rates"):
        return {}
    given = (
        fields.child("rates", optional=WORK_RATES) if role == "closer" else fields.child("rates", required=WORK_RATES)
    )
    return {name: _rate_or_none(given, name) for name in WORK_RATES}


def _rate_or_none(fields: Fields, key: str) -> Fraction | None:
    value = fields.values.get(key)
    return None if value is None else rate_of(value, fields.field(key), fields.area)


def _amount_or_none(fields: Fields, key: str, *, required: bool) -> Fraction | None:
    if required and key not in fields.values:
        raise missing_key(fields.area, fields.field(key))
    return fields.amount(key) if fields.has(key) else None
