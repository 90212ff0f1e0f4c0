"""Writing season weights: learned from history where it allows, or set by hand; sets follow each other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from django.db import transaction

from pacemark.engine.goals.seasons import season_weights
from pacemark.engine.periods import MONTHS_IN_YEAR
from pacemark.web.accounts.models import User
from pacemark.web.goals.bridge.ladder import has_weights
from pacemark.web.goals.choices import SeasonBasis
from pacemark.web.goals.models import SeasonSet
from pacemark.web.goals.queries.month_history import month_history
from pacemark.web.goals.queries.seasons import quarter_months, saved_seasons, season_on
from pacemark.web.goals.refusals import refuse
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.queries import organization
from pacemark.web.trail.services import record

NOTE_LENGTH = SeasonSet._meta.get_field("note").max_length or 500


@transaction.atomic
def set_seasons(*, actor: User | None, valid_from: date, weights: Sequence[Fraction], note: str = "") -> SeasonSet:
    """Let weights set by hand hold from a quarter on."""
    if len(weights) != MONTHS_IN_YEAR or any(weight < 0 for weight in weights):
        raise refuse("season_negative", "Every month needs a weight that is not negative.", "weights")
    if not has_weights(weights):
        raise refuse("season_all_zero", "At least one month of each quarter must weigh more than zero.", "weights")
    _check_open(valid_from)
    return _save(actor, valid_from, weights, SeasonBasis.HAND, note=note.strip()[:NOTE_LENGTH])


@transaction.atomic
def take_learned_seasons(*, actor: User | None, valid_from: date) -> SeasonSet:
    """Let the weights that history tells hold from a quarter on, in place of whatever was set."""
    _check_open(valid_from)
    learned = season_weights(month_history(valid_from))
    basis = SeasonBasis.FLAT if learned.reason else SeasonBasis.LEARNED
    return _save(actor, valid_from, learned.weights, basis, n_months=learned.n_months)


@transaction.atomic
def learn_seasons(day: date) -> SeasonSet | None:
    """Learn the weights of the quarter that a day lies in, where nobody has set them by hand and history has changed.

    What a quarter started with stands for it: inside a quarter that is under way nothing is learned anew.
    """
    settings = organization()
    first = quarter_months(day, settings.sales_month_start_day)[0].first
    saved = saved_seasons()
    standing = season_on(first, saved)
    began = first <= local_today(settings.time_zone)
    if standing.basis == SeasonBasis.HAND or (began and standing.valid_from == first):
        return None
    learned = season_weights(month_history(first))
    basis = SeasonBasis.FLAT if learned.reason else SeasonBasis.LEARNED
    if standing.valid_from and (standing.weights, standing.n_months) == (learned.weights, learned.n_months):
        return None
    return _save(None, first, learned.weights, basis, n_months=learned.n_months)


def _check_open(valid_from: date) -> None:
    settings = organization()
    months = quarter_months(valid_from, settings.sales_month_start_day)
    if months[0].first != valid_from:
        raise refuse("not_a_quarter_start", "A quarter is named by its first day.", valid_from.isoformat())
    if months[-1].last < local_today(settings.time_zone):
        raise refuse("quarter_closed", "This quarter is over.", "valid_from")


def _save(
    actor: User | None, valid_from: date, weights: Sequence[Fraction], basis: SeasonBasis, *, note: str = "",
    n_months: int = 0,
) -> SeasonSet:  # fmt: skip
    last = SeasonSet.objects.select_for_update().filter(valid_from=valid_from).order_by("-version").first()
    row = SeasonSet.objects.create(
        valid_from=valid_from,
        version=last.version + 1 if last else 1,
        weights=[str(weight) for weight in weights],
        basis=basis,
        note=note,
        n_months=n_months,
        set_by=actor,
    )
    changes = {"valid_from": valid_from.isoformat(), "basis": str(basis), "weights": row.weights}
    record(actor=actor, action="goals.seasons_set", subject=row, changes=changes)
    return row
