"""What every message starts from: who is spoken of, and words for lists that stay short."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from pacemark.web.notifications.composing import Audience
from pacemark.web.organization.models import Team
from pacemark.web.organization.queries import Member, members_on, organization
from pacemark.web.organization.working_time import working_days_of
from pacemark.web.overview.team_page import StreakLine
from pacemark.web.ui import formats

MOST_NAMES = 12


def people_of(audience: Audience) -> list[Member]:
    """Return the people of a channel's team, or everyone in a team."""
    members = [member for member in members_on(audience.today) if member.team_id]
    return members if audience.team is None else [one for one in members if one.team_id == audience.team.pk]


def anyone_works(members: Sequence[Member], audience: Audience) -> bool:
    """Tell whether somebody works today: nobody is written to on a holiday."""
    return any(working_days_of(members, audience.today, audience.today).values())


def floor_name(team: Team | None) -> str:
    """Return what a channel's people are called together."""
    return team.name if team is not None else organization().name or str(_("Everyone"))


def language() -> formats.Language:
    """Return the language that is being written in."""
    return "zh" if (get_language() or "").startswith("zh") else "en"


def day_words(audience: Audience) -> str:
    """Return the day as a heading says it."""
    return formats.local_date(audience.today, language(), "short")


def money(minor: float) -> str:
    """Return an amount, short."""
    return formats.money_short(round(minor), language(), organization().currency)


def listed(names: Iterable[str]) -> str:
    """Return names in one line; of a long list the first, and how many more."""
    found = list(names)
    comma = pgettext("list", ", ")
    if len(found) <= MOST_NAMES:
        return comma.join(found)
    rest = len(found) - MOST_NAMES
    more = ngettext("and %(n)s more", "and %(n)s more", rest) % {"n": rest}
    return comma.join([*found[:MOST_NAMES], more])


def line(head: str, text: str) -> str:
    """Return one line of a message: a bold head, and what there is to say."""
    return f"**{head}** {text}"


def days_of(one: StreakLine) -> str:
    """Return a person with the working days of their streak."""
    words = ngettext("%(name)s %(n)s day", "%(name)s %(n)s days", one.days)
    return words % {"name": one.member.name, "n": one.days}
