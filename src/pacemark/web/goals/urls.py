from __future__ import annotations

from django.urls import path

from pacemark.web.goals.views import agreement_lists, agreements, batches, cells, grid, plans, quarter, seasons, units, what_if

app_name = "goals"
urlpatterns = [
    path("", grid.goal_list, name="list"),
    path("cell/<int:rep_id>/", cells.cell, name="cell"),
    path("targets.xlsx", batches.export_targets, name="targets_workbook"),
    path("changes/", batches.batches, name="batches"),
    path("changes/edit/", batches.prepare_edit, name="prepare_edit"),
    path("changes/copy/", batches.prepare_copy, name="prepare_copy"),
    path("changes/import/", batches.prepare_import, name="prepare_import"),
    path("changes/<int:batch_id>/", batches.batch, name="batch"),
    path("changes/<int:batch_id>/apply/", batches.apply_batch, name="apply_batch"),
    path("changes/<int:batch_id>/drop/", batches.drop, name="drop_batch"),
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
    path("<int:rep_id>/quarter/", quarter.quarter, name="quarter"),
    path("<int:rep_id>/quarter/months/", quarter.months, name="set_months"),
    path("<int:rep_id>/quarter/amount/", quarter.whole, name="set_quarter"),
    path("<int:rep_id>/quarter/intention/", quarter.intention, name="intention"),
    path("<int:rep_id>/what-if/", what_if.what_if, name="what_if"),
    path("<int:rep_id>/what-if/keep/", what_if.keep, name="keep_draft"),
    path("<int:rep_id>/what-if/<int:draft_id>/drop/", what_if.drop, name="drop_draft"),
    path("<int:rep_id>/target/", plans.set_target, name="set_target"),
    path("seasons/", seasons.seasons, name="seasons"),
    path("seasons/save/", seasons.save, name="save_seasons"),
    path("seasons/learn/", seasons.learn, name="learn_seasons"),
    path("seasons/split/", seasons.resplit, name="resplit"),
    path("units/", units.units, name="units"),
    path("units/set/", units.set_amount, name="set_unit"),
    path("units/split/", units.split, name="split_unit"),
    path("units/split/apply/", units.apply, name="apply_split"),
    path("units/split/time/", units.over_time, name="split_over_time"),
]
