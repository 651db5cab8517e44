"""The pages of WHOOP. The API is in `urls.py`."""

from django.urls import include, path, re_path

from whoop import import_views, views

urlpatterns = [
    path("whoop/", include(import_views.WhoopImport().urls())),
    path("whoop/days.csv", views.DaysAsCsv.as_view(), name="whoop-days"),
    path("whoop/", views.RangeView.as_view(), name="whoop"),
    re_path(r"^whoop/(?P<day>\d{4}-\d\d-\d\d)$", views.DayView.as_view(), name="whoop-day"),
]
