"""Withholding, as leaders decide it: apply, reject, lift, answer an appeal."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pacemark.web.accounts.http import PageRequest
from pacemark.web.resources.models import Withholding
from pacemark.web.resources.services.withholding import answer_appeal, apply, lift, reject
from pacemark.web.resources.views.asked import done, leaders, sight_of, today_of


@leaders
@require_POST
def decide(request: PageRequest, withholding_id: int) -> HttpResponse:
    """Do what the button says, for somebody in one's sight; never for oneself."""
    found = Withholding.objects.select_related("rep").filter(pk=withholding_id).first()
    sight = sight_of(request)
    if found is None or (sight is not None and found.rep_id not in sight) or found.rep.user_id == request.user.pk:
        raise Http404

    def act() -> str:
        asked, user = request.POST.get("do", ""), request.user
        if asked == "apply":
            apply(actor=user, withholding_id=found.pk, today=today_of())
            return _("It is in force until its end day.")
        if asked == "reject":
            reject(actor=user, withholding_id=found.pk)
            return _("The proposal is dropped.")
        if asked == "lift":
            lift(actor=user, withholding_id=found.pk)
            return _("It is lifted; the full share holds again.")
        if asked in {"grant", "uphold"}:
            answer = request.POST.get("text", "")
            answer_appeal(actor=user, withholding_id=found.pk, is_granted=asked == "grant", answer=answer)
            return _("The appeal is answered.")
        raise Http404

    return done(request, act, "resources:home")
