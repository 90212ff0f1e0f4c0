"""Single leads: find one, its page with history and decision, what may be noted, given or disputed."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pacemark.web.accounts.access import allow_everyone
from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.http import PageRequest
from pacemark.web.organization.queries import members_on, organization, rep_of
from pacemark.web.pipeline.choices import RevealReason
from pacemark.web.pipeline.lead_services import note_lead, phone_in_full
from pacemark.web.pipeline.queries.lead_pages import find_leads, leads_of_number
from pacemark.web.resources.queries.decisions import Candidate, may_read, told_of
from pacemark.web.resources.queries.lead_page import LeadCard, card_of
from pacemark.web.resources.rule_forms import GiveForm, NoteForm, RevealForm
from pacemark.web.resources.services.contests import raise_contest
from pacemark.web.resources.services.ownership import give_lead
from pacemark.web.resources.views.asked import done, leaders, reps, sight_of, today_of
from pacemark.web.resources.words import change_words, excluded_words, history_words
from pacemark.web.ui.masking import customer_name


@sensitive_post_parameters("q")
@allow_everyone
@require_http_methods(["GET", "POST"])
def find(request: PageRequest) -> HttpResponse:
    """Find leads of the people in sight; a whole number finds a colleague's too, without telling more than whose.

    The page posts what is sought: an address with somebody's number would stay in the logs of proxies.
    """
    sought, sight = (request.POST or request.GET).get("q", "").strip()[:100], sight_of(request)
    own = find_leads(sought, sight)
    known = {lead.pk for lead in own}
    others = [lead for lead in leads_of_number(sought, organization().default_region) if lead.pk not in known]
    in_sight = [lead for lead in others if sight is None or lead.owner_id in sight]
    strangers = [lead for lead in others if lead not in in_sight]
    context = {"sought": sought, "found": [*in_sight, *own], "strangers": strangers, "is_rep": _is_rep(request)}
    return render(request, "resources/find.html", context)


def _is_rep(request: PageRequest) -> bool:
    return request.user.access_role == AccessRole.REP


@allow_everyone
@require_safe
def lead(request: PageRequest, lead_id: int) -> HttpResponse:
    """Show a lead in one's sight, or only what was decided about one that one was a candidate for."""
    return _page(request, lead_id)


def _page(request: PageRequest, lead_id: int, phone: str = "", *, is_revealed: bool = False) -> HttpResponse:
    sight, me = sight_of(request), rep_of(request.user)
    card = card_of(lead_id, sight, me.pk if me else None)
    if card is None and not may_read(lead_id, sight):
        raise Http404
    told = told_of(lead_id, sight, me.pk if me else None)
    asks_why = card is not None and not _is_rep(request) and not is_revealed and not card.lead.erased_at
    rows = [(one, [_candidate(who) for who in one.others]) for one in told]
    context = {
        "lead_id": lead_id, "name": _name(request, card, is_revealed=is_revealed),
        "reveal_form": RevealForm(auto_id="look_%s") if asks_why else None, "phone": phone,
        "card": card, "rows": rows, "is_rep": me is not None,
        "lines": [(line, history_words(line.kind, line.value)) for line in card.lines] if card else [],
        "note_form": _note_form(card) if card and _may_note(request, card) else None,
        "give_form": GiveForm(members=members_on(today_of(), sight)) if card and not _is_rep(request) else None,
        "may_dispute": me is not None and _is_rep(request) and not (card and (card.is_mine or card.contest)),
        "today": today_of(),
    }  # fmt: skip
    return render(request, "resources/lead.html", context)


def _name(request: PageRequest, card: LeadCard | None, *, is_revealed: bool) -> str:
    """Return the customer's name as the reader may read it, else the lead's id."""
    if card is None:
        return ""
    name = card.lead.name if is_revealed else customer_name(card.lead.name, request.user.access_role)
    return name or card.lead.external_id


def _candidate(who: Candidate) -> tuple[Candidate, str, str]:
    """Return somebody who did not get it, why, and to oneself what would have changed it."""
    return who, excluded_words(who.code, who.numbers), change_words(who.code) if who.is_me else ""


def _note_form(card: LeadCard) -> NoteForm:
    return NoteForm(initial={"next_contact_at": card.lead.next_contact_at, "note": card.lead.note})


def _may_note(request: PageRequest, card: LeadCard) -> bool:
    """Who holds a lead writes on it; whoever leads them may, too."""
    return card.is_mine if _is_rep(request) else True


def _in_sight(request: PageRequest, lead_id: int) -> LeadCard:
    me = rep_of(request.user)
    card = card_of(lead_id, sight_of(request), me.pk if me else None)
    if card is None:
        raise Http404
    return card


def worked_on(request: PageRequest, lead_id: int) -> LeadCard:
    """Return a lead that the person works on, or leads those who do; raises Http404 for another's."""
    card = _in_sight(request, lead_id)
    if not _may_note(request, card):
        raise Http404
    return card


@allow_everyone
@require_POST
def note(request: PageRequest, lead_id: int) -> HttpResponse:
    """Keep the next contact and the line."""
    worked_on(request, lead_id)
    form = NoteForm(request.POST)
    if form.is_valid():
        note_lead(actor=request.user, lead_id=lead_id, **form.cleaned_data)
        messages.success(request, _("Noted."))
    else:
        messages.error(request, _("Give the next contact as a day and a time."))
    return redirect("resources:decision", lead_id)


@allow_everyone
@require_POST
def phone(request: PageRequest, lead_id: int) -> HttpResponse:
    """Show name and number to whoever works the lead, or leads them and says why; the trail keeps who looked."""
    worked_on(request, lead_id)
    if _is_rep(request):
        return _page(request, lead_id, phone_in_full(actor=request.user, lead_id=lead_id), is_revealed=True)
    form = RevealForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why you look; it stands on the trail beside your name."))
        return redirect("resources:decision", lead_id)
    reason = RevealReason(form.cleaned_data["reason"])
    number = phone_in_full(actor=request.user, lead_id=lead_id, reason=reason)
    return _page(request, lead_id, number, is_revealed=True)


@leaders
@require_POST
def give(request: PageRequest, lead_id: int) -> HttpResponse:
    """Assign or transfer by hand among the people one leads, within the limits or with a reason."""
    _in_sight(request, lead_id)
    form = GiveForm(request.POST, members=members_on(today_of(), sight_of(request)))
    if not form.is_valid():
        raise Http404

    def act() -> str:
        data = form.cleaned_data
        give_lead(
            actor=request.user, rep_id=data["rep"], lead_id=lead_id, at=timezone.now(), override_reason=data["reason"]
        )
        return _("The lead is given.")

    return done(request, act, "resources:decision", lead_id)


@reps
@require_POST
def dispute(request: PageRequest, lead_id: int) -> HttpResponse:
    """Dispute whose a customer is; the manager of both decides."""
    rep = rep_of(request.user)
    if rep is None:
        raise Http404

    def act() -> str:
        reason = request.POST.get("reason", "")
        raise_contest(actor=request.user, rep_id=rep.pk, lead_id=lead_id, reason=reason, at=timezone.now())
        return _("Your dispute is with the manager, with what is on record now.")

    return done(request, act, "resources:contests")
