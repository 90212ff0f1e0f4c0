"""The entitlement ledger: what the rule owes so far, what was received; exact, and carried across runs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeVar

from pacemark.engine.checks import count_of
from pacemark.engine.errors import EngineError
from pacemark.engine.fields import fields_of
from pacemark.engine.resources.policy import AREA, name_of

Key = tuple[str, str]
_T = TypeVar("_T")
_EXACT = re.compile(r"-?\d{1,60}(/[1-9]\d{0,39})?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What one team, or one rep, is owed and has received of one grade.

    Parameters
    ----------
    entitled : Fraction
        Sum of its shares of the leads that arrived, exact. As text ``str(entitled)``, read back by ``Fraction(text)``.
    received : int
        Leads given to it.
    """

    entitled: Fraction = Fraction(0)
    received: int = 0

    @property
    def balance(self) -> Fraction:
        """Entitled minus received: above zero is owed."""
        return self.entitled - self.received


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """How far a policy window has come, kept where the policy has a floor or a ceiling.

    Parameters
    ----------
    arrived : int
        Leads that arrived in it.
    received : mapping of str to int
        Leads each rep received in it.
    """

    arrived: int = 0
    received: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The whole carried state of the rule.

    Parameters
    ----------
    teams : mapping of (team, grade) to Account
        First level. A missing account is an empty one.
    reps : mapping of (rep, grade) to Account
        Second level, against what the rep's team received; the sum over grades decides.
    absent : mapping of str to Fraction
        Credit a rep has been given during the present leave, where leaves are made up for.
    marks : mapping of str to str
        For each group (``teams/GRADE``, ``reps/TEAM``) which set of members and shares was served last.
    window : Window
        Progress of the policy window.

    Notes
    -----
    To keep it as rows: one per (team, grade) and one per (rep, grade), with ``entitled`` as text (at most 100
    characters) and ``received`` as integer; ``absent``, ``marks`` and ``window`` fit in one small JSON value (see
    `as_json`). All of it must be carried: marks say whether the next lead continues a stretch (fractions stay exact) or
    begins a new one (fractions are rounded to a fine grid so that they do not grow), and so one batch, its chunks and
    single leads stay the same to the last digit.
    """

    teams: Mapping[Key, Account] = field(default_factory=dict)
    reps: Mapping[Key, Account] = field(default_factory=dict)
    absent: Mapping[str, Fraction] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)
    window: Window = field(default_factory=Window)

    def balance_of_rep(self, rep: str) -> Fraction:
        """Return entitled minus received of a rep over all grades."""
        return sum((account.balance for (name, _), account in self.reps.items() if name == rep), Fraction(0))

    def as_json(self) -> dict[str, Any]:
        """Return the ledger as JSON-ready values; `ledger_of` reads it back exactly."""
        return {
            "teams": _nested(self.teams),
            "reps": _nested(self.reps),
            "absent": {name: str(credit) for name, credit in self.absent.items()},
            "marks": dict(self.marks),
            "window": {"arrived": self.window.arrived, "received": dict(self.window.received)},
        }


def ledger_of(value: object, path: str = "ledger") -> Ledger:
    """Read a ledger back from JSON-ready values.

    Parameters
    ----------
    value : object
        What `Ledger.as_json` gave; ``{}`` is an empty ledger.
    path : str, default "ledger"
        Where it stands in the whole input, for errors.

    Returns
    -------
    Ledger
        Equal to the one that was written.

    Raises
    ------
    EngineError
        ``resources.bad_ledger`` where an amount is not an exact number as text, or what the readers refuse.

    Examples
    --------
    >>> ledger = Ledger(teams={("t1", "A"): Account(entitled=Fraction(1, 3), received=0)})
    >>> ledger_of(ledger.as_json()) == ledger
    True
    """
    fields = fields_of(value, AREA, path=path, optional=["teams", "reps", "absent", "marks", "window"])
    window = fields_of(
        fields.values.get("window") or {}, AREA, path=fields.field("window"), optional=["arrived", "received"]
    )
    return Ledger(
        teams=_accounts(fields.values.get("teams"), fields.field("teams")),
        reps=_accounts(fields.values.get("reps"), fields.field("reps")),
        absent=_mapped(fields.values.get("absent"), fields.field("absent"), exact_of),
        marks=_mapped(fields.values.get("marks"), fields.field("marks"), name_of),
        window=Window(
            arrived=window.count("arrived", 0),
            received=_mapped(window.values.get("received"), window.field("received"), _count),
        ),
    )


def exact_of(value: object, field: str) -> Fraction:
    """Read an exact amount of the ledger, with as many digits as it was written with.

    Parameters
    ----------
    value : object
        Text such as ``"355/113"``, or a whole number.
    field : str
        Dotted path, for the error.

    Returns
    -------
    Fraction
        The amount.

    Raises
    ------
    EngineError
        ``resources.bad_ledger``.

    Examples
    --------
    >>> exact_of("355/113", "ledger")
    Fraction(355, 113)
    """
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or _EXACT.fullmatch(text) is None:
        raise EngineError("resources.bad_ledger", f'{field} must be an exact amount as text, such as "355/113".', field)
    return Fraction(text)


def _count(value: object, field: str) -> int:
    return count_of(value, field, AREA)


def _mapped(value: object, path: str, read: Callable[[object, str], _T]) -> dict[str, _T]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise EngineError("resources.not_an_object", f"{path} must be a JSON object.", path)
    return {str(key): read(item, f"{path}.{str(key)[:60]}") for key, item in value.items()}


def _accounts(value: object, path: str) -> dict[Key, Account]:
    nested = _mapped(value, path, lambda item, where: _mapped(item, where, _account))
    return {(name, grade): account for name, grades in nested.items() for grade, account in grades.items()}


def _account(value: object, path: str) -> Account:
    fields = fields_of(value, AREA, path=path, required=["entitled", "received"])
    return Account(
        entitled=exact_of(fields.values["entitled"], fields.field("entitled")), received=fields.count("received")
    )


def _nested(accounts: Mapping[Key, Account]) -> dict[str, dict[str, Any]]:
    nested: dict[str, dict[str, Any]] = {}
    for (name, grade), account in accounts.items():
        row = {"entitled": str(account.entitled), "received": account.received}
        nested.setdefault(name, {})[grade] = row
    return nested
