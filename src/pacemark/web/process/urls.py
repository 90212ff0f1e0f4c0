from __future__ import annotations

from django.urls import path

from pacemark.web.process import audit_views, findings_views, quality_views, views

app_name = "process"
urlpatterns = [
    path("", findings_views.home, name="home"),
    path("ranking/", findings_views.ranking, name="ranking"),
    path("diagnosis/rep/<int:rep_id>/", findings_views.diagnosis_of_rep, name="diagnosis"),
    path("diagnosis/team/<int:team_id>/", findings_views.diagnosis_of_team, name="team_diagnosis"),
    path("coaching/effects/", findings_views.coaching_effects, name="coaching_effects"),
    path("coaching/", views.coaching, name="coaching"),
    path("coaching/of/<int:rep_id>/", views.plan, name="plan_coaching"),
    path("coaching/<int:action_id>/done/", views.close, name="close_coaching"),
    path("coaching/<int:action_id>/excuse/", views.excuse, name="excuse_coaching"),
    path("quality/", quality_views.quality, name="quality"),
    path("quality/<int:item_id>/", quality_views.item, name="quality_item"),
    path("quality/<int:item_id>/decide/", quality_views.decide_item, name="decide_quality"),
    path("quality/<int:item_id>/word/", quality_views.say, name="quality_word"),
    path("audit/", audit_views.audit, name="audit"),
    path("audit/monitor/", audit_views.monitor, name="monitor"),
    path("tolerances/", quality_views.tolerances, name="tolerances"),
]
