"""What must hold in every made-up organisation: each check measures events and answers None, or what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import numpy as np

from pacemark.demo.spec import DemoSpec, Window
from pacemark.demo.tables import CoachingOutcome, RoleCode
from pacemark.demo.worktime import PATTERNS, day_number, day_of
from tests.demo.measure import (
    Measured,
    chance_of_at_most,
    closing,
    measure_spec,
    response_minutes,
    seconds_of_day,
    talk_conversion,
    within,
)

Check = Callable[[Measured], str | None]
CHECKS: dict[str, Check] = {}


def check(function: Check) -> Check:
    CHECKS[function.__name__] = function
    return function


def near(what: str, value: float, low: float, high: float) -> str | None:
    return None if low <= value <= high else f"{what} is {value:.4f}, outside {low}–{high}"


def first_wrong(*answers: str | None) -> str | None:
    return next((answer for answer in answers if answer is not None), None)


@check
def abilities_vary_by_12_percent(found: Measured) -> str | None:
    people = found.world.layout.people
    dials, owns = people.role != RoleCode.CLOSER, people.role != RoleCode.SETTER
    return first_wrong(
        near("communication", float(people.communication[dials].std()), 0.1199, 0.1201),
        near("product", float(people.product[dials].std()), 0.1199, 0.1201),
        near("closing", float(people.closing[owns].std()), 0.1199, 0.1201),
        near("mean closing", float(people.closing[owns].mean()), 0.9999, 1.0001),
    )


@check
def rates_are_the_hidden_ones(found: Measured) -> str | None:
    calls = found.world.calls
    honest = found.ordinary & ~np.isin(calls.rep, found.planted.padders) & calls.is_answered
    logs = np.log(calls.talk_seconds[honest] + 0.5)
    return first_wrong(
        near("connects", float(calls.is_answered[found.dialling].mean()), 0.385, 0.415),
        near("median talk", float(np.exp(np.median(logs))), 70, 79),
        near("talk sigma", float(logs.std()), 0.95, 1.05),
        near("deep talks", float(found.deep[honest].mean()), 0.177, 0.203),
    )


@check
def lead_grades_convert_like_1_6_to_1_to_0_6(found: Measured) -> str | None:
    leads, calls = found.world.leads, found.world.calls
    good = found.dialling & (leads.channel[calls.lead] != found.planted.poor_channel)
    a, b, c = (talk_conversion(found, good & (leads.lead_grade[calls.lead] == grade)).rate for grade in range(3))
    return first_wrong(near("A to B", a / b, 1.6 * 0.92, 1.6 * 1.08), near("C to B", c / b, 0.6 * 0.88, 0.6 * 1.12))


@check
def poor_source_is_poor_for_anyone(found: Measured) -> str | None:
    calls, planted = found.world.calls, found.planted
    poor = found.dialling & (found.world.leads.channel[calls.lead] == planted.poor_channel)
    its_team = found.world.layout.people.team[calls.rep] == planted.poor_leads_team
    good = found.dialling & ~poor
    pairs = [(poor & chosen, good & chosen) for chosen in (its_team, ~its_team)]
    inside, outside = (talk_conversion(found, p).rate / talk_conversion(found, g).rate for p, g in pairs)
    return first_wrong(
        near("factor in its team", inside, 0.38, 0.62),
        near("factor elsewhere", outside, 0.40, 0.60),
        near("worked elsewhere", float((~its_team[poor]).mean()), 1 / 3, 0.49),
    )


@check
def one_team_is_hung_up_on(found: Measured) -> str | None:
    calls = found.world.calls
    team = found.world.layout.worktime.team[calls.rep, found.call_day - found.world.layout.worktime.first]
    short = (calls.talk_seconds < 9) & calls.is_answered
    hung = (team == found.planted.hung_up_team) & calls.is_answered
    return first_wrong(
        near("hung up there", float(short[hung].mean()), 0.47, 0.54),
        near("hung up elsewhere", float(short[~hung & calls.is_answered].mean()), 0.0, 0.04),
    )


@check
def padders_pad_30_percent(found: Measured) -> str | None:
    calls, padders = found.world.calls, found.planted.padders
    padded = calls.is_padded
    if set(np.unique(calls.rep[padded]).tolist()) != set(padders):
        return "others than the two padders pad"
    if calls.talk_seconds[padded].min() < 180 or calls.talk_seconds[padded].max() >= 190:
        return "padded talks do not end just past 180 s"
    if found.converts[padded].any():
        return "a padded talk won an opportunity"
    if found.planted.hung_up_team in found.world.layout.people.team[list(padders)]:
        return "a padder sits in the team that is hung up on"
    answers = []
    for padder in padders:
        mine = calls.rep == padder
        left = int((mine & (calls.talk_seconds >= 150) & (calls.talk_seconds < 180)).sum())
        moved = int((mine & padded).sum())
        answers.append(near("padded share", moved / (moved + left), 0.28, 0.32))
    return first_wrong(*answers)


@check
def bad_closer_closes_at_35_percent(found: Measured) -> str | None:
    owner, window = found.world.opportunities.owner, found.spec.last_quarter
    closers = found.world.layout.people.role[owner] == RoleCode.CLOSER
    mine = owner == found.planted.bad_closer
    peers = closers & ~mine
    then, before = within(found.opened_day, window), found.opened_day < day_number(window.first) - 60
    own, others = closing(found, mine & then), closing(found, peers & then)
    noise = 1.1 / (others.rate * own.tried)  # one deal more or less
    usual = closing(found, mine & before).rate / closing(found, peers & before).rate
    return first_wrong(
        near("of peers' win rate", own.rate / others.rate, 0.35 - noise, 0.35 + noise),
        near("earlier, of peers' win rate", usual, 0.6, 1.45),
    )


@check
def unlucky_quarter_is_rare_and_rates_are_ordinary(found: Measured) -> str | None:
    return _rare_quarter(found, found.planted.unlucky, found.spec.last_quarter, lowest=True)


@check
def sham_star_was_lucky(found: Measured) -> str | None:
    return _rare_quarter(found, found.planted.sham_star, found.spec.lucky_quarter, lowest=False)


@lru_cache(maxsize=2)
def _much_later(spec: DemoSpec) -> Measured:
    return measure_spec(replace(spec, advance_days=200))


def _rare_quarter(found: Measured, rep: int, window: Window, *, lowest: bool) -> str | None:
    """Look from half a year later, when every opportunity of the quarter has ended."""
    people = found.world.layout.people
    for name in ("reach", "communication", "product", "closing"):
        if getattr(people, name)[rep] != 1.0:
            return f"{name} is not that of peers"
    later = _much_later(found.spec)
    opportunities = later.world.opportunities
    mine = (opportunities.owner == rep) & within(later.opened_day, window)
    won, rates = int(opportunities.is_won[mine].sum()), opportunities.win_rate[mine]
    tail = chance_of_at_most(rates, won) if lowest else 1 - chance_of_at_most(rates, won - 1)
    return near("chance of such a quarter", tail, 0.0, 0.03)


@check
def half_dialler_dials_half(found: Measured) -> str | None:
    calls, worktime = found.world.calls, found.world.layout.worktime
    lived = day_number(found.spec.last_day) - worktime.first + 1
    per_day = np.bincount(calls.rep, minlength=found.spec.reps) / np.maximum(1, worktime.works[:, :lived].sum(axis=1))
    peers = found.world.layout.people.role != RoleCode.CLOSER
    return near(
        "dials of the median", float(per_day[found.planted.half_dialler] / np.median(per_day[peers])), 0.44, 0.57
    )


@check
def newcomer_is_new(found: Measured) -> str | None:
    rep, people = found.planted.newcomer, found.world.layout.people
    tenure = day_number(found.spec.end) - int(people.hired_day[rep])
    first_call = int(found.call_day[found.world.calls.rep == rep].min())
    return first_wrong(
        near("tenure", tenure, 30, 62), near("first call after hiring", first_call - people.hired_day[rep], 0, 12)
    )


@check
def practice_raises_conversion_by_30_percent(found: Measured) -> str | None:
    calls, planted = found.world.calls, found.planted
    apart = [planted.pioneer, planted.newcomer, *planted.padders]
    adopters = found.ordinary & np.isin(calls.rep, planted.adopters)
    others = found.ordinary & ~adopters & ~np.isin(calls.rep, apart)
    tried = within(found.call_day, found.spec.trial)
    during = talk_conversion(found, adopters & tried).rate / talk_conversion(found, others & tried).rate
    before = talk_conversion(found, adopters & ~tried).rate / talk_conversion(found, others & ~tried).rate
    return first_wrong(
        None if len(planted.adopters) == 10 else "there are not ten adopters",
        near("uplift in the trial", during, 1.05, 1.58),
        near("uplift before the trial", before, 0.87, 1.13),
    )


@check
def practice_is_calling_within_ten_minutes(found: Measured) -> str | None:
    minutes, in_shift = response_minutes(found)
    leads, planted = found.world.leads, found.planted
    arrived = (leads.arrived_at + 8 * 3600) // 86_400
    tried = in_shift & within(arrived, found.spec.trial)
    adopts = np.isin(leads.owner, planted.adopters)
    others = ~adopts & (leads.owner != planted.pioneer)
    return first_wrong(
        near("adopters in ten minutes", float((minutes[tried & adopts] <= 10).mean()), 0.9, 1.0),
        near("adopters before", float((minutes[in_shift & ~tried & adopts] <= 10).mean()), 0.0, 0.25),
        near("others in ten minutes", float((minutes[tried & others] <= 10).mean()), 0.0, 0.25),
    )


@check
def sham_changes_nothing(found: Measured) -> str | None:
    owner, planted = found.world.opportunities.owner, found.planted
    full = found.world.layout.people.role[owner] == RoleCode.FULL_CYCLE
    tried = within(found.opened_day, found.spec.trial) & full
    adopts = np.isin(owner, planted.sham_adopters)
    with_it = closing(found, tried & adopts)
    without = closing(found, tried & ~adopts & ~np.isin(owner, [planted.unlucky, planted.sham_star]))
    pooled = (with_it.won + without.won) / (with_it.tried + without.tried)
    error = np.sqrt(pooled * (1 - pooled) * (1 / with_it.tried + 1 / without.tried))
    return near("standard errors apart", float((with_it.rate - without.rate) / error), -4.0, 4.0)


@check
def sham_is_dialling_early(found: Measured) -> str | None:
    calls, planted = found.world.calls, found.planted
    tried = within(found.call_day, found.spec.trial) & found.dialling
    pattern = found.world.layout.worktime.pattern_of(found.world.layout.teams, calls.rep, found.call_day)
    start = np.array([p.shift_start for p in PATTERNS])[pattern]
    early = seconds_of_day(calls.started_at) < start + 9000
    adopts = np.isin(calls.rep, planted.sham_adopters)
    more = early[tried & adopts].mean() / early[tried & ~adopts & (calls.rep != planted.sham_star)].mean()
    return near("dials in the first hours, of others'", float(more), 1.3, 2.5)


@check
def deferrer_signs_after_the_month_ends(found: Measured) -> str | None:
    deals, rep = found.world.deals, found.planted.deferrer
    held_back = deals.signed_day > deals.ready_day
    if not held_back.any() or set(np.unique(deals.owner[held_back]).tolist()) != {rep}:
        return "not exactly one person defers deals"
    for ready, signed in zip(deals.ready_day[held_back], deals.signed_day[held_back], strict=True):
        if (day_of(ready).month == day_of(signed).month) or not 0 < signed - ready < 25:
            return f"a deal ready on {day_of(ready)} was signed on {day_of(signed)}"
    mine = deals.ready_day[deals.owner == rep]
    last_days = np.array([day_of(day + 5).month != day_of(day).month for day in mine.tolist()])
    return None if held_back[deals.owner == rep][last_days].all() else "a deal of the last five days was not deferred"


@check
def one_manager_closes_in_bulk(found: Measured) -> str | None:
    coaching, planted = found.world.coaching, found.planted
    bulk = (coaching.team == planted.bulk_team) & (coaching.closed_at > 0)
    if coaching.has_evidence[bulk].any() or np.unique(coaching.closed_at[bulk] // 60).size > bulk.sum() / 3:
        return "the manager did not close in bulk, without evidence"
    due = (coaching.team != planted.bulk_team) & (coaching.outcome != CoachingOutcome.OPEN)
    due &= coaching.outcome != CoachingOutcome.EXCUSED
    done = (coaching.outcome == CoachingOutcome.ON_TIME) & coaching.has_evidence
    return near("others' execution rate", float(done[due].mean()), 0.85, 0.97)


@check
def money_is_as_described(found: Measured) -> str | None:
    deals, opportunities = found.world.deals, found.world.opportunities
    opened = found.opened_day[deals.opportunity]
    ripe = opened < day_number(found.spec.end) - 120
    return first_wrong(
        near("median deal", float(np.median(deals.amount_minor)) / 100, 2850, 3150),
        near("sigma of deals", float(np.log(deals.amount_minor).std()), 0.37, 0.43),
        near("median lag", float(np.median((deals.ready_day - opened)[ripe])), 12, 16),
        near("expected amounts known", float((opportunities.expected_minor > 0).mean()), 0.48, 0.52),
        near("refunds", len(found.world.refunds.deal) / len(deals.owner), 0.018, 0.042),
    )


@check
def nobody_carries_two_truths(found: Measured) -> str | None:
    everyone = found.planted.everyone()
    return None if len(set(everyone)) == len(everyone) and min(everyone) >= 0 else "two truths on one person"
