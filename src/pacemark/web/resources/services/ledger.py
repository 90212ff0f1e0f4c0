"""Writing the entitlement ledger: only what a chunk has changed, in the chunk's transaction under the ledger's lock."""

from __future__ import annotations

from collections.abc import Mapping

from pacemark.engine.resources.ledger import Account, Key, Ledger
from pacemark.web.resources.models import LedgerState, RepAccount, TeamAccount

FIELDS = ["entitled", "received"]


def locked_state(policy_id: int) -> LedgerState:
    """Return the policy's ledger row and hold it until the transaction ends: runs take turns."""
    LedgerState.objects.get_or_create(policy_id=policy_id)
    return LedgerState.objects.select_for_update().get(policy_id=policy_id)


def write_ledger(*, state: LedgerState, before: Ledger, after: Ledger) -> None:
    """Replace the accounts that differ, and the rest. Leaves no trail: the decisions are its record."""
    _write_teams(state.policy_id, _changed(before.teams, after.teams))
    RepAccount.objects.bulk_create(
        [
            RepAccount(policy_id=state.policy_id, rep_id=int(rep), lead_grade=grade, **_columns(account))
            for (rep, grade), account in _changed(before.reps, after.reps).items()
        ],
        update_conflicts=True,
        unique_fields=["policy", "rep", "lead_grade"],
        update_fields=FIELDS,
    )
    whole = after.as_json()
    state.rest = {part: whole[part] for part in ("absent", "marks", "window")}
    state.n_runs += 1
    state.save()


def _write_teams(policy_id: int, accounts: Mapping[Key, Account]) -> None:
    rows = [
        TeamAccount(policy_id=policy_id, team_id=int(team), lead_grade=grade, **_columns(account))
        for (team, grade), account in accounts.items()
        if team
    ]
    TeamAccount.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["policy", "team", "lead_grade"], update_fields=FIELDS
    )
    for (team, grade), account in accounts.items():
        if not team:  # no team: databases hold that no two nulls are the same, so nothing would conflict
            TeamAccount.objects.update_or_create(
                policy_id=policy_id, team=None, lead_grade=grade, defaults=_columns(account)
            )


def _changed(before: Mapping[Key, Account], after: Mapping[Key, Account]) -> dict[Key, Account]:
    return {key: account for key, account in after.items() if before.get(key) != account}


def _columns(account: Account) -> dict[str, str | int]:
    return {"entitled": str(account.entitled), "received": account.received}
