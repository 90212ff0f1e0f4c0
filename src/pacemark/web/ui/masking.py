"""Whose names are read in full: reps and managers call customers by them, everybody else works with counts."""

from __future__ import annotations

# Access roles whose daily work is with single customers; phone numbers are masked even to them.
WORK_WITH_CUSTOMERS = frozenset({"rep", "manager"})


def masked_name(name: str) -> str:
    """Show a name by its first letter: 林**, A**."""
    return f"{name[0]}**" if name else ""


def customer_name(name: str, access_role: str) -> str:
    """Return a customer's name as a role reads it."""
    return name if access_role in WORK_WITH_CUSTOMERS else masked_name(name)
