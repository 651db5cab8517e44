"""The pages of WHOOP. The API is in `urls.py`."""

from django.urls import path, re_path

from whoop import views

urlpatterns = [
    path("whoop/days.csv", views.DaysAsCsv.as_view(), name="whoop-days"),
    path("whoop/", views.RangeView.as_view(), name="whoop"),
    re_path(r"^whoop/(?P<day>\d{4}-\d\d-\d\d)$", views.DayView.as_view(), name="whoop-day"),
]
