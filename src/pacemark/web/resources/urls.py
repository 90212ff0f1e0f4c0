from __future__ import annotations

from django.urls import path

from pacemark.web.resources.views import decisions, home, mine, policies, withholding

app_name = "resources"
urlpatterns = [
    path("", home.home, name="home"),
    path("mine/", mine.mine, name="mine"),
    path("mine/duty/", mine.duty, name="duty"),
    path("mine/<int:lead_id>/claim/", mine.claim, name="claim"),
    path("mine/<int:lead_id>/return/", mine.give_back, name="give_back"),
    path("mine/<int:lead_id>/lock/", mine.lock, name="lock"),
    path("mine/withholding/<int:withholding_id>/appeal/", mine.appeal_one, name="appeal"),
    path("leads/<int:lead_id>/", decisions.decision, name="decision"),
    path("policies/", policies.policies, name="policies"),
    path("policies/new/", policies.edit, name="new_policy"),
    path("policies/<int:version_id>/", policies.version, name="version"),
    path("policies/<int:version_id>/edit/", policies.edit, name="edit_policy"),
    path("policies/<int:version_id>/replay/", policies.replay, name="replay"),
    path("policies/<int:version_id>/replay/<int:replay_id>/cancel/", policies.cancel, name="cancel_replay"),
    path("policies/<int:version_id>/activate/", policies.activate, name="activate"),
    path("withholding/<int:withholding_id>/", withholding.decide, name="withholding"),
]
