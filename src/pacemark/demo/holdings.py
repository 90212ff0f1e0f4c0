"""Who is dialled: each dial goes to one of the rep's own cards, mostly recent ones, none that is already won over."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pacemark.demo.dials import Dials
from pacemark.demo.draws import FAR, Flags, Ints, Small

NEWEST_SHARE, NEWEST_DEPTH, USUAL_DEPTH = 0.3, 4.0, 45.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """Cards (leads, or a closer's opportunities) sorted by owner and the moment they came; ``key`` is both in one."""

    origin: int
    card: Ints
    owner: Small
    key: Ints
    begins: Ints


def holdings_of(card: Ints, owner: Small, came_at: Ints, reps: int, origin: int) -> Holdings:
    """Sort cards by owner and moment; ``origin`` is a moment before all of them."""
    key = owner.astype(np.int64) * FAR + (came_at - origin)
    order = np.argsort(key, kind="stable")
    begins = np.searchsorted(key[order], np.arange(reps, dtype=np.int64) * FAR)
    return Holdings(origin=origin, card=card[order], owner=owner[order], key=key[order], begins=begins)


def newest(holdings: Holdings, rep: Small, moment: Ints) -> Ints:
    """Return the place of each rep's newest card at a moment; below the rep's first place where there is none."""
    key = rep.astype(np.int64) * FAR + (moment - holdings.origin)
    return np.asarray(np.searchsorted(holdings.key, key, side="right") - 1)


def pick(holdings: Holdings, dials: Dials, depth: float, rng: np.random.Generator) -> Ints:
    """Return the place of the card that each dial goes to, -1 where the rep holds none yet."""
    top, bottom = newest(holdings, dials.rep, dials.started_at), holdings.begins[dials.rep]
    fresh = rng.random(len(dials.rep)) < NEWEST_SHARE
    deep = np.where(fresh, rng.geometric(1 / NEWEST_DEPTH, len(top)), rng.geometric(1 / depth, len(top))) - 1
    held = top - bottom + 1
    return np.where(held > 0, top - deep % np.maximum(held, 1), -1)


def earlier_free(holdings: Holdings, is_taken: Flags) -> Ints:
    """Return, per place, the same owner's nearest card that is free: the place itself or an earlier one, else -1."""
    places = np.where(is_taken, -1, np.arange(len(is_taken)))
    nearest = np.maximum.accumulate(places) if len(places) else places
    return np.where(nearest >= holdings.begins[holdings.owner], nearest, -1)


def prompt_slots(holdings: Holdings, dials: Dials, wanted: Ints) -> tuple[Ints, Ints]:
    """Give each wanted card (places, in order) the owner's next dial after it came; one dial serves one card.

    Returns the dials and the places that found each other. The k-th card takes the first dial that is both after its
    coming and after the dial of the card before it.
    """
    dial_key = dials.rep.astype(np.int64) * FAR + (dials.started_at - holdings.origin)
    soonest = np.searchsorted(dial_key, holdings.key[wanted], side="right")
    count = np.arange(len(wanted))
    slot = count + np.maximum.accumulate(soonest - count) if len(wanted) else soonest
    inside = slot < len(dials.rep)
    slot, wanted = slot[inside], wanted[inside]
    own = dials.rep[slot] == holdings.owner[wanted]
    return slot[own], wanted[own]
