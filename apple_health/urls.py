from django.urls import include, path, re_path

from apple_health import api
from apple_health.auto_export.api import HealthAutoExport

# With or without a slash at the end.
own = [
    re_path(r"^days/?$", api.AppleDays.as_view()),
    re_path(r"^nights/?$", api.AppleNights.as_view()),
]

urlpatterns = [
    path("apple-health/", include(own)),
    re_path(r"^import/health-auto-export/?$", HealthAutoExport.as_view()),
]
