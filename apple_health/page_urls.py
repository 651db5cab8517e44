"""The pages of Apple Health. Its API is in `urls.py`."""

from django.urls import include, path

from apple_health import import_views, views

own = [
    *import_views.AppleHealthImport().urls(),
    path("", views.RangeView.as_view(), name="apple-health"),
    path("order", views.OrderView.as_view(), name="apple-health-order"),
]

urlpatterns = [path("apple-health/", include(own))]
