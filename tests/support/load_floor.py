"""A small floor that leads are dealt to, for people at work on a site."""

from __future__ import annotations

from pacemark.web.accounts.choices import AccessRole, TokenScope
from pacemark.web.accounts.services import create_token, create_user
from tests.web.resources.test_runs import in_force, scored, team

N_REPS = 5


def write_floor() -> str:
    """Write a floor of five who get leads by rule, all alike, and return a token that may write."""
    in_force({"base": "1", "reward": "0"})
    scored(team("t", N_REPS), [1] * N_REPS)
    user = create_user(actor=None, username="ops", display_name="Ops", access_role=AccessRole.OPERATIONS)
    return create_token(actor=user, user=user, name="load", scope=TokenScope.WRITE, days=60).secret
