"""The digest (战报) of a team or of everyone: done against due, and what waits for somebody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pacemark.web.notifications.choices import MessageKind
from pacemark.web.notifications.composing import Audience, Draft, composer
from pacemark.web.organization.queries import Member
from pacemark.web.overview.message_ground import (
    anyone_works,
    day_words,
    days_of,
    floor_name,
    line,
    listed,
    money,
    people_of,
)
from pacemark.web.overview.team_page import TeamPage
from pacemark.web.overview.team_queries import team_for

MOST_TEAMS = 40


@composer(MessageKind.DIGEST)
def digest(audience: Audience) -> list[Draft]:
    """Return the day's digest; on a day when nobody works, nothing."""
    members = people_of(audience)
    if not anyone_works(members, audience):
        return []
    month, day = team_for(members, "month"), team_for(members, "day")
    lines = [*_result(month), _work(day), *_moments(month), _waiting(month)]
    if audience.team is None:
        lines += _teams(month, members)
    title = _("%(who)s · digest of %(day)s") % {"who": floor_name(audience.team), "day": day_words(audience)}
    return [Draft(key=f"digest:{audience.today.isoformat()}", title=title, text="\n".join(filter(None, lines)))]


def _result(page: TeamPage) -> list[str]:
    done, due = _revenue(page, [member.rep_id for member in page.facts.members])
    if not due:
        return []
    words = _("%(done)s of %(due)s due by now, gap %(gap)s") % {
        "done": money(done), "due": money(due), "gap": money(max(due - done, 0))
    }  # fmt: skip
    lines = [line(_("Revenue this month"), words)]
    if (first := page.first) is not None:
        short = _("%(name)s, %(stage)s, about %(money)s") % {
            "name": first.member.name, "stage": first.worst, "money": money(first.short_minor)
        }  # fmt: skip
        lines.append(line(_("See first"), short))
    return lines


def _revenue(page: TeamPage, rep_ids: Sequence[int]) -> tuple[float, float]:
    worked = [page.facts.worked[rep_id] for rep_id in rep_ids if rep_id in page.facts.worked]
    return sum(one.done.get("revenue", 0.0) for one in worked), sum(one.due.get("revenue", 0.0) for one in worked)


def _work(page: TeamPage) -> str:
    parts = [
        _("%(stage)s %(done)s/%(due)s") % {"stage": head, "done": cell.gap.done, "due": cell.gap.required}
        for head, cell in zip(page.heads[:-1], page.totals[:-1], strict=True)
        if cell.gap is not None and cell.gap.required != "0"
    ]
    return line(_("Today so far"), " · ".join(parts)) if parts else ""


def _moments(page: TeamPage) -> list[str]:
    ended = [
        ngettext("%(name)s (after %(n)s day)", "%(name)s (after %(n)s days)", one.days)
        % {"name": one.member.name, "n": one.days}
        for one in page.first_deals
    ]
    streaks = [days_of(one) for one in page.streaks]
    lines = [line(_("First deals"), listed(ended))] if ended else []
    return lines + ([line(_("Without a deal"), listed(streaks))] if streaks else [])


def _waiting(page: TeamPage) -> str:
    facts = page.facts
    late = facts.coaching.due_today_or_late
    parts = [
        ngettext("%(n)s lead overdue", "%(n)s leads overdue", facts.overdue) % {"n": facts.overdue},
        ngettext("%(n)s plan to agree to", "%(n)s plans to agree to", facts.waiting) % {"n": facts.waiting},
        ngettext("%(n)s question to answer", "%(n)s questions to answer", facts.asked) % {"n": facts.asked},
        ngettext("%(n)s coaching late", "%(n)s coachings late", late) % {"n": late},
        ngettext("%(n)s talk without a report", "%(n)s talks without a report", len(page.unreported))
        % {"n": len(page.unreported)},
    ]
    counts = (facts.overdue, facts.waiting, facts.asked, late, len(page.unreported))
    told = [words for words, n in zip(parts, counts, strict=True) if n]
    return line(_("To do"), " · ".join(told)) if told else ""


def _teams(page: TeamPage, members: Sequence[Member]) -> list[str]:
    """Return a line a team, the widest gap first."""
    by_team: dict[str, list[int]] = defaultdict(list)
    for member in members:
        by_team[member.team_name].append(member.rep_id)
    found = [(name, *_revenue(page, rep_ids)) for name, rep_ids in by_team.items()]
    found.sort(key=lambda one: one[1] - one[2])
    rows = [
        _("- %(team)s %(done)s of %(due)s") % {"team": name, "done": money(done), "due": money(due)}
        for name, done, due in found
        if due
    ]
    return [line(_("Teams"), ""), *rows[:MOST_TEAMS]] if rows else []
