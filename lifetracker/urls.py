from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path, re_path

from lifetracker import errors, ledger_api, token_page
from lifetracker.api import HealthView
from lifetracker.inbox import receive
from lifetracker.views import DocsView, SchemaView, front_page, sync_now

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.page_not_found
handler500 = errors.server_error

urlpatterns = [
    path("", front_page, name="home"),
    path("login/", LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("admin/", admin.site.urls),
    path("tokens", token_page.TokensView.as_view(), name="tokens"),
    path("tokens/<int:pk>/revoke", token_page.revoke, name="token-revoke"),
    path("sync/<slug:slug>", sync_now, name="sync-now"),
    path("fasting/", include("fasting.page_urls")),
    path("oauth/", include("oauth_integration.urls")),
    re_path(r"^webhooks/(?P<slug>[a-z]{1,20})/?$", receive, name="webhook"),
    re_path(r"^api/health/?$", HealthView.as_view(), name="health"),
    re_path(r"^api/schema/?$", SchemaView.as_view(), name="schema"),
    re_path(r"^api/docs/?$", DocsView.as_view(), name="docs"),
    re_path(r"^api/sync/runs/?$", ledger_api.Runs.as_view()),
    re_path(r"^api/sync/runs/(?P<pk>\d{1,18})/?$", ledger_api.Run.as_view()),
    re_path(r"^api/sync/coverage/?$", ledger_api.Coverage.as_view()),
    path("api/whoop/", include("whoop.urls")),
    path("api/github/", include("github_projects.urls")),
    path("api/", include("workouts.urls")),
    path("api/", include("weight.urls")),
    path("api/", include("time_logs.urls")),
    path("api/", include("fasting.urls")),
]
