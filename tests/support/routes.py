"""Every address of the product, and who is expected to open it. A new address needs a row here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver

from pacemark.web.accounts.choices import AccessRole
from tests.support.action_routes import with_actions, with_rest

EVERYONE = frozenset(AccessRole)
LEADERS = EVERYONE - {AccessRole.REP}
PLANNERS = frozenset({AccessRole.OPERATIONS, AccessRole.ADMIN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Who opens an address. ``about_a_rep``: only for a rep in the person's sight; ``public``: without signing in."""

    roles: frozenset[AccessRole] = EVERYONE
    method: str = "get"
    public: bool = False
    about_a_rep: bool = False
    values: dict[str, Any] = field(default_factory=dict)
    body: dict[str, str] = field(default_factory=dict)


EXPECTED: dict[str, Expected] = {
    "overview:home": Expected(),
    "overview:today": Expected(),
    "overview:today_of": Expected(about_a_rep=True),
    "overview:week": Expected(),
    "overview:week_of": Expected(about_a_rep=True),
    "overview:team": Expected(roles=LEADERS),
    "process:home": Expected(roles=LEADERS),
    "process:ranking": Expected(roles=LEADERS),
    "process:diagnosis": Expected(about_a_rep=True),
    # a team that does not exist is nobody's (tests/web/process/test_diagnosis_pages.py)
    "process:team_diagnosis": Expected(roles=frozenset(), values={"team_id": 10**9}),
    "process:coaching_effects": Expected(roles=LEADERS),
    "overview:overview": Expected(roles=LEADERS - {AccessRole.MANAGER}),
    "results:home": Expected(),
    "results:person": Expected(about_a_rep=True),
    "results:luck": Expected(roles=LEADERS),
    "results:deals": Expected(roles=LEADERS),
    # a deal and an offer that do not exist: see tests/web/results/test_pages.py
    "results:credit": Expected(roles=frozenset(), values={"deal_id": 0}),
    "results:decide_offer": Expected(
        roles=frozenset(), method="post", values={"offer_id": 0}, body={"state": "accepted"}
    ),
    "process:coaching": Expected(roles=LEADERS),
    "process:plan_coaching": Expected(roles=LEADERS, about_a_rep=True),
    # an action that does not exist: only its owner closes one (tests/web/process/test_coaching.py)
    "process:close_coaching": Expected(roles=frozenset(), method="post", values={"action_id": 0}),
    "process:excuse_coaching": Expected(roles=frozenset(), method="post", values={"action_id": 0}),
    "process:quality": Expected(),
    # items that do not exist (tests/web/process/test_quality_pages.py has those that do)
    "process:quality_item": Expected(roles=frozenset(), values={"item_id": 0}),
    "process:decide_quality": Expected(roles=frozenset(), method="post", values={"item_id": 0}),
    "process:quality_word": Expected(roles=frozenset(), method="post", values={"item_id": 0}),
    "process:audit": Expected(roles=LEADERS),
    "process:monitor": Expected(roles=PLANNERS, method="post"),
    "process:tolerances": Expected(roles=PLANNERS),
    "notifications:channels": Expected(roles=LEADERS - {AccessRole.DIRECTOR}),
    "notifications:add": Expected(roles=LEADERS - {AccessRole.DIRECTOR}),
    # a channel, a message that do not exist: who runs which is in tests/web/notifications/test_pages.py
    "notifications:channel": Expected(roles=frozenset(), values={"channel_id": 9}),
    "notifications:preview": Expected(roles=frozenset(), values={"channel_id": 9}),
    "notifications:test": Expected(roles=frozenset(), method="post", values={"channel_id": 9}),
    "notifications:drop": Expected(roles=frozenset(), method="post", values={"channel_id": 9}),
    "notifications:again": Expected(roles=frozenset(), method="post", values={"message_id": 9}),
    "notifications:settle": Expected(roles=frozenset(), method="post", values={"message_id": 9}),
    "receiving:post": Expected(roles=frozenset(), public=True, method="post", values={"caller_id": 0}),
    "webhooks:webhooks": Expected(roles=PLANNERS),
    "webhooks:add_receiver": Expected(roles=PLANNERS),
    "webhooks:add_caller": Expected(roles=PLANNERS),
    # receivers, callers and deliveries that do not exist (tests/web/webhooks has those that do)
    "webhooks:receiver": Expected(roles=frozenset(), values={"end_id": 10**9}),
    "webhooks:caller": Expected(roles=frozenset(), values={"end_id": 10**9}),
    "webhooks:test": Expected(roles=frozenset(), method="post", values={"end_id": 0}),
    "webhooks:secret": Expected(roles=frozenset(), method="post", values={"what": "callers", "end_id": 0}),
    "webhooks:end": Expected(roles=frozenset(), method="post", values={"what": "callers", "end_id": 0}),
    "webhooks:again": Expected(roles=frozenset(), method="post", values={"delivery_id": 0}),
    # receiving:post says "not found" to anyone: the signature opens it (tests/web/webhooks/test_receiving.py)
    "results:reviews": Expected(roles=LEADERS),
    # reviews and actions that do not exist: tests/web/results/test_reviews.py has those that do
    "results:review": Expected(roles=frozenset(), values={"review_id": 9}),
    "results:review_pdf": Expected(roles=frozenset(), values={"review_id": 9}),
    "results:review_words": Expected(roles=frozenset(), method="post", values={"review_id": 9}),
    "results:review_decide": Expected(roles=frozenset(), method="post", values={"review_id": 9}),
    "results:review_agree": Expected(roles=frozenset(), method="post", values={"review_id": 9}),
    "results:review_archive": Expected(roles=frozenset(), method="post", values={"review_id": 9}),
    "results:review_settle": Expected(roles=frozenset(), method="post", values={"action_id": 9}),
    "results:cases": Expected(),
    "results:propose_case": Expected(),
    # a case that does not exist: whose may be seen is in tests/web/results/test_case_pages.py
    "results:case": Expected(roles=frozenset(), values={"case_id": 9}),
    "results:case_worksheet": Expected(roles=frozenset(), values={"case_id": 9}),
    "results:adopt_case": Expected(roles=frozenset(), method="post", values={"case_id": 9}),
    "results:leave_case": Expected(roles=frozenset(), method="post", values={"case_id": 9}),
    "results:cards": Expected(),
    # a card that does not exist: whose may be seen is in tests/web/results/test_cards.py
    "results:card": Expected(roles=frozenset(), values={"card_id": 9, "form": "png"}),
    "results:send_card": Expected(roles=frozenset(), method="post", values={"card_id": 9}),
    # about oneself: only who is somebody's rep (tests/web/results/test_cards.py)
    "results:consent": Expected(roles=frozenset({AccessRole.REP}), method="post", body={"is_given": "no"}),
    "goals:list": Expected(),
    "goals:detail": Expected(about_a_rep=True),
    "goals:export": Expected(),
    "goals:what_if": Expected(about_a_rep=True),
    "goals:keep_draft": Expected(method="post", about_a_rep=True, body={"name": "trial"}),
    "goals:drop_draft": Expected(method="post", about_a_rep=True, values={"draft_id": 0}),
    "goals:set_target": Expected(roles=LEADERS, method="post", about_a_rep=True, body={"amount": "30000"}),
    "goals:agreements": Expected(roles=LEADERS),
    "goals:propose_many": Expected(roles=LEADERS, method="post", body={"all": "1", "confidence": "0.5"}),
    "goals:propose": Expected(roles=LEADERS, method="post", about_a_rep=True, body={"confidence": "0.5"}),
    "goals:agree": Expected(method="post", about_a_rep=True, body={"seen": "1"}),
    "goals:ask": Expected(method="post", about_a_rep=True, body={"seen": "1", "reason": "too much"}),
    "goals:revise": Expected(
        roles=LEADERS, method="post", about_a_rep=True, body={"seen": "1", "amount": "30000", "reason": "as asked"}
    ),
    "goals:withdraw": Expected(roles=LEADERS, method="post", about_a_rep=True, body={"seen": "1", "reason": "later"}),
    "goals:cell": Expected(roles=LEADERS, about_a_rep=True),
    "goals:targets_workbook": Expected(roles=LEADERS),
    "goals:batches": Expected(roles=LEADERS),
    "goals:prepare_edit": Expected(roles=LEADERS, method="post"),
    "goals:prepare_copy": Expected(roles=LEADERS, method="post"),
    "goals:prepare_import": Expected(roles=LEADERS, method="post"),
    # a batch that does not exist: its maker and operations open one (tests/web/goals/test_batch_pages.py)
    "goals:batch": Expected(roles=frozenset(), values={"batch_id": 0}),
    "goals:apply_batch": Expected(roles=frozenset(), method="post", values={"batch_id": 0}),
    "goals:drop_batch": Expected(roles=frozenset(), method="post", values={"batch_id": 0}),
    "goals:recompute": Expected(roles=PLANNERS, method="post"),
    "ladder:home": Expected(roles=PLANNERS),
    "ladder:grade": Expected(roles=PLANNERS, method="post", body={"name": "P9"}),
    "ladder:quota": Expected(roles=PLANNERS, method="post"),
    # a quota that does not exist: planners go back to the ladder (tests/web/goals/test_ladder_page.py)
    "ladder:drop": Expected(roles=PLANNERS, method="post", values={"quota_id": 0}),
    "ladder:tiers": Expected(roles=PLANNERS, method="post"),
    "ladder:labels": Expected(roles=PLANNERS, method="post"),
    "ladder:newcomers": Expected(roles=PLANNERS, method="post"),
    "goals:units": Expected(roles=LEADERS),
    # units in sight alone, so that a team that does not exist is nobody's (tests/web/goals/test_units.py)
    "goals:set_unit": Expected(roles=LEADERS, method="post"),
    "goals:split_unit": Expected(roles=frozenset()),
    "goals:apply_split": Expected(roles=frozenset(), method="post"),
    "goals:split_over_time": Expected(roles=frozenset(), method="post"),
    "goals:seasons": Expected(roles=LEADERS),
    "goals:save_seasons": Expected(roles=PLANNERS, method="post"),
    "goals:learn_seasons": Expected(roles=PLANNERS, method="post"),
    "goals:resplit": Expected(roles=PLANNERS, method="post"),
    "goals:quarter": Expected(about_a_rep=True),
    "goals:set_months": Expected(roles=LEADERS, method="post", about_a_rep=True),
    "goals:set_quarter": Expected(roles=LEADERS, method="post", about_a_rep=True, body={"amount": "90000"}),
    "goals:intention": Expected(method="post", about_a_rep=True, body={"kind": "keep"}),
    "organization:settings": Expected(roles=PLANNERS),
    "organization:calendar": Expected(roles=PLANNERS),
    "organization:teams": Expected(roles=PLANNERS),
    "organization:people": Expected(roles=PLANNERS),
    "organization:person": Expected(roles=PLANNERS, about_a_rep=True),
    "organization:add_team": Expected(roles=PLANNERS),
    "organization:add_region": Expected(roles=PLANNERS),
    "organization:add_pattern": Expected(roles=PLANNERS),
    "organization:add_person": Expected(roles=PLANNERS),
    # a team, region or pattern that does not exist: planners are told so, nobody else learns even that
    "organization:team": Expected(roles=frozenset(), values={"team_id": 10**9}),
    "organization:region": Expected(roles=frozenset(), values={"region_id": 10**9}),
    "organization:pattern": Expected(roles=frozenset(), values={"pattern_id": 10**9}),
    "organization:change_person": Expected(roles=PLANNERS, about_a_rep=True),
    "organization:roster": Expected(roles=PLANNERS, method="post", about_a_rep=True),
    "organization:account": Expected(roles=PLANNERS, method="post", about_a_rep=True),
    "intake:data": Expected(roles=PLANNERS),
    "intake:upload": Expected(roles=PLANNERS, method="post"),
    # an import that does not exist: planners are told so, nobody else learns even that (tests/web/intake)
    "intake:batch": Expected(roles=frozenset(), values={"batch_id": 0}),
    "intake:mapping": Expected(roles=frozenset(), values={"batch_id": 0}),
    "intake:commit": Expected(roles=frozenset(), method="post", values={"batch_id": 0}),
    "intake:cancel": Expected(roles=frozenset(), method="post", values={"batch_id": 0}),
    "intake:errors": Expected(roles=frozenset(), values={"batch_id": 0}),
    "resources:home": Expected(roles=LEADERS),
    "resources:mine": Expected(),
    # leads, withholdings and versions that do not exist (tests/web/resources/test_pages.py has those that do)
    "resources:duty": Expected(method="post", roles=frozenset({AccessRole.REP})),
    "resources:claim": Expected(method="post", roles=frozenset({AccessRole.REP}), values={"lead_id": 10**9}),
    "resources:give_back": Expected(method="post", roles=frozenset({AccessRole.REP}), values={"lead_id": 10**9}),
    "resources:lock": Expected(method="post", roles=frozenset({AccessRole.REP}), values={"lead_id": 10**9}),
    "resources:appeal": Expected(method="post", roles=frozenset({AccessRole.REP}), values={"withholding_id": 10**9}),
    "resources:decision": Expected(roles=frozenset(), values={"lead_id": 10**9}),
    "resources:look": Expected(method="post", roles=frozenset({AccessRole.REP})),
    "resources:find": Expected(),
    # a lead and a dispute that do not exist (tests/web/resources/test_lead_page.py has those that do)
    "resources:note": Expected(roles=frozenset(), method="post", values={"lead_id": 10**9}),
    "resources:phone": Expected(roles=frozenset(), method="post", values={"lead_id": 10**9}),
    "resources:give": Expected(roles=frozenset(), method="post", values={"lead_id": 10**9}),
    "resources:dispute": Expected(
        roles=frozenset({AccessRole.REP}), method="post", values={"lead_id": 10**9}, body={"reason": "mine"}
    ),
    "resources:contests": Expected(),
    "resources:contest": Expected(roles=frozenset(), values={"contest_id": 10**9}),
    "resources:decide_contest": Expected(roles=frozenset(), method="post", values={"contest_id": 10**9}),
    "resources:pool": Expected(roles=LEADERS),
    "resources:people": Expected(roles=LEADERS),
    # a rep who does not exist (tests/web/resources/test_rules_pages.py)
    "resources:skills": Expected(roles=frozenset(), method="post", values={"rep_id": 10**9}),
    "resources:sourcing": Expected(roles=PLANNERS, method="post"),
    "resources:rules": Expected(roles=PLANNERS),
    "resources:policies": Expected(roles=LEADERS),
    "resources:new_policy": Expected(roles=PLANNERS),
    "resources:version": Expected(roles=frozenset(), values={"version_id": 10**9}),
    "resources:edit_policy": Expected(roles=frozenset(), values={"version_id": 10**9}),
    "resources:replay": Expected(roles=frozenset(), method="post", values={"version_id": 10**9}),
    "resources:cancel_replay": Expected(
        roles=PLANNERS, method="post", values={"version_id": 10**9, "replay_id": 10**9}
    ),
    "resources:activate": Expected(roles=frozenset(), method="post", values={"version_id": 10**9}),
    "resources:withholding": Expected(roles=frozenset(), method="post", values={"withholding_id": 10**9}),
    "privacy:home": Expected(roles=frozenset({AccessRole.ADMIN})),
    # a lead that does not exist (tests/web/privacy/test_pages.py has one that does)
    "privacy:export_customer": Expected(roles=frozenset(), method="post", values={"lead_id": 10**9}),
    "privacy:erase_customer": Expected(roles=frozenset(), method="post", values={"lead_id": 10**9}),
    "privacy:reveals": Expected(roles=PLANNERS),
    # an account that does not exist: planners are told so, nobody else learns even that
    "privacy:reveals_of": Expected(roles=frozenset(), values={"user_id": 10**9}),
    "privacy:retention": Expected(roles=frozenset({AccessRole.ADMIN})),
    "privacy:employees": Expected(roles=frozenset({AccessRole.ADMIN})),
    "privacy:export_employee": Expected(roles=frozenset(), method="post", values={"who": "r0"}),
    "privacy:erase_employee": Expected(roles=frozenset(), method="post", values={"who": "r0"}),
    "accounts:sign_in": Expected(public=True),
    "account_login": Expected(public=True),
    "mfa_index": Expected(),
    # steps of signing in: with nobody half-way in they lead back to its first (tests/web/accounts)
    "mfa_authenticate": Expected(public=True),
    "mfa_login_webauthn": Expected(public=True),
    "account_reauthenticate": Expected(roles=frozenset()),  # without a password nothing is asked for again
    "mfa_reauthenticate": Expected(roles=frozenset()),
    "mfa_reauthenticate_webauthn": Expected(roles=frozenset()),
    "mfa_activate_totp": Expected(),
    # an app, codes and a passkey that do not exist (tests/web/accounts/test_second_factors.py)
    "mfa_deactivate_totp": Expected(roles=frozenset()),
    "mfa_view_recovery_codes": Expected(roles=frozenset()),
    "mfa_generate_recovery_codes": Expected(),
    "mfa_add_webauthn": Expected(),
    "mfa_remove_webauthn": Expected(roles=frozenset(), values={"pk": 0}),
    # company accounts that the operator has not named (tests/web/accounts/test_company_accounts.py)
    "openid_connect_callback": Expected(roles=frozenset(), public=True, values={"provider_id": "nobody"}),
    "feishu_callback": Expected(roles=frozenset(), public=True),
    "dingtalk_callback": Expected(roles=frozenset(), public=True),
    "wecom_callback": Expected(roles=frozenset(), public=True),
    "accounts:company": Expected(roles=frozenset(), public=True, method="post", values={"way_id": "nobody"}),
    # an invitation that does not exist: a page says so to anyone
    "accounts:invitation": Expected(public=True, values={"secret": "pmk_none"}),
    "accounts:end_sessions": Expected(method="post"),
    # another's session and company account: 404 (tests/web/accounts/test_sessions.py)
    "accounts:end_session": Expected(roles=frozenset(), method="post", values={"session_id": 0}),
    "accounts:leave_company": Expected(roles=frozenset(), method="post", values={"account_id": 0}),
    "accounts:sign_out": Expected(public=True, method="post"),
    "accounts:language": Expected(public=True, method="post", body={"language": "en"}),
    "accounts:theme": Expected(method="post", body={"theme": "dark"}),
    "accounts:people": Expected(roles=frozenset({AccessRole.ADMIN})),
    # an account that does not exist: administrators are told so, nobody else learns even that
    "accounts:change": Expected(roles=frozenset(), values={"user_id": 10**9}),
    "accounts:switch": Expected(roles=frozenset(), method="post", values={"user_id": 10**9}),
    "accounts:invite": Expected(roles=frozenset(), method="post", values={"user_id": 10**9}),
    "accounts:take_factors": Expected(roles=frozenset(), method="post", values={"user_id": 10**9}),
    "accounts:end_sessions_of": Expected(roles=frozenset(), method="post", values={"user_id": 10**9}),
    "accounts:password": Expected(),
    "accounts:tokens": Expected(),
    # a token that does not exist: the address is everyone's, the token its owner's (tests/web/accounts/test_tokens.py)
    "accounts:revoke_token": Expected(roles=frozenset(), method="post", values={"token_id": 0}),
    "ui:styleguide": Expected(roles=frozenset({AccessRole.ADMIN})),
    "api:openapi-json": Expected(public=True),
    "api:me": Expected(),
    "api:channels": Expected(roles=LEADERS - {AccessRole.DIRECTOR}),
    "api:webhook_receivers": Expected(roles=PLANNERS),
    "api:webhook_callers": Expected(roles=PLANNERS),
    "api:webhook_deliveries": Expected(roles=PLANNERS),
    "api:webhook_receipts": Expected(roles=PLANNERS),
    "api:messages": Expected(roles=LEADERS - {AccessRole.DIRECTOR}),
    "api:findings": Expected(),
    "api:diagnosis": Expected(about_a_rep=True),
    "api:gaps_of_team": Expected(roles=frozenset(), values={"team_id": 10**9}),
    "api:diagnosis_of_team": Expected(roles=frozenset(), values={"team_id": 10**9}),
    "api:ranking": Expected(roles=LEADERS),
    "api:luck": Expected(roles=LEADERS),
    "api:coaching_effects": Expected(roles=LEADERS),
    "api:quality": Expected(),
    # items that do not exist (tests/web/api/test_quality_api.py has those that do)
    "api:quality_item": Expected(roles=frozenset(), values={"item_id": 0}),
    "api:decide_quality": Expected(roles=frozenset(), method="post", values={"item_id": 0}),
    "api:quality_word": Expected(roles=frozenset(), method="post", values={"item_id": 0}),
    "api:metric_audit": Expected(roles=LEADERS),
    "api:retire_metric": Expected(roles=PLANNERS, method="post"),
    "api:results_attainment": Expected(),
    "api:results_reviews": Expected(roles=LEADERS),
    # reviews and actions that do not exist: tests/web/results/test_reviews_api.py has those that do
    "api:results_review": Expected(roles=frozenset(), values={"review_id": 9}),
    "api:results_review_words": Expected(roles=frozenset(), method="post", values={"review_id": 9}),
    "api:results_decide": Expected(roles=frozenset(), method="post", values={"review_id": 9}),
    "api:results_review_agree": Expected(roles=frozenset(), method="post", values={"review_id": 9}),
    "api:results_review_archive": Expected(roles=frozenset(), method="post", values={"review_id": 9}),
    "api:results_review_settle": Expected(roles=frozenset(), method="post", values={"action_id": 9}),
    "api:results_causes": Expected(),
    "api:results_deals": Expected(),
    "api:results_ladder": Expected(about_a_rep=True),
    "api:results_offers": Expected(),
    "api:results_cases": Expected(),
    # cases that do not exist; a proposal without a body is refused as such: tests/web/results/test_case_api.py
    "api:results_case": Expected(roles=frozenset(), values={"case_id": 9}),
    "api:results_propose_case": Expected(method="post"),
    "api:results_adopt_case": Expected(roles=frozenset(), method="post", values={"case_id": 9}),
    "api:results_leave_case": Expected(roles=frozenset(), method="post", values={"case_id": 9}),
    "api:results_overview": Expected(roles=LEADERS - {AccessRole.MANAGER}),
    # a deal and an offer that do not exist: tests/web/results/test_api.py
    "api:results_split_credit": Expected(roles=frozenset(), method="post", values={"deal_id": 0}),
    "api:results_decide_offer": Expected(roles=frozenset(), method="post", values={"offer_id": 0}),
    "api:goals_targets": Expected(),
    "api:goals_plans": Expected(),
    "api:goals_replans": Expected(),
    "api:goals_agreements": Expected(),
    "api:goals_quarters": Expected(),
    "api:goals_units": Expected(roles=LEADERS),
    "api:goals_seasons": Expected(roles=LEADERS),
    "api:goals_ladder": Expected(roles=PLANNERS),
    "api:goals_quarter": Expected(about_a_rep=True),
    "api:goals_plan": Expected(about_a_rep=True),
    "api:goals_replan": Expected(about_a_rep=True),
    "api:goals_week": Expected(about_a_rep=True),
    "api:goals_drafts": Expected(about_a_rep=True),
    "api:goals_set_target": Expected(roles=LEADERS, method="post", about_a_rep=True),
    "api:goals_propose": Expected(roles=LEADERS, method="post", about_a_rep=True),
    "api:goals_agree": Expected(method="post", about_a_rep=True),
    "api:goals_ask": Expected(method="post", about_a_rep=True),
    "api:goals_revise": Expected(roles=LEADERS, method="post", about_a_rep=True),
    "api:goals_withdraw": Expected(roles=LEADERS, method="post", about_a_rep=True),
    "api:leads": Expected(roles=frozenset({AccessRole.OPERATIONS, AccessRole.ADMIN}), method="post"),
    "api:events_leads": Expected(roles=PLANNERS, method="post"),
    "api:events_calls": Expected(roles=PLANNERS, method="post"),
    "api:events_opportunities": Expected(roles=PLANNERS, method="post"),
    "api:events_deals": Expected(roles=PLANNERS, method="post"),
    "api:events_refunds": Expected(roles=PLANNERS, method="post"),
    # a lead that does not exist (tests/web/api/test_leads_api.py)
    "api:claim_lead": Expected(roles=frozenset(), method="post", values={"lead_id": 0}),
    "api:return_lead": Expected(roles=frozenset(), method="post", values={"lead_id": 0}),
    "api:transfer_lead": Expected(roles=frozenset(), method="post", values={"lead_id": 0}),
    "api:lead_decision": Expected(roles=frozenset(), values={"lead_id": 0}),
    "api:resources_accounts": Expected(),
    "api:resources_day": Expected(roles=LEADERS),
    "api:resources_scores": Expected(),
    "api:resources_sources": Expected(roles=LEADERS),
    "api:resources_withholdings": Expected(),
    "api:resources_contests": Expected(),
    "api:resources_people": Expected(),
    "api:resources_pools": Expected(roles=LEADERS),
    "api:resources_holdings": Expected(),
    "api:resources_rules": Expected(),
    "api:resources_policies": Expected(roles=LEADERS),
    "api:resources_leads": Expected(),
    "api:resources_clocks": Expected(),
    # a version and a lead that do not exist (tests/web/api/test_resources_api.py)
    "api:resources_replays": Expected(roles=frozenset(), values={"version_id": 0}),
    "api:resources_lead_history": Expected(roles=frozenset(), values={"lead_id": 0}),
    "api:calculate": Expected(method="post", values={"method": "shrink"}),
    # says "not found" to anyone, in the API's shape (tests/web/api)
    "api:api-root": Expected(roles=frozenset(), public=True),
    "api:unknown": Expected(roles=frozenset(), public=True, values={"path": "nothing"}),
}
EXPECTED |= with_rest(Expected(roles=frozenset(), method="post")) | with_actions(EXPECTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One address as Django resolves it."""

    name: str
    view: Callable[..., HttpResponse]
    parameters: frozenset[str]


def routes() -> dict[str, Route]:
    """Return every named address of the product."""
    return {route.name: route for route in _walk(get_resolver().url_patterns, "")}


def _walk(patterns: list[URLPattern | URLResolver], namespace: str) -> Iterator[Route]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, inner)
        else:
            named = re.findall(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>", str(pattern.pattern))
            parameters = frozenset(first or second for first, second in named)
            yield Route(name=f"{namespace}{pattern.name}", view=pattern.callback, parameters=parameters)
