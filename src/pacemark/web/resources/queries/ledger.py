"""Reading the entitlement ledger of a policy from its rows."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from fractions import Fraction
from threading import Lock

from pacemark.engine.resources.ledger import Account, Key, Ledger, ledger_of
from pacemark.web.resources.models import LedgerState, RepAccount, TeamAccount

STAMP, KEPT_ON = "stamp", "kept_on"
_Accounts = tuple[Mapping[Key, Account], Mapping[Key, Account]]
_MOST_KEPT = 4
_kept: OrderedDict[str, _Accounts] = OrderedDict()
_turn = Lock()


def keep_ledger(stamp: str, ledger: Ledger) -> None:
    """Remember the accounts as a chunk wrote them under its stamp; a chunk that is rolled back is never asked for."""
    with _turn:
        _kept[stamp] = ledger.teams, ledger.reps
        while len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)


def ledger_now(state: LedgerState) -> Ledger:
    """Return the ledger as the last committed chunk left it: two queries beside the state's row, or none.

    A lead that comes by itself changes a few of thousands of accounts; the stamp that it wrote tells whether what this
    process remembers is what stands in the rows.
    """
    rest = dict(state.rest)
    rest.pop(KEPT_ON, None)
    known = _kept.get(str(rest.pop(STAMP, "")))
    teams, reps = known if known is not None else _accounts(state.policy_id)
    carried = ledger_of(rest)
    return Ledger(teams=teams, reps=reps, absent=carried.absent, marks=carried.marks, window=carried.window)


def _accounts(policy_id: int) -> _Accounts:
    teams = TeamAccount.objects.filter(policy_id=policy_id)
    reps = RepAccount.objects.filter(policy_id=policy_id)
    columns = ("lead_grade", "entitled", "received")
    return (
        {
            (str(team or ""), grade): Account(entitled=Fraction(entitled), received=received)
            for team, grade, entitled, received in teams.values_list("team_id", *columns)
        },
        {
            (str(rep), grade): Account(entitled=Fraction(entitled), received=received)
            for rep, grade, entitled, received in reps.values_list("rep_id", *columns)
        },
    )
