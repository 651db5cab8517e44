from django.contrib.auth.views import LogoutView
from django.urls import path
from django.views.generic import RedirectView

from lifetracker.accounts import login, views
from lifetracker.accounts.redirects import moved

urlpatterns = [
    path("login/", login.LoginView.as_view(), name="login"),
    path("login/code/", login.CodeView.as_view(), name="login-code"),
    path("login/passkey/", login.passkey_login, name="login-passkey"),
    path("login/passkey/options", login.passkey_options, name="login-passkey-options"),
    path("logout/", LogoutView.as_view(), name="logout"),
    # The admin's own doors know no second factor.
    path("admin/login/", login.LoginView.as_view()),
    path("admin/password_change/", RedirectView.as_view(pattern_name="account-password")),
    path("settings/account/", views.AccountView.as_view(), name="account"),
    # Where it was.
    path("account/", moved, {"to": "account"}),
    path("account/confirm/", views.ConfirmView.as_view(), name="confirm"),
    path("account/confirm/options", views.confirmation_options, name="confirm-options"),
    path("account/password/", views.PasswordView.as_view(), name="account-password"),
    path("account/app/", views.AppView.as_view(), name="account-app"),
    path("account/app/remove", views.remove_app, name="account-app-remove"),
    path("account/codes", views.renew_codes, name="account-codes"),
    path("account/passkeys/", views.PasskeyView.as_view(), name="account-passkey"),
    path("account/passkeys/options", views.new_passkey_options, name="account-passkey-options"),
    path("account/passkeys/<int:pk>/remove", views.remove_passkey, name="account-passkey-remove"),
    path("account/passkeys/<int:pk>/rename", views.rename_passkey, name="account-passkey-rename"),
    path("account/sessions/<int:pk>/end", views.end_session, name="account-session-end"),
    path("account/sessions/end", views.end_other_sessions, name="account-sessions-end"),
]
