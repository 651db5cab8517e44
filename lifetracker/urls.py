"""All addresses. The apps have theirs in two modules, which are found: `urls` for the API, below `/api/`, and
`page_urls` for the browser."""

from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.urls import URLResolver, include, path, re_path
from django.utils.module_loading import autodiscover_modules, module_has_submodule

from lifetracker.api import errors, marks, metrics, runs
from lifetracker.api.views import HealthView
from lifetracker.api.webhooks import receive
from lifetracker.doctor.api import DoctorView
from lifetracker.web import pages, token_page  # noqa: F401 - registers its pages
from lifetracker.web.views import DocsView, SchemaView, front_page, manifest, sync_now

# What `django.contrib.admin` does in every process, whether it has pages or not.
admin.autodiscover()
autodiscover_modules("cards", "pages")

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.page_not_found
handler500 = errors.server_error


def urls_of_apps(module: str, prefix: str) -> list[URLResolver]:
    """Include the addresses of each app in a folder beside this one that has this module."""
    beside = [app for app in apps.get_app_configs() if Path(app.path).parent == settings.BASE_DIR]
    return [
        path(prefix, include(f"{app.name}.{module}"))
        for app in beside
        if app.name != "lifetracker" and module_has_submodule(app.module, module)
    ]


urlpatterns = [
    path("", front_page, name="home"),
    path("manifest.webmanifest", manifest, name="manifest"),
    path("", include("lifetracker.accounts.urls")),
    path("admin/", admin.site.urls),
    path("tokens", token_page.TokensView.as_view(), name="tokens"),
    path("tokens/<int:pk>/revoke", token_page.revoke, name="token-revoke"),
    path("sync/<slug:slug>", sync_now, name="sync-now"),
    re_path(r"^webhooks/(?P<slug>[a-z]{1,20})/?$", receive, name="webhook"),
    re_path(r"^api/health/?$", HealthView.as_view(), name="health"),
    re_path(r"^api/doctor/?$", DoctorView.as_view()),
    re_path(r"^api/schema/?$", SchemaView.as_view(), name="schema"),
    re_path(r"^api/docs/?$", DocsView.as_view(), name="docs"),
    re_path(r"^api/sync/runs/?$", runs.Runs.as_view()),
    re_path(r"^api/sync/runs/(?P<pk>\d{1,18})/?$", runs.Run.as_view()),
    re_path(r"^api/sync/coverage/?$", runs.Coverage.as_view()),
    re_path(r"^api/metrics/?$", metrics.Metrics.as_view()),
    re_path(r"^api/metrics/series/?$", metrics.Charts.as_view()),
    re_path(r"^api/metrics/(?P<key>[\w.-]{1,120})/?$", metrics.OneMetric.as_view()),
    re_path(r"^api/metrics/(?P<key>[\w.-]{1,120})/records/?$", metrics.RecordsBehind.as_view()),
    re_path(r"^api/day/(?P<date>[\w-]{1,40})/?$", metrics.Day.as_view()),
    re_path(r"^api/day-marks/?$", marks.DayMarks.as_view()),
    re_path(r"^api/day-marks/(?P<pk>\d{1,18})/?$", marks.OneDayMark.as_view()),
    re_path(r"^api/day-marks/(?P<pk>\d{1,18})/confirm/?$", marks.Confirm.as_view()),
    re_path(r"^api/day-marks/(?P<pk>\d{1,18})/refuse/?$", marks.Refuse.as_view()),
    *urls_of_apps("page_urls", ""),
    *urls_of_apps("urls", "api/"),
]
