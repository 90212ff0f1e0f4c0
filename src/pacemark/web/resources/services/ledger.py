"""Writing the entitlement ledger: only what a chunk has changed, in the chunk's transaction under the ledger's lock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.db.models import QuerySet

from pacemark.engine.resources.ledger import Account, Key, Ledger
from pacemark.web.resources.models import LedgerState, RepAccount, TeamAccount
from pacemark.web.resources.queries.ledger import KEPT_ON, STAMP, keep_ledger
from pacemark.web.shared.compiled import Compiled, columns_of, whole
from pacemark.web.shared.row_writing import replace_rows, update_row


def locked_state(policy_id: int) -> LedgerState:
    """Return the policy's ledger row and hold it until the transaction ends: runs take turns."""
    found = whole(LedgerState, _LOCKED.first(policy=policy_id))
    if found is None:
        LedgerState.objects.get_or_create(policy_id=policy_id)
        found = LedgerState.objects.select_for_update().get(policy_id=policy_id)
    return found


def _locked(policy: int) -> QuerySet[LedgerState, tuple[Any, ...]]:
    return LedgerState.objects.select_for_update().filter(policy_id=policy).values_list(*columns_of(LedgerState))


_LOCKED = Compiled(_locked)


def write_ledger(*, state: LedgerState, before: Ledger, after: Ledger) -> None:
    """Replace the accounts that differ, and the rest. Leaves no trail: the decisions are its record."""
    teams, reps = _changed(before.teams, after.teams), _changed(before.reps, after.reps)
    _write(TeamAccount._meta.db_table, "team_id", state.policy_id, {key: one for key, one in teams.items() if key[0]})
    _write(RepAccount._meta.db_table, "rep_id", state.policy_id, reps)
    for (team, grade), account in teams.items():
        if not team:  # no team: databases hold that no two nulls are the same, so nothing would conflict
            TeamAccount.objects.update_or_create(
                policy_id=state.policy_id, team=None, lead_grade=grade,
                defaults={"entitled": str(account.entitled), "received": account.received},
            )  # fmt: skip
    stamp, carried = uuid4().hex, Ledger(absent=after.absent, marks=after.marks, window=after.window).as_json()
    kept_on = {KEPT_ON: state.rest[KEPT_ON]} if KEPT_ON in state.rest else {}
    state.rest = {part: carried[part] for part in ("absent", "marks", "window")} | {STAMP: stamp} | kept_on
    state.n_runs += 1
    update_row(state, ("rest", "n_runs"))
    keep_ledger(stamp, after)


def _write(table: str, member: str, policy_id: int, accounts: Mapping[Key, Account]) -> None:
    rows = [
        (policy_id, int(name), grade, str(account.entitled), account.received)
        for (name, grade), account in accounts.items()
    ]
    types = {"policy_id": "bigint", member: "bigint", "lead_grade": "text", "entitled": "text", "received": "bigint"}
    replace_rows(table, ("policy_id", member, "lead_grade"), types, rows)


def _changed(before: Mapping[Key, Account], after: Mapping[Key, Account]) -> dict[Key, Account]:
    # What a run left alone is the same object, and there are thousands of them.
    return {key: one for key, one in after.items() if before.get(key) is not one and before.get(key) != one}
