"""Every address, room by room."""

from __future__ import annotations

from django.urls import include, path

handler500 = "pacemark.web.config.faults.failed"

urlpatterns = [
    path("", include("pacemark.web.overview.urls")),
    path("accounts/", include("pacemark.web.accounts.urls")),
    path("accounts/", include("pacemark.web.accounts.sign_in_urls")),
    path("goals/", include("pacemark.web.goals.urls")),
    path("process/", include("pacemark.web.process.urls")),
    path("results/", include("pacemark.web.results.urls")),
    path("resources/", include("pacemark.web.resources.urls")),
    path("data/", include("pacemark.web.intake.urls")),
    path("settings/", include("pacemark.web.organization.urls")),
    path("settings/channels/", include("pacemark.web.notifications.urls")),
    path("settings/ladder/", include("pacemark.web.goals.ladder_urls")),
    path("settings/webhooks/", include("pacemark.web.webhooks.urls")),
    path("hooks/", include("pacemark.web.webhooks.receiving_urls")),
    path("settings/privacy/", include("pacemark.web.privacy.urls")),
    path("ui/", include("pacemark.web.ui.urls")),
    path("api/v1/", include("pacemark.web.api.urls")),
]
