from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView
from django.urls import path

from pacemark.web.accounts import company_views, people_views, views, ways_views

app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", login_not_required(LogoutView.as_view()), name="sign_out"),
    path("language/", views.language, name="language"),
    path("theme/", views.theme, name="theme"),
    path("password/", views.password, name="password"),
    path("tokens/", views.tokens, name="tokens"),
    path("tokens/<int:token_id>/revoke/", views.revoke_token, name="revoke_token"),
    path("ways/sessions/end/", ways_views.end_others, name="end_sessions"),
    path("ways/sessions/<int:session_id>/end/", ways_views.end_one, name="end_session"),
    path("ways/company/<int:account_id>/leave/", ways_views.leave, name="leave_company"),
    path("company/<slug:way_id>/start/", company_views.start, name="company"),
    path("invitation/<str:secret>/", company_views.invitation, name="invitation"),
    path("people/", people_views.people, name="people"),
    path("people/<int:user_id>/", people_views.change, name="change"),
    path("people/<int:user_id>/switch/", people_views.switch, name="switch"),
    path("people/<int:user_id>/invite/", people_views.invite, name="invite"),
    path("people/<int:user_id>/second-factors/", people_views.take_factors, name="take_factors"),
    path("people/<int:user_id>/sessions/", people_views.end_sessions, name="end_sessions_of"),
]
