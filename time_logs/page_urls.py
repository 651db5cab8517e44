"""The pages of tracked time. The API is in `urls.py`."""

from django.urls import URLPattern, URLResolver, include, path

from time_logs import entry_views, import_views, views

removal = entry_views.EntryRemoval()

own: list[URLPattern | URLResolver] = [
    path("", include(import_views.TogglImport().urls())),
    path("", views.RangeView.as_view(), name="time"),
    path("to-look-at", views.ThingsView.as_view(), name="time-to-look-at"),
    path("hours.csv", views.HoursAsCsv.as_view(), name="time-hours-csv"),
    path("entries.csv", views.EntriesAsCsv.as_view(), name="time-entries-csv"),
    path("entries", views.EntriesView.as_view(), name="time-entries"),
    path("entries/new", entry_views.new, name="time-entry-new"),
    path("entries/<int:pk>", removal.or_deleted(entry_views.edit), name="time-entry"),
    path("entries/<int:pk>/stop", removal.or_deleted(entry_views.stop), name="time-entry-stop"),
    path("entries/", include(removal.urls())),
]

urlpatterns = [path("time/", include(own))]
