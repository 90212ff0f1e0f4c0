"""Single moments worth a message: zero streaks and the deals that end them, and what waits for an answer."""

from __future__ import annotations

from collections import Counter
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pacemark.engine.periods import sales_month_of
from pacemark.web.goals.choices import AgreementState
from pacemark.web.goals.queries.agreements import states_of
from pacemark.web.notifications.choices import MessageKind
from pacemark.web.notifications.composing import Audience, Draft, composer
from pacemark.web.organization.queries import Member, organization
from pacemark.web.overview.message_ground import (
    anyone_works,
    day_words,
    days_of,
    floor_name,
    language,
    line,
    listed,
    people_of,
)
from pacemark.web.overview.team_queries import team_for
from pacemark.web.pipeline.queries.holdings import due_holdings, running_out
from pacemark.web.process.queries.coaching import coaching_of
from pacemark.web.results.queries.celebrations import consenting
from pacemark.web.ui import formats


def _draft(audience: Audience, kind: MessageKind, what: str, lines: list[str]) -> list[Draft]:
    """Return one message of the day, where there is something to say."""
    title = _("%(who)s · %(what)s, %(day)s") % {
        "who": floor_name(audience.team), "what": what, "day": day_words(audience)
    }  # fmt: skip
    return [Draft(key=f"{kind}:{audience.today.isoformat()}", title=title, text="\n".join(lines))] if lines else []


@composer(MessageKind.ZERO_STREAK)
def zero_streaks(audience: Audience) -> list[Draft]:
    """Return whose streak has just reached the tolerance, or a multiple of it: nobody is named every day."""
    members = people_of(audience)
    if not anyone_works(members, audience):
        return []
    page = team_for(members, "month")
    least = page.facts.streak_days
    people = [one for one in page.streaks if one.days % least == 0]
    lines = [line(_("Without a deal"), listed(map(days_of, people)))] if people else []
    whole = page.facts.team_streak
    if whole is not None and whole.days >= least and audience.team is not None:
        words = ngettext("%(n)s working day without a deal", "%(n)s working days without a deal", whole.days)
        lines.append(line(_("The whole team"), words % {"n": whole.days}))
    return _draft(audience, MessageKind.ZERO_STREAK, _("zero streak"), lines)


@composer(MessageKind.FIRST_DEAL)
def first_deals(audience: Audience) -> list[Draft]:
    """Return a message for each deal that has ended a streak today; it names whoever allows their name on cards."""
    page = team_for(people_of(audience), "month")
    allowed = consenting([one.member.rep_id for one in page.first_deals])
    return [
        Draft(
            key=f"{MessageKind.FIRST_DEAL}:{one.member.rep_id}:{audience.today.isoformat()}",
            title=_("%(who)s · first deal") % {"who": floor_name(audience.team)},
            text=ngettext(
                "**%(name)s** closed a deal today, after %(n)s working day without one.",
                "**%(name)s** closed a deal today, after %(n)s working days without one.",
                one.days,
            )
            % {"name": one.member.name if one.member.rep_id in allowed else _("A colleague"), "n": one.days},
        )
        for one in page.first_deals
        if one.days >= page.facts.streak_days
    ]


@composer(MessageKind.AGREEMENT)
def agreements(audience: Audience) -> list[Draft]:
    """Return who has to answer: reps to whom a plan is proposed, managers who were asked."""
    members = people_of(audience)
    month = sales_month_of(audience.today, organization().sales_month_start_day)
    states = states_of(month.first, {member.rep_id for member in members})
    by_state = {
        state: [one.name for one in members if one.rep_id in states and states[one.rep_id].state == state]
        for state in (AgreementState.PROPOSED, AgreementState.ASKED)
    }
    heads = {AgreementState.PROPOSED: _("Please look at your plan"), AgreementState.ASKED: _("Asked, answer due")}
    lines = [line(str(heads[state]), listed(names)) for state, names in by_state.items() if names]
    return _draft(audience, MessageKind.AGREEMENT, _("agreement waiting"), lines)


@composer(MessageKind.CLOCK)
def clocks(audience: Audience) -> list[Draft]:
    """Return how many leads leave whose holdings: late ones, and those of today. No lead is named."""
    members = people_of(audience)
    rep_ids = [member.rep_id for member in members]
    late = due_holdings(audience.today).filter(rep_id__in=rep_ids).values_list("rep_id", flat=True)
    today = running_out(audience.today, audience.today).filter(rep_id__in=rep_ids).values_list("rep_id", flat=True)
    rows = ((_("Run out today"), Counter(today)), (_("Overdue"), Counter(late)))
    lines = [line(head, _counted(members, counts)) for head, counts in rows if counts]
    return _draft(audience, MessageKind.CLOCK, _("protection runs out"), lines)


@composer(MessageKind.COACHING)
def coachings(audience: Audience) -> list[Draft]:
    """Return whose coaching is due today or late, by whom; what it is about stays on its page."""
    members = people_of(audience)
    found = coaching_of(audience.today, [member.rep_id for member in members]).to_do
    due: dict[tuple[str, str], list[date]] = {}
    for one in found:
        if one.action.due_on <= audience.today:
            due.setdefault((str(one.action.owner), one.action.rep.name), []).append(one.action.due_on)
    lines = [
        ngettext(
            "- %(owner)s with %(name)s: %(n)s, due %(day)s",
            "- %(owner)s with %(name)s: %(n)s, first due %(day)s",
            len(days),
        )
        % {"owner": owner, "name": name, "n": len(days), "day": formats.local_date(min(days), language(), "short")}
        for (owner, name), days in due.items()
    ]
    return _draft(audience, MessageKind.COACHING, _("coaching due"), lines)


def _counted(members: list[Member], counts: Counter[int]) -> str:
    names = {member.rep_id: member.name for member in members}
    return listed(_("%(name)s %(n)s") % {"name": names[rep_id], "n": n} for rep_id, n in counts.most_common())
