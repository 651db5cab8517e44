"""All addresses. The apps have theirs in two modules, which are found: `urls` for the API, below `/api/`, and
`page_urls` for the browser."""

from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.urls import URLResolver, include, path, re_path
from django.utils.module_loading import autodiscover_modules, module_has_submodule

from lifetracker.accounts.redirects import moved
from lifetracker.api import errors, marks, metrics, revisions, runs
from lifetracker.api.views import HealthView
from lifetracker.api.webhooks import receive
from lifetracker.doctor.api import DoctorView
from lifetracker.tools import door
from lifetracker.web import (  # noqa: F401 - they register what they have
    day_card,
    day_marks,
    downloads,
    offline,
    pages,
    settings_page,
    token_page,
)
from lifetracker.web.assistant import views as assistant
from lifetracker.web.connections import rejected
from lifetracker.web.connections.reading_again import read_again
from lifetracker.web.connections.views import (
    ConnectionsView,
    OneRun,
    Runs,
    progress,
    stop_run,
    subscriptions,
    sync_now,
)
from lifetracker.web.design import DesignView
from lifetracker.web.search_page import SearchView
from lifetracker.web.views import DocsView, SchemaView, front_page, manifest

# What `django.contrib.admin` does in every process, whether it has pages or not.
admin.autodiscover()
autodiscover_modules("cards", "pages", "search", "asides", "day_lines", "tools", "review")

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


# Such as 2026-09-16.
DAY = r"(?P<day>\d{4}-\d\d-\d\d)"

urlpatterns = [
    path("", front_page, name="home"),
    path("manifest.webmanifest", manifest, name="manifest"),
    path("design/", DesignView.as_view(), name="design"),
    path("search/", SearchView.as_view(), name="search"),
    re_path(f"^day/{DAY}[.]md$", assistant.AsMarkdown.as_view(), name="day-markdown"),
    re_path(f"^day/{DAY}/copy$", assistant.CopyPage.as_view(), name="day-copy"),
    re_path(f"^week/{DAY}[.]md$", assistant.WeekAsMarkdown.as_view(), name="week-markdown"),
    re_path(f"^week/{DAY}/copy$", assistant.WeekCopyPage.as_view(), name="week-copy"),
    path("offline", offline.offline, name="offline"),
    path("service-worker.js", offline.service_worker, name="service-worker"),
    path("", include("lifetracker.accounts.urls")),
    path("admin/", admin.site.urls),
    path("settings/", settings_page.SettingsView.as_view(), name="settings"),
    path("settings/tokens/", token_page.TokensView.as_view(), name="tokens"),
    path("settings/tokens/<int:pk>/revoke", token_page.revoke, name="token-revoke"),
    path("settings/data/", downloads.DataView.as_view(), name="settings-data"),
    path("settings/data/export", downloads.download_export, name="settings-export"),
    path("settings/data/backup", downloads.download_backup, name="settings-backup"),
    path("day-marks/<int:pk>/confirm", day_marks.confirm, name="day-mark-confirm"),
    path("day-marks/<int:pk>/refuse", day_marks.refuse, name="day-mark-refuse"),
    path("day-marks/<int:pk>/ask-again", day_marks.ask_again, name="day-mark-ask-again"),
    # Where the tokens were.
    path("tokens", moved, {"to": "tokens"}),
    path("tokens/<int:pk>/revoke", token_page.revoke),
    path("connections/", ConnectionsView.as_view(), name="connections"),
    path("connections/<slug:slug>/progress", progress, name="progress"),
    path("connections/<slug:slug>/webhooks", subscriptions, name="subscriptions"),
    path("connections/runs", Runs.as_view(), name="runs"),
    path("connections/runs/<int:pk>", OneRun.as_view(), name="run"),
    path("connections/runs/<int:pk>/stop", stop_run, name="run-stop"),
    path("connections/rejected", rejected.RejectedItems.as_view(), name="rejected"),
    path("connections/rejected/<int:pk>/dismiss", rejected.dismiss, name="rejected-dismiss"),
    path("connections/rejected/<int:pk>/take-back", rejected.take_back, name="rejected-take-back"),
    path("connections/accept-deletions", rejected.accept_deletions, name="accept-deletions"),
    path("connections/read-again", read_again, name="read-again"),
    path("sync/<slug:slug>", sync_now, name="sync-now"),
    re_path(r"^webhooks/(?P<slug>[a-z]{1,20})/?$", receive, name="webhook"),
    re_path(r"^mcp/?$", door.server, name="mcp"),
    re_path(r"^api/health/?$", HealthView.as_view(), name="health"),
    re_path(r"^api/doctor/?$", DoctorView.as_view()),
    re_path(r"^api/schema/?$", SchemaView.as_view(), name="schema"),
    re_path(r"^api/docs/?$", DocsView.as_view(), name="docs"),
    re_path(r"^api/sync/runs/?$", runs.Runs.as_view()),
    re_path(r"^api/sync/runs/(?P<pk>\d{1,18})/?$", runs.Run.as_view()),
    re_path(r"^api/sync/runs/(?P<pk>\d{1,18})/stop/?$", runs.StopRun.as_view()),
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
    re_path(r"^api/revisions/?$", revisions.Revisions.as_view()),
    *urls_of_apps("page_urls", ""),
    *urls_of_apps("urls", "api/"),
]
