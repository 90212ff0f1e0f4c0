"""The rule that leads are dealt by, and the teams it ranks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, cast

from pacemark.engine.errors import EngineError
from pacemark.engine.fields import Fields, fields_of

Order = Literal["first_pick", "balanced", "best_fit", "arrival"]
ORDERS: tuple[Order, ...] = ("first_pick", "balanced", "best_fit", "arrival")
AREA = "resources"
_KEYS = (
    "base", "reward", "floor", "ceiling", "order", "make_up", "window", "expected_leads", "grades", "damping",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One version of the rule.

    Parameters
    ----------
    base, reward : Fraction
        Parts of a team's share that its reps get equally, and by score; they sum to 1.
    floor : int
        Leads that no rep falls below within the policy window, where that is feasible; 0 for none.
    ceiling : int or None
        Leads that no rep goes beyond within the policy window.
    order : str
        ``first_pick``: by team rank, then score, the best leads of a grade first; ``balanced``: the qualities of a
        grade are dealt evenly; ``best_fit``: leads and reps are matched for the highest expected value; ``arrival``:
        as decided. Counts are the same in all four.
    make_up : int
        Leads that a rep may be owed for a leave, at most; 0 is ``no_make_up``.
    window : str
        What the floor and the ceiling are for: ``batch``, or a name such as ``month``.
    expected_leads : int or None
        Leads expected in one window; None takes the batch itself.
    grades : tuple of str or None
        The lead grades the policy knows; None for any.
    damping : Fraction
        Weight of the previous cycle's share against the new one, 0 to 1.
    """

    base: Fraction = Fraction(1)
    reward: Fraction = Fraction(0)
    floor: int = 0
    ceiling: int | None = None
    order: Order = "first_pick"
    make_up: int = 0
    window: str = "batch"
    expected_leads: int | None = None
    grades: tuple[str, ...] | None = None
    damping: Fraction = Fraction(0)

    @property
    def has_bounds(self) -> bool:
        """Whether the window's progress has to be kept."""
        return self.floor > 0 or self.ceiling is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A team as the rule sees it.

    Parameters
    ----------
    id : str
        Its name in the ledger.
    multiplier : Fraction
        What one head of this team weighs, ``>= 0``.
    rank : int or None
        1 picks first; None stands behind the ranked, by multiplier.
    """

    id: str
    multiplier: Fraction = Fraction(1)
    rank: int | None = None


def ranked_teams(teams: Sequence[Team]) -> dict[str, int]:
    """Give each team its place in the picking order.

    Parameters
    ----------
    teams : sequence of Team
        In any order.

    Returns
    -------
    dict of str to int
        Places from 0; by rank, then the larger multiplier, then the id.

    Examples
    --------
    >>> ranked_teams([Team(id="b"), Team(id="a", rank=1)])
    {'a': 0, 'b': 1}
    """
    last = 1 + max((team.rank for team in teams if team.rank is not None), default=0)
    ordered = sorted(teams, key=lambda team: (last if team.rank is None else team.rank, -team.multiplier, team.id))
    return {team.id: place for place, team in enumerate(ordered)}


def policy_of(value: object, path: str = "policy") -> Policy:
    """Read a policy as the calculator and the policy form write it.

    Parameters
    ----------
    value : object
        A JSON object; every key has a default, and one of ``base`` and ``reward`` follows from the other.
    path : str, default "policy"
        Where it stands in the whole input, for errors.

    Returns
    -------
    Policy
        Checked.

    Raises
    ------
    EngineError
        ``resources.parts_not_one`` where base and reward do not sum to 1, ``resources.ceiling_below_floor``,
        ``resources.bad_name``, or what the number readers refuse.

    Examples
    --------
    >>> policy_of({"base": "0.6"}).reward
    Fraction(2, 5)
    """
    fields = fields_of(value, AREA, path=path, optional=_KEYS)
    base, reward = _parts(fields)
    floor = fields.count("floor", 0)
    ceiling = fields.count("ceiling") if fields.has("ceiling") else None
    if ceiling is not None and ceiling < floor:
        raise EngineError(
            "resources.ceiling_below_floor", "The ceiling must not be below the floor.", f"{path}.ceiling"
        )
    return Policy(
        base=base,
        reward=reward,
        floor=floor,
        ceiling=ceiling,
        order=cast(Order, fields.choice("order", ORDERS, "first_pick")),
        make_up=fields.count("make_up", 0),
        window=name_of(fields.values.get("window") or "batch", fields.field("window")),
        expected_leads=fields.count("expected_leads") if fields.has("expected_leads") else None,
        grades=_grades(fields),
        damping=fields.rate("damping", 0),
    )


def name_of(value: object, field: str) -> str:
    """Read an id or a name.

    Parameters
    ----------
    value : object
        Text of 1 to 200 characters, or a whole number, which becomes text.
    field : str
        Dotted path, for the error.

    Returns
    -------
    str
        The name.

    Raises
    ------
    EngineError
        ``resources.bad_name``.

    Examples
    --------
    >>> name_of(7, "reps.0.id")
    '7'
    """
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not 0 < len(text) <= 200:
        raise EngineError("resources.bad_name", f"{field} must be a name of 1 to 200 characters.", field)
    return text


def _parts(fields: Fields) -> tuple[Fraction, Fraction]:
    has_base, has_reward = fields.has("base"), fields.has("reward")
    base = fields.rate("base", None if has_base else 1 - fields.rate("reward", 0))
    reward = fields.rate("reward", None if has_reward else 1 - base)
    if base + reward != 1:
        message = "The base part and the reward part must sum to 1."
        raise EngineError("resources.parts_not_one", message, fields.field("reward"))
    return base, reward


def _grades(fields: Fields) -> tuple[str, ...] | None:
    if not fields.has("grades"):
        return None
    items: list[Any] = fields.items("grades")
    return tuple(name_of(item, f"{fields.field('grades')}.{place}") for place, item in enumerate(items))
