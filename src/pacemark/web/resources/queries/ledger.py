"""Reading the entitlement ledger of a policy from its rows."""

from __future__ import annotations

from fractions import Fraction

from pacemark.engine.resources.ledger import Account, Ledger, ledger_of
from pacemark.web.resources.models import LedgerState, RepAccount, TeamAccount


def ledger_now(state: LedgerState) -> Ledger:
    """Return the ledger as the last committed chunk left it: two queries beside the state's row."""
    teams = TeamAccount.objects.filter(policy_id=state.policy_id)
    reps = RepAccount.objects.filter(policy_id=state.policy_id)
    columns = ("lead_grade", "entitled", "received")
    rest = ledger_of(state.rest)
    return Ledger(
        teams={
            (str(team or ""), grade): Account(entitled=Fraction(entitled), received=received)
            for team, grade, entitled, received in teams.values_list("team_id", *columns)
        },
        reps={
            (str(rep), grade): Account(entitled=Fraction(entitled), received=received)
            for rep, grade, entitled, received in reps.values_list("rep_id", *columns)
        },
        absent=rest.absent,
        marks=rest.marks,
        window=rest.window,
    )
