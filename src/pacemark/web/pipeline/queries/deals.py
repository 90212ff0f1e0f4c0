"""Opportunities still open, and what deals were worth."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from pacemark.web.organization.queries import organization
from pacemark.web.pipeline.bridge import definitions_of
from pacemark.web.pipeline.queries.columns import Integers, literal, of_owners, ordinal, unindexed, whole_numbers

UNKNOWN = -1
_DAYS = date.max.toordinal() + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenOpportunities:
    """One entry per opportunity; rep 0 owns the unassigned. ``expected_minor`` is -1 where unknown."""

    rep_id: Integers
    opened_on: Integers
    expected_minor: Integers
    segment_id: Integers

    @property
    def is_expected_known(self) -> NDArray[np.bool_]:
        """Tell which expected amounts are known."""
        return np.not_equal(self.expected_minor, UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class DealValues:
    """One entry per deal that has an amount; ``amount_minor`` is net of the refunds known by then, never below 0."""

    rep_id: Integers
    signed_on: Integers
    amount_minor: Integers


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedAmounts:
    """One entry per qualified opportunity whose expected amount is known."""

    rep_id: Integers
    opened_on: Integers
    expected_minor: Integers


def open_opportunities(as_of: date, rep_ids: Collection[int] | None) -> OpenOpportunities:
    """Return the qualified opportunities that stood open at the start of ``as_of``.

    Opened before that day, and closed on it or later or not at all. One that was lost without a day of closing counts
    as closed.
    """
    day = literal(as_of)
    sql = f"""
        SELECT COALESCE(o.owner_id, 0), {ordinal("o.opened_on")}, COALESCE(o.expected_minor, {UNKNOWN}),
               COALESCE(l.segment_id, 0)
        FROM pipeline_opportunity AS o LEFT JOIN pipeline_lead AS l ON l.id = o.lead_id
        WHERE o.state <> 'unqualified' AND {unindexed("o.opened_on")} < {day}
          AND (o.closed_on >= {day} OR (o.closed_on IS NULL AND o.state = 'open'))
          AND {of_owners("o.owner_id", rep_ids)}
    """
    rep_id, opened_on, expected_minor, segment_id = whole_numbers(sql, 4)
    return OpenOpportunities(rep_id=rep_id, opened_on=opened_on, expected_minor=expected_minor, segment_id=segment_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class LossLags:
    """Losses by the day the opportunity opened and the day it closed, of everyone; ``date.toordinal`` days."""

    opened_on: Integers
    closed_on: Integers
    lost: Integers


def loss_lags(as_of: date) -> LossLags:
    """Return the dated losses known at ``as_of``: how long what is lost stays open."""
    sql = f"""
        SELECT {ordinal("opened_on")}, {ordinal("closed_on")} FROM pipeline_opportunity
        WHERE state = 'lost' AND {unindexed("opened_on")} < {literal(as_of)} AND closed_on < {literal(as_of)}
    """
    opened_on, closed_on = whole_numbers(sql, 2)
    # Counted here: grouping in the database sorts every row first.
    pairs, lost = np.unique(opened_on * _DAYS + closed_on, return_counts=True)
    return LossLags(opened_on=pairs // _DAYS, closed_on=pairs % _DAYS, lost=lost.astype(np.int64))


def deal_values(as_of: date, rep_ids: Collection[int] | None = None) -> DealValues:
    """Return what deals signed before ``as_of`` are worth, net of refunds before it.

    Deals without an amount stay out; those given back altogether are worth 0.
    """
    amount = f"d.{definitions_of(organization()).revenue_column}"
    sql = f"""
        SELECT COALESCE(d.owner_id, 0), {ordinal("d.signed_on")},
               CAST(CASE WHEN r.refunded > {amount} THEN 0 ELSE {amount} - COALESCE(r.refunded, 0) END AS BIGINT)
        FROM pipeline_deal AS d LEFT JOIN (
            SELECT deal_id, SUM(amount_minor) AS refunded FROM pipeline_refund
            WHERE refunded_on < {literal(as_of)} GROUP BY deal_id
        ) AS r ON r.deal_id = d.id
        WHERE d.signed_on < {literal(as_of)} AND {amount} > 0
          AND {of_owners("d.owner_id", rep_ids)}
    """
    rep_id, signed_on, amount_minor = whole_numbers(sql, 3)
    return DealValues(rep_id=rep_id, signed_on=signed_on, amount_minor=amount_minor)


def expected_amounts(as_of: date, rep_ids: Collection[int] | None = None) -> ExpectedAmounts:
    """Return the expected amounts of qualified opportunities opened before ``as_of``, where they are known."""
    sql = f"""
        SELECT COALESCE(owner_id, 0), {ordinal("opened_on")}, expected_minor FROM pipeline_opportunity
        WHERE state <> 'unqualified' AND expected_minor > 0 AND {unindexed("opened_on")} < {literal(as_of)}
          AND {of_owners("owner_id", rep_ids)}
    """
    rep_id, opened_on, expected_minor = whole_numbers(sql, 3)
    return ExpectedAmounts(rep_id=rep_id, opened_on=opened_on, expected_minor=expected_minor)
