"""Deep talks that win a customer's interest, and the dials that then go elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from pacemark.demo.dials import Dials, choose
from pacemark.demo.draws import FAR, Flags, Floats, Ints, Small, stream
from pacemark.demo.holdings import USUAL_DEPTH, Holdings, earlier_free, pick, prompt_slots
from pacemark.demo.layout import Layout
from pacemark.demo.rates import (
    DEEP_TALK_SECONDS,
    OPPORTUNITY_PER_DEEP_TALK,
    PRACTICE_UPLIFT,
    practises,
    ramp,
)
from pacemark.demo.tables import DAY_SECONDS, LOCAL_OFFSET_SECONDS, RoleCode, local_day
from pacemark.demo.worktime import PATTERNS

_MOST_ROUNDS = 12
MOST_PROBABLE = 0.95
PROMPT_SECONDS = (60, 480)
FOLLOW_UPS, FOLLOW_UP_DAYS = 2, 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired:
    """Dials with the place of their card, and which of them led to an opportunity."""

    dials: Dials
    place: Ints
    succeeds: Flags


def pair_and_convert(layout: Layout, dials: Dials, holdings: Holdings, factor: Floats, is_taken: Flags) -> Paired:
    """Send dials to cards and let deep talks succeed; a card that is taken is dialled no more for new interest.

    ``factor`` and ``is_taken`` are per place. The chance of a deep talk is that of the rep on that day times the
    card's factor, so that rates measured on these calls are the hidden ones.
    """
    rng = stream(layout.spec.seed, "pairing", dials.month)
    place = pick(holdings, dials, USUAL_DEPTH, rng)
    dials, place, is_prompt = _answer_new_cards(layout, dials, holdings, place, rng)
    usual = earlier_free(holdings, is_taken)
    place = np.where(place >= 0, usual[place], -1)
    chance, chance_drawn = _chances(layout, dials), rng.random(len(place))
    deep = (dials.talk_seconds >= DEEP_TALK_SECONDS) & ~dials.is_padded & (place >= 0)
    for _ in range(_MOST_ROUNDS):
        succeeds = deep & (chance_drawn < np.minimum(chance * factor[place], MOST_PROBABLE))
        first = _first_success(place, succeeds, len(factor))
        late = (place >= 0) & (np.arange(len(place)) > first[place])
        if not late.any():
            break
        elsewhere = earlier_free(holdings, is_taken | (first < len(place)))[place[late]]
        place[late] = elsewhere
        deep &= place >= 0
    succeeds &= first[place] == np.arange(len(place))
    is_spare = ~is_prompt & (dials.talk_seconds < DEEP_TALK_SECONDS)
    return _follow_up(layout, Paired(dials=dials, place=place, succeeds=succeeds), is_spare, rng)


def _first_success(place: Ints, succeeds: Flags, places: int) -> Ints:
    """Return the first successful dial of each place; a number beyond all dials where there is none."""
    first = np.full(places, len(place), dtype=np.int64)
    found = np.flatnonzero(succeeds)[::-1]
    first[place[found]] = found  # written backwards, so that the earliest stays
    return first


def _chances(layout: Layout, dials: Dials) -> Floats:
    people = layout.people
    able = people.product * layout.rates.wobble[:, dials.month, 2]
    chance = OPPORTUNITY_PER_DEEP_TALK * able[dials.rep] * ramp(people, dials.rep, dials.day)
    uplift = np.where(practises(layout.spec, layout.planted, dials.rep, dials.day), PRACTICE_UPLIFT, 1.0)
    return np.asarray(chance * uplift)


def _answer_new_cards(
    layout: Layout, dials: Dials, holdings: Holdings, place: Ints, rng: np.random.Generator
) -> tuple[Dials, Ints, Flags]:
    """Let those who practise it call each new card within ten minutes; what came after hours waits its turn."""
    came_at = holdings.key % FAR + holdings.origin
    came_day = local_day(came_at)
    first, following = layout.month_days(dials.month)
    prompt = practises(layout.spec, layout.planted, holdings.owner, came_day)
    wanted = np.flatnonzero(prompt & (came_day >= first - 3) & (came_day < following))
    at_work = _at_work(layout, holdings.owner[wanted], came_at[wanted])
    slot, card = prompt_slots(holdings, dials, wanted[at_work])
    place[slot] = card
    is_prompt = np.zeros(len(place), dtype=bool)
    is_prompt[slot] = True
    others = np.flatnonzero(~is_prompt)
    later, waiting = prompt_slots(holdings, choose(dials, ~is_prompt), wanted[~at_work])
    place[others[later]] = waiting
    is_prompt[others[later]] = True
    same_day = dials.day[slot] == came_day[card]
    soon = came_at[card] + rng.integers(*PROMPT_SECONDS, len(slot))
    return _hurried(dials, slot[same_day], soon[same_day]), place, is_prompt


def _hurried(dials: Dials, slot: Ints, soon: Ints) -> Dials:
    """Move dials forward to the moment wanted, never into the call before; twice, as that one may have moved too."""
    started, ended = dials.started_at.copy(), dials.ended_at.copy()
    for _ in range(2):
        previous_end = np.where(dials.rep[slot] == dials.rep[slot - 1], ended[slot - 1], 0)
        moved = np.maximum(started[slot] - np.maximum(soon, previous_end + 8), 0)
        started[slot] -= moved
        ended[slot] -= moved
    return replace(dials, started_at=started, ended_at=ended)


def _at_work(layout: Layout, rep: Small, moment: Ints) -> Flags:
    """Tell whether people are at work, not at lunch, at a moment."""
    day, worktime = local_day(moment), layout.worktime
    second = moment + LOCAL_OFFSET_SECONDS - day.astype(np.int64) * DAY_SECONDS
    pattern = worktime.pattern_of(layout.teams, rep, day)
    begin, end, pause, length = (
        np.array([getattr(p, name) for p in PATTERNS])[pattern]
        for name in ("shift_start", "shift_end", "break_start", "break_seconds")
    )
    in_hours = (second >= begin) & (second < end - 600) & ((second < pause) | (second >= pause + length))
    inside = day >= worktime.first
    return np.asarray(in_hours & inside & worktime.works[rep, np.where(inside, day - worktime.first, 0)])


def _follow_up(layout: Layout, paired: Paired, is_spare: Flags, rng: np.random.Generator) -> Paired:
    """Point some of a full-cycle rep's shorter calls at the customers whose interest they have won."""
    dials, place = paired.dials, paired.place.copy()
    own = np.flatnonzero(paired.succeeds & (layout.people.role[dials.rep] == RoleCode.FULL_CYCLE))
    spare = np.flatnonzero(is_spare & (place >= 0))
    won = np.repeat(own, FOLLOW_UPS if len(spare) else 0)
    moment = dials.ended_at[won] + rng.integers(DAY_SECONDS // 2, FOLLOW_UP_DAYS * DAY_SECONDS, len(won))
    owner_key = dials.rep.astype(np.int64) * FAR
    at = np.searchsorted((owner_key + dials.started_at)[spare], owner_key[won] + moment)
    follow = spare[np.minimum(at, len(spare) - 1)]
    same = dials.rep[follow] == dials.rep[won]
    place[follow[same]] = place[won[same]]
    return replace(paired, place=place)
