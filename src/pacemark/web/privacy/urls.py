from __future__ import annotations

from django.urls import path

from pacemark.web.privacy.views import customers, employees, retention, reveals

app_name = "privacy"
urlpatterns = [
    path("", customers.home, name="home"),
    path("customers/<int:lead_id>/export/", customers.export, name="export_customer"),
    path("customers/<int:lead_id>/erase/", customers.erase, name="erase_customer"),
    path("looks/", reveals.home, name="reveals"),
    path("looks/<int:user_id>/", reveals.person, name="reveals_of"),
    path("retention/", retention.home, name="retention"),
    path("people/", employees.home, name="employees"),
    path("people/<str:who>/export/", employees.export, name="export_employee"),
    path("people/<str:who>/erase/", employees.erase, name="erase_employee"),
]
