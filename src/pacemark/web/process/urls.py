from __future__ import annotations

from django.urls import path

from pacemark.web.process.views import audit, coaching, findings, quality

app_name = "process"
urlpatterns = [
    path("", findings.home, name="home"),
    path("ranking/", findings.ranking, name="ranking"),
    path("diagnosis/rep/<int:rep_id>/", findings.diagnosis_of_rep, name="diagnosis"),
    path("diagnosis/team/<int:team_id>/", findings.diagnosis_of_team, name="team_diagnosis"),
    path("coaching/effects/", findings.coaching_effects, name="coaching_effects"),
    path("coaching/", coaching.coaching, name="coaching"),
    path("coaching/of/<int:rep_id>/", coaching.plan, name="plan_coaching"),
    path("coaching/<int:action_id>/done/", coaching.close, name="close_coaching"),
    path("coaching/<int:action_id>/excuse/", coaching.excuse, name="excuse_coaching"),
    path("quality/", quality.quality, name="quality"),
    path("quality/<int:item_id>/", quality.item, name="quality_item"),
    path("quality/<int:item_id>/decide/", quality.decide_item, name="decide_quality"),
    path("quality/<int:item_id>/word/", quality.say, name="quality_word"),
    path("audit/", audit.audit, name="audit"),
    path("audit/monitor/", audit.monitor, name="monitor"),
    path("tolerances/", quality.tolerances, name="tolerances"),
]
