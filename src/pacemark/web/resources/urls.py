from __future__ import annotations

from django.urls import path

from pacemark.web.resources.views import contests, home, leads, mine, people, policies, pool, rules, withholding

app_name = "resources"
urlpatterns = [
    path("", home.home, name="home"),
    path("mine/", mine.mine, name="mine"),
    path("mine/duty/", mine.duty, name="duty"),
    path("mine/<int:lead_id>/claim/", mine.claim, name="claim"),
    path("mine/<int:lead_id>/return/", mine.give_back, name="give_back"),
    path("mine/<int:lead_id>/lock/", mine.lock, name="lock"),
    path("mine/withholding/<int:withholding_id>/appeal/", mine.appeal_one, name="appeal"),
    path("mine/look/", mine.look, name="look"),
    path("leads/", leads.find, name="find"),
    path("leads/<int:lead_id>/", leads.lead, name="decision"),
    path("leads/<int:lead_id>/note/", leads.note, name="note"),
    path("leads/<int:lead_id>/phone/", leads.phone, name="phone"),
    path("leads/<int:lead_id>/give/", leads.give, name="give"),
    path("leads/<int:lead_id>/dispute/", leads.dispute, name="dispute"),
    path("contests/", contests.contests, name="contests"),
    path("contests/<int:contest_id>/", contests.contest, name="contest"),
    path("contests/<int:contest_id>/decide/", contests.decide, name="decide_contest"),
    path("pool/", pool.pool, name="pool"),
    path("people/", people.people, name="people"),
    path("people/<int:rep_id>/skills/", people.skills, name="skills"),
    path("people/sourcing/", people.sourcing, name="sourcing"),
    path("rules/", rules.rules, name="rules"),
    path("policies/", policies.policies, name="policies"),
    path("policies/new/", policies.edit, name="new_policy"),
    path("policies/<int:version_id>/", policies.version, name="version"),
    path("policies/<int:version_id>/edit/", policies.edit, name="edit_policy"),
    path("policies/<int:version_id>/replay/", policies.replay, name="replay"),
    path("policies/<int:version_id>/replay/<int:replay_id>/cancel/", policies.cancel, name="cancel_replay"),
    path("policies/<int:version_id>/activate/", policies.activate, name="activate"),
    path("withholding/<int:withholding_id>/", withholding.decide, name="withholding"),
]
