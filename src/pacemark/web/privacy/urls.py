from __future__ import annotations

from django.urls import path

from pacemark.web.privacy.views import customers, employees, retention

app_name = "privacy"
urlpatterns = [
    path("", customers.home, name="home"),
    path("customers/<int:lead_id>/export/", customers.export, name="export_customer"),
    path("customers/<int:lead_id>/erase/", customers.erase, name="erase_customer"),
    path("retention/", retention.home, name="retention"),
    path("people/", employees.home, name="employees"),
    path("people/<str:who>/export/", employees.export, name="export_employee"),
    path("people/<str:who>/erase/", employees.erase, name="erase_employee"),
]
