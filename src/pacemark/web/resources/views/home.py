"""Resources: is distribution fair, who waits and why, who is ranked how, and what is withheld."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.http import PageRequest
from pacemark.web.resources.queries.fairness_page import accounts_of, inflow_of, waiting_groups
from pacemark.web.resources.queries.policies import active_version, versions
from pacemark.web.resources.queries.scores import latest_cycle, scores_of, team_scores, withholdings_shown
from pacemark.web.resources.views.asked import leaders, sight_of, today_of
from pacemark.web.resources.words import excluded_words, metric_words

MAX_ROWS = 200


@leaders
@require_safe
def home(request: PageRequest) -> HttpResponse:
    """Show the day's distribution."""
    day, sight, version, cycle = today_of(), sight_of(request), active_version(), latest_cycle()
    accounts = accounts_of(version, day, sight)
    waiting = [(group, [excluded_words(code, {"n": n}) for code, n in group.codes]) for group in waiting_groups()]
    context = {
        "day": day,
        "version": version,
        "draft": versions().filter(state__in=("draft", "replayed")).first(),
        "inflow": inflow_of(day),
        "waiting": waiting,
        "n_waiting": sum(group.n_leads for group, _why in waiting),
        "accounts": accounts[:MAX_ROWS],
        "worst": max((abs(row.balance) for row in accounts), default=0.0),
        "cycle": cycle,
        "scores": [(row, _parts(row.parts)) for row in scores_of(cycle, sight)[:MAX_ROWS]],
        "teams": team_scores(cycle),
        "withholdings": withholdings_shown(sight, day),
        "may_plan": request.user.access_role in {AccessRole.OPERATIONS, AccessRole.ADMIN},
        "today": day,
    }
    return render(request, "resources/home.html", context)


def _parts(parts: dict[str, dict[str, float]]) -> list[tuple[str, dict[str, float]]]:
    return [(metric_words(code), part) for code, part in parts.items()]
