"""Addresses that allauth asks for by its own names; its other pages have none, and so do not exist."""

from __future__ import annotations

from django.urls import path

from pacemark.web.accounts import company_views, views, ways_views

urlpatterns = [
    path("sign-in/", views.sign_in, name="account_login"),
    path("ways/", ways_views.ways_in, name="mfa_index"),
    path("second-step/", ways_views.second_step, name="mfa_authenticate"),
    path("again/password/", ways_views.password_again, name="account_reauthenticate"),
    path("again/code/", ways_views.code_again, name="mfa_reauthenticate"),
    path("again/passkey/", ways_views.passkey_again, name="mfa_reauthenticate_webauthn"),
    path("app/on/", ways_views.app_on, name="mfa_activate_totp"),
    path("app/off/", ways_views.app_off, name="mfa_deactivate_totp"),
    path("codes/", ways_views.codes, name="mfa_view_recovery_codes"),
    path("codes/new/", ways_views.new_codes, name="mfa_generate_recovery_codes"),
    path("passkeys/add/", ways_views.passkey_add, name="mfa_add_webauthn"),
    path("passkeys/sign-in/", ways_views.passkey_login, name="mfa_login_webauthn"),
    path("passkeys/<int:pk>/remove/", ways_views.passkey_remove, name="mfa_remove_webauthn"),
    path("company/oidc/<slug:provider_id>/back/", company_views.oidc_back, name="openid_connect_callback"),
    path("company/feishu/back/", company_views.come_back, {"way_id": "feishu"}, name="feishu_callback"),
    path("company/dingtalk/back/", company_views.come_back, {"way_id": "dingtalk"}, name="dingtalk_callback"),
    path("company/wecom/back/", company_views.come_back, {"way_id": "wecom"}, name="wecom_callback"),
]
