from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path, re_path

from fasting import views as fasting
from lifetracker import errors, token_page
from lifetracker.api import HealthView
from lifetracker.views import DocsView, HomeView, SchemaView, sync_now

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.page_not_found
handler500 = errors.server_error

urlpatterns = [
    path("", HomeView.as_view(), name="home"),
    path("login/", LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("admin/", admin.site.urls),
    path("tokens", token_page.TokensView.as_view(), name="tokens"),
    path("tokens/<int:pk>/revoke", token_page.revoke, name="token-revoke"),
    path("sync/<slug:slug>", sync_now, name="sync-now"),
    path("fasting/start", fasting.start, name="fasting-start"),
    path("fasting/stop", fasting.stop, name="fasting-stop"),
    path("oauth/", include("oauth_integration.urls")),
    re_path(r"^api/health/?$", HealthView.as_view(), name="health"),
    re_path(r"^api/schema/?$", SchemaView.as_view(), name="schema"),
    re_path(r"^api/docs/?$", DocsView.as_view(), name="docs"),
    path("api/whoop/", include("whoop.urls")),
    path("api/github/", include("github_projects.urls")),
    path("api/", include("workouts.urls")),
    path("api/", include("weight.urls")),
    path("api/", include("time_logs.urls")),
    path("api/", include("fasting.urls")),
]
