from __future__ import annotations

from django.urls import path

from pacemark.web.goals.views import agreement_lists, agreements, plans, quarter, seasons

app_name = "goals"
urlpatterns = [
    path("", plans.goal_list, name="list"),
    path("export.xlsx", plans.export, name="export"),
    path("recompute/", plans.recompute, name="recompute"),
    path("agreements/", agreement_lists.agreements, name="agreements"),
    path("agreements/propose/", agreement_lists.propose_many, name="propose_many"),
    path("<int:rep_id>/agreement/propose/", agreements.propose, name="propose"),
    path("<int:rep_id>/agreement/agree/", agreements.agree, name="agree"),
    path("<int:rep_id>/agreement/ask/", agreements.ask, name="ask"),
    path("<int:rep_id>/agreement/revise/", agreements.revise, name="revise"),
    path("<int:rep_id>/agreement/withdraw/", agreements.withdraw, name="withdraw"),
    path("<int:rep_id>/", plans.goal_detail, name="detail"),
    path("<int:rep_id>/target/", plans.set_target, name="set_target"),
    path("<int:rep_id>/quarter/", quarter.quarter, name="quarter"),
    path("<int:rep_id>/quarter/months/", quarter.months, name="set_months"),
    path("<int:rep_id>/quarter/amount/", quarter.whole, name="set_quarter"),
    path("<int:rep_id>/quarter/intention/", quarter.intention, name="intention"),
    path("seasons/", seasons.seasons, name="seasons"),
    path("seasons/save/", seasons.save, name="save_seasons"),
    path("seasons/learn/", seasons.learn, name="learn_seasons"),
    path("seasons/split/", seasons.resplit, name="resplit"),
]
