"""What a card says, in the language in use."""

from __future__ import annotations

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from pacemark.web.goals.queries.ladder import tier_labels
from pacemark.web.organization.queries import organization
from pacemark.web.results.choices import CelebrationKind
from pacemark.web.results.drawing.layout import CardWords
from pacemark.web.results.queries.celebrations import Truth
from pacemark.web.ui import formats


def card_words(truth: Truth) -> CardWords:
    """Return the words of a card; each number stands in the records."""
    amount, unit = _amount(truth)
    return CardWords(
        title=pgettext("card_title", "Celebration"),
        name=truth.name,
        place=truth.place or _("Team of the week"),
        amount=amount,
        unit=unit,
        line=line_of(truth),
        figures=_figures(truth),
        foot=_("Pacemark · %(day)s · checked against the records, refunds taken off")
        % {"day": formats.local_date(truth.day, _language(), "short")},
    )


def line_of(truth: Truth) -> str:
    """Return the one line that says what happened."""
    if truth.kind == CelebrationKind.FIRST_DEAL:
        words = ngettext("First deal after %(n)s working day", "First deal after %(n)s working days", truth.days)
        return words % {"n": truth.days}
    if truth.kind == CelebrationKind.TEAM_OF_WEEK:
        return _("First of %(n)s teams in the week from %(day)s") % {"n": truth.n_teams, "day": _day(truth)}
    if truth.kind == CelebrationKind.TIER:
        return _("%(tier)s reached in %(label)s") % {"tier": tier_labels()[truth.tier], "label": truth.label}
    month = formats.local_date(truth.first_day, _language(), "month")
    if truth.days:
        words = ngettext(
            "Target of %(month)s met with %(n)s working day to go",
            "Target of %(month)s met with %(n)s working days to go",
            truth.days,
        )
        return words % {"month": month, "n": truth.days}
    return _("Target of %(month)s met") % {"month": month}


def _day(truth: Truth) -> str:
    return formats.local_date(truth.first_day, _language(), "short")


def _language() -> formats.Language:
    return "zh" if (get_language() or "").startswith("zh") else "en"


def _amount(truth: Truth) -> tuple[str, str]:
    """Return the card's number: what was brought, or a team's share of what was due."""
    if truth.kind == CelebrationKind.TEAM_OF_WEEK:
        return formats.percent(truth.net_minor / truth.target_minor, 0), ""
    currency = organization().currency
    if _language() == "zh":
        return formats.money_plain(truth.net_minor, currency), formats.ZH_UNITS.get(currency, currency)
    return formats.money(truth.net_minor, "en", currency), ""


def _figures(truth: Truth) -> tuple[tuple[str, str], ...]:
    deals = (formats.count(truth.deals), ngettext("deal", "deals", truth.deals))
    if truth.kind == CelebrationKind.FIRST_DEAL:
        return (deals,)
    if truth.kind == CelebrationKind.TEAM_OF_WEEK:
        currency = organization().currency
        return (
            (formats.money_short(truth.net_minor, _language(), currency), _("brought")),
            (formats.money_short(truth.target_minor, _language(), currency), _("due in the week")),
        )
    opportunities = ngettext("opportunity", "opportunities", truth.opportunities)
    return (deals, (formats.count(truth.opportunities), opportunities))
