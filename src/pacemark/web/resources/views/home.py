"""Resources: is distribution fair, who waits and why, who is ranked how, and what is withheld."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pacemark.web.accounts.http import PageRequest
from pacemark.web.organization.queries import organization
from pacemark.web.resources.choices import PolicyState
from pacemark.web.resources.queries.fairness_page import accounts_of, inflow_of, waiting_groups
from pacemark.web.resources.queries.policies import active_version, versions
from pacemark.web.resources.queries.room import fairness_of, sources_of
from pacemark.web.resources.queries.scores import latest_cycle, scores_of, team_scores, withholdings_shown
from pacemark.web.resources.queries.side_by_side import latest_replayed
from pacemark.web.resources.views.asked import leaders, may_plan, sight_of, today_of
from pacemark.web.resources.words import excluded_words, metric_words

MAX_ROWS = 200


@leaders
@require_safe
def home(request: PageRequest) -> HttpResponse:
    """Show the day's distribution, whether it has been fair, and what leads bring."""
    day, sight, version, cycle = today_of(), sight_of(request), active_version(), latest_cycle()
    accounts = accounts_of(version, day, None)
    mine = [row for row in accounts if sight is None or row.rep_id in sight]
    mine.sort(key=lambda row: (-abs(row.balance), row.team_name, row.name))
    waiting = [(group, [excluded_words(code, {"n": n}) for code, n in group.codes]) for group in waiting_groups()]
    draft = versions().filter(state__in=(PolicyState.DRAFT, PolicyState.REPLAYED)).first()
    context = {
        "day": day, "today": day, "version": version, "draft": draft, "cycle": cycle,
        "replayed": latest_replayed(draft, version, sight) if draft else None,
        "inflow": inflow_of(day), "waiting": waiting, "n_waiting": sum(group.n_leads for group, _why in waiting),
        "accounts": mine[:MAX_ROWS], "n_accounts": len(mine), "fairness": fairness_of(accounts, version),
        "scores": [(row, _parts(row.parts)) for row in scores_of(cycle, sight, MAX_ROWS)],
        "teams": [(row, _parts(row.parts)) for row in team_scores(cycle)],
        "withholdings": withholdings_shown(sight, day), "sources": sources_of(day),
        "currency": organization().currency, "is_named": sight is None, "may_plan": may_plan(request),
    }  # fmt: skip
    return render(request, "resources/home.html", context)


def _parts(parts: dict[str, dict[str, float]]) -> list[tuple[str, dict[str, float]]]:
    return [(metric_words(code), part) for code, part in parts.items()]
