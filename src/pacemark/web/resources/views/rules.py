"""Withholding, the clock and the pools: three rules on one page, each with its own form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pacemark.web.accounts.http import PageRequest
from pacemark.web.accounts.models import User
from pacemark.web.pipeline.clock_services import set_recycle_rule
from pacemark.web.pipeline.holding_models import Pool, RecycleRule
from pacemark.web.pipeline.pool_services import set_pool_limits
from pacemark.web.pipeline.queries.holdings import standing_rule
from pacemark.web.resources.models import WithholdingRule
from pacemark.web.resources.queries.scores import standing_withholding_rule
from pacemark.web.resources.refusals import Refused
from pacemark.web.resources.rule_forms import PoolForm, RecycleRuleForm, WithholdingRuleForm
from pacemark.web.resources.services.withholding import falls_short, seen_over, set_rule
from pacemark.web.resources.views.asked import planners, today_of
from pacemark.web.ui.wording import words_for

Save = Callable[[User, dict[str, Any]], object]


@planners
@require_http_methods(["GET", "POST"])
def rules(request: PageRequest) -> HttpResponse:
    """Show the rules, keep the one that was sent, or only try a withholding rule on the last week."""
    shown, tried = _forms(request), None
    asked = request.POST.get("form", "")
    if request.method == "POST":
        form, save = shown.get(asked, (None, None))
        if form is None or save is None:
            raise Http404
        if form.is_valid():
            if "try" in request.POST and isinstance(form, WithholdingRuleForm):
                tried = _tried(form)
            elif _kept(request, form, save):
                return redirect("resources:rules")
    pools = [(form.instance, form) for form, _save in shown.values() if isinstance(form, PoolForm)]
    context = {
        "withholding": shown["withholding"][0], "recycle": shown["recycle"][0], "pools": pools, "tried": tried,
        "withholding_rule": standing_withholding_rule(), "recycle_rule": standing_rule(),
    }  # fmt: skip
    return render(request, "resources/rules.html", context)


def _forms(request: PageRequest) -> dict[str, tuple[forms.ModelForm[Any], Save]]:
    """Return every form by name with what keeps it; only the one that was sent is filled by what was sent."""
    asked = request.POST.get("form", "")

    def filled(name: str) -> Any:
        return request.POST if asked == name else None

    found: dict[str, tuple[forms.ModelForm[Any], Save]] = {
        "withholding": (
            WithholdingRuleForm(
                filled("withholding"),
                instance=standing_withholding_rule() or WithholdingRule(),
                auto_id="withholding-%s",
            ),
            lambda actor, data: set_rule(actor=actor, **data),
        ),
        "recycle": (
            RecycleRuleForm(filled("recycle"), instance=standing_rule() or RecycleRule(), auto_id="recycle-%s"),
            lambda actor, data: set_recycle_rule(actor=actor, at=timezone.now(), **data),
        ),
    }
    for pool in Pool.objects.order_by(F("team__name").asc(nulls_first=True), "name"):
        name = f"pool-{pool.pk}"
        form = PoolForm(filled(name), instance=pool, prefix=name)
        found[name] = (form, _pool_saver(pool.pk))
    return found


def _pool_saver(pool_id: int) -> Save:
    return lambda actor, data: set_pool_limits(actor=actor, pool_id=pool_id, **data)


def _kept(request: PageRequest, form: forms.ModelForm[Any], save: Save) -> bool:
    try:
        save(request.user, form.cleaned_data)
    except Refused as refused:
        form.add_error(None, words_for(refused.code, refused.field))
        return False
    messages.success(request, _("Saved. It holds from now on; what was decided before stays."))
    return True


def _tried(form: WithholdingRuleForm) -> dict[str, Any]:
    """Return whom the rule would answer, by what the last week shows; nothing is kept."""
    rule = form.save(commit=False)
    seen = seen_over(rule, today_of())
    short = [one for one in seen if falls_short(one, rule)]
    return {"n_seen": len(seen), "n_short": len(short), "n_too_few": sum(one.n < rule.min_leads for one in seen)}
