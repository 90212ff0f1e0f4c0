from __future__ import annotations

from django.urls import path

from pacemark.web.results.views import credit, home

app_name = "results"
urlpatterns = [
    path("", home.home, name="home"),
    path("person/<int:rep_id>/", home.person, name="person"),
    path("deals/", credit.deals, name="deals"),
    path("deals/<int:deal_id>/credit/", credit.credit, name="credit"),
    path("offers/<int:offer_id>/", credit.decide, name="decide_offer"),
]
