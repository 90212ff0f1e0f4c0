"""Background work of the Results room: where the quarter ends, who is offered the next tier, and reviews."""

from __future__ import annotations

from datetime import timedelta

from pacemark.web.jobs.registry import AFTER_IMPORT, FACTS_CHANGED, RESULTS_CHANGED, job, periodic
from pacemark.web.notifications.choices import MessageKind
from pacemark.web.notifications.composing import Audience, Draft, composer
from pacemark.web.notifications.services.queue import tell
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.queries import organization
from pacemark.web.results.models import Celebration
from pacemark.web.results.pages.card_draft import drafts_of
from pacemark.web.results.queries.celebrations import consenting
from pacemark.web.results.queries.spans import quarter_around
from pacemark.web.results.services.case_looks import look_at_trials, propose_by_system
from pacemark.web.results.services.celebrations import notice_celebrations
from pacemark.web.results.services.offers import offer_tiers
from pacemark.web.results.services.outlooks import work_out_quarter
from pacemark.web.results.services.reviews import write_due_reviews
from pacemark.web.results.services.sheets import REFRESH, refresh_sheets


@periodic("work out the quarter", every=timedelta(hours=24), offset=timedelta(hours=20))
@job(AFTER_IMPORT, can_wait=True)
@job(FACTS_CHANGED, can_wait=True)
@job(RESULTS_CHANGED, can_wait=True)
def work_out_the_quarter(**_payload: object) -> int:
    """Work out the running quarter, after the month's plans and replans, and offer the next tier to who is done."""
    today = local_today(organization().time_zone)
    span = quarter_around(today)
    work_out_quarter(actor=None, span=span, as_of=today)
    offers = offer_tiers(actor=None, span=span)
    refresh_sheets()
    return len(offers)


@periodic(REFRESH, every=timedelta(hours=1), offset=timedelta(minutes=3))
def keep_the_overview() -> int:
    """Make what the overview shows before anybody asks for it: after midnight, and after changes that tell nobody."""
    return refresh_sheets(only_old=True)


@periodic("write reviews", every=timedelta(hours=24), offset=timedelta(hours=20, minutes=30))
def write_the_reviews() -> int:
    """Write the last whole week of every team and the last whole month of every region; return how many are new."""
    return write_due_reviews(today=local_today(organization().time_zone))


@periodic("propose success cases", every=timedelta(hours=24), offset=timedelta(hours=21))
def propose_the_cases() -> int:
    """On Mondays, propose whoever stands out beyond luck; return how many are new. Daily, luck had seven chances."""
    today = local_today(organization().time_zone)
    return len(propose_by_system(today=today)) if today.weekday() == 0 else 0


@periodic("look at trials", every=timedelta(hours=24), offset=timedelta(hours=21))
def look_at_the_trials() -> int:
    """Judge the trials that a further four weeks have passed of; return how many cases moved."""
    return len(look_at_trials(today=local_today(organization().time_zone)))


@periodic("notice celebrations", every=timedelta(minutes=10))
def notice_todays_celebrations() -> int:
    """Keep today's moments, and tell the channels that want them of those whose person allows it."""
    count = notice_celebrations(day=local_today(organization().time_zone))
    tell(MessageKind.CELEBRATION)
    return count


@composer(MessageKind.CELEBRATION)
def todays_cards(audience: Audience) -> list[Draft]:
    """Return today's cards of a channel's team whose person allows it."""
    rows = Celebration.objects.filter(day=audience.today)
    if audience.team is not None:
        rows = rows.filter(team=audience.team)
    allowed = consenting()
    return drafts_of([row for row in rows.order_by("pk") if row.rep_id is None or row.rep_id in allowed])
